//! The PostgreSQL driver against a real server: `OXALCHEMY_TEST_POSTGRES` (a DSN), else the one on the default port.

use std::time::{Duration, Instant};

use base::{Cell, Date, DateTime, DbErrorKind, Interval, RowBatch, Time, Url, Value};
use drivers::postgres::{Options, Postgres};
use drivers::{Connection, Outcome};

fn options() -> Option<Options> {
    let dsn = std::env::var("OXALCHEMY_TEST_POSTGRES").ok().or_else(|| {
        std::net::TcpStream::connect(("127.0.0.1", 5432)).ok()?;
        Some("postgresql://postgres@127.0.0.1:5432/test".to_owned())
    });
    let Some(dsn) = dsn else {
        eprintln!(
            "SKIPPED: no PostgreSQL. Start one on port 5432 or set OXALCHEMY_TEST_POSTGRES=postgresql://user:password@host/database"
        );
        return None;
    };
    Some(Options::from_url(&Url::parse(&dsn).expect("a DSN")).expect("options"))
}

fn connect() -> Option<Postgres> {
    Some(Postgres::open(&options()?).expect("a connection"))
}

fn pooler() -> Option<Postgres> {
    let mut options = options()?;
    options.set("prepared_statement_cache_size", "0").expect("a number");
    Some(Postgres::open(&options).expect("a connection"))
}

fn run(conn: &Postgres, sql: &str) -> Outcome {
    conn.execute(sql, &[]).unwrap_or_else(|e| panic!("{sql}: {e}"))
}

fn row(conn: &Postgres, sql: &str, params: &[Value]) -> Vec<Value> {
    let out = conn.execute(sql, params).unwrap_or_else(|e| panic!("{sql}: {e}"));
    assert_eq!(out.rows.rows(), 1, "{sql}");
    out.rows.row(0).map(Cell::to_value).collect()
}

fn date(s: &str) -> Value {
    Value::Date(Date::parse(s).expect("a date"))
}

fn datetime(s: &str) -> Value {
    Value::DateTime(DateTime::parse(s).expect("a timestamp"))
}

fn decimal(s: &str) -> Value {
    Value::Decimal(s.into())
}

fn list(items: &[Value]) -> Value {
    Value::Array(items.into())
}

/// `(type, value)`: each goes there and back, with prepared statements and without.
fn samples() -> Vec<(&'static str, Value)> {
    vec![
        ("bool", Value::Bool(true)),
        ("smallint", Value::Int(-32768)),
        ("int", Value::Int(2_147_483_647)),
        ("int", Value::Int(-2_147_483_648)),
        ("bigint", Value::Int(i64::MIN)),
        ("oid", Value::Int(4_294_967_295)),
        ("real", Value::Float(0.1)),
        ("float8", Value::Float(1e-300)),
        ("float8", Value::Float(f64::NEG_INFINITY)),
        ("numeric", decimal("12345678901234567890.0001000")),
        ("numeric", decimal("-0.00000001")),
        ("numeric", decimal("NaN")),
        ("numeric(10,2)", decimal("5.00")),
        ("text", Value::text("h\u{e4}\u{1F600} 'q' \\ \"d\"")),
        ("varchar(10)", Value::text("")),
        ("char(3)", Value::text("ab ")),
        ("bytea", Value::bytes(&b"\0\xff\\'"[..])),
        ("date", date("0001-01-01")),
        ("date", date("9999-12-31")),
        ("time", Value::Time(Time::parse("23:59:59.999999").expect("a time"))),
        ("timetz", Value::Time(Time::parse("01:02:03+05:30").expect("a time"))),
        ("timestamp", datetime("1999-12-31 23:59:59.999999")),
        ("timestamptz", datetime("2024-02-29 12:00:00.5+00:00")),
        ("interval", Value::Interval(Interval::new(-3, 4, 5).expect("a duration"))),
        ("uuid", Value::Uuid([7; 16])),
        ("json", Value::Json("{\"a\": [1, null]}".into())),
        ("jsonb", Value::Json("{\"a\": [1, null]}".into())),
        ("inet", Value::Address("192.168.0.1".into())),
        ("inet", Value::Address("::1/64".into())),
        ("cidr", Value::Network("10.0.0.0/8".into())),
        ("macaddr", Value::text("08:00:2b:01:02:03")),
        ("bit(3)", Value::text("101")),
        ("varbit", Value::text("1010101010")),
        ("xml", Value::text("<a/>")),
        ("int[]", list(&[Value::Int(1), Value::Null, Value::Int(-3)])),
        ("int[]", list(&[])),
        ("int[]", list(&[list(&[Value::Int(1), Value::Int(2)]), list(&[Value::Int(3), Value::Int(4)])])),
        ("text[]", list(&[Value::text("a,b"), Value::text("\"\\{}"), Value::text("NULL"), Value::text("")])),
        ("numeric[]", list(&[decimal("1.50")])),
        ("timestamptz[]", list(&[datetime("2024-02-29 12:00:00+00:00")])),
        ("uuid[]", list(&[Value::Uuid([1; 16])])),
        ("int4range", Value::text("[1,5)")),
        ("point", Value::text("(1,2)")),
        ("tsvector", Value::text("'a' 'b'")),
        ("tsquery", Value::text("'a' & 'b'")),
        ("jsonpath", Value::text("$.\"a\"")),
        ("regclass", Value::text("pg_class")),
    ]
}

#[test]
fn types_go_there_and_back() {
    for conn in [connect(), pooler()].into_iter().flatten() {
        for (ty, value) in samples() {
            let got = row(&conn, &format!("SELECT $1::{ty} AS x, $2::{ty} AS n"), &[value.clone(), Value::Null]);
            assert_eq!(got, [value.clone(), Value::Null], "{ty}");
            run(&conn, &format!("CREATE TEMP TABLE s (x {ty})"));
            conn.execute("INSERT INTO s VALUES ($1)", std::slice::from_ref(&value)).unwrap_or_else(|e| panic!("{ty}: {e}"));
            let mut many = RowBatch::new(1);
            (0..3).for_each(|_| many.push_value(&value));
            assert_eq!(conn.execute_many("INSERT INTO s VALUES ($1)", &many).unwrap_or_else(|e| panic!("{ty}: {e}")).rowcount, 3);
            let out = run(&conn, "SELECT x FROM s");
            assert_eq!((0..4).map(|r| out.rows.cell(r, 0).to_value()).collect::<Vec<_>>(), vec![value; 4], "{ty}");
            run(&conn, "DROP TABLE s");
        }
    }
}

#[test]
fn user_defined_types() {
    let Some(conn) = connect() else { return };
    run(&conn, "DROP TYPE IF EXISTS ox_mood CASCADE");
    run(&conn, "DROP DOMAIN IF EXISTS ox_pos");
    run(&conn, "CREATE TYPE ox_mood AS ENUM ('sad', 'ok')");
    run(&conn, "CREATE DOMAIN ox_pos AS int CHECK (value > 0)");
    let got = row(
        &conn,
        "SELECT $1::ox_mood, $2::ox_pos, $3::ox_mood[], row(1, 'a')",
        &[Value::text("ok"), Value::Int(5), list(&[Value::text("sad")])],
    );
    assert_eq!(got, [Value::text("ok"), Value::Int(5), list(&[Value::text("sad")]), Value::text("(1,a)")]);
    run(&conn, "DROP TYPE ox_mood");
    run(&conn, "DROP DOMAIN ox_pos");
}

#[test]
fn values_out_of_pythons_range_are_data_errors() {
    for conn in [connect(), pooler()].into_iter().flatten() {
        for (sql, message) in [
            ("SELECT 'infinity'::date", "date too large (after year 10K)"),
            ("SELECT '-infinity'::timestamp", "timestamp too small (before year 1)"),
            ("SELECT '10000-01-01'::timestamptz", "timestamp too large (after year 10K)"),
            ("SELECT '0044-03-15 BC'::date", "date too small (before year 1)"),
            ("SELECT '24:00'::time", "time not supported by Python: hour 24"),
        ] {
            let e = conn.execute(sql, &[]).expect_err(sql);
            assert_eq!((e.kind(), e.message(), e.is_disconnect()), (DbErrorKind::Data, message, false));
        }
        let got = row(&conn, "SELECT '1 year 2 mons 3 days 04:05:06.7'::interval", &[]);
        assert_eq!(got, [Value::Interval(Interval::new(365 + 60 + 3, 4 * 3600 + 306, 700_000).expect("a duration"))]);
    }
}

#[test]
fn long_results_stream_and_make_way() {
    let Some(conn) = connect() else { return };
    let sql = "SELECT i, 'r' || i FROM generate_series(1, 5000) i";
    let sum = |b: &RowBatch| (0..b.rows()).filter_map(|r| b.cell(r, 0).to_value().as_int()).sum::<i64>();
    let out = run(&conn, sql);
    assert_eq!(&*out.columns[0].name, "i");
    let (mut total, mut batch, cursor) = (sum(&out.rows), RowBatch::default(), out.cursor.expect("more rows"));
    assert!(conn.fetch(cursor, 10, &mut batch).expect("rows"));
    assert_eq!(batch.rows(), 10);
    total += sum(&batch);
    // A statement in between: the rest of the first result waits in memory.
    let other = run(&conn, sql).cursor.expect("more rows");
    assert!(conn.fetch(cursor, 7, &mut batch).expect("rows"));
    total += sum(&batch);
    loop {
        let more = conn.fetch(cursor, 500, &mut batch).expect("rows");
        total += sum(&batch);
        if !more {
            break;
        }
    }
    assert_eq!(total, 5000 * 5001 / 2);
    assert!(!conn.fetch(cursor, 1, &mut batch).expect("an ended cursor"));
    conn.close_cursor(other);
    assert_eq!(row(&conn, "SELECT 1", &[]), [Value::Int(1)]);
}

#[test]
fn an_error_among_rows_comes_after_them() {
    let Some(conn) = connect() else { return };
    let out = run(&conn, "SELECT 1 / (3 - i) FROM generate_series(1, 5) i");
    assert_eq!(out.rows.rows(), 2);
    let e = conn.fetch(out.cursor.expect("not at the end"), 10, &mut RowBatch::default()).expect_err("division");
    assert_eq!((e.kind(), e.sqlstate()), (DbErrorKind::Data, Some("22012")));
    assert_eq!(row(&conn, "SELECT 1", &[]), [Value::Int(1)]);
}

#[test]
fn errors_carry_class_and_sqlstate() {
    for conn in [connect(), pooler()].into_iter().flatten() {
        run(&conn, "CREATE TEMP TABLE e (id int PRIMARY KEY, u text NOT NULL)");
        run(&conn, "INSERT INTO e VALUES (1, 'a')");
        let fail = |sql: &str| conn.execute(sql, &[]).expect_err(sql);
        let e = fail("INSERT INTO e VALUES (1, 'b')");
        assert_eq!((e.kind(), e.sqlstate()), (DbErrorKind::Integrity, Some("23505")));
        assert_eq!(
            e.message(),
            "duplicate key value violates unique constraint \"e_pkey\"\nDETAIL:  Key (id)=(1) already exists."
        );
        let e = fail("SELECT * FROM nope");
        assert_eq!((e.kind(), e.sqlstate()), (DbErrorKind::Programming, Some("42P01")));
        assert_eq!(e.message(), "relation \"nope\" does not exist\nLINE 1: SELECT * FROM nope\n                      ^");
        assert_eq!(fail("SELECT 'x'::int").kind(), DbErrorKind::Data);
        assert_eq!(fail("SELECT 1 FROM e WHERE id = $1").kind(), DbErrorKind::Programming);
        conn.close().expect("closed");
        conn.close().expect("closing again does nothing");
        assert_eq!((fail("SELECT 1").message(), conn.is_closed()), ("the connection is closed", true));
    }
}

#[test]
fn transactions_and_failures_in_them() {
    for conn in [connect(), pooler()].into_iter().flatten() {
        let state = |want: bool| assert_eq!(conn.in_transaction(), Ok(want));
        run(&conn, "CREATE TEMP TABLE t (id serial PRIMARY KEY, v text)");
        state(false);
        run(&conn, "BEGIN");
        state(true);
        run(&conn, "SAVEPOINT a");
        let out = conn.execute("INSERT INTO t (v) VALUES ($1), ($2) RETURNING id", &["x".into(), "y".into()]).expect("keys");
        assert_eq!((out.rowcount, out.rows.cell(0, 0), out.rows.cell(1, 0)), (2, Cell::Int(1), Cell::Int(2)));
        conn.execute("SELECT nope", &[]).expect_err("no such column");
        assert_eq!(conn.execute("SELECT 1", &[]).expect_err("aborted").sqlstate(), Some("25P02"));
        run(&conn, "ROLLBACK TO SAVEPOINT a");
        state(true);
        assert_eq!(run(&conn, "SELECT * FROM t WHERE false").columns.len(), 2);
        run(&conn, "COMMIT");
        state(false);
        assert_eq!(run(&conn, "UPDATE t SET v = 'z'").rowcount, 0);
        assert_eq!(run(&conn, "INSERT INTO t (v) SELECT 'q' WHERE false RETURNING id").columns.len(), 1);
        conn.execute_script("BEGIN; INSERT INTO t (v) VALUES (';'); COMMIT; CREATE TEMP TABLE t2 (x int)").expect("a script");
        state(false);
        assert_eq!(row(&conn, "SELECT count(*) FROM t", &[]), [Value::Int(1)]);
    }
}

#[test]
fn many_rows_in_few_messages() {
    for conn in [connect(), pooler()].into_iter().flatten() {
        run(&conn, "CREATE TEMP TABLE m (id int PRIMARY KEY, v text, n numeric)");
        let mut rows = RowBatch::new(3);
        for i in 0..10_000 {
            rows.push_int(i);
            rows.push_text("it's \\ text");
            if i % 2 == 0 { rows.push_null() } else { rows.push_decimal("1.50") }
        }
        let out = conn.execute_many("INSERT INTO m VALUES ($1, $2, $3)", &rows).expect("inserted");
        assert_eq!(out.rowcount, 10_000);
        let got = row(&conn, "SELECT count(*), min(v), sum(n) FROM m", &[]);
        assert_eq!(got, [Value::Int(10_000), Value::text("it's \\ text"), decimal("7500.00")]);
        let e = conn.execute_many("INSERT INTO m VALUES ($1, $2, $3)", &rows).expect_err("duplicates");
        assert_eq!(e.kind(), DbErrorKind::Integrity);
        run(&conn, "BEGIN");
        conn.execute_many("INSERT INTO m VALUES ($1, $2, $3)", &rows).expect_err("duplicates");
        run(&conn, "ROLLBACK");
        let mut ids = RowBatch::new(1);
        (0..100).for_each(|i| ids.push_int(i));
        assert_eq!(conn.execute_many("DELETE FROM m WHERE id = $1 -- all", &ids).expect("deleted").rowcount, 100);
        assert_eq!(row(&conn, "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE '\\_ox%'", &[]), [Value::Int(0)]);
    }
}

#[test]
fn prepared_statements_survive_changes() {
    let Some(conn) = connect() else { return };
    run(&conn, "CREATE TEMP TABLE c (a int)");
    run(&conn, "INSERT INTO c VALUES (1)");
    assert_eq!(run(&conn, "SELECT * FROM c").columns.len(), 1);
    run(&conn, "ALTER TABLE c ADD b int DEFAULT 2");
    assert_eq!(row(&conn, "SELECT * FROM c", &[]), [Value::Int(1), Value::Int(2)]);
    // Behind our back.
    conn.execute("SELECT set_config('a.b', $1, false)", &["x".into()]).expect("a setting");
    run(&conn, "DEALLOCATE ALL");
    assert_eq!(row(&conn, "SELECT * FROM c", &[]), [Value::Int(1), Value::Int(2)]);
    // The same text with other types.
    for v in [Value::Int(1), Value::Int(1 << 40), Value::Float(1.5), Value::Null, Value::text("7")] {
        assert_eq!(row(&conn, "SELECT $1", std::slice::from_ref(&v)), [v]);
    }
}

#[test]
fn statements_are_cancelled() {
    let Some(conn) = connect() else { return };
    let cancelled = |start: Instant| {
        let e = conn.execute("SELECT pg_sleep(20)", &[]).expect_err("cancelled");
        assert_eq!((e.kind(), e.sqlstate()), (DbErrorKind::Operational, Some("57014")));
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
    conn.set_timeout(None);
    let start = Instant::now();
    conn.set_watch(Some(std::sync::Arc::new(move || start.elapsed() > Duration::from_millis(150))));
    let e = conn.execute("SELECT pg_sleep(20)", &[]).expect_err("cancelled");
    assert_eq!(e.sqlstate(), Some("57014"));
}

#[test]
fn a_killed_connection_says_so() {
    let (Some(conn), Some(other)) = (connect(), connect()) else { return };
    conn.execute("SELECT 1", &[]).expect("a row");
    row(&other, "SELECT pg_terminate_backend($1)", &[Value::Int(conn.backend_pid().into())]);
    std::thread::sleep(Duration::from_millis(50));
    let e = conn.execute("SELECT 1", &[]).expect_err("terminated");
    assert_eq!((e.kind(), e.is_disconnect()), (DbErrorKind::Operational, true));
    assert!(conn.execute("SELECT 1", &[]).expect_err("gone").is_disconnect());
    conn.close().expect("closed");
}

#[test]
fn connections_that_fail() {
    let Some(good) = options() else { return };
    let fail = |name: &str, value: &str| {
        let mut options = good.clone();
        options.set("connect_timeout", "1").expect("seconds");
        options.set(name, value).expect(name);
        Postgres::open(&options).err().expect("no connection")
    };
    let e = fail("dbname", "no_such_database");
    assert_eq!((e.kind(), e.sqlstate()), (DbErrorKind::Operational, Some("3D000")));
    assert!(e.message().ends_with("FATAL:  database \"no_such_database\" does not exist"), "{e}");
    assert!(fail("port", "1").message().contains("Connection refused"));
    // A server that accepts and never answers.
    let mute = std::net::TcpListener::bind("127.0.0.1:0").expect("a socket");
    let port = mute.local_addr().expect("an address").port().to_string();
    assert_eq!(fail("port", &port).message(), "connection timeout expired");
    assert!(good.clone().set("nonsense", "1").is_err() && good.clone().set("port", "x").is_err());
}

#[test]
fn malformed_answers_do_not_panic() {
    use std::io::{Read, Write};
    let Some(good) = options() else { return };
    let hello = b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I".to_vec();
    for garbage in [&b"D\0\0\0\x04"[..], b"T\0\0\0\x06\0\x05Z", b"E\0\0\0\x05\0", b"\xff\xff\xff\xff\xff\xff", b"D\0\0\0\0", b""]
    {
        let server = std::net::TcpListener::bind("127.0.0.1:0").expect("a socket");
        let mut options = good.clone();
        for (name, value) in [("host", "127.0.0.1"), ("sslmode", "disable"), ("connect_timeout", "2"), ("command_timeout", "1")] {
            options.set(name, value).expect(name);
        }
        options.set("prepared_statement_cache_size", "0").expect("a number");
        options.set("port", &server.local_addr().expect("an address").port().to_string()).expect("a port");
        let hello = hello.clone();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let (mut socket, _) = server.accept().expect("a client");
                let mut buffer = [0; 1024];
                let _ = socket.read(&mut buffer);
                let _ = socket.write_all(&hello);
                let _ = socket.read(&mut buffer);
                let _ = socket.write_all(garbage);
            });
            let conn = Postgres::open(&options).expect("a greeting");
            assert!(conn.execute("SELECT 1", &[]).is_err());
        });
    }
}

#[test]
fn versions_and_addresses() {
    let Some(conn) = connect() else { return };
    assert!(conn.server_version().0 >= 9);
    assert!(conn.backend_pid() > 0);
}
