"""The server says no: wrong password, unknown database, too many connections, no right to do it."""

from urllib.parse import quote

import oxalchemy as sa
import pytest
from oxalchemy import exc
from servers.watch import within

WRONG = "wr0ng-pass"


@pytest.fixture(params=["postgresql", "mysql"])
def server(request, private_servers):
    """A private server: it has an account with a password, and few connections."""
    return private_servers(request.param)


def url_of(server, password, database=None):
    kind = server.url.split(":")[0]
    name = database or ("postgres" if kind == "postgresql" else "mysql")
    return f"{kind}://{server.GUARDED[0]}:{quote(password, safe='')}@127.0.0.1:{server.port}/{name}"


def logged(caplog):
    return "\n".join(f"{r.getMessage()} {r.exc_text or ''}" for r in caplog.records)


def test_the_right_password(server, everything_logged):
    password = server.GUARDED[1]
    engine = sa.create_engine(url_of(server, password), echo="debug", echo_pool="debug")
    with engine.connect() as conn:
        assert conn.scalar(sa.text("SELECT 1")) == 1
    engine.dispose()
    everywhere = logged(everything_logged) + repr(engine) + str(engine.url) + repr(engine.url) + engine.pool.status()
    assert "SELECT 1" in everywhere
    for form in (password, quote(password, safe="")):
        assert form not in everywhere


def test_a_wrong_password(server, everything_logged):
    engine = sa.create_engine(url_of(server, WRONG), echo="debug", echo_pool="debug", pool_pre_ping=True)
    for _ in range(3):
        with pytest.raises(exc.OperationalError, match=server.GUARDED[0]) as caught, within(20):
            engine.connect()
        error = caught.value
        told = [str(error), repr(error), str(error.orig), repr(error.orig.args), str(error.__cause__), str(error.statement)]
        assert WRONG not in "".join(told) + logged(everything_logged)
    assert engine.pool.checkedout() == 0
    engine.dispose()
    assert "password authentication failed" in str(error) or error.orig.args[0] == 1045


def test_an_unknown_database(server):
    engine = sa.create_engine(url_of(server, server.GUARDED[1], "no_such_database"))
    with pytest.raises(exc.OperationalError, match="no_such_database"), within(20):
        engine.connect()
    assert engine.pool.checkedout() == 0
    engine.dispose()


def test_too_many_connections(server):
    """The private server takes 20. The one too many is refused; when others have gone it is let in."""
    engine = sa.create_engine(url_of(server, server.GUARDED[1]), pool_size=30)
    open_ones = []
    with pytest.raises(exc.OperationalError) as caught, within(60):
        for _ in range(30):
            open_ones.append(engine.connect())
    assert "many" in str(caught.value) or "remaining connection slots" in str(caught.value)
    assert 10 <= len(open_ones) <= 21
    assert engine.pool.checkedout() == len(open_ones)
    for conn in open_ones:
        assert conn.scalar(sa.text("SELECT 1")) == 1
        conn.close()
    engine.dispose()
    with engine.connect() as conn:
        assert conn.scalar(sa.text("SELECT 1")) == 1
    engine.dispose()


def test_an_exhausted_pool_says_so(server):
    engine = sa.create_engine(server.url, pool_size=1, max_overflow=1, pool_timeout=0.2)
    with engine.connect(), engine.connect():
        with pytest.raises(exc.TimeoutError, match="limit"), within(20):
            engine.connect()
    with engine.connect() as conn:
        assert conn.scalar(sa.text("SELECT 1")) == 1
    engine.dispose()


def test_what_is_not_allowed(server):
    engine = sa.create_engine(server.url)
    kind = engine.dialect.name
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        if kind == "postgresql":
            conn.exec_driver_sql("CREATE TABLE closed (id INT)")
        else:
            conn.exec_driver_sql("CREATE DATABASE shut")
            conn.exec_driver_sql("CREATE TABLE shut.closed (id INT)")
            conn.execute(sa.text("CREATE USER poor@'%' IDENTIFIED BY 'p'"))
    guest = sa.create_engine(
        url_of(server, server.GUARDED[1]) if kind == "postgresql" else f"mysql://poor:p@127.0.0.1:{server.port}/"
    )
    with guest.connect() as conn:
        expected = exc.ProgrammingError if kind == "postgresql" else (exc.OperationalError, exc.ProgrammingError)
        with pytest.raises(expected) as caught:
            conn.execute(sa.text("SELECT * FROM closed" if kind == "postgresql" else "SELECT * FROM shut.closed"))
        assert not caught.value.connection_invalidated
        conn.rollback()
        assert conn.scalar(sa.text("SELECT 1")) == 1
    guest.dispose()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        for drop in ["DROP TABLE closed"] if kind == "postgresql" else ["DROP DATABASE shut", "DROP USER poor@'%'"]:
            conn.execute(sa.text(drop))
    engine.dispose()
