from typing import Any, TypeVar

import oxalchemy.orm.interfaces
import oxalchemy.orm.mapped
import oxalchemy.orm.relationships
from oxalchemy import exc as exc
from oxalchemy.orm.descriptor_props import (
    ComparableProperty as ComparableProperty,
    CompositeProperty as CompositeProperty,
    SynonymProperty as SynonymProperty,
)
from oxalchemy.orm.interfaces import (
    PropComparator as PropComparator,
    StrategizedProperty as StrategizedProperty,
    take_dataclass_options as take_dataclass_options,
)
from oxalchemy.orm.relationships import RelationshipProperty as RelationshipProperty

_T_co = TypeVar("_T_co", covariant=True)

__all__ = [
    "ColumnProperty",
    "ComparableProperty",
    "CompositeProperty",
    "MappedSQLExpression",
    "RelationProperty",
    "RelationshipProperty",
    "SynonymProperty",
]

class ColumnProperty(oxalchemy.orm.mapped.Mapped[_T_co], oxalchemy.orm.interfaces.StrategizedProperty[_T_co]):
    logger: Any
    strategy_wildcard_key: Any
    def __init__(
        self,
        column: Any,
        *additional_columns: Any,
        group: Any = None,
        deferred: Any = False,
        raiseload: Any = False,
        comparator_factory: Any = None,
        active_history: Any = False,
        expire_on_flush: Any = True,
        info: Any = None,
        doc: Any = None,
        extension: Any = None,
        _instrument: Any = True,
        _query_expression: Any = False,
        **kw: Any,
    ) -> None: ...
    @property
    def info(self) -> Any: ...
    @info.setter
    def info(self, value: Any) -> None: ...
    @property
    def instrument(self) -> Any: ...
    @property
    def expression(self) -> Any: ...
    @property
    def class_attribute(self) -> Any: ...
    @property
    def columns_to_assign(self) -> Any: ...
    @property
    def mapper_property_to_assign(self) -> Any: ...
    @property
    def strategy_key(self) -> Any: ...
    def copy(self) -> Any: ...
    def merge(self, *args: Any) -> Any: ...
    Comparator: Any
    comparator_factory: Any
    columns: Any
    group: Any
    deferred: Any
    raiseload: Any
    active_history: Any
    expire_on_flush: Any
    doc: Any

class MappedSQLExpression(ColumnProperty[_T_co]): ...

RelationProperty = oxalchemy.orm.relationships.RelationshipProperty
