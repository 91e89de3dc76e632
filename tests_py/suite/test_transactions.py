"""Transactions, savepoints and isolation levels, looked at through another connection."""

import oxalchemy as sa
import pytest
from oxalchemy import exc


@pytest.fixture
def table(any_engine):
    meta = sa.MetaData()
    table = sa.Table("t", meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("x", sa.Integer, unique=True))
    meta.create_all(any_engine)
    return table


def values(engine, table):
    """What somebody else sees."""
    with engine.connect() as conn:
        return conn.scalars(sa.select(table.c.x).order_by(table.c.x)).all()


def test_commit_and_rollback(any_engine, table):
    with any_engine.connect() as conn:
        conn.execute(table.insert().values(x=1))
        assert conn.in_transaction()
        conn.rollback()
        assert not conn.in_transaction()
        conn.execute(table.insert().values(x=2))
        conn.commit()
        conn.execute(table.insert().values(x=3))
    assert values(any_engine, table) == [2]


def test_begin_block(any_engine, table):
    with any_engine.begin() as conn:
        conn.execute(table.insert().values(x=1))
    with pytest.raises(ZeroDivisionError), any_engine.begin() as conn:
        conn.execute(table.insert().values(x=2))
        raise ZeroDivisionError
    assert values(any_engine, table) == [1]


def test_nobody_sees_what_is_not_committed(any_database, any_engine, table):
    with any_engine.connect() as conn:
        conn.execute(table.insert().values(x=1))
        if any_database.kind != "sqlite":  # a copy of the file tells nothing while its journal is open
            assert any_database.rows("SELECT x FROM t") == []
        conn.commit()
    assert any_database.rows("SELECT x FROM t") == [(1,)]


def test_savepoints(any_engine, table):
    with any_engine.connect() as conn:
        conn.execute(table.insert().values(x=1))
        outer = conn.begin_nested()
        conn.execute(table.insert().values(x=2))
        inner = conn.begin_nested()
        conn.execute(table.insert().values(x=3))
        inner.rollback()
        assert not inner.is_active
        conn.execute(table.insert().values(x=4))
        outer.commit()
        conn.commit()
    assert values(any_engine, table) == [1, 2, 4]


def test_a_failed_statement_in_a_savepoint_costs_only_the_savepoint(any_engine, table):
    with any_engine.begin() as conn:
        conn.execute(table.insert().values(x=1))
        with pytest.raises(exc.IntegrityError), conn.begin_nested():
            conn.execute(table.insert().values(x=2))
            conn.execute(table.insert().values(x=1))
        conn.execute(table.insert().values(x=3))
    assert values(any_engine, table) == [1, 3]


def test_a_failed_statement_leaves_the_connection_usable_after_rollback(any_engine, table):
    with any_engine.connect() as conn:
        conn.execute(table.insert().values(x=1))
        with pytest.raises((exc.ProgrammingError, exc.OperationalError)):
            conn.execute(sa.text("SELECT * FROM nowhere"))
        conn.rollback()
        conn.execute(table.insert().values(x=5))
        conn.commit()
    assert values(any_engine, table) == [5]


def test_wrong_use_is_named(any_engine, table):
    with any_engine.connect() as conn:
        transaction = conn.begin()
        with pytest.raises(exc.InvalidRequestError, match="already"):
            conn.begin()
        transaction.commit()
        with pytest.raises(exc.InvalidRequestError):
            transaction.commit()
        with conn.begin() as transaction:
            transaction.rollback()
            with pytest.raises(exc.InvalidRequestError, match="closed transaction"):
                conn.execute(sa.select(1))
    with pytest.raises(exc.ResourceClosedError):
        conn.execute(sa.select(1))


LEVELS = {
    "sqlite": ["READ UNCOMMITTED", "SERIALIZABLE"],
    "postgresql": ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"],
    "mysql": ["READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"],
}


def test_isolation_levels(any_database, any_engine):
    with any_engine.connect() as conn:
        default = conn.get_isolation_level()
        assert default == conn.default_isolation_level
    for level in LEVELS[any_database.kind]:
        with any_engine.connect().execution_options(isolation_level=level) as conn:
            assert conn.get_isolation_level() == level
            conn.execute(sa.select(1))
        with any_engine.connect() as conn:
            assert conn.get_isolation_level() == default  # the pool gives no changed connection away
    other = sa.create_engine(any_database.url, isolation_level=LEVELS[any_database.kind][0])
    with other.connect() as conn:
        assert conn.get_isolation_level() == LEVELS[any_database.kind][0]
    other.dispose()
    with any_engine.connect() as conn:
        with pytest.raises(exc.ArgumentError, match="isolation_level"):
            conn.execution_options(isolation_level="NONSENSE")


def test_autocommit(any_engine, table):
    with any_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(table.insert().values(x=1))
        conn.rollback()
    assert values(any_engine, table) == [1]
    with any_engine.connect() as conn:
        conn.execute(table.insert().values(x=2))
        conn.rollback()
    assert values(any_engine, table) == [1]


def test_repeatable_read_sees_one_moment(any_database, any_engine, table):
    if any_database.kind == "sqlite":
        pytest.skip("SQLite locks the file instead: a writer waits for the reader")
    with any_engine.connect().execution_options(isolation_level="REPEATABLE READ") as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(table)) == 0
        with any_engine.begin() as other:
            other.execute(table.insert().values(x=1))
        assert conn.scalar(sa.select(sa.func.count()).select_from(table)) == 0
        conn.commit()
        assert conn.scalar(sa.select(sa.func.count()).select_from(table)) == 1


def test_serialization_failure_is_an_operational_error(postgresql_url):
    engine = sa.create_engine(postgresql_url, isolation_level="SERIALIZABLE")
    with engine.begin() as conn:
        conn.exec_driver_sql("CREATE TABLE t (x INT)")
        conn.exec_driver_sql("INSERT INTO t VALUES (1)")
    with engine.connect() as a, engine.connect() as b:
        for conn in (a, b):
            conn.execute(sa.text("SELECT sum(x) FROM t")).all()
            conn.execute(sa.text("INSERT INTO t SELECT 1"))
        a.commit()
        with pytest.raises(exc.OperationalError):
            b.commit()
        b.rollback()
    with engine.connect() as conn:
        assert conn.scalar(sa.text("SELECT count(*) FROM t")) == 2
    engine.dispose()


def test_deadlock_is_an_operational_error_and_undone(mysql_url):
    import threading

    engine = sa.create_engine(mysql_url)
    with engine.begin() as conn:
        conn.exec_driver_sql("CREATE TABLE t (id INT PRIMARY KEY, x INT) ENGINE=InnoDB")
        conn.exec_driver_sql("INSERT INTO t VALUES (1, 0), (2, 0)")
    both = threading.Barrier(2)
    failures = []

    def work(first, second):
        try:
            with engine.begin() as conn:
                conn.execute(sa.text("UPDATE t SET x = x + 1 WHERE id = :i"), {"i": first})
                both.wait(20)
                conn.execute(sa.text("UPDATE t SET x = x + 1 WHERE id = :i"), {"i": second})
        except exc.OperationalError as e:
            failures.append(e)

    threads = [threading.Thread(target=work, args=args) for args in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(failures) == 1
    assert failures[0].orig.args[0] == 1213
    with engine.connect() as conn:
        assert conn.scalars(sa.text("SELECT x FROM t ORDER BY id")).all() == [1, 1]
    engine.dispose()


def test_two_phase(any_database, any_engine, table, request):
    if any_database.kind == "sqlite":
        with any_engine.connect() as conn, pytest.raises((NotImplementedError, exc.InvalidRequestError)):
            conn.begin_twophase()
        return
    engine = any_engine
    if any_database.kind == "postgresql" and any_database.rows("SHOW max_prepared_transactions") == [("0",)]:
        # As installed it is switched off; our private server has it on.
        engine = sa.create_engine(request.getfixturevalue("private_servers")("postgresql").url)
        table.drop(engine, checkfirst=True)
        table.create(engine)
    with engine.connect() as conn:
        transaction = conn.begin_twophase()
        conn.execute(table.insert().values(x=1))
        transaction.prepare()
        transaction.commit()
        transaction = conn.begin_twophase()
        conn.execute(table.insert().values(x=2))
        transaction.prepare()
        transaction.rollback()
    assert values(engine, table) == [1]
    if engine is not any_engine:
        engine.dispose()
