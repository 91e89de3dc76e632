"""Values of every type of PostgreSQL, both ways."""

import datetime as dt
import decimal
import enum
import sys
import uuid

import oxalchemy as sa
from oxalchemy.dialects import postgresql as pg
from oxalchemy.dialects.postgresql import Range
from round_trip import attempt, round_trip, shown

# psycopg turns addresses into objects unless told; here that is what has to be asked for.
engine = sa.create_engine(sys.argv[1], native_inet_types=False)
D = decimal.Decimal
UTC = dt.UTC
EAST = dt.timezone(dt.timedelta(hours=5, minutes=30))


class Color(enum.Enum):
    red = "r"
    blue = "b"


with engine.begin() as connection:
    connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS hstore")
    connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS citext")
    connection.exec_driver_sql("SET TIME ZONE 'UTC'")


@sa.event.listens_for(engine, "connect")
def set_zone(dbapi_connection, record):
    cursor = dbapi_connection.cursor()
    cursor.execute("SET TIME ZONE 'UTC'")
    cursor.close()
    dbapi_connection.commit()


engine.dispose()
round_trip(engine, "Integer", sa.Integer, [0, -5, 2**31 - 1, 2**31, True], raw=True)
round_trip(engine, "SmallInteger", sa.SmallInteger, [5, 40000], raw=True)
round_trip(engine, "BigInteger", sa.BigInteger, [5, 2**40, -(2**63), 2**63], raw=True)
round_trip(engine, "Numeric", sa.Numeric, [D("1.50"), 5, 2.5, D("-0.000001"), D("1E+20"), D("NaN"), "7.25"], raw=True)
round_trip(engine, "Numeric(10, 2)", sa.Numeric(10, 2), [D("1.5"), D("1.005"), 3, D("123456789.5")], raw=True)
round_trip(engine, "Numeric(asdecimal=False)", sa.Numeric(10, 2, asdecimal=False), [D("1.5"), 2.25])
round_trip(engine, "Float", sa.Float, [1.5, 1e300, float("inf"), float("-inf"), float("nan"), 3, D("2.5")], raw=True)
round_trip(engine, "Float(asdecimal)", sa.Float(asdecimal=True), [1.5, D("2.25"), 1 / 3])
round_trip(engine, "Float(decimal_return_scale)", sa.Float(asdecimal=True, decimal_return_scale=3), [1.23456])
round_trip(engine, "REAL", sa.REAL, [1.5, 0.1], raw=True)
round_trip(engine, "Double", sa.Double, [1.5, 0.1], raw=True)
round_trip(engine, "Boolean", sa.Boolean, [True, False, 1, 0, 5, "x"], raw=True)
round_trip(engine, "String", sa.String(20), ["a", "", "ünï ∆ 😀", "it's 100%", "x" * 21, 5, "nul\0"], raw=True)
round_trip(engine, "Text", sa.Text, ["a\nb", "x" * 5000])
round_trip(engine, "CHAR(5)", sa.CHAR(5), ["ab"], raw=True)
round_trip(engine, "Unicode", sa.Unicode(20), ["ñ"])
round_trip(engine, "LargeBinary", sa.LargeBinary, [b"", b"\x00\xff'", bytearray(b"ab")], raw=True)
round_trip(engine, "PickleType", sa.PickleType, [{"a": [1, 2]}, "x"], compare=False)
round_trip(
    engine,
    "Date",
    sa.Date,
    [dt.date(2020, 2, 29), dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.datetime(2020, 1, 2, 3, 4), "2020-01-01"],
    raw=True,
)
round_trip(
    engine,
    "DateTime",
    sa.DateTime,
    [
        dt.datetime(2020, 1, 2, 3, 4, 5, 678),
        dt.datetime(1, 1, 1),
        dt.datetime(9999, 12, 31, 23, 59, 59, 999999),
        dt.date(2020, 1, 2),
        "2020-01-01 10:00",
    ],
    raw=True,
)
round_trip(
    engine,
    "DateTime aware",
    sa.DateTime(timezone=True),
    [
        dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC),
        dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=EAST),
        dt.datetime(2020, 1, 2, 3, 4, 5),
    ],
    raw=True,
)
round_trip(engine, "DateTime aware in naive", sa.DateTime, [dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=EAST)])
round_trip(engine, "Time", sa.Time, [dt.time(1, 2, 3, 4), dt.time(23, 59, 59, 999999), dt.time(0)], raw=True)
round_trip(engine, "Time aware", sa.Time(timezone=True), [dt.time(1, 2, 3, tzinfo=UTC), dt.time(1, 2, 3, tzinfo=EAST)], raw=True)
round_trip(
    engine,
    "Interval",
    sa.Interval,
    [dt.timedelta(days=1, seconds=2, microseconds=3), dt.timedelta(-5), dt.timedelta(hours=30), dt.timedelta(0)],
    raw=True,
)
round_trip(engine, "INTERVAL", pg.INTERVAL, [dt.timedelta(days=400, seconds=2)], raw=True)
round_trip(
    engine, "INTERVAL fields", pg.INTERVAL(fields="DAY TO SECOND", precision=3), [dt.timedelta(days=1, microseconds=1234567)]
)
round_trip(engine, "Interval(native=False)", sa.Interval(native=False), [dt.timedelta(days=1, seconds=2)], compare=False)
round_trip(engine, "TIMESTAMP(0)", pg.TIMESTAMP(precision=0), [dt.datetime(2020, 1, 2, 3, 4, 5, 678000)])
round_trip(engine, "Uuid", sa.Uuid, [uuid.UUID(int=5), uuid.UUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")], raw=True)
round_trip(engine, "Uuid text", sa.Uuid(as_uuid=False), ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"])
round_trip(engine, "Uuid(native_uuid=False)", sa.Uuid(native_uuid=False), [uuid.UUID(int=5)], raw=True)
round_trip(engine, "UUID", pg.UUID, [uuid.UUID(int=6)])
round_trip(engine, "Enum", sa.Enum("a", "b", name="letters"), ["a", "b", "c"], raw=True)
round_trip(engine, "Enum class", sa.Enum(Color), [Color.red, "blue", "x"], raw=True)
round_trip(
    engine, "Enum values", sa.Enum(Color, values_callable=lambda c: [m.value for m in c], name="colors"), [Color.red], raw=True
)
round_trip(engine, "Enum text", sa.Enum("a", "b", native_enum=False, name="letters"), ["a"])
round_trip(engine, "ENUM", pg.ENUM("a", "b's", name="letters2"), ["b's"])
round_trip(engine, "ENUM in schema", pg.ENUM("a", name="Odd Name", schema="public"), ["a"])
round_trip(
    engine,
    "JSON",
    sa.JSON,
    [{"a": [1, 2.5, None, "x", True]}, [], "text", 5, None, sa.JSON.NULL, {"ü": "😀"}],
    compare=False,
    raw=True,
)
round_trip(engine, "JSON none_as_null", sa.JSON(none_as_null=True), [None, {"a": None}], compare=False)
round_trip(engine, "JSONB", pg.JSONB, [{"b": 1, "a": 2}, [1, 2], "x", 1.5, None, {"n": 1e20}], raw=True, compare=False)
round_trip(engine, "ARRAY(Integer)", pg.ARRAY(sa.Integer), [[1, 2, None], [], [2**40], ["x"]], raw=True)
round_trip(engine, "ARRAY(Integer, 2)", pg.ARRAY(sa.Integer, dimensions=2), [[[1, 2], [3, 4]], []])
round_trip(engine, "ARRAY of unequal lists", pg.ARRAY(sa.Integer), [[[1, 2], [3]]])
round_trip(
    engine, "ARRAY(String)", pg.ARRAY(sa.String), [["a", "b,c", 'q"uote', "NULL", None, "", "{x}", "back\\slash"]], raw=True
)
round_trip(engine, "ARRAY(Numeric)", pg.ARRAY(sa.Numeric(10, 2)), [[D("1.5"), None]], raw=True)
round_trip(engine, "ARRAY(Float)", pg.ARRAY(sa.Float), [[1.5, float("inf")]])
round_trip(engine, "ARRAY(Boolean)", pg.ARRAY(sa.Boolean), [[True, False, None]])
round_trip(engine, "ARRAY(Date)", pg.ARRAY(sa.Date), [[dt.date(2020, 1, 2), None]])
round_trip(engine, "ARRAY(DateTime)", pg.ARRAY(sa.DateTime), [[dt.datetime(2020, 1, 2, 3, 4, 5)]])
round_trip(engine, "ARRAY(aware)", pg.ARRAY(sa.DateTime(timezone=True)), [[dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)]])
round_trip(engine, "ARRAY(Uuid)", pg.ARRAY(sa.Uuid), [[uuid.UUID(int=5)]])
round_trip(engine, "ARRAY(LargeBinary)", pg.ARRAY(sa.LargeBinary), [[b"\x00\xff", None]])
round_trip(engine, "ARRAY(JSONB)", pg.ARRAY(pg.JSONB), [[{"a": 1}, [1], "x"]], compare=False)
round_trip(engine, "ARRAY(Interval)", pg.ARRAY(sa.Interval), [[dt.timedelta(1)]])
round_trip(engine, "ARRAY(Enum)", pg.ARRAY(sa.Enum(Color, name="color_list")), [[Color.red, None], []])
round_trip(engine, "ARRAY(INET)", pg.ARRAY(pg.INET), [["10.0.0.1", "::1/64"]])
round_trip(engine, "ARRAY(as_tuple)", pg.ARRAY(sa.Integer, as_tuple=True, dimensions=2), [[[1, 2], [3, 4]]])
round_trip(engine, "ARRAY(zero_indexes)", pg.ARRAY(sa.Integer, zero_indexes=True), [(5, 6)])
round_trip(engine, "sa.ARRAY", sa.ARRAY(sa.Integer), [[1, 2]])
# Without a type, HSTORE is text here.
round_trip(engine, "HSTORE", pg.HSTORE, [{"a": "1", "b": None}, {}, {'q"': "a=>b, 'c'", "back\\": "x"}])
round_trip(engine, "INET", pg.INET, ["10.0.0.1", "10.0.0.0/8", "::1"], raw=True)
round_trip(engine, "CIDR", pg.CIDR, ["10.0.0.0/8"], raw=True)
round_trip(engine, "MACADDR", pg.MACADDR, ["08:00:2b:01:02:03"], raw=True)
round_trip(engine, "MACADDR8", pg.MACADDR8, ["08:00:2b:01:02:03:04:05"], raw=True)
round_trip(engine, "CITEXT", pg.CITEXT, ["Ab"], raw=True)
round_trip(engine, "BIT(4)", pg.BIT(4), [pg.BitString("1010"), "0101"], raw=True)
round_trip(engine, "BIT VARYING", pg.BIT(varying=True), [pg.BitString("1"), pg.BitString("110011001")])
round_trip(engine, "MONEY", pg.MONEY, ["$5.25"], raw=True, compare=False)
round_trip(engine, "OID", pg.OID, [5, 4_000_000_000], raw=True)
round_trip(engine, "REGCLASS", pg.REGCLASS, ["pg_class"], raw=True)
round_trip(engine, "TSVECTOR", pg.TSVECTOR, ["'a':1 'b':2"], raw=True, compare=False)
round_trip(engine, "TSQUERY", pg.TSQUERY, ["'a' & 'b'"], raw=True, compare=False)
round_trip(engine, "DOMAIN", pg.DOMAIN("positive", sa.Integer, check="VALUE > 0"), [5, -5])
round_trip(engine, "DOMAIN numeric", pg.DOMAIN("price", sa.Numeric(10, 2)), [D("5.50")])
round_trip(
    engine,
    "INT4RANGE",
    pg.INT4RANGE,
    [Range(1, 5), Range(1, 5, bounds="[]"), Range(None, 5), Range(1, None), Range(), Range(empty=True)],
)
round_trip(engine, "INT8RANGE", pg.INT8RANGE, [Range(1, 2**40)])
round_trip(engine, "NUMRANGE", pg.NUMRANGE, [Range(D("1.5"), D("2.50"), bounds="(]")])
round_trip(engine, "DATERANGE", pg.DATERANGE, [Range(dt.date(2020, 1, 1), dt.date(2020, 1, 5), bounds="[]")])
round_trip(engine, "TSRANGE", pg.TSRANGE, [Range(dt.datetime(2020, 1, 1, 1, 2, 3, 4), None)])
round_trip(engine, "TSTZRANGE", pg.TSTZRANGE, [Range(dt.datetime(2020, 1, 1, tzinfo=UTC), dt.datetime(2020, 1, 5, tzinfo=EAST))])
round_trip(engine, "INT4MULTIRANGE", pg.INT4MULTIRANGE, [pg.ranges.MultiRange([Range(1, 3), Range(5, 7)]), [Range(1, 3)], []])
round_trip(engine, "DATEMULTIRANGE", pg.DATEMULTIRANGE, [[Range(dt.date(2020, 1, 1), dt.date(2020, 1, 5))]])
round_trip(engine, "TSMULTIRANGE", pg.TSMULTIRANGE, [[Range(dt.datetime(2020, 1, 1), dt.datetime(2020, 1, 5))]])


# What only text in a statement can hold: beyond Python's dates, types nobody knows.
def scalar(text):
    with engine.connect() as connection:
        return shown(connection.execute(sa.text(text)).scalar())


for text in (
    "SELECT 'infinity'::date",
    "SELECT '-infinity'::timestamp",
    "SELECT '4000-01-01 BC'::date",
    "SELECT '12000-01-01'::timestamp",
    "SELECT '24:00:00'::time",
    "SELECT '1 year 2 months 3 days'::interval",
    "SELECT '-1 year -2 days'::interval",
    "SELECT point(1, 2)",
    "SELECT '((0,0),(1,1))'::box",
    "SELECT '<a/>'::xml",
    "SELECT 'a'::\"char\"",
    "SELECT 'a'::name",
    "SELECT '1/2'::pg_lsn",
    "SELECT NULL",
    "SELECT 'unknown'",
    "SELECT 1.0",
    "SELECT 5::int2",
    "SELECT ARRAY[1, NULL]",
    "SELECT '[2:3]={5,6}'::int[]",
    "SELECT '{{1,2},{3,4}}'::int[]",
    "SELECT ARRAY['a', 'b']::varchar[]",
    "SELECT 'NaN'::numeric",
    "SELECT 'Infinity'::float8",
    "SELECT 1e-7::numeric",
    "SELECT 100000000000000000000::numeric",
    "SELECT 'x'::bytea",
    "SELECT to_tsvector('a b')",
    "SELECT now() - now()",
    "SELECT true, 5",
    "SELECT pg_typeof(1)",
    "SELECT txid_current() > 0",
):
    attempt(text, lambda: scalar(text))  # noqa: B023


# Literals of each type written into the statement.
def literal(value, type_=None):
    with engine.connect() as connection:
        statement = sa.select(sa.literal(value, type_, literal_execute=True))
        return shown(connection.execute(statement).scalar())


for value, type_ in (
    (5, None),
    ("it's \\ 100%", None),
    (D("1.50"), None),
    (1.5, None),
    (True, None),
    (None, None),
    (dt.timedelta(days=1, microseconds=5), sa.Interval),
    (uuid.UUID(int=5), None),
    ([1, 2], pg.ARRAY(sa.Integer)),
):
    attempt(f"literal {value!r}", lambda: literal(value, type_))  # noqa: B023


# Operators on the server.
m = sa.MetaData()
t = sa.Table(
    "ops",
    m,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("j", pg.JSONB),
    sa.Column("js", sa.JSON),
    sa.Column("a", pg.ARRAY(sa.Integer)),
    sa.Column("h", pg.HSTORE),
    sa.Column("r", pg.INT4RANGE),
    sa.Column("ts", sa.DateTime),
    sa.Column("x", sa.Text),
)
m.create_all(engine, checkfirst=False)
row = {
    "j": {"a": {"b": [1, 2]}, "k": "v", "n": 5, "t": True},
    "js": {"a": {"b": [1, 2]}, "k": "v", "n": 5, "f": 1.5},
    "a": [1, 2, 3],
    "h": {"k": "v", "n": None},
    "r": Range(1, 10),
    "ts": dt.datetime(2020, 1, 2, 3, 4, 5),
    "x": "The quick brown fox",
}
with engine.begin() as connection:
    connection.execute(t.insert(), row)
c = t.c
for label, expression in {
    "jsonb key": lambda: c.j["k"],
    "jsonb nested": lambda: c.j["a"]["b"][1],
    "jsonb path": lambda: c.j[("a", "b", 0)],
    "jsonb astext": lambda: c.j["k"].astext,
    "jsonb path astext": lambda: c.j[("a", "b", 0)].astext,
    "jsonb as_integer": lambda: c.j["n"].as_integer(),
    "jsonb as_boolean": lambda: c.j["t"].as_boolean(),
    "json as_float": lambda: c.js["f"].as_float(),
    "json key": lambda: c.js["a"],
    "json missing": lambda: c.js["nothing"],
    "jsonb has_key": lambda: c.j.has_key("k"),  # noqa: W601
    "jsonb has_all": lambda: c.j.has_all(pg.array(["k", "n"])),
    "jsonb contains": lambda: c.j.contains({"k": "v"}),
    "jsonb path_exists": lambda: c.j.path_exists("$.a.b"),
    "jsonb path_match": lambda: c.j.path_match("$.n == 5"),
    "jsonb concat": lambda: c.j + {"z": 1},
    "jsonb minus": lambda: c.j - "a",
    "jsonb delete_path": lambda: c.j.delete_path(["a", "b"]),
    "array index": lambda: c.a[1],
    "array slice": lambda: c.a[1:2],
    "array any": lambda: c.a.any(2),
    "array contains": lambda: c.a.contains([1, 2]),
    "array overlap": lambda: c.a.overlap([3, 9]),
    "array concat": lambda: c.a + [4],
    "array literal": lambda: pg.array([1, c.id]),
    "array_agg": lambda: sa.func.array_agg(c.x),
    "array_agg ordered": lambda: sa.func.array_agg(pg.aggregate_order_by(c.x, c.id.desc())),
    "hstore key": lambda: c.h["k"],
    "hstore has_key": lambda: c.h.has_key("k"),  # noqa: W601
    "hstore keys": lambda: c.h.keys(),
    "hstore vals": lambda: c.h.vals(),
    "hstore concat": lambda: c.h + {"z": "1"},
    "hstore delete": lambda: c.h.delete("k"),
    "hstore slice": lambda: c.h.slice(pg.array(["k"])),
    "hstore contains": lambda: c.h.contains({"k": "v"}),
    "hstore matrix": lambda: c.h.matrix(),
    "range contains": lambda: c.r.contains(5),
    "range overlaps": lambda: c.r.overlaps(Range(9, 20)),
    "range union": lambda: c.r + Range(10, 12),
    "range lower": lambda: sa.func.lower(c.r),
    "extract": lambda: sa.extract("year", c.ts),
    "timestamp + interval": lambda: c.ts + dt.timedelta(days=1),
    "timestamp - timestamp": lambda: c.ts - dt.datetime(2020, 1, 1),
    "ilike": lambda: c.x.ilike("%QUICK%"),
    "regexp": lambda: c.x.regexp_match("qu.ck"),
    "regexp_replace": lambda: c.x.regexp_replace("quick", "slow"),
    "match": lambda: c.x.match("fox"),
    "to_tsvector": lambda: sa.func.to_tsvector("english", c.x),
    "ts_headline": lambda: sa.func.ts_headline("english", c.x, sa.func.to_tsquery("fox")),
    "aggregate_strings": lambda: sa.func.aggregate_strings(c.x, "; "),
    "truediv": lambda: c.id / 2,
    "floordiv": lambda: c.id // 2,
    "mod": lambda: (c.id + 6) % 4,
    "cast": lambda: sa.cast(c.id, sa.String),
    "concat": lambda: c.x + " ü",
    "coalesce": lambda: sa.func.coalesce(c.h["n"], "none"),
    "sum": lambda: sa.func.sum(c.id),
    "avg": lambda: sa.func.avg(c.id),
    "count": lambda: sa.func.count(),
    "case": lambda: sa.case((c.id == 1, "one"), else_="more"),
    "in": lambda: c.id.in_([1, 2]),
    "in empty": lambda: c.id.in_([]),
    "tuple in": lambda: sa.tuple_(c.id, c.x).in_([(1, "The quick brown fox")]),
    "literal uuid": lambda: sa.literal(uuid.UUID(int=5)),
    "literal range": lambda: sa.literal(Range(1, 5)),
    "literal date": lambda: sa.literal(dt.date(2020, 1, 2)),
}.items():

    def run():
        with engine.connect() as connection:
            return shown(connection.execute(sa.select(expression()).select_from(t)).scalar())  # noqa: B023

    attempt(label, run)
for label, statement in {
    "unnest": lambda: sa.select(sa.func.unnest(c.a).column_valued("n")),
    "jsonb_each": lambda: sa.select(sa.func.jsonb_each(c.j).table_valued("key", "value")).order_by("key"),
    "values": lambda: sa.select(
        sa.values(sa.column("a", sa.Integer), sa.column("b", sa.String), name="v").data([(1, "x"), (2, "y")])
    ),
    "update jsonb element": lambda: t.update().values({c.j["k"]: "w"}).returning(c.j),
    "update array element": lambda: t.update().values({c.a[1]: 9}).returning(c.a),
    "upsert": lambda: (
        pg.insert(t).values(id=1, x="new").on_conflict_do_update(index_elements=["id"], set_={"x": "changed"}).returning(c.x)
    ),
    "upsert nothing": lambda: pg.insert(t).values(id=1, x="new").on_conflict_do_nothing().returning(c.x),
    "delete returning": lambda: t.delete().returning(c.id, c.r),
}.items():

    def run():
        with engine.begin() as connection:
            return [tuple(r) for r in connection.execute(statement())]  # noqa: B023

    attempt(label, run)
m.drop_all(engine, checkfirst=False)
