"""PostgreSQL's own operators, functions and expressions."""

import datetime as dt
import decimal

import oxalchemy as sa
from oxalchemy.dialects import postgresql
from oxalchemy.dialects.postgresql import ARRAY, HSTORE, INT4RANGE, JSON, JSONB, Range, array, hstore
from showing import PG, POSITIONAL, show, show_value

js = sa.column("js", JSON)
jb = sa.column("jb", JSONB)
gj = sa.column("gj", sa.JSON)
ia = sa.column("ia", ARRAY(sa.Integer))
ta = sa.column("ta", ARRAY(sa.Text))
ga = sa.column("ga", sa.ARRAY(sa.Integer))
a2 = sa.column("a2", ARRAY(sa.Integer, dimensions=2))
za = sa.column("za", ARRAY(sa.Integer, zero_indexes=True))
hs = sa.column("hs", HSTORE)
rg = sa.column("rg", INT4RANGE)
dr = sa.column("dr", postgresql.DATERANGE)
mr = sa.column("mr", postgresql.INT4MULTIRANGE)
bt = sa.column("bt", postgresql.BIT(4))
iv = sa.column("iv", postgresql.INTERVAL)
ts = sa.column("ts", sa.DateTime)
dd = sa.column("dd", sa.Date)
tm = sa.column("tm", sa.Time)
tv = sa.column("tv", postgresql.TSVECTOR)
tx = sa.column("tx", sa.Text)
i = sa.column("i", sa.Integer)
f = sa.func


def t():
    return sa.table("t", sa.column("jb", JSONB), sa.column("ia", ARRAY(sa.Integer)))


CASES = {
    # json
    "json key": lambda: js["k"],
    "json index": lambda: js[1],
    "json negative index": lambda: js[-1],
    "json path": lambda: js[("a", "b", 1)],
    "json astext": lambda: js["k"].astext,
    "json path astext": lambda: js[("a", "b")].astext,
    "json compared": lambda: js["k"].astext == "x",
    "json compared to json": lambda: js["k"] == {"a": 1},
    "json nested": lambda: js["a"]["b"].astext,
    "json cast": lambda: js["k"].astext.cast(sa.Integer) > 5,
    "json as_string": lambda: js["k"].as_string() == "x",
    "json as_integer": lambda: js["k"].as_integer() == 5,
    "json as_float": lambda: js["k"].as_float() == 5.5,
    "json as_numeric": lambda: js["k"].as_numeric(10, 2) == decimal.Decimal("5.5"),
    "json as_boolean": lambda: js["k"].as_boolean() == True,  # noqa: E712
    "json as_json": lambda: js["k"].as_json() == 5,
    "json path as_string": lambda: js[("a", "b")].as_string(),
    "generic json key": lambda: gj["k"],
    "generic json as_string": lambda: gj["k"].as_string() == "x",
    "generic json as_integer": lambda: gj[("a", 1)].as_integer() == 5,
    "generic json as_boolean": lambda: gj["k"].as_boolean(),
    "jsonb key": lambda: jb["k"],
    "jsonb key compared": lambda: jb["k"] == 5,
    "jsonb nested": lambda: jb["a"]["b"]["c"],
    "jsonb astext": lambda: jb["k"].astext,
    "jsonb nested astext": lambda: jb["a"]["k"].astext,
    "jsonb index": lambda: jb[1],
    "jsonb path": lambda: jb[("a", 1)],
    "jsonb has_key": lambda: jb.has_key("k"),  # noqa: W601
    "jsonb has_all": lambda: jb.has_all(array(["a", "b"])),
    "jsonb has_any": lambda: jb.has_any(array(["a", "b"])),
    "jsonb has_all list": lambda: jb.has_all(["a", "b"]),
    "jsonb contains": lambda: jb.contains({"a": 1}),
    "jsonb contained_by": lambda: jb.contained_by({"a": 1}),
    "jsonb delete_path": lambda: jb.delete_path(["a", "b"]),
    "jsonb delete_path array": lambda: jb.delete_path(array(["a", "b"])),
    "jsonb path_exists": lambda: jb.path_exists("$.a"),
    "jsonb path_match": lambda: jb.path_match("$.a == 1"),
    "jsonb concat": lambda: jb + {"a": 1},
    "jsonb concat jsonb": lambda: jb.concat(jb),
    "jsonb minus": lambda: jb - "k",
    "jsonb minus index": lambda: jb - 1,
    "jsonb not has_key": lambda: ~jb.has_key("k"),  # noqa: W601
    "jsonb and": lambda: jb.has_key("k") & (jb["a"].astext == "b"),  # noqa: W601
    "jsonb in where": lambda: sa.select(jb).where(jb["k"].astext.in_(["a", "b"])),
    "jsonb order": lambda: sa.select(i).order_by(jb["k"].astext.desc(), jb["n"].as_integer()),
    "jsonb subscript of function": lambda: f.foo(jb, type_=JSONB)["k"],
    "jsonb cast subscript": lambda: sa.cast(js, JSONB)["k"].astext,
    "jsonb is null": lambda: jb["k"].is_(None),
    "jsonb null": lambda: jb == sa.JSON.NULL,
    "json null": lambda: sa.insert(t()).values(jb=sa.null()),
    "json None": lambda: sa.insert(t()).values(jb=None),
    "jsonb cast key": lambda: sa.cast(js, JSONB)["k"],
    "json function key": lambda: f.foo(js, type_=JSON)["k"],
    "json label": lambda: sa.select(jb["k"].label("x"), js["k"]),
    # arrays
    "array index": lambda: ia[1],
    "array index compared": lambda: ia[1] == 5,
    "array slice": lambda: ia[1:2],
    "array open slice": lambda: ia[1:],
    "array two dimensions": lambda: a2[1][2],
    "array zero index": lambda: za[0],
    "array zero slice": lambda: za[0:2],
    "array any": lambda: ia.any(5),
    "array all": lambda: ia.all(5),
    "array any operator": lambda: ia.any(5, operator=sa.sql.operators.lt),
    "array any_": lambda: sa.literal(5) == sa.any_(ia),
    "array all_": lambda: i <= sa.all_(ia),
    "array any_ method": lambda: i == ia.any_(),
    "array any subquery": lambda: i == sa.any_(sa.select(i).scalar_subquery()),
    "array any of literal": lambda: i == sa.any_(array([1, 2])),
    "array not any": lambda: ~ia.any(5),
    "array not any_": lambda: ~(i == sa.any_(ia)),
    "array not any_ literal": lambda: ~(sa.literal(5) == sa.any_(ia)),
    "array any_ reversed": lambda: sa.any_(ia) == 5,
    "array not any_ reversed": lambda: ~(sa.any_(ia) < 5),
    "array Any": lambda: postgresql.Any(5, ia),
    "array All": lambda: postgresql.All(5, ia, operator=sa.sql.operators.ge),
    "array contains": lambda: ia.contains([1, 2]),
    "array contained_by": lambda: ia.contained_by([1, 2]),
    "array overlap": lambda: ia.overlap([1, 2]),
    "array overlap array": lambda: ia.overlap(array([1, 2])),
    "array contains array": lambda: ia.contains(array([i, 2])),
    "array eq": lambda: ia == [1, 2],
    "array ne": lambda: ia != [1, 2],
    "array concat": lambda: ia + [1, 2],
    "array concat column": lambda: ia + ia,
    "array text eq": lambda: ta == ["a", None],
    "array in": lambda: ia.in_([[1, 2], [3, 4]]),
    "generic array any": lambda: ga.any(5),
    "generic array index": lambda: ga[1],
    "generic array contains": lambda: ga.contains([1]),
    "array literal": lambda: array([1, 2]),
    "array literal text": lambda: array(["a", "b"]),
    "array literal typed": lambda: array([1, 2], type_=sa.BigInteger),
    "array literal empty": lambda: array([], type_=sa.Integer),
    "array literal empty untyped": lambda: array([]),
    "array literal nested": lambda: array([array([1, 2]), array([3, i])]),
    "array literal index": lambda: array([1, 2])[1],
    "array literal column": lambda: array([i, i + 1]),
    "array literal concat": lambda: array([1, 2]) + array([3]),
    "array literal in select": lambda: sa.select(array([1, i]).label("x")),
    "array literal eq": lambda: array([1, 2]) == ia,
    "array_agg": lambda: f.array_agg(i),
    "array_agg index": lambda: f.array_agg(i)[1],
    "postgresql.array_agg": lambda: postgresql.array_agg(i, type_=ARRAY(sa.Integer)),
    "postgresql.array_agg contains": lambda: postgresql.array_agg(i).contains([1]),
    "array_agg order": lambda: f.array_agg(postgresql.aggregate_order_by(i, tx.desc())),
    "aggregate_order_by two": lambda: f.string_agg(postgresql.aggregate_order_by(tx, sa.literal_column("','"), i, tx.desc())),
    "aggregate_order_by": lambda: f.string_agg(tx, postgresql.aggregate_order_by(sa.literal_column("','"), i.desc())),
    "array_agg filter": lambda: f.array_agg(i).filter(i > 5),
    "aggregate_strings": lambda: f.aggregate_strings(tx, ", "),
    "unnest": lambda: sa.select(f.unnest(ia).column_valued("x")),
    "unnest table": lambda: sa.select(f.unnest(ia, ta).table_valued("a", "b", name="u", with_ordinality="n")),
    "unnest render_derived": lambda: sa.select(
        f.json_to_recordset("[]")
        .table_valued(sa.column("a", sa.Integer), sa.column("b", sa.Text))
        .render_derived(with_types=True)
    ),
    "cardinality": lambda: f.cardinality(ia) > 1,
    "array_length": lambda: f.array_length(ia, 1),
    "array insert": lambda: sa.insert(t()).values(ia=[1, 2]),
    "array update index": lambda: sa.update(t()).values({t().c.ia[1]: 5}),
    # hstore
    "hstore key": lambda: hs["k"],
    "hstore key compared": lambda: hs["k"] == "v",
    "hstore has_key": lambda: hs.has_key("k"),  # noqa: W601
    "hstore has_all": lambda: hs.has_all(["a", "b"]),
    "hstore has_any": lambda: hs.has_any(array(["a", "b"])),
    "hstore contains": lambda: hs.contains({"a": "1"}),
    "hstore contained_by": lambda: hs.contained_by({"a": "1"}),
    "hstore defined": lambda: hs.defined("k"),
    "hstore delete": lambda: hs.delete("k"),
    "hstore delete array": lambda: hs.delete(array(["a"])),
    "hstore delete hstore": lambda: hs.delete(hstore("a", "b")),
    "hstore slice": lambda: hs.slice(array(["a", "b"])),
    "hstore keys": lambda: hs.keys(),
    "hstore vals": lambda: hs.vals(),
    "hstore array": lambda: hs.array(),
    "hstore matrix": lambda: hs.matrix(),
    "hstore concat": lambda: hs + hstore("a", "b"),
    "hstore function": lambda: hstore("a", "b"),
    "hstore function arrays": lambda: hstore(array(["a"]), array(["b"])),
    "hstore function key": lambda: hstore("a", "b")["a"],
    # ranges
    "range contains": lambda: rg.contains(5),
    "range contains range": lambda: rg.contains(Range(1, 5)),
    "range contained_by": lambda: rg.contained_by(Range(1, 5)),
    "range overlaps": lambda: rg.overlaps(Range(1, 5)),
    "range strictly_left_of": lambda: rg.strictly_left_of(Range(1, 5)),
    "range <<": lambda: rg << Range(1, 5),
    "range >>": lambda: rg >> Range(1, 5),
    "range strictly_right_of": lambda: rg.strictly_right_of(Range(1, 5)),
    "range not_extend_right_of": lambda: rg.not_extend_right_of(Range(1, 5)),
    "range not_extend_left_of": lambda: rg.not_extend_left_of(Range(1, 5)),
    "range adjacent_to": lambda: rg.adjacent_to(Range(1, 5)),
    "range union": lambda: rg.union(Range(1, 5)),
    "range +": lambda: rg + rg,
    "range difference": lambda: rg.difference(Range(1, 5)),
    "range -": lambda: rg - Range(1, 5),
    "range intersection": lambda: rg.intersection(Range(1, 5)),
    "range *": lambda: rg * Range(1, 5),
    "range eq": lambda: rg == Range(1, 5),
    "range ne": lambda: rg != Range(1, 5),
    "range lt": lambda: rg < Range(1, 5),
    "range literal": lambda: sa.select(sa.literal(Range(1, 5), INT4RANGE)),
    "range literal untyped": lambda: sa.select(sa.literal(Range(1, 5))),
    "range literal dates": lambda: sa.select(sa.literal(Range(dt.date(2020, 1, 1), None))),
    "range function": lambda: f.int4range(1, 5) == rg,
    "range lower": lambda: f.lower(rg) > 5,
    "date range contains": lambda: dr.contains(dt.date(2020, 1, 1)),
    "multirange contains": lambda: mr.contains(Range(1, 5)),
    "multirange contains list": lambda: mr.contains([Range(1, 5)]),
    "multirange eq": lambda: mr == [Range(1, 5), Range(7, 9)],
    "multirange overlaps": lambda: mr.overlaps([Range(1, 5)]),
    "multirange union": lambda: mr + [Range(1, 2)],
    # bits
    "bit and": lambda: bt & "1010",
    "bit or": lambda: bt.bitwise_or("1010"),
    "bit xor": lambda: bt.bitwise_xor("1010"),
    "bit not": lambda: bt.bitwise_not(),
    "bit shift": lambda: bt.bitwise_lshift(2),
    "bit concat": lambda: bt + "1",
    "int xor": lambda: i.bitwise_xor(5),
    # dates
    "timestamp + interval": lambda: ts + dt.timedelta(days=1),
    "timestamp - interval": lambda: ts - dt.timedelta(days=1),
    "timestamp - timestamp": lambda: ts - ts,
    "date + int": lambda: dd + 5,
    "date - date": lambda: dd - dd,
    "date + interval": lambda: dd + iv,
    "date + time": lambda: dd + tm,
    "interval * int": lambda: iv * 5,
    "interval + timestamp": lambda: iv + ts,
    "interval eq": lambda: iv == dt.timedelta(1),
    "extract": lambda: sa.extract("year", ts),
    "extract epoch": lambda: sa.extract("epoch", ts - ts),
    "extract date": lambda: sa.extract("dow", dd) == 1,
    "extract literal": lambda: sa.extract("month", dt.date(2020, 1, 1)),
    "date_trunc": lambda: f.date_trunc("day", ts),
    "at time zone": lambda: ts.op("AT TIME ZONE")("UTC"),
    "timezone": lambda: f.timezone("UTC", ts),
    "cast literal": lambda: sa.cast("2020-01-01", sa.Date),
    "now": lambda: f.now() - dt.timedelta(hours=1),
    # text search
    "match": lambda: tx.match("a & b"),
    "match config": lambda: tx.match("a & b", postgresql_regconfig="english"),
    "match not": lambda: ~tx.match("a"),
    "match tsvector": lambda: tv.match("a"),
    "to_tsvector": lambda: f.to_tsvector("a b"),
    "to_tsvector config": lambda: f.to_tsvector("english", "a b"),
    "to_tsvector column": lambda: f.to_tsvector(tx),
    "to_tsvector match": lambda: f.to_tsvector(tx).match("a"),
    "to_tsvector bool_op": lambda: f.to_tsvector("english", tx).bool_op("@@")(f.to_tsquery("a & b")),
    "to_tsquery": lambda: f.to_tsquery("english", "a"),
    "plainto_tsquery": lambda: f.plainto_tsquery("a"),
    "phraseto_tsquery": lambda: f.phraseto_tsquery("english", "a"),
    "websearch_to_tsquery": lambda: f.websearch_to_tsquery("a"),
    "ts_headline": lambda: f.ts_headline("english", tx, f.to_tsquery("a"), "x=1"),
    "ts_headline plain": lambda: f.ts_headline(tx, f.to_tsquery("a")),
    "ts_headline regconfig": lambda: f.ts_headline("english", "text", f.to_tsquery("a")),
    "ts_rank": lambda: f.ts_rank(tv, f.to_tsquery("a")),
    "tsquery and": lambda: f.to_tsquery("a").op("&&")(f.to_tsquery("b")),
    "postgresql.to_tsvector": lambda: postgresql.to_tsvector("english", tx),
    "tsvector eq": lambda: tv == "a",
    # text
    "ilike": lambda: tx.ilike("%a%"),
    "not ilike": lambda: ~tx.ilike("a%", escape="/"),
    "icontains": lambda: tx.icontains("a"),
    "regexp": lambda: tx.regexp_match("^a"),
    "regexp flags": lambda: tx.regexp_match("^a", flags="i"),
    "regexp odd flags": lambda: tx.regexp_match("^a", flags="ix"),
    "not regexp": lambda: ~tx.regexp_match("^a"),
    "not regexp flags": lambda: ~tx.regexp_match("^a", flags="i"),
    "regexp_replace": lambda: tx.regexp_replace("a", "b"),
    "regexp_replace flags": lambda: tx.regexp_replace("a", "b", flags="ig"),
    "collate": lambda: tx.collate("C") == "a",
    "concat": lambda: tx + "a",
    "mod": lambda: i % 5,
    "percent literal": lambda: sa.literal_column("a % 5"),
    "percent text": lambda: sa.text("select '5%' % 3"),
    "like percent": lambda: tx.like("5%"),
    "is distinct": lambda: tx.is_distinct_from("a"),
    "truediv": lambda: i / 5,
    "floordiv": lambda: i // 5,
    "floordiv numeric": lambda: sa.column("n", sa.Numeric) // 5,
    "true": lambda: sa.select(i).where(sa.true()),
    "false": lambda: sa.select(i).where(sa.false()),
    "boolean column": lambda: sa.select(i).where(sa.column("b", sa.Boolean)),
    "not boolean column": lambda: sa.select(i).where(~sa.column("b", sa.Boolean)),
    "boolean is": lambda: sa.column("b", sa.Boolean).is_(True),
    "nulls last": lambda: sa.select(i).order_by(i.desc().nulls_last()),
    "operator_returns": lambda: tx.op("->>", return_type=sa.Integer)("a") + 5,
    "inet": lambda: sa.column("n", postgresql.INET) == "10.0.0.1",
    "inet op": lambda: sa.column("n", postgresql.INET).op("<<=")("10.0.0.0/8"),
    "money": lambda: sa.column("m", postgresql.MONEY) == "5",
    "uuid": lambda: sa.column("u", sa.Uuid) == "00000000000000000000000000000005",
    "regclass": lambda: sa.cast("t", postgresql.REGCLASS),
    "type_coerce": lambda: sa.type_coerce(tx, JSONB)["k"].astext,
    "cast int": lambda: sa.cast(tx, sa.Integer) + 1,
    "tuple in": lambda: sa.tuple_(i, tx).in_([(1, "a"), (2, "b")]),
    "in": lambda: i.in_([1, 2]),
    "in empty": lambda: i.in_([]),
    "not in empty": lambda: i.not_in([]),
    "between symmetric": lambda: i.between(1, 5, symmetric=True),
    "grouping sets": lambda: sa.select(i).group_by(f.grouping_sets(sa.tuple_(i, tx), i)),
    "cube": lambda: sa.select(i).group_by(f.cube(i, tx)),
    "percentile_cont": lambda: f.percentile_cont(0.5).within_group(i.desc()),
    "over": lambda: f.row_number().over(partition_by=i, order_by=tx, rows=(None, 0)),
    "func known": lambda: sa.select(
        f.current_timestamp(), f.current_date(), f.now(), f.random(), f.localtime(), f.session_user()
    ),
    "func schema": lambda: f.myschema.Foo(i),
    "generate_series": lambda: sa.select(f.generate_series(1, 5).column_valued("x")),
    "case": lambda: sa.case((i > 5, "a"), else_="b"),
    "coalesce": lambda: f.coalesce(i, 5),
    "sum": lambda: f.sum(i) > 5,
    "count": lambda: f.count(),
}
# SQLAlchemy says how many dimensions array_agg() has; here that stays open.
NOT_TYPED = {"array_agg", "array_agg order", "array_agg filter", "generic array contains"}
for label, make in CASES.items():
    show(label, make, PG)
for label, make in CASES.items():
    show(f"positional {label}", make, POSITIONAL[:1])
for label, make in CASES.items():
    show(f"inline {label}", make, PG, compile_kwargs={"literal_binds": True})
for label, make in CASES.items():
    if label not in NOT_TYPED and not isinstance(make(), sa.sql.Executable):
        show_value(f"type of {label}", lambda: make().type)

show("in rendered", CASES["in"], PG + POSITIONAL[:1], compile_kwargs={"render_postcompile": True})
show("in empty rendered", CASES["in empty"], PG, compile_kwargs={"render_postcompile": True})
show("not in empty rendered", CASES["not in empty"], PG, compile_kwargs={"render_postcompile": True})
show("tuple in rendered", CASES["tuple in"], PG + POSITIONAL[:1], compile_kwargs={"render_postcompile": True})
