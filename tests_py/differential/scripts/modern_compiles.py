"""@compiles on types, columns, functions, SELECT and INSERT: who is asked, what visit_x() gives back, names and warnings."""

import warnings

from oxalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    Insert,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    Text,
    TypeDecorator,
    and_,
    cast,
    create_engine,
    select,
    union,
)
from oxalchemy.dialects import mysql, postgresql, sqlite
from oxalchemy.dialects.postgresql import JSONB
from oxalchemy.ext.compiler import compiles, deregister
from oxalchemy.schema import CreateTable
from oxalchemy.sql.expression import ColumnClause, ColumnElement, FunctionElement
from oxalchemy.types import UserDefinedType


def S(x, d=None):
    return " ".join(str(x.compile(dialect=d)).split())


class Dec(TypeDecorator):
    impl = BigInteger
    cache_ok = True


class Mine(UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **kw):
        return "MINE"


t = Table(
    "t",
    MetaData(),
    Column("id", BigInteger, primary_key=True),
    Column("s", String(3)),
    Column("d", Dec),
    Column("m", Mine),
    Column("a", ARRAY(BigInteger)),
    Column("v", String(5).with_variant(BigInteger, "sqlite")),
    Column("j", JSONB),
)
pg, lite, my = postgresql.dialect(), sqlite.dialect(), mysql.dialect()


@compiles(BigInteger, "sqlite")
def bigint(element, compiler, **kw):
    return "INTEGER"


@compiles(JSONB, "sqlite")
def jsonb(element, compiler, **kw):
    return "JSON_" + type(element).__name__


@compiles(ARRAY, "sqlite")
def array(element, compiler, **kw):
    return compiler.process(element.item_type) + "_ARRAY"


print(S(CreateTable(t), lite))
print(S(cast(t.c.s, BigInteger), lite), S(cast(t.c.s, BigInteger), pg))


@compiles(String)
def string(element, compiler, **kw):
    return compiler.visit_VARCHAR(element, **kw) + " FOR ALL"


@compiles(Mine, "sqlite")
def mine(element, compiler, **kw):
    return "LITE_" + element.get_col_spec()


print(S(CreateTable(t), lite))
print(S(CreateTable(Table("u", MetaData(), Column("s", String(3)), Column("x", Text))), pg))
print(S(cast(t.c.s, String(7)), my), S(cast(t.c.s, String(7)), pg))
deregister(String)
deregister(BigInteger)
print(S(CreateTable(Table("u", MetaData(), Column("s", String(3)), Column("x", BigInteger))), lite))


class Bracketed(ColumnClause):
    inherit_cache = True


@compiles(Bracketed)
def bracketed(element, compiler, **kw):
    return f"[{element.name}]"


b = Bracketed("x", Integer)
print(S(select(b)), S(select(b.label("y"), b + 1)), b.name, b.key, b.type, S(b == 5), select(b).subquery().c.keys())


class greatest(FunctionElement):
    type = Integer()
    name = "greatest"
    inherit_cache = True


@compiles(greatest)
def plain(element, compiler, **kw):
    return compiler.visit_function(element, **kw)


@compiles(greatest, "sqlite")
def as_max(element, compiler, **kw):
    return f"max({compiler.process(element.clauses, **kw)})"


print(
    S(select(greatest(t.c.id, 5))),
    S(select(greatest(t.c.id, 5), greatest(1, 2)), lite),
    select(greatest(t.c.id)).subquery().c.keys(),
)


class utcnow(FunctionElement):
    type = DateTime()
    inherit_cache = True


@compiles(utcnow)
def now(element, compiler, **kw):
    return "NOW"


@compiles(utcnow, "postgresql")
def pg_now(element, compiler, **kw):
    return "TIMEZONE('utc', CURRENT_TIMESTAMP)"


print(S(select(utcnow(), utcnow().label("z"))), S(select(utcnow()), pg), S(t.select().where(utcnow() > t.c.s), pg))


@compiles(Select, "sqlite")
def hint(element, compiler, **kw):
    return "/*h*/ " + compiler.visit_select(element, **kw)


one = select(t.c.id)
for q in (
    one.where(t.c.id.in_(one)),
    select(one.scalar_subquery()),
    select(one.subquery()),
    one.where(one.exists()),
    union(one, one),
    select(one.cte()),
    t.insert().from_select(["id"], one),
    one.where(and_(t.c.id == one.scalar_subquery(), t.c.id.not_in(one))),
    select(one.lateral()),
    t.delete().where(t.c.id.in_(one)),
):
    print(S(q, lite))
deregister(Select)


@compiles(Insert)
def prefixed(element, compiler, **kw):
    return compiler.visit_insert(element.prefix_with("OR REPLACE"), **kw)


print(S(t.insert().values(id=1), lite))
deregister(Insert)


class quiet(ColumnElement):
    type = Integer()
    inherit_cache = False


class loud(ColumnElement):
    type = Integer()


class child(loud):
    pass


for cls in (quiet, loud, child):
    compiles(cls)(lambda element, compiler, **kw: "7")
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    with create_engine("sqlite://").connect() as c:
        for cls in (quiet, loud, loud, child):
            print(cls.__name__, c.execute(select(cls())).scalar(), c.execute(select(cls() + 1)).scalar(), str(select(cls())))
print([str(w.message)[:75] for w in caught])
