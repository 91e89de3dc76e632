"""What a type checker must see of asyncio."""

from typing import assert_type

from oxalchemy import Row, ScalarResult, select
from oxalchemy.ext.asyncio import AsyncResult, AsyncSession, async_scoped_session, async_sessionmaker, create_async_engine
from oxalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)


maker = async_sessionmaker(create_async_engine("sqlite+aiosqlite://"), expire_on_commit=False)
assert_type(maker(), AsyncSession)


async def work(session: AsyncSession, scoped: async_scoped_session[AsyncSession]) -> None:
    assert_type(await session.get(User, 1), User | None)
    assert_type(await scoped.get_one(User, 1), User)
    assert_type(await session.scalars(select(User)), ScalarResult[User])
    assert_type((await scoped.execute(select(User.id))).one(), Row[tuple[int]])
    assert_type(await session.stream(select(User.id)), AsyncResult[tuple[int]])
    assert_type(await session.run_sync(lambda s: len(s.new)), int)
