"""Tables, constraints and indexes are created, read back by reflection, and created again from what was read."""

import enum

import oxalchemy as sa
import pytest
from oxalchemy import exc
from oxalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


def schema():
    meta = sa.MetaData()
    sa.Table(
        "parent",
        meta,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(12), nullable=False, unique=True),
        sa.Column("amount", sa.Numeric(10, 3), server_default="1.5"),
        sa.Column("made", sa.DateTime, server_default=sa.func.now()),
        sa.Column("order", sa.Integer, index=True),
        sa.Column("Mixed Case", sa.Text),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
    )
    sa.Table(
        "child",
        meta,
        sa.Column("a", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("b", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("parent_id", sa.ForeignKey("parent.id", ondelete="CASCADE", name="child_parent"), nullable=False),
        sa.Column("flag", sa.Boolean, nullable=False),
        sa.Column("data", sa.LargeBinary),
        sa.UniqueConstraint("b", "parent_id", name="b_once"),
        sa.Index("ix_child_flag_b", "flag", "b"),
    )
    sa.Table(
        "grandchild",
        meta,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("a", sa.Integer),
        sa.Column("b", sa.BigInteger),
        sa.Column("boss_id", sa.Integer, sa.ForeignKey("grandchild.id")),
        sa.ForeignKeyConstraint(["a", "b"], ["child.a", "child.b"], name="to_child"),
    )
    return meta


def describe(table, dialect):
    """What must survive the round trip on every database."""
    # MySQL's BOOL is TINYINT(1): an integer to everybody who asks.
    affinity = {sa.Boolean: sa.Integer} if dialect.name == "mysql" else {}
    kind = lambda t: affinity.get(t._type_affinity, t._type_affinity).__name__  # noqa: E731
    return {
        "columns": [(c.name, kind(c.type), c.nullable, c.primary_key) for c in table.columns],
        "key": [c.name for c in table.primary_key.columns],
        "foreign": sorted(
            ([e.parent.name for e in f.elements], [e.target_fullname for e in f.elements], (f.ondelete or "").upper())
            for f in table.foreign_key_constraints
        ),
        "indexes": sorted((i.name, i.unique, [c.name for c in i.columns]) for i in table.indexes if i.name.startswith("ix_")),
    }


def test_reflection_gives_back_what_was_created(any_engine):
    made = schema()
    made.create_all(any_engine)
    read = sa.MetaData()
    read.reflect(any_engine)
    assert sorted(read.tables) == ["child", "grandchild", "parent"]
    for name, table in made.tables.items():
        assert describe(read.tables[name], any_engine.dialect) == describe(table, any_engine.dialect)
    assert [t.name for t in read.sorted_tables] == ["parent", "child", "grandchild"]


def test_what_was_reflected_can_be_created_again(any_engine):
    schema().create_all(any_engine)
    read = sa.MetaData()
    read.reflect(any_engine)
    first = {name: describe(t, any_engine.dialect) for name, t in read.tables.items()}
    read.drop_all(any_engine)
    assert sa.inspect(any_engine).get_table_names() == []
    read.create_all(any_engine)
    again = sa.MetaData()
    again.reflect(any_engine)
    assert {name: describe(t, any_engine.dialect) for name, t in again.tables.items()} == first


def test_inspector(any_engine):
    schema().create_all(any_engine)
    look = sa.inspect(any_engine)
    assert sorted(look.get_table_names()) == ["child", "grandchild", "parent"]
    assert look.has_table("parent")
    assert not look.has_table("nowhere")
    columns = {c["name"]: c for c in look.get_columns("parent")}
    assert list(columns) == ["id", "code", "amount", "made", "order", "Mixed Case"]
    assert (columns["amount"]["type"].precision, columns["amount"]["type"].scale) == (10, 3)
    assert columns["code"]["type"].length == 12
    assert not columns["code"]["nullable"]
    assert "1.5" in columns["amount"]["default"]
    assert look.get_pk_constraint("child")["constrained_columns"] == ["a", "b"]
    keys = {tuple(k["constrained_columns"]): k for k in look.get_foreign_keys("grandchild")}
    assert keys["a", "b"]["referred_table"] == "child"
    assert keys["a", "b"]["referred_columns"] == ["a", "b"]
    assert keys["boss_id",]["referred_table"] == "grandchild"
    unique = {u["name"]: u["column_names"] for u in look.get_unique_constraints("child")}
    assert unique["b_once"] == ["b", "parent_id"]
    checks = {c["name"]: c["sqltext"] for c in look.get_check_constraints("parent")}
    assert "amount" in checks["amount_positive"]
    with pytest.raises(exc.NoSuchTableError, match="nowhere"):
        look.get_columns("nowhere")


def test_views(any_engine):
    schema().create_all(any_engine)
    with any_engine.begin() as conn:
        conn.exec_driver_sql("CREATE VIEW codes AS SELECT code FROM parent")
    look = sa.inspect(any_engine)
    assert look.get_view_names() == ["codes"]
    assert "codes" not in look.get_table_names()
    assert "parent" in look.get_view_definition("codes")
    view = sa.Table("codes", sa.MetaData(), autoload_with=any_engine)
    assert view.columns.keys() == ["code"]
    with any_engine.begin() as conn:
        conn.exec_driver_sql("DROP VIEW codes")


def test_checkfirst_and_its_absence(any_engine):
    meta = schema()
    meta.create_all(any_engine)
    meta.create_all(any_engine)
    with pytest.raises((exc.OperationalError, exc.ProgrammingError), match="parent"):
        meta.tables["parent"].create(any_engine, checkfirst=False)
    meta.drop_all(any_engine)
    meta.drop_all(any_engine)
    with pytest.raises((exc.OperationalError, exc.ProgrammingError), match="parent"):
        meta.tables["parent"].drop(any_engine, checkfirst=False)


def test_constraints_are_enforced(any_engine):
    meta = schema()
    meta.create_all(any_engine)
    parent, child = meta.tables["parent"], meta.tables["child"]

    def fails(statement, error=exc.IntegrityError):
        with any_engine.connect() as conn:
            if any_engine.dialect.name == "sqlite":
                conn.exec_driver_sql("PRAGMA foreign_keys=ON")
            with pytest.raises(error) as caught:
                conn.execute(statement)
            assert caught.value.orig is not None
            assert caught.value.statement.split()[0] == "INSERT"
            assert not caught.value.connection_invalidated

    with any_engine.begin() as conn:
        conn.execute(parent.insert().values(code="a"))
    fails(parent.insert().values(code="a"))
    fails(parent.insert().values(code=None))
    # The drivers of MySQL do not count MariaDB's number for a CHECK among the integrity errors.
    fails(
        parent.insert().values(code="b", amount=-1),
        exc.OperationalError if any_engine.dialect.name == "mysql" else exc.IntegrityError,
    )
    fails(child.insert().values(a=1, b=1, parent_id=999, flag=True))
    with any_engine.connect() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(parent)) == 1


def test_server_defaults(any_engine):
    meta = schema()
    meta.create_all(any_engine)
    parent = meta.tables["parent"]
    with any_engine.begin() as conn:
        result = conn.execute(parent.insert().values(code="x"))
        assert result.inserted_primary_key == (1,)
        row = conn.execute(sa.select(parent)).one()
    assert str(row.amount) == "1.500"
    assert row.made is not None


def test_a_table_in_a_temporary_namespace(any_engine):
    meta = sa.MetaData()
    table = sa.Table("scratch", meta, sa.Column("id", sa.Integer, primary_key=True), prefixes=["TEMPORARY"])
    with any_engine.begin() as conn:
        table.create(conn)
        conn.execute(table.insert(), [{"id": 1}, {"id": 2}])
        assert conn.scalar(sa.select(sa.func.count()).select_from(table)) == 2


def test_drop_with_a_cycle_of_foreign_keys(any_engine):
    meta = sa.MetaData()
    for name, other in (("a", "b"), ("b", "a")):
        sa.Table(
            name,
            meta,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column(f"{other}_id", sa.ForeignKey(f"{other}.id", name=f"fk_{name}_{other}", use_alter=True)),
        )
    meta.create_all(any_engine)
    assert sorted(sa.inspect(any_engine).get_table_names()) == ["a", "b"]
    meta.drop_all(any_engine)
    assert sa.inspect(any_engine).get_table_names() == []


class Colour(enum.Enum):
    red = "r"
    green = "g"


def test_an_enum_that_an_annotation_names_is_created_with_its_table(any_engine):
    class Base(DeclarativeBase):
        pass

    class Paint(Base):
        __tablename__ = "paint"
        id: Mapped[int] = mapped_column(primary_key=True)
        colour: Mapped[Colour]

    Base.metadata.create_all(any_engine)
    try:
        with Session(any_engine) as session:
            session.add(Paint(colour=Colour.green))
            session.commit()
            assert session.scalars(sa.select(Paint.colour)).one() is Colour.green
    finally:
        Base.metadata.drop_all(any_engine)
