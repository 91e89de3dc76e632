"""Two threads with a session each, and a Python thread that keeps running while a long query runs."""

import threading
import time

import oxalchemy as sa
from oxalchemy import orm

meta = sa.MetaData()
numbers = sa.Table("numbers", meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("who", sa.Integer))

LONG = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 3000000) SELECT count(*) FROM c"


def test_two_threads_with_a_session_each(tmp_path):
    class Number:
        def __init__(self, who):
            self.who = who

    registry = orm.registry(metadata=sa.MetaData())
    registry.map_imperatively(Number, numbers)
    engine = sa.create_engine(f"sqlite:///{tmp_path}/t.sqlite", connect_args={"timeout": 30})
    meta.create_all(engine)
    failures = []

    def work(who):
        try:
            for _ in range(10):
                with orm.Session(engine) as session:
                    session.add_all([Number(who) for _ in range(20)])
                    session.commit()
                    assert session.query(Number).filter_by(who=who).count() % 20 == 0
        except Exception as e:
            failures.append(e)

    threads = [threading.Thread(target=work, args=(i,)) for i in (1, 2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert failures == []
    with engine.connect() as conn:
        counts = conn.execute(sa.select(numbers.c.who, sa.func.count()).group_by(numbers.c.who)).all()
    assert [tuple(r) for r in counts] == [(1, 200), (2, 200)]
    registry.dispose()


def test_a_python_thread_keeps_running_during_a_long_query():
    engine = sa.create_engine("sqlite://")
    ticks, running = [], threading.Event()
    done = threading.Event()

    def tick():
        running.set()
        while not done.is_set():
            ticks.append(time.monotonic())
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    running.wait()
    with engine.connect() as conn:
        start = time.monotonic()
        assert conn.exec_driver_sql(LONG).scalar() == 3_000_000
        end = time.monotonic()
    done.set()
    thread.join()
    during = [t for t in ticks if start < t < end]
    # Without releasing the GIL the other thread would not tick once between start and end.
    assert len(during) >= 5, f"only {len(during)} ticks in {end - start:.3f} s"
