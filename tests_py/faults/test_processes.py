"""fork after use, threads, dispose(), Ctrl-C in a long statement."""

import gc
import os
import signal
import subprocess
import sys
import threading
import time

import oxalchemy as sa
import pytest
from oxalchemy import exc
from servers.watch import SESSION, SLEEP, eventually, running, within

pytestmark = pytest.mark.usefixtures("no_sessions_left")


@pytest.fixture
def engine(database):
    engine = sa.create_engine(database.url)
    yield engine
    engine.dispose()


def in_child(work):
    """Run `work` in a fork of this process; its exit code, 0 when it returned true."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = 0 if work() else 2
        except BaseException as e:
            os.write(2, f"child: {type(e).__name__}: {e}\n".encode())
        finally:
            os._exit(code)
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return "hang"


def number(engine, database):
    with engine.connect() as conn:
        return conn.exec_driver_sql(SESSION[database.kind]).scalar()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_child_that_disposes_first(database, engine):
    """The documented way: dispose(close=False) in the child; the parent's sessions live on."""
    mine = number(engine, database)

    def work():
        engine.dispose(close=False)
        theirs = number(engine, database)
        engine.dispose()
        return theirs != mine

    assert in_child(work) == 0
    assert number(engine, database) == mine


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_children_with_engines_of_their_own(database, engine):
    number(engine, database)

    def work():
        own = sa.create_engine(database.url)
        with own.connect() as conn:
            good = conn.scalar(sa.text("SELECT 40 + 2")) == 42
        own.dispose()
        return good

    assert [in_child(work) for _ in range(3)] == [0, 0, 0]
    assert number(engine, database)


def test_many_threads_on_one_engine(database, engine):
    meta = sa.MetaData()
    table = sa.Table("t", meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("who", sa.Integer))
    meta.create_all(engine)
    errors = []

    def work(who):
        try:
            for _ in range(20):
                with engine.begin() as conn:
                    key = conn.execute(table.insert().values(who=who)).inserted_primary_key[0]
                    assert conn.scalar(sa.select(table.c.who).where(table.c.id == key)) == who
        except BaseException as e:
            errors.append(e)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not errors
    assert sorted(database.rows("SELECT who, count(*) FROM t GROUP BY who")) == [(n, 20) for n in range(12)]
    assert engine.pool.checkedout() == 0


def test_another_thread_runs_while_a_statement_waits(database, engine):
    ticks = []
    done = threading.Event()

    def tick():
        while not done.is_set():
            ticks.append(1)
            time.sleep(0.01)

    thread = threading.Thread(target=tick)
    thread.start()
    with engine.connect() as conn:
        conn.exec_driver_sql(SLEEP[database.kind].format(1)).fetchall()
    done.set()
    thread.join()
    assert len(ticks) > 10


def test_dispose(database, engine):
    number(engine, database)
    used = engine.connect()
    eventually(lambda: database.count_sessions() == 1)
    engine.dispose()
    assert used.scalar(sa.text("SELECT 1")) == 1  # what is in use stays
    used.close()
    del used
    gc.collect()  # the old pool goes with its last connection
    eventually(lambda: database.count_sessions() == 0)
    assert number(engine, database)  # a disposed engine starts anew
    engine.dispose()
    engine.dispose()


def test_a_forgotten_connection_returns_to_the_pool(database, engine):
    number(engine, database)
    conn = engine.connect()
    conn.execute(sa.text("SELECT 1"))
    del conn
    gc.collect()
    assert engine.pool.checkedout() == 0


def test_an_engine_that_nobody_holds_closes_its_sessions(database):
    engine = sa.create_engine(database.url)
    number(engine, database)
    del engine
    gc.collect()
    eventually(lambda: database.count_sessions() == 0)


INTERRUPTED = """
import sys
import oxalchemy as sa

engine = sa.create_engine(sys.argv[1])
with engine.connect() as conn:
    conn.execute(sa.text("SELECT 1"))
    print("ready", flush=True)
    try:
        conn.exec_driver_sql(sys.argv[2])
    except KeyboardInterrupt:
        print("interrupted", flush=True)
    else:
        print("finished", flush=True)
with engine.connect() as conn:
    print(conn.scalar(sa.text("SELECT 1 + 1")), flush=True)
"""


def test_ctrl_c_ends_a_long_statement(database):
    """KeyboardInterrupt within seconds, the statement cancelled on the server, the program able to go on."""
    statement = SLEEP[database.kind].format(90)
    child = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, database.url, statement], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout.readline() == "ready\n"
        eventually(lambda: running(database, "LEEP(90" if database.kind == "mysql" else "pg_sleep(90"))
        with within(20):
            child.send_signal(signal.SIGINT)
            out, err = child.communicate(timeout=30)
        assert out.split() == ["interrupted", "2"], err
        eventually(lambda: not running(database, "LEEP(90" if database.kind == "mysql" else "pg_sleep(90"))
    finally:
        child.kill()
        child.wait()


def test_a_timeout_of_the_server_is_an_operational_error(database, engine):
    with engine.connect() as conn:
        if database.kind == "postgresql":
            conn.exec_driver_sql("SET statement_timeout = 300")
            conn.commit()
        else:
            conn.exec_driver_sql("SET max_statement_time = 0.3")
        with pytest.raises(exc.OperationalError) as caught, within(20):
            conn.exec_driver_sql(SLEEP[database.kind].format(60)).fetchall()
        assert not caught.value.connection_invalidated
        conn.rollback()
        assert conn.scalar(sa.text("SELECT 1")) == 1
        conn.invalidate()
