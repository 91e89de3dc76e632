"""What nobody holds any more goes back to the pool, or away, by the collector."""

import gc
import weakref

import oxalchemy as sa
import pytest


@pytest.fixture
def engine(tmp_path):
    return sa.create_engine(f"sqlite:///{tmp_path}/x.db")


def begin(conn):
    conn.begin()


def savepoint(conn):
    conn.begin_nested()


def implicit(conn):
    conn.execute(sa.text("SELECT 1"))


@pytest.mark.parametrize("use", [begin, savepoint, implicit])
def test_a_connection_in_a_transaction(engine, use):
    conn = engine.connect()
    use(conn)
    assert engine.pool.checkedout() == 1
    del conn
    gc.collect()
    assert engine.pool.checkedout() == 0


def test_an_engine_and_its_pool(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path}/x.db")
    with engine.connect() as conn:
        conn.execute(sa.text("SELECT 1"))
    pool = weakref.ref(engine.pool)
    del engine, conn
    gc.collect()
    assert pool() is None


def test_an_engine_and_its_listener(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path}/x.db")

    class Listener:
        def __init__(self, engine):
            self.engine = engine

        def __call__(self, *args):
            pass

    sa.event.listen(engine, "commit", Listener(engine))
    with engine.begin() as conn:
        conn.execute(sa.text("SELECT 1"))
    gone = weakref.ref(engine)
    del engine, conn
    gc.collect()
    assert gone() is None
