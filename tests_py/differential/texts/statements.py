"""SELECT, INSERT, UPDATE and DELETE in the three dialects."""

import oxalchemy as sa
from oxalchemy.dialects import mysql, postgresql
from showing import ALL, MY, PG, POSITIONAL, show

metadata = sa.MetaData()
users = sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(30)),
    sa.Column("Age", sa.Integer, default=18),
    sa.Column("data", sa.JSON),
)
orders = sa.Table(
    "orders",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("user_id", sa.ForeignKey("users.id")),
    sa.Column("total", sa.Numeric(10, 2)),
    sa.Column("updated", sa.DateTime, onupdate=sa.func.now()),
    schema="shop",
)
plain = sa.table("plain", sa.column("x", sa.Integer), sa.column("y", sa.String))
reserved = sa.table(
    "order",
    sa.column("select", sa.Integer),
    sa.column("user", sa.String),
    sa.column("rank", sa.Integer),
    sa.column("Mixed", sa.Integer),
)
u, o, p = users.c, orders.c, plain.c
f = sa.func


def pg_insert():
    return postgresql.insert(users).values(id=1, name="a")


def my_insert():
    return mysql.insert(users).values(id=1, name="a")


def cte():
    return sa.select(u.id, u.name).where(u.id > 5).cte("c")


def recursive():
    base = sa.select(u.id.label("n")).where(u.id == 1).cte("r", recursive=True)
    return base.union_all(sa.select(base.c.n + 1).where(base.c.n < 10))


CASES = {
    # select
    "select": lambda: sa.select(users),
    "where": lambda: sa.select(u.id).where(u.name == "a", u.Age > 5),
    "limit": lambda: sa.select(u.id).limit(5),
    "offset": lambda: sa.select(u.id).offset(5),
    "limit offset": lambda: sa.select(u.id).limit(5).offset(10),
    "limit expression": lambda: sa.select(u.id).limit(sa.bindparam("n", type_=sa.Integer) + 5).offset(sa.literal_column("3")),
    "fetch": lambda: sa.select(u.id).order_by(u.id).fetch(5),
    "fetch offset": lambda: sa.select(u.id).order_by(u.id).offset(2).fetch(5),
    "fetch ties": lambda: sa.select(u.id).order_by(u.id).fetch(5, with_ties=True),
    "fetch percent": lambda: sa.select(u.id).order_by(u.id).fetch(5, percent=True),
    "slice": lambda: sa.select(u.id).slice(5, 10),
    "distinct": lambda: sa.select(u.name).distinct(),
    "order": lambda: sa.select(u.id).order_by(u.name.desc(), u.id),
    "order by label": lambda: sa.select((u.id + 1).label("z")).order_by("z"),
    "order by nulls": lambda: sa.select(u.id).order_by(u.name.nulls_first()),
    "group by": lambda: sa.select(u.name, f.count(u.id)).group_by(u.name).having(f.count(u.id) > 5),
    "for update": lambda: sa.select(u.id).with_for_update(),
    "for update read": lambda: sa.select(u.id).with_for_update(read=True),
    "for update nowait": lambda: sa.select(u.id).with_for_update(nowait=True),
    "for update read nowait": lambda: sa.select(u.id).with_for_update(read=True, nowait=True),
    "for update skip locked": lambda: sa.select(u.id).with_for_update(skip_locked=True),
    "for update of": lambda: sa.select(u.id).with_for_update(of=u.name),
    "for update of table": lambda: sa.select(u.id).with_for_update(of=[users, orders], nowait=True),
    "for update key share": lambda: sa.select(u.id).with_for_update(key_share=True),
    "for update read key share": lambda: sa.select(u.id).with_for_update(key_share=True, read=True, of=u.id),
    "join": lambda: sa.select(u.id, o.total).join(orders),
    "outer join": lambda: sa.select(u.id).outerjoin(orders, u.id == o.user_id),
    "full join": lambda: sa.select(u.id).join(orders, u.id == o.user_id, full=True),
    "right nested join": lambda: sa.select(u.id).select_from(plain.join(users.join(orders), p.x == u.id)),
    "alias": lambda: sa.select(users.alias("a").c.id),
    "anonymous alias": lambda: sa.select(users.alias().c.id, users.alias().c.name),
    "subquery": lambda: sa.select(sa.select(u.id, u.name).subquery().c.id),
    "scalar subquery": lambda: sa.select(u.id, sa.select(f.count(o.id)).where(o.user_id == u.id).scalar_subquery().label("n")),
    "exists": lambda: sa.select(u.id).where(sa.exists().where(o.user_id == u.id)),
    "in subquery": lambda: sa.select(u.id).where(u.id.in_(sa.select(o.user_id))),
    "in": lambda: sa.select(u.id).where(u.id.in_([1, 2])),
    "not in": lambda: sa.select(u.id).where(u.id.not_in([1, 2])),
    "in empty": lambda: sa.select(u.id).where(u.id.in_([])),
    "tuple in": lambda: sa.select(u.id).where(sa.tuple_(u.id, u.name).in_([(1, "a"), (2, "b")])),
    "tuple in empty": lambda: sa.select(u.id).where(sa.tuple_(u.id, u.name).in_([])),
    "tuple comparison": lambda: sa.select(u.id).where(sa.tuple_(u.id, u.name) > (1, "a")),
    "union": lambda: sa.union(sa.select(u.id), sa.select(o.id)),
    "union all order limit": lambda: sa.union_all(sa.select(u.id), sa.select(o.id)).order_by("id").limit(5),
    "union of limited": lambda: sa.union(sa.select(u.id).limit(5), sa.select(o.id).limit(2)),
    "intersect": lambda: sa.intersect(sa.select(u.id), sa.select(o.id)),
    "except": lambda: sa.except_(sa.select(u.id), sa.select(o.id)),
    "cte": lambda: sa.select(cte().c.name),
    "cte recursive": lambda: sa.select(recursive().c.n),
    "cte nested": lambda: sa.select(sa.select(cte().c.id).cte("d").c.id),
    "cte insert": lambda: sa.select(sa.insert(users).values(name="a").returning(u.id).cte("i").c.id),
    "cte update": lambda: sa.select(sa.update(users).values(name="a").returning(u.id).cte("i").c.id),
    "cte delete": lambda: sa.select(sa.delete(users).returning(u.id).cte("i").c.id),
    "cte materialized": lambda: sa.select(cte().suffix_with("x").c.id),
    "cte prefixes": lambda: sa.select(cte().prefix_with("MATERIALIZED", dialect="postgresql").c.id),
    "lateral": lambda: sa.select(u.id, sa.select(o.total).where(o.user_id == u.id).lateral("l").c.total),
    "tablesample": lambda: sa.select(sa.tablesample(users, f.bernoulli(5), name="s", seed=f.radians(45)).c.id),
    "tablesample system": lambda: sa.select(users.tablesample(5).c.id),
    "values": lambda: sa.select(
        sa.values(sa.column("a", sa.Integer), sa.column("b", sa.String), name="v").data([(1, "x"), (2, "y")])
    ),
    "values literal": lambda: sa.select(sa.values(sa.column("a", sa.Integer), name="v", literal_binds=True).data([(1,), (2,)])),
    "values cte": lambda: sa.select(sa.values(sa.column("a", sa.Integer), name="v").data([(1,)]).cte()),
    "values scalar": lambda: sa.select(sa.values(sa.column("a", sa.Integer)).data([(1,)]).scalar_values()),
    "hint": lambda: sa.select(u.id).with_hint(users, "USE INDEX (x)", "mysql").with_hint(users, "ONLY", "postgresql"),
    "statement hint": lambda: sa.select(u.id).with_statement_hint("/*+ x */"),
    "prefix": lambda: sa.select(u.id).prefix_with("SQL_NO_CACHE", dialect="mysql"),
    "suffix": lambda: sa.select(u.id).suffix_with("-- x"),
    "no from": lambda: sa.select(sa.literal(1)),
    "no from where": lambda: sa.select(sa.literal(1)).where(sa.literal(1) == 1),
    "text": lambda: sa.text("select * from users where id = :id and name like '5%'"),
    "text bind types": lambda: sa.text("select :a, :b").bindparams(sa.bindparam("a", 5), sa.bindparam("b", "x", sa.String)),
    "text columns": lambda: sa.select(sa.text("select id from users").columns(u.id).subquery()),
    "text colon": lambda: sa.text(r"select a\:\:int, ':x', b::text"),
    "literal_column": lambda: sa.select(sa.literal_column("a::int"), sa.literal_column("'%'")),
    "reserved": lambda: sa.select(reserved),
    "quoted columns": lambda: sa.select(sa.column("a b"), sa.column("per%cent"), sa.column('quo"te'), sa.column("back`tick")),
    "quoted_name": lambda: sa.select(sa.column(sa.sql.quoted_name("plain", True)), sa.column(sa.sql.quoted_name("UPPER", False))),
    "label long": lambda: sa.select(u.id.label("x" * 80)),
    "max label": lambda: sa.select(users.alias("a" * 60).c.name.label("b" * 60)),
    "case": lambda: sa.select(sa.case((u.id > 5, "a"), (u.id > 3, sa.null()), else_="c")),
    "case value": lambda: sa.select(sa.case({"a": 1}, value=u.name, else_=0)),
    "cast": lambda: sa.select(sa.cast(u.id, sa.String(5)), sa.cast("5", sa.Numeric(5, 2))),
    "type_coerce": lambda: sa.select(sa.type_coerce(u.name, sa.Integer) + 5),
    "concat": lambda: sa.select(u.name + "x" + u.name),
    "func concat": lambda: sa.select(f.concat(u.name, "x")),
    "boolean": lambda: sa.select(u.id).where(sa.true(), sa.or_(sa.false(), u.id > 5)),
    "boolean and empty": lambda: sa.select(u.id).where(sa.and_(sa.true(), u.name.is_(None))),
    "boolean column": lambda: (
        sa.select(sa.column("b", sa.Boolean)).where(sa.column("b", sa.Boolean)).where(~sa.column("c", sa.Boolean))
    ),
    "is true": lambda: sa.select(u.id).where(sa.column("b", sa.Boolean).is_(True), sa.column("b", sa.Boolean) == sa.false()),
    "is distinct": lambda: sa.select(u.id).where(u.name.is_distinct_from("a"), u.name.is_not_distinct_from(None)),
    "like": lambda: sa.select(u.id).where(
        u.name.like("a%", escape="\\"), u.name.contains("5%", autoescape=True), u.name.startswith("x")
    ),
    "ilike": lambda: sa.select(u.id).where(u.name.ilike("a%"), ~u.name.ilike("b%"), u.name.icontains("c")),
    "regexp": lambda: sa.select(u.id).where(u.name.regexp_match("^a"), ~u.name.regexp_match("b$", flags="i")),
    "regexp_replace": lambda: sa.select(u.name.regexp_replace("a", "b"), u.name.regexp_replace("a", "b", flags="i")),
    "match": lambda: sa.select(u.id).where(u.name.match("a b")),
    "mod": lambda: sa.select(u.id % 5, 7 % u.id),
    "division": lambda: sa.select(u.id / 2, u.id // 2, o.total / 2, o.total // u.id, sa.literal(5) / u.id),
    "negative": lambda: sa.select(-u.id, u.id - -5),
    "bitwise": lambda: sa.select(
        u.id.bitwise_and(5), u.id.bitwise_or(5), u.id.bitwise_xor(5), u.id.bitwise_not(), u.id.bitwise_lshift(1)
    ),
    "pow": lambda: sa.select(f.pow(u.id, 2)),
    "functions": lambda: sa.select(
        f.now(), f.current_date(), f.random(), f.char_length(u.name), f.lower(u.name), f.coalesce(u.name, "x")
    ),
    "sysdate": lambda: sa.select(f.sysdate(), f.utc_timestamp(), f.localtime(), f.localtimestamp()),
    "extract": lambda: sa.select(sa.extract("year", o.updated), sa.extract("milliseconds", o.updated)),
    "over": lambda: sa.select(f.rank().over(partition_by=u.name, order_by=u.id.desc())),
    "over rows": lambda: sa.select(f.sum(u.id).over(order_by=u.id, rows=(-2, 1)), f.sum(u.id).over(range_=(None, 0))),
    "filter": lambda: sa.select(f.count(u.id).filter(u.id > 5)),
    "within group": lambda: sa.select(f.percentile_disc(0.5).within_group(u.id)),
    "rollup": lambda: sa.select(u.name).group_by(f.rollup(u.name, u.id)),
    "aggregate_strings": lambda: sa.select(f.aggregate_strings(u.name, ",")),
    "group_concat": lambda: sa.select(f.group_concat(u.name)),
    "json": lambda: sa.select(u.data["a"], u.data[("a", 1)]),
    "json as": lambda: sa.select(
        u.data["a"].as_string(),
        u.data["a"].as_integer(),
        u.data["a"].as_float(),
        u.data["a"].as_boolean(),
        u.data["a"].as_numeric(5, 2),
    ),
    "json where": lambda: sa.select(u.id).where(
        u.data["a"].as_string() == "x", u.data["n"].as_integer() > 5, u.data["b"].as_boolean()
    ),
    "json compare": lambda: sa.select(u.id).where(u.data["a"] == "x"),
    "date arithmetic": lambda: sa.select(o.updated - sa.func.now(), o.updated + sa.text("interval 1 day")),
    "collate": lambda: sa.select(u.name.collate("utf8mb4_bin")).order_by(sa.collate(u.name, "C")),
    "any all": lambda: sa.select(u.id).where(
        u.id == sa.any_(sa.select(o.id).scalar_subquery()), u.id > sa.all_(sa.select(o.id).scalar_subquery())
    ),
    "null": lambda: sa.select(sa.null().label("n"), u.id).where(u.name == None, u.name != None),  # noqa: E711
    "schema": lambda: sa.select(orders),
    "label reference": lambda: sa.select(u.id.label("x")).order_by(sa.desc("x")).group_by("x"),
    "function table": lambda: sa.select(f.json_each(u.data).table_valued("key", "value")),
    # insert
    "insert": lambda: users.insert(),
    "insert values": lambda: users.insert().values(name="a"),
    "insert many": lambda: users.insert().values([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]),
    "insert empty": lambda: sa.insert(sa.table("e")),
    "insert defaults": lambda: sa.insert(sa.Table("e", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True))),
    "insert expression": lambda: users.insert().values(name=f.lower("A"), id=sa.select(f.max(o.id)).scalar_subquery()),
    "insert select": lambda: users.insert().from_select(["id", "name"], sa.select(o.id, sa.literal("x"))),
    "insert cte": lambda: users.insert().from_select(["id", "name"], sa.select(cte())),
    "insert returning": lambda: users.insert().values(name="a").returning(u.id, u.name),
    "insert returning all": lambda: users.insert().returning(users),
    "insert returning expression": lambda: users.insert().values(name="a").returning((u.id + 1).label("x"), f.lower(u.name)),
    "insert return_defaults": lambda: users.insert().values(name="a").return_defaults(),
    "insert prefix": lambda: users.insert().prefix_with("IGNORE", dialect="mysql").values(id=1),
    "insert inline": lambda: users.insert().inline().values(name="a"),
    "insert null": lambda: users.insert().values(name=None, data=sa.null()),
    "insert reserved": lambda: sa.insert(reserved).values({"select": 1, "user": "a"}),
    "insert schema": lambda: orders.insert().values(total=5),
    # update
    "update": lambda: users.update().where(u.id == 1).values(name="a"),
    "update expression": lambda: users.update().values(Age=u.Age + 1),
    "update ordered": lambda: users.update().ordered_values((u.name, "a"), (u.Age, 5)),
    "update onupdate": lambda: orders.update().values(total=5),
    "update from": lambda: users.update().where(u.id == o.user_id).values(name="a"),
    "update from set": lambda: users.update().where(u.id == o.user_id).values(Age=o.total),
    "update two tables": lambda: users.update().where(u.id == o.user_id).values({u.name: "a", o.total: 5}),
    "update subquery": lambda: users.update().values(name=sa.select(p.y).where(p.x == u.id).scalar_subquery()),
    "update in subquery": lambda: users.update().where(u.id.in_(sa.select(o.user_id))).values(name="a"),
    "update cte": lambda: users.update().where(u.id == cte().c.id).values(name="a"),
    "update returning": lambda: users.update().values(name="a").returning(u.id),
    "update alias": lambda: sa.update(users.alias("a")).values(name="b"),
    "update bind": lambda: users.update().where(u.id == sa.bindparam("b_id")).values(name=sa.bindparam("b_name")),
    "update all": lambda: users.update(),
    # delete
    "delete": lambda: users.delete().where(u.id == 1),
    "delete all": lambda: users.delete(),
    "delete using": lambda: users.delete().where(u.id == o.user_id),
    "delete using two": lambda: users.delete().where(u.id == o.user_id, o.id == p.x),
    "delete returning": lambda: users.delete().returning(u.id, u.name),
    "delete in": lambda: users.delete().where(u.id.in_([1, 2])),
    "delete exists": lambda: users.delete().where(sa.exists().where(o.user_id == u.id)),
    "delete alias": lambda: sa.delete(users.alias("a")).where(sa.literal_column("a.id") == 1),
    "delete cte": lambda: users.delete().where(u.id == cte().c.id),
    "delete schema": lambda: orders.delete().where(o.id == 1),
}
for label, make in CASES.items():
    show(label, make)
# Numbered parameters of a CTE before an INSERT or UPDATE are counted in the order of the text here.
for label, make in CASES.items():
    show(f"positional {label}", make, POSITIONAL[1:] if label in ("insert cte", "update cte") else POSITIONAL)
for label, make in CASES.items():
    # SQLAlchemy warns of missing values in these.
    if label in ("limit expression", "update bind"):
        continue
    show(f"inline {label}", make, compile_kwargs={"literal_binds": True})
for label in ("in", "not in", "in empty", "tuple in", "tuple in empty", "delete in", "aggregate_strings"):
    show(f"rendered {label}", CASES[label], ALL + POSITIONAL, compile_kwargs={"render_postcompile": True})
show("distinct on", lambda: sa.select(u.name).ext(postgresql.distinct_on(u.name, u.id)), PG)
for label in ("insert", "update", "update bind"):
    show(f"column_keys {label}", CASES[label], params=False, column_keys=["name"])

CONFLICT = {
    "do nothing": lambda: pg_insert().on_conflict_do_nothing(),
    "do nothing elements": lambda: pg_insert().on_conflict_do_nothing(index_elements=["id"]),
    "do nothing columns": lambda: pg_insert().on_conflict_do_nothing(index_elements=[u.id, u.Age]),
    "do nothing constraint": lambda: pg_insert().on_conflict_do_nothing(constraint="Uq One"),
    "do nothing primary key": lambda: pg_insert().on_conflict_do_nothing(constraint=users.primary_key),
    "do nothing where": lambda: pg_insert().on_conflict_do_nothing(index_elements=["id"], index_where=u.id > 5),
    "do update": lambda: pg_insert().on_conflict_do_update(index_elements=["id"], set_={"name": "b"}),
    "do update excluded": lambda: pg_insert().on_conflict_do_update(
        index_elements=[u.id], set_={"name": pg_insert().excluded.name}
    ),
    "do update excluded all": lambda: (s := pg_insert()).on_conflict_do_update(index_elements=["id"], set_=dict(s.excluded)),
    "do update columns": lambda: pg_insert().on_conflict_do_update(index_elements=["id"], set_={u.name: "b", u.Age: u.Age + 1}),
    "do update where": lambda: (s := pg_insert()).on_conflict_do_update(
        index_elements=["id"], set_={"name": s.excluded.name}, where=(u.name != s.excluded.name)
    ),
    "do update index_where": lambda: pg_insert().on_conflict_do_update(
        index_elements=["name"], index_where=u.Age > 5, set_={"Age": 6}
    ),
    "do update expression element": lambda: pg_insert().on_conflict_do_update(
        index_elements=[f.lower(u.name)], set_={"name": "b"}
    ),
    "do update text element": lambda: pg_insert().on_conflict_do_update(
        index_elements=[sa.text("lower(name)")], set_={"name": "b"}
    ),
    "do update constraint": lambda: pg_insert().on_conflict_do_update(constraint="uq", set_={"name": None}),
    "do update index": lambda: pg_insert().on_conflict_do_update(
        constraint=sa.Index("ix", u.name, unique=True, postgresql_where=u.id > 1), set_={"name": "c"}
    ),
    "do update returning": lambda: pg_insert().on_conflict_do_update(index_elements=["id"], set_={"name": "b"}).returning(u.id),
    "do update subquery": lambda: pg_insert().on_conflict_do_update(
        index_elements=["id"], set_={"name": sa.select(p.y).limit(1).scalar_subquery()}
    ),
    "do update many": lambda: postgresql.insert(users).values([{"id": 1}, {"id": 2}]).on_conflict_do_nothing(),
    "do update from select": lambda: postgresql.insert(users).from_select(["id"], sa.select(o.id)).on_conflict_do_nothing(),
    "do update unknown column": lambda: pg_insert().on_conflict_do_update(index_elements=["id"], set_={"nothing": 5}),
    "do update no target": lambda: pg_insert().on_conflict_do_update(set_={"name": "b"}),
    "do update no set": lambda: pg_insert().on_conflict_do_update(index_elements=["id"], set_={}),
    "do update both targets": lambda: pg_insert().on_conflict_do_update(
        constraint="a", index_elements=["id"], set_={"name": "b"}
    ),
    "cte": lambda: sa.select(pg_insert().on_conflict_do_nothing().returning(u.id).cte("i").c.id),
}
for label, make in CONFLICT.items():
    show(f"conflict {label}", make, PG + POSITIONAL[:1])
    show(f"conflict inline {label}", make, PG, compile_kwargs={"literal_binds": True})

DUPLICATE = {
    "kwargs": lambda: my_insert().on_duplicate_key_update(name="b"),
    "dict": lambda: my_insert().on_duplicate_key_update({"name": "b", "Age": 5}),
    "list": lambda: my_insert().on_duplicate_key_update([("Age", 5), ("name", "b")]),
    "inserted": lambda: (s := my_insert()).on_duplicate_key_update(name=s.inserted.name, Age=u.Age + 1),
    "inserted expression": lambda: (s := my_insert()).on_duplicate_key_update(name=f.concat(s.inserted.name, "x")),
    "column": lambda: my_insert().on_duplicate_key_update({u.name: "b"}),
    "function": lambda: my_insert().on_duplicate_key_update(name=f.lower("A"), id=f.last_insert_id(u.id)),
    "null": lambda: my_insert().on_duplicate_key_update(name=None, data=sa.null()),
    "many": lambda: mysql.insert(users).values([{"id": 1}, {"id": 2}]).on_duplicate_key_update(name="b"),
    "from select": lambda: mysql.insert(users).from_select(["id"], sa.select(o.id)).on_duplicate_key_update(name="b"),
    "unknown column": lambda: my_insert().on_duplicate_key_update(nothing=5),
    "nothing": lambda: my_insert().on_duplicate_key_update(),
}
for label, make in DUPLICATE.items():
    show(f"duplicate {label}", make, MY + POSITIONAL[2:])
    show(f"duplicate inline {label}", make, MY, compile_kwargs={"literal_binds": True})

MYSQL = {
    "match": lambda: mysql.match(u.name, against="a"),
    "match two": lambda: mysql.match(u.name, u.data, against="a b"),
    "match boolean": lambda: mysql.match(u.name, against="+a").in_boolean_mode(),
    "match natural": lambda: mysql.match(u.name, against="a").in_natural_language_mode(),
    "match expansion": lambda: mysql.match(u.name, against="a").with_query_expansion(),
    "match select": lambda: (
        sa.select(u.id).where(mysql.match(u.name, against="a")).order_by(mysql.match(u.name, against="a").desc())
    ),
    "match not": lambda: ~mysql.match(u.name, against="a"),
    "operator match": lambda: u.name.match("a"),
    "limit": lambda: users.update().values(name="a").ext(mysql.limit(5)),
    "delete limit": lambda: users.delete().where(u.id > 5).ext(mysql.limit(5)),
    "interval": lambda: f.date_add(o.updated, sa.text("INTERVAL 1 DAY")),
    "unsigned cast": lambda: sa.cast(u.name, mysql.INTEGER(unsigned=True)),
    "year": lambda: sa.column("y", mysql.YEAR) == 2020,
    "bit": lambda: sa.column("b", mysql.BIT(8)) == 5,
    "set": lambda: sa.column("s", mysql.SET("a", "b")) == {"a"},
    "tinyint": lambda: sa.column("t", mysql.TINYINT(1)) == True,  # noqa: E712
    "index hint": lambda: sa.select(u.id).with_hint(users, "FORCE INDEX (a)").with_hint(orders, "IGNORE INDEX (b)"),
    "straight_join": lambda: sa.select(u.id).prefix_with("STRAIGHT_JOIN").join(orders),
    "alias hint": lambda: sa.select((a := users.alias("z")).c.id).with_hint(a, "USE INDEX (%(name)s_x)"),
}
for label, make in MYSQL.items():
    show(f"mysql {label}", make, MY)
