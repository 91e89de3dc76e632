from typing import Any

from oxalchemy import exc as exc
from oxalchemy._rs import CollectionAdapter as CollectionAdapter, collection_adapter as collection_adapter
from oxalchemy.orm.base import NO_KEY as NO_KEY, NO_VALUE as NO_VALUE

__all__ = [
    "CollectionAdapter",
    "InstrumentedDict",
    "InstrumentedList",
    "InstrumentedSet",
    "KeyFuncDict",
    "MappedCollection",
    "attribute_keyed_dict",
    "attribute_mapped_collection",
    "bulk_replace",
    "collection",
    "collection_adapter",
    "column_keyed_dict",
    "column_mapped_collection",
    "keyfunc_mapping",
    "mapped_collection",
    "prepare_instrumentation",
]

class collection:
    @staticmethod
    def appender(fn: Any) -> Any: ...
    @staticmethod
    def remover(fn: Any) -> Any: ...
    @staticmethod
    def iterator(fn: Any) -> Any: ...
    @staticmethod
    def internally_instrumented(fn: Any) -> Any: ...
    @staticmethod
    def converter(fn: Any) -> Any: ...
    @staticmethod
    def link(fn: Any) -> Any: ...
    @staticmethod
    def linker(fn: Any) -> Any: ...
    @staticmethod
    def adds(arg: Any) -> Any: ...
    @staticmethod
    def replaces(arg: Any) -> Any: ...
    @staticmethod
    def removes(arg: Any) -> Any: ...
    @staticmethod
    def removes_return() -> Any: ...

class _AttrGetter:
    def __init__(self, attr_name: Any) -> None: ...
    def __call__(self, mapped_object: Any) -> Any: ...
    attr_name: Any
    getter: Any

class _ColumnGetter:
    def __init__(self, columns: Any) -> None: ...
    def __call__(self, value: Any) -> Any: ...
    columns: Any

class InstrumentedList(list):
    append: Any
    remove: Any
    insert: Any
    __setitem__: Any
    __delitem__: Any
    extend: Any
    __iadd__: Any
    pop: Any
    clear: Any

class InstrumentedSet(set):
    add: Any
    discard: Any
    remove: Any
    pop: Any
    clear: Any
    update: Any
    __ior__: Any
    difference_update: Any
    __isub__: Any
    intersection_update: Any
    __iand__: Any
    symmetric_difference_update: Any
    __ixor__: Any

class InstrumentedDict(dict): ...

class KeyFuncDict(dict):
    def __init__(self, keyfunc: Any = None, *dict_args: Any, ignore_unpopulated_attribute: Any = False) -> None: ...
    def set(self, value: Any, _sa_initiator: Any = None) -> Any: ...
    def remove(self, value: Any, _sa_initiator: Any = None) -> Any: ...
    __setitem__: Any
    __delitem__: Any
    clear: Any
    pop: Any
    popitem: Any
    setdefault: Any
    update: Any
    __ior__: Any
    keyfunc: Any
    ignore_unpopulated_attribute: Any

def duck_type_collection(specimen: Any, default: Any = None) -> Any: ...
def prepare_instrumentation(factory: Any) -> Any: ...
def bulk_replace(values: Any, existing_adapter: Any, new_adapter: Any, initiator: Any = None) -> Any: ...
def keyfunc_mapping(keyfunc: Any, *, ignore_unpopulated_attribute: Any = False) -> Any: ...
def attribute_keyed_dict(attr_name: Any, *, ignore_unpopulated_attribute: Any = False) -> Any: ...
def column_keyed_dict(mapping_spec: Any, *, ignore_unpopulated_attribute: Any = False) -> Any: ...

MappedCollection = KeyFuncDict
mapped_collection = keyfunc_mapping
attribute_mapped_collection = attribute_keyed_dict
column_mapped_collection = column_keyed_dict
