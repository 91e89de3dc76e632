"""Engines, connections, sessions and results of asyncio as people use them; the URL is the argument."""

import asyncio
import sys

import oxalchemy as sa
from oxalchemy import event, orm
from oxalchemy.ext.asyncio import (
    AsyncAttrs,
    AsyncSession,
    async_object_session,
    async_scoped_session,
    async_sessionmaker,
    create_async_engine,
)

URL = sys.argv[1]


class Base(AsyncAttrs, orm.DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "aio_author"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(30))
    books: orm.Mapped[list["Book"]] = orm.relationship(back_populates="author", order_by="Book.id", cascade="all, delete-orphan")


class Book(Base):
    __tablename__ = "aio_book"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    title: orm.Mapped[str] = orm.mapped_column(sa.String(30))
    author_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("aio_author.id"))
    author: orm.Mapped[Author] = orm.relationship(back_populates="books")


async def trial(name, awaitable):
    try:
        print(name, "->", await awaitable)
    except Exception as e:
        print(name, "raises", [c.__name__ for c in type(e).__mro__ if c.__name__ != "MissingGreenlet"][:2])


async def connections(engine):
    async with engine.begin() as c:
        await c.run_sync(Base.metadata.drop_all)
        await c.run_sync(Base.metadata.create_all)
        await c.execute(sa.insert(Author), [{"id": i, "name": f"d{i}"} for i in range(1, 8)])
        result = await c.execute(sa.update(Author).where(Author.id > 5).values(name="u"))
        print(result.rowcount, result.returns_rows)
    async with engine.connect() as c:
        r = await c.stream(sa.select(Author.id, Author.name).order_by(Author.id))
        print(list(r.keys()), await r.fetchone(), await r.fetchmany(2), await r.first())
        await trial("after first", r.fetchone())
        r = await c.stream(sa.select(Author.id).order_by(Author.id))
        print(await r.scalars().all())
        r = await c.stream(sa.select(Author.id, Author.name).order_by(Author.id))
        print([dict(m) async for m in r.mappings()])
        r = await c.stream(sa.select(Author.id).order_by(Author.id))
        print([x async for x in r.partitions(3)])
        r = await c.stream(sa.select(Author.name).order_by(Author.id))
        print([x async for x in r.unique()])
        async with c.stream_scalars(sa.select(Author.name).order_by(Author.id.desc())) as s:
            print(await s.first())
        r = await c.stream(sa.select(Author.id, Author.name).order_by(Author.id))
        print((await r.columns(1).fetchmany(2)), [row async for row in r.columns("name").scalars()])
        for name in ("one", "one_or_none", "scalar_one", "scalar_one_or_none", "scalar"):
            for where in (Author.id == 1, Author.id > 5, Author.id == 99):
                result = await c.stream(sa.select(Author.id).where(where))
                await trial(name, getattr(result, name)())
                await result.close()
        frozen = await (await c.stream(sa.select(Author.id).order_by(Author.id))).freeze()
        print(frozen().scalars().all(), frozen().first())
        print(await c.scalar(sa.select(sa.func.count()).select_from(Author)))
        print((await c.scalars(sa.select(Author.id).order_by(Author.id))).all())
        savepoint = await c.begin_nested()
        await c.execute(sa.delete(Author))
        print(c.in_transaction(), c.in_nested_transaction(), c.get_nested_transaction() is savepoint, savepoint.is_active)
        await savepoint.rollback()
        print(c.in_nested_transaction(), await c.scalar(sa.select(sa.func.count()).select_from(Author)))
        await trial("begin twice", c.begin().start())
        await c.rollback()
        async with c.begin():
            await c.execute(sa.insert(Author).values(id=30, name="in"))
        try:
            async with c.begin():
                await c.execute(sa.insert(Author).values(id=31, name="out"))
                raise KeyError
        except KeyError:
            pass
        print((await c.execute(sa.select(Author.id).where(Author.id >= 30))).all())
        await c.rollback()
        await trial("refused", c.execute(sa.select(Author), execution_options={"stream_results": True}))
        await trial("raw", c.exec_driver_sql("SELECT 1"))
        print(await c.run_sync(lambda s: sorted(n for n in sa.inspect(s).get_table_names() if n.startswith("aio_"))))
        print(await c.run_sync(lambda s, a, *, b: (a, b, s is c.sync_connection), 1, b=2))
    await trial("closed", c.execute(sa.select(1)))
    await trial("not started", engine.connect().execute(sa.select(1)))
    for target in (engine, engine.sync_engine):
        try:
            event.listen(target, "begin", lambda *a: None)
            print("listens")
        except NotImplementedError as e:
            print(str(e)[:40])
    try:
        sa.inspect(engine)
    except sa.exc.NoInspectionAvailable as e:
        print(str(e)[:50])


async def sessions(engine):
    maker = async_sessionmaker(engine, expire_on_commit=False)
    async with maker.begin() as s:
        s.add_all([Author(id=50, name="a", books=[Book(title="x"), Book(title="y")]), Author(id=51, name="b")])
    async with maker() as s:
        for a in await s.scalars(sa.select(Author).where(Author.id >= 50).options(orm.selectinload(Author.books))):
            print(a.name, [b.title for b in a.books])
    async with maker() as s:
        r = await s.execute(sa.select(Author).join(Author.books).options(orm.joinedload(Author.books)))
        print([len(a.books) for a in r.unique().scalars()])
    async with maker() as s:
        a = await s.get(Author, 50)
        print([b.title for b in await a.awaitable_attrs.books], await a.awaitable_attrs.name)
        await trial("get_one", s.get_one(Author, 99))
        a.name = "zz"
        print(a in s, list(s.dirty) == [a], s.is_modified(a))
        await s.flush()
        await s.refresh(a, ["name"])
        print(a.name, async_object_session(a) is s, sa.inspect(a).async_session is s)
        async with s.begin_nested():
            s.add(Author(id=60, name="n"))
        try:
            async with s.begin_nested():
                s.add(Author(id=61, name="n"))
                await s.flush()
                raise KeyError
        except KeyError:
            pass
        print((await s.scalars(sa.select(Author.id).where(Author.id >= 60))).all(), s.in_transaction())
        merged = await s.merge(Author(id=50, name="mm"))
        print(merged is a, a.name)
        await s.delete(a)
        await s.commit()
        print(await s.get(Author, 50), await s.scalar(sa.select(sa.func.count()).select_from(Book)))
        await trial("duplicate", s.execute(sa.insert(Author).values(id=51, name="q")))
        await s.rollback()
        r = await s.stream(sa.select(Author).order_by(Author.id).execution_options(yield_per=2))
        print([[a.id for a in part] async for part in r.scalars().partitions()])
        print(await s.run_sync(lambda ss: ss.query(Author).count()))
        print([a.id async for a in await s.stream_scalars(sa.select(Author).order_by(Author.id.desc()).limit(2))])
        connection = await s.connection()
        print(connection.in_transaction(), (await connection.execute(sa.select(1))).scalar(), s.get_transaction().is_active)
    scoped = async_scoped_session(maker, scopefunc=asyncio.current_task)
    print(await scoped.scalar(sa.select(Author.name).where(Author.id == 51)), scoped() is scoped())
    await scoped.remove()

    async def count(n):
        async with AsyncSession(engine) as s:
            return n + await s.scalar(sa.select(sa.func.count()).select_from(Author).where(Author.id > 50))

    print(await asyncio.gather(*(count(n) for n in range(10))))


async def main():
    engine = create_async_engine(URL)
    await connections(engine)
    await sessions(engine)
    async with engine.begin() as c:
        await c.run_sync(Base.metadata.drop_all)
    await engine.dispose()


asyncio.run(main())
