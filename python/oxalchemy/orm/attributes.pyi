import builtins
import enum
from typing import Any

from oxalchemy import _rs
from oxalchemy._rs import (
    AttributeEventToken as AttributeEventToken,
    AttributeImpl as AttributeImpl,
    InstrumentedAttribute as InstrumentedAttribute,
    QueryableAttribute as QueryableAttribute,
    del_attribute as del_attribute,
    flag_dirty as flag_dirty,
    flag_modified as flag_modified,
    get_attribute as get_attribute,
    get_history as get_history,
    init_collection as init_collection,
    register_class as register_class,
    set_attribute as set_attribute,
    set_committed_value as set_committed_value,
)
from oxalchemy.orm.base import (
    ATTR_EMPTY as ATTR_EMPTY,
    ATTR_WAS_SET as ATTR_WAS_SET,
    CALLABLES_OK as CALLABLES_OK,
    DEFERRED_HISTORY_LOAD as DEFERRED_HISTORY_LOAD,
    INCLUDE_PENDING_MUTATIONS as INCLUDE_PENDING_MUTATIONS,
    INIT_OK as INIT_OK,
    LOAD_AGAINST_COMMITTED as LOAD_AGAINST_COMMITTED,
    NEVER_SET as NEVER_SET,
    NO_AUTOFLUSH as NO_AUTOFLUSH,
    NO_CHANGE as NO_CHANGE,
    NO_KEY as NO_KEY,
    NO_RAISE as NO_RAISE,
    NO_VALUE as NO_VALUE,
    NON_PERSISTENT_OK as NON_PERSISTENT_OK,
    PASSIVE_CLASS_MISMATCH as PASSIVE_CLASS_MISMATCH,
    PASSIVE_NO_FETCH as PASSIVE_NO_FETCH,
    PASSIVE_NO_FETCH_RELATED as PASSIVE_NO_FETCH_RELATED,
    PASSIVE_NO_INITIALIZE as PASSIVE_NO_INITIALIZE,
    PASSIVE_NO_RESULT as PASSIVE_NO_RESULT,
    PASSIVE_OFF as PASSIVE_OFF,
    PASSIVE_ONLY_PERSISTENT as PASSIVE_ONLY_PERSISTENT,
    PASSIVE_RETURN_NO_VALUE as PASSIVE_RETURN_NO_VALUE,
    RELATED_OBJECT_OK as RELATED_OBJECT_OK,
    SQL_OK as SQL_OK,
    LoaderCallableStatus as LoaderCallableStatus,
    PassiveFlag as PassiveFlag,
    instance_dict as instance_dict,
    instance_state as instance_state,
    instance_str as instance_str,
    manager_of_class as manager_of_class,
    opt_manager_of_class as opt_manager_of_class,
    state_str as state_str,
)

class _DescriptorImpl:
    accepts_scalar_loader: Any
    collection: Any
    dynamic: Any
    uses_objects: Any
    supports_population: Any
    def __init__(self, attribute: Any) -> None: ...
    def get_history(self, state: Any, dict_: Any, passive: Any = ...) -> Any: ...
    attribute: Any
    key: Any

class _AttributeOp(enum.Enum):
    APPEND = "APPEND"
    REMOVE = "REMOVE"
    REPLACE = "REPLACE"
    BULK_REPLACE = "BULK_REPLACE"
    MODIFIED = "MODIFIED"

class _ProxyAttribute(_rs.QueryableAttribute):
    @staticmethod
    def __new__(cls, class_: Any, key: Any, parent: Any, prop: Any, descriptor: Any, doc: Any = None) -> Any: ...
    def __init__(self, *args: Any, **kw: Any) -> None: ...
    @builtins.property
    def prop(self) -> Any: ...
    @builtins.property
    def property(self) -> Any: ...
    @builtins.property
    def original_property(self) -> Any: ...
    @builtins.property
    def comparator(self) -> Any: ...
    @builtins.property
    def impl(self) -> Any: ...
    @builtins.property
    def info(self) -> Any: ...
    def __get__(self, instance: Any, owner: Any) -> Any: ...
    def __set__(self, instance: Any, value: Any) -> Any: ...
    def __delete__(self, instance: Any) -> Any: ...
    def __clause_element__(self) -> Any: ...
    @builtins.property
    def expression(self) -> Any: ...
    def adapt_to_entity(self, entity: Any) -> Any: ...
    def get_history(self, state: Any, passive: Any = ...) -> Any: ...

class History:
    def __bool__(self) -> bool: ...
    def empty(self) -> Any: ...
    def sum(self) -> Any: ...
    def non_deleted(self) -> Any: ...
    def non_added(self) -> Any: ...
    def has_changes(self) -> Any: ...
    def as_state(self) -> Any: ...

def is_instrumented(instance: Any, key: Any) -> Any: ...
def has_parent(cls, obj: Any, key: Any, optimistic: Any = False) -> Any: ...
def get_state_history(state: Any, key: Any, passive: Any = ...) -> Any: ...
def register_descriptor(class_: Any, key: Any, *, comparator: Any = None, parententity: Any = None, doc: Any = None) -> Any: ...
def register_attribute_impl(
    class_: Any,
    key: Any,
    uselist: Any = False,
    callable_: Any = None,
    useobject: Any = False,
    impl_class: Any = None,
    backref: Any = None,
    active_history: Any = False,
    trackparent: Any = None,
    typecallable: Any = None,
    compare_function: Any = None,
    expire_missing: Any = True,
    send_modified_events: Any = True,
    **kw: Any,
) -> Any: ...
def register_attribute(
    class_: Any, key: Any, *, comparator: Any = None, parententity: Any = None, doc: Any = None, **kw: Any
) -> Any: ...
def unregister_attribute(class_: Any, key: Any) -> Any: ...
def init_state_collection(state: Any, dict_: Any, key: Any) -> Any: ...
def create_proxied_attribute(descriptor: Any) -> Any: ...

OP_APPEND: _AttributeOp
OP_REMOVE: _AttributeOp
OP_REPLACE: _AttributeOp
OP_BULK_REPLACE: _AttributeOp
OP_MODIFIED: _AttributeOp
HISTORY_BLANK: Any
Event = _rs.AttributeEventToken

class _ImplKind(type):
    def __instancecheck__(cls, impl: Any) -> bool: ...

class AttributeImplKind(metaclass=_ImplKind):
    @staticmethod
    def holds(impl: Any) -> bool: ...

class CollectionAttributeImpl(AttributeImplKind): ...
class ScalarAttributeImpl(AttributeImplKind): ...
class ScalarObjectAttributeImpl(ScalarAttributeImpl): ...
