"""A declarative script as the documentation of 2.x has them, with the types a checker must see."""

import datetime
from typing import Any, assert_type

from oxalchemy import (
    Connection,
    CursorResult,
    Engine,
    ForeignKey,
    Result,
    Row,
    ScalarResult,
    Select,
    String,
    case,
    cast,
    create_engine,
    delete,
    func,
    insert,
    inspect,
    literal,
    or_,
    select,
    text,
    update,
)
from oxalchemy.engine.reflection import Inspector
from oxalchemy.orm import (
    DeclarativeBase,
    InstrumentedAttribute,
    Mapped,
    Mapper,
    Session,
    aliased,
    declared_attr,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
    sessionmaker,
)
from oxalchemy.sql.elements import ColumnElement, Label, UnaryExpression


class Base(DeclarativeBase):
    pass


class HasCreated:
    created: Mapped[datetime.datetime] = mapped_column(default=datetime.datetime.now)

    @declared_attr.directive
    def __tablename__(cls) -> str:
        return "t"


class User(HasCreated, Base):
    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30))
    fullname: Mapped[str | None]
    addresses: Mapped[list["Address"]] = relationship(back_populates="user", cascade="all, delete-orphan")


class Address(Base):
    __tablename__ = "address"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    user: Mapped[User] = relationship(back_populates="addresses")


# The class gives expressions, an instance gives values.
assert_type(User.id, InstrumentedAttribute[int])
assert_type(User.fullname, InstrumentedAttribute[str | None])
assert_type(User.addresses, InstrumentedAttribute[list[Address]])
assert_type(User.created, InstrumentedAttribute[datetime.datetime])
user = User(name="ed", addresses=[Address(email="a@b")])
assert_type(user.id, int)
assert_type(user.fullname, str | None)
assert_type(user.addresses, list[Address])
assert_type(user.addresses[0].user.name, str)
user.name = "edward"

# Operators.
assert_type(User.id == 5, ColumnElement[bool])
assert_type(User.name.like("e%"), ColumnElement[bool])
assert_type(User.id + 1, ColumnElement[int])
assert_type(or_(User.id > 5, User.name.in_(["a"])), ColumnElement[bool])
assert_type(User.name.desc(), UnaryExpression[str])
assert_type(User.name.label("n"), Label[str])
assert_type(User.addresses.any(Address.email == "x"), ColumnElement[bool])
cast(User.id, String)
case((User.id == 1, "one"), else_="other")
literal(5)

# Statements.
stmt = select(User)
assert_type(stmt, Select[tuple[User]])
assert_type(stmt.where(User.id == 5).order_by(User.name).limit(3), Select[tuple[User]])
assert_type(select(User, Address.email), Select[tuple[User, str]])
assert_type(select(User.id, User.fullname, Address), Select[tuple[int, str | None, Address]])
assert_type(stmt.with_only_columns(User.id), Select[tuple[int]])
other = aliased(User)
assert_type(select(other).where(other.name == "x"), Select[tuple[User]])
subquery = stmt.subquery()
select(subquery.c.id)
counted = select(func.count()).select_from(User)
scalar = select(User.id).where(User.name == "x").scalar_subquery()
User.id == scalar  # noqa: B015
select(User).options(joinedload(User.addresses), selectinload(User.addresses).joinedload(Address.user))

# Engine and connection.
engine = create_engine("sqlite://", echo=True)
assert_type(engine, Engine)
with engine.connect() as connection:
    assert_type(connection, Connection)
    assert_type(connection.execute(select(User.id, User.name)), CursorResult[tuple[int, str]])
    assert_type(connection.execute(text("select 1")), CursorResult[Any])
    assert_type(connection.scalar(select(User.id)), int | None)
    assert_type(connection.scalars(select(User.name)), ScalarResult[str])
    assert_type(connection.execute(insert(User)).rowcount, int)
    connection.commit()
with engine.begin() as connection:
    assert_type(connection, Connection)
assert_type(inspect(engine), Inspector)
assert_type(inspect(engine).get_table_names(), list[str])
assert_type(inspect(User), Mapper[User])

# Session and results.
with Session(engine) as session:
    assert_type(session, Session)
    session.add(user)
    session.add_all([user, Address(email="x")])
    result = session.execute(select(User, Address.email))
    assert_type(result, Result[tuple[User, str]])
    assert_type(result.all(), list[Row[tuple[User, str]]])
    assert_type(result.one(), Row[tuple[User, str]])
    assert_type(result.one().t, tuple[User, str])
    assert_type(result.first(), Row[tuple[User, str]] | None)
    for found, email in result.tuples():
        assert_type(found, User)
        assert_type(email, str)
    assert_type(result.scalars(), ScalarResult[User])
    assert_type(result.scalar_one(), User)
    assert_type(session.scalars(select(User)), ScalarResult[User])
    assert_type(session.scalars(select(User)).all(), list[User])
    assert_type(session.scalars(select(User)).first(), User | None)
    assert_type(session.scalar(select(User)), User | None)
    assert_type(session.get(User, 5), User | None)
    assert_type(session.get_one(User, 5), User)
    assert_type(session.merge(user), User)
    assert_type(session.execute(update(User).where(User.id == 5).values(name="x")), CursorResult[Any])
    assert_type(session.execute(delete(User).where(User.id == 5)).rowcount, int)
    assert_type(session.scalars(insert(User).returning(User), [{"name": "x"}]), ScalarResult[User])
    assert_type(session.execute(update(User).returning(User.id, User.name)), Result[tuple[int, str]])
    for each in session.scalars(stmt):
        assert_type(each, User)
    with session.begin_nested():
        pass
    session.commit()

factory = sessionmaker(engine, expire_on_commit=False)
assert_type(factory, sessionmaker[Session])
assert_type(factory(), Session)
with factory.begin() as session:
    assert_type(session, Session)


class OwnSession(Session):
    pass


assert_type(sessionmaker(engine, class_=OwnSession), sessionmaker[OwnSession])
assert_type(sessionmaker(engine, class_=OwnSession)(), OwnSession)


class Derived(User):
    @declared_attr
    def nick(cls) -> Mapped[str]:
        return mapped_column(String)


assert_type(Derived.nick, InstrumentedAttribute[str])
assert_type(Derived().nick, str)
assert_type(Base.metadata.sorted_tables[0].name, str)
