import builtins
from typing import Any, TypeVar

import oxalchemy.sql.base
import oxalchemy.sql.operators
from oxalchemy import _rs
from oxalchemy._rs import MapperProperty as MapperProperty
from oxalchemy.orm.base import (
    EXT_CONTINUE as EXT_CONTINUE,
    EXT_SKIP as EXT_SKIP,
    EXT_STOP as EXT_STOP,
    MANYTOMANY as MANYTOMANY,
    MANYTOONE as MANYTOONE,
    NOT_EXTENSION as NOT_EXTENSION,
    ONETOMANY as ONETOMANY,
    InspectionAttr as InspectionAttr,
    InspectionAttrExtensionType as InspectionAttrExtensionType,
    InspectionAttrInfo as InspectionAttrInfo,
    NotExtension as NotExtension,
    RelationshipDirection as RelationshipDirection,
)
from oxalchemy.sql.base import ExecutableOption as ExecutableOption
from oxalchemy.sql.operators import ColumnOperators as ColumnOperators

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)

__all__ = [
    "EXT_CONTINUE",
    "EXT_SKIP",
    "EXT_STOP",
    "CompileStateOption",
    "CriteriaOption",
    "LoaderOption",
    "MANYTOMANY",
    "MANYTOONE",
    "NOT_EXTENSION",
    "ONETOMANY",
    "InspectionAttr",
    "InspectionAttrExtensionType",
    "InspectionAttrInfo",
    "MapperOption",
    "MapperProperty",
    "NotExtension",
    "ORMOption",
    "PropComparator",
    "RelationshipDirection",
    "StrategizedProperty",
    "UserDefinedOption",
]

class _AttributeOptions:
    NAMES: Any

class MapperOption:
    propagate_to_loaders: Any
    def process_query(self, query: Any) -> Any: ...
    def process_query_conditionally(self, query: Any) -> Any: ...

class _MappedAttribute: ...
class StrategizedProperty(_rs.MapperProperty[_T_co]): ...

class PropComparator(oxalchemy.sql.operators.ColumnOperators[_T_co]):
    __slots__ = ("prop", "_parententity", "_adapt_to_entity", "__dict__", "__weakref__")
    @classmethod
    def __class_getitem__(cls, *args: Any, **kw: Any) -> Any: ...
    def __init__(self, prop: Any, parentmapper: Any, adapt_to_entity: Any = None) -> None: ...
    @builtins.property
    def property(self) -> Any: ...
    def __clause_element__(self) -> Any: ...
    def adapt_to_entity(self, adapt_to_entity: Any) -> Any: ...
    @builtins.property
    def adapter(self) -> Any: ...
    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any: ...
    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any: ...
    def of_type(self, class_: Any) -> Any: ...
    def and_(self, *criteria: Any) -> Any: ...
    def any(self, criterion: Any = None, **kwargs: Any) -> Any: ...
    def has(self, criterion: Any = None, **kwargs: Any) -> Any: ...
    def __str__(self) -> str: ...
    @builtins.property
    def info(self) -> Any: ...
    prop: Any

class ORMOption(oxalchemy.sql.base.ExecutableOption):
    propagate_to_loaders: Any

class CompileStateOption(ORMOption): ...

class UserDefinedOption(ORMOption):
    def __init__(self, payload: Any = None) -> None: ...
    payload: Any

class LoaderOption(CompileStateOption): ...
class CriteriaOption(CompileStateOption): ...

def take_dataclass_options(kw: Any) -> Any: ...
