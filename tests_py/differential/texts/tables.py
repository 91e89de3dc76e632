"""CREATE, ALTER, DROP and COMMENT: table and index options, constraints, sequences, identities, named types."""

import enum

import oxalchemy as sa
from oxalchemy import schema
from oxalchemy.dialects import mysql, postgresql
from showing import ALL, MY, PG, show, show_table

# --- autoincrement, sequences, identities ---------------------------------------------------------------------------------------


class Mood(enum.Enum):
    good = 1
    bad = 2


def key(**kw):
    def make(metadata):
        options = dict(kw)
        args = options.pop("args", ())
        return sa.Table("t", metadata, sa.Column("id", options.pop("type_", sa.Integer), *args, primary_key=True, **options))

    return make


show_table("integer key", key())
show_table("biginteger key", key(type_=sa.BigInteger))
show_table("smallinteger key", key(type_=sa.SmallInteger))
show_table("BIGINT key", key(type_=sa.BIGINT))
show_table("mysql BIGINT unsigned key", key(type_=mysql.BIGINT(unsigned=True)), MY)
show_table("key without autoincrement", key(autoincrement=False))
show_table("string key", key(type_=sa.String(10)))
show_table("numeric key", key(type_=sa.Numeric(10, 0), autoincrement=True))
show_table("key with variant", key(type_=sa.BigInteger().with_variant(sa.Integer, "mysql")))
show_table("key with default", key(default=5))
show_table("key with server default", key(server_default="5"))
show_table("key with sequence", key(args=(sa.Sequence("seq"),)))
show_table("key with optional sequence", key(args=(sa.Sequence("seq", optional=True),)))
show_table("key with sequence default", lambda m: key(server_default=sa.Sequence("seq").next_value())(m))
show_table("identity", key(args=(sa.Identity(),)))
show_table("identity always", key(args=(sa.Identity(always=True, start=5, increment=2),)))
show_table(
    "identity options",
    key(args=(sa.Identity(minvalue=1, maxvalue=99, nominvalue=None, cycle=True, cache=10),)),
)
show_table("identity no limits", key(args=(sa.Identity(nominvalue=True, nomaxvalue=True, cycle=False),)))


def nullable_identity(metadata):
    return sa.Table("t", metadata, sa.Column("x", sa.Integer, sa.Identity(), nullable=True), sa.Column("y", sa.String(5)))


show_table("identity nullable", nullable_identity)


def composite(metadata):
    return sa.Table(
        "t",
        metadata,
        sa.Column("a", sa.Integer, primary_key=True),
        sa.Column("b", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("c", sa.String(3), primary_key=True),
    )


show_table("composite key", composite)


def plain_composite(metadata):
    return sa.Table("t", metadata, sa.Column("a", sa.Integer, primary_key=True), sa.Column("b", sa.Integer, primary_key=True))


show_table("composite key without autoincrement", plain_composite)


def foreign_key_key(metadata):
    sa.Table("p", metadata, sa.Column("id", sa.Integer, primary_key=True))
    return sa.Table("t", metadata, sa.Column("id", sa.Integer, sa.ForeignKey("p.id"), primary_key=True))


show_table("key that is a foreign key", foreign_key_key)

for label, make in {
    "plain": lambda: sa.Sequence("s"),
    "start": lambda: sa.Sequence("s", start=5),
    "all": lambda: sa.Sequence("s", start=5, increment=2, minvalue=1, maxvalue=99, cycle=True, cache=7),
    "none": lambda: sa.Sequence("s", nominvalue=True, nomaxvalue=True, cycle=False),
    "order": lambda: sa.Sequence("s", order=True),
    "schema": lambda: sa.Sequence("My Seq", schema="other"),
    "data_type": lambda: sa.Sequence("s", data_type=sa.BigInteger),
    "negative": lambda: sa.Sequence("s", start=-1, increment=-1),
    "quoted": lambda: sa.Sequence("it's"),
}.items():
    show(f"create sequence {label}", lambda: schema.CreateSequence(make()), params=False)
    show(f"drop sequence {label}", lambda: schema.DropSequence(make()), params=False)
    show(f"next_value {label}", lambda: sa.select(make().next_value()))
    show(f"next_value in insert {label}", lambda: sa.insert(sa.table("t", sa.column("a"))).values(a=make().next_value()))
show("create sequence if not exists", lambda: schema.CreateSequence(sa.Sequence("s"), if_not_exists=True), params=False)
show("drop sequence if exists", lambda: schema.DropSequence(sa.Sequence("s"), if_exists=True), params=False)


def sequence_insert():
    t = sa.Table(
        "t", sa.MetaData(), sa.Column("id", sa.Integer, sa.Sequence("seq"), primary_key=True), sa.Column("x", sa.Integer)
    )
    return t.insert()


show("insert with a sequence", sequence_insert)
show("insert with a sequence and values", lambda: sequence_insert().values(x=5))


def identity_insert():
    t = sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer, sa.Identity(), primary_key=True), sa.Column("x", sa.Integer))
    return t.insert().values(x=5)


show("insert with an identity", identity_insert)
show("insert inline", lambda: identity_insert().inline())

# --- columns --------------------------------------------------------------------------------------------------------------------


def columns(*cols, **kw):
    return lambda metadata: sa.Table("t", metadata, *[c() if callable(c) else c for c in cols], **kw)


show_table("not null", columns(lambda: sa.Column("x", sa.Integer, nullable=False)))
show_table("server default text", columns(lambda: sa.Column("x", sa.String(9), server_default="it's 5%")))
show_table("server default backslash", columns(lambda: sa.Column("x", sa.String(9), server_default="a\\b")))
show_table("server default text()", columns(lambda: sa.Column("x", sa.Integer, server_default=sa.text("1 + 1"))))
show_table("server default percent", columns(lambda: sa.Column("x", sa.String(9), server_default=sa.text("'5%'"))))
show_table("server default now", columns(lambda: sa.Column("x", sa.DateTime, server_default=sa.func.now())))
show_table("server default function", columns(lambda: sa.Column("x", sa.String(9), server_default=sa.func.lower("A"))))
show_table(
    "server default current_timestamp", columns(lambda: sa.Column("x", sa.DateTime, server_default=sa.func.current_timestamp()))
)
show_table("server default literal", columns(lambda: sa.Column("x", sa.Integer, server_default=sa.literal(5))))
show_table("server default true", columns(lambda: sa.Column("x", sa.Boolean, server_default=sa.true())))
show_table("server default false", columns(lambda: sa.Column("x", sa.Boolean, server_default=sa.false())))
show_table("server default expression", columns(lambda: sa.Column("x", sa.Integer, server_default=sa.literal(5) + sa.literal(6))))
show_table("server default null", columns(lambda: sa.Column("x", sa.Integer, server_default=sa.null())))
show_table("server default uuid", columns(lambda: sa.Column("x", sa.Uuid, server_default=sa.func.gen_random_uuid())))
show_table(
    "on update default",
    columns(lambda: sa.Column("x", sa.TIMESTAMP, server_default=sa.text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"))),
)
show_table(
    "on update text",
    columns(lambda: sa.Column("x", mysql.TIMESTAMP(fsp=3), server_default=sa.text("NOW(3) ON UPDATE NOW(3)"), nullable=False)),
    MY,
)
show_table("nullable timestamp", columns(lambda: sa.Column("x", sa.TIMESTAMP, nullable=True)))
show_table("not null timestamp", columns(lambda: sa.Column("x", sa.TIMESTAMP, nullable=False)))
show_table("timestamp default", columns(lambda: sa.Column("x", sa.TIMESTAMP, server_default=sa.func.now())))
show_table("column comment", columns(lambda: sa.Column("x", sa.Integer, comment="it's 5% \\ok")))
show_table(
    "column comment and default", columns(lambda: sa.Column("x", sa.Integer, nullable=False, server_default="4", comment="c"))
)
show_table("computed", columns(lambda: sa.Column("x", sa.Integer), lambda: sa.Column("y", sa.Integer, sa.Computed("x + 5"))))
show_table("computed stored", columns(lambda: sa.Column("y", sa.Integer, sa.Computed("x % 5", persisted=True))))
show_table("computed virtual", columns(lambda: sa.Column("y", sa.Integer, sa.Computed("x + 5", persisted=False))))
show_table("computed not null", columns(lambda: sa.Column("y", sa.Integer, sa.Computed("x + 5"), nullable=False)))
show_table("computed expression", columns(lambda: sa.Column("y", sa.Integer, sa.Computed(sa.column("x") + 5, persisted=True))))
show_table("computed with comment", columns(lambda: sa.Column("y", sa.Integer, sa.Computed("x + 5"), comment="c")))
show_table("column check", columns(lambda: sa.Column("x", sa.Integer, sa.CheckConstraint("x > 5"))))
show_table("named column check", columns(lambda: sa.Column("x", sa.Integer, sa.CheckConstraint("x > 5", name="ck"))))
show_table("boolean with constraint", columns(lambda: sa.Column("x", sa.Boolean(create_constraint=True, name="ck"))))
show_table("boolean with unnamed constraint", columns(lambda: sa.Column("x", sa.Boolean(create_constraint=True))))
show_table("enum", columns(lambda: sa.Column("x", sa.Enum("a", "b", name="e1"))))
show_table("enum class", columns(lambda: sa.Column("x", sa.Enum(Mood), server_default="good")))
show_table(
    "enum with constraint",
    columns(lambda: sa.Column("x", sa.Enum("a", "it's", name="e1", native_enum=False, create_constraint=True))),
)
show_table(
    "quoted names",
    columns(
        lambda: sa.Column("Upper", sa.Integer), lambda: sa.Column("select", sa.Integer), lambda: sa.Column("a b", sa.Integer)
    ),
)
show_table("system column", columns(lambda: sa.Column("xmin", sa.Integer, system=True), lambda: sa.Column("x", sa.Integer)))
show_table("no columns", columns())
show_table("unknown type", columns(lambda: sa.Column("x")))
show_table("varchar without length", columns(lambda: sa.Column("x", sa.String)))
show_table("unique column", columns(lambda: sa.Column("x", sa.Integer, unique=True)))
show_table("postgresql array default", columns(lambda: sa.Column("x", postgresql.ARRAY(sa.Integer), server_default="{}")), PG)
show_table("collated", columns(lambda: sa.Column("x", sa.String(5, collation="Some Collation"))))

# --- table options --------------------------------------------------------------------------------------------------------------


def t(**kw):
    return columns(lambda: sa.Column("id", sa.Integer, primary_key=True), lambda: sa.Column("x", sa.Integer), **kw)


show_table("schema", t(schema="other"))
show_table("quoted schema", t(schema="My Schema"))
show_table("dotted schema", t(schema="db.owner"))
show_table("prefixes", t(prefixes=["TEMPORARY"]))
show_table("two prefixes", t(prefixes=["GLOBAL", "TEMPORARY"]))
show_table("table comment", t(comment="it's 5% \\ok"))
show_table("implicit returning off", t(implicit_returning=False))
for label, options in {
    "inherits": {"postgresql_inherits": "parent"},
    "inherits two": {"postgresql_inherits": ("p1", "P 2")},
    "partition_by": {"postgresql_partition_by": "RANGE (x)"},
    "using": {"postgresql_using": "heap"},
    "with_oids": {"postgresql_with_oids": True},
    "without_oids": {"postgresql_with_oids": False},
    "on_commit": {"postgresql_on_commit": "PRESERVE ROWS", "prefixes": ["TEMP"]},
    "on_commit words": {"postgresql_on_commit": "delete_rows"},
    "tablespace": {"postgresql_tablespace": "Some Space"},
    "with": {"postgresql_with": {"fillfactor": 70, "autovacuum_enabled": "false"}},
    "all": {
        "postgresql_partition_by": "LIST (x)",
        "postgresql_using": "heap",
        "postgresql_with": {"fillfactor": 70},
        "postgresql_on_commit": "DROP",
        "postgresql_tablespace": "ts",
        "postgresql_inherits": "p",
    },
    "unknown": {"postgresql_nonsense": 5},
}.items():
    show_table(f"postgresql table {label}", t(**options), PG)
for label, options in {
    "engine": {"mysql_engine": "InnoDB"},
    "charset": {"mysql_charset": "utf8mb4"},
    "default_charset": {"mysql_default_charset": "utf8mb4"},
    "default character set": {"mysql_default_character_set": "utf8mb4"},
    "collate": {"mysql_collate": "utf8mb4_bin"},
    "default_collate": {"mysql_default_collate": "utf8mb4_bin"},
    "engine and charset": {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"},
    "order": {"mysql_collate": "c", "mysql_charset": "b", "mysql_engine": "a", "mysql_comment": "d"},
    "auto_increment text": {"mysql_auto_increment": "5"},
    "row_format": {"mysql_row_format": "DYNAMIC", "mysql_key_block_size": "16"},
    "data_directory": {"mysql_data_directory": "/a'b", "mysql_index_directory": "/c"},
    "password": {"mysql_password": "p", "mysql_connection": "c"},
    "max_rows": {"mysql_max_rows": "100", "mysql_min_rows": "1", "mysql_avg_row_length": "50"},
    "stats": {"mysql_stats_persistent": "1", "mysql_stats_auto_recalc": "0", "mysql_stats_sample_pages": "5"},
    "tablespace": {"mysql_tablespace": "ts"},
    "union": {"mysql_union": "(a, b)", "mysql_insert_method": "LAST"},
    "partition_by": {"mysql_partition_by": "HASH(x)", "mysql_partitions": "4", "mysql_engine": "InnoDB"},
    "subpartition": {
        "mysql_partition_by": "RANGE(x)",
        "mysql_partitions": "2",
        "mysql_subpartition_by": "HASH(x)",
        "mysql_subpartitions": "3",
        "mysql_engine": "e",
    },
    "comment twice": {"mysql_comment": "theirs", "comment": "ours"},
    "comment": {"comment": "it's", "mysql_engine": "InnoDB"},
    "mariadb only": {"mariadb_engine": "Aria", "mariadb_charset": "latin1"},
    "both": {"mariadb_engine": "Aria", "mysql_engine": "InnoDB", "mysql_charset": "utf8mb4"},
    "page_checksum": {"mariadb_page_checksum": "1", "mariadb_transactional": "0"},
    "upper case": {"mysql_ENGINE": "InnoDB", "mysql_DEFAULT_CHARSET": "utf8"},
    "secondary_engine": {"mysql_secondary_engine": "RAPID", "mysql_encryption": "'Y'"},
}.items():
    show_table(f"mysql table {label}", t(**options), MY)

show("create if not exists", lambda: schema.CreateTable(t()(sa.MetaData()), if_not_exists=True), params=False)
show("drop table", lambda: schema.DropTable(t(schema="S")(sa.MetaData())), params=False)
show("drop if exists", lambda: schema.DropTable(t()(sa.MetaData()), if_exists=True), params=False)
show("create schema", lambda: schema.CreateSchema("My Schema"), params=False)
show("create schema if not exists", lambda: schema.CreateSchema("s", if_not_exists=True), params=False)
show("drop schema", lambda: schema.DropSchema("s"), params=False)
show("drop schema cascade", lambda: schema.DropSchema("s", cascade=True, if_exists=True), params=False)
show("set table comment", lambda: schema.SetTableComment(t(comment="it's 5%", schema="s")(sa.MetaData())), params=False)
show("drop table comment", lambda: schema.DropTableComment(t(comment="c")(sa.MetaData())), params=False)


def commented_column(**kw):
    return sa.Table("t", sa.MetaData(schema="s"), sa.Column("x", sa.Integer, comment="it's", **kw)).c.x


show("set column comment", lambda: schema.SetColumnComment(commented_column()), params=False)
show(
    "set column comment not null",
    lambda: schema.SetColumnComment(commented_column(nullable=False, server_default="5")),
    params=False,
)
# SQLAlchemy leaves the table's schema out, and has no text for MySQL.
show(
    "drop column comment",
    lambda: schema.DropColumnComment(sa.Table("t", sa.MetaData(), sa.Column("x", sa.Integer, comment="c")).c.x),
    PG,
    params=False,
)

# --- constraints ----------------------------------------------------------------------------------------------------------------


def constrained(*constraints, **kw):
    def make(metadata):
        sa.Table("p", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("b", sa.Integer))
        return sa.Table(
            "t",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("a", sa.Integer),
            sa.Column("B", sa.String(9)),
            *[c() for c in constraints],
            **kw,
        )

    return make


CONSTRAINTS = {
    "unique": lambda: sa.UniqueConstraint("a", "B"),
    "named unique": lambda: sa.UniqueConstraint("a", name="Uq 1"),
    "unique deferrable": lambda: sa.UniqueConstraint("a", name="u", deferrable=True, initially="DEFERRED"),
    "unique not deferrable": lambda: sa.UniqueConstraint("a", name="u", deferrable=False),
    "unique nulls": lambda: sa.UniqueConstraint("a", name="u", postgresql_nulls_not_distinct=True),
    "unique nulls false": lambda: sa.UniqueConstraint("a", name="u", postgresql_nulls_not_distinct=False),
    "unique include": lambda: sa.UniqueConstraint("a", name="u", postgresql_include=["B"]),
    "unique comment": lambda: sa.UniqueConstraint("a", name="u", comment="c"),
    "check": lambda: sa.CheckConstraint("a > 5"),
    "check percent": lambda: sa.CheckConstraint("a % 2 = 0 AND b LIKE '5%'", name="c"),
    "check expression": lambda: sa.CheckConstraint(sa.column("a").in_([1, 2]) & (sa.column("B") != "it's"), name="c"),
    "check not valid": lambda: sa.CheckConstraint("a > 5", name="c", postgresql_not_valid=True),
    "check deferrable": lambda: sa.CheckConstraint("a > 5", name="c", deferrable=True, initially="IMMEDIATE"),
    "foreign key": lambda: sa.ForeignKeyConstraint(["a"], ["p.id"]),
    "foreign key options": lambda: sa.ForeignKeyConstraint(
        ["a"], ["p.id"], name="fk", onupdate="CASCADE", ondelete="SET NULL", deferrable=True, initially="DEFERRED"
    ),
    "foreign key match": lambda: sa.ForeignKeyConstraint(["a"], ["p.id"], name="fk", match="FULL"),
    "foreign key not valid": lambda: sa.ForeignKeyConstraint(["a"], ["p.id"], name="fk", postgresql_not_valid=True),
    "foreign key use_alter": lambda: sa.ForeignKeyConstraint(["a"], ["p.id"], name="fk", use_alter=True),
    "two column foreign key": lambda: sa.ForeignKeyConstraint(["id", "a"], ["p.id", "p.b"]),
    "exclude": lambda: postgresql.ExcludeConstraint(("a", "="), ("B", "&&"), name="ex"),
    "exclude using": lambda: postgresql.ExcludeConstraint(
        (sa.column("a"), "="), using="btree", where=sa.text("a > 5"), name="ex", ops={"a": "int4_ops"}
    ),
    "exclude expression": lambda: postgresql.ExcludeConstraint((sa.func.int4range(sa.column("a"), 5), "&&"), name="ex"),
    "exclude text": lambda: postgresql.ExcludeConstraint((sa.text("a::text"), "="), where="a > 5"),
    "exclude deferrable": lambda: postgresql.ExcludeConstraint(("a", "="), deferrable=True, initially="deferred"),
    "long name": lambda: sa.UniqueConstraint("a", name="u" * 70),
}
show_table(
    "foreign key set columns",
    constrained(lambda: sa.ForeignKeyConstraint(["a"], ["p.id"], name="fk", ondelete="SET NULL (a)")),
    PG,
)
for label, make in CONSTRAINTS.items():
    dialects = PG if label.startswith("exclude") else ALL
    show_table(f"constraint {label}", constrained(make), dialects)

    def plain(make=make):
        table = constrained(make)(sa.MetaData())
        return next(c for c in table.constraints if not isinstance(c, sa.PrimaryKeyConstraint))

    show(f"add {label}", lambda: schema.AddConstraint(plain()), dialects, params=False)
    if make().name is None:
        continue
    show(f"drop {label}", lambda: schema.DropConstraint(plain()), dialects, params=False)
    show(f"drop cascade {label}", lambda: schema.DropConstraint(plain(), cascade=True, if_exists=True), dialects, params=False)

show_table("primary key name", lambda m: sa.Table("t", m, sa.Column("a", sa.Integer), sa.PrimaryKeyConstraint("a", name="Pk")))
show_table(
    "primary key using",
    lambda m: sa.Table(
        "t", m, sa.Column("a", sa.Integer), sa.PrimaryKeyConstraint("a", mysql_using="HASH", mariadb_using="HASH")
    ),
)
show_table(
    "primary key include",
    lambda m: sa.Table(
        "t", m, sa.Column("a", sa.Integer), sa.Column("b", sa.Integer), sa.PrimaryKeyConstraint("a", postgresql_include=["b"])
    ),
)
show_table(
    "primary key deferrable",
    lambda m: sa.Table("t", m, sa.Column("a", sa.Integer), sa.PrimaryKeyConstraint("a", deferrable=True, initially="DEFERRED")),
)
show(
    "drop primary key",
    lambda: schema.DropConstraint(
        sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer), sa.PrimaryKeyConstraint("a", name="pk")).primary_key
    ),
    params=False,
)
show_table(
    "naming convention",
    lambda _: constrained(
        lambda: sa.UniqueConstraint("a"),
        lambda: sa.CheckConstraint("a > 5", name="pos"),
        lambda: sa.ForeignKeyConstraint(["a"], ["p.id"]),
    )(
        sa.MetaData(
            naming_convention={
                "pk": "pk_%(table_name)s",
                "uq": "uq_%(table_name)s_%(column_0_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            }
        )
    ),
)
show(
    "set constraint comment",
    lambda: schema.SetConstraintComment(
        next(
            c
            for c in constrained(lambda: sa.UniqueConstraint("a", name="u", comment="it's"))(sa.MetaData()).constraints
            if c.name == "u"
        )
    ),
    PG,
    params=False,
)
show(
    "drop constraint comment",
    lambda: schema.DropConstraintComment(
        next(
            c
            for c in constrained(lambda: sa.UniqueConstraint("a", name="u", comment="it's"))(sa.MetaData()).constraints
            if c.name == "u"
        )
    ),
    PG,
    params=False,
)
show_table(
    "foreign key to another schema",
    lambda m: sa.Table(
        "t",
        sa.Table("p", m, sa.Column("id", sa.Integer, primary_key=True), schema="Other").metadata,
        sa.Column("a", sa.Integer, sa.ForeignKey("Other.p.id", ondelete="CASCADE")),
    ),
)

# --- indexes --------------------------------------------------------------------------------------------------------------------


def index(make, **kw):
    def build():
        table = sa.Table(
            "t",
            sa.MetaData(),
            sa.Column("a", sa.Integer),
            sa.Column("B", sa.String(9)),
            sa.Column("data", postgresql.JSONB),
            **kw,
        )
        return make(table)

    return build


INDEXES = {
    "plain": lambda t: sa.Index("ix", t.c.a),
    "unique": lambda t: sa.Index("ix", t.c.a, t.c.B, unique=True),
    "quoted": lambda t: sa.Index("Ix One", t.c.B),
    "function": lambda t: sa.Index("ix", sa.func.lower(t.c.B)),
    "expression": lambda t: sa.Index("ix", t.c.a + 5),
    "expression mixed": lambda t: sa.Index("ix", t.c.a, (t.c.a + 5).desc(), sa.func.lower(t.c.B)),
    "text": lambda t: sa.Index("ix", sa.text("lower(b)"), _table=t),
    "desc": lambda t: sa.Index("ix", t.c.a.desc(), t.c.B.asc()),
    "nulls": lambda t: sa.Index("ix", t.c.a.desc().nulls_last(), t.c.B.nulls_first()),
    "cast": lambda t: sa.Index("ix", sa.cast(t.c.a, sa.String(5))),
    "collate": lambda t: sa.Index("ix", t.c.B.collate("C")),
    "no name": lambda t: sa.Index(None, t.c.a),
    "case": lambda t: sa.Index("ix", sa.case((t.c.a > 5, 1), else_=2)),
    "coalesce": lambda t: sa.Index("ix", sa.func.coalesce(t.c.a, 0)),
    "json": lambda t: sa.Index("ix", t.c.data["k"].astext),
    "json arrow": lambda t: sa.Index("ix", t.c.data["k"], postgresql_using="gin"),
    "grouped": lambda t: sa.Index("ix", (t.c.a * 2).self_group()),
    "long name": lambda t: sa.Index("i" * 70, t.c.a),
}
for label, make in INDEXES.items():
    dialects = PG if label.startswith("json") else ALL
    show(f"index {label}", lambda: schema.CreateIndex(index(make)()), dialects, params=False)
    show(f"index {label} in schema", lambda: schema.CreateIndex(index(make, schema="My S")()), dialects, params=False)
    show(f"drop index {label}", lambda: schema.DropIndex(index(make, schema="s")()), dialects, params=False)
for label, options in {
    "using": {"postgresql_using": "GIN"},
    "ops": {"postgresql_ops": {"a": "int4_ops"}},
    "where": {"postgresql_where": sa.column("a") > 5},
    "where text": {"postgresql_where": "a > 5"},
    "where text()": {"postgresql_where": sa.text("b = 'it''s 5%'")},
    "where literal": {"postgresql_where": sa.column("B") == "it's 5%"},
    "include": {"postgresql_include": ["B"]},
    "include two": {"postgresql_include": ["B", "data"]},
    "include empty": {"postgresql_include": []},
    "concurrently": {"postgresql_concurrently": True},
    "with": {"postgresql_with": {"fillfactor": 50, "buffering": "off"}},
    "tablespace": {"postgresql_tablespace": "Some Space"},
    "nulls_not_distinct": {"unique": True, "postgresql_nulls_not_distinct": True},
    "nulls_distinct": {"unique": True, "postgresql_nulls_not_distinct": False},
    "all": {
        "postgresql_using": "btree",
        "postgresql_concurrently": True,
        "postgresql_ops": {"a": "int4_ops"},
        "postgresql_where": sa.column("a") > 5,
        "postgresql_include": ["B"],
        "postgresql_with": {"fillfactor": 50},
        "postgresql_tablespace": "ts",
        "postgresql_nulls_not_distinct": True,
    },
    "unknown": {"postgresql_nonsense": 5},
}.items():
    show(
        f"postgresql index {label}",
        lambda: schema.CreateIndex(index(lambda t: sa.Index("ix", t.c.a, **options))()),
        PG,
        params=False,
    )
show(
    "postgresql index ops by key",
    lambda: schema.CreateIndex(
        index(
            lambda t: sa.Index(
                "ix", sa.func.lower(t.c.B).label("lower_b"), t.c.a, postgresql_ops={"lower_b": "text_pattern_ops", "a": "o"}
            )
        )()
    ),
    PG,
    params=False,
)
show(
    "postgresql index ops desc",
    lambda: schema.CreateIndex(
        index(lambda t: sa.Index("ix", t.c.a.desc(), t.c.B.label("z").desc(), postgresql_ops={"a": "o", "z": "p"}))()
    ),
    PG,
    params=False,
)
show(
    "drop concurrently",
    lambda: schema.DropIndex(index(lambda t: sa.Index("ix", t.c.a, postgresql_concurrently=True))()),
    PG,
    params=False,
)
show("index if not exists", lambda: schema.CreateIndex(index(INDEXES["plain"])(), if_not_exists=True), params=False)
show("drop index if exists", lambda: schema.DropIndex(index(INDEXES["plain"])(), if_exists=True), params=False)
for label, options in {
    "length": {"length": 10},
    "length by name": {"length": {"a": 5, "B": 6}},
    "length by one name": {"length": {"B": 6}},
    "prefix": {"prefix": "FULLTEXT"},
    "with_parser": {"prefix": "FULLTEXT", "with_parser": "ngram"},
    "using": {"using": "hash"},
    "using and length": {"using": "btree", "length": {"a": 4}},
}.items():
    for dialect in ("mysql", "mariadb"):
        prefixed = {f"{dialect}_{k}": v for k, v in options.items()}
        show(
            f"{dialect} index {label}",
            lambda: schema.CreateIndex(index(lambda t: sa.Index("ix", t.c.a, t.c.B, **prefixed))()),
            MY,
            params=False,
        )
# --- named types ----------------------------------------------------------------------------------------------------------------

show(
    "create enum type",
    lambda: postgresql.CreateEnumType(postgresql.ENUM("a", "it's 5%", name="Letters", schema="s")),
    PG,
    params=False,
)
show("drop enum type", lambda: postgresql.DropEnumType(postgresql.ENUM("a", name="letters")), PG, params=False)
show("create enum type of a class", lambda: postgresql.CreateEnumType(postgresql.ENUM(Mood)), PG, params=False)
show("create enum type, no members", lambda: postgresql.CreateEnumType(postgresql.ENUM(name="nothing")), PG, params=False)
for label, make in {
    "plain": lambda: postgresql.DOMAIN("d", sa.Integer),
    "check": lambda: postgresql.DOMAIN("d", sa.Integer, check="VALUE > 0", not_null=True),
    "check expression": lambda: postgresql.DOMAIN("d", sa.Integer, check=sa.column("VALUE", is_literal=True) > 0),
    "named check": lambda: postgresql.DOMAIN("d", sa.String(5), check=sa.text("VALUE <> 'it''s'"), constraint_name="Ck"),
    "default": lambda: postgresql.DOMAIN("d", sa.Integer, default="5"),
    "default text()": lambda: postgresql.DOMAIN("d", sa.Integer, default=sa.text("1 + 1")),
    "collation": lambda: postgresql.DOMAIN("d", sa.String, collation="C", schema="My S"),
    "of an enum": lambda: postgresql.DOMAIN("d", postgresql.ENUM("a", name="e")),
}.items():
    show(f"create domain {label}", lambda: postgresql.CreateDomainType(make()), PG, params=False)
    show(f"drop domain {label}", lambda: postgresql.DropDomainType(make()), PG, params=False)

# --- views, CREATE TABLE AS -----------------------------------------------------------------------------------------------------

src = sa.table("src", sa.column("a", sa.Integer), sa.column("b", sa.String))
if hasattr(schema, "CreateView"):
    show("create view", lambda: schema.CreateView(sa.select(src.c.a).where(src.c.b == "it's 5%"), "v"), params=False)
    show("create view or replace", lambda: schema.CreateView(sa.select(src.c.a), "v", or_replace=True, schema="S"), params=False)
    show("create materialized view", lambda: schema.CreateView(sa.select(src.c.a), "v", materialized=True), params=False)
    show("create table as", lambda: schema.CreateTableAs(sa.select(src.c.a), "n", temporary=True), params=False)
    show("create table as if not exists", lambda: schema.CreateTableAs(sa.select(src.c.a), "n", if_not_exists=True), params=False)
    show("drop view", lambda: schema.DropView(schema.CreateView(sa.select(src.c.a), "v").element, if_exists=True), params=False)

show("DDL", lambda: schema.DDL("ALTER TABLE %(table)s SET x = '5%%'"), params=False)
