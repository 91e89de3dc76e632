"""Operands in parentheses, negation, constants and types of conditions."""

from oxalchemy import (
    Boolean,
    Integer,
    String,
    and_,
    case,
    cast,
    column,
    create_engine,
    distinct,
    exists,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    table,
    true,
)
from oxalchemy.dialects import mysql, oracle, postgresql

c = table("c", column("n", Integer), column("s", String), column("b", Boolean))
operands = (
    c.c.n + 1,
    c.c.n * 2,
    c.c.s + "x",
    -c.c.n,
    c.c.n == 1,
    and_(c.c.n == 1, c.c.n == 2),
    func.x(1),
    cast(c.c.n, String),
    c.c.n.in_([1]),
    exists().where(c.c.n == 1),
    case((c.c.n == 1, 1)),
    c.c.s.collate("x"),
    select(c.c.n).scalar_subquery(),
    c.c.n.between(1, 2),
    ~c.c.n,
    c.c.s.like("x"),
    c.c.s.op("->")("x"),
    c.c.n.is_(None),
    distinct(c.c.n),
)


def text(x, dialect=None):
    try:
        return str(x.compile(dialect=dialect)).replace("\n", "")
    except Exception as e:
        return f"{type(e).__name__} {str(e)[:60]}"


for name in ("startswith", "endswith", "contains", "icontains", "istartswith", "iendswith", "like", "ilike", "match"):
    for x in operands:
        print(name, text(getattr(x, name)("q")), "|", text(not_(getattr(x, name)("q"))))
    for d in (postgresql.dialect(), mysql.dialect(), oracle.dialect()):
        print(name, text(getattr(c.c.s, name)("q"), d), "|", text(not_(getattr(c.c.s, name)("q")), d))
for name in (
    "like",
    "not_like",
    "ilike",
    "startswith",
    "endswith",
    "contains",
    "icontains",
    "match",
    "is_distinct_from",
    "is_",
    "__eq__",
    "__ne__",
    "__lt__",
    "__add__",
    "concat",
):
    for value in (None, True, null(), true()):
        try:
            print(name, value, getattr(c.c.n, name)(value))
        except Exception as e:
            print(name, value, type(e).__name__, str(e)[:60])
engine = create_engine("sqlite://")
print(text(select(null().desc(), c.c.n.desc(), literal(1).desc(), (c.c.n + 1).desc(), func.x().asc())))
scalar = select(c.c.n).limit(1).scalar_subquery()
with engine.connect() as connection:
    connection.exec_driver_sql("create table c (n integer, s text, b boolean)")
    connection.exec_driver_sql("insert into c values (1, 'a', 1)")
    for q in (
        not_(or_(c.c.n == 1, c.c.n == 2)),
        not_(or_(scalar, scalar)),
        not_(and_(c.c.b, c.c.b)),
        not_(c.c.b),
        not_(c.c.n),
        or_(scalar, scalar),
        ~scalar,
        ~(c.c.b.label("z")),
        ~literal(True),
    ):
        print(text(select(q)), q.type, connection.execute(select(q)).all())
