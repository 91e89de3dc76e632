//! The SQLite driver against real databases.

use std::time::{Duration, Instant};

use base::{Cell, DbErrorKind, RowBatch, Value};
use drivers::sqlite::{Options, Sqlite};
use drivers::{Connection, Outcome};

fn memory() -> Sqlite {
    Sqlite::open(&Options::new(":memory:")).expect("an in-memory database")
}

fn run(conn: &Sqlite, sql: &str) -> Outcome {
    conn.execute(sql, &[]).unwrap_or_else(|e| panic!("{sql}: {e}"))
}

fn scratch(name: &str) -> std::path::PathBuf {
    let dir = std::env::temp_dir().join(format!("oxalchemy-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a scratch directory");
    dir
}

#[test]
fn every_storage_class_comes_back() {
    let conn = memory();
    let params = [
        Value::Null,
        Value::Int(i64::MIN),
        Value::Float(0.5),
        Value::text("ascii"),
        Value::text("häß \u{1F600}"),
        Value::bytes(&b"\0\xff"[..]),
        Value::bytes(&b""[..]),
        Value::text(""),
    ];
    let out = conn.execute("SELECT ?, ?, ?, ?, ?, ?, ?, ?", &params).expect("a row");
    assert_eq!(out.rows.row(0).map(Cell::to_value).collect::<Vec<_>>(), params);
    assert_eq!(out.rowcount, -1);
    assert!(out.cursor.is_none());
    let out = run(&conn, "SELECT CAST(x'ff41' AS TEXT)");
    assert_eq!(out.rows.cell(0, 0), Cell::InvalidText(b"\xff\x41"));
}

#[test]
fn long_results_stream() {
    let conn = memory();
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i, 'r' || i FROM n";
    let out = run(&conn, sql);
    assert_eq!(&*out.columns[0].name, "i");
    let mut sum: i64 = (0..out.rows.rows()).filter_map(|r| out.rows.cell(r, 0).to_value().as_int()).sum();
    let mut batch = RowBatch::default();
    let cursor = out.cursor.expect("more rows");
    while conn.fetch(cursor, 512, &mut batch).expect("a batch") || !batch.is_empty() {
        sum += (0..batch.rows()).filter_map(|r| batch.cell(r, 0).to_value().as_int()).sum::<i64>();
    }
    assert_eq!(sum, 5000 * 5001 / 2);
    assert!(!conn.fetch(cursor, 1, &mut batch).expect("an ended cursor"));
}

#[test]
fn an_error_among_rows_comes_after_them() {
    let conn = memory();
    run(&conn, "CREATE TABLE t (j TEXT)");
    run(&conn, "INSERT INTO t VALUES ('1'), ('2'), ('{')");
    let out = run(&conn, "SELECT json(j) FROM t");
    assert_eq!(out.rows.rows(), 2);
    let error = conn.fetch(out.cursor.expect("not at the end"), 10, &mut RowBatch::default()).expect_err("bad JSON");
    assert_eq!(error.message(), "malformed JSON");
}

#[test]
fn errors_carry_class_and_code_name() {
    let conn = memory();
    run(&conn, "CREATE TABLE t (id INTEGER PRIMARY KEY, u TEXT UNIQUE NOT NULL)");
    run(&conn, "INSERT INTO t VALUES (1, 'a')");
    let fail = |sql: &str| conn.execute(sql, &[]).expect_err(sql);
    let e = fail("INSERT INTO t VALUES (2, 'a')");
    assert_eq!((e.kind(), e.code(), e.code_name()), (DbErrorKind::Integrity, Some(2067), Some("SQLITE_CONSTRAINT_UNIQUE")));
    assert_eq!(e.message(), "UNIQUE constraint failed: t.u");
    assert_eq!(fail("INSERT INTO t VALUES (2, NULL)").code_name(), Some("SQLITE_CONSTRAINT_NOTNULL"));
    assert_eq!(fail("SELEC 1").kind(), DbErrorKind::Operational);
    assert_eq!(fail("SELECT 1; SELECT 2").kind(), DbErrorKind::Programming);
    assert_eq!(fail("SELECT ?").kind(), DbErrorKind::Programming);
    conn.close().expect("closed");
    conn.close().expect("closing again does nothing");
    assert_eq!(fail("SELECT 1").message(), "Cannot operate on a closed database.");
}

#[test]
fn rowcount_and_keys() {
    let conn = memory();
    run(&conn, "CREATE TABLE t (id INTEGER PRIMARY KEY, v)");
    let mut rows = RowBatch::new(1);
    (0..1000).for_each(|i| rows.push_int(i));
    let out = conn.execute_many("INSERT INTO t (v) VALUES (?)", &rows).expect("inserted");
    assert_eq!((out.rowcount, out.last_insert_id), (1000, 1000));
    assert_eq!(run(&conn, "UPDATE t SET v = 0 WHERE id <= 10").rowcount, 10);
    let out = run(&conn, "INSERT INTO t (v) VALUES (7) RETURNING id, v");
    assert_eq!((out.rowcount, out.rows.cell(0, 0)), (1, Cell::Int(1001)));
    assert_eq!(conn.total_changes().expect("open"), 1011);
}

#[test]
fn cached_statements_see_a_changed_schema() {
    let conn = memory();
    run(&conn, "CREATE TABLE t (a)");
    run(&conn, "INSERT INTO t VALUES (1)");
    assert_eq!(run(&conn, "SELECT * FROM t").columns.len(), 1);
    run(&conn, "ALTER TABLE t ADD COLUMN b DEFAULT 2");
    let out = run(&conn, "SELECT * FROM t");
    assert_eq!((out.columns.len(), out.rows.cell(0, 1)), (2, Cell::Int(2)));
}

#[test]
fn opening_what_cannot_be_opened() {
    let dir = scratch("open");
    let missing = dir.join("no/such/dir/x.db").display().to_string();
    let e = Sqlite::open(&Options::new(missing)).err().expect("no such directory");
    assert_eq!((e.kind(), e.message()), (DbErrorKind::Operational, "unable to open database file"));
    let corrupt = dir.join("corrupt.db");
    std::fs::write(&corrupt, vec![b'x'; 4096]).expect("a file");
    let conn = Sqlite::open(&Options::new(corrupt.display().to_string())).expect("opening reads nothing");
    let e = conn.execute("SELECT * FROM sqlite_master", &[]).expect_err("not a database");
    assert_eq!((e.kind(), e.code_name()), (DbErrorKind::Database, Some("SQLITE_NOTADB")));
}

#[test]
fn a_locked_database_is_waited_for_and_reported() {
    let path = scratch("locked").join("l.db").display().to_string();
    let options = Options { busy_timeout: Duration::from_millis(80), ..Options::new(path) };
    let (a, b) = (Sqlite::open(&options).expect("open"), Sqlite::open(&options).expect("open"));
    run(&a, "CREATE TABLE IF NOT EXISTS t (x)");
    run(&a, "BEGIN EXCLUSIVE");
    let start = Instant::now();
    let e = b.execute("INSERT INTO t VALUES (1)", &[]).expect_err("locked");
    assert_eq!((e.kind(), e.message()), (DbErrorKind::Operational, "database is locked"));
    assert!(start.elapsed() >= Duration::from_millis(60));
    run(&a, "ROLLBACK");
    assert_eq!(run(&b, "INSERT INTO t VALUES (1)").rowcount, 1);
}

#[test]
fn interrupt_from_another_thread() {
    let conn = memory();
    let handle = conn.interrupt_handle();
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(50));
            handle.interrupt();
        });
        let e = conn.execute(sql, &[]).expect_err("interrupted");
        assert_eq!((e.kind(), e.message()), (DbErrorKind::Operational, "interrupted"));
    });
    conn.interrupt_handle().interrupt();
    assert_eq!(run(&conn, "SELECT 1").rows.rows(), 1);
}

#[test]
fn functions_written_by_the_user() {
    let conn = memory();
    let twice = Box::new(|args: &[Value]| match args {
        [Value::Int(i)] => Ok(Value::Int(i * 2)),
        _ => Err("not an integer".to_owned()),
    });
    conn.create_function("twice", 1, true, Some(twice)).expect("registered");
    assert_eq!(run(&conn, "SELECT twice(21)").rows.cell(0, 0), Cell::Int(42));
    let e = conn.execute("SELECT twice('x')", &[]).expect_err("a text");
    assert_eq!((e.kind(), e.message()), (DbErrorKind::Operational, "not an integer"));
    conn.create_function("boom", 0, false, Some(Box::new(|_| panic!("inside a function")))).expect("registered");
    assert_eq!(conn.execute("SELECT boom()", &[]).expect_err("a panic").kind(), DbErrorKind::Operational);
    conn.create_collation("backwards", Some(Box::new(|a, b| b.cmp(a)))).expect("registered");
    let out = run(&conn, "SELECT column1 FROM (VALUES ('a'), ('b')) ORDER BY 1 COLLATE backwards");
    assert_eq!(out.rows.cell(0, 0), Cell::Ascii("b"));
    conn.create_function("twice", 1, true, None).expect("removed");
    assert!(conn.execute("SELECT twice(1)", &[]).is_err());
}

#[test]
fn many_connections_open_and_close() {
    let path = scratch("many").join("m.db").display().to_string();
    for i in 0..50 {
        let conn = Sqlite::open(&Options::new(path.clone())).expect("open");
        run(&conn, "CREATE TABLE IF NOT EXISTS t (x)");
        assert_eq!(run(&conn, "SELECT count(*) FROM t").rows.cell(0, 0), Cell::Int(i));
        run(&conn, "INSERT INTO t VALUES (1)");
    }
}

#[test]
fn backup_copies_everything() {
    let (from, to) = (memory(), memory());
    run(&from, "CREATE TABLE t AS SELECT 42 AS x");
    from.backup_to(&to).expect("copied");
    assert_eq!(run(&to, "SELECT x FROM t").rows.cell(0, 0), Cell::Int(42));
}

/// The last owner may be a thread-local variable, which ends after those of libraries.
#[test]
fn a_connection_ends_with_its_thread() {
    thread_local! {
        static KEPT: std::cell::OnceCell<Sqlite> = const { std::cell::OnceCell::new() };
    }
    let body = || KEPT.with(|kept| kept.get_or_init(memory).execute("SELECT 1", &[]).map(|a| a.rows.rows()));
    let thread = std::thread::Builder::new().spawn(body).expect("a thread");
    assert_eq!(thread.join().expect("the thread ends"), Ok(1));
}
