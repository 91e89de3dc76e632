"""Statements that carry their engine: bind= of the constructors and of MetaData, execute() and scalar() on the statement."""

from oxalchemy import (
    Column,
    Integer,
    MetaData,
    Sequence,
    String,
    Table,
    bindparam,
    create_engine,
    desc,
    except_,
    func,
    insert,
    literal,
    select,
    text,
    union,
    union_all,
)
from oxalchemy.sql import column, table

e = create_engine("sqlite://")
m = MetaData(e)
t = Table("t", m, Column("a", Integer, primary_key=True), Column("b", String(9)))
m.create_all()
u = MetaData()
t2 = Table("t", u, Column("a", Integer, primary_key=True), Column("b", String(9)))


def step(name, f):
    try:
        print(name, f())
    except Exception as ex:
        print(name, type(ex).__name__, str(ex)[:90])


step(1, lambda: t2.insert(bind=e).execute(a=1, b="x").inserted_primary_key)
step(2, lambda: insert(t2, bind=e, values={"a": 2, "b": "y"}).execute().rowcount)
step(3, lambda: t2.update(t2.c.a == 1, values={"b": "z"}, bind=e).execute().rowcount)
step(4, lambda: t2.delete(t2.c.a == 2, bind=e).execute().rowcount)
step(5, lambda: select([t2], bind=e).execute().fetchall())
step(6, lambda: select([t2], t2.c.a == 1, bind=e).scalar())
step(
    7,
    lambda: (
        select(
            columns=[t2.c.a],
            whereclause=t2.c.a > 0,
            from_obj=[t2],
            order_by=[t2.c.a],
            limit=1,
            offset=0,
            distinct=True,
            group_by=[t2.c.a],
            having=t2.c.a > 0,
            bind=e,
        )
        .execute()
        .fetchall()
    ),
)
step(8, lambda: union(select([t2.c.a]), select([t2.c.a]), bind=e).execute().fetchall())
step(9, lambda: union_all(select([t.c.a]), select([t.c.a + 1]), order_by=["a"], limit=1).execute().fetchall())
step(10, lambda: union_all(select([t.c.a]), select([t.c.a + 1]), order_by=[desc("a")], limit=1, offset=1).execute().fetchall())
step(11, lambda: str(union_all(select([t.c.a]), select([t.c.a + 1]), group_by=["a"])))
step(12, lambda: except_(select([t.c.a + 1]), select([t.c.a]), bind=e).scalar())
step(13, lambda: text("select 5", bind=e).execute().scalar())
step(14, lambda: text("select :x", bind=e).scalar(x=4))
step(17, lambda: func.lower("ABC", bind=e).scalar())
step(18, lambda: func.lower("ABC", bind=e).execute().fetchall())
step(19, lambda: func.max(t.c.a).scalar())
step(20, lambda: func.max(t.c.a).execute().scalar())
step(21, lambda: func.max(t.c.a).select().execute().scalar())
step(22, lambda: select([func.count()]).select_from(t).scalar())
step(24, lambda: t.select(t.c.a == 1).execute().first())
step(25, lambda: t.select().where(t.c.a == 1).execute().scalar())
step(26, lambda: t.join(t2, t.c.a == t2.c.a).select().execute().fetchall())
step(27, lambda: t.alias("q").select().execute().fetchall())
step(30, lambda: select([t2]).execute())
step(33, lambda: t2.insert().execute(a=9))
step(35, lambda: select([literal(2)], bind=e).execute().scalar())
step(36, lambda: select([1], bind=e).scalar())
step(38, lambda: select([column("a")], from_obj=[table("t")], bind=e).execute().fetchall())
step(41, lambda: Sequence("s", metadata=m).bind is e)
step(44, lambda: m.bind is e and m.is_bound() and not u.is_bound())
step(45, lambda: e.execute("select ?", 5).scalar())
step(46, lambda: e.execute("select a from t where a = ?", (1,)).fetchall())
step(47, lambda: e.execute("insert into t values (?, ?)", (7, "g"), (8, "h")).rowcount)
step(48, lambda: e.execute("insert into t values (?, ?)", [(10, "g"), (11, "h")]).rowcount)
step(49, lambda: e.execute(t.insert(), {"a": 12}, {"a": 13}).rowcount)
step(50, lambda: e.execute(t.insert(), a=14).inserted_primary_key)
step(51, lambda: t.insert().execute({"a": 15}, {"a": 16}).rowcount)
step(52, lambda: t.update().execute(b="k").rowcount)
step(53, lambda: t.update(values={t.c.b: t.c.b + "!"}).execute().rowcount)
step(54, lambda: t.update(t.c.a == bindparam("q")).execute({"q": 7, "b": "r"}, {"q": 8, "b": "s"}).rowcount)
step(55, lambda: t.delete(t.c.a > 9).execute().rowcount)
step(56, lambda: sorted(tuple(r) for r in t.select().execute()))
step(57, lambda: t.select().with_only_columns([t.c.a]).order_by(t.c.a).limit(1).scalar())
step(58, lambda: e.scalar(select([t.c.b]).where(t.c.a == 7)))
step(59, lambda: e.execute(func.max(t.c.a)).scalar())
step(63, lambda: e.table_names())
step(64, lambda: e.has_table("t"))
step(65, lambda: e.run_callable(lambda c: c.scalar("select 3")))
step(66, lambda: e.transaction(lambda c: c.scalar("select 3")))
step(67, lambda: func.current_date(bind=e).scalar() is not None)
step(68, lambda: t.exists())
step(69, lambda: (t.drop(), t.exists(), t.create(), t.exists()))

f = func.lower("A").execution_options(foo=1)
print(f, dict(f.get_execution_options()), dict(f.execution_options(bar=2).get_execution_options()))
print(text("select :x").execution_options(foo=1).bindparams(x=4).get_execution_options()["foo"])
