"""schema_translate_map reaches the names of types and sequences as it reaches those of tables."""

import enum

import oxalchemy as sa
import pytest
from oxalchemy.dialects.postgresql import ARRAY
from oxalchemy.schema import CreateSchema, DropSchema


class Mood(enum.Enum):
    sad = 1
    ok = 2


TYPES = {
    "plain": lambda m: sa.Enum(Mood, name="mood"),
    "inherits": lambda m: sa.Enum(Mood, name="mood", inherit_schema=True),
    "of a schema": lambda m: sa.Enum(Mood, name="mood", schema="per"),
    "of the metadata": lambda m: sa.Enum(Mood, name="mood", metadata=m),
}


@pytest.fixture
def engine(postgresql_url):
    engine = sa.create_engine(postgresql_url)
    with engine.begin() as c:
        c.execute(CreateSchema("elsewhere"))
    yield engine.execution_options(schema_translate_map={None: "elsewhere", "per": "elsewhere"})
    with engine.begin() as c:
        c.execute(DropSchema("elsewhere", cascade=True))
    engine.dispose()


def found(engine, sql):
    with engine.connect() as c:
        return c.exec_driver_sql(sql).all()


@pytest.mark.parametrize("name", TYPES)
def test_enums(engine, name):
    m = sa.MetaData()
    type_ = TYPES[name](m)
    t = sa.Table("moods", m, sa.Column("id", sa.Integer, primary_key=True), sa.Column("v", type_), sa.Column("l", ARRAY(type_)))
    m.create_all(engine)
    m.create_all(engine)
    where = "select nspname from pg_type t join pg_namespace n on n.oid = typnamespace where typname = 'mood'"
    assert found(engine, where) == [("elsewhere",)]
    with engine.begin() as c:
        c.execute(t.insert(), {"v": Mood.ok, "l": [Mood.sad, Mood.ok]})
        c.execute(t.insert(), [{"v": Mood.sad, "l": []}, {"v": None, "l": None}])
        assert c.execute(sa.select(t.c.v, t.c.l).where(t.c.l == [Mood.sad, Mood.ok])).all() == [(Mood.ok, [Mood.sad, Mood.ok])]
        assert c.execute(sa.select(sa.cast(t.c.v, sa.String)).where(t.c.v.in_([Mood.sad]))).scalar() == "sad"
        assert c.execute(sa.select(sa.cast("ok", type_))).scalar() is Mood.ok
        assert c.execute(t.insert().returning(t.c.l), [{"l": [Mood.ok]}, {"l": [Mood.sad]}]).all() == [
            ([Mood.ok],),
            ([Mood.sad],),
        ]
    m.drop_all(engine)
    assert found(engine, where) == []


def test_sequences(engine):
    m = sa.MetaData()
    server, client = sa.Sequence("server_numbers", metadata=m), sa.Sequence("client_numbers", schema="per", metadata=m)
    t = sa.Table(
        "numbered",
        m,
        sa.Column("id", sa.Integer, client, primary_key=True),
        sa.Column("v", sa.Integer, server_default=server.next_value()),
        sa.Column("w", sa.Integer, default=client),
    )
    m.create_all(engine)
    m.create_all(engine)
    with engine.begin() as c:
        assert c.execute(t.insert()).inserted_primary_key == (1,)
        assert c.execute(sa.select(t.c.v)).scalar() == 1
        assert c.scalar(server) == 2 and c.execute(sa.select(server.next_value())).scalar() == 3
    m.drop_all(engine)
    assert found(engine, "select 1 from pg_sequences where sequencename like '%%_numbers'") == []
