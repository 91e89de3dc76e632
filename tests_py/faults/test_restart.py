"""A server restarted under load: every thread gets its error, goes on afterwards, and what was promised is there."""

import threading
import time

import oxalchemy as sa
import pytest
from oxalchemy import exc
from servers.watch import within


@pytest.fixture(params=["postgresql", "mysql"])
def server(request, private_servers):
    return private_servers(request.param)


class Worker(threading.Thread):
    """Commits pairs of rows until told to stop; notes which commits were confirmed and which failed."""

    def __init__(self, engine, number, stop):
        super().__init__(daemon=True)
        self.engine, self.number, self.stop = engine, number, stop
        self.confirmed, self.unsure, self.errors, self.surprises = [], [], [], []

    def run(self):
        i = 0
        while not self.stop.is_set():
            i += 1
            key = self.number * 1_000_000 + i
            try:
                with self.engine.connect() as conn:
                    for half in (0, 1):
                        conn.execute(sa.text("INSERT INTO pairs VALUES (:k, :h)"), {"k": key, "h": half})
                    self.unsure.append(key)
                    conn.commit()
                    self.unsure.pop()
                    self.confirmed.append(key)
            except exc.DBAPIError as e:
                self.errors.append(e)
                time.sleep(0.02)
            except BaseException as e:
                self.surprises.append(e)
                return


@pytest.mark.parametrize("how", ["restart", "crash"])
@pytest.mark.parametrize("pre_ping", [False, True], ids=["plain", "pre_ping"])
def test_restart_under_load(server, how, pre_ping):
    engine = sa.create_engine(server.url if server.url.startswith("postgresql") else server.url + "mysql", pool_pre_ping=pre_ping)
    with engine.begin() as conn:
        conn.exec_driver_sql("DROP TABLE IF EXISTS pairs")
        conn.exec_driver_sql("CREATE TABLE pairs (k INT, half INT, PRIMARY KEY (k, half))")
    stop = threading.Event()
    workers = [Worker(engine, n, stop) for n in range(1, 5)]
    for worker in workers:
        worker.start()
    time.sleep(0.5)
    with within(60):
        server.stop() if how == "restart" else server.kill()
        server.start()
    before = [len(w.confirmed) for w in workers]
    deadline = time.monotonic() + 20
    while any(len(w.confirmed) < n + 3 for w, n in zip(workers, before, strict=False)) and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    for worker in workers:
        worker.join(20)
        assert not worker.is_alive(), "a thread hangs"
        assert not worker.surprises
        assert all(isinstance(e, (exc.OperationalError, exc.InterfaceError, exc.InternalError)) for e in worker.errors)
    assert any(w.errors for w in workers), "the restart went unnoticed"
    assert all(len(w.confirmed) >= n + 3 for w, n in zip(workers, before, strict=False)), "a thread did not come back to work"
    assert engine.pool.checkedout() == 0
    with engine.connect() as conn:
        halves = dict(conn.execute(sa.text("SELECT k, count(*) FROM pairs GROUP BY k")).all())
        conn.rollback()
        conn.exec_driver_sql("DROP TABLE pairs")
        conn.commit()
    assert set(halves.values()) == {2}, "half a transaction"
    confirmed = {k for w in workers for k in w.confirmed}
    unsure = {k for w in workers for k in w.unsure}
    if how == "restart":  # a crash may lose what was not flushed: these servers run without fsync
        assert confirmed <= set(halves)
    assert set(halves) <= confirmed | unsure
    engine.dispose()
