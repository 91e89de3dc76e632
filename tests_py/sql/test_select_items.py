"""What SELECT, RETURNING and EXISTS take beyond single columns."""

import pytest
from oxalchemy import column, exc, inspect, select, table, union
from oxalchemy.sql.expression import CTE, TableSample

a = table("a", column("x"), column("y"))
b = table("b", column("x"))


def text(statement):
    return " ".join(str(statement).split())


def test_collections_of_columns():
    assert text(select(a.c["y", "x"])) == "SELECT a.y, a.x FROM a"
    assert text(select(a.c[:1], b.c.x)) == "SELECT a.x, b.x AS x_1 FROM a, b"
    assert text(a.insert().returning(a.c)) == "INSERT INTO a (x, y) VALUES (:x, :y) RETURNING a.x, a.y"


def test_exists_changes_its_select():
    e = select(a.c.x).exists()
    assert text(e.with_hint(a, "h")) == "EXISTS (SELECT a.x FROM a [h])"
    assert text(e.where(a.c.y == 5)) == "EXISTS (SELECT a.x FROM a WHERE a.y = :y_1)"
    both = union(select(a.c.x), select(b.c.x)).exists()
    for change in (lambda: both.where(a.c.x == 1), lambda: both.correlate(a), lambda: both.with_statement_hint("h")):
        with pytest.raises(exc.InvalidRequestError, match="Can only apply this operation to a plain SELECT construct"):
            change()


def test_constructs_are_their_own_inspection():
    for construct in (a, select(a), a.c.x, a.c.x == 5):
        assert inspect(construct) is construct


@pytest.mark.parametrize("cls", [CTE, TableSample])
def test_some_classes_come_from_functions_only(cls):
    with pytest.raises(NotImplementedError, match=f"The {cls.__name__} class is not intended to be constructed directly"):
        cls(a)
