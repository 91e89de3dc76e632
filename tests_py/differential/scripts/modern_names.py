"""Names of what has no name: keys of rows, labels in the text, types, and no warning that SQLAlchemy does not give."""

import decimal
import warnings

import oxalchemy as sa
from oxalchemy import Column, Integer, MetaData, Numeric, String, Table, case, cast, column, exists, func, literal, select

warnings.simplefilter("always")
warnings.showwarning = lambda message, category, *rest, **kw: print(category.__name__, message)

engine = sa.create_engine("sqlite://")
meta = MetaData()
t = Table("t", meta, Column("id", Integer, primary_key=True), Column("x", Numeric(10, 2)), Column("f", sa.Float(asdecimal=True)))
meta.create_all(engine)

NAMELESS = [
    sa.null(),
    sa.true(),
    literal(1),
    sa.literal_column("1"),
    func.now() != None,  # noqa: E711
    -literal(2),
    cast(1, String),
    case((literal(1) == 1, 2)),
    func.coalesce(1, 2) + 1,
    exists(select(1)),
    select(1).scalar_subquery(),
    sa.tuple_(1, 2) == sa.tuple_(1, 2),
    sa.collate(literal("a"), "nocase"),
    sa.type_coerce(literal(3), Integer),
    sa.between(1, 2, 3),
    sa.not_(literal(True)),
    literal(1).is_(None),
    func.count(),
    func.lower("A"),
    cast(literal(1).label("x"), String),
]

with engine.begin() as conn:
    conn.execute(t.insert(), {"x": decimal.Decimal("1.5"), "f": decimal.Decimal("2.25")})
    print(conn.execute(select(t)).all())
    for e in NAMELESS:
        result = conn.execute(select(e, t.c.id))
        row = result.one()
        print(select(e), list(result.keys()), row._fields, dict(row._mapping), repr(e.type))
        print(select(e, e), conn.execute(select(e, e)).one()._fields, select(e).subquery().c.keys())
    try:
        conn.execute(select(sa.literal_column("1"), sa.literal_column("1"))).one()._mapping["1"]
    except sa.exc.InvalidRequestError as error:
        print(error)

for e in [column("x").between(1, 2), column("x", Integer).between(1, 2), ~column("x").between(1, 2)]:
    print(repr(e.type), e)
