"""The network fails: cut in a result, in a statement, in a commit; silent; refused."""

import socket
import threading

import oxalchemy as sa
import pytest
from oxalchemy import exc
from servers.proxy import Proxy
from servers.watch import eventually, within

pytestmark = pytest.mark.usefixtures("no_sessions_left")


@pytest.fixture
def proxy(database):
    with Proxy(database.url) as proxy:
        yield proxy


@pytest.fixture
def engine(proxy):
    engine = sa.create_engine(proxy.url)
    with engine.begin() as conn:
        conn.exec_driver_sql("CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(100))")
        conn.execute(sa.text("INSERT INTO t VALUES (:id, :name)"), [{"id": i, "name": "x" * 90} for i in range(5000)])
    yield engine
    engine.dispose()


def alive(engine):
    with engine.connect() as conn:
        return conn.scalar(sa.text("SELECT 1")) == 1


@pytest.mark.parametrize("options", [{}, {"yield_per": 100}], ids=["buffered", "streamed"])
@pytest.mark.parametrize("count", [0, 1, 10, 3000, 200_000])
def test_cut_in_the_middle_of_a_result(proxy, engine, options, count):
    with engine.connect() as conn:
        conn.execute(sa.text("SELECT 1"))
        proxy.cut_after(count)
        with pytest.raises(exc.OperationalError) as caught, within(30):
            conn.execute(sa.text("SELECT * FROM t"), execution_options=options).fetchall()
        assert caught.value.connection_invalidated
    assert proxy.cuts == 1
    proxy.heal()
    assert engine.pool.checkedout() == 0
    assert alive(engine)


@pytest.mark.parametrize("reply", [False, True], ids=["commit lost", "answer lost"])
def test_cut_in_the_middle_of_a_commit(database, proxy, engine, reply):
    """The commit fails loudly; both rows are there or none is, whatever the server made of it."""
    with engine.connect() as conn:
        conn.execute(sa.text("INSERT INTO t VALUES (10001, 'a')"))
        conn.execute(sa.text("INSERT INTO t VALUES (10002, 'b')"))
        proxy.cut_at(b"COMMIT", reply)
        with pytest.raises(exc.OperationalError) as caught, within(30):
            conn.commit()
        assert caught.value.connection_invalidated
    proxy.heal()
    assert alive(engine)
    if reply:
        eventually(lambda: len(database.rows("SELECT id FROM t WHERE id > 10000")) == 2)
    else:
        assert database.rows("SELECT id FROM t WHERE id > 10000") == []


def test_cut_in_the_middle_of_many_inserts(database, proxy, engine):
    rows = [{"id": 10_000 + i, "name": "y" * 100} for i in range(3000)]
    with engine.connect() as conn:
        proxy.cut_after(2000)
        try:
            with within(30):
                conn.execute(sa.text("INSERT INTO t VALUES (:id, :name)"), rows)
                conn.execute(sa.text("SELECT * FROM t")).fetchall()
        except exc.OperationalError as e:
            assert e.connection_invalidated
        else:
            pytest.fail("the connection was cut and nobody noticed")
    proxy.heal()
    assert alive(engine)
    assert database.rows("SELECT id FROM t WHERE id >= 10000") == []


def test_cut_before_the_rollback_at_close(database, proxy, engine):
    conn = engine.connect()
    conn.execute(sa.text("INSERT INTO t VALUES (10001, 'a')"))
    proxy.cut()
    with pytest.raises(exc.OperationalError), within(30):
        conn.close()
    assert engine.pool.checkedout() == 0
    assert alive(engine)
    assert database.rows("SELECT id FROM t WHERE id > 10000") == []


def test_pre_ping_after_a_cut(database, proxy):
    engine = sa.create_engine(proxy.url, pool_pre_ping=True)
    for _ in range(3):
        assert alive(engine)
        proxy.cut()
    assert alive(engine)
    engine.dispose()


@pytest.fixture
def mute():
    """A port that accepts and never says a word."""
    accepted = []
    listener = socket.create_server(("127.0.0.1", 0))

    def accept():
        while True:
            try:
                accepted.append(listener.accept()[0])
            except OSError:
                return

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()
    for connection in accepted:
        connection.close()


def test_a_server_that_accepts_and_never_answers(database, mute):
    engine = sa.create_engine(f"{database.kind}://somebody:s3cret@127.0.0.1:{mute}/x", connect_args={"connect_timeout": 2})
    with pytest.raises(exc.OperationalError) as caught, within(20):
        engine.connect()
    assert "s3cret" not in str(caught.value)
    assert engine.pool.checkedout() == 0
    engine.dispose()


def test_a_server_that_accepts_and_never_answers_in_the_url(database, mute):
    engine = sa.create_engine(f"{database.kind}://somebody:s3cret@127.0.0.1:{mute}/x?connect_timeout=2")
    with pytest.raises(exc.OperationalError), within(20):
        engine.connect()
    engine.dispose()


def test_nobody_listens(database, mute):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    engine = sa.create_engine(f"{database.kind}://somebody:s3cret@127.0.0.1:{port}/x")
    with pytest.raises(exc.OperationalError, match="127.0.0.1") as caught, within(20):
        engine.connect()
    assert "s3cret" not in str(caught.value)
    assert caught.value.connection_invalidated is False
    engine.dispose()


def test_no_such_host(database):
    engine = sa.create_engine(f"{database.kind}://somebody@nowhere.invalid/x", connect_args={"connect_timeout": 10})
    with pytest.raises(exc.OperationalError), within(40):
        engine.connect()
    engine.dispose()
