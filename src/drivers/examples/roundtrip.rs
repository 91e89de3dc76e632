//! Measures the drivers alone: one-row prepared selects, a long fetch, an executemany.
//! `cargo run --release -p oxalchemy-drivers --example roundtrip -- postgresql://postgres@127.0.0.1/test mysql://root@127.0.0.1/test`

use std::time::Instant;

use base::{RowBatch, Url, Value};
use drivers::Connection;

const FETCH: &str = "SELECT id, a, b, c, d FROM ox_bench";

fn measure(conn: &dyn Connection, mark: &str, label: &str) -> Result<(), Box<dyn std::error::Error>> {
    let place = |n: usize| if mark == "$" { format!("${n}") } else { "?".to_owned() };
    conn.execute("DROP TABLE IF EXISTS ox_bench", &[])?;
    conn.execute("CREATE TABLE ox_bench (id INT PRIMARY KEY, a VARCHAR(40), b VARCHAR(40), c INT, d FLOAT)", &[])?;
    let mut rows = RowBatch::new(5);
    for i in 0..100_000 {
        rows.push_int(i);
        rows.push_text(&format!("name {i}"));
        rows.push_text("some longer text in a column");
        rows.push_int(i * 7);
        rows.push_float(i as f64 / 4.0);
    }
    let sql = format!("INSERT INTO ox_bench VALUES ({}, {}, {}, {}, {})", place(1), place(2), place(3), place(4), place(5));
    conn.execute("BEGIN", &[])?;
    let start = Instant::now();
    conn.execute_many(&sql, &rows)?;
    let insert = start.elapsed();
    conn.execute("COMMIT", &[])?;
    let sql = format!("SELECT id, a, b, c, d FROM ox_bench WHERE id = {}", place(1));
    let mut best = f64::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        for i in 0..5000 {
            conn.execute(&sql, &[Value::Int(i * 17)])?;
        }
        best = best.min(start.elapsed().as_secs_f64() / 5000.0);
    }
    let mut fetch = f64::MAX;
    let mut batch = RowBatch::default();
    for _ in 0..5 {
        let start = Instant::now();
        let out = conn.execute(FETCH, &[])?;
        let mut n = out.rows.rows();
        if let Some(cursor) = out.cursor {
            loop {
                let more = conn.fetch(cursor, 512, &mut batch)?;
                n += batch.rows();
                if !more {
                    break;
                }
            }
        }
        assert_eq!(n, 100_000);
        fetch = fetch.min(start.elapsed().as_secs_f64());
    }
    println!(
        "{label}: one row {:.1} us, fetch 100k {:.1} ms, executemany 100k {:.0} ms",
        best * 1e6,
        fetch * 1e3,
        insert.as_secs_f64() * 1e3
    );
    conn.execute("DROP TABLE ox_bench", &[])?;
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for dsn in std::env::args().skip(1) {
        let url = Url::parse(&dsn)?;
        match url.backend_name() {
            "mysql" | "mariadb" => measure(&drivers::mysql::MySql::open(&drivers::mysql::Options::from_url(&url)?)?, "?", &dsn)?,
            _ => measure(&drivers::postgres::Postgres::open(&drivers::postgres::Options::from_url(&url)?)?, "$", &dsn)?,
        }
    }
    Ok(())
}
