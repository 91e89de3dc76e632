"""Table, Column and MetaData: declaration, errors, DDL, copies."""

import pickle

import pytest
from oxalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    exc,
    inspect,
    select,
)
from oxalchemy.schema import CreateIndex, CreateTable


def ddl(element, engine=None):
    return str(element.compile(engine or create_engine("sqlite://"))).strip()


@pytest.fixture
def metadata():
    m = MetaData()
    Table("users", m, Column("id", Integer, primary_key=True), Column("name", String(30), nullable=False, unique=True))
    Table(
        "orders",
        m,
        Column("id", Integer, primary_key=True),
        Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), index=True),
    )
    return m


def test_create_table_text(metadata):
    assert ddl(CreateTable(metadata.tables["orders"])) == (
        "CREATE TABLE orders (\n\tid INTEGER NOT NULL, \n\tuser_id INTEGER, \n\tPRIMARY KEY (id), \n\t"
        "FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE\n)"
    )
    (index,) = metadata.tables["orders"].indexes
    assert ddl(CreateIndex(index)) == "CREATE INDEX ix_orders_user_id ON orders (user_id)"


def test_one_object_for_each_key(metadata):
    users = metadata.tables["users"]
    assert Table("users", metadata) is users
    with pytest.raises(exc.InvalidRequestError, match="already defined for this MetaData instance"):
        Table("users", metadata, Column("x", Integer))
    Table("users", metadata, Column("x", Integer), extend_existing=True)
    assert users.c.keys() == ["id", "name", "x"]
    assert Table("users", metadata, Column("y", Integer), keep_existing=True) is users
    assert "y" not in users.c


def test_type_of_a_foreign_key_column_comes_late():
    m = MetaData()
    child = Table("c", m, Column("p", ForeignKey("p.id")))
    assert child.c.p.type._isnull
    with pytest.raises(exc.NoReferencedTableError, match="could not find table 'p'"):
        next(iter(child.c.p.foreign_keys)).column
    parent = Table("p", m, Column("id", String(7), primary_key=True))
    assert child.c.p.type.length == 7
    assert next(iter(child.c.p.foreign_keys)).column is parent.c.id


def test_column_errors():
    column = Column("a", Integer)
    Table("t", MetaData(), column)
    with pytest.raises(exc.ArgumentError, match="Column object 'a' already assigned to Table 't'"):
        Table("u", MetaData(), column)
    with pytest.raises(exc.ArgumentError, match="May not pass name positionally and as a keyword"):
        Column("a", Integer, name="b")
    with pytest.raises(exc.DuplicateColumnError):
        Table("t", MetaData(), Column("a", Integer), Column("a", Integer))
    with pytest.raises(exc.ConstraintColumnNotFoundError, match="no column named 'q' is present"):
        Table("t", MetaData(), Column("a", Integer), UniqueConstraint("q"))


def test_columns_of_subqueries_know_their_from():
    t = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("o", ForeignKey("t.id")))
    sub = select(t).subquery()
    assert sub.c.id.table is sub
    assert {fk.column for fk in sub.c.o.foreign_keys} == {t.c.id}
    assert sub.c.id.constraints == frozenset()


def test_naming_convention():
    m = MetaData(
        naming_convention={"pk": "pk_%(table_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s", "ck": "ck_%(constraint_name)s"}
    )
    Table("p", m, Column("id", Integer, primary_key=True))
    t = Table(
        "t", m, Column("id", Integer, primary_key=True), Column("p", ForeignKey("p.id")), CheckConstraint("id > 0", name="pos")
    )
    assert {c.name for c in t.constraints} == {"pk_t", "fk_t_p", "ck_pos"}


def test_checks_of_types():
    t = Table(
        "t",
        MetaData(),
        Column("e", Enum("a", "b", create_constraint=True, name="e")),
        Column("b", Boolean(create_constraint=True)),
    )
    text = ddl(CreateTable(t))
    assert "CONSTRAINT e CHECK (e IN ('a', 'b'))" in text
    assert "CHECK (b IN (0, 1))" in text


def test_cycle_is_created_and_dropped():
    m = MetaData()
    Table("a", m, Column("id", Integer, primary_key=True), Column("b", Integer, ForeignKey("b.id", use_alter=True, name="ab")))
    Table("b", m, Column("id", Integer, primary_key=True), Column("a", Integer, ForeignKey("a.id")))
    engine = create_engine("sqlite://")
    m.create_all(engine)
    assert inspect(engine).get_table_names() == ["a", "b"]
    m.drop_all(engine)
    assert inspect(engine).get_table_names() == []


def test_pickle_and_to_metadata(metadata):
    again = pickle.loads(pickle.dumps(metadata))
    assert ddl(CreateTable(again.tables["users"])) == ddl(CreateTable(metadata.tables["users"]))
    other = MetaData()
    for table in metadata.sorted_tables:
        table.to_metadata(other, schema="s")
    assert sorted(other.tables) == ["s.orders", "s.users"]
    assert next(iter(other.tables["s.orders"].foreign_keys)).column is other.tables["s.users"].c.id


def test_subclasses_survive():
    class MyColumn(Column):
        inherit_cache = True

    class MyTable(Table):
        pass

    t = MyTable("t", MetaData(), MyColumn("x", Integer), Index("i", "x"), ForeignKeyConstraint(["x"], ["t.x"]))
    assert type(t.c.x) is MyColumn and t.c.x.table is t
    assert (t.c.x == 1).left is t.c.x
