"""Pools over any DBAPI: what is kept, who waits, what is closed, and which events say so."""

import contextlib
import gc
import threading
import time

import oxalchemy as sa
import pytest
from oxalchemy import event, exc
from oxalchemy.dialects.sqlite import dbapi
from oxalchemy.pool import (
    AssertionPool,
    NullPool,
    QueuePool,
    SingletonThreadPool,
    StaticPool,
    clear_managers,
    manage,
)

EVENTS = "connect first_connect checkout checkin reset invalidate soft_invalidate close detach close_detached".split()


class Connection:
    """A DBAPI connection that remembers what was done with it."""

    def __init__(self, log):
        self.log = log
        log.append("open")

    def __getattr__(self, name):
        if name in ("rollback", "commit", "close", "cursor"):
            return lambda: self.log.append(name)
        raise AttributeError(name)


@pytest.fixture
def log():
    return []


@pytest.fixture
def make(log):
    return lambda cls, **kw: cls(lambda: Connection(log), **kw)


def test_a_connection_is_reused_and_its_transaction_rolled_back(make, log):
    pool = make(QueuePool)
    first = pool.connect()
    raw = first.dbapi_connection
    first.info["seen"] = True
    first.close()
    second = pool.connect()
    assert second.dbapi_connection is raw and second.info == {"seen": True}
    assert log == ["open", "rollback"]
    first.close()  # closing again does nothing
    assert pool.checkedout() == 1 and not first.is_valid and first.dbapi_connection is None


def test_waiting_ends_with_a_timeout_that_tells_the_limits(make):
    pool = make(QueuePool, pool_size=1, max_overflow=1, timeout=0.05)
    held = [pool.connect(), pool.connect()]
    with pytest.raises(exc.TimeoutError) as caught:
        pool.connect()
    assert "QueuePool limit of size 1 overflow 1 reached, connection timed out, timeout 0.05" in str(caught.value)
    assert caught.value.code == "3o7r"
    for connection in held:
        connection.close()
    assert (pool.checkedin(), pool.overflow(), pool.checkedout()) == (1, 0, 0)


def test_a_waiting_thread_gets_what_another_returns(make):
    pool = make(QueuePool, pool_size=1, max_overflow=0, timeout=5)
    held = pool.connect()
    got = []
    thread = threading.Thread(target=lambda: got.append(pool.connect()))
    thread.start()
    held.close()
    thread.join(5)
    assert len(got) == 1


def test_what_is_lost_comes_back(make, log):
    pool = make(QueuePool)
    pool.connect()
    gc.collect()
    assert pool.checkedout() == 0 and log == ["open", "rollback"]


def test_events_in_their_order(make):
    pool = make(QueuePool, pool_size=1)
    seen = []
    for name in EVENTS:
        event.listen(pool, name, lambda *args, name=name: seen.append(name))
    connection = pool.connect()
    connection.close()
    assert seen == ["first_connect", "connect", "checkout", "reset", "checkin"]
    del seen[:]
    connection = pool.connect()
    connection.invalidate(ValueError("x"))
    assert seen == ["checkout", "invalidate", "close", "checkin"]
    del seen[:]
    connection = pool.connect()
    connection.detach()
    assert connection.is_detached and connection.is_valid
    connection.close()
    assert seen == ["connect", "checkout", "detach", "reset", "close_detached"]


def test_disconnection_at_checkout_tries_again(make, log):
    pool = make(QueuePool)
    dead = [True]

    @event.listens_for(pool, "checkout")
    def check(dbapi_connection, entry, proxied):
        if dead:
            dead.pop()
            raise exc.DisconnectionError("gone")

    held = pool.connect()
    assert held.is_valid and log == ["open", "close", "open"]
    dead.extend([True] * 5)
    with pytest.raises(exc.InvalidRequestError, match="This connection is closed"):
        pool.connect()


def test_invalidate_pool_replaces_everything_older(make, log):
    pool = make(QueuePool)
    first, second = pool.connect(), pool.connect()
    second.close()
    pool._invalidate(first, ValueError("server restarted"))
    del log[:]
    pool.connect(), pool.connect()
    assert log.count("open") == 2


def test_recycle_and_soft_invalidation(make, log):
    pool = make(QueuePool, recycle=0.05)
    pool.connect().close()
    time.sleep(0.1)
    pool.connect().close()
    assert log.count("open") == 2
    del log[:]
    pool = make(QueuePool)
    connection = pool.connect()
    connection.invalidate(soft=True)
    assert connection.is_valid
    connection.close()
    connection = pool.connect()
    assert log == ["open", "rollback", "close", "open"]


def test_pre_ping_skips_fresh_connections_and_replaces_dead_ones(log):
    class Dialect:
        alive = True

        def do_ping(self, connection):
            log.append("ping")
            return self.alive

        def do_rollback(self, connection):
            pass

        def do_terminate(self, connection):
            connection.close()

    dialect = Dialect()
    pool = QueuePool(lambda: Connection(log), pre_ping=True, dialect=dialect)
    pool.connect().close()
    assert log == ["open"]
    pool.connect().close()
    assert log == ["open", "ping"]
    dialect.alive = False
    pool.connect()
    assert log == ["open", "ping", "ping", "close", "open"]


def test_a_failing_reset_closes_the_connection(make, log, caplog):
    pool = make(QueuePool)
    connection = pool.connect()

    def rollback():
        raise ValueError("rollback failed")

    connection.dbapi_connection.rollback = rollback
    connection.close()
    assert log == ["open", "close"] and "Exception during reset or similar" in caplog.text
    assert pool.checkedout() == 0


@pytest.mark.parametrize("value, done", [("commit", "commit"), ("rollback", "rollback"), (True, "rollback"), (None, None)])
def test_reset_on_return(make, log, value, done):
    make(QueuePool, reset_on_return=value).connect().close()
    assert log == ["open"] + ([done] if done else [])
    with pytest.raises(exc.ArgumentError, match="Invalid value for 'reset_on_return': 'bad'"):
        make(QueuePool, reset_on_return="bad")


def test_the_other_pools(make, log):
    pool = make(NullPool)
    pool.connect().close()
    pool.connect().close()
    assert log == ["open", "rollback", "close"] * 2

    pool = make(StaticPool)
    assert pool.connect().dbapi_connection is pool.connect().dbapi_connection

    pool = make(SingletonThreadPool)
    mine = pool.connect()
    assert pool.connect() is mine
    mine.close()
    assert mine.is_valid  # used twice, closed once
    theirs = []
    thread = threading.Thread(target=lambda: theirs.append(pool.connect().dbapi_connection))
    thread.start()
    thread.join()
    assert theirs[0] is not mine.dbapi_connection

    pool = make(AssertionPool)
    held = pool.connect()
    with pytest.raises(AssertionError, match="(?s)connection is already checked out at:\n.*test_the_other_pools"):
        pool.connect()
    held.close()
    pool.connect()


def test_recreate_and_dispose(make, log):
    pool = make(QueuePool, pool_size=3, recycle=17)
    event.listen(pool, "connect", lambda *args: log.append("event"))
    pool.connect().close()
    pool.dispose()
    assert log == ["open", "event", "rollback", "close"] and pool.checkedin() == 0
    other = pool.recreate()
    held = other.connect()
    assert held.is_valid
    assert other.size() == 3 and other._recycle == 17 and log[-2:] == ["open", "event"]


def test_a_creator_may_take_the_entry(log):
    entries = []

    def creator(entry):
        entries.append(entry)
        return Connection(log)

    connection = QueuePool(creator).connect()
    assert entries == [connection._connection_record] and entries[0].in_use


def test_manage(log):
    class Module:
        Error = ValueError

        @staticmethod
        def connect(*args, **kw):
            return Connection(log)

    managed = manage(Module, pool_size=2)
    managed.connect("a").close()
    managed.connect("a").close()
    managed.connect("b").close()
    assert log.count("open") == 2 and managed.Error is ValueError
    clear_managers()


class Struck(BaseException):
    """What a signal handler may raise anywhere."""


@pytest.mark.parametrize("error", [Struck, RuntimeError])
@pytest.mark.parametrize("place", ["do_close", "do_terminate", "_close_connection", "log"])
def test_what_is_raised_while_closing_leaves_nothing_open(tmp_path, monkeypatch, place, error):
    """A connection that stayed open would keep its locks, and whoever waits for them would wait for ever."""

    def strike(*args, **kwargs):
        raise error

    engine = sa.create_engine(f"sqlite:///{tmp_path}/a.db", pool_size=1)
    connection = engine.connect()
    connection.exec_driver_sql("CREATE TABLE t (x INTEGER)")
    raw = connection.connection.dbapi_connection
    connection.exec_driver_sql("INSERT INTO t VALUES (1)")
    owner = {"_close_connection": engine.pool, "log": engine.pool.logger}.get(place, engine.dialect)
    monkeypatch.setattr(owner, "debug" if place == "log" else place, strike)
    with contextlib.suppress(error):
        if place == "do_close":
            connection.detach()
            connection.close()
        else:
            connection.invalidate()
    monkeypatch.undo()
    with pytest.raises(dbapi.ProgrammingError):
        raw.execute("SELECT 1")
    other = sa.create_engine(f"sqlite:///{tmp_path}/a.db", connect_args={"timeout": 0.1})
    with other.begin() as connection:
        connection.exec_driver_sql("INSERT INTO t VALUES (2)")
