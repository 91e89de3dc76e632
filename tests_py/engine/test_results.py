"""Results, rows, execution facts and logs, as scripts see them."""

import logging
import pickle

import pytest
from oxalchemy import Column, Integer, MetaData, String, Table, create_engine, event, exc, select, text
from oxalchemy.engine.result import IteratorResult, SimpleResultMetaData


@pytest.fixture
def conn():
    engine = create_engine("sqlite://")
    with engine.connect() as c:
        yield c


@pytest.fixture
def users(conn):
    t = Table("users", MetaData(), Column("id", Integer, primary_key=True), Column("name", String(20), default="anon"))
    t.create(conn)
    conn.execute(t.insert(), [{"name": "ed"}, {"name": "wendy"}])
    return t


def test_row_is_a_tuple_with_names(conn, users):
    row = conn.execute(select(users).order_by(users.c.id)).first()
    assert row == (1, "ed") and row.name == "ed" and row["name"] == "ed"
    assert row._mapping[users.c.name] == "ed" and dict(row) == {"id": 1, "name": "ed"}
    assert pickle.loads(pickle.dumps(row)).name == "ed"
    with pytest.raises(AttributeError, match="Could not locate column in row for column 'nope'"):
        row.nope


def test_equal_statements_share_a_compiled_form_but_not_their_columns(conn, users):
    for _ in range(2):
        alias = users.alias()
        row = conn.execute(select(alias).where(alias.c.id == 1)).one()
        assert row._mapping[alias.c.name] == "ed"
        with pytest.raises(exc.NoSuchColumnError):
            row._mapping[Column("other", Integer)]


def test_defaults_keys_and_counts(conn, users):
    result = conn.execute(users.insert(), {})
    assert result.inserted_primary_key == (3,) and result.last_inserted_params() == {"name": "anon"}
    assert conn.execute(users.update().values(name="x")).rowcount == 3
    returned = conn.execute(users.insert().returning(users.c.id), [{"name": str(i)} for i in range(5)])
    assert returned.scalars().all() == [4, 5, 6, 7, 8]


def test_missing_values_name_their_parameter_and_group(conn, users):
    with pytest.raises(exc.StatementError, match="A value is required for bind parameter 'name', in parameter group 1"):
        conn.execute(users.insert(), [{"name": "a"}, {"id": 9}])


def test_closing(conn):
    result = conn.execute(text("select 1 as a"))
    assert result.one() == (1,)
    with pytest.raises(exc.ResourceClosedError, match="This result object is closed."):
        result.all()
    with pytest.raises(exc.ResourceClosedError, match="does not return rows"):
        conn.execute(text("create table x (a integer)")).all()


def test_events_of_a_temporary_target_run():
    class Events(event.Events):
        def happened(self, x):
            """Something happened."""

    class Target:
        dispatch = event.dispatcher(Events)

    seen = []
    event.listen(Target, "happened", seen.append)
    Target().dispatch.happened(5)
    assert seen == [5]


def test_unique_and_freeze():
    result = IteratorResult(SimpleResultMetaData(["a", "b"]), iter([(1, 2), (1, 2), (3, 4)]))
    frozen = result.unique().freeze()
    assert frozen().all() == [(1, 2), (3, 4)] and frozen().scalars("b").all() == [2, 4]


def test_rows_in_the_log_carry_the_token(caplog):
    engine = create_engine("sqlite://")
    caplog.set_level(logging.DEBUG, "oxalchemy.engine")
    with engine.connect().execution_options(logging_token="t1") as c:
        c.execute(text("select 1 as a")).all()
    messages = [r.getMessage() for r in caplog.records]
    assert "[t1] Col ('a',)" in messages and "[t1] Row (1,)" in messages


def test_connect_event_recipe():
    engine = create_engine("sqlite://")

    @event.listens_for(engine, "connect")
    def set_pragma(dbapi_connection, connection_record):
        cursor = dbapi_connection.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    with engine.connect() as c:
        assert c.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
