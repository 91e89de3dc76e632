from typing import Any

from oxalchemy.orm.descriptor_props import ComparableProperty as ComparableProperty, Composite as Composite, Synonym as Synonym
from oxalchemy.orm.properties import ColumnProperty as ColumnProperty, MappedSQLExpression as MappedSQLExpression
from oxalchemy.orm.relationships import RelationshipProperty as RelationshipProperty, _RelationshipDeclared

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

def comparable_property(comparator_factory: Any, descriptor: Any = None, **kw: Any) -> Any: ...
def column_property(column: Any, *additional_columns: Any, **kw: Any) -> MappedSQLExpression[Any]: ...
def deferred(
    column: Any, *additional_columns: Any, group: str | None = None, raiseload: bool = False, **kw: Any
) -> MappedSQLExpression[Any]: ...
def query_expression(
    default_expr: Any = None,
    *,
    repr: Any = ...,
    compare: Any = ...,
    expire_on_flush: bool = True,
    info: dict[Any, Any] | None = None,
    doc: str | None = None,
) -> MappedSQLExpression[Any]: ...
def relationship(argument: Any = None, secondary: Any = None, **kw: Any) -> _RelationshipDeclared[Any]: ...
def dynamic_loader(argument: Any = None, **kw: Any) -> _RelationshipDeclared[Any]: ...
def backref(name: str, **kwargs: Any) -> tuple[str, dict[str, Any]]: ...
def synonym(name: str, **kw: Any) -> Synonym[Any]: ...
def composite(_class_or_attr: Any = None, *attrs: Any, **kw: Any) -> Composite[Any]: ...

relation = relationship
