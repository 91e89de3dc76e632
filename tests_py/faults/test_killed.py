"""Sessions that the server ends: the documented exception, the pool recovered, nothing half-applied, nothing leaked."""

import threading

import oxalchemy as sa
import pytest
from oxalchemy import exc, orm
from servers.watch import SESSION, SLEEP, eventually, kill, running, within

pytestmark = pytest.mark.usefixtures("no_sessions_left")


@pytest.fixture
def engine(database):
    engine = sa.create_engine(database.url)
    with engine.begin() as conn:
        conn.exec_driver_sql("CREATE TABLE t (id INT PRIMARY KEY)")
    yield engine
    engine.dispose()


def session_of(conn, database):
    return conn.exec_driver_sql(SESSION[database.kind]).scalar()


def test_in_the_middle_of_a_statement(database, engine):
    def killer():
        eventually(lambda: running(database, "LEEP(" if database.kind == "mysql" else "pg_sleep("))
        for session in running(database, "LEEP(" if database.kind == "mysql" else "pg_sleep("):
            kill(database, session)

    thread = threading.Thread(target=killer)
    thread.start()
    with engine.connect() as conn:
        with pytest.raises(exc.OperationalError) as caught, within(20):
            conn.exec_driver_sql(SLEEP[database.kind].format(60))
        assert caught.value.connection_invalidated
    thread.join(20)
    with engine.connect() as conn:
        assert conn.scalar(sa.text("SELECT 1")) == 1


def test_one_dead_session_renews_the_whole_pool(database, engine):
    with engine.connect() as a, engine.connect() as b, engine.connect() as c:
        sessions = [session_of(conn, database) for conn in (a, b, c)]
    for session in sessions:
        kill(database, session)
    eventually(lambda: database.count_sessions() == 0)
    with engine.connect() as conn, pytest.raises(exc.OperationalError):
        conn.execute(sa.text("SELECT 1"))
    for _ in range(3):  # the two others were given up with it: nobody else sees an error
        with engine.connect() as conn:
            assert conn.scalar(sa.text("SELECT 1")) == 1


def test_pre_ping_hides_dead_sessions(database):
    engine = sa.create_engine(database.url, pool_pre_ping=True)
    for _ in range(2):
        with engine.connect() as a, engine.connect() as b:
            sessions = [session_of(conn, database) for conn in (a, b)]
        for session in sessions:
            kill(database, session)
        eventually(lambda: database.count_sessions() == 0)
        for _ in range(3):
            with engine.connect() as conn:
                assert conn.scalar(sa.text("SELECT 1")) == 1
    engine.dispose()


def test_a_session_of_the_orm(database, engine):
    registry = orm.registry()

    class Thing:
        def __init__(self, id):
            self.id = id

    registry.map_imperatively(
        Thing, sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True, autoincrement=False))
    )
    with orm.Session(engine) as session:
        session.add(Thing(1))
        session.flush()
        kill(database, session_of(session.connection(), database))
        session.add(Thing(2))
        with pytest.raises(exc.OperationalError) as caught:
            session.commit()
        assert caught.value.connection_invalidated
        session.rollback()
        session.add_all([Thing(1), Thing(2)])
        session.commit()
    registry.dispose()
    assert database.rows("SELECT id FROM t ORDER BY id") == [(1,), (2,)]


def test_while_a_result_streams(database, engine):
    many = (
        "SELECT a FROM generate_series(1, 2000000) AS s(a)"
        if database.kind == "postgresql"
        else "SELECT seq FROM seq_1_to_2000000"
    )
    with engine.connect() as conn:
        session = session_of(conn, database)
        result = conn.execution_options(yield_per=50).exec_driver_sql(many)
        assert len(result.fetchmany(50)) == 50
        kill(database, session)
        with pytest.raises(exc.DBAPIError) as caught, within(30):
            for _ in result:
                pass
        assert caught.value.connection_invalidated
    with engine.connect() as conn:
        assert conn.scalar(sa.text("SELECT 1")) == 1


def test_invalidate_and_events(database, engine):
    seen = []
    sa.event.listen(engine, "invalidate", lambda dbapi, record, error: seen.append(type(error).__name__))
    sa.event.listen(engine, "handle_error", lambda context: seen.append(context.is_disconnect))
    with engine.connect() as conn:
        kill(database, session_of(conn, database))
        with pytest.raises(exc.OperationalError):
            conn.execute(sa.text("SELECT 1"))
    assert seen[0] is True
    assert len(seen) == 2  # and the pool was told once, with the driver's exception
    with engine.connect() as conn:
        conn.invalidate()
        assert conn.scalar(sa.text("SELECT 1")) == 1
