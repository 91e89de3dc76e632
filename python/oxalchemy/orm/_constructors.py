"""Functions that make mapped properties."""

from .descriptor_props import ComparableProperty, Composite, Synonym
from .properties import ColumnProperty, MappedSQLExpression
from .relationships import RelationshipProperty, _RelationshipDeclared

__all__ = [
    "backref",
    "column_property",
    "comparable_property",
    "composite",
    "deferred",
    "dynamic_loader",
    "query_expression",
    "relation",
    "relationship",
    "synonym",
]


def column_property(column, *additional_columns, **kw):
    """A column-level property: columns under one name, or a SQL expression.

    :param group: name of a group of deferred columns that load together
    :param deferred: load on access only
    :param raiseload: access of the unloaded attribute raises
    :param comparator_factory: subclass of ``ColumnProperty.Comparator``
    :param active_history: load the old value before it is replaced
    :param expire_on_flush: load a SQL expression again after a flush
    """
    for name in ("init", "default", "default_factory", "kw_only"):
        if name in kw and type(kw[name]).__name__ != "_NoArg":
            from ..util import warn_deprecated

            warn_deprecated(
                f"The column_property.{name} parameter is deprecated for column_property().  This parameter applies to a "
                "writeable-attribute in a Declarative Dataclasses configuration only, and column_property() is treated as a "
                "read-only attribute in this context.",
                "2.1",
            )
    return MappedSQLExpression(column, *additional_columns, **kw)


def deferred(column, *additional_columns, group=None, raiseload=False, **kw):
    """A column property that is loaded on access only."""
    return MappedSQLExpression(column, *additional_columns, group=group, deferred=True, raiseload=raiseload, **kw)


def query_expression(default_expr=None, *, repr=None, compare=None, expire_on_flush=True, info=None, doc=None):
    """An attribute whose expression each query gives through ``with_expression()``."""
    from ..sql import null

    prop = ColumnProperty(
        null() if default_expr is None else default_expr,
        expire_on_flush=expire_on_flush,
        info=info,
        doc=doc,
        _query_expression=True,
    )
    prop.strategy_wildcard_key = "column"
    prop._attribute_options = {k: v for k, v in (("repr", repr), ("compare", compare)) if v is not None}
    return prop


def relationship(argument=None, secondary=None, **kw):
    """A relationship to another mapped class; arguments as documented."""
    return _RelationshipDeclared(argument, secondary, **kw)


relation = relationship


def dynamic_loader(argument=None, **kw):
    """A relationship with ``lazy='dynamic'``."""
    kw["lazy"] = "dynamic"
    return relationship(argument, **kw)


def backref(name, **kwargs):
    """The other side of a relationship with arguments of its own."""
    return (name, kwargs)


def synonym(name, **kw):
    """Another name of an attribute."""
    return Synonym(name, **kw)


def comparable_property(comparator_factory, descriptor=None, **kw):
    """A Python descriptor with SQL operators (legacy)."""
    return ComparableProperty(comparator_factory, descriptor, **kw)


def composite(_class_or_attr=None, *attrs, **kw):
    """Several columns as one value object."""
    return Composite(_class_or_attr, *attrs, **kw)


_ = RelationshipProperty
