"""What UPDATE and INSERT assign, in order: elements of columns first, then other tables, then columns."""

from oxalchemy import Integer, column, func, insert, select, table, update
from oxalchemy.dialects import mysql, postgresql
from oxalchemy.dialects.postgresql import ARRAY as PGARRAY
from oxalchemy.dialects.postgresql import JSONB

t = table(
    "t", column("a", Integer), column("b", Integer), column("j", JSONB), column("c", Integer), column("r", PGARRAY(Integer))
)
u = table("u", column("a", Integer), column("x", Integer))


def p(n, q, d=None):
    d = d or postgresql.dialect()
    try:
        c = q.compile(dialect=d)
        print(n, " ".join(str(c).split()), {k: v for k, v in c.params.items()})
    except Exception as e:
        print(n, type(e).__name__, e)


p(1, update(t).ordered_values((t.c.j["x"], 1), (t.c.a, 2), (t.c.j["y"], 3), (t.c.c, 5)))
p(2, update(t).values({t.c.j["x"]: 1, t.c.a: 2}))
p(3, update(t).values({t.c.a: 2, t.c.j["x"]: 1}))
p(4, update(t).ordered_values((t.c.c, 5), (t.c.a, 2)))
p(5, update(t).values({"c": 5, "a": 2}))
p(6, update(t).values([(t.c.c, 5), (t.c.a, 2)]))
p(7, update(t).ordered_values((t.c.r[1], 5), (t.c.a, 2), (t.c.r[2:3], [1, 2])))
p(8, update(t).values({t.c.r[1]: 5, t.c.r[2]: t.c.a + 1, "b": 7}))
p(9, update(t).values({t.c.j[("a", "b")]: "x"}))
p(10, update(t).ordered_values((t.c.a, select(u.c.x).where(u.c.a == t.c.a).scalar_subquery()), (t.c.b, func.now())))
p(11, update(t).where(t.c.a == u.c.a).ordered_values((t.c.b, u.c.x), (u.c.x, 5)))
p(12, update(t).where(t.c.a == u.c.a).ordered_values((t.c.b, u.c.x), (u.c.x, 5)), mysql.dialect())
p(13, update(t).where(t.c.a == u.c.a).values({u.c.x: 5, t.c.b: u.c.x}), mysql.dialect())
p(14, update(t).ordered_values(("nope", 5)))
p(15, update(t).ordered_values((t.c.j["x"]["y"], 1)))
p(16, update(t).values({t.c.a + 1: 3}))
try:
    update(t).ordered_values((t.c.a, 1)).values(b=2)
except Exception as e:
    print(17, type(e).__name__, e)
try:
    update(t).values(b=2).ordered_values((t.c.a, 1))
except Exception as e:
    print(18, type(e).__name__, e)
try:
    update(t).ordered_values((t.c.a, 1)).ordered_values((t.c.b, 1))
except Exception as e:
    print(19, type(e).__name__, e)
p(21, insert(t).values({t.c.j["x"]: 3}))
p(22, update(t).values({t.c.r: [1, 2], t.c.b: None}))
p(23, update(t).ordered_values(("b", 1), ("a", t.c.b), ("j", {"q": 1})))
