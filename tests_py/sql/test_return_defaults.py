"""``return_defaults()``: what the result shows of the RETURNING that it renders."""

import pytest
from oxalchemy import Column, Integer, MetaData, String, Table, create_engine, exc

m = MetaData()
t = Table("t", m, Column("id", Integer, primary_key=True), Column("d", Integer, server_default="5"), Column("s", String))


@pytest.fixture
def conn():
    with create_engine("sqlite://").begin() as conn:
        m.create_all(conn)
        yield conn


def test_columns_but_no_rows(conn):
    result = conn.execute(t.insert().values(s="x").return_defaults(t.c.d))
    assert result.returns_rows and list(result.keys()) == ["id", "d"]
    assert result.returned_defaults == (1, 5) and result.all() == []


def test_supplemental_columns_are_rows(conn):
    result = conn.execute(t.insert().values(s="x").return_defaults(supplemental_cols=[t.c.s]))
    assert result.returned_defaults == (1, 5, "x") and result.all() == [(1, 5, "x")]
    result = conn.execute(t.update().values(s="q").return_defaults(supplemental_cols=[t.c.s]))
    assert result.all() == [("q",)]
    result = conn.execute(t.delete().return_defaults(t.c.s))
    assert result.returned_defaults == ("q",) and result.all() == []


def test_none_without(conn):
    result = conn.execute(t.insert().values(s="x"))
    assert not result.returns_rows and result.returned_defaults_rows is None
    with pytest.raises(exc.ResourceClosedError):
        result.all()
    assert conn.execute(t.delete().where(t.c.id == 99).return_defaults(t.c.s)).returned_defaults_rows is None
