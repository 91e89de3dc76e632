"""A row whose conversion raises is passed: the next fetch goes on behind it."""

import sqlite3

import oxalchemy as sa
import pytest


class Picky(sa.TypeDecorator):
    impl = sa.String
    cache_ok = True

    def process_result_value(self, value, dialect):
        if value == "bad":
            raise ValueError(value)
        return value


ROWS = sa.text("select 'a' as x union all select 'bad' union all select 'c' union all select 'd'").columns(x=Picky)


def told(fetch, times):
    out = []
    for _ in range(times):
        try:
            out.append(fetch())
        except ValueError:
            out.append("bad")
    return out


WAYS = {"native": {}, "streamed": {"stream_results": True}, "portions": {"yield_per": 2}, "watched": {}, "foreign": {}}


@pytest.fixture(params=WAYS)
def connection(request, any_url):
    engine = sa.create_engine(any_url)
    if request.param == "foreign":
        if engine.dialect.name != "sqlite":
            pytest.skip("another module's cursor is tried with sqlite3 alone, which is always there")
        engine = sa.create_engine("sqlite://", module=sqlite3)
    if request.param == "watched":
        sa.event.listen(engine, "before_cursor_execute", lambda *args: None)
    with engine.connect() as connection:
        yield connection.execution_options(**WAYS[request.param])
    engine.dispose()


def test_one_by_one(connection):
    assert told(connection.execute(ROWS).fetchone, 5) == [("a",), "bad", ("c",), ("d",), None]


def test_in_portions(connection):
    result = connection.execute(ROWS)
    assert told(lambda: result.fetchmany(2), 3) == ["bad", [("c",), ("d",)], []]


def test_all(connection):
    result = connection.execute(ROWS)
    assert told(result.fetchall, 2) == ["bad", []]
