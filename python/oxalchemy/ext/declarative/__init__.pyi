from oxalchemy.ext.declarative.extensions import (
    AbstractConcreteBase as AbstractConcreteBase,
    ConcreteBase as ConcreteBase,
    DeferredReflection as DeferredReflection,
)
from oxalchemy.orm.decl_api import (
    DeclarativeMeta as DeclarativeMeta,
    as_declarative as as_declarative,
    comparable_using as comparable_using,
    declarative_base as declarative_base,
    declared_attr as declared_attr,
    instrument_declarative as instrument_declarative,
    synonym_for as synonym_for,
)
from oxalchemy.orm.decl_base import has_inherited_table as has_inherited_table

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
