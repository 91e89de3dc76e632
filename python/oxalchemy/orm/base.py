"""Symbols and small helpers of the ORM."""

import enum

from .. import exc as sa_exc
from . import exc
from .mapped import DynamicMapped, Mapped, Unmapped, WriteOnlyMapped, _DeclarativeMapped, _MappedAttribute


class LoaderCallableStatus(enum.Enum):
    """What an attribute read may give instead of a value."""

    PASSIVE_NO_RESULT = 0
    PASSIVE_CLASS_MISMATCH = 1
    ATTR_WAS_SET = 2
    ATTR_EMPTY = 3
    NO_VALUE = 4
    NEVER_SET = NO_VALUE
    # given to a set: leave the attribute alone (the default of a dataclass field)
    DONT_SET = 5


PASSIVE_NO_RESULT = LoaderCallableStatus.PASSIVE_NO_RESULT
PASSIVE_CLASS_MISMATCH = LoaderCallableStatus.PASSIVE_CLASS_MISMATCH
ATTR_WAS_SET = LoaderCallableStatus.ATTR_WAS_SET
ATTR_EMPTY = LoaderCallableStatus.ATTR_EMPTY
NO_VALUE = LoaderCallableStatus.NO_VALUE
NEVER_SET = NO_VALUE
DONT_SET = LoaderCallableStatus.DONT_SET


class PassiveFlag(enum.IntFlag):
    """How hard an attribute read may try."""

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
    PASSIVE_RETURN_NO_VALUE = 31 ^ 8
    PASSIVE_NO_INITIALIZE = 31 ^ 8 ^ 1
    PASSIVE_NO_FETCH = 31 ^ 2
    PASSIVE_NO_FETCH_RELATED = 31 ^ 4
    PASSIVE_ONLY_PERSISTENT = 31 ^ 16
    PASSIVE_MERGE = 31 | 128


NO_CHANGE = PassiveFlag.NO_CHANGE
CALLABLES_OK = PassiveFlag.CALLABLES_OK
SQL_OK = PassiveFlag.SQL_OK
RELATED_OBJECT_OK = PassiveFlag.RELATED_OBJECT_OK
INIT_OK = PassiveFlag.INIT_OK
NON_PERSISTENT_OK = PassiveFlag.NON_PERSISTENT_OK
LOAD_AGAINST_COMMITTED = PassiveFlag.LOAD_AGAINST_COMMITTED
NO_AUTOFLUSH = PassiveFlag.NO_AUTOFLUSH
NO_RAISE = PassiveFlag.NO_RAISE
DEFERRED_HISTORY_LOAD = PassiveFlag.DEFERRED_HISTORY_LOAD
INCLUDE_PENDING_MUTATIONS = PassiveFlag.INCLUDE_PENDING_MUTATIONS
PASSIVE_OFF = PassiveFlag.PASSIVE_OFF
PASSIVE_RETURN_NO_VALUE = PassiveFlag.PASSIVE_RETURN_NO_VALUE
PASSIVE_NO_INITIALIZE = PassiveFlag.PASSIVE_NO_INITIALIZE
PASSIVE_NO_FETCH = PassiveFlag.PASSIVE_NO_FETCH
PASSIVE_NO_FETCH_RELATED = PassiveFlag.PASSIVE_NO_FETCH_RELATED
PASSIVE_ONLY_PERSISTENT = PassiveFlag.PASSIVE_ONLY_PERSISTENT
PASSIVE_MERGE = PassiveFlag.PASSIVE_MERGE

DEFAULT_MANAGER_ATTR = "_sa_class_manager"
DEFAULT_STATE_ATTR = "_sa_instance_state"


class EventConstants(enum.Enum):
    """What an old-style extension method returns."""

    EXT_CONTINUE = 1
    EXT_STOP = 2
    EXT_SKIP = 3
    NO_KEY = 4


EXT_CONTINUE = EventConstants.EXT_CONTINUE
EXT_STOP = EventConstants.EXT_STOP
EXT_SKIP = EventConstants.EXT_SKIP
NO_KEY = EventConstants.NO_KEY


class RelationshipDirection(enum.Enum):
    """Which side of a relationship holds the foreign key."""

    ONETOMANY = 1
    MANYTOONE = 2
    MANYTOMANY = 3


ONETOMANY = RelationshipDirection.ONETOMANY
MANYTOONE = RelationshipDirection.MANYTOONE
MANYTOMANY = RelationshipDirection.MANYTOMANY


class InspectionAttrExtensionType(enum.Enum):
    """Kinds of ``Mapper.all_orm_descriptors`` that are not mapped attributes."""


class NotExtension(InspectionAttrExtensionType):
    """An attribute that no extension made."""

    NOT_EXTENSION = "not_extension"


NOT_EXTENSION = NotExtension.NOT_EXTENSION


def instance_state(instance):
    """The :class:`.InstanceState` of a mapped instance; AttributeError when it is none."""
    return instance._sa_instance_state


def instance_dict(instance):
    """``instance.__dict__``."""
    return instance.__dict__


def manager_of_class(cls):
    """The :class:`.ClassManager` of a mapped class."""
    manager = opt_manager_of_class(cls)
    if manager is None:
        raise exc.UnmappedClassError(cls, f"Can't locate an instrumentation manager for class {cls}")
    return manager


def opt_manager_of_class(cls):
    """The :class:`.ClassManager` of a class, or None."""
    return cls.__dict__.get(DEFAULT_MANAGER_ATTR, None) if isinstance(cls, type) else None


def instance_str(instance):
    """``<User at 0x…>``."""
    return state_str(instance_state(instance))


def state_str(state):
    """``<User at 0x…>`` of a state's instance."""
    if state is None:
        return "None"
    return f"<{state.class_.__name__} at 0x{state.obj_id:x}>"


def state_class_str(state):
    """``<User>`` of a state's instance."""
    return "None" if state is None else f"<{state.class_.__name__}>"


def attribute_str(instance, attribute):
    """``<User at 0x…>.name``."""
    return f"{instance_str(instance)}.{attribute}"


def state_attribute_str(state, attribute):
    """``<User at 0x…>.name``."""
    return f"{state_str(state)}.{attribute}"


def object_mapper(instance):
    """The mapper of an instance; :class:`.UnmappedInstanceError` when its class is not mapped."""
    return object_state(instance).mapper


def object_state(instance):
    """The state of an instance; :class:`.UnmappedInstanceError` when its class is not mapped."""
    state = _inspect_mapped_object(instance)
    if state is None:
        raise exc.UnmappedInstanceError(instance)
    return state


def _inspect_mapped_object(instance):
    state = getattr(instance, "__dict__", {}).get(DEFAULT_STATE_ATTR) if not isinstance(instance, type) else None
    return state


def _inspect_mapped_class(class_, configure=False):
    manager = opt_manager_of_class(class_)
    if manager is None or not manager.is_mapped:
        return None
    mapper = manager.mapper
    if configure:
        mapper._check_configure()
    return mapper


def _mapper_or_none(entity):
    """The mapper of a class or of what ``inspect()`` gives, None when there is none."""
    from ..inspection import inspect

    found = inspect(entity, False)
    return getattr(found, "mapper", None) if found is not None else None


def _is_mapped_class(entity):
    from ..inspection import inspect

    insp = inspect(entity, False)
    return (
        insp is not None
        and not getattr(insp, "is_clause_element", False)
        and (getattr(insp, "is_mapper", False) or getattr(insp, "is_aliased_class", False))
    )


def _is_aliased_class(entity):
    from ..inspection import inspect

    insp = inspect(entity, False)
    return insp is not None and getattr(insp, "is_aliased_class", False)


def class_mapper(class_, configure=True, compile=None):
    """The mapper of a class; :class:`.UnmappedClassError` when it is not mapped. ``configure``: set up all mappers first."""
    if compile is not None:
        configure = compile
    mapper = _inspect_mapped_class(class_, configure=configure)
    if mapper is None:
        if not isinstance(class_, type):
            raise sa_exc.ArgumentError(f"Class object expected, got '{class_!r}'.")
        raise exc.UnmappedClassError(class_)
    return mapper


class InspectionAttr:
    """What the objects that ``inspect()`` of mapped things gives tell about their kind."""

    __slots__ = ()
    is_selectable = False
    is_aliased_class = False
    is_instance = False
    is_mapper = False
    is_bundle = False
    is_property = False
    is_attribute = False
    _is_internal_proxy = False
    is_clause_element = False
    extension_type = NOT_EXTENSION


class InspectionAttrInfo(InspectionAttr):
    """The same with a user dictionary."""

    __slots__ = ()

    @property
    def info(self):
        """A dictionary for whatever the user wants to remember of this object."""
        return self.__dict__.setdefault("info", {})

    @info.setter
    def info(self, value):
        self.__dict__["info"] = value
