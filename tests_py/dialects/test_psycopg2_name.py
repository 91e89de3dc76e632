"""The name psycopg2: parameters are the server's to type, as literals would be, and tuples are what IN takes."""

import datetime as dt
import decimal
import uuid

import oxalchemy as sa
import pytest
from oxalchemy import event
from oxalchemy.dialects.postgresql import JSONB

META = sa.MetaData()
t = sa.Table(
    "loosely",
    META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("d", sa.Date),
    sa.Column("n", sa.Integer),
    sa.Column("q", sa.Numeric(10, 2)),
    sa.Column("s", sa.String(10)),
    sa.Column("b", sa.Boolean),
    sa.Column("j", JSONB),
)
ROW = {"id": 1, "d": "2020-01-02", "n": "5", "q": "1.50", "s": "x", "b": True, "j": {"a": 1}}


@pytest.fixture(params=["plain", "watched", "autocommit"])
def engine(request, postgresql_url):
    options = {"isolation_level": "AUTOCOMMIT"} if request.param == "autocommit" else {}
    engine = sa.create_engine(sa.make_url(postgresql_url).set(drivername="postgresql+psycopg2"), **options)
    if request.param == "watched":
        event.listen(engine, "before_cursor_execute", lambda *a: None)
    META.create_all(engine)
    with engine.begin() as c:
        c.execute(t.insert(), ROW)
        c.execute(t.insert(), [{"id": 2, "d": None, "n": None, "q": None, "s": None, "b": None, "j": None}])
    yield engine
    META.drop_all(engine)
    engine.dispose()


CONSTRUCTS = [
    t.c.d == "2020-01-02",
    t.c.n == "5",
    t.c.q == "1.5",
    t.c.b == "true",
    t.c.n.in_(["5", "6"]),
    sa.func.coalesce(t.c.d, "2020-01-02") == "2020-01-02",
    sa.tuple_(t.c.id, t.c.s).in_([(1, "x")]),
    sa.literal(None).is_(None) & (t.c.id == 1),
]
TEXTS = {
    "d = :x": "2020-01-02",
    "d > :x": dt.date(2019, 1, 1),
    "n in :x": (1, 5),
    "s in :x": ("x", "y'\\"),
    "d in :x": (dt.date(2020, 1, 2),),
    "n = any(:x)": [1, 5],
    ":x is null and id = 1": None,
    "(:x is null or s = :x)": "x",
    "(n = :x or (:x is null and id = 1))": None,
    "d > date :x": "2019-01-01",
    "d + interval :x > '2020-01-02'": "1 day",
    "b is :x": True,
    "s || :x = 'xy'": "y",
    "q > :x": decimal.Decimal("1.1"),
    "j @> :x": '{"a": 1}',
}


def test_constructs(engine):
    with engine.connect() as c:
        for criterion in CONSTRUCTS:
            for _ in range(2):
                assert c.execute(sa.select(t.c.id).where(criterion)).scalars().all() == (
                    [1, 2] if "coalesce" in str(criterion) else [1]
                )
        assert c.execute(sa.select(sa.func.jsonb_build_object("a", "b"))).scalar() == {"a": "b"}
        assert c.execute(sa.select(sa.func.concat("a", 5, None))).scalar() == "a5"


@pytest.mark.parametrize("sql", TEXTS)
def test_texts(engine, sql):
    with engine.connect() as c:
        c.execute(sa.text("select 1"))
        for _ in range(2):
            assert c.execute(sa.text("select id from loosely where " + sql), {"x": TEXTS[sql]}).scalars().all() == [1]
        # The transaction is alive, and a value that finds nothing leaves columns.
        assert c.execute(sa.text("select 1")).scalar() == 1
        none = c.execute(sa.text(f"select id, d from loosely where {sql} and false"), {"x": TEXTS[sql]})
        assert list(none.keys()) == ["id", "d"] and none.all() == []


def test_what_is_wrong_stays_wrong(engine):
    with engine.connect() as c:
        for criterion, error in ((t.c.n == "x", sa.exc.DataError), (t.c.s == 5, sa.exc.ProgrammingError)):
            with pytest.raises(error):
                c.execute(sa.select(t.c.id).where(criterion)).all()
            c.rollback()
        with pytest.raises(sa.exc.ProgrammingError):
            c.execute(sa.text("selec :x"), {"x": 1})


def test_writing(engine):
    with engine.begin() as c:
        assert c.execute(sa.update(t).where(t.c.id == 2).values(d="2021-01-01", n="7", s=None)).rowcount == 1
        assert c.exec_driver_sql("select id from loosely where n in %s order by id", ((5, 7),)).scalars().all() == [1, 2]
        assert c.exec_driver_sql("select %(a)s is null", {"a": None}).scalar() is True
        rows = [{"id": i, "d": f"2020-01-{i}", "n": str(i), "s": "x" * 10} for i in (10, 11, 12)]
        assert c.execute(t.insert().returning(t.c.d, t.c.n), rows).all() == [(dt.date(2020, 1, i), i) for i in (10, 11, 12)]
        c.execute(
            sa.text("update loosely set s = :s, d = :d where id = :id"), [{"s": "a", "d": "2022-02-02", "id": 1}, ROW | {"id": 2}]
        )
        assert c.execute(sa.select(t.c.d, t.c.s).where(t.c.id < 3).order_by(t.c.id)).all() == [
            (dt.date(2022, 2, 2), "a"),
            (dt.date(2020, 1, 2), "x"),
        ]


def test_the_text(postgresql_url):
    engine = sa.create_engine(sa.make_url(postgresql_url).set(drivername="postgresql+psycopg2"))

    def text(e):
        return str(e.compile(engine, compile_kwargs={"render_postcompile": True}))

    assert text(t.c.d == "x") == "loosely.d = %(d_1)s"
    assert text(t.c.n.in_([1, 2])) == "loosely.n IN (%(n_1_1)s, %(n_1_2)s)"
    assert text(sa.column("u", sa.Uuid) == uuid.UUID(int=1)) == "u = %(u_1)s::UUID"
    assert text(sa.column("a", sa.ARRAY(sa.Integer)) == [1]) == "a = %(a_1)s::INTEGER[]"
    assert text(sa.column("j", JSONB) == {}) == "j = %(j_1)s::JSONB"
    engine.dispose()
