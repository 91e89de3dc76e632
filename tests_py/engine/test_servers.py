"""The built-in server drivers behind `create_engine`: what differs from SQLite, and what goes wrong on a network."""

import os
import pickle
import signal
import threading
import time

import oxalchemy as sa
import pytest
from oxalchemy import exc


@pytest.fixture(params=["postgresql", "mysql"])
def database(request):
    return request.getfixturevalue(f"{request.param}_database")


@pytest.fixture
def engine(database):
    engine = sa.create_engine(database.url)
    yield engine
    engine.dispose()


def is_postgresql(engine):
    return engine.dialect.name == "postgresql"


def sleep(engine, seconds):
    return sa.text(f"SELECT pg_sleep({seconds})" if is_postgresql(engine) else f"SELECT SLEEP({seconds})")


def own_id(conn):
    return conn.scalar(sa.text("SELECT pg_backend_pid()" if conn.dialect.name == "postgresql" else "SELECT CONNECTION_ID()"))


def kill(engine, number):
    """Ends a connection, and waits until the server has noticed."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        if is_postgresql(engine):
            conn.execute(sa.text("SELECT pg_terminate_backend(:n)"), {"n": number})
            alive = "SELECT count(*) FROM pg_stat_activity WHERE pid = :n"
        else:
            conn.execute(sa.text(f"KILL {number}"))
            alive = "SELECT count(*) FROM information_schema.processlist WHERE id = :n"
        for _ in range(100):
            if not conn.scalar(sa.text(alive), {"n": number}):
                return
            time.sleep(0.02)
        raise AssertionError(f"connection {number} is still there")


def test_every_documented_driver_name_connects(database):
    names = {
        "postgresql": ("postgresql", "postgres", "postgresql+psycopg", "postgresql+psycopg2", "postgresql+pg8000"),
        "mysql": ("mysql", "mariadb", "mysql+mysqldb", "mysql+pymysql", "mariadb+mysqlconnector", "mysql+mariadbconnector"),
    }[database.kind]
    for name in (*names, *(["postgresql+asyncpg"] if database.kind == "postgresql" else [])):
        engine = sa.create_engine(sa.make_url(database.url).set(drivername=name))
        with engine.connect() as conn:
            t = sa.literal_column("'x'").label("x")
            assert conn.execute(sa.select(t, sa.bindparam("n", 5))).one() == ("x", 5)
            assert engine.dialect.driver == (name.partition("+")[2] or {"p": "psycopg", "m": "mysqldb"}[name[0]])
        seen = []
        sa.event.listen(engine, "before_cursor_execute", lambda *a, seen=seen: seen.append(a[2]))
        with engine.connect() as conn:  # through a cursor, with the placeholders of that driver
            assert conn.execute(sa.select(sa.bindparam("n", 5)).where(sa.literal(1) == 1)).scalar() == 5
        assert any(mark in seen[0] for mark in ("%(", "%s", "$1", "?"))
        engine.dispose()


def test_an_unknown_option_is_named(database):
    engine = sa.create_engine(database.url, connect_args={"no_such_option": 1})
    with pytest.raises(exc.ProgrammingError, match='"no_such_option"'):
        engine.connect()


def test_wrong_password_and_unknown_database_do_not_show_the_password(database, caplog):
    url = sa.make_url(database.url)
    with pytest.raises(exc.OperationalError) as e:
        sa.create_engine(
            url.set(username="nobody_here", password="s3cr3t-word", database="nowhere_at_all"), echo="debug"
        ).connect()
    assert "s3cr3t-word" not in str(e.value) + repr(e.value) + caplog.text
    with pytest.raises(exc.DBAPIError, match="nowhere_at_all"):
        sa.create_engine(url.set(database="nowhere_at_all")).connect()


def test_nobody_listens(database):
    url = sa.make_url(database.url).set(host="127.0.0.1", port=1)
    with pytest.raises(exc.OperationalError) as e:
        sa.create_engine(url).connect()
    assert "127.0.0.1" in str(e.value)


def test_a_killed_connection_is_replaced(engine, database):
    helper = sa.create_engine(database.url)
    with engine.connect() as conn:
        kill(helper, own_id(conn))
        with pytest.raises(exc.DBAPIError) as e:
            conn.execute(sa.text("SELECT 1"))
        assert e.value.connection_invalidated
        assert conn.invalidated
        conn.rollback()
        assert conn.scalar(sa.text("SELECT 1")) == 1
    assert engine.pool.checkedout() == 0
    helper.dispose()


def test_pre_ping_finds_a_killed_connection(database):
    engine = sa.create_engine(database.url, pool_pre_ping=True)
    helper = sa.create_engine(database.url)
    with engine.connect() as conn:
        number = own_id(conn)
    kill(helper, number)
    with engine.connect() as conn:
        assert own_id(conn) != number
    engine.dispose()
    helper.dispose()


def test_nothing_is_sent_when_no_transaction_is_open(engine):
    counter = (
        "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
        if is_postgresql(engine)
        else "SHOW SESSION STATUS LIKE 'Com_%mit'"
    )
    raw = engine.raw_connection()
    assert raw.dbapi_connection._in_transaction is False
    raw.commit()
    raw.rollback()
    cursor = raw.cursor()
    cursor.execute(counter)
    assert raw.dbapi_connection._in_transaction is True
    raw.rollback()
    assert raw.dbapi_connection._in_transaction is False
    raw.close()


def test_the_rest_of_a_result_waits_while_another_statement_runs(engine):
    numbers = (
        "SELECT n FROM generate_series(1, 5000) AS n"
        if is_postgresql(engine)
        else "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 5000) SELECT n FROM s"
    )
    with engine.connect() as conn:
        if not is_postgresql(engine):
            conn.execute(sa.text("SET max_recursive_iterations = 10000"))
        r = conn.execution_options(stream_results=True, max_row_buffer=100).execute(sa.text(numbers))
        assert r.fetchmany(10)[-1] == (10,)
        assert conn.scalar(sa.text("SELECT 42")) == 42
        assert [n for (n,) in r] == list(range(11, 5001))
        r = conn.execute(sa.text(numbers))
        r.fetchone()
        r.close()
        assert conn.scalar(sa.text("SELECT 43")) == 43


def test_a_statement_that_takes_too_long_is_cancelled(database):
    engine = sa.create_engine(database.url, connect_args={"command_timeout": 0.3})
    with engine.connect() as conn:
        started = time.monotonic()
        if is_postgresql(engine):
            with pytest.raises(exc.OperationalError):
                conn.execute(sleep(engine, 20))
        else:
            # SLEEP() that is interrupted gives 1 instead of an error.
            try:
                assert conn.scalar(sleep(engine, 20)) == 1
            except exc.OperationalError as e:
                assert e.orig.args[0] == 1317
        assert time.monotonic() - started < 6
        conn.rollback()
        assert conn.scalar(sa.text("SELECT 1")) == 1
    engine.dispose()


def test_ctrl_c_interrupts_a_statement(engine):
    timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    with engine.connect() as conn:
        conn.execute(sa.text("SELECT 1"))
        started = time.monotonic()
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            conn.execute(sleep(engine, 20))
            time.sleep(1)  # a SLEEP() that was interrupted may end without an error
        assert time.monotonic() - started < 6
        conn.rollback()
        assert conn.scalar(sa.text("SELECT 1")) == 1


def test_another_thread_runs_while_a_statement_waits(engine):
    ticks = []
    stop = threading.Event()

    def tick():
        while not stop.is_set():
            ticks.append(1)
            time.sleep(0.005)

    thread = threading.Thread(target=tick)
    thread.start()
    with engine.connect() as conn:
        conn.execute(sleep(engine, 0.5))
    stop.set()
    thread.join()
    assert len(ticks) > 20


def test_threads_share_an_engine(engine):
    table = sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))
    table.create(engine, checkfirst=False)
    errors = []

    def work(base):
        try:
            for n in range(20):
                with engine.begin() as conn:
                    conn.execute(table.insert(), {"n": base + n})
        except Exception as e:
            errors.append(e)

    threads = [threading.Thread(target=work, args=(i * 100,)) for i in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert errors == []
    with engine.connect() as conn:
        assert conn.scalar(sa.select(sa.func.count(sa.distinct(table.c.n)))) == 160


def test_fork_after_use(engine):
    conn = engine.connect()
    assert conn.scalar(sa.text("SELECT 1")) == 1
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            try:
                conn.scalar(sa.text("SELECT 2"))
            except exc.InterfaceError as e:
                code = 0 if "fork" in str(e) else 2
            engine.dispose(close=False)
            with engine.connect() as other:
                code += 0 if other.scalar(sa.text("SELECT 3")) == 3 else 4
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert conn.scalar(sa.text("SELECT 4")) == 4
    conn.close()


def test_errors_can_be_pickled(engine):
    with engine.connect() as conn, pytest.raises(exc.ProgrammingError) as e:
        conn.execute(sa.text("SELECT * FROM nowhere"))
    again = pickle.loads(pickle.dumps(e.value))
    assert again.orig.args == e.value.orig.args
    assert again.orig.sqlstate == e.value.orig.sqlstate is not None


def test_returned_rows_come_in_the_order_of_the_parameters(engine):
    table = sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))
    table.create(engine, checkfirst=False)
    if not engine.dialect.insert_returning:
        pytest.skip("MySQL has no RETURNING")
    values = [(i * 7919) % 2503 for i in range(2500)]
    statements = []
    sa.event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    with engine.begin() as conn:
        stmt = table.insert().returning(table.c.n, table.c.id, sort_by_parameter_order=True)
        rows = conn.execute(stmt, [{"n": n} for n in values]).all()
    assert [n for n, _ in rows] == values
    assert [i for _, i in rows] == sorted(i for _, i in rows)
    assert len(statements) == 3


def test_a_flush_of_many_objects_takes_few_round_trips(engine):
    from oxalchemy.orm import Session, declarative_base

    class Thing(declarative_base()):
        __tablename__ = "thing"
        id = sa.Column(sa.Integer, primary_key=True)
        n = sa.Column(sa.Integer)

    Thing.__table__.create(engine, checkfirst=False)
    with Session(engine) as session:
        things = [Thing(n=n) for n in range(3000)]
        started = questions(session)
        session.add_all(things)
        session.flush()
        assert questions(session) - started < 40
        assert [t.id for t in things] == list(range(1, 3001))
        session.commit()
        session.expunge_all()
        assert session.scalar(sa.select(sa.func.sum(Thing.n - Thing.id))) == -3000


def questions(session):
    """How many statements this connection has sent, where the server counts that."""
    if session.get_bind().dialect.name == "postgresql":
        return 0
    return int(session.execute(sa.text("SHOW SESSION STATUS LIKE 'Questions'")).one()[1])


def test_sql_mode_is_the_servers_own(mysql_url):
    with sa.create_engine(mysql_url).connect() as conn:
        assert "IGNORE_SPACE" not in conn.scalar(sa.text("SELECT @@sql_mode"))


def test_a_call_is_committed_though_it_is_no_dml(mysql_url):
    engine = sa.create_engine(mysql_url)
    with engine.begin() as conn:
        conn.exec_driver_sql("CREATE TABLE t (n INT)")
        conn.exec_driver_sql("CREATE PROCEDURE fill() INSERT INTO t VALUES (1)")
    with engine.begin() as conn:
        conn.exec_driver_sql("CALL fill()")
    with engine.connect() as conn:
        assert conn.exec_driver_sql("SELECT * FROM t").all() == [(1,)]


def test_mariadb_url_refuses_mysql():
    from oxalchemy.dialects.mysql.base import MariaDBDialect

    dialect = MariaDBDialect()
    assert dialect._parse_server_version("10.11.6-MariaDB-0+deb12u1") == (10, 11, 6)
    with pytest.raises(exc.InvalidRequestError, match=r"8\.0\.36 is not a MariaDB variant"):
        dialect._parse_server_version("8.0.36")


def test_the_documented_attributes_of_a_psycopg_connection(postgresql_url):
    raw = sa.create_engine(postgresql_url).raw_connection()
    connection = raw.dbapi_connection
    assert connection.autocommit is False
    with connection.cursor() as cursor:
        assert cursor.execute("SELECT %s + 1", (41,)).fetchone() == (42,)
        assert cursor.description[0][1] == 23
    assert cursor.closed
    with pytest.raises(connection.InterfaceError):
        cursor.execute("SELECT 1")
    with pytest.raises(connection.ProgrammingError, match="autocommit"):
        connection.autocommit = True
    connection.rollback()
    connection.autocommit = True
    connection.execute("SELECT 1")
    assert not connection.info.in_transaction
    assert connection.info.backend_pid > 0
    assert connection.info.server_version >= 90000
    raw.invalidate()


def test_the_documented_attributes_of_a_mysql_connection(mysql_url):
    engine = sa.create_engine(mysql_url)
    raw = engine.raw_connection()
    connection = raw.dbapi_connection
    connection.ping()
    assert connection.open
    assert connection.character_set_name() == "utf8mb4"
    assert connection.get_autocommit() is False
    cursor = connection.cursor()
    cursor.execute("SELECT CONNECTION_ID(), @@autocommit")
    number, autocommit = cursor.fetchone()
    assert (number, autocommit) == (connection.thread_id(), 0)
    connection.autocommit(True)
    cursor.execute("CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, n INT)")
    cursor.execute("INSERT INTO t (n) VALUES (%s)", (5,))
    assert cursor.lastrowid == connection.insert_id() == 1
    raw.invalidate()


@pytest.mark.parametrize("module", ["psycopg", "pymysql", "MySQLdb"])
@pytest.mark.parametrize("how", ["module", "creator"])
def test_a_driver_of_the_users_own(module, how, request):
    driver = pytest.importorskip(module, reason=f"needs {module}")
    kind = "postgresql" if module == "psycopg" else "mysql"
    url = sa.make_url(request.getfixturevalue(f"{kind}_url"))
    names = {"dbname" if module == "psycopg" else "database": url.database}
    if url.password:
        names["password"] = url.password

    def connect():
        return driver.connect(host=url.host, port=url.port, user=url.username, **names)

    engine = sa.create_engine(url, **({"module": driver} if how == "module" else {"creator": connect}))
    table = sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.String(10)))
    table.create(engine, checkfirst=False)
    with engine.begin() as conn:
        assert conn.execute(table.insert(), {"n": "a%"}).inserted_primary_key == (1,)
        conn.execute(table.insert(), [{"n": "b"}, {"n": "c"}])
        assert conn.execute(sa.select(table.c.n).where(table.c.id.in_([1, 3])).order_by(table.c.id)).scalars().all() == [
            "a%",
            "c",
        ]
    assert engine.dialect.dbapi is driver
    with engine.connect() as conn, pytest.raises(exc.ProgrammingError) as e:
        conn.execute(sa.text("SELECT * FROM nowhere"))
    assert isinstance(e.value.orig, driver.ProgrammingError)
    engine.dispose()


def row(url, sql, **options):
    engine = sa.create_engine(url, **options)
    with engine.connect() as conn:
        found = tuple(conn.exec_driver_sql(sql).one())
    engine.dispose()
    return found


def test_options_of_a_postgresql_dsn(postgresql_url):
    url = sa.make_url(postgresql_url)
    settings = "SELECT current_setting('application_name'), current_setting('statement_timeout'), current_setting('timezone')"
    query = {"application_name": "here", "options": "-c statement_timeout=12345 -c timezone=Europe/Rome"}
    assert row(url.update_query_dict(query), settings) == ("here", "12345ms", "Europe/Rome")
    several = url.set(host=None, port=None).update_query_dict({"host": ["127.0.0.1:1", f"{url.host}:{url.port or 5432}"]})
    assert row(several, "SELECT 1") == (1,)
    server_settings = {"server_settings": {"search_path": "pg_catalog"}, "timeout": 3}
    asyncpg = url.set(drivername="postgresql+asyncpg")
    assert row(asyncpg, "SELECT current_setting('search_path')", connect_args=server_settings) == ("pg_catalog",)
    assert row(url, "SELECT current_setting('transaction_isolation')", isolation_level="SERIALIZABLE") == ("serializable",)
    with pytest.raises(exc.DBAPIError, match="nonsense"):
        row(url, "SELECT 1", connect_args={"sslmode": "nonsense"})


def test_options_of_a_mysql_dsn(mysql_url):
    url = sa.make_url(mysql_url)
    assert row(url.update_query_dict({"charset": "utf8mb4"}), "SELECT @@character_set_client") == ("utf8mb4",)
    assert row(url, "SELECT @@sql_mode", connect_args={"sql_mode": "ANSI_QUOTES"}) == ("ANSI_QUOTES",)
    init = {"init_command": "SET foreign_key_checks = 0", "read_timeout": 5, "connect_timeout": 5, "local_infile": True}
    assert row(url, "SELECT @@foreign_key_checks", connect_args=init) == (0,)
    assert row(url, "SELECT @@autocommit", isolation_level="AUTOCOMMIT") == (1,)
    assert row(url, "SELECT @@autocommit") == (0,)


@pytest.fixture
def two_phase_engine(request):
    """PostgreSQL keeps prepared transactions only where it was told to: a server of our own."""
    if request.param == "mysql":
        yield sa.create_engine(request.getfixturevalue("mysql_url"))
        return
    server = request.getfixturevalue("private_servers")("postgresql")
    engine = sa.create_engine(server.url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        if conn.exec_driver_sql("SHOW max_prepared_transactions").scalar() == "0":
            conn.exec_driver_sql("ALTER SYSTEM SET max_prepared_transactions = 5")
    engine.dispose()
    server.restart()
    yield engine
    engine.dispose()


@pytest.mark.parametrize("two_phase_engine", ["postgresql", "mysql"], indirect=True)
def test_two_phases(two_phase_engine):
    engine = two_phase_engine
    table = sa.Table("two_phases", sa.MetaData(), sa.Column("n", sa.Integer))
    table.create(engine, checkfirst=False)
    try:
        with engine.connect() as conn:
            t = conn.begin_twophase()
            conn.execute(table.insert(), {"n": 1})
            t.prepare()
            t.commit()
            t = conn.begin_twophase()
            conn.execute(table.insert(), {"n": 2})
            t.prepare()
            t.rollback()
            t = conn.begin_twophase()
            conn.execute(table.insert(), {"n": 3})
            t.rollback()
            t = conn.begin_twophase()
            conn.execute(table.insert(), {"n": 4})
            t.commit()
            assert conn.scalars(sa.select(table.c.n).order_by(table.c.n)).all() == [1, 4]
        # Another connection, or another process after a crash, finds and ends what was prepared.
        lost = engine.connect()
        name = "it's 100% left behind"
        t = lost.begin_twophase(name)
        lost.execute(table.insert(), {"n": 5})
        t.prepare()
        lost.invalidate()
        with engine.connect() as conn:
            assert name in conn.recover_twophase()
            conn.commit_prepared(name, recover=True)
        with engine.connect() as conn:
            assert conn.recover_twophase() == []
            assert conn.scalars(sa.select(table.c.n).order_by(table.c.n)).all() == [1, 4, 5]
    finally:
        table.drop(engine, checkfirst=False)
