"""Values of every type of MySQL and MariaDB, both ways."""

import datetime as dt
import decimal
import enum
import sys
import uuid

import oxalchemy as sa
from oxalchemy.dialects import mysql
from round_trip import attempt, round_trip, shown

engine = sa.create_engine(sys.argv[1])
D = decimal.Decimal


class Color(enum.Enum):
    red = "r"
    blue = "b"


@sa.event.listens_for(engine, "connect")
def set_mode(dbapi_connection, record):
    cursor = dbapi_connection.cursor()
    cursor.execute("SET sql_mode = 'STRICT_TRANS_TABLES'")
    cursor.execute("SET time_zone = '+00:00'")
    cursor.close()


round_trip(engine, "Integer", sa.Integer, [0, -5, 2**31 - 1, 2**31, True], raw=True)
round_trip(engine, "BigInteger", sa.BigInteger, [5, 2**40, -(2**63)], raw=True)
round_trip(engine, "BIGINT unsigned", mysql.BIGINT(unsigned=True), [5, 2**63 - 1, 2**64 - 1, -1])
round_trip(engine, "INTEGER unsigned zerofill", mysql.INTEGER(5, unsigned=True, zerofill=True), [5, 4_000_000_000], raw=True)
round_trip(engine, "TINYINT", mysql.TINYINT, [5, -128, 200], raw=True)
round_trip(engine, "TINYINT(1)", mysql.TINYINT(1), [1, 5], raw=True)
round_trip(engine, "MEDIUMINT", mysql.MEDIUMINT, [5, 2**23 - 1], raw=True)
round_trip(engine, "Numeric(10, 2)", sa.Numeric(10, 2), [D("1.5"), 3, 2.25, D("123456789"), "7.25"], raw=True)
round_trip(engine, "Numeric(asdecimal=False)", sa.Numeric(10, 2, asdecimal=False), [D("1.5")])
round_trip(engine, "DECIMAL(30, 10)", mysql.DECIMAL(30, 10), [D("12345678901234567890.0123456789")], raw=True)
round_trip(engine, "Float", sa.Float, [1.5, 3, 0.1], raw=True, compare=False)
round_trip(engine, "Float(53)", sa.Float(53), [1.5, 1e300, 0.1])
round_trip(engine, "Float(asdecimal)", sa.Float(53, asdecimal=True), [1.5, D("2.25")], compare=False)
round_trip(engine, "Double", sa.Double, [0.1, 1e300], raw=True)
round_trip(engine, "mysql.DOUBLE", mysql.DOUBLE, [0.5, 1.25], raw=True)
round_trip(engine, "mysql.DOUBLE(10, 3)", mysql.DOUBLE(10, 3), [D("1.2345")])
round_trip(engine, "mysql.REAL", mysql.REAL, [0.5])
round_trip(engine, "Boolean", sa.Boolean, [True, False, 1, 0, 5, "x"], raw=True)
round_trip(engine, "String", sa.String(20), ["a", "", "ünï ∆ 😀", "it's 100% \\ ok", "x" * 21, 5, 'quo"te'], raw=True)
round_trip(engine, "Text", sa.Text, ["a\nb", "x" * 5000])
round_trip(engine, "LONGTEXT", mysql.LONGTEXT, ["x" * 70000], compare=False)
round_trip(engine, "CHAR(5)", sa.CHAR(5), ["ab"], raw=True)
round_trip(engine, "VARCHAR latin1", mysql.VARCHAR(20, charset="latin1", collation="latin1_bin"), ["é", "A", "a"])
round_trip(engine, "NVARCHAR", mysql.NVARCHAR(20), ["ñ"])
round_trip(engine, "LargeBinary", sa.LargeBinary, [b"", b"\x00\xff'\\", bytearray(b"ab")], raw=True)
round_trip(engine, "BINARY(5)", sa.BINARY(5), [b"ab"], raw=True, compare=False)
round_trip(engine, "VARBINARY(5)", sa.VARBINARY(5), [b"ab\x00"], raw=True)
round_trip(engine, "LONGBLOB", mysql.LONGBLOB, [b"x" * 70000], compare=False)
round_trip(engine, "PickleType", sa.PickleType, [{"a": [1, 2]}], compare=False)
round_trip(engine, "Date", sa.Date, [dt.date(2020, 2, 29), dt.date(1000, 1, 1), dt.date(9999, 12, 31), "2020-01-01"], raw=True)
round_trip(
    engine,
    "DateTime",
    sa.DateTime,
    [dt.datetime(2020, 1, 2, 3, 4, 5), dt.datetime(9999, 12, 31, 23, 59, 59), dt.date(2020, 1, 2)],
    raw=True,
)
round_trip(engine, "DATETIME(6)", mysql.DATETIME(fsp=6), [dt.datetime(2020, 1, 2, 3, 4, 5, 678)], raw=True)
round_trip(engine, "TIMESTAMP(3)", mysql.TIMESTAMP(fsp=3), [dt.datetime(2020, 1, 2, 3, 4, 5, 678000)], raw=True)
round_trip(engine, "DateTime aware", sa.DateTime(timezone=True), [dt.datetime(2020, 1, 2, 3, 4, 5)])
round_trip(engine, "Time", sa.Time, [dt.time(1, 2, 3), dt.time(23, 59, 59), dt.time(0)], raw=True)
round_trip(engine, "TIME(6)", mysql.TIME(fsp=6), [dt.time(1, 2, 3, 4)], raw=True)
round_trip(engine, "Interval", sa.Interval, [dt.timedelta(days=1, seconds=2), dt.timedelta(hours=30)], raw=True)
round_trip(engine, "YEAR", mysql.YEAR, [2020, 1999, 0], raw=True)
round_trip(engine, "BIT(8)", mysql.BIT(8), [5, 0, 255], raw=True)
round_trip(engine, "BIT(64)", mysql.BIT(64), [2**40], raw=True)
round_trip(engine, "Uuid", sa.Uuid, [uuid.UUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")], raw=True)
round_trip(engine, "Uuid text", sa.Uuid(as_uuid=False), ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"])
round_trip(engine, "Enum", sa.Enum("a", "b"), ["a", "b", "c"], raw=True)
round_trip(engine, "Enum class", sa.Enum(Color), [Color.red, "blue"], raw=True)
round_trip(engine, "ENUM", mysql.ENUM("a", "b's", "c\\d", "100%"), ["b's", "c\\d", "100%"])
round_trip(engine, "SET", mysql.SET("a", "b", "c"), [{"a", "c"}, set(), "a,b", {"b"}], raw=True, compare=False)
round_trip(engine, "SET bitwise", mysql.SET("a", "b", "", retrieve_as_bitwise=True), [{"a", "b"}, set(), {""}, 3], compare=False)
round_trip(
    engine, "JSON", sa.JSON, [{"a": [1, 2.5, None, "x", True]}, [], "text", 5, None, sa.JSON.NULL, {"ü": "😀"}], compare=False
)
round_trip(engine, "JSON none_as_null", sa.JSON(none_as_null=True), [None, {"a": None}], compare=False)


def scalar(text):
    with engine.connect() as connection:
        return shown(connection.execute(sa.text(text)).scalar())


with engine.begin() as connection:
    connection.exec_driver_sql("DROP TABLE IF EXISTS zero")
    connection.exec_driver_sql("CREATE TABLE zero (d DATE, dt DATETIME, g POINT)")
    connection.exec_driver_sql("INSERT INTO zero VALUES ('0000-00-00', '0000-00-00 00:00:00', ST_GeomFromText('POINT(1 2)'))")
for text in (
    "SELECT ST_AsText(g) FROM zero",
    "SELECT CAST('100:00:00' AS TIME)",
    "SELECT CAST('-10:00:00' AS TIME)",
    "SELECT 1.50",
    "SELECT 1e10",
    "SELECT NULL",
    "SELECT 'text'",
    "SELECT x'00ff'",
    "SELECT b'101'",
    "SELECT 1 = 1",
    "SELECT CURRENT_DATE() = CURRENT_DATE()",
    "SELECT COUNT(*) FROM zero",
    "SELECT SUM(1)",
    "SELECT AVG(1)",
    "SELECT 5 / 2",
    "SELECT 5 DIV 2",
    "SELECT JSON_OBJECT('a', 1)",
    "SELECT GROUP_CONCAT('a')",
    "SELECT CAST('2020-01-02' AS DATE)",
    "SELECT CAST('2020-01-02 03:04:05.678' AS DATETIME(3))",
    "SELECT YEAR('2020-01-01')",
    "SELECT CONCAT('a', 1)",
    "SELECT UUID() IS NOT NULL",
):
    attempt(text, lambda: scalar(text))  # noqa: B023
with engine.begin() as connection:
    connection.exec_driver_sql("DROP TABLE zero")


def literal(value, type_=None):
    with engine.connect() as connection:
        return shown(connection.execute(sa.select(sa.literal(value, type_, literal_execute=True))).scalar())


for value, type_ in (
    (5, None),
    ("it's \\ 100%", None),
    (D("1.50"), None),
    (True, None),
    (None, None),
):
    attempt(f"literal {value!r}", lambda: literal(value, type_))  # noqa: B023

m = sa.MetaData()
t = sa.Table(
    "ops",
    m,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("j", sa.JSON),
    sa.Column("ts", sa.DateTime),
    sa.Column("x", sa.String(50)),
    sa.Column("b", sa.Boolean),
    sa.Column("n", sa.Numeric(10, 2)),
    mysql_engine="InnoDB",
    mariadb_engine="InnoDB",
)
m.create_all(engine, checkfirst=False)
with engine.begin() as connection:
    connection.execute(
        t.insert(),
        {
            "id": 1,
            "j": {"a": {"b": [1, 2]}, "k": "v", "n": 5, "t": True, "f": 1.5},
            "ts": dt.datetime(2020, 1, 2, 3, 4, 5),
            "x": "The quick brown fox",
            "b": True,
            "n": D("2.50"),
        },
    )
c = t.c
for label, expression in {
    "json key": lambda: c.j["k"],
    "json object": lambda: c.j["a"],
    "json path": lambda: c.j[("a", "b", 0)],
    "json as_string": lambda: c.j["k"].as_string(),
    "json as_integer": lambda: c.j["n"].as_integer(),
    "json as_boolean": lambda: c.j["t"].as_boolean(),
    "json as_float": lambda: c.j["f"].as_float(),
    "json as_numeric": lambda: c.j["f"].as_numeric(10, 2),
    "json missing": lambda: c.j["nothing"],
    "extract": lambda: sa.extract("year", c.ts),
    "ilike": lambda: c.x.ilike("%QUICK%"),
    "regexp": lambda: c.x.regexp_match("qu.ck"),
    "regexp_replace": lambda: c.x.regexp_replace("quick", "slow"),
    "concat": lambda: c.x + " ü",
    "truediv": lambda: c.id / 2,
    "floordiv": lambda: c.id // 2,
    "mod": lambda: (c.id + 6) % 4,
    "cast": lambda: sa.cast(c.id, sa.String),
    "cast decimal": lambda: sa.cast(c.x, sa.Numeric(10, 2)),
    "cast boolean": lambda: sa.cast(c.id, sa.Boolean),
    "boolean": lambda: c.b,
    "not boolean": lambda: ~c.b,
    "between": lambda: c.id.between(0, 5),
    "comparison": lambda: c.id == 1,
    "is distinct": lambda: c.x.is_distinct_from(None),
    "sum": lambda: sa.func.sum(c.n),
    "avg": lambda: sa.func.avg(c.id),
    "aggregate_strings": lambda: sa.func.aggregate_strings(c.x, "; "),
    "in empty": lambda: c.id.in_([]),
    "tuple in": lambda: sa.tuple_(c.id, c.x).in_([(1, "The quick brown fox")]),
    "case": lambda: sa.case((c.id == 1, "one"), else_="more"),
    "now": lambda: sa.func.now() > c.ts,
}.items():

    def run():
        with engine.connect() as connection:
            return shown(connection.execute(sa.select(expression()).select_from(t)).scalar())  # noqa: B023

    attempt(label, run)
for label, statement in {
    "upsert": lambda: mysql.insert(t).values(id=1, x="new").on_duplicate_key_update(x="changed"),
    "upsert inserted": lambda: (s := mysql.insert(t).values(id=1, x="new")).on_duplicate_key_update(x=s.inserted.x),
    "update limit": lambda: t.update().values(x="limited").ext(mysql.limit(1)),
    "insert ignore": lambda: t.insert().prefix_with("IGNORE").values(id=1, x="no"),
    "update": lambda: t.update().where(c.id == 1).values(n=c.n + 1),
    "delete": lambda: t.delete().where(c.id == 1),
}.items():

    def run():
        with engine.begin() as connection:
            connection.execute(statement())  # noqa: B023
            return [tuple(r) for r in connection.execute(sa.select(c.x, c.n))]

    attempt(label, run)
m.drop_all(engine, checkfirst=False)
