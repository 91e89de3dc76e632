"""When named types and sequences are created and dropped, statement by statement."""

import sys

import oxalchemy as sa
from oxalchemy import event
from oxalchemy.dialects import postgresql as pg

e = sa.create_engine(sys.argv[1])
out = []


@event.listens_for(e, "before_cursor_execute")
def rec(conn, cur, stmt, params, ctx, many):
    s = " ".join(stmt.split())
    # How often it is looked for what is there differs.
    if "pg_catalog" not in s:
        out.append(s)


def step(label, fn):
    out.clear()
    try:
        fn()
    except Exception as ex:
        out.append(f"{type(ex).__name__}: {type(ex.orig).__name__}")
    print("--", label)
    for o in out:
        print("   ", o)


with e.begin() as c:
    c.exec_driver_sql("drop table if exists a,b,c cascade")
    c.exec_driver_sql("drop type if exists mood,inh,e3,direct cascade")
    c.exec_driver_sql("drop domain if exists pos cascade")
m = sa.MetaData()
a = sa.Table("a", m, sa.Column("x", sa.Enum("s", "h", name="mood")))
step("create_all", lambda: m.create_all(e))
step("create_all again", lambda: m.create_all(e))
step("drop_all", lambda: m.drop_all(e))
step("drop_all again", lambda: m.drop_all(e))
step("create_all nocheck", lambda: m.create_all(e, checkfirst=False))
step("drop_all nocheck", lambda: m.drop_all(e, checkfirst=False))
step("table.create", lambda: a.create(e))
step("table.create again", lambda: a.create(e))
step("table.create checkfirst", lambda: a.create(e, checkfirst=True))
step("table.drop", lambda: a.drop(e))
step("table.create checkfirst", lambda: a.create(e, checkfirst=True))
step("table.drop checkfirst", lambda: a.drop(e, checkfirst=True))
step("drop_all", lambda: m.drop_all(e))
m = sa.MetaData()
en = pg.ENUM("s", "h", name="e3", metadata=m)
a = sa.Table("a", m, sa.Column("x", en))
b = sa.Table("b", m, sa.Column("y", en))
step("shared create_all", lambda: m.create_all(e))
step("shared drop a", lambda: a.drop(e))
step("shared create a", lambda: a.create(e))
step("shared drop_all", lambda: m.drop_all(e))
step("shared table create nocheck", lambda: a.create(e, checkfirst=False))
step("shared drop_all", lambda: m.drop_all(e))
m = sa.MetaData()
en = pg.ENUM("s", "h", name="e3")
a = sa.Table("a", m, sa.Column("x", en))
b = sa.Table("b", m, sa.Column("y", en))
step("two tables create_all", lambda: m.create_all(e))
step("two tables drop_all", lambda: m.drop_all(e))
step("two tables create_all tables=", lambda: m.create_all(e, tables=[a]))
step("two tables drop_all tables=", lambda: m.drop_all(e, tables=[a]))
step("two tables drop_all", lambda: m.drop_all(e))
m = sa.MetaData()
a = sa.Table("a", m, sa.Column("x", pg.ENUM("s", "h", name="e3", create_type=False)))
step("create_type False", lambda: m.create_all(e))
en = pg.ENUM("s", "h", name="direct")
step("direct create", lambda: en.create(e))
step("direct create again", lambda: en.create(e))
step("direct create nocheck", lambda: en.create(e, checkfirst=False))
step("direct drop", lambda: en.drop(e))
step("direct drop again", lambda: en.drop(e))
step("direct drop nocheck", lambda: en.drop(e, checkfirst=False))
ge = sa.Enum("s", "h", name="direct")
step("generic direct create", lambda: ge.create(e))
step("generic direct drop", lambda: ge.drop(e))
m = sa.MetaData()
a = sa.Table("a", m, sa.Column("x", pg.DOMAIN("pos", sa.Integer, check="VALUE > 0")))
step("domain create_all", lambda: m.create_all(e))
step("domain create_all again", lambda: m.create_all(e))
step("domain drop_all", lambda: m.drop_all(e))
m = sa.MetaData()
a = sa.Table("a", m, sa.Column("x", pg.ARRAY(sa.Enum("s", "h", name="mood"))))
step("array of enum create_all", lambda: m.create_all(e))
step("array of enum drop_all", lambda: m.drop_all(e))
m = sa.MetaData()
a = sa.Table("a", m, sa.Column("x", sa.Enum("s", "h", name="inh", inherit_schema=True)), schema="public")
step("inherit_schema create_all", lambda: m.create_all(e))
step("inherit_schema drop_all", lambda: m.drop_all(e))
m = sa.MetaData()
a = sa.Table("a", m, sa.Column("x", sa.Enum("s", "h", name="mood", native_enum=False, create_constraint=True)))
step("non native create_all", lambda: m.create_all(e))
step("non native drop_all", lambda: m.drop_all(e))
m = sa.MetaData()
s = sa.Sequence("sq", metadata=m)
a = sa.Table("a", m, sa.Column("id", sa.Integer, sa.Sequence("sq2"), primary_key=True))
step("sequence create_all", lambda: m.create_all(e))
step("sequence create_all again", lambda: m.create_all(e))
step("sequence drop_all", lambda: m.drop_all(e))
step("sequence table create", lambda: a.create(e))
step("sequence table drop", lambda: a.drop(e))
step("sequence direct", lambda: s.create(e))
step("sequence direct again", lambda: s.create(e))
step("sequence drop", lambda: s.drop(e))


class Dec(sa.types.TypeDecorator):
    impl = sa.Enum("s", "h", name="mood")
    cache_ok = True


m = sa.MetaData()
a = sa.Table("a", m, sa.Column("x", Dec()))
step("decorator create_all", lambda: m.create_all(e))
step("decorator drop_all", lambda: m.drop_all(e))
m = sa.MetaData()
a = sa.Table("a", m, sa.Column("x", sa.String(5).with_variant(pg.ENUM("s", "h", name="mood"), "postgresql")))
step("variant create_all", lambda: m.create_all(e))
step("variant drop_all", lambda: m.drop_all(e))
m = sa.MetaData()
a = sa.Table("a", m, sa.Column("x", sa.Enum("s", "h", name="mood")))
m2 = sa.MetaData()
a2 = a.to_metadata(m2)
step("copied create_all", lambda: m2.create_all(e))
step("copied drop_all", lambda: m2.drop_all(e))
