from typing import Any, TypeVar

import oxalchemy.orm.interfaces
import oxalchemy.orm.mapped
from oxalchemy import _rs, exc as exc
from oxalchemy._rs import MapperProperty as MapperProperty
from oxalchemy.orm import attributes as attributes
from oxalchemy.orm.interfaces import PropComparator as PropComparator, take_dataclass_options as take_dataclass_options

_T_co = TypeVar("_T_co", covariant=True)

__all__ = [
    "ComparableProperty",
    "Composite",
    "CompositeProperty",
    "ConcreteInheritedProperty",
    "DescriptorProperty",
    "Synonym",
    "SynonymProperty",
]

class _CompositeDescriptor:
    def __init__(self, prop: Any) -> None: ...
    def __get__(self, instance: Any, owner: Any) -> Any: ...
    def __set__(self, instance: Any, value: Any) -> Any: ...
    def __delete__(self, instance: Any) -> Any: ...
    prop: Any

class DescriptorProperty(oxalchemy.orm.mapped.Mapped[_T_co], _rs.MapperProperty[_T_co]):
    doc: Any
    uses_objects: Any
    descriptor: Any
    @property
    def info(self) -> Any: ...
    @info.setter
    def info(self, value: Any) -> None: ...
    @property
    def class_attribute(self) -> Any: ...
    @property
    def mapper_property_to_assign(self) -> Any: ...
    @property
    def columns_to_assign(self) -> Any: ...

class SynonymProperty(DescriptorProperty[_T_co]):
    comparator_factory: Any
    def __init__(
        self,
        name: Any,
        map_column: Any = None,
        descriptor: Any = None,
        comparator_factory: Any = None,
        info: Any = None,
        doc: Any = None,
        proxy: Any = None,
        **kw: Any,
    ) -> None: ...
    def get_history(self, state: Any, dict_: Any, passive: Any = 31) -> Any: ...
    name: Any
    map_column: Any

class ComparableProperty(DescriptorProperty[_T_co]):
    def __init__(self, comparator_factory: Any, descriptor: Any = None, doc: Any = None, info: Any = None) -> None: ...
    comparator_factory: Any

class ConcreteInheritedProperty(DescriptorProperty[_T_co]):
    def __init__(self) -> None: ...

class CompositeProperty(DescriptorProperty[_T_co]):
    def __init__(
        self,
        _class_or_attr: Any = None,
        *attrs: Any,
        active_history: Any = False,
        deferred: Any = False,
        group: Any = None,
        raiseload: Any = False,
        comparator_factory: Any = None,
        return_none_on: Any = ...,
        column_template: Any = None,
        info: Any = None,
        doc: Any = None,
        **kw: Any,
    ) -> None: ...
    @property
    def columns(self) -> Any: ...
    @property
    def columns_to_assign(self) -> Any: ...
    @property
    def props(self) -> Any: ...
    def get_history(self, state: Any, dict_: Any, passive: Any = 31) -> Any: ...
    def declarative_annotation(self, config: Any, name: Any, target: Any) -> Any: ...
    Comparator: Any
    def __str__(self) -> str: ...
    active_history: Any
    deferred: Any
    group: Any
    raiseload: Any
    return_none_on: Any
    column_template: Any
    comparator_factory: Any
    attrs: Any
    composite_class: Any

class Synonym(SynonymProperty[_T_co]): ...
class Composite(CompositeProperty[_T_co]): ...
