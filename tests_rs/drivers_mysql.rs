//! The MySQL driver against a real server: `OXALCHEMY_TEST_MYSQL` (a DSN), else the one on the default port.

use std::time::{Duration, Instant};

use base::{Cell, Date, DateTime, DbErrorKind, Interval, RowBatch, Url, Value};
use drivers::mysql::{MySql, Options};
use drivers::{Connection, Outcome};

fn options() -> Option<Options> {
    let dsn = std::env::var("OXALCHEMY_TEST_MYSQL").ok().or_else(|| {
        std::net::TcpStream::connect(("127.0.0.1", 3306)).ok()?;
        Some("mysql://root@127.0.0.1:3306/test".to_owned())
    });
    let Some(dsn) = dsn else {
        eprintln!(
            "SKIPPED: no MySQL or MariaDB. Start one on port 3306 or set OXALCHEMY_TEST_MYSQL=mysql://user:password@host/database"
        );
        return None;
    };
    Some(Options::from_url(&Url::parse(&dsn).expect("a DSN")).expect("options"))
}

fn connect() -> Option<MySql> {
    Some(MySql::open(&options()?).expect("a connection"))
}

fn literals() -> Option<MySql> {
    let mut options = options()?;
    options.set("prepared_statement_cache_size", "0").expect("a number");
    Some(MySql::open(&options).expect("a connection"))
}

fn run(conn: &MySql, sql: &str) -> Outcome {
    conn.execute(sql, &[]).unwrap_or_else(|e| panic!("{sql}: {e}"))
}

fn row(conn: &MySql, sql: &str, params: &[Value]) -> Vec<Value> {
    let out = conn.execute(sql, params).unwrap_or_else(|e| panic!("{sql}: {e}"));
    assert_eq!(out.rows.rows(), 1, "{sql}");
    out.rows.row(0).map(Cell::to_value).collect()
}

fn decimal(s: &str) -> Value {
    Value::Decimal(s.into())
}

fn datetime(s: &str) -> Value {
    Value::DateTime(DateTime::parse(s).expect("a timestamp"))
}

fn duration(seconds: i64, micros: i64) -> Value {
    Value::Interval(Interval::new(0, seconds, micros).expect("a duration"))
}

/// `(column type, value in, value out)`.
fn samples() -> Vec<(&'static str, Value, Value)> {
    let same = |ty, v: Value| (ty, v.clone(), v);
    vec![
        ("TINYINT(1)", Value::Bool(true), Value::Int(1)),
        same("TINYINT", Value::Int(-128)),
        same("TINYINT UNSIGNED", Value::Int(255)),
        same("TINYINT(1) UNSIGNED", Value::Int(200)),
        same("SMALLINT UNSIGNED", Value::Int(65535)),
        same("MEDIUMINT", Value::Int(-8_388_608)),
        same("MEDIUMINT UNSIGNED", Value::Int(16_777_215)),
        same("INT", Value::Int(-2_147_483_648)),
        same("INT UNSIGNED", Value::Int(4_294_967_295)),
        same("BIGINT", Value::Int(i64::MIN)),
        same("BIGINT UNSIGNED", Value::Int(i64::MAX)),
        same("BIGINT UNSIGNED", decimal("18446744073709551615")),
        same("FLOAT", Value::Float(0.5)),
        ("FLOAT", Value::Float(0.1), Value::Float(0.1)),
        same("DOUBLE", Value::Float(-1e-300)),
        same("DECIMAL(30,10)", decimal("12345678901234567890.0001000000")),
        ("DECIMAL(10,2)", Value::text("5"), decimal("5.00")),
        same("VARCHAR(30)", Value::text("h\u{e4}\u{1F600} 'q' \\ \"d\" \u{0}")),
        same("VARCHAR(30) CHARACTER SET latin1", Value::text("h\u{e4}")),
        same("VARCHAR(30) COLLATE utf8mb4_bin", Value::text("bin")),
        same("CHAR(3)", Value::text("ab")),
        same("LONGTEXT", Value::text("")),
        same("BLOB", Value::bytes(&b"\0\xff\\'"[..])),
        same("VARBINARY(5)", Value::bytes(&b""[..])),
        ("JSON", Value::Json("{\"a\": [1, null]}".into()), Value::text("{\"a\": [1, null]}")),
        same("DATE", Value::Date(Date::parse("9999-12-31").expect("a date"))),
        same("DATETIME", datetime("2024-02-29 00:00:00")),
        same("DATETIME(6)", datetime("1000-01-01 23:59:59.999999")),
        ("TIMESTAMP(3) NULL", datetime("2024-02-29 12:00:00.5+00:00"), datetime("2024-02-29 12:00:00.5")),
        same("TIME(6)", duration(-3_020_398, -999_999)),
        ("TIME", Value::Time(base::Time::parse("01:02:03").expect("a time")), duration(3723, 0)),
        same("YEAR", Value::Int(2155)),
        ("ENUM('a','b')", Value::text("b"), Value::text("b")),
        ("SET('a','b','c')", Value::text("c,a"), Value::text("a,c")),
        ("BIT(10)", Value::Int(0x201), Value::bytes(&b"\x02\x01"[..])),
        ("CHAR(36)", Value::Uuid([7; 16]), Value::text("07070707-0707-0707-0707-070707070707")),
    ]
}

#[test]
fn types_go_there_and_back() {
    for conn in [connect(), literals()].into_iter().flatten() {
        for (ty, value, expected) in samples() {
            let expected = match expected {
                // MySQL has a type of its own for JSON, MariaDB keeps it as text.
                Value::Text(s) if ty == "JSON" && !conn.is_mariadb() => Value::Json(s),
                v => v,
            };
            run(&conn, &format!("CREATE TEMPORARY TABLE s (x {ty}, n {ty} NULL)"));
            conn.execute("INSERT INTO s VALUES (?, ?)", &[value.clone(), Value::Null]).unwrap_or_else(|e| panic!("{ty}: {e}"));
            let mut many = RowBatch::new(2);
            for _ in 0..3 {
                many.push_value(&value);
                many.push_null();
            }
            assert_eq!(
                conn.execute_many("INSERT INTO s VALUES (?, ?)", &many).unwrap_or_else(|e| panic!("{ty}: {e}")).rowcount,
                3
            );
            for sql in
                ["SELECT x, n FROM s", "(SELECT x, n FROM s)", "TABLE s"].iter().take(if conn.is_mariadb() { 2 } else { 3 })
            {
                let out = run(&conn, sql);
                for r in 0..4 {
                    assert_eq!((out.rows.cell(r, 0).to_value(), out.rows.cell(r, 1)), (expected.clone(), Cell::Null), "{ty}");
                }
            }
            run(&conn, "DROP TEMPORARY TABLE s");
        }
    }
}

#[test]
fn dates_that_are_none_are_null() {
    for conn in [connect(), literals()].into_iter().flatten() {
        run(&conn, "SET sql_mode = ''");
        run(&conn, "CREATE TEMPORARY TABLE z (d DATE NOT NULL, t DATETIME NOT NULL, p DATE)");
        run(&conn, "INSERT INTO z VALUES ('0000-00-00', '0000-00-00 00:00:00', '2024-00-10')");
        assert_eq!(row(&conn, "SELECT * FROM z", &[]), [Value::Null, Value::Null, Value::Null]);
    }
}

#[test]
fn long_results_stream_and_make_way() {
    let Some(conn) = connect() else { return };
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT a.i FROM n a, (SELECT 1 UNION SELECT 2 UNION SELECT 3) b";
    let sum = |b: &RowBatch| (0..b.rows()).filter_map(|r| b.cell(r, 0).to_value().as_int()).sum::<i64>();
    let out = run(&conn, sql);
    let (mut total, mut batch, cursor) = (sum(&out.rows), RowBatch::default(), out.cursor.expect("more rows"));
    assert!(conn.fetch(cursor, 10, &mut batch).expect("rows"));
    assert_eq!(batch.rows(), 10);
    total += sum(&batch);
    let other = run(&conn, sql).cursor.expect("more rows");
    loop {
        let more = conn.fetch(cursor, 100, &mut batch).expect("rows");
        total += sum(&batch);
        if !more {
            break;
        }
    }
    assert_eq!(total, 3 * 900 * 901 / 2);
    conn.close_cursor(other);
    assert_eq!(row(&conn, "SELECT 1", &[]), [Value::Int(1)]);
}

#[test]
fn errors_carry_class_and_number() {
    for conn in [connect(), literals()].into_iter().flatten() {
        run(&conn, "CREATE TEMPORARY TABLE e (id INT PRIMARY KEY, u VARCHAR(3) NOT NULL)");
        run(&conn, "INSERT INTO e VALUES (1, 'a')");
        let fail = |sql: &str| conn.execute(sql, &[]).expect_err(sql);
        let e = fail("INSERT INTO e VALUES (1, 'b')");
        assert_eq!((e.kind(), e.code(), e.sqlstate()), (DbErrorKind::Integrity, Some(1062), Some("23000")));
        assert_eq!(e.message(), "Duplicate entry '1' for key 'PRIMARY'");
        assert_eq!(fail("INSERT INTO e VALUES (2, NULL)").kind(), DbErrorKind::Integrity);
        assert_eq!((fail("SELECT * FROM nope").kind(), fail("SELEC 1").code()), (DbErrorKind::Programming, Some(1064)));
        assert_eq!(fail("INSERT INTO e VALUES (2, 'abcd')").kind(), DbErrorKind::Data);
        for params in [&[][..], &[Value::Int(1), Value::Int(2)]] {
            let e = conn.execute("SELECT id FROM e WHERE id = ?", params).expect_err("a wrong number of parameters");
            assert_eq!(e.kind(), DbErrorKind::Programming);
        }
        assert!(conn.execute("SELECT ?", &[Value::Array([].into())]).is_err());
        assert_eq!(row(&conn, "SELECT id FROM e WHERE id = ?", &[Value::Int(1)]), [Value::Int(1)]);
        conn.close().expect("closed");
        assert_eq!((fail("SELECT 1").message(), conn.is_closed()), ("the connection is closed", true));
    }
}

#[test]
fn transactions_keys_and_counts() {
    for conn in [connect(), literals()].into_iter().flatten() {
        let state = |want: bool| assert_eq!(conn.in_transaction(), Ok(want));
        run(&conn, "CREATE TEMPORARY TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(9)) ENGINE=InnoDB");
        state(false);
        run(&conn, "BEGIN");
        state(true);
        let out = conn.execute("INSERT INTO t (v) VALUES (?), (?)", &["x".into(), "y".into()]).expect("inserted");
        assert_eq!((out.rowcount, out.last_insert_id), (2, 1));
        run(&conn, "ROLLBACK");
        state(false);
        run(&conn, "SET autocommit = 0");
        state(false);
        if conn.is_mariadb() {
            let out = conn.execute("INSERT INTO t (v) VALUES (?), (?) RETURNING id, v", &["x".into(), "y".into()]).expect("keys");
            assert_eq!((out.rowcount, out.rows.cell(0, 0), out.rows.cell(1, 0)), (2, Cell::Int(3), Cell::Int(4)));
        } else {
            conn.execute("INSERT INTO t (v) VALUES (?), (?)", &["x".into(), "y".into()]).expect("inserted");
        }
        state(true);
        run(&conn, "SAVEPOINT a");
        assert_eq!(run(&conn, "UPDATE t SET v = 'x'").rowcount, 2);
        run(&conn, "ROLLBACK TO SAVEPOINT a");
        state(true);
        assert_eq!(run(&conn, "SELECT * FROM t WHERE id < 0").columns.len(), 2);
        assert_eq!(run(&conn, "SHOW TABLES LIKE 'no such table'").columns.len(), 1);
        run(&conn, "COMMIT");
        state(false);
        conn.execute_script("SET autocommit = 1; INSERT INTO t (v) VALUES (';'); SELECT 1").expect("a script");
        state(false);
        assert_eq!(row(&conn, "SELECT count(*) FROM t", &[]), [Value::Int(3)]);
    }
}

#[test]
fn many_rows_in_few_messages() {
    for conn in [connect(), literals()].into_iter().flatten() {
        run(&conn, "CREATE TEMPORARY TABLE m (id INT PRIMARY KEY, v VARCHAR(20), n DECIMAL(10,2))");
        let mut rows = RowBatch::new(3);
        for i in 0..20_000 {
            rows.push_int(i);
            rows.push_text("it's \\ text");
            if i % 2 == 0 { rows.push_null() } else { rows.push_decimal("1.50") }
        }
        let insert = "INSERT INTO m (id, v, n) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE v = VALUES(v)";
        assert_eq!(conn.execute_many(insert, &rows).expect("inserted").rowcount, 20_000);
        let got = row(&conn, "SELECT count(*), min(v), sum(n) FROM m", &[]);
        assert_eq!(got, [Value::Int(20_000), Value::text("it's \\ text"), decimal("15000.00")]);
        let e = conn.execute_many("INSERT INTO m VALUES (?, ?, ?)", &rows).expect_err("duplicates");
        assert_eq!(e.kind(), DbErrorKind::Integrity);
        let mut ids = RowBatch::new(1);
        (0..100).for_each(|i| ids.push_int(i));
        assert_eq!(conn.execute_many("DELETE FROM m WHERE id = ? -- all", &ids).expect("deleted").rowcount, 100);
        let mut short = RowBatch::new(2);
        (0..4).for_each(|i| short.push_int(i));
        assert!(conn.execute_many("INSERT INTO m VALUES (?, ?, ?)", &short).is_err());
    }
}

#[test]
fn prepared_statements_survive_changes() {
    let Some(conn) = connect() else { return };
    run(&conn, "CREATE TEMPORARY TABLE c (a INT)");
    run(&conn, "INSERT INTO c VALUES (1)");
    assert_eq!(run(&conn, "SELECT * FROM c").columns.len(), 1);
    run(&conn, "ALTER TABLE c ADD b INT DEFAULT 2");
    assert_eq!(row(&conn, "SELECT * FROM c", &[]), [Value::Int(1), Value::Int(2)]);
    for v in [Value::Int(1), Value::Int(1 << 40), Value::Float(1.5), Value::Null, Value::text("7"), decimal("1.10")] {
        assert_eq!(row(&conn, "SELECT ?", std::slice::from_ref(&v)), [v]);
    }
    // More texts than the cache holds.
    for i in 0..250 {
        assert_eq!(row(&conn, &format!("SELECT {i} + ?"), &[Value::Int(1)]), [Value::Int(i + 1)]);
    }
}

#[test]
fn statements_are_cancelled() {
    let Some(conn) = connect() else { return };
    // SLEEP would end early without an error.
    let sql = "SELECT count(*) FROM information_schema.columns a, information_schema.columns b, information_schema.columns c";
    let cancelled = |start: Instant| {
        let e = conn.execute(sql, &[]).expect_err("cancelled");
        assert_eq!((e.kind(), e.code(), e.is_disconnect()), (DbErrorKind::Operational, Some(1317), false));
        assert!(start.elapsed() < Duration::from_secs(5));
        assert_eq!(row(&conn, "SELECT 1", &[]), [Value::Int(1)]);
    };
    let handle = conn.interrupt_handle();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(100));
            handle.interrupt();
        });
        cancelled(Instant::now());
    });
    handle.interrupt();
    conn.set_timeout(Some(Duration::from_millis(100)));
    cancelled(Instant::now());
}

#[test]
fn a_killed_connection_says_so() {
    let (Some(conn), Some(other)) = (connect(), connect()) else { return };
    run(&other, &format!("KILL {}", conn.thread_id()));
    let e = conn.execute("SELECT 1", &[]).expect_err("killed");
    assert_eq!((e.kind(), e.is_disconnect()), (DbErrorKind::Operational, true));
    assert!(conn.execute("SELECT 1", &[]).expect_err("gone").is_disconnect());
}

#[test]
fn connections_that_fail() {
    let Some(good) = options() else { return };
    let fail = |name: &str, value: &str| {
        let mut options = good.clone();
        options.set("connect_timeout", "1").expect("seconds");
        options.set(name, value).expect(name);
        MySql::open(&options).err().expect("no connection")
    };
    let e = fail("database", "no_such_database");
    assert_eq!((e.kind(), e.code()), (DbErrorKind::Operational, Some(1049)));
    let e = fail("password", "a-wrong-secret");
    assert_eq!((e.kind(), e.code(), e.message().contains("secret")), (DbErrorKind::Operational, Some(1045), false));
    assert_eq!(fail("port", "1").code(), Some(2003));
    let mute = std::net::TcpListener::bind("127.0.0.1:0").expect("a socket");
    let port = mute.local_addr().expect("an address").port().to_string();
    assert!(fail("port", &port).message().contains("timed out"));
    assert!(good.clone().set("nonsense", "1").is_err() && good.clone().set("port", "x").is_err());
}

#[test]
fn malformed_greetings_do_not_panic() {
    use std::io::Write;
    let Some(good) = options() else { return };
    for garbage in [&b""[..], b"\x01\0\0\0\x0a", b"\0\0\0\0", b"\x05\0\0\0\xff\0\0\0\0", b"\x03\0\0\0\x0a1\0"] {
        let server = std::net::TcpListener::bind("127.0.0.1:0").expect("a socket");
        let mut options = good.clone();
        options.set("port", &server.local_addr().expect("an address").port().to_string()).expect("a port");
        std::thread::scope(|scope| {
            scope.spawn(move || server.accept().map(|(mut socket, _)| socket.write_all(garbage)));
            assert!(MySql::open(&options).is_err());
        });
    }
}

#[test]
fn sockets_and_versions() {
    let Some(conn) = connect() else { return };
    assert!(conn.server_version().0 >= 5);
    let Value::Text(path) = row(&conn, "SELECT @@socket", &[])[0].clone() else { return };
    let Some(mut options) = options().filter(|_| std::path::Path::new(&*path).exists()) else { return };
    options.set("unix_socket", &path).expect("a path");
    assert_eq!(row(&MySql::open(&options).expect("a connection"), "SELECT 1", &[]), [Value::Int(1)]);
}
