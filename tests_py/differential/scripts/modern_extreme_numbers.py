"""Numbers at the ends of what a parameter may be: nothing panics, and the answer is the same."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


def show(name, f):
    try:
        print(name, repr(f())[:80])
    except Exception as e:
        print(name, type(e).__name__)


engine = sa.create_engine("sqlite://")
connection = engine.connect()
POSTGRESQL = postgresql.dialect()
HUGE = (0, 5, 70000, 2**31, 10**12)
for scale in HUGE:
    for name, number in (("float", "1.5"), ("int", "2")):
        show(f"numeric {name} {scale}", lambda: connection.scalar(sa.select(sa.literal_column(number, sa.Numeric(10, scale)))))
        places = sa.Float(asdecimal=True, decimal_return_scale=scale)
        show(f"places {name} {scale}", lambda: connection.scalar(sa.select(sa.literal_column(number, places))))
for dimensions in (1, 3, 100):
    show(
        f"array {dimensions}", lambda: sa.ARRAY(sa.Integer, dimensions=dimensions).compile(dialect=postgresql.dialect()).__str__()
    )
for size in (0, 1, 5, 2**31):
    show(f"fetchmany {size}", lambda: connection.execute(sa.select(sa.literal(1))).fetchmany(size))
    show(f"limit {size}", lambda: connection.execute(sa.select(sa.literal(1)).limit(size)).all())
for key in (-2, -1, 0, 1, 2**40, -(2**40)):
    show(f"row[{key}]", lambda: connection.execute(sa.select(sa.literal(1))).one()[key])
# What looks like a placeholder inside of a text, a name or a literal is none.
MARK = "\x010\x02"
show("text", lambda: connection.execute(sa.text(f"select '{MARK}', :a"), {"a": 1}).all())
show("literal", lambda: connection.execute(sa.select(sa.literal(MARK, literal_execute=True), sa.literal(5))).all())
show("bound", lambda: connection.execute(sa.select(sa.literal(MARK), sa.literal(5))).all())
show("column", lambda: str(sa.select(sa.column(MARK), sa.literal(5))))
show(
    "list",
    lambda: str(
        sa.select(sa.literal(5)).where(sa.column("a").in_(["\x01P0\x02", MARK])).compile(compile_kwargs={"literal_binds": True})
    ),
)
