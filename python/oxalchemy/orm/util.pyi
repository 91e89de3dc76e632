from collections.abc import Iterator
from typing import Any

from oxalchemy import _rs, exc as exc, inspection as inspection
from oxalchemy._rs import (
    AliasedClass as AliasedClass,
    AliasedInsp as AliasedInsp,
    LoaderCriteriaOption as LoaderCriteriaOption,
    aliased as aliased,
    identity_key as identity_key,
    was_deleted as was_deleted,
    with_parent as with_parent,
    with_polymorphic as with_polymorphic,
)

__all__ = [
    "AliasedClass",
    "AliasedInsp",
    "Bundle",
    "CascadeOptions",
    "DictBundle",
    "LoaderCriteriaOption",
    "aliased",
    "identity_key",
    "join",
    "object_state",
    "outerjoin",
    "polymorphic_union",
    "was_deleted",
    "with_loader_criteria",
    "with_parent",
    "with_polymorphic",
]

class Bundle:
    @classmethod
    def __class_getitem__(cls, *args: Any, **kw: Any) -> Any: ...
    single_entity: Any
    is_clause_element: Any
    is_mapper: Any
    is_aliased_class: Any
    is_bundle: Any
    is_selectable: Any
    is_instance: Any
    is_attribute: Any
    is_property: Any
    def __init__(self, name: Any, *exprs: Any, **kw: Any) -> None: ...
    @property
    def entity(self) -> Any: ...
    @property
    def mapper(self) -> Any: ...
    def label(self, name: Any) -> Any: ...
    def create_row_processor(self, query: Any, procs: Any, labels: Any) -> Any: ...
    def __clause_element__(self) -> Any: ...
    name: Any
    exprs: Any
    c: Any
    columns: Any

class _Columns:
    def __init__(self, columns: Any) -> None: ...
    def __getitem__(self, key: Any) -> Any: ...
    def __contains__(self, key: Any) -> bool: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __len__(self) -> int: ...
    def keys(self) -> Any: ...
    def values(self) -> Any: ...
    def items(self) -> Any: ...

class CompositeBundle(Bundle):
    def __init__(self, prop: Any, exprs: Any) -> None: ...
    def create_row_processor(self, query: Any, procs: Any, labels: Any) -> Any: ...
    property: Any

class DictBundle(Bundle):
    def create_row_processor(self, query: Any, procs: Any, labels: Any) -> Any: ...

class CascadeOptions(frozenset):
    @staticmethod
    def __new__(cls, value_list: Any) -> Any: ...
    @classmethod
    def from_string(cls, arg: Any) -> Any: ...
    def __repr__(self) -> str: ...

def polymorphic_union(table_map: Any, typecolname: Any, aliasname: Any = "p_union", cast_nulls: Any = True) -> Any: ...
def object_state(instance: Any) -> Any: ...

join = _rs._orm_join
outerjoin = _rs._orm_outerjoin
with_loader_criteria = _rs.LoaderCriteriaOption
