"""Values of PostgreSQL and MySQL on their way back: the same whoever watches, decoded by what the server says they are."""

import datetime as dt
import decimal
import enum
import ipaddress
import uuid

import oxalchemy as sa
import pytest
from oxalchemy import event
from oxalchemy.dialects.postgresql import ARRAY, CIDR, INET, INT4RANGE, JSONB, Range


class Level(enum.Enum):
    low = 1


TYPED = {
    "n": (sa.Numeric(10, 3), decimal.Decimal("1.5")),
    "f": (sa.Float, 2.5),
    "b": (sa.Boolean, True),
    "d": (sa.Date, dt.date(2020, 1, 1)),
    "m": (sa.DateTime, dt.datetime(2020, 1, 1, 2, 3, 4)),
    "t": (sa.Time, dt.time(1, 2, 3)),
    "i": (sa.Interval, dt.timedelta(days=1)),
    "y": (sa.LargeBinary, b"\x00\xff"),
    "j": (sa.JSON, {"a": [1, None, "x"]}),
    "js": (sa.JSON, "text"),
    "u": (sa.Uuid, uuid.UUID(int=1)),
    "e": (sa.Enum(Level, name="watched_level"), Level.low),
    "s": (sa.String(10), "x"),
}


def everything(engine):
    """Values of all kinds, typed and untyped, through every way that returns rows."""
    columns = [sa.Column(name, type_) for name, (type_, _) in TYPED.items()]
    t = sa.Table("watched", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), *columns)
    t.drop(engine, checkfirst=True)
    t.create(engine)
    row = {name: value for name, (_, value) in TYPED.items()}
    out = []
    try:
        with engine.begin() as c:
            c.execute(t.insert(), row)
            out += c.execute(sa.select(t)).all()
            out += c.execute(sa.text("select * from watched")).all()
            out += c.execute(
                sa.text("select sum(n), avg(id), count(*), max(m), min(d), 1.5, null, max(id) + 0.5 from watched")
            ).all()
            out += c.execute(sa.select(sa.func.coalesce(t.c.u, None), t.c.n + 1, t.c.id / 2, t.c.j["a"], t.c.j)).all()
            out += c.exec_driver_sql("select j, js, m, n, f from watched").all()
            if engine.dialect.insert_returning:
                out += c.execute(t.insert().returning(t), [row, row]).all()
            if engine.dialect.update_returning:
                out += c.execute(sa.update(t).values(s="y").returning(t.c.j, t.c.u, t.c.e)).all()
            out += c.execution_options(stream_results=True).execute(sa.select(t)).fetchmany(2)
            out.append(c.execute(sa.select(t)).mappings().first())
    finally:
        t.drop(engine)
    return out


@pytest.mark.parametrize("watch", ["before_cursor_execute", "after_cursor_execute"])
def test_a_listener_changes_nothing(any_url, watch):
    plain, watched = sa.create_engine(any_url), sa.create_engine(any_url)
    event.listen(watched, watch, lambda *a: None)
    expected, found = everything(plain), everything(watched)
    assert [repr(r) for r in found] == [repr(r) for r in expected]
    assert found == expected
    plain.dispose()
    watched.dispose()


UNTYPED = {
    "'{\"a\": [1, null]}'::jsonb": {"a": [1, None]},
    "'\"text\"'::json": "text",
    "'null'::jsonb": None,
    "array['{\"a\": 1}'::jsonb]": [{"a": 1}],
    "jsonb_build_object('k', 1)": {"k": 1},
    "'10.0.0.1'::inet": ipaddress.ip_address("10.0.0.1"),
    "'10.0.0.1/8'::inet": ipaddress.ip_interface("10.0.0.1/8"),
    "'10.0.0.0/8'::cidr": ipaddress.ip_network("10.0.0.0/8"),
    "'::1'::inet": ipaddress.ip_address("::1"),
    "array['10.0.0.1'::inet, null]": [ipaddress.ip_address("10.0.0.1"), None],
    "interval '1 day'": dt.timedelta(1),
    "1.50::numeric": decimal.Decimal("1.50"),
    "'abc'::bytea": b"abc",
    "'{\"a\": 1}'::jsonb ->> 'a'": "1",
}


@pytest.mark.parametrize("watched", [False, True])
@pytest.mark.parametrize("sql", UNTYPED)
def test_untyped_values(postgresql_url, sql, watched):
    engine = sa.create_engine(postgresql_url)
    if watched:
        event.listen(engine, "before_cursor_execute", lambda *a: None)
    with engine.connect() as c:
        assert c.execute(sa.text("select " + sql.replace(":", "\\:"))).scalar() == UNTYPED[sql]
        assert c.exec_driver_sql("select " + sql).scalar() == UNTYPED[sql]
    raw = engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute("select " + sql)
    assert cursor.fetchone() == (UNTYPED[sql],)
    raw.close()
    engine.dispose()


def other_driver(url, name):
    return sa.make_url(url).set(drivername=f"postgresql+{name}")


def test_the_driver_that_a_url_names(postgresql_url):
    sql = "select '10.0.0.1'::inet, '10.0.0.0/8'::cidr, 'x'::bytea, '{}'::jsonb"
    for name, options, expected in (
        ("psycopg2", {}, ("10.0.0.1", "10.0.0.0/8", memoryview(b"x"), {})),
        ("psycopg", {"native_inet_types": False}, ("10.0.0.1", "10.0.0.0/8", b"x", {})),
        ("psycopg", {"json_deserializer": lambda text: ["mine", text]}, None),
    ):
        engine = sa.create_engine(other_driver(postgresql_url, name), **options)
        with engine.connect() as c:
            found = c.exec_driver_sql(sql).one()
            assert tuple(c.execute(sa.text(sql.replace(":", "\\:"))).one()) == tuple(found)
            assert tuple(found) == expected if expected else found[3] == ["mine", "{}"]
        engine.dispose()


def test_operators_by_hand_and_addresses(postgresql_url):
    engine = sa.create_engine(postgresql_url)
    t = sa.Table(
        "by_hand", sa.MetaData(), sa.Column("j", JSONB), sa.Column("a", INET), sa.Column("c", CIDR), sa.Column("l", ARRAY(INET))
    )
    t.create(engine)
    try:
        with engine.begin() as c:
            address, network = ipaddress.ip_address("10.0.0.1"), ipaddress.ip_network("10.0.0.0/8")
            c.execute(t.insert(), {"j": {"n": "abc", "o": {"p": 1}}, "a": address, "c": network, "l": [address]})
            c.execute(t.insert(), {"j": None, "a": "10.0.0.1", "c": "10.0.0.0/8", "l": ["10.0.0.1"]})
            assert c.execute(sa.select(t.c.a, t.c.c, t.c.l)).all() == [(address, network, [address])] * 2
            assert c.execute(sa.select(sa.func.count()).where(t.c.a == address)).scalar() == 2
            one = sa.select(t.c.j.op("->>")("n"), t.c.j.op("->")("o"), t.c.j["n"].astext, t.c.j["n"])
            assert tuple(c.execute(one.where(t.c.j["n"].astext == "abc")).one()) == ("abc", {"p": 1}, "abc", "abc")
            assert c.execute(sa.select(sa.cast("[1,5)", INT4RANGE))).scalar() == Range(1, 5)
    finally:
        t.drop(engine)
    engine.dispose()


def test_functions_of_the_standard(any_engine):
    with any_engine.connect() as c:
        moment = sa.literal(dt.datetime(2020, 5, 6), sa.DateTime)
        if any_engine.dialect.name != "sqlite":
            moment = sa.cast(moment, sa.DateTime)
        assert c.execute(sa.select(sa.func.extract("year", moment))).scalar() == 2020
        assert c.execute(sa.select(sa.func.cast("5", sa.Integer) + 1)).scalar() == 6
        assert c.execute(sa.select(sa.func.substring("abcdef", 2, 3), sa.func.substring("abcdef", 2))).one() == ("bcd", "bcdef")
        if any_engine.dialect.name == "postgresql":
            assert c.execute(sa.select(sa.func.substring("abc12", "[0-9]+"))).scalar() == "12"


def test_computed_columns(any_engine):
    t = sa.Table("computed", sa.MetaData(), sa.Column("n", sa.Integer), sa.Column("g", sa.Integer, sa.Computed("n * 2")))
    t.create(any_engine)
    try:
        with any_engine.begin() as c:
            c.execute(t.insert(), {"n": 3})
            assert c.execute(sa.select(t.c.g)).scalar() == 6
    finally:
        t.drop(any_engine)


def test_virtual_columns_before_postgresql_18(postgresql_url):
    engine = sa.create_engine(postgresql_url)
    with engine.connect() as c:
        version = c.dialect.server_version_info
    t = sa.Table(
        "virtual", sa.MetaData(), sa.Column("n", sa.Integer), sa.Column("g", sa.Integer, sa.Computed("1", persisted=False))
    )
    if version < (18,):
        with pytest.raises(sa.exc.CompileError, match="do not support 'virtual' persistence"):
            t.create(engine)
    engine.dispose()
