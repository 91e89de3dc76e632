"""`python -m soak.tasks SECONDS`: the same book, kept by asyncio tasks that share few connections, are cancelled at random
moments and lose their backends. Exit code 1 when something does not hold."""

import asyncio
import random
import sys
import tempfile
import time
import uuid
from collections import Counter

import oxalchemy as sa
from oxalchemy import orm
from oxalchemy.ext.asyncio import AsyncSession, create_async_engine

from . import usage
from .__main__ import at_rest, databases, grown
from .book import ACCOUNTS, START, Account, Book, Transfer, choose
from .trouble import Troubles

TASKS = 200
CONNECTIONS = 20
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "mysql": "mysql+aiomysql"}


class AsyncBook(Book):
    """A book with an asyncio engine beside."""

    def __init__(self, database):
        super().__init__(database)
        self.troubles = Troubles(self)

    def engine_of_tasks(self):
        url = sa.make_url(self.database.url).set(drivername=DRIVERS[self.kind])
        arguments = {"timeout": 10} if self.kind == "sqlite" else {}
        if self.kind == "mysql":
            arguments["init_command"] = "SET innodb_lock_wait_timeout = 5"
        return create_async_engine(url, pool_size=CONNECTIONS, max_overflow=0, pool_timeout=60, connect_args=arguments)

    async def transfer(self, engine, rng):
        source, target, amount = choose(rng)
        key = uuid.uuid4().hex
        async with AsyncSession(engine) as session:
            if self.kind == "sqlite":
                await session.execute(sa.update(Account).where(Account.id == source).values(balance=Account.balance))
            statement = sa.select(Account).where(Account.id.in_([source, target])).order_by(Account.id).with_for_update()
            accounts = {account.id: account for account in await session.scalars(statement)}
            async with session.begin_nested():
                session.add(Transfer(key=key, source_id=source, target_id=target, amount=amount))
                accounts[source].balance -= amount
            accounts[target].balance += amount
            await session.flush()
            self.begin_commit(key)
            await session.commit()
            self.end_commit(key)

    async def look(self, engine, rng):
        async with engine.connect() as connection:
            total, seen = await connection.scalar(sa.select(sa.func.sum(Account.balance))), 0
            assert total == ACCOUNTS * START, f"{self.kind}: {total} in all"
            async for _ in await connection.stream(sa.select(Transfer.number).limit(500)):
                seen += 1


async def keep(book, engine, until, told, surprises, seed):
    rng = random.Random(seed)
    while time.monotonic() < until:
        work = book.transfer(engine, rng) if rng.random() < 0.7 else book.look(engine, rng)
        try:
            # Most are given time, some are not.
            async with asyncio.timeout(rng.choice([None, None, 5.0, 0.2, 0.02, rng.random() * 0.1])):
                await work
            told["done"] += 1
        except TimeoutError:
            told["cancelled"] += 1
        except sa.exc.SQLAlchemyError as error:
            told[type(error).__name__] += 1
            if isinstance(error, sa.exc.ResourceClosedError | sa.exc.MissingGreenlet | sa.exc.IllegalStateChangeError):
                surprises.append(error)
        except Exception as error:
            surprises.append(error)
        await asyncio.sleep(0)


async def make_trouble(book, until, told, rng):
    while time.monotonic() < until and book.kind != "sqlite":
        await asyncio.sleep(rng.random())
        try:
            await asyncio.to_thread(book.troubles.kill, rng)
            told["killed"] += 1
        except sa.exc.SQLAlchemyError:
            told["not killed"] += 1


async def run_tasks(books, seconds, surprises, told):
    until = time.monotonic() + seconds
    engines = [book.engine_of_tasks() for book in books]
    share = TASKS // len(books)
    jobs = [make_trouble(book, until, told, random.Random(7)) for book in books]
    for book, engine in zip(books, engines, strict=True):
        jobs += [keep(book, engine, until, told, surprises, n) for n in range(share)]
    await asyncio.wait_for(asyncio.gather(*jobs), seconds + 120)
    for book, engine in zip(books, engines, strict=True):
        if left := engine.pool.checkedout():
            surprises.append(AssertionError(f"{book.kind}: {left} connections are checked out"))
        await engine.dispose()


def run(seconds):
    wrong, told, surprises = [], Counter(), []
    with tempfile.TemporaryDirectory() as folder:
        places = list(databases(folder))
        books = [AsyncBook(database) for database, _ in places]
        try:
            asyncio.run(run_tasks(books, seconds * 0.2, surprises, Counter()))
            orm.close_all_sessions()
            [book.rest() for book in books]
            time.sleep(11)  # idle threads end
            before = usage.Usage()
            asyncio.run(run_tasks(books, seconds * 0.8, surprises, told))
            [book.rest() for book in books]
            time.sleep(11)  # idle threads end
            after = usage.Usage()
            wrong += [repr(error)[:500] for error in surprises]
            wrong += [text for book in books for text in book.errors()]
            wrong += at_rest(books)
            wrong += grown(before, after)
            for book in books:
                print(f"{book.kind}: {len(book.confirmed)} transfers confirmed, {len(book.unsure)} unsure")
            print(dict(told))
            print(f"memory {before.resident:.0f} -> {after.resident:.0f} MB, threads {before.threads} -> {after.threads}")
        finally:
            for database, server in places:
                if server:
                    database.drop()
                    server.close()
    for text in wrong:
        print("WRONG:", text)
    return not wrong


if __name__ == "__main__":
    sys.exit(0 if run(float(sys.argv[1]) if len(sys.argv) > 1 else 600) else 1)
