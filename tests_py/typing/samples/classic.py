"""A classic script: tables, imperative mapping, Query."""

from typing import Any, assert_type

import oxalchemy as sa
from oxalchemy import Column, ForeignKey, Integer, MetaData, Numeric, String, Table, exc, types
from oxalchemy.orm import Query, Session, backref, clear_mappers, mapper, relation, scoped_session, sessionmaker
from oxalchemy.sql import and_, select
from oxalchemy.sql.elements import ColumnElement

metadata = MetaData()
users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False, index=True),
)
addresses = Table("addresses", metadata, Column("user_id", None, ForeignKey("users.id")))

assert_type(Column("id", Integer), Column[int])
assert_type(Column("name", String(5)), Column[str])
assert_type(Column(String), Column[str])
assert_type(Column("id", Integer) == 5, ColumnElement[bool])
assert_type(users.c.id, Column[Any])
assert_type(users.c["id"], Any)
assert_type(users.c.name == "x", ColumnElement[bool])
assert_type(and_(users.c.id == 1, users.c.name == "x"), ColumnElement[bool])


class User:
    id: int
    name: str


class Address:
    pass


mapper(Address, addresses)
mapper(User, users, properties={"addresses": relation(Address, backref=backref("user"), cascade="all")})
clear_mappers()

engine = sa.create_engine("sqlite://")
metadata.create_all(engine)
result = engine.execute(select([users]))
result = engine.execute(users.insert(), name="x")
engine.execute("select 1")

session = sessionmaker(bind=engine)()
query = session.query(User)
assert_type(query, Query[User])
assert_type(query.filter_by(name="x").order_by("name").all(), list[User])
assert_type(query.filter(users.c.id > 5)[0], User)
assert_type(query[1:3], list[User])
assert_type(query.get(5), User | None)
assert_type(query.one(), User)
assert_type(query.first(), User | None)
assert_type(query.count(), int)
assert_type(query.delete(), int)
for user in query:
    assert_type(user, User)
session.query(users.c.id, users.c.name).all()
scoped = scoped_session(sessionmaker(bind=engine))
assert_type(scoped, scoped_session[Session])
assert_type(scoped(), Session)
assert_type(scoped.query(User), Query[User])
scoped.remove()

try:
    session.commit()
except exc.IntegrityError as error:
    assert_type(error.statement, str | None)
    error.orig, error.params
    session.rollback()
except exc.SQLAlchemyError:
    pass


class Upper(types.TypeDecorator[str]):
    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return value.upper() if value is not None else None


assert_type(Column("x", Upper), Column[str])
Column("n", Numeric(10, 2))


@sa.event.listens_for(engine, "connect")
def on_connect(dbapi_connection: Any, record: Any) -> None:
    dbapi_connection.execute("PRAGMA foreign_keys=ON")


assert_type(users.exists(engine), bool)
assert_type(users.foreign_keys, set[ForeignKey])
assert_type(metadata.tables["users"], Table)
assert_type(users.join(addresses), sa.Join)
assert_type(users.alias("u").c.id, Column[Any])
assert_type(sa.func.count(users.c.id) > 3, Any)
