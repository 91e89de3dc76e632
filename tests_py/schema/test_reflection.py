"""Reflection of SQLite."""

import pytest
from oxalchemy import Column, Integer, MetaData, String, Table, create_engine, event, exc, inspect, text

DDL = [
    "CREATE TABLE parent (id INTEGER PRIMARY KEY, a VARCHAR(30) NOT NULL DEFAULT 'x', CONSTRAINT ck CHECK (a != "
    "'b,)'), UNIQUE (a))",
    "CREATE TABLE child (x INTEGER REFERENCES parent ON DELETE CASCADE, y INT, z INT AS (y + 1) STORED, CONSTRAINT pk "
    "PRIMARY KEY (y, x), "
    "CONSTRAINT fk FOREIGN KEY (y) REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)",
    "CREATE INDEX ix ON child (y) WHERE y > 5",
    "CREATE VIEW v AS SELECT a FROM parent",
]


@pytest.fixture
def engine():
    e = create_engine("sqlite://")
    with e.begin() as connection:
        for statement in DDL:
            connection.execute(text(statement))
    return e


def test_inspector(engine):
    insp = inspect(engine)
    assert insp.get_table_names() == ["child", "parent"]
    assert insp.get_view_names() == ["v"]
    assert insp.get_pk_constraint("child") == {"constrained_columns": ["y", "x"], "name": "pk"}
    assert insp.get_check_constraints("parent") == [{"sqltext": "a != 'b,)'", "name": "ck"}]
    named, inline = insp.get_foreign_keys("child")
    assert named["name"] == "fk" and named["options"] == {"deferrable": True, "initially": "DEFERRED"}
    assert inline["referred_columns"] == ["id"] and inline["options"] == {"ondelete": "CASCADE"}
    assert insp.get_columns("child")[2]["computed"] == {"sqltext": "y + 1", "persisted": True}
    (index,) = insp.get_indexes("child")
    assert str(index["dialect_options"]["sqlite_where"]) == "y > 5"
    with pytest.raises(exc.NoSuchTableError):
        insp.get_columns("nope")


def test_reflect_a_database(engine):
    m = MetaData()
    m.reflect(engine)
    child, parent = m.tables["child"], m.tables["parent"]
    assert child.c.x.references(parent.c.id)
    assert parent.c.a.type.length == 30
    assert m.sorted_tables == [parent, child]
    with pytest.raises(exc.InvalidRequestError, match=r"requested table\(s\) not available"):
        MetaData().reflect(engine, only=["nope"])


def test_given_columns_win_and_events_see_columns(engine):
    m = MetaData()

    @event.listens_for(m, "column_reflect")
    def rename(inspector, table, info):
        info["key"] = f"k_{info['name']}"

    t = Table("parent", m, Column("a", String(5), key="mine"), autoload_with=engine)
    assert t.c.mine.type.length == 5
    assert "k_id" in t.c


def test_reflection_sees_no_more_than_it_may(engine):
    t = Table("parent", MetaData(), autoload_with=engine, include_columns=["id"])
    assert t.c.keys() == ["id"]
    with pytest.raises(exc.NoSuchTableError):
        Table("nope", MetaData(), autoload_with=engine)
    assert isinstance(t.c.id.type, Integer)
