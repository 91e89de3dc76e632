"""How many statements reflection takes, and what it does with names, absence and memory. On every database."""

import pytest
from oxalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    exc,
    inspect,
    text,
)
from oxalchemy.engine.reflection import ObjectKind, ObjectScope


@pytest.fixture
def statements(any_engine):
    """The statements that the engine has run."""
    seen = []

    @event.listens_for(any_engine, "before_cursor_execute")
    def count(connection, cursor, statement, parameters, context, executemany):
        seen.append(statement)

    with any_engine.connect():
        pass  # what the first connection asks is not reflection's
    seen.clear()
    return seen


def chain(engine, n):
    """`n` tables, each of which refers to the one before and to a common one."""
    m = MetaData()
    Table("common", m, Column("id", Integer, primary_key=True), Column("name", String(20), unique=True))
    for i in range(n):
        Table(
            f"t{i}",
            m,
            Column("id", Integer, primary_key=True),
            Column("common_id", ForeignKey("common.id")),
            Column("before_id", ForeignKey(f"t{i - 1}.id" if i else "common.id")),
            Column("x", Integer, index=True),
        )
    m.create_all(engine)
    return m


def test_the_number_of_statements_does_not_depend_on_the_number_of_tables(any_engine, statements):
    counts = {}
    for n in (3, 30):
        chain(any_engine, n)
        statements.clear()
        m = MetaData()
        m.reflect(any_engine)
        assert len(m.tables) == n + 1
        counts[n] = len(statements)
        assert len(statements) <= 9, statements
    assert counts[3] == counts[30]


def test_a_long_chain_of_references(any_engine, statements):
    chain(any_engine, 30)
    statements.clear()
    m = MetaData()
    Table("t29", m, autoload_with=any_engine)
    assert len(m.tables) == 31
    assert len(statements) <= 30, len(statements)


def test_single_tables_are_named_to_the_database(any_engine, statements):
    chain(any_engine, 3)
    statements.clear()
    insp = inspect(any_engine)
    assert [c["name"] for c in insp.get_columns("t1")] == ["id", "common_id", "before_id", "x"]
    first = len(statements)
    assert first <= 6
    # the same again, and its other parts, come from memory or with at most one more question each
    insp.get_columns("t1")
    assert len(statements) == first
    for question in ("pk_constraint", "foreign_keys", "indexes", "unique_constraints", "check_constraints", "table_options"):
        before = len(statements)
        getattr(insp, f"get_{question}")("t1")
        assert len(statements) <= before + 2, question


def test_one_question_about_all_tables(any_engine, statements):
    chain(any_engine, 10)
    statements.clear()
    found = inspect(any_engine).get_multi_columns()
    assert len(found) == 11 and len(statements) <= 8


def test_memory_lasts_until_it_is_cleared(any_engine):
    chain(any_engine, 1)
    insp = inspect(any_engine)
    assert insp.get_table_names() == ["common", "t0"]
    assert len(insp.get_columns("t0")) == 4
    with any_engine.begin() as connection:
        connection.execute(text("CREATE TABLE late (id INTEGER)"))
        connection.execute(text("ALTER TABLE t0 ADD COLUMN y INTEGER"))
    assert insp.get_table_names() == ["common", "t0"]
    assert len(insp.get_columns("t0")) == 4
    # absence is not remembered
    assert insp.has_table("late")
    assert [c["name"] for c in insp.get_columns("late")] == ["id"]
    insp.clear_cache()
    assert "late" in insp.get_table_names()
    assert len(insp.get_columns("t0")) == 5


def test_answers_belong_to_those_who_asked(any_engine):
    chain(any_engine, 1)
    insp = inspect(any_engine)
    for ask in (insp.get_columns, insp.get_foreign_keys, insp.get_indexes):
        ask("t0")[0]["name"] = "spoiled"
        ask("t0").clear()
        assert ask("t0")[0]["name"] != "spoiled"


def test_what_is_not_there(any_engine):
    insp = inspect(any_engine)
    for question in (
        "columns",
        "pk_constraint",
        "foreign_keys",
        "indexes",
        "unique_constraints",
        "check_constraints",
        "table_options",
        "view_definition",
    ):
        with pytest.raises(exc.NoSuchTableError, match="nope"):
            getattr(insp, f"get_{question}")("nope")
    assert not insp.has_table("nope") and not insp.has_index("nope", "x")
    assert insp.get_multi_columns(filter_names=["nope"]) == {}
    assert insp.has_multi_table(["nope"]) == {(None, "nope"): False}
    assert not insp.has_schema("no such schema")
    with pytest.raises(exc.NoSuchTableError):
        Table("nope", MetaData(), autoload_with=any_engine)
    with pytest.raises(exc.InvalidRequestError, match=r"requested table\(s\) not available .*nope"):
        MetaData().reflect(any_engine, only=["nope"])


NAMES = ["Mixed Case", "per%cent", "semi;colon", "quo'te", 'dou"ble', "back\\slash", "a?b", "a:b", "select", "ünïcödé", "x%(y)s"]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_parameters(any_engine, name):
    m = MetaData()
    Table(
        name,
        m,
        Column("id", Integer, primary_key=True),
        Column(f"c {name}", Integer),
        Column("up", ForeignKey(f"{name}.id")),
    )
    Index(f"i {name}", m.tables[name].c[1])
    m.create_all(any_engine)
    insp = inspect(any_engine)
    assert insp.get_table_names() == [name]
    assert insp.has_table(name) and insp.has_index(name, f"i {name}")
    assert [c["name"] for c in insp.get_columns(name)] == ["id", f"c {name}", "up"]
    assert list(insp.get_multi_columns(filter_names=[name, "other"])) == [(None, name)]
    again = MetaData()
    again.reflect(any_engine, only=[name])
    t = again.tables[name]
    assert [c.name for c in t.primary_key] == ["id"]
    assert t.c.up.references(t.c.id)
    assert f"i {name}" in {i.name for i in t.indexes}


def test_kinds_and_scopes(any_engine):
    chain(any_engine, 1)
    with any_engine.connect() as connection:
        connection.execute(text("CREATE VIEW v AS SELECT id, x FROM t0"))
        connection.commit()
        insp = inspect(connection)
        assert insp.get_view_names() == ["v"]
        assert "t0" in insp.get_view_definition("v")
        assert {n for _, n in insp.get_multi_columns(kind=ObjectKind.ANY)} == {"common", "t0", "v"}
        assert {n for _, n in insp.get_multi_columns(kind=ObjectKind.VIEW)} == {"v"}
        assert insp.get_multi_columns(scope=ObjectScope.TEMPORARY) == {}
        assert insp.has_table("v") and [c["name"] for c in insp.get_columns("v")] == ["id", "x"]
        with pytest.raises(exc.NoSuchTableError):
            insp.get_view_definition("t0")
        m = MetaData()
        m.reflect(connection, views=True)
        assert set(m.tables) == {"common", "t0", "v"}


def test_temporary_tables(any_engine):
    with any_engine.connect() as connection:
        connection.execute(text("CREATE TEMPORARY TABLE tt (id INTEGER PRIMARY KEY, a VARCHAR(5) DEFAULT 'x' NOT NULL)"))
        insp = inspect(connection)
        assert insp.has_table("tt") and insp.get_table_names() == []
        t = Table("tt", MetaData(), autoload_with=connection)
        assert [c.name for c in t.primary_key] == ["id"]
        assert (t.c.a.type.length, t.c.a.nullable) == (5, False)
        # without checkfirst knowing it, this would fail
        MetaData().create_all(connection)
        t.create(connection, checkfirst=True)


def test_a_whole_table_comes_back(any_engine):
    m = MetaData()
    parent = Table("parent", m, Column("id", Integer, primary_key=True), Column("a", String(30), nullable=False, unique=True))
    Table(
        "child",
        m,
        Column("id", Integer, primary_key=True),
        Column("p", Integer, ForeignKey("parent.id", ondelete="CASCADE", name="fk_p"), nullable=False),
        Column("q", Integer, server_default=text("5")),
        CheckConstraint("q > 3", name="ck_q"),
        Index("ix_pq", "p", "q", unique=True),
    )
    m.create_all(any_engine)
    again = MetaData()
    again.reflect(any_engine)
    child = again.tables["child"]
    assert again.sorted_tables == [again.tables["parent"], child]
    (fk,) = child.foreign_key_constraints
    assert (fk.name, fk.ondelete) == ("fk_p", "CASCADE") or any_engine.dialect.name == "sqlite"
    assert {c.name for c in child.constraints if isinstance(c, CheckConstraint)} == {"ck_q"}
    assert ("ix_pq", True) in {(i.name, i.unique) for i in child.indexes}
    assert "5" in str(child.c.q.server_default.arg)
    assert not child.c.p.nullable and child.c.q.nullable
    assert again.tables["parent"].c.a.type.length == parent.c.a.type.length
    # what was reflected can be made again
    again.drop_all(any_engine)
    again.create_all(any_engine)
    assert inspect(any_engine).get_table_names() == ["child", "parent"]


def test_foreign_keys_are_followed_or_not(any_engine):
    chain(any_engine, 2)
    m = MetaData()
    Table("t1", m, autoload_with=any_engine)
    assert set(m.tables) == {"t1", "t0", "common"}
    m = MetaData()
    Table("t1", m, autoload_with=any_engine, resolve_fks=False)
    assert set(m.tables) == {"t1"}
    m = MetaData()
    m.reflect(any_engine, only=["t1"], resolve_fks=False)
    assert set(m.tables) == {"t1"}
    m = MetaData()
    m.reflect(any_engine, only=lambda name, _: name == "common")
    assert set(m.tables) == {"common"}


def test_events_see_columns_before_they_are_made(any_engine):
    chain(any_engine, 1)
    m = MetaData()

    @event.listens_for(m, "column_reflect")
    def rename(inspector, table, info):
        info["key"] = f"k_{info['name']}"

    t = Table("t0", m, Column("x", String(7), key="mine"), autoload_with=any_engine)
    assert t.c.keys() == ["k_id", "k_common_id", "k_before_id", "mine"]
    assert t.c.mine.type.length == 7
    assert t.c.k_before_id.references(m.tables["common"].c.k_id)


def test_dependencies(any_engine):
    chain(any_engine, 2)
    order = inspect(any_engine).get_sorted_table_and_fkc_names()
    assert [name for name, _ in order] == ["common", "t0", "t1", None]
    assert inspect(any_engine).get_table_names(order_by="foreign_key") == ["common", "t0", "t1"]


def test_schemas_of_the_search_path(postgresql_url):
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        for ddl in (
            "CREATE SCHEMA other",
            "CREATE TABLE other.parent (id INTEGER PRIMARY KEY)",
            "CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER REFERENCES other.parent)",
        ):
            connection.execute(text(ddl))
        names = {}
        for path in ("public", "public, other"):
            connection.execute(text(f"SET search_path TO {path}"))
            for ignore in (False, True):
                m = MetaData()
                child = Table("child", m, autoload_with=connection, postgresql_ignore_search_path=ignore)
                names[path, ignore] = sorted(m.tables)
                assert next(iter(child.foreign_keys)).column.table.name == "parent"
        assert names == {
            ("public", False): ["child", "other.parent"],
            ("public", True): ["child", "other.parent"],
            ("public, other", False): ["child", "parent"],
            ("public, other", True): ["child", "other.parent"],
        }
        m = MetaData(schema="other")
        m.reflect(connection)
        assert list(m.tables) == ["other.parent"]
    engine.dispose()


def test_programs_add_types_of_their_own(postgresql_url):
    from oxalchemy.dialects.postgresql.base import ischema_names
    from oxalchemy.types import UserDefinedType

    class Point(UserDefinedType):
        cache_ok = True

        def get_col_spec(self, **kw):
            return "POINT"

    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (p POINT, q POINT[])"))
    ischema_names["point"] = Point
    try:
        t = Table("t", MetaData(), autoload_with=engine)
    finally:
        del ischema_names["point"]
    assert isinstance(t.c.p.type, Point) and isinstance(t.c.q.type.item_type, Point)
    with pytest.warns(exc.SAWarning, match="Did not recognize type 'point' of column 'p'"):
        assert inspect(engine).get_columns("t")[0]["type"]._isnull
    engine.dispose()


def test_inspectors_of_postgresql(postgresql_url):
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        for ddl in (
            "CREATE TYPE mood AS ENUM ('sad', 'ok')",
            "CREATE DOMAIN age AS integer CHECK (VALUE > 0)",
            "CREATE TABLE t (id INTEGER)",
        ):
            connection.execute(text(ddl))
        oid = connection.scalar(text("SELECT 't'::regclass::oid"))
    insp = inspect(engine)
    assert insp.get_table_oid("t") == oid
    assert insp.get_enums() == [{"name": "mood", "schema": "public", "visible": True, "labels": ["sad", "ok"]}]
    (domain,) = insp.get_domains("public")
    assert (domain["name"], domain["type"]) == ("age", "integer")
    assert domain["constraints"] == [{"name": "age_check", "check": "VALUE > 0"}]
    assert insp.has_type("mood") and insp.has_type("mood", "*") and not insp.has_type("mood", "pg_catalog")
    with pytest.raises(exc.NoSuchTableError, match="nope"):
        insp.get_table_oid("nope")
    engine.dispose()


def test_a_view_that_cannot_be_read(mysql_url):
    engine = create_engine(mysql_url)
    with engine.begin() as connection:
        for ddl in ("CREATE TABLE gone (a INTEGER)", "CREATE VIEW broken AS SELECT a FROM gone", "DROP TABLE gone"):
            connection.execute(text(ddl))
    with pytest.raises(exc.UnreflectableTableError, match="broken"):
        Table("broken", MetaData(), autoload_with=engine)
    m = MetaData()
    with pytest.warns(exc.SAWarning, match="Skipping table broken"):
        m.reflect(engine, views=True)
    assert not m.tables
    engine.dispose()


def by_name(found):
    """Text in which the order of a dictionary does not matter."""
    if isinstance(found, dict):
        return str({k: by_name(found[k]) for k in sorted(found)})
    return [by_name(item) for item in found] if isinstance(found, list) else repr(found)


def test_the_text_of_a_table_says_what_the_catalogue_says(mysql_url):
    """MySQL's temporary tables are read from SHOW CREATE TABLE, others from information_schema: one table, both ways."""
    ddl = """CREATE {}TABLE {} (
        id INTEGER UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY COMMENT 'it''s', a VARCHAR(10) DEFAULT 'x''y' NOT NULL,
        b VARCHAR(5) CHARACTER SET latin1, c TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
        d ENUM('p', 'q,)') DEFAULT 'p', e DECIMAL(7,2), g INTEGER AS (id + 1) VIRTUAL, UNIQUE KEY u (a, b(3)), KEY i (d, e),
        CONSTRAINT ck CHECK (a <> ',)')) COMMENT='a table' ROW_FORMAT=DYNAMIC"""
    engine = create_engine(mysql_url)
    questions = (
        "columns",
        "pk_constraint",
        "indexes",
        "unique_constraints",
        "check_constraints",
        "table_options",
        "table_comment",
    )
    with engine.connect() as connection:
        connection.execute(text(ddl.format("", "lasting")))
        connection.execute(text(ddl.format("TEMPORARY ", "passing")))
        insp = inspect(connection)
        for question in questions:
            lasting, passing = (getattr(insp, f"get_{question}")(name) for name in ("lasting", "passing"))
            assert by_name(lasting) == by_name(passing), question
    engine.dispose()
