import typing
from typing import Any, Generic, TypeVar, overload, type_check_only

from oxalchemy import _rs

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)

class Mapped(_MappedDescriptor[_T_co]):
    @classmethod
    def __class_getitem__(cls, item: Any) -> Any: ...

class _MappedAttribute(Generic[_T]): ...
class SQLORMExpression(Generic[_T]): ...
class DynamicMapped(_CollectionDescriptor[_T_co], Mapped[_T_co]): ...
class WriteOnlyMapped(_CollectionDescriptor[_T_co], Mapped[_T_co]): ...

class MappedClassProtocol(typing.Protocol):
    def __call__(self, **kw: Any) -> Any: ...
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...

@type_check_only
class _MappedDescriptor(Generic[_T_co]):
    """A mapped attribute: an expression on the class, a value on an instance. At run time the instrumentation puts
    a descriptor with this behaviour in its place."""

    @overload
    def __get__(self, instance: None, owner: Any) -> _rs.InstrumentedAttribute[_T_co]: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> _T_co: ...
    def __set__(self, instance: Any, value: Any) -> None: ...
    def __delete__(self, instance: Any) -> None: ...

@type_check_only
class _CollectionDescriptor(Generic[_T_co]):
    """A relationship that gives a collection of its own kind on instances."""

    @overload
    def __get__(self, instance: None, owner: Any) -> _rs.InstrumentedAttribute[_T_co]: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> Any: ...

MAPPED_CONTAINERS: Any
ORMDescriptor = Mapped
