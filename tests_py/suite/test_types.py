"""Every generic and SQL-standard type: what goes in comes out, on every database, one row and many, and compares in SQL."""

import datetime as dt
import decimal
import enum
import uuid

import oxalchemy as sa
import pytest
from oxalchemy import types

D = decimal.Decimal


class Color(enum.Enum):
    red = "r"
    green = "g"


class Upper(types.TypeDecorator):
    """Stored in capitals, read in small letters."""

    impl = types.String(30)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else value.upper()

    def process_result_value(self, value, dialect):
        return None if value is None else value.lower()


# name: (type, values). None is tried with each.
CASES = {
    "Integer": (types.Integer(), [0, 1, -1, 2**31 - 1, -(2**31)]),
    "SmallInteger": (types.SmallInteger(), [0, 2**15 - 1, -(2**15)]),
    "BigInteger": (types.BigInteger(), [0, 2**63 - 1, -(2**63)]),
    "Boolean": (types.Boolean(), [True, False]),
    "String": (types.String(60), ["", "a", "naïve ⚡ 漢字 🐙", 'it\'s "quoted" \\ back', "%s %(x)s :name ?", " padded "]),
    "Unicode": (types.Unicode(60), ["żółw", "🐙"]),
    "Text": (types.Text(), ["", "x" * 60_000, "line\nline\r\n\ttab"]),
    "UnicodeText": (types.UnicodeText(), ["ř" * 1000]),
    "VARCHAR": (types.VARCHAR(20), ["abc"]),
    "CHAR": (types.CHAR(3), ["abc"]),
    "LargeBinary": (types.LargeBinary(), [b"", b"\x00\xff\x00'\"\\", bytes(range(256)) * 40]),
    "Float": (types.Float(53), [0.0, 1.5, -1e300, 1e-300, 0.1, 123456789.123456]),
    "Double": (types.Double(), [0.1, 2.0**-40]),
    "Float as Decimal": (types.Float(53, asdecimal=True, decimal_return_scale=5), [D("1.5"), D("-0.00001")]),
    "Numeric": (types.Numeric(12, 4), [D("0.0000"), D("12345678.9012"), D("-0.0001")]),
    "Numeric wide": (types.Numeric(30, 2), [D("1.50"), D("-99999999999.25")]),
    "Numeric as float": (types.Numeric(10, 2, asdecimal=False), [1.25, -3.5]),
    "Date": (types.Date(), [dt.date(2024, 2, 29), dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.date(1970, 1, 1)]),
    "DateTime": (types.DateTime(), [dt.datetime(2024, 2, 29, 23, 59, 58), dt.datetime(1000, 1, 1), dt.datetime(9999, 12, 31, 1)]),
    "Time": (types.Time(), [dt.time(0, 0), dt.time(23, 59, 59)]),
    "Interval": (types.Interval(), [dt.timedelta(0), dt.timedelta(days=3, seconds=5), dt.timedelta(hours=-30)]),
    "Enum of strings": (types.Enum("a", "b b", "ř", name="letters"), ["a", "b b", "ř"]),
    "Enum class": (types.Enum(Color), [Color.red, Color.green]),
    "Enum not native": (types.Enum(Color, native_enum=False, create_constraint=True, name="color_check"), [Color.red]),
    "JSON": (types.JSON(), [{"a": [1, 2.5, None, "ř", {"b": True}]}, [], "text", 3, True]),
    "PickleType": (types.PickleType(), [{"a": {1, 2}}, (1, 2)]),
    "Uuid": (types.Uuid(), [uuid.UUID(int=1), uuid.UUID("12345678-1234-5678-1234-567812345678")]),
    "Uuid as text": (types.Uuid(as_uuid=False), ["12345678-1234-5678-1234-567812345678"]),
    "Uuid not native": (types.Uuid(native_uuid=False), [uuid.UUID(int=2**128 - 1)]),
    "TypeDecorator": (Upper(), ["abc", "ÉTÉ".lower()]),
}
# Not comparable with `=` on at least one database.
NO_EQUALS = {"JSON", "PickleType", "Float as Decimal", "Float", "Text", "UnicodeText", "LargeBinary", "TypeDecorator"}


def make(engine, type_):
    meta = sa.MetaData()
    # autoincrement=False: the rows' numbers are ours, and MySQL takes 0 for "next".
    table = sa.Table("t", meta, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.Column("x", type_))
    meta.create_all(engine)
    return table


@pytest.mark.parametrize("name", CASES)
def test_round_trip(any_engine, name):
    type_, values = CASES[name]
    values = [*values, None]
    table = make(any_engine, type_)
    with any_engine.begin() as conn:
        for i, value in enumerate(values):
            conn.execute(table.insert().values(id=i, x=value))
        many = [{"id": 100 + i, "x": value} for i, value in enumerate(values)]
        conn.execute(table.insert(), many)
    with any_engine.connect() as conn:
        got = conn.execute(sa.select(table.c.id, table.c.x).order_by(table.c.id)).all()
    assert [row.x for row in got] == values * 2
    assert [type(row.x) for row in got] == [type(v) for v in values] * 2


@pytest.mark.parametrize("name", [n for n in CASES if n not in NO_EQUALS])
def test_a_value_is_found_by_comparing(any_engine, name):
    type_, values = CASES[name]
    table = make(any_engine, type_)
    with any_engine.begin() as conn:
        conn.execute(table.insert(), [{"id": i, "x": value} for i, value in enumerate(values)])
        for i, value in enumerate(values):
            assert i in conn.scalars(sa.select(table.c.id).where(table.c.x == value)).all()
        found = conn.scalars(sa.select(table.c.id).where(table.c.x.in_(values)).order_by(table.c.id)).all()
        assert found == list(range(len(values)))
        assert conn.scalars(sa.select(table.c.id).where(table.c.x.is_(None))).all() == []


@pytest.mark.parametrize("name", CASES)
def test_update_and_returned_literal(any_engine, name):
    """A value that an UPDATE sets, and one that a SELECT carries as a typed bind parameter."""
    type_, values = CASES[name]
    table = make(any_engine, type_)
    with any_engine.begin() as conn:
        conn.execute(table.insert().values(id=1, x=None))
        conn.execute(table.update().where(table.c.id == 1).values(x=values[-1]))
        assert conn.scalar(sa.select(table.c.x)) == values[-1]
        conn.execute(table.update().values(x=sa.null()))
        assert conn.scalar(sa.select(sa.func.count()).where(table.c.x.is_(None))) == 1


def test_json_null_and_sql_null(any_engine):
    meta = sa.MetaData()
    table = sa.Table("t", meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("x", sa.JSON(none_as_null=False)))
    meta.create_all(any_engine)
    with any_engine.begin() as conn:
        conn.execute(table.insert(), [{"x": None}, {"x": sa.null()}, {"x": {"k": [10, {"deep": "v"}], "n": 5}}])
        x = table.c.x
        assert conn.scalars(sa.select(table.c.id).where(x.is_(sa.null()))).all() == [2]
        assert conn.scalars(sa.select(x).order_by(table.c.id)).all() == [None, None, {"k": [10, {"deep": "v"}], "n": 5}]
        assert conn.scalar(sa.select(x["k"]).where(table.c.id == 3)) == [10, {"deep": "v"}]
        assert conn.scalar(sa.select(x["n"].as_integer()).where(table.c.id == 3)) == 5
        assert conn.scalar(sa.select(x[("k", 1, "deep")].as_string()).where(table.c.id == 3)) == "v"
        assert conn.scalars(sa.select(table.c.id).where(x["n"].as_integer() == 5)).all() == [3]


def test_microseconds_where_the_column_keeps_them(any_engine):
    moment = dt.datetime(2024, 2, 29, 23, 59, 58, 123456)
    stamp, clock = sa.DateTime(), sa.Time()
    if any_engine.dialect.name in ("mysql", "mariadb"):
        from oxalchemy.dialects import mysql

        stamp, clock = mysql.DATETIME(fsp=6), mysql.TIME(fsp=6)
    meta = sa.MetaData()
    table = sa.Table("t", meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("d", stamp), sa.Column("t", clock))
    meta.create_all(any_engine)
    with any_engine.begin() as conn:
        conn.execute(table.insert().values(d=moment, t=moment.time()))
        assert conn.execute(sa.select(table.c.d, table.c.t)).one() == (moment, moment.time())


def test_time_zones_of_postgresql(postgresql_url):
    engine = sa.create_engine(postgresql_url)
    meta = sa.MetaData()
    table = sa.Table("t", meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("d", sa.DateTime(timezone=True)))
    meta.create_all(engine)
    moment = dt.datetime(2024, 6, 1, 12, 0, 0, 5, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=30)))
    with engine.begin() as conn:
        conn.execute(table.insert().values(d=moment))
        got = conn.scalar(sa.select(table.c.d))
        assert got == moment
        assert got.tzinfo is not None
    engine.dispose()


@pytest.mark.parametrize("value", [D("1.005"), D("-1.005"), 1, D("1E+3")])
def test_numeric_keeps_its_scale(any_engine, value):
    table = make(any_engine, sa.Numeric(10, 3))
    with any_engine.begin() as conn:
        conn.execute(table.insert().values(id=1, x=value))
        got = conn.scalar(sa.select(table.c.x))
        assert isinstance(got, D)
        assert got == D(value)
        assert got.as_tuple().exponent == -3


def test_expressions_have_types(any_engine):
    table = make(any_engine, sa.Integer())
    with any_engine.begin() as conn:
        conn.execute(table.insert(), [{"id": i, "x": i} for i in range(1, 5)])
        c = table.c
        assert conn.scalar(sa.select(sa.func.count(c.x))) == 4
        assert conn.scalar(sa.select(sa.func.max(c.x) + 1)) == 5
        assert float(conn.scalar(sa.select(sa.func.avg(c.x)))) == 2.5
        assert int(conn.scalar(sa.select(sa.func.sum(c.x)))) == 10
        assert conn.scalar(sa.select(sa.cast(c.x, sa.String(10)) + "!").where(c.id == 3)) == "3!"
        assert conn.scalar(sa.select(sa.literal("a ř") + sa.literal("%b"))) == "a ř%b"
        assert float(conn.scalar(sa.select(c.x / 2).where(c.id == 3))) == 1.5
        assert conn.scalar(sa.select(c.x // 2).where(c.id == 3)) == 1
        assert conn.scalar(sa.select(c.x % 2).where(c.id == 3)) == 1
        assert conn.scalar(sa.select(sa.case((c.x > 2, "many"), else_="few")).where(c.id == 3)) == "many"
        assert conn.scalar(sa.select(sa.extract("year", sa.literal(dt.date(2024, 5, 6), sa.Date)))) == 2024
        assert bool(conn.scalar(sa.select(sa.true()))) is True
        assert isinstance(conn.scalar(sa.select(sa.func.current_timestamp())), dt.datetime)
