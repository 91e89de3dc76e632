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

# Keys of rows are the names in the text, whatever the keys of the columns are; the columns themselves still find their values.
keyed = Table("keyed", meta, Column("id", Integer, key="ident", primary_key=True), Column("n", String))
u = Table("u", meta, Column("id", Integer, primary_key=True), Column("n", String))
meta.create_all(engine)
STATEMENTS = [
    select(keyed),
    select(keyed, u).where(keyed.c.ident != u.c.id),
    select(keyed, u).where(keyed.c.ident != u.c.id).set_label_style(sa.LABEL_STYLE_TABLENAME_PLUS_COL),
    select(keyed.c.n, keyed.c.n, u.c.n).where(keyed.c.ident != u.c.id),
    select(func.max(keyed.c.n), func.max(keyed.c.ident), func.count()),
    select(-keyed.c.ident, keyed.c.n.collate("nocase"), keyed.c.n.desc()),
    select(sa.text("1 AS foo"), sa.literal_column("2").label("bar")),
    sa.text("SELECT 1 AS a, 2 AS b"),
    sa.union_all(select(func.count()), select(func.count())),
    select(keyed.c.ident, u.c.id).where(keyed.c.ident != u.c.id).set_label_style(sa.LABEL_STYLE_NONE),
]


def attempt(fn, *args):
    try:
        return fn(*args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


with engine.begin() as conn:
    conn.execute(keyed.insert(), {"ident": 1, "n": "x"})
    conn.execute(u.insert(), {"id": 3, "n": "y"})
    for statement in STATEMENTS:
        result = conn.execute(statement)
        row = result.first()
        print(list(result.keys()), row)
        for name in ["id", "n", "keyed_n", "id_1", "n_1", keyed.c.n, u.c.id]:
            print(str(name), attempt(row._mapping.__getitem__, name))
