"""Behind PgBouncer in transaction mode: each transaction may run on another server session."""

import threading

import oxalchemy as sa
import pytest
from oxalchemy import orm
from servers import pgbouncer
from servers.fixtures import missing
from servers.private import Unavailable


@pytest.fixture
def pooler_url(postgresql_database):
    try:
        pooler = pgbouncer.Private(postgresql_database.url)
    except Unavailable as e:
        missing("pgbouncer", f"no PgBouncer ({e}): {pgbouncer.HOW}")
    yield pooler.url
    pooler.close()


@pytest.fixture(params=["connect_args", "url"])
def engine(pooler_url, request):
    if request.param == "url":
        engine = sa.create_engine(pooler_url + "?prepared_statement_cache_size=0")
    else:
        engine = sa.create_engine(pooler_url, connect_args={"prepared_statement_cache_size": 0})
    yield engine
    engine.dispose()


def test_statements_of_every_kind(engine):
    meta = sa.MetaData()
    table = sa.Table(
        "t", meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("x", sa.String(50)), sa.Column("d", sa.DateTime)
    )
    meta.create_all(engine)
    with engine.begin() as conn:
        assert conn.execute(table.insert().values(x="it's ⚡ \\ %s")).inserted_primary_key == (1,)
        conn.execute(table.insert(), [{"x": f"n{i}"} for i in range(300)])
        assert conn.scalar(sa.select(table.c.x).where(table.c.id == 1)) == "it's ⚡ \\ %s"
    for i in range(20):
        with engine.connect() as conn:
            assert conn.scalar(sa.select(sa.func.count()).where(table.c.id > i)) == 301 - i
    with engine.connect() as conn:
        rows = conn.execute(sa.select(table.c.id).order_by(table.c.id), execution_options={"yield_per": 50}).scalars().all()
        assert rows == list(range(1, 302))
    again = sa.MetaData()
    again.reflect(engine)
    assert again.tables["t"].columns.keys() == ["id", "x", "d"]


def test_more_clients_than_server_sessions(engine):
    """Two server sessions serve eight clients whose transactions alternate."""
    meta = sa.MetaData()
    table = sa.Table("t", meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("who", sa.Integer))
    meta.create_all(engine)
    registry = orm.registry()

    class Thing:
        pass

    registry.map_imperatively(Thing, table)
    errors = []

    def work(who):
        try:
            for i in range(15):
                with orm.Session(engine) as session:
                    thing = Thing()
                    thing.who = who
                    session.add(thing)
                    session.commit()
                    assert thing.who == who
                    assert session.query(Thing).filter_by(who=who).count() == i + 1
        except BaseException as e:
            errors.append(e)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    registry.dispose()
    assert not errors
    with engine.connect() as conn:
        assert sorted(conn.execute(sa.select(table.c.who, sa.func.count()).group_by(table.c.who)).all()) == [
            (n, 15) for n in range(8)
        ]
