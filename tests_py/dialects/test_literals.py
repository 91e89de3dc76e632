"""Values written into the text: no string leaves its quotes, and every literal means what the bound value means."""

import datetime as dt
import decimal
import uuid

import oxalchemy as sa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oxalchemy.dialects import mysql, postgresql

EVIL = ["a\\", "\\", "\\'", "\\' , version()) --", "\\\\'", "a\\nb", "a'b", "''", "\\''\\", "%s %(a)s %% :x ?", "\\x41", "$1"]
SESSIONS = {
    "told": lambda c: None,
    "set later": lambda c: c.exec_driver_sql(
        "SET standard_conforming_strings = off" if c.dialect.name == "postgresql" else "SET sql_mode = 'NO_BACKSLASH_ESCAPES'"
    ),
}


def inline(element, engine):
    return str(element.compile(engine, compile_kwargs={"literal_binds": True}))


def odd_engine(url, name):
    """Sessions on which backslashes mean what they usually do not."""
    if name == "postgresql":
        return sa.create_engine(url, connect_args={"options": "-c standard_conforming_strings=off"})
    return sa.create_engine(url, connect_args={"init_command": "SET sql_mode = 'NO_BACKSLASH_ESCAPES'"})


@pytest.fixture(params=["postgresql", "mysql"])
def odd(request):
    url = request.getfixturevalue(f"{request.param}_url")
    engine = odd_engine(url, request.param)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("evil", EVIL)
def test_no_string_leaves_its_quotes(odd, evil):
    with odd.connect() as c:
        second = sa.literal("second", sa.String)
        executed = sa.bindparam("a", evil, sa.String, literal_execute=True)
        assert c.execute(sa.select(executed, second)).all() == [(evil, "second")]
        text = inline(sa.select(sa.literal(evil, sa.String), second), odd)
        assert c.exec_driver_sql(text).all() == [(evil, "second")]
        assert c.execute(sa.select(sa.literal("a", sa.String).in_(["b", evil]), second)).all()[0][1] == "second"


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("name", ["postgresql", "mysql"])
def test_a_setting_that_changes_later(request, name, evil):
    engine = sa.create_engine(request.getfixturevalue(f"{name}_url"))
    with engine.connect() as c:
        SESSIONS["set later"](c)
        executed = sa.bindparam("a", evil, sa.String, literal_execute=True)
        assert c.execute(sa.select(executed, sa.literal("second", sa.String))).all() == [(evil, "second")]
        # A text that was made for the other setting may say something else, but no more than one value.
        for dialect in (engine.dialect, postgresql.dialect() if name == "postgresql" else mysql.dialect()):
            text = sa.select(sa.literal(evil, sa.String), sa.literal("second", sa.String)).compile(
                dialect=dialect, compile_kwargs={"literal_binds": True}
            )
            rows = c.exec_driver_sql(str(text)).all()
            assert len(rows) == 1 and len(rows[0]) == 2 and rows[0][1] == "second"
    engine.dispose()


def test_ddl_keeps_backslashes(odd):
    t = sa.Table(
        "backslashes",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("a", sa.String(20), server_default="x\\", comment="c\\"),
        sa.Column("e", sa.Enum("p\\", "q'", name="backslashed")),
    )
    t.create(odd)
    try:
        with odd.begin() as c:
            c.execute(t.insert(), {"id": 1, "e": "p\\"})
            assert c.execute(sa.select(t.c.a, t.c.e).where(t.c.e == "p\\", t.c.a.like("x#\\", escape="#"))).all() == [
                ("x\\", "p\\")
            ]
            assert sa.inspect(c).get_columns("backslashes")[1]["comment"] == "c\\"
    finally:
        t.drop(odd)


def test_without_a_connection():
    def text(value, dialect):
        return str(sa.literal(value, sa.String).compile(dialect=dialect, compile_kwargs={"literal_binds": True}))

    pg, my = postgresql.dialect(), mysql.dialect()
    assert text("a\\b", pg) == "'a\\b'"
    assert text("a\\", pg) == "E'a\\\\'"
    assert text("a\\'b", pg) == "E'a\\\\''b'"
    assert text("a\\b", my) == "'a\\\\b'"
    assert str(sa.column("x").like("y", escape="\\").compile(dialect=pg)).endswith("ESCAPE '\\'")


DATES = st.dates()
MOMENTS = st.datetimes()
KINDS = {
    "integer": (sa.Integer, st.integers(-(2**31), 2**31 - 1)),
    "big": (sa.BigInteger, st.integers(-(2**63), 2**63 - 1)),
    "numeric": (sa.Numeric(30, 10), st.decimals(-(10**19), 10**19, places=10)),
    "double": (sa.Double, st.floats(allow_nan=False, allow_infinity=False)),
    "boolean": (sa.Boolean, st.booleans()),
    "text": (sa.Text, st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))),
    "bytes": (sa.LargeBinary, st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")).map(str.encode)),
    "date": (sa.Date, DATES),
    "datetime": (sa.DateTime, MOMENTS),
    "time": (sa.Time, st.times()),
    "interval": (sa.Interval, st.timedeltas()),
    "uuid": (sa.Uuid, st.uuids(version=4)),
    "json": (sa.JSON, st.recursive(st.none() | st.booleans() | st.text("a'\\%\"é"), st.lists)),
}


def column_type(kind, type_, dialect):
    """What keeps all digits."""
    if dialect == "mysql":
        return {"datetime": mysql.DATETIME(fsp=6), "time": mysql.TIME(fsp=6)}.get(kind, type_)
    return type_


@pytest.mark.parametrize("kind", KINDS)
def test_literals_are_what_bound_values_are(any_engine, kind):
    engine, (type_, values) = any_engine, KINDS[kind]
    name = engine.dialect.name
    if kind == "interval" and name != "postgresql":
        # A point in time after 1970, to the second on MySQL.
        values = st.timedeltas(dt.timedelta(-300_000), dt.timedelta(2_000_000)).map(lambda d: dt.timedelta(d.days, d.seconds))
    if kind == "double" and name == "sqlite":
        # Its parser rounds the digits of very large and very small numbers.
        values = st.floats(-1e15, 1e15).filter(lambda f: f == 0 or abs(f) > 1e-5)
    if name == "mysql" and kind == "datetime":
        values = st.datetimes(dt.datetime(1000, 1, 1))
    t = sa.Table(
        "kept", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("v", column_type(kind, type_, name))
    )
    t.create(engine)
    try:

        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(value=values)
        def check(value):
            with engine.begin() as c:
                c.execute(t.delete())
                c.execute(t.insert(), {"id": 1, "v": value})
                c.exec_driver_sql(inline(t.insert().values(id=2, v=value), engine))
                c.execute(t.insert().values(id=3, v=sa.bindparam("q", value, t.c.v.type, literal_execute=True)))
                c.execute(t.insert(), [{"id": 4, "v": value}, {"id": 5, "v": value}])
                bound, *others = c.execute(sa.select(t.c.v).order_by(t.c.id)).scalars()
                assert others == [bound] * 4
                assert type(bound) is type(value) or isinstance(value, (int, float, type(None)))
                if kind not in ("double", "numeric") or name != "sqlite":
                    assert bound == value
                if kind != "json":
                    where = sa.select(sa.func.count()).where(t.c.v == sa.literal(value, t.c.v.type))
                    assert c.exec_driver_sql(inline(where, engine)).scalar() == c.execute(where).scalar()

        check()
    finally:
        t.drop(engine)


INTERVALS = [dt.timedelta.max, dt.timedelta.min, dt.timedelta(microseconds=-1), dt.timedelta(days=40_000, microseconds=1)]
INTERVALS += [dt.timedelta(days=99_421, microseconds=1), dt.timedelta(days=24_855, seconds=11_648, microseconds=1)]


@pytest.mark.parametrize("value", [*INTERVALS, dt.timedelta(seconds=-1.5), dt.timedelta(0)])
def test_intervals_of_any_size(postgresql_url, value):
    engine = sa.create_engine(postgresql_url)
    with engine.connect() as c:
        text = inline(sa.select(sa.literal(value, sa.Interval)), engine)
        assert c.exec_driver_sql(text).scalar() == value == c.execute(sa.select(sa.literal(value, sa.Interval))).scalar()
    engine.dispose()


@pytest.mark.parametrize("type_", [sa.Integer, sa.BigInteger, sa.Numeric(10, 2), sa.Float, sa.Double])
@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), float("-inf"), decimal.Decimal("NaN"), decimal.Decimal("Infinity")], ids=repr
)
def test_numbers_that_mysql_does_not_have(mysql_url, type_, value):
    engine = sa.create_engine(mysql_url)
    t = sa.Table("numbers", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("v", type_))
    t.create(engine)
    try:
        for statement in (
            lambda c: c.execute(t.insert(), {"id": 1, "v": value}),
            lambda c: c.execute(t.insert(), [{"id": 1, "v": value}, {"id": 2, "v": value}]),
            lambda c: c.execute(t.insert().values(id=1, v=sa.bindparam("q", value, type_, literal_execute=True))),
            lambda c: c.execute(t.select().where(t.c.v == value)),
            lambda c: c.execute(t.select().where(t.c.v.in_([value]))),
            lambda c: c.execute(sa.select(sa.literal(value, type_))),
        ):
            with pytest.raises(sa.exc.StatementError), engine.begin() as c:
                statement(c)
        with engine.begin() as c:
            assert c.execute(t.select()).all() == []
    finally:
        t.drop(engine)
    engine.dispose()


def test_no_name_is_written_for_a_number(postgresql_url):
    engine = sa.create_engine(postgresql_url)
    with engine.connect() as c:
        for value in (float("nan"), float("inf"), float("-inf")):
            assert repr(c.exec_driver_sql(inline(sa.select(sa.literal(value, sa.Float)), engine)).scalar()) == repr(value)
    for text in ("1 OR 1=1", "version()", "x"):
        with pytest.raises(sa.exc.CompileError):
            inline(sa.select(sa.literal(text, sa.Numeric)), engine)
    engine.dispose()


def test_uuids_as_text(any_engine):
    value = uuid.uuid4()
    t = sa.Table("ids", sa.MetaData(), sa.Column("v", sa.Uuid(as_uuid=False)))
    t.create(any_engine)
    try:
        with any_engine.begin() as c:
            c.exec_driver_sql(inline(t.insert().values(v=str(value)), any_engine))
            assert c.execute(sa.select(t.c.v).where(t.c.v == str(value))).scalar() == str(value)
    finally:
        t.drop(any_engine)
