"""Classes that annotations subscript: evaluating `sessionmaker[Session]` at run time must work."""

import typing

import oxalchemy as sa
import pytest
from oxalchemy import orm
from oxalchemy.ext import associationproxy, hybrid

ALIASES = [
    orm.sessionmaker,
    orm.scoped_session,
    orm.InstrumentedAttribute,
    orm.QueryableAttribute,
    orm.Mapper,
    orm.MappedColumn,
    orm.PropComparator,
    orm.Relationship,
    orm.declared_attr,
    hybrid.hybrid_property,
    hybrid.Comparator,
    associationproxy.AssociationProxy,
    sa.FrozenResult,
]
THEMSELVES = [
    sa.MetaData,
    sa.String,
    sa.TypeDecorator,
    sa.types.TypeEngine,
    sa.ForeignKey,
    sa.CheckConstraint,
    sa.Select,
    sa.ColumnElement,
]


@pytest.mark.parametrize("cls", ALIASES, ids=lambda c: c.__name__)
def test_keeps_what_is_in_the_brackets(cls):
    assert typing.get_origin(cls[int]) is cls
    assert typing.get_args(cls[int]) == (int,)


@pytest.mark.parametrize("cls", THEMSELVES, ids=lambda c: c.__name__)
def test_is_the_class_itself(cls):
    assert cls[int] is cls


def test_a_subscripted_class_is_called_and_subclassed():
    factory = orm.sessionmaker[orm.Session](sa.create_engine("sqlite://"))
    with factory() as session:
        assert session.scalar(sa.select(1)) == 1

    class Upper(sa.TypeDecorator[str]):
        impl = sa.String
        cache_ok = True

    class Lower(hybrid.Comparator[str]):
        pass

    assert issubclass(Upper, sa.TypeDecorator)
    assert issubclass(Lower, hybrid.Comparator)
