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
    column,
    create_engine,
    event,
    exc,
    inspect,
    literal_column,
    select,
)
from oxalchemy.events import SchemaEventTarget
from oxalchemy.schema import CheckFirst, CreateIndex, CreateTable


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


def test_any_part_may_be_pickled_first():
    m = MetaData()
    t = Table(
        "t",
        m,
        Column("id", Integer, primary_key=True),
        Column("p", Integer, ForeignKey("t.id"), CheckConstraint("p > 0"), index=True),
        UniqueConstraint("p", name="u"),
    )
    unique = next(c for c in t.constraints if c.name == "u")
    for part, table_of in (
        (t, lambda x: x),
        (t.c.p, lambda x: x.table),
        (unique, lambda x: x.table),
        (next(iter(t.indexes)), lambda x: x.table),
        (next(iter(t.foreign_keys)), lambda x: x.parent.table),
    ):
        again = table_of(pickle.loads(pickle.dumps(part)))
        assert ddl(CreateTable(again)) == ddl(CreateTable(t))
        assert again.metadata.tables["t"] is again
        assert {fk.column for fk in again.foreign_keys} == {again.c.id}


def test_constraints_of_ad_hoc_columns_render():
    t = Table("t", MetaData(), Column("id", Integer), UniqueConstraint(column("other"), literal_column("raw"), name="u"))
    assert "CONSTRAINT u UNIQUE (other, raw)" in ddl(CreateTable(t))
    assert "CONSTRAINT u UNIQUE (other, raw)" in ddl(CreateTable(t.to_metadata(MetaData())))


@pytest.mark.parametrize("phrase", ["", " CASCADE", "CASCADE; DROP TABLE b", "'x'", "SET NULL(a)"])
@pytest.mark.parametrize("where", ["ondelete", "onupdate", "initially", "match"])
def test_phrases_of_foreign_keys_are_words(where, phrase):
    m = MetaData()
    Table("a", m, Column("id", Integer, primary_key=True))
    t = Table("b", m, Column("a", ForeignKey("a.id", **{where: phrase})))
    with pytest.raises(exc.CompileError, match="Unexpected SQL phrase"):
        ddl(CreateTable(t))


def test_options_of_unknown_dialects_are_all_kept():
    with pytest.warns(exc.SAWarning, match="can't locate any"):
        index = Index("i", "x", nowhere_a=1, nowhere_b=2)
    assert dict(index.dialect_options["nowhere"]) == {"*": None, "a": 1, "b": 2}


def test_attach_events_come_in_order():
    seen = []

    def before(part, owner):
        seen.append(f"{type(part).__name__}>")

    def after(part, owner):
        seen.append(f">{type(part).__name__}")

    for name, fn in (("before_parent_attach", before), ("after_parent_attach", after)):
        event.listen(SchemaEventTarget, name, fn)
    try:
        Table("t", MetaData(), Column("a", Integer, ForeignKey("x.id")))
    finally:
        for name, fn in (("before_parent_attach", before), ("after_parent_attach", after)):
            event.remove(SchemaEventTarget, name, fn)
    assert seen == [
        *("ForeignKey>", ">ForeignKey", "Table>", "PrimaryKeyConstraint>", ">PrimaryKeyConstraint"),
        *("Column>", ">Column", "ForeignKeyConstraint>", ">ForeignKeyConstraint", ">Table"),
    ]


def test_a_table_that_cannot_be_declared_is_not_there():
    m = MetaData()
    with pytest.raises(exc.ConstraintColumnNotFoundError):
        Table("t", m, Column("a", Integer), UniqueConstraint("b"))
    assert "t" not in m.tables and not m.sorted_tables
    Table("t", m, Column("a", Integer))


def test_ddl_events_surround_the_statements():
    m, seen = MetaData(), []
    t = Table("t", m, Column("a", Integer, index=True))
    (index,) = t.indexes
    for target in (m, t, index):
        for name in ("before_create", "after_create", "before_drop", "after_drop"):
            event.listen(
                target, name, lambda x, bind, name=name, **kw: seen.append((name, type(x).__name__, kw.get("checkfirst")))
            )
    engine = create_engine("sqlite://")
    m.create_all(engine)
    m.create_all(engine)
    created, again = seen[:6], seen[6:]
    assert [s[:2] for s in created] == [
        *(("before_create", "MetaData"), ("before_create", "Table"), ("before_create", "Index")),
        *(("after_create", "Index"), ("after_create", "Table"), ("after_create", "MetaData")),
    ]
    assert [s[2] for s in created] == [CheckFirst.ALL, CheckFirst.ALL, None, None, CheckFirst.ALL, CheckFirst.ALL]
    assert CheckFirst(True) is CheckFirst.ALL and CheckFirst(False) is CheckFirst.NONE
    assert [s[:2] for s in again] == [("before_create", "MetaData"), ("after_create", "MetaData")]


def test_collections_of_columns_are_read_only():
    t = Table("t", MetaData(), Column("add", Integer), Column("x", Integer))
    assert t.c.add is t.c["add"]
    assert t.c == [t.c["add"], t.c.x] and t.c != [t.c.x, t.c["add"]]
    for change in (lambda: t.c.__setitem__("x", 1), lambda: t.c.__delitem__("x"), lambda: setattr(t.c, "x", 1)):
        with pytest.raises(TypeError, match="immutable and/or readonly"):
            change()


def test_keys_of_subqueries_know_target_and_constraint():
    t = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("p", Integer, ForeignKey("t.id")))
    (fk,) = select(t).subquery().c.p.foreign_keys
    assert fk.column is t.c.id
    assert {fk.constraint} == t.foreign_key_constraints
