"""Streamed results: in order, abandoned without harm, and never whole in memory."""

import os
import subprocess
import sys

import oxalchemy as sa
import pytest
from oxalchemy import orm

ROWS = 30_000


@pytest.fixture
def table(any_engine):
    meta = sa.MetaData()
    table = sa.Table("t", meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(40)))
    meta.create_all(any_engine)
    with any_engine.begin() as conn:
        conn.execute(table.insert(), [{"id": i, "name": f"name {i}"} for i in range(1, ROWS + 1)])
    return table


def test_every_row_once_and_in_order(any_engine, table):
    with any_engine.connect() as conn:
        query = sa.select(table).order_by(table.c.id)
        for options in ({"yield_per": 1000}, {"stream_results": True}, {"stream_results": True, "max_row_buffer": 7}):
            got = [row.id for row in conn.execution_options(**options).execute(query)]
            assert got == list(range(1, ROWS + 1))
        result = conn.execute(query, execution_options={"yield_per": 999})
        assert [len(p) for p in result.partitions()][-1] == ROWS % 999


def test_abandoned_in_the_middle(any_engine, table):
    query = sa.select(table).order_by(table.c.id)
    with any_engine.connect() as conn:
        for _ in range(3):
            result = conn.execute(query, execution_options={"yield_per": 10})
            assert result.fetchone().id == 1
            result.close()
            assert conn.scalar(sa.select(sa.func.count()).select_from(table)) == ROWS
        result = conn.execute(query, execution_options={"yield_per": 10})
        assert [r.id for r in result.fetchmany(15)] == list(range(1, 16))
        del result
        assert conn.scalar(sa.select(sa.func.max(table.c.id))) == ROWS
        conn.execute(query, execution_options={"yield_per": 10}).fetchone()
        conn.rollback()
        assert conn.scalar(sa.select(sa.func.min(table.c.id))) == 1
    with any_engine.connect() as conn:  # the pooled connection came back clean
        assert conn.scalar(sa.select(sa.func.count()).select_from(table)) == ROWS


def test_other_work_between_two_batches(any_database, any_engine, table):
    """While a result streams, another connection writes; the reader keeps its own statement's view."""
    with any_engine.connect() as conn:
        result = conn.execute(sa.select(table.c.id).order_by(table.c.id), execution_options={"yield_per": 100})
        seen = [row.id for row in result.fetchmany(50)]
        if any_database.kind != "sqlite":
            with any_engine.begin() as other:
                other.execute(table.delete())
        seen += [row.id for row in result]
        assert seen == list(range(1, ROWS + 1))


def test_objects(any_engine, table):
    registry = orm.registry()

    class Thing:
        pass

    registry.map_imperatively(Thing, table)
    with orm.Session(any_engine) as session:
        count = 0
        for thing in session.scalars(sa.select(Thing).order_by(Thing.id).execution_options(yield_per=500)):
            count += 1
            assert thing.id == count
        assert count == ROWS
        assert sum(1 for _ in session.query(Thing).yield_per(100)) == ROWS
        parts = session.execute(sa.select(Thing).execution_options(yield_per=7000)).scalars().partitions()
        assert [len(p) for p in parts] == [7000, 7000, 7000, 7000, 2000]
    registry.dispose()


READER = """
import resource, sys
import oxalchemy as sa
from oxalchemy import orm

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

engine = sa.create_engine(sys.argv[1])
if sys.argv[3] == "rows":
    session, statement = engine.connect(), sa.text(sys.argv[2])
else:
    class Thing:
        pass

    rows = sa.text(sys.argv[2]).columns(a=sa.Integer, b=sa.String).subquery()
    orm.registry().map_imperatively(Thing, rows, primary_key=[rows.c.a])
    session, statement = orm.Session(engine), sa.select(Thing)

def read(limit):
    n = total = 0
    result = session.execute(statement, execution_options={"yield_per": 1000})
    for row in result if sys.argv[3] == "rows" else result.scalars():
        n += 1
        total += row.a
        if n == limit:
            break
    result.close()
    return n, total

read(20_000)
before = peak()
print(*read(None), peak() - before)
"""

MILLION = {
    "sqlite": "WITH RECURSIVE s(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM s WHERE a < 1000000)"
    " SELECT a, 'text of row ' || a AS b FROM s",
    "postgresql": "SELECT a, 'text of row ' || a AS b FROM generate_series(1, 1000000) AS s(a)",
    "mysql": "SELECT seq AS a, concat('text of row ', seq) AS b FROM seq_1_to_1000000",
}


@pytest.mark.parametrize("what", ["rows", "objects"])
def test_a_million_rows_in_a_few_megabytes(any_database, what):
    """The whole result would be over 100 MB of rows; a process of its own, for a peak never goes down."""
    run = [sys.executable, "-c", READER, any_database.url, MILLION[any_database.kind], what]
    out = subprocess.run(run, capture_output=True, text=True, env=os.environ, timeout=110)
    assert out.returncode == 0, out.stderr
    count, total, grown = map(int, out.stdout.split())
    assert (count, total) == (1_000_000, 500_000_500_000)
    assert grown < 24, f"{grown} MiB more for a streamed result"
