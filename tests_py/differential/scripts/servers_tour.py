"""Core on a database that the command line names: DDL text, rows, keys, expressions, errors, reflection."""

import datetime
import decimal
import sys

import oxalchemy as sa
from oxalchemy import Boolean, Column, Date, DateTime, ForeignKey, Integer, MetaData, Numeric, String, Table, Text, func, select

engine = sa.create_engine(sys.argv[1])
meta = MetaData()
people = Table(
    "people",
    meta,
    Column("id", Integer, primary_key=True),
    Column("name", String(30), nullable=False, unique=True),
    Column("born", Date),
    Column("pay", Numeric(10, 2), default=decimal.Decimal("10.50")),
    Column("active", Boolean, nullable=False, default=True),
    Column("seen", DateTime),
    Column("note", Text),
)
visits = Table(
    "visits",
    meta,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("count", Integer, server_default="1"),
)
p, v = people.c, visits.c


def attempt(label, fn):
    try:
        print(label, "->", fn())
    except Exception as e:
        orig = getattr(e, "orig", None)
        first = orig.args[0] if orig is not None and orig.args else None
        code = first if isinstance(first, int) else getattr(orig, "sqlstate", None)
        print(label, "->", type(e).__name__, type(orig).__name__, code)


for table in meta.sorted_tables:
    print(sa.schema.CreateTable(table).compile(engine))
meta.create_all(engine)
day = datetime.date(2024, 2, 29)
with engine.begin() as conn:
    first = conn.execute(people.insert().values(name="ann", born=day, seen=datetime.datetime(2024, 1, 2, 3, 4, 5)))
    print(first.inserted_primary_key, first.is_insert)
    conn.execute(people.insert(), [{"name": n, "note": f"%s {n} :x"} for n in ("bob", "čid", "d'ee")])
    more = people.insert().returning(p.id, p.name, sort_by_parameter_order=True)
    print(conn.execute(more, [{"name": f"n{i}"} for i in range(5)]).all())
    conn.execute(visits.insert(), [{"person_id": i, "day": day} for i in (1, 2, 3)])
    print(conn.execute(visits.insert().values(person_id=4, day=day, count=7)).inserted_primary_key)
with engine.connect() as conn:
    for statement in [
        select(people).order_by(p.id),
        select(p.name, v.count).join_from(people, visits).order_by(p.id),
        select(p.name).outerjoin(visits).where(v.day.is_(None)).order_by(p.name.desc()).limit(2).offset(1),
        select(func.count(), func.sum(p.pay), func.min(p.name), func.max(p.born)),
        select(p.name, sa.case((p.id > 2, "late"), else_="early").label("when"))
        .where(p.name.in_(["ann", "bob", "x"]))
        .order_by(p.id),
        select(p.name).where(p.active, ~p.name.like("n%"), p.pay.between(1, 20)).order_by(p.id),
        select(sa.extract("year", p.born)).where(p.born.is_not(None)),
        select(p.name + "!" + sa.cast(p.id, String(5))).where(p.id < 3).order_by(p.id),
        select(p.id / 2, p.id // 2, p.id % 2).where(p.id == 3),
        sa.union_all(select(p.id).where(p.id == 1), select(v.person_id).where(v.person_id > 3)),
        select(func.coalesce(p.note, "none"), func.lower(p.name), func.length(p.name)).where(p.id <= 4).order_by(p.id),
        select(p.name).where(sa.exists().where(v.person_id == p.id, v.count > 5)),
        select(func.row_number().over(order_by=p.name), p.name).where(p.id < 4).order_by(p.name),
        select(p.name, sa.literal("x"), sa.null(), sa.true()).where(p.name == "d'ee"),
        select(people.alias("q")).with_for_update().limit(1),
        select(p.name.label("a"), p.name.label("b")).distinct().order_by("a").limit(1),
    ]:
        result = conn.execute(statement)
        print(list(result.keys()), [tuple(r) for r in result])
    print(str(select(p.id, p.name).where(p.id == 1, p.name.ilike("x")).limit(1).compile(engine)))
    print(str(people.insert().values(name="x").compile(engine)))
    print(str(people.update().values(name="x").where(p.id.in_([1, 2])).compile(engine)))
    conn.rollback()
    print(conn.execute(people.update().where(p.id > 5).values(pay=p.pay * 2)).rowcount)
    print(conn.execute(people.delete().where(p.id == 4)).rowcount, conn.scalar(select(func.count()).select_from(visits)))
    conn.rollback()
    nested = conn.begin_nested()
    conn.execute(people.insert().values(name="temporary"))
    nested.rollback()
    print(conn.scalar(select(func.count()).select_from(people)))
    print(conn.get_isolation_level(), conn.default_isolation_level, engine.dialect.name, engine.dialect.paramstyle)
    conn.commit()


def run(statement, parameters=None):
    with engine.connect() as conn:
        return conn.execute(statement, parameters).rowcount


attempt("unique", lambda: run(people.insert().values(name="ann")))
attempt("null", lambda: run(people.insert().values(name=None)))
attempt("foreign", lambda: run(visits.insert().values(person_id=99, day=day)))
attempt("too long", lambda: run(people.insert().values(name="x" * 100)))
attempt("syntax", lambda: run(sa.text("SELEKT 1")))
attempt("no table", lambda: run(sa.text("SELECT * FROM nowhere")))
attempt("no column", lambda: run(sa.text("SELECT nothing FROM people")))
attempt("missing bind", lambda: run(sa.text("SELECT :a")))
attempt("out of range", lambda: run(people.insert().values(name="big", pay=decimal.Decimal("123456789012.5"))))
attempt("duplicate table", lambda: people.create(engine, checkfirst=False))
look = sa.inspect(engine)
print(sorted(look.get_table_names()), look.has_table("people"), look.has_table("none"))
print([(c["name"], str(c["type"]), c["nullable"]) for c in look.get_columns("people")])
print(look.get_pk_constraint("visits")["constrained_columns"], [k["referred_table"] for k in look.get_foreign_keys("visits")])
again = MetaData()
again.reflect(engine)
print([(t.name, [c.name for c in t.primary_key]) for t in again.sorted_tables])
meta.drop_all(engine)
