"""What the parts of declarative ask about classes and values."""

from __future__ import annotations

MISSING = object()


def mapped_class(cls):
    """The mapper of exactly this class, or None."""
    manager = cls.__dict__.get("_sa_class_manager")
    return getattr(manager, "mapper", None) if manager is not None else None


def is_mapped(cls):
    """Whether exactly this class is mapped, or will be when its declaration is completed."""
    return mapped_class(cls) is not None or "_sa_decl_config" in cls.__dict__


def is_declared_attr(value):
    return getattr(value, "_is_declared_attr", False)


def evaluate_declared(value, cls):
    """What a declared_attr gives on a class, through the descriptor: users derive from declared_attr."""
    return value.__get__(None, cls)


def is_property(value):
    from oxalchemy.orm import MapperProperty

    return isinstance(value, MapperProperty) or getattr(value, "_is_mapper_property", False)


def is_relationship(value):
    from oxalchemy.orm import RelationshipProperty

    return isinstance(value, RelationshipProperty)


def is_aliasable_attribute(value):
    from oxalchemy.orm.attributes import QueryableAttribute

    return isinstance(value, QueryableAttribute)


def is_mappable(value):
    from oxalchemy import Column
    from oxalchemy.orm.mapped_column import MappedColumn

    return isinstance(value, (Column, MappedColumn)) or is_property(value)


def set_raw(cls, name, value):
    """Set a class attribute without the metaclass noticing."""
    type.__setattr__(cls, name, value)
    return value
