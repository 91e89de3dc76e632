"""What a statement inside another takes from the one around it: WHERE, columns, FROM, LATERAL, set operations, DML."""

# ruff: noqa: B006, E742, UP031, B008, B023, E402, E501, F401, F811, E701, E702, E711, E712, E721, E731, E741, F403, F405, I001, UP006, UP035, UP045
from oxalchemy import *
from oxalchemy.orm import *

m = MetaData()
a = Table("a", m, Column("id", Integer, primary_key=True), Column("x", Integer))
b = Table("b", m, Column("id", Integer, primary_key=True), Column("a_id", ForeignKey("a.id")))
c = Table("c", m, Column("id", Integer, primary_key=True), Column("b_id", ForeignKey("b.id")))


def w(f):
    try:
        q = f()
        return " ".join(str(q).split())
    except Exception as e:
        return type(e).__name__ + " " + str(e).split("object at")[0].split(".")[0][:60]


aa = a.alias()
ba = b.alias("bb")
L = {
    "where sc": lambda: select(a).where(a.c.x == select(b.c.id).where(b.c.a_id == a.c.id).scalar_subquery()),
    "col sc": lambda: select(a.c.id, select(b.c.id).where(b.c.a_id == a.c.id).scalar_subquery()),
    "only a": lambda: select(a.c.id).where(exists().where(a.c.x == 1)),
    "from sub": lambda: select(a.c.id, select(b.c.id).where(b.c.a_id == a.c.id).subquery().c.id),
    "lateral": lambda: select(a.c.id, select(b.c.id).where(b.c.a_id == a.c.id).lateral("l").c.id),
    "lateral corr": lambda: select(a.c.id, select(b.c.id).where(b.c.a_id == a.c.id).correlate(a).lateral("l").c.id),
    "join lateral": lambda: select(a.c.id).select_from(a.join(select(b.c.id).where(b.c.a_id == a.c.id).lateral("l"), true())),
    "nest2": lambda: select(a.c.id).where(exists().where(b.c.a_id == a.c.id).where(exists().where(c.c.b_id == b.c.id))),
    "nest2b": lambda: select(a.c.id).where(
        exists().where(b.c.a_id == a.c.id).where(exists().where(and_(c.c.b_id == b.c.id, c.c.id == a.c.id)))
    ),
    "nest3": lambda: select(a.c.id).where(exists().where(b.c.a_id == 1).where(exists().where(and_(c.c.b_id == a.c.id)))),
    "nest4": lambda: select(a.c.id).where(
        a.c.id.in_(select(b.c.a_id).where(b.c.id.in_(select(c.c.b_id).where(c.c.id == a.c.id))))
    ),
    "corr None": lambda: select(a.c.id).where(exists().where(b.c.a_id == a.c.id).correlate(None)),
    "corr b": lambda: select(a.c.id).where(select(b.c.id).where(b.c.a_id == a.c.id).correlate(b).scalar_subquery() == 1),
    "corr ab": lambda: select(a.c.id, b.c.id).where(
        select(c.c.id).where(c.c.b_id == b.c.id, c.c.id == a.c.id).correlate(a).scalar_subquery() == 1
    ),
    "corr except": lambda: select(a.c.id, b.c.id).where(
        select(c.c.id).where(c.c.b_id == b.c.id, c.c.id == a.c.id).correlate_except(c).scalar_subquery() == 1
    ),
    "corr except a": lambda: select(a.c.id, b.c.id).where(
        select(c.c.id).where(c.c.b_id == b.c.id, c.c.id == a.c.id).correlate_except(a, c).scalar_subquery() == 1
    ),
    "corr except none": lambda: select(a.c.id).where(
        select(b.c.id).where(b.c.a_id == a.c.id).correlate_except(None).scalar_subquery() == 1
    ),
    "alias": lambda: select(aa.c.id).where(exists().where(b.c.a_id == aa.c.id)),
    "alias2": lambda: select(aa.c.id).where(exists().where(b.c.a_id == a.c.id)),
    "join": lambda: select(a.c.id).select_from(a.join(b)).where(exists().where(c.c.b_id == b.c.id)),
    "joinin": lambda: select(a.c.id).where(select(c.c.id).select_from(c.join(b)).where(b.c.a_id == a.c.id).exists()),
    "joinin2": lambda: select(a.c.id).where(select(c.c.id).select_from(c.join(b).join(a)).exists()),
    "joinin3": lambda: select(a.c.id, b.c.id).where(
        select(c.c.id).select_from(c.join(b)).where(b.c.a_id == a.c.id).correlate(b).exists()
    ),
    "joinin4": lambda: select(a.c.id, b.c.id).where(select(c.c.id).select_from(c.join(b)).where(b.c.a_id == a.c.id).exists()),
    "order": lambda: select(a.c.id).order_by(select(b.c.id).where(b.c.a_id == a.c.id).scalar_subquery()),
    "group": lambda: select(func.count()).select_from(a).group_by(select(b.c.id).where(b.c.a_id == a.c.id).scalar_subquery()),
    "having": lambda: select(func.count(a.c.id)).having(exists().where(b.c.a_id == a.c.id)),
    "on": lambda: select(a.c.id).select_from(a.join(b, a.c.id == select(c.c.id).where(c.c.b_id == b.c.id).scalar_subquery())),
    "union": lambda: union(
        select(a.c.id).where(exists().where(b.c.a_id == a.c.id)), select(b.c.id).where(exists().where(a.c.id == b.c.a_id))
    ),
    "union in": lambda: select(a.c.id).where(
        a.c.id.in_(union(select(b.c.a_id).where(b.c.id == a.c.x), select(c.c.id).where(c.c.id == a.c.x)))
    ),
    "union exists": lambda: select(a.c.id).where(
        union_all(select(b.c.a_id).where(b.c.id == a.c.x), select(c.c.id).where(c.c.id == a.c.x)).exists()
    ),
    "cte": lambda: (lambda ct: select(a.c.id).where(exists().where(ct.c.a_id == a.c.id)))(
        select(b.c.a_id).where(b.c.id == a.c.x).cte("ct")
    ),
    "ctein": lambda: (
        lambda ct: select(ct.c.id, a.c.id).where(select(b.c.id).where(b.c.a_id == ct.c.id, a.c.id == 1).scalar_subquery() == 1)
    )(select(a.c.id).cte("ct")),
    "sub in sub": lambda: select(select(a.c.id).where(exists().where(b.c.a_id == a.c.id)).subquery().c.id),
    "sub where outer": lambda: select(a.c.id).where(
        a.c.id == select(select(b.c.id).where(b.c.a_id == a.c.id).subquery().c.id).scalar_subquery()
    ),
    "sub where outer2": lambda: select(a.c.id).where(
        a.c.id == select(select(b.c.id).where(b.c.a_id == a.c.id).correlate(a).subquery().c.id).scalar_subquery()
    ),
    "sc in sc": lambda: select(
        a.c.id,
        select(
            b.c.id,
        )
        .where(b.c.a_id == select(c.c.id).where(c.c.b_id == b.c.id, c.c.id == a.c.id).scalar_subquery())
        .scalar_subquery(),
    ),
    "upd": lambda: update(a).values(x=select(b.c.id).where(b.c.a_id == a.c.id).scalar_subquery()),
    "upd2": lambda: update(a).values(x=1).where(exists().where(b.c.a_id == a.c.id)),
    "upd3": lambda: update(a).values(x=1).where(a.c.id == b.c.a_id).where(exists().where(c.c.b_id == b.c.id)),
    "upd4": lambda: update(a).values(x=select(a.c.x).where(a.c.id == 3).scalar_subquery()),
    "del": lambda: delete(a).where(exists().where(b.c.a_id == a.c.id)),
    "del2": lambda: delete(a).where(a.c.id.in_(select(b.c.a_id).where(b.c.id == a.c.x))),
    "ins": lambda: insert(a).from_select(["id"], select(b.c.a_id).where(exists().where(a.c.id == b.c.a_id))),
    "samealias": lambda: select(a.c.id).where(exists().where(aa.c.x == a.c.x)),
    "self2": lambda: select(a.c.id).where(a.c.x == select(func.max(aa.c.x)).where(aa.c.id == a.c.id).scalar_subquery()),
    "self3": lambda: select(a.c.id).where(a.c.x == select(func.max(a.c.x)).scalar_subquery()),
    "func": lambda: select(func.f(select(b.c.id).where(b.c.a_id == a.c.id).scalar_subquery()), a.c.id),
    "label": lambda: select(a.c.id, select(b.c.id).where(b.c.a_id == a.c.id).label("q")).order_by("q"),
    "any": lambda: select(a.c.id).where(a.c.id == any_(select(b.c.a_id).where(b.c.id == a.c.x).scalar_subquery())),
    "tablevalued": lambda: select(a.c.id).where(select(func.json_each(a.c.x).table_valued("value").c.value).exists()),
    "values": lambda: select(a.c.id).where(
        select(values(column("q", Integer), name="v").data([(1,)]).c.q).where(column("q") == a.c.x).exists()
    ),
    "none left": lambda: select(a.c.id).where(select(a.c.x).correlate(a).scalar_subquery() == 1),
    "sel froms": lambda: select(a.c.id).where(exists(1).select_from(b).where(b.c.a_id == a.c.id)),
    "sel froms2": lambda: select(a.c.id).where(exists(1).select_from(a, b).where(b.c.a_id == a.c.id)),
}
for k, f in L.items():
    print(k, "|", w(f))
