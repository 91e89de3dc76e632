"""Declarative under its documented path of all versions; it lives in `oxalchemy.orm` since 1.4."""

from ...orm.decl_api import (
    DeclarativeMeta,
    as_declarative,
    comparable_using,
    declarative_base,
    declared_attr,
    has_inherited_table,
    instrument_declarative,
    synonym_for,
)
from .extensions import AbstractConcreteBase, ConcreteBase, DeferredReflection

__all__ = [
    "AbstractConcreteBase",
    "ConcreteBase",
    "DeferredReflection",
    "DeclarativeMeta",
    "as_declarative",
    "comparable_using",
    "declarative_base",
    "declared_attr",
    "has_inherited_table",
    "instrument_declarative",
    "synonym_for",
]
