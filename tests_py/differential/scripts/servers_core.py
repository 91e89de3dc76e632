"""Core on a server: transactions, errors, results, parameters, keys and defaults."""

import sys

from oxalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    Sequence,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    create_engine,
    event,
    exc,
    func,
    literal_column,
    select,
    text,
)

engine = create_engine(sys.argv[1])
postgresql = engine.dialect.name == "postgresql"
metadata = MetaData()
parent = Table("core_parent", metadata, Column("id", Integer, primary_key=True), Column("name", String(30), nullable=False))
child = Table(
    "core_child",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("parent_id", ForeignKey("core_parent.id", name="fk_child_parent")),
    Column("x", Integer),
    Column("price", Numeric(10, 2)),
    Column("made", DateTime, server_default=text("'2020-01-02 03:04:05'")),
    Column("state", String(10), server_default="new"),
    Column("label", String(5), default=lambda context: "L" + str(context.get_current_parameters()["x"])),
    CheckConstraint("x >= 0", name="ck_x"),
    UniqueConstraint("x", name="uq_x"),
)
for name in ("core_child", "core_parent"):
    with engine.begin() as conn:
        conn.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
metadata.create_all(engine, checkfirst=False)


def show(label, value):
    print(f"{label}: {value!r}")


def fails(label, call):
    try:
        call()
    except exc.DBAPIError as e:
        orig = e.orig
        show(label, (type(e).__name__, orig.args, e.statement, e.params, e.connection_invalidated))
        if postgresql:
            diag = orig.diag
            show(
                " of",
                (
                    type(orig).__name__,
                    orig.sqlstate,
                    diag.message_primary,
                    diag.message_detail,
                    diag.constraint_name,
                    diag.table_name,
                ),
            )
            show(" more", (diag.column_name, diag.schema_name, diag.severity))
        show(" text", str(e).partition(")")[2])
    except Exception as e:
        show(label, (type(e).__name__, str(e)))
    else:
        show(label, "no error")


print("-- keys, rowcounts, defaults")
with engine.begin() as conn:
    r = conn.execute(parent.insert(), {"name": "one"})
    show("key", r.inserted_primary_key)
    r = conn.execute(parent.insert().values(name="two"))
    show("key", tuple(r.inserted_primary_key))
    conn.execute(parent.insert(), [{"name": "three"}, {"name": "four"}, {"name": "fünf %s %(x)s 100%"}])
    r = conn.execute(child.insert(), {"parent_id": 1, "x": 1, "price": "1.50"})
    show("key", r.inserted_primary_key)
    show("postfetch", sorted(c.name for c in r.context.postfetch_cols))
    show("prefetch", [c.name for c in r.context.prefetch_cols])
    show("last params", sorted(r.last_inserted_params().items()))
    conn.execute(child.insert(), [{"parent_id": 2, "x": n, "price": None} for n in range(10, 15)])
    r = conn.execute(child.update().where(child.c.x > 11).values(state="old"))
    show("updated", r.rowcount)
    r = conn.execute(child.update().where(child.c.x > 11).values(state="old"))
    show("found again", r.rowcount)
    r = conn.execute(
        child.update().where(child.c.x == bindparam("b_x")).values(label=bindparam("to")),
        [
            {"b_x": 10, "to": "a"},
            {"b_x": 11, "to": "b"},
            {"b_x": 99, "to": "c"},
        ],
    )
    show("many updates", r.rowcount)
    r = conn.execute(child.delete().where(child.c.x == 14))
    show("deleted", r.rowcount)
    show(
        "rows",
        conn.execute(select(child.c.id, child.c.x, child.c.price, child.c.state, child.c.label).order_by(child.c.id)).all(),
    )
    show("made", conn.scalars(select(child.c.made).limit(1)).all())

print("-- returning")
with engine.begin() as conn:
    if engine.dialect.insert_returning:
        r = conn.execute(child.insert().returning(child.c.id, child.c.state), [{"x": n} for n in range(20, 24)])
        show("rows", sorted(r.all()))
        stmt = child.insert().returning(child.c.x, child.c.id, sort_by_parameter_order=True)
        r = conn.execute(stmt, [{"x": n} for n in (33, 31, 32)])
        show("in order", [row.x for row in r])
        r = conn.execute(
            child.insert().returning(child.c.id, sort_by_parameter_order=True), [{"id": n, "x": n} for n in (503, 501, 502)]
        )
        show("given keys", r.all())
    if engine.dialect.delete_returning:
        show("deleted", sorted(conn.execute(child.delete().where(child.c.x > 19).returning(child.c.x)).scalars()))
    else:
        conn.execute(child.delete().where(child.c.x > 19))

print("-- errors")


def run(statement, params=None):
    def call():
        with engine.begin() as conn:
            conn.execute(statement, params)

    return call


fails("unique", run(child.insert().values(x=1)))
fails("foreign key", run(child.insert().values(x=50, parent_id=999)))
fails("not null", run(parent.insert().values(name=None)))
fails("check", run(child.insert().values(x=-1)))
fails("too long", run(child.insert().values(x=51, state="x" * 20)))
fails("no table", run(text("SELECT * FROM nowhere WHERE a = :a"), {"a": 1}))
fails("no column", run(select(literal_column("nothing")).select_from(parent)))
fails("syntax", run(text("SELEC 1")))
fails("many", run(child.insert(), [{"x": 60}, {"x": 61}, {"x": 60}]))
fails("in list", run(select(literal_column("nothing")).select_from(child).where(child.c.x.in_([1, 2, 3]))))

print("-- transactions")
with engine.connect() as conn:
    t = conn.begin()
    conn.execute(parent.insert().values(name="lost"))
    t.rollback()
    show("rolled back", conn.scalar(select(func.count()).select_from(parent)))
    conn.rollback()
    with conn.begin():
        conn.execute(parent.insert().values(name="kept"))
        s = conn.begin_nested()
        conn.execute(parent.insert().values(name="in savepoint"))
        s.rollback()
        with conn.begin_nested():
            conn.execute(parent.insert().values(name="released"))
        try:
            with conn.begin_nested():
                conn.execute(child.insert().values(x=1))
        except exc.IntegrityError as e:
            show("in savepoint", type(e).__name__)
        conn.execute(parent.insert().values(name="after"))
    show("names", conn.scalars(select(parent.c.name).order_by(parent.c.id)).all())
    conn.rollback()
    show("in transaction", conn.in_transaction())
    if postgresql:
        conn.execute(select(1))
        try:
            conn.exec_driver_sql("SELECT 1/0")
        except exc.DataError as e:
            show("failed", type(e.orig).__name__)
        fails("in failed transaction", lambda: conn.execute(select(1)))
        conn.rollback()
        show("usable", conn.scalar(select(1)))

print("-- isolation levels")
with engine.connect() as conn:
    show("default", (conn.get_isolation_level(), conn.default_isolation_level))
for level in ("SERIALIZABLE", "REPEATABLE READ", "READ COMMITTED", "READ UNCOMMITTED", "AUTOCOMMIT"):
    with engine.connect().execution_options(isolation_level=level) as conn:
        dbapi_connection = conn.connection.dbapi_connection
        autocommit = engine.dialect.detect_autocommit_setting(dbapi_connection)
        show(level, (conn.get_isolation_level() if level != "AUTOCOMMIT" else None, autocommit))
        conn.execute(parent.insert().values(name=level))
        conn.rollback()
with engine.connect() as conn:
    show("after", (conn.get_isolation_level(), conn.scalar(select(func.count()).where(parent.c.name == "AUTOCOMMIT"))))
    if postgresql:
        conn.rollback()
        with engine.connect().execution_options(
            isolation_level="SERIALIZABLE", postgresql_readonly=True, postgresql_deferrable=True
        ) as ro:
            settings = "SELECT current_setting('transaction_read_only'), current_setting('transaction_deferrable')"
            show("read only", tuple(ro.exec_driver_sql(settings).one()))
        show("reset", tuple(conn.exec_driver_sql(settings).one()))
fails("bad level", lambda: engine.connect().execution_options(isolation_level="NONE"))

print("-- driver SQL")
with engine.begin() as conn:
    show("positional", conn.exec_driver_sql("SELECT %s, %s", (1, "a")).one())
    show("named", conn.exec_driver_sql("SELECT %(a)s, %(b)s", {"a": 1, "b": "x%y"}).one())
    show("percent", conn.exec_driver_sql("SELECT '%%', %s", ("50%",)).one())
    show("percent alone", conn.exec_driver_sql("SELECT '%%'").scalar())
    r = conn.exec_driver_sql("INSERT INTO core_parent (name) VALUES (%s)", [("m1",), ("m2",)])
    show("many", r.rowcount)
    show(
        "text percent",
        conn.execute(text("SELECT '50%' , :a || '%'") if postgresql else text("SELECT '50%', :a"), {"a": "z"}).one(),
    )
    show("colon", conn.execute(text(r"SELECT '\:x', :a"), {"a": "z"}).one())
    show("like", conn.scalars(select(parent.c.name).where(parent.c.name.like("%ee")).order_by(parent.c.name)).all())
    show("mod", conn.scalar(select(child.c.x % 7).where(child.c.x == 10)))

print("-- results")
with engine.connect() as conn:
    r = conn.execute(select(parent).order_by(parent.c.id).limit(2))
    show("keys", list(r.keys()))
    show("fetchone", r.fetchone())
    show("fetchmany", r.fetchmany(5))
    show("after", r.fetchone())
    r = conn.execute(select(parent.c.name).order_by(parent.c.id).limit(3))
    other = conn.execute(select(func.count()).select_from(parent)).scalar()
    show("interleaved", (other > 3, r.scalars().all()))
    with conn.execution_options(yield_per=2).execute(select(parent.c.id).order_by(parent.c.id).limit(5)) as r:
        show("partitions", [len(p) for p in r.partitions()])
    show(
        "mapping",
        dict(conn.execute(select(parent.c.name, func.length(parent.c.name).label("n")).where(parent.c.id == 1)).mappings().one()),
    )
    show("empty", conn.execute(select(parent).where(parent.c.id == -1)).all())
    r = conn.execute(parent.select().where(parent.c.id.in_([])))
    show("empty in", r.all())
    r = conn.execute(parent.select().where(parent.c.id.not_in([1, 2, 3])).order_by(parent.c.id))
    show("not in", len(r.all()) > 1)
    show("one", conn.execute(select(parent.c.name).where(parent.c.id == bindparam("i")), {"i": 2}).scalar_one())

print("-- events")
seen = []
event.listen(engine, "before_cursor_execute", lambda c, cur, sql, params, ctx, many: seen.append((sql, params, many)))
with engine.connect() as conn:
    conn.execute(select(parent.c.id).where(parent.c.name == "one", parent.c.id.in_([1, 2])))
    conn.execute(parent.insert(), [{"name": "e1"}, {"name": "e2"}])
    conn.execute(select(literal_column("'100%'")))
    r = conn.execute(parent.insert(), {"name": "e3"})
    show("key", len(r.inserted_primary_key))
    conn.rollback()
for item in seen:
    show("seen", item)

print("-- raw connections")
raw = engine.raw_connection()
cursor = raw.cursor()
cursor.execute("SELECT %s AS n, 'x' AS y", (7,))
show("row", tuple(cursor.fetchone()))
show("end", cursor.fetchone())
show("names", [d[0] for d in cursor.description])
cursor.execute("SELECT id FROM core_parent WHERE id < %(n)s ORDER BY id", {"n": 4})
show("rows", [tuple(row) for row in cursor.fetchall()])
cursor.executemany("UPDATE core_parent SET name = %s WHERE id = %s", [("r1", 1), ("r2", 2)])
show("rowcount", cursor.rowcount)
raw.rollback()
cursor.close()
raw.close()

if engine.dialect.supports_sequences:
    print("-- sequences")
    sequence = Sequence("core_seq", start=5, metadata=metadata)
    with engine.begin() as conn:
        conn.exec_driver_sql("DROP SEQUENCE IF EXISTS core_seq")
        conn.exec_driver_sql("CREATE SEQUENCE core_seq START WITH 5")
        show("next", (conn.scalar(sequence), conn.scalar(select(sequence.next_value()))))
        conn.exec_driver_sql("DROP SEQUENCE core_seq")

print("-- two phases")
with engine.connect() as conn:
    if not postgresql or conn.exec_driver_sql("SHOW max_prepared_transactions").scalar() != "0":
        conn.rollback()
        t = conn.begin_twophase("core_xid")
        conn.execute(parent.insert().values(name="two-phase"))
        t.prepare()
        t.commit()
        t = conn.begin_twophase()
        conn.execute(parent.insert().values(name="gone"))
        t.rollback()
        show("names", conn.scalars(select(parent.c.name).where(parent.c.name.in_(["two-phase", "gone"]))).all())

for name in ("core_child", "core_parent"):
    with engine.begin() as conn:
        conn.exec_driver_sql(f"DROP TABLE {name}")
engine.dispose()
