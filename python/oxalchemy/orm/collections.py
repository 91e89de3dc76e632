"""Containers of related objects: the ready-made ones, decorators for own ones, dictionaries keyed by attributes."""

import operator
import weakref

from .. import _rs, exc
from .._rs import CollectionAdapter, collection_adapter
from .base import NO_KEY, NO_VALUE

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
    """Decorators that say what the methods of an own container do."""

    @staticmethod
    def appender(fn):
        """The method adds one object."""
        fn._sa_instrument_role = "appender"
        return fn

    @staticmethod
    def remover(fn):
        """The method removes one object."""
        fn._sa_instrument_role = "remover"
        return fn

    @staticmethod
    def iterator(fn):
        """The method gives an iterator over the objects."""
        fn._sa_instrument_role = "iterator"
        return fn

    @staticmethod
    def internally_instrumented(fn):
        """The method fires its events itself."""
        fn._sa_instrumented = True
        return fn

    @staticmethod
    def converter(fn):
        """The method turns what is assigned into an iterable of objects."""
        fn._sa_instrument_role = "converter"
        return fn

    @staticmethod
    def link(fn):
        """The method hears when the container is linked to an attribute or taken from it."""
        fn._sa_instrument_role = "linker"
        return fn

    linker = link

    @staticmethod
    def adds(arg):
        """The method adds the object that is its argument ``arg`` (position or name)."""

        def decorator(fn):
            fn._sa_instrument_before = ("fire_append_event", arg)
            return fn

        return decorator

    @staticmethod
    def replaces(arg):
        """The method adds its argument ``arg`` and gives the object that had to go."""

        def decorator(fn):
            fn._sa_instrument_before = ("fire_append_event", arg)
            fn._sa_instrument_after = "fire_remove_event"
            return fn

        return decorator

    @staticmethod
    def removes(arg):
        """The method removes the object that is its argument ``arg``."""

        def decorator(fn):
            fn._sa_instrument_before = ("fire_remove_event", arg)
            return fn

        return decorator

    @staticmethod
    def removes_return():
        """The method removes the object that it gives."""

        def decorator(fn):
            fn._sa_instrument_after = "fire_remove_event"
            return fn

        return decorator


class InstrumentedList(list):
    """A list that tells its attribute of every change."""


class InstrumentedSet(set):
    """A set that tells its attribute of every change."""


class InstrumentedDict(dict):
    """A dict that tells its attribute of every change."""


_WRAPPED = {
    list: "append remove insert __setitem__ __delitem__ extend __iadd__ pop clear".split(),
    set: (
        "add discard remove pop clear update __ior__ difference_update __isub__ intersection_update __iand__ "
        "symmetric_difference_update __ixor__"
    ).split(),
    dict: "__setitem__ __delitem__ clear pop popitem setdefault update __ior__".split(),
}
_ROLES = {
    list: {"appender": "append", "remover": "remove", "iterator": "__iter__"},
    set: {"appender": "add", "remover": "remove", "iterator": "__iter__"},
    dict: {"iterator": "values"},
}
_canned = {list: InstrumentedList, set: InstrumentedSet, dict: InstrumentedDict}
_READY = {}


def duck_type_collection(specimen, default=None):
    """``list``, ``set`` or ``dict``, whichever an object or class resembles."""
    if hasattr(specimen, "__emulates__"):
        if specimen.__emulates__ is not None and issubclass(specimen.__emulates__, set):
            return set
        return specimen.__emulates__
    isa = issubclass if isinstance(specimen, type) else isinstance
    for kind in (list, set, dict):
        if isa(specimen, kind):
            return kind
    for name, kind in (("append", list), ("add", set), ("set", dict)):
        if hasattr(specimen, name):
            return kind
    return default


def prepare_instrumentation(factory):
    """A factory whose product is instrumented."""
    if factory in _canned:
        factory = _canned[factory]
    specimen = factory()
    cls = type(specimen)
    if cls in _canned:
        instrumented = _canned[cls]
        inner = factory

        def factory():
            return instrumented(inner())

        cls = instrumented
    if cls.__dict__.get("_sa_instrumented_collection") is not cls:
        _instrument_class(cls)
    return factory


def _prepare_factory(factory):
    ready = prepare_instrumentation(factory)
    return ready, duck_type_collection(ready())


def _instrument_class(cls):
    if cls.__module__ == "builtins":
        raise exc.ArgumentError("Can not instrument a built-in type. Use a subclass, even a trivial one.")
    kind = duck_type_collection(cls)
    roles, methods = _scan(cls)
    _complete(cls, roles, methods, kind)
    for name, (before, after) in methods.items():
        fn = getattr(cls, name)
        setattr(cls, name, _rs.CollectionMethod("marked", name, fn, before, after))
    if kind in _WRAPPED:
        for name in _WRAPPED[kind]:
            fn = getattr(cls, name, None)
            if fn is None or name in methods or getattr(fn, "_sa_instrumented", False):
                continue
            setattr(cls, name, _rs.CollectionMethod(kind.__name__, name, fn))
    for role, name in roles.items():
        setattr(cls, f"_sa_{role}", getattr(cls, name))
    cls._sa_adapter = None
    if not hasattr(cls, "_sa_converter"):
        cls._sa_converter = None
    cls._sa_instrumented_collection = cls
    cls._sa_instrumented = id(cls)


def _scan(cls):
    """Roles and events that the decorators of a class name."""
    roles, methods = {}, {}
    for supercls in cls.__mro__:
        for name, method in vars(supercls).items():
            if not callable(method):
                continue
            role = getattr(method, "_sa_instrument_role", None)
            if role is not None:
                roles.setdefault(role, name)
            before = getattr(method, "_sa_instrument_before", None)
            after = getattr(method, "_sa_instrument_after", None)
            if before or after:
                methods.setdefault(name, (before, after))
    return roles, methods


def _complete(cls, roles, methods, kind):
    for role, name in _ROLES.get(kind, {}).items():
        roles.setdefault(role, name)
    for role, hint in (("appender", "appender"), ("remover", "remover"), ("iterator", "iterator")):
        name = roles.get(role)
        if name is None or not hasattr(cls, name):
            if name is None:
                raise exc.ArgumentError(f"Type {cls.__name__} must elect an {hint} method to be a collection class")
            raise exc.ArgumentError(f"Type {cls.__name__} must elect an {hint} method to be a collection class")
    if kind not in (list, set):
        wrapped = getattr(getattr(cls, roles["appender"]), "_sa_instrumented", False)
        if roles["appender"] not in methods and not wrapped:
            methods[roles["appender"]] = (("fire_append_event", 1), None)
        wrapped = getattr(getattr(cls, roles["remover"]), "_sa_instrumented", False)
        if roles["remover"] not in methods and not wrapped:
            methods[roles["remover"]] = (("fire_remove_event", 1), None)
    else:
        standard = _ROLES[kind]
        for role, event in (("appender", "fire_append_event"), ("remover", "fire_remove_event")):
            name = roles[role]
            wrapped = getattr(getattr(cls, name), "_sa_instrumented", False)
            if name != standard[role] and name not in methods and not wrapped:
                methods[name] = ((event, 1), None)


def bulk_replace(values, existing_adapter, new_adapter, initiator=None):
    """Fill a new collection; objects new to it fire append events, those that are gone remove events."""
    _rs._bulk_replace(values, existing_adapter, new_adapter, initiator)


class _AttrGetter:
    def __init__(self, attr_name):
        self.attr_name = attr_name
        self.getter = operator.attrgetter(attr_name)

    def __call__(self, mapped_object):
        dict_ = mapped_object.__dict__
        key = self.attr_name
        if "." not in key and key not in dict_:
            # what was never set is not None: it is missing
            from .base import instance_state

            state = instance_state(mapped_object)
            if key in state.manager:
                value = state.manager[key].impl.get(state, dict_, 31 ^ 8)
                return value
        return self.getter(mapped_object)

    def __reduce__(self):
        return _AttrGetter, (self.attr_name,)


class _ColumnGetter:
    def __init__(self, columns):
        self.columns = columns

    def __call__(self, value):
        from .base import instance_state

        state = instance_state(value)
        mapper = state.mapper
        keys = []
        for c in self.columns:
            prop = mapper._columntoproperty[c]
            keys.append(state.manager[prop.key].impl.get(state, state.dict, 31 ^ 8))
        return keys[0] if len(keys) == 1 else tuple(keys)


class KeyFuncDict(dict):
    """A dict of objects keyed by a function of the object."""

    def __init__(self, keyfunc=None, *dict_args, ignore_unpopulated_attribute=False):
        self.keyfunc = keyfunc
        self.ignore_unpopulated_attribute = ignore_unpopulated_attribute
        super().__init__(*dict_args)

    @classmethod
    def _unreduce(cls, keyfunc, values, adapter=None):
        mp = KeyFuncDict(keyfunc)
        mp.update(values)
        return mp

    def __reduce__(self):
        return KeyFuncDict._unreduce, (self.keyfunc, dict(self), None), {"_sa_adapter": self._sa_adapter}

    def _raise(self, value, initiator, remove):
        prop = _relationship_name(initiator)
        raise exc.InvalidRequestError(
            f"In event triggered from population of attribute {prop!r} (potentially from a backref), can't populate value in "
            "KeyFuncDict; "
            f"dictionary key derived from {_state_text(value)} is not populated. Ensure appropriate state is set up on the "
            f"{_state_text(value)} object before assigning to the {prop} attribute. To skip this assignment entirely, Set the "
            '"ignore_unpopulated_attribute=True" parameter on the mapped collection factory.'
        )

    def _key(self, value, initiator, remove=False):
        key = self.keyfunc(value)
        missing = key is NO_VALUE or (isinstance(key, tuple) and NO_VALUE in key)
        if missing:
            if not self.ignore_unpopulated_attribute:
                self._raise(value, initiator, remove)
            return False, None
        if key is None and initiator is not False and not remove:
            if self.ignore_unpopulated_attribute:
                return False, None
            from .. import util

            util.warn(
                f"Attribute keyed dictionary value for attribute {_relationship_name(initiator)!r} was None; this will "
                f"raise in a "
                'future release. To skip this assignment entirely, Set the "ignore_unpopulated_attribute=True" parameter on the '
                "mapped collection factory."
            )
        return True, key

    @collection.appender
    @collection.internally_instrumented
    def set(self, value, _sa_initiator=None):
        """Add an object under its key."""
        there, key = self._key(value, _sa_initiator)
        if not there:
            return
        self.__setitem__(key, value, _sa_initiator=_sa_initiator)

    @collection.remover
    @collection.internally_instrumented
    def remove(self, value, _sa_initiator=None):
        """Remove an object by its key; it must be there under it."""
        there, key = self._key(value, _sa_initiator, remove=True)
        if not there:
            return
        if self[key] != value:
            raise exc.InvalidRequestError(
                f"Can not remove '{value}' from collection; collection holds '{self[key]}' for key '{key}'. Possible cause: "
                "is the KeyFuncDict key function based on mutable properties or properties that only obtain values after flush?"
            )
        self.__delitem__(key, _sa_initiator=_sa_initiator)


def _relationship_name(initiator):
    if not initiator:
        return "unknown relationship"
    from .attributes import OP_BULK_REPLACE

    return initiator.key if initiator.op is OP_BULK_REPLACE else str(initiator.parent_token)


def _state_text(value):
    from .base import instance_str

    return instance_str(value)


MappedCollection = KeyFuncDict


def keyfunc_mapping(keyfunc, *, ignore_unpopulated_attribute=False):
    """A factory of dicts keyed by ``keyfunc(object)``."""

    def factory():
        return KeyFuncDict(keyfunc, ignore_unpopulated_attribute=ignore_unpopulated_attribute)

    return factory


def attribute_keyed_dict(attr_name, *, ignore_unpopulated_attribute=False):
    """A factory of dicts keyed by an attribute of the objects."""
    return keyfunc_mapping(_AttrGetter(attr_name), ignore_unpopulated_attribute=ignore_unpopulated_attribute)


def column_keyed_dict(mapping_spec, *, ignore_unpopulated_attribute=False):
    """A factory of dicts keyed by a column of the objects, or by a tuple of several."""
    columns = list(mapping_spec) if isinstance(mapping_spec, (list, tuple)) else [mapping_spec]
    return keyfunc_mapping(_ColumnGetter(columns), ignore_unpopulated_attribute=ignore_unpopulated_attribute)


mapped_collection = keyfunc_mapping
attribute_mapped_collection = attribute_keyed_dict
column_mapped_collection = column_keyed_dict

for _cls in (InstrumentedList, InstrumentedSet, InstrumentedDict):
    _cls.__module__ = "oxalchemy.orm.collections"

# a plain dict has no method that adds one object: subclasses name theirs
_instrument_class(InstrumentedList)
_instrument_class(InstrumentedSet)
_instrument_class(KeyFuncDict)
_ = (weakref, NO_KEY)
