"""Engines and sessions of the asyncio API on the three databases: what is promised beyond what SQLAlchemy does."""

import asyncio
import gc
import time
import warnings

import oxalchemy as sa
import pytest
from oxalchemy import orm
from oxalchemy.ext.asyncio import AsyncAttrs, AsyncSession, async_sessionmaker, create_async_engine

SLOW = {
    "sqlite": "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c WHERE x < 0",
    "postgresql": "SELECT pg_sleep(30)",
    "mysql": "SELECT sleep(30)",
}


class Base(AsyncAttrs, orm.DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "aio_parent"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(30))
    children: orm.Mapped[list["Child"]] = orm.relationship()


class Child(Base):
    __tablename__ = "aio_child"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    parent_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("aio_parent.id"))


@pytest.fixture(params=["sqlite+aiosqlite", "postgresql+asyncpg", "postgresql+psycopg", "mysql+aiomysql"])
def url(request, tmp_path):
    kind = request.param.partition("+")[0]
    if kind == "sqlite":
        return f"{request.param}:///{tmp_path}/a.db"
    given = request.getfixturevalue(f"{kind}_url")
    return f"{request.param}://{given.partition('://')[2]}"


def trial(url, body, **kw):
    """Run `body(engine)` with fresh tables."""

    async def main():
        engine = create_async_engine(url, **kw)
        try:
            async with engine.begin() as connection:
                await connection.run_sync(Base.metadata.drop_all)
                await connection.run_sync(Base.metadata.create_all)
            await body(engine)
        finally:
            await engine.dispose()

    asyncio.run(main())


def test_a_cancelled_statement_stops_on_the_server(url):
    async def body(engine):
        kind = engine.dialect.name
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3), engine.connect() as connection:
                await connection.execute(sa.text(SLOW[kind]))
        assert time.monotonic() - began < 20
        async with engine.connect() as connection:
            assert await connection.scalar(sa.text("SELECT 1")) == 1
            if kind == "postgresql":
                running = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(30)' AND state = 'active'"
                assert await connection.scalar(sa.text(running)) == 0
        assert engine.pool.checkedout() == 0

    trial(url, body)


def test_a_cancelled_flush_leaves_nothing(url):
    async def body(engine):
        async def insert():
            async with AsyncSession(engine) as session, session.begin():
                session.add_all(Parent(name=f"p{i}", children=[Child()]) for i in range(300))
                await session.flush()
                await session.execute(sa.text(SLOW[engine.dialect.name]))

        task = asyncio.create_task(insert())
        await asyncio.sleep(0.5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with engine.connect() as connection:
            assert await connection.scalar(sa.select(sa.func.count()).select_from(Parent)) == 0
        assert engine.pool.checkedout() == 0

    trial(url, body)


@pytest.mark.parametrize("after", [0.0, 0.001, 0.004, 0.01, 0.03])
def test_whenever_it_is_cancelled_all_or_nothing_is_there(url, after):
    async def body(engine):
        for n in range(8):

            async def insert(n=n):
                async with AsyncSession(engine) as session:
                    session.add(Parent(id=n + 1, name="p", children=[Child(), Child()]))
                    await session.commit()

            task = asyncio.create_task(insert())
            await asyncio.sleep(after * (n + 1) / 8)
            task.cancel()
            await asyncio.wait([task])
        async with AsyncSession(engine) as session:
            for parent in await session.scalars(sa.select(Parent).options(orm.selectinload(Parent.children))):
                assert len(parent.children) == 2
            assert await session.scalar(sa.select(sa.func.count()).select_from(Child)) % 2 == 0
        assert engine.pool.checkedout() == 0

    trial(url, body)


def test_a_lazy_load_says_what_to_do(url):
    async def body(engine):
        async with AsyncSession(engine) as session:
            session.add(Parent(name="p", children=[Child()]))
            await session.commit()
        async with AsyncSession(engine) as session:
            parent = (await session.scalars(sa.select(Parent))).one()
            with pytest.raises(sa.exc.MissingGreenlet) as raised:
                parent.children  # noqa: B018
            assert isinstance(raised.value, sa.exc.StatementError)
            for word in ("Parent.children", "selectinload", "awaitable_attrs", "refresh"):
                assert word in str(raised.value)
            session.sync_session.expire(parent)
            with pytest.raises(sa.exc.MissingGreenlet, match=r"Parent\.name"):
                parent.name  # noqa: B018
            # The session is none the worse for it.
            assert await parent.awaitable_attrs.name == "p"
            assert len(await parent.awaitable_attrs.children) == 1
            assert await session.run_sync(lambda s: len(s.get(Parent, parent.id).children)) == 1

    trial(url, body)


def test_blocking_where_it_is_allowed(url):
    async def body(engine):
        async with AsyncSession(engine) as session:
            session.add(Parent(name="p", children=[Child()]))
            await session.commit()
            parent = (await session.scalars(sa.select(Parent))).one()
            assert len(parent.children) == 1
            session.sync_session.expire(parent)
            assert parent.name == "p"

    trial(url, body, allow_blocking=True)


def test_synchronous_use_is_refused(url):
    async def body(engine):
        await engine.dispose()
        # There is no connection yet, and making one has to wait.
        with pytest.raises(sa.exc.MissingGreenlet):
            engine.sync_engine.connect()
        async with engine.connect() as connection:
            with pytest.raises(sa.exc.MissingGreenlet):
                connection.sync_connection.execute(sa.text("SELECT 1"))
            assert await connection.scalar(sa.text("SELECT 1")) == 1

    trial(url, body)


def test_two_tasks_cannot_share_a_session(url):
    async def body(engine):
        async with AsyncSession(engine) as session:
            answers = await asyncio.gather(
                *(session.execute(sa.select(Parent)) for _ in range(3)), session.close(), return_exceptions=True
            )
            refused = [a for a in answers if isinstance(a, Exception)]
            assert len(refused) == 3
            assert all(isinstance(e, sa.exc.InvalidRequestError | sa.exc.IllegalStateChangeError) for e in refused)
            assert (await session.scalars(sa.select(Parent))).all() == []
        async with engine.connect() as connection:
            one = asyncio.create_task(connection.execute(sa.text("SELECT 1")))
            await asyncio.sleep(0)
            with pytest.raises(sa.exc.InvalidRequestError, match="concurrent operations are not permitted"):
                await connection.execute(sa.text("SELECT 2"))
            assert (await one).scalar() == 1

    trial(url, body)


def test_more_tasks_than_connections(url):
    async def body(engine):
        maker = async_sessionmaker(engine)

        async def one(n):
            async with maker() as session:
                return await session.scalar(sa.select(sa.literal(n)))

        assert await asyncio.gather(*(one(n) for n in range(60))) == list(range(60))
        assert engine.pool.checkedout() == 0

    trial(url, body, pool_size=2, max_overflow=1)


def test_a_wait_for_a_connection_can_be_cancelled(url):
    async def body(engine):
        async with engine.connect():
            began = time.monotonic()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await engine.connect()
            assert time.monotonic() - began < 30
        async with engine.connect() as connection:
            assert await connection.scalar(sa.text("SELECT 1")) == 1

    trial(url, body, pool_size=1, max_overflow=0, pool_timeout=60)


def test_a_wait_for_a_connection_has_its_limit(url):
    async def body(engine):
        async with engine.connect():
            with pytest.raises(sa.exc.TimeoutError, match="connection timed out, timeout 0.30"):
                await engine.connect()

    trial(url, body, pool_size=1, max_overflow=0, pool_timeout=0.3)


def test_what_is_not_given_back_is_terminated_with_a_warning(url):
    async def body(engine):
        connection = await engine.connect()
        await connection.execute(sa.text("SELECT 1"))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            del connection
            gc.collect()
        assert any("garbage collector is trying to clean up" in str(w.message) for w in caught)
        assert engine.pool.checkedout() == 0
        async with engine.connect() as connection:
            assert await connection.scalar(sa.text("SELECT 1")) == 1

    trial(url, body)


def test_rows_come_in_portions(url):
    async def body(engine):
        async with engine.begin() as connection:
            await connection.execute(sa.insert(Parent), [{"id": n, "name": f"p{n}"} for n in range(1, 1001)])
        async with engine.connect() as connection:
            seen = [row.id async for row in await connection.stream(sa.select(Parent.id).order_by(Parent.id))]
            assert seen == list(range(1, 1001))
            result = await connection.stream(sa.select(Parent.id).order_by(Parent.id))
            assert (await result.fetchone()).id == 1
            assert [r.id for r in await result.fetchmany(3)] == [2, 3, 4]
            assert [r async for r in result.scalars()] == list(range(5, 1001))
            async with connection.stream_scalars(sa.select(Parent.id).order_by(Parent.id)) as scalars:
                assert await scalars.first() == 1
            result = await connection.stream(sa.select(Parent.name))
            assert len([r async for r in result.unique(lambda row: row[0][:2])]) == 9
        async with AsyncSession(engine) as session:
            result = await session.stream_scalars(sa.select(Parent).order_by(Parent.id), execution_options={"yield_per": 100})
            assert [len(part) async for part in result.partitions()] == [100] * 10

    trial(url, body)


def test_the_loop_is_free_while_rows_load(tmp_path):
    """No thread holds the interpreter for long: another task runs many times during one load."""

    async def body(engine):
        async with engine.begin() as connection:
            await connection.execute(sa.insert(Parent), [{"id": n, "name": f"p{n}"} for n in range(1, 30001)])
        turns = 0

        async def other():
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        task = asyncio.create_task(other())
        async with AsyncSession(engine) as session:
            before = turns
            result = await session.execute(sa.select(Parent))
            during = turns - before
            assert len(result.scalars().all()) == 30000
        task.cancel()
        assert during > 10

    trial(f"sqlite+aiosqlite:///{tmp_path}/many.db", body)
