import enum
from typing import Any

import oxalchemy
from oxalchemy.orm import exc as exc
from oxalchemy.orm.mapped import (
    DynamicMapped as DynamicMapped,
    Mapped as Mapped,
    Unmapped as Unmapped,
    WriteOnlyMapped as WriteOnlyMapped,
    _DeclarativeMapped as _DeclarativeMapped,
    _MappedAttribute as _MappedAttribute,
)

class InspectionAttr:
    is_selectable: Any
    is_aliased_class: Any
    is_instance: Any
    is_mapper: Any
    is_bundle: Any
    is_property: Any
    is_attribute: Any
    is_clause_element: Any
    extension_type: Any

class LoaderCallableStatus(enum.Enum):
    PASSIVE_NO_RESULT = 0
    PASSIVE_CLASS_MISMATCH = 1
    ATTR_WAS_SET = 2
    ATTR_EMPTY = 3
    NO_VALUE = 4
    NEVER_SET = 4
    DONT_SET = 5

class EventConstants(enum.Enum):
    EXT_CONTINUE = 1
    EXT_STOP = 2
    EXT_SKIP = 3
    NO_KEY = 4

class RelationshipDirection(enum.Enum):
    ONETOMANY = 1
    MANYTOONE = 2
    MANYTOMANY = 3

class InspectionAttrExtensionType(enum.Enum): ...

class InspectionAttrInfo(InspectionAttr):
    info: Any

class NotExtension(InspectionAttrExtensionType):
    NOT_EXTENSION = "not_extension"

class PassiveFlag(enum.IntFlag):
    NO_CHANGE = 0
    CALLABLES_OK = 1
    SQL_OK = 2
    RELATED_OBJECT_OK = 4
    INIT_OK = 8
    NON_PERSISTENT_OK = 16
    LOAD_AGAINST_COMMITTED = 32
    NO_AUTOFLUSH = 64
    NO_RAISE = 128
    DEFERRED_HISTORY_LOAD = 256
    INCLUDE_PENDING_MUTATIONS = 512
    PASSIVE_OFF = 31
    PASSIVE_RETURN_NO_VALUE = 23
    PASSIVE_NO_INITIALIZE = 22
    PASSIVE_NO_FETCH = 29
    PASSIVE_NO_FETCH_RELATED = 27
    PASSIVE_ONLY_PERSISTENT = 15
    PASSIVE_MERGE = 159

def instance_state(instance: Any) -> Any: ...
def instance_dict(instance: Any) -> Any: ...
def manager_of_class(cls) -> Any: ...
def opt_manager_of_class(cls) -> Any: ...
def instance_str(instance: Any) -> Any: ...
def state_str(state: Any) -> Any: ...
def state_class_str(state: Any) -> Any: ...
def attribute_str(instance: Any, attribute: Any) -> Any: ...
def state_attribute_str(state: Any, attribute: Any) -> Any: ...
def object_mapper(instance: Any) -> Any: ...
def object_state(instance: Any) -> Any: ...
def class_mapper(class_: Any, configure: Any = True, compile: Any = None) -> Any: ...

PASSIVE_NO_RESULT: LoaderCallableStatus
PASSIVE_CLASS_MISMATCH: LoaderCallableStatus
ATTR_WAS_SET: LoaderCallableStatus
ATTR_EMPTY: LoaderCallableStatus
NO_VALUE: LoaderCallableStatus
NEVER_SET: LoaderCallableStatus
DONT_SET: LoaderCallableStatus
NO_CHANGE: PassiveFlag
CALLABLES_OK: PassiveFlag
SQL_OK: PassiveFlag
RELATED_OBJECT_OK: PassiveFlag
INIT_OK: PassiveFlag
NON_PERSISTENT_OK: PassiveFlag
LOAD_AGAINST_COMMITTED: PassiveFlag
NO_AUTOFLUSH: PassiveFlag
NO_RAISE: PassiveFlag
DEFERRED_HISTORY_LOAD: PassiveFlag
INCLUDE_PENDING_MUTATIONS: PassiveFlag
PASSIVE_OFF: PassiveFlag
PASSIVE_RETURN_NO_VALUE: PassiveFlag
PASSIVE_NO_INITIALIZE: PassiveFlag
PASSIVE_NO_FETCH: PassiveFlag
PASSIVE_NO_FETCH_RELATED: PassiveFlag
PASSIVE_ONLY_PERSISTENT: PassiveFlag
PASSIVE_MERGE: PassiveFlag
DEFAULT_MANAGER_ATTR: Any
DEFAULT_STATE_ATTR: Any
EXT_CONTINUE: EventConstants
EXT_STOP: EventConstants
EXT_SKIP: EventConstants
NO_KEY: EventConstants
ONETOMANY: RelationshipDirection
MANYTOONE: RelationshipDirection
MANYTOMANY: RelationshipDirection
NOT_EXTENSION: NotExtension
sa_exc = oxalchemy.exc
