"""Dialects and Inspectors that answer questions of reflection themselves."""

import oxalchemy as sa
from oxalchemy.dialects import registry
from oxalchemy.dialects.sqlite import pysqlite
from oxalchemy.engine import reflection


class D(pysqlite.dialect):
    name = "sqlite"
    supports_statement_cache = True

    @reflection.cache
    def get_columns(self, connection, table_name, schema=None, **kw):
        found = super().get_columns(connection, table_name, schema, **kw)
        for c in found:
            c["comment"] = "c " + c["name"]
        return found

    def get_table_names(self, connection, schema=None, **kw):
        return [n for n in super().get_table_names(connection, schema, **kw) if n != "hidden"]

    def has_table(self, connection, table_name, schema=None, **kw):
        return super().has_table(connection, table_name, schema, **kw)


registry.impls["sqlite.own"] = lambda: D
e = sa.create_engine("sqlite+own://", poolclass=sa.pool.StaticPool)
with e.begin() as c:
    c.exec_driver_sql("create table p (id integer primary key, n varchar(5) default 'x')")
    c.exec_driver_sql("create table t (id integer primary key, p integer references p (id), unique (p))")
    c.exec_driver_sql("create table hidden (id integer)")
    c.exec_driver_sql("create index i on t (p)")
insp = sa.inspect(e)
print(insp.get_table_names(), insp.has_table("hidden"), insp.has_table("nope"))
print([(c["name"], c["comment"]) for c in insp.get_columns("p")])
m = sa.MetaData()
t = sa.Table("p", m, autoload_with=e)
print([(c.name, repr(c.type), c.comment, c.server_default.arg.text if c.server_default is not None else None) for c in t.c])
m = sa.MetaData()
m.reflect(e)
print(sorted(m.tables), m.tables["t"].c.p.comment)
