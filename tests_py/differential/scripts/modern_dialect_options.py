"""Options of several dialects on one table, index or constraint: each dialect sees its own, also those set later."""

from oxalchemy import (
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    and_,
    create_engine,
    func,
    text,
)
from oxalchemy.dialects import mysql, oracle, postgresql, sqlite
from oxalchemy.schema import CreateIndex, CreateTable


def make():
    m = MetaData()
    t = Table(
        "t",
        m,
        Column("a", Integer, sqlite_on_conflict_not_null="FAIL"),
        Column("b", String(20)),
        Column("c", String(20)),
        PrimaryKeyConstraint("a", sqlite_on_conflict="REPLACE"),
        UniqueConstraint(
            "b", name="u", postgresql_include=["c"], postgresql_nulls_not_distinct=True, sqlite_on_conflict="IGNORE"
        ),
        mysql_engine="InnoDB",
        mariadb_engine="Aria",
        mysql_charset="utf8",
        mariadb_default_charset="latin1",
        postgresql_tablespace="sp",
        postgresql_with_oids=True,
        sqlite_autoincrement=True,
        sqlite_strict=True,
        oracle_compress=6,
        mysql_partition_by="HASH(a)",
        mysql_partitions="4",
        postgresql_partition_by="LIST (a)",
        mariadb_comment="x",
        comment="all",
    )
    Index("i1", t.c.a, unique=True, postgresql_where=t.c.a > 3, sqlite_where=t.c.a > 4)
    Index(
        "i2",
        t.c.b,
        t.c.c,
        mysql_length={"b": 5},
        mariadb_length=7,
        postgresql_ops={"b": "text_pattern_ops"},
        postgresql_using="gin",
        mysql_using="hash",
        mariadb_using="btree",
        mysql_prefix="FULLTEXT",
        mariadb_prefix="SPATIAL",
        mysql_with_parser="ngram",
    )
    Index(
        "i3",
        t.c.b,
        mysql_length=5,
        postgresql_include=["c"],
        postgresql_with={"fillfactor": 50},
        postgresql_concurrently=True,
        postgresql_tablespace="q",
        oracle_bitmap=True,
        oracle_compress=1,
        postgresql_nulls_not_distinct=False,
    )
    Index("i4", t.c.b, sqlite_where=text("b > 'x'"), postgresql_where=text("b > 'y'"), mariadb_length=4)
    Index(
        "i5",
        func.lower(t.c.b).label("lo"),
        postgresql_ops={"lo": "text_pattern_ops"},
        sqlite_where=and_(t.c.b == "q", t.c.c.is_(None)),
    )
    Index("i6", t.c.b.desc(), t.c.c.asc().nulls_first(), postgresql_where=t.c.c != "x", postgresql_using="btree")
    return t


ds = [sqlite.dialect(), postgresql.dialect(), mysql.dialect(), create_engine("mariadb+pymysql://u@h/d").dialect, oracle.dialect()]
for d in ds:
    t = make()
    try:
        print(d.name, CreateTable(t).compile(dialect=d))
    except Exception as e:
        print(d.name, type(e).__name__, e)
    for i in sorted(t.indexes, key=lambda i: i.name):
        try:
            print(d.name, CreateIndex(i).compile(dialect=d))
        except Exception as e:
            print(d.name, type(e).__name__, e)
    t2 = t.to_metadata(MetaData())
    for i in sorted(t2.indexes, key=lambda i: i.name):
        try:
            print(d.name, CreateIndex(i).compile(dialect=d))
        except Exception as e:
            print(d.name, type(e).__name__, e)
i = list(t.indexes)[0]
for i in sorted(t.indexes, key=lambda i: i.name):
    print(
        dict(i.dialect_kwargs).keys(),
        {k: sorted((a, str(b)) for a, b in v.items()) for k, v in i.dialect_options.items() if k != "oracle"},
    )
i.dialect_kwargs["postgresql_where"] = text("zz")
print(CreateIndex(i).compile(dialect=postgresql.dialect()))
i.dialect_options["sqlite"]["where"] = text("yy")
print(CreateIndex(i).compile(dialect=sqlite.dialect()))
