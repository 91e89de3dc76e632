"""``TypedColumns``: the columns of a table as an annotated class."""

import pytest
from oxalchemy import Column, ForeignKey, Integer, MetaData, Named, Numeric, String, Table, TypedColumns, UniqueConstraint, exc


class Base(TypedColumns):
    id: Column[int] = Column(primary_key=True)
    name: Named[str]
    nick: Column[str | None]
    price: Column[float] = Column(Numeric(5, 2), nullable=True)
    plain = Column("renamed", Integer, key="p")


class Child(Base):
    name: Named[int]
    parent: Named[int] = Column(ForeignKey("base.id"))


def described(table):
    return [(c.key, c.name, type(c.type), c.nullable) for c in table.c]


def test_columns_of_annotations():
    table = Table("base", MetaData(), Base, UniqueConstraint("name"))
    assert described(table) == [
        ("id", "id", Integer, False),
        ("name", "name", String, False),
        ("nick", "nick", String, True),
        ("price", "price", Numeric, True),
        ("p", "renamed", Integer, True),
    ]
    assert table.primary_key.columns == [table.c.id]
    assert table.with_cols(Base) is table
    other = Table("other", MetaData(), Base)
    assert other.c.id is not table.c.id


def test_inheritance_replaces_in_place():
    m = MetaData()
    base = Table("base", m, Base)
    child = Table("child", m, Child)
    assert child.c.keys() == ["id", "name", "nick", "price", "p", "parent"]
    assert isinstance(child.c.name.type, Integer)
    assert child.c.parent.references(base.c.id)


@pytest.mark.parametrize(
    "annotation, message",
    [
        (int, "is not of type Named/Column"),
        (Named, "No type information could be extracted"),
        (Column[object], "Could not find a SQL type for type <class 'object'>"),
        ("Column[nowhere]", "Could not interpret annotation"),
    ],
)
def test_bad_annotations(annotation, message):
    bad = type("Bad", (TypedColumns,), {"__annotations__": {"id": annotation}})
    with pytest.raises(exc.ArgumentError, match=message):
        Table("t", MetaData(), bad)


def test_misuse():
    with pytest.raises(exc.InvalidRequestError, match="Cannot instantiate"):
        Base()
    with pytest.raises(exc.InvalidRequestError, match="may not define methods"):
        type("M", (TypedColumns,), {"f": lambda self: 1})
    with pytest.raises(exc.InvalidRequestError, match="requires a TypedColumns subclass"):
        Table("t", MetaData(), int)
    with pytest.raises(exc.ArgumentError, match="annotation is required for attribute 'N.id'"):
        Table("t", MetaData(), type("N", (TypedColumns,), {"id": Column(primary_key=True)}))
