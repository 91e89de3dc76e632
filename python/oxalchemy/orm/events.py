"""Events of mappers, instances, attributes and instrumentation."""

import inspect as py_inspect
import weakref

from .. import _rs, event, exc
from .._rs import ClassManager, Mapper, QueryableAttribute
from ..event.base import dispatcher, native_dispatcher
from . import interfaces
from .base import EXT_CONTINUE, opt_manager_of_class
from .decl_api import registry
from .instrumentation import InstrumentationFactory, _instrumentation_factory

__all__ = ["AttributeEvents", "InstanceEvents", "InstrumentationEvents", "MapperEvents", "RegistryEvents"]


def __getattr__(name):
    """Events of sessions and queries, which live beside their classes."""
    if name == "SessionEvents":
        from .session_events import SessionEvents as found
    elif name == "QueryEvents":
        from .query_events import QueryEvents as found
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return found


def _is_mapper_target(target):
    from . import mapper

    return target is mapper or target is Mapper or (isinstance(target, type) and issubclass(target, Mapper))


class _Held:
    """What is listened for on one class that is not mapped."""

    def __init__(self):
        self.entries = {}  # entry → (event key, arguments)

    def discard(self, entry):
        self.entries.pop(entry, None)


class _Holds:
    """Listeners on classes that are not mapped: handed over to those below them that are mapped, or will be."""

    def __init__(self, group, target_of):
        self.group = group
        self.target_of = target_of
        self.held = weakref.WeakKeyDictionary()

    def hold(self, cls, event_key, kw):
        from ..event.registry import Entry, next_order, stored

        store = self.held.setdefault(cls, _Held())
        entry = Entry(event_key.fn, event_key._key, next_order(False), bool(kw.get("propagate")))
        store.entries[entry] = (event_key, kw)
        stored(store, entry)
        if kw.get("propagate"):
            for target in self.mapped_below(cls):
                self.group._listen(event_key.with_dispatch_target(target), **kw)

    def mapped_below(self, cls):
        """The uppermost mapped classes under a class; the event goes on to their subclasses from there."""
        seen, waiting, found = set(), list(cls.__subclasses__()), []
        while waiting:
            sub = waiting.pop(0)
            if sub in seen:
                continue
            seen.add(sub)
            target = self.target_of(sub)
            if target is None:
                waiting.extend(sub.__subclasses__())
            else:
                found.append(target)
        return found

    def release(self, cls, target):
        if not self.held:
            return
        for base in cls.__mro__:
            store = self.held.get(base)
            for event_key, kw in list(store.entries.values()) if store is not None else ():
                if base is cls or kw.get("propagate"):
                    key = event_key.with_dispatch_target(target)
                    self.group._listen(key, **kw)


class _HeldClass:
    """Stands for a class that is not mapped yet as target of ``listen``."""

    def __init__(self, holds, cls):
        self.holds = holds
        self.cls = cls

    @property
    def dispatch(self):
        return _HeldDispatch()


class _HeldDispatch:
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _HeldCollection()


class _HeldCollection:
    entries = ()

    def add(self, entry):
        pass

    def discard(self, entry):
        pass


def _target_index(events, identifier, name="target"):
    fn = events._declared.get(identifier)
    args = py_inspect.getfullargspec(fn).args
    return args.index(name) - 1 if name in args else None


class MapperEvents(event.Events):
    """Events of mappers: configuration, and rows written for instances."""

    _target_class_doc = "SomeClass"
    _dispatch_target = Mapper

    @classmethod
    def _accept_with(cls, target, identifier):
        if identifier in ("before_configured", "after_configured"):
            return Mapper if _is_mapper_target(target) else None
        if isinstance(target, Mapper):
            return target
        if _is_mapper_target(target):
            return Mapper if not isinstance(target, type) else target
        if isinstance(target, type):
            manager = opt_manager_of_class(target)
            if manager is not None and manager.is_mapped:
                return manager.mapper
            return _HeldClass(_mapper_holds, target)
        return None

    @classmethod
    def _listen(cls, event_key, raw=False, retval=False, propagate=False, **kw):
        target, identifier, fn = event_key.dispatch_target, event_key.identifier, event_key._listen_fn
        if isinstance(target, _HeldClass):
            target.holds.hold(target.cls, event_key, dict(raw=raw, retval=retval, propagate=propagate, **kw))
            return
        if not raw or not retval:
            index = _target_index(cls, identifier) if not raw else None

            def wrap(*arg, **kwargs):
                if index is not None:
                    arg = list(arg)
                    arg[index] = arg[index].obj()
                if not retval:
                    fn(*arg, **kwargs)
                    return EXT_CONTINUE
                return fn(*arg, **kwargs)

            event_key = event_key.with_wrapper(wrap)
        if propagate and isinstance(target, Mapper):
            for mapper in target.polymorphic_iterator():
                event_key.with_dispatch_target(mapper).base_listen(propagate=True, **kw)
        else:
            event_key.base_listen(propagate=propagate, **kw)

    @classmethod
    def _clear(cls):
        super()._clear()
        _mapper_holds.held.clear()

    def instrument_class(self, mapper, class_):
        """A class is about to be instrumented by its mapper."""

    def after_mapper_constructed(self, mapper, class_):
        """A mapper has all its properties."""

    def before_mapper_configured(self, mapper, class_):
        """A mapper is about to be set up."""

    def mapper_configured(self, mapper, class_):
        """A mapper was set up."""

    def before_configured(self):
        """Mappers are about to be set up."""

    def after_configured(self):
        """Mappers were set up."""

    def before_insert(self, mapper, connection, target):
        """Before the INSERT of an instance."""

    def after_insert(self, mapper, connection, target):
        """After the INSERT of an instance."""

    def before_update(self, mapper, connection, target):
        """Before the UPDATE of an instance, also when no column changed."""

    def after_update(self, mapper, connection, target):
        """After the UPDATE of an instance."""

    def before_delete(self, mapper, connection, target):
        """Before the DELETE of an instance."""

    def after_delete(self, mapper, connection, target):
        """After the DELETE of an instance."""


class InstanceEvents(event.Events):
    """Events of instances: construction, load, refresh, expiry, pickling."""

    _target_class_doc = "SomeClass"
    _dispatch_target = ClassManager

    @classmethod
    def _accept_with(cls, target, identifier):
        if isinstance(target, ClassManager):
            return target
        if isinstance(target, Mapper):
            return target.class_manager
        if _is_mapper_target(target):
            return ClassManager
        if isinstance(target, type):
            if issubclass(target, ClassManager):
                return target
            manager = opt_manager_of_class(target)
            return manager if manager is not None else _HeldClass(_instance_holds, target)
        return None

    @classmethod
    def _listen(cls, event_key, raw=False, propagate=False, restore_load_context=False, **kw):
        target, fn = event_key.dispatch_target, event_key._listen_fn
        if isinstance(target, _HeldClass):
            target.holds.hold(target.cls, event_key, dict(raw=raw, propagate=propagate, **kw))
            return
        if not raw:

            def wrap(state, *arg, **kwargs):
                return fn(state.obj() if hasattr(state, "obj") else state, *arg, **kwargs)

            event_key = event_key.with_wrapper(wrap)
        event_key.base_listen(propagate=propagate, **kw)
        if propagate and isinstance(target, ClassManager):
            for manager in target.subclass_managers(True):
                event_key.with_dispatch_target(manager).base_listen(propagate=True)

    @classmethod
    def _clear(cls):
        super()._clear()
        _instance_holds.held.clear()

    def first_init(self, manager, cls):
        """The first instance of a class is about to be made."""

    def init(self, target, args, kwargs):
        """An instance is about to be initialised; the keyword dictionary may be changed in place."""

    def init_failure(self, target, args, kwargs):
        """``__init__`` raised."""

    def _sa_event_merge_wo_load(self, target, context):
        pass

    def load(self, target, context):
        """An instance was made from a row."""

    def refresh(self, target, context, attrs):
        """Attributes were loaded again from a query."""

    def refresh_flush(self, target, flush_context, attrs):
        """Attributes were fetched during a flush."""

    def expire(self, target, attrs):
        """Attributes were expired; None: all."""

    def pickle(self, target, state_dict):
        """An instance is about to be pickled."""

    def unpickle(self, target, state_dict):
        """An instance was unpickled."""


class AttributeEvents(event.Events):
    """Events of attributes: values set, collections changed."""

    _target_class_doc = "SomeClass.some_attribute"
    _dispatch_target = QueryableAttribute

    @classmethod
    def _accept_with(cls, target, identifier):
        if isinstance(target, interfaces.MapperProperty):
            return getattr(target.parent.class_, target.key)
        if isinstance(target, QueryableAttribute):
            return target
        return None

    @classmethod
    def _listen(cls, event_key, active_history=False, raw=False, retval=False, propagate=False, include_key=False, **kw):
        target, fn = event_key.dispatch_target, event_key._listen_fn
        if active_history:
            target._active_history = True
            target.dispatch._active_history = True
        if not raw or not retval or not include_key:

            def wrap(state, *arg, **kwargs):
                obj = state if raw else state.obj()
                if not retval:
                    value = arg[0] if arg else None
                    if include_key:
                        fn(obj, *arg, **kwargs)
                    else:
                        fn(obj, *arg)
                    return value
                if include_key:
                    return fn(obj, *arg, **kwargs)
                return fn(obj, *arg)

            event_key = event_key.with_wrapper(wrap)
        event_key.base_listen(propagate=propagate, **kw)
        if propagate:
            manager = opt_manager_of_class(target.class_)
            if manager is not None:
                for sub in manager.subclass_managers(True):
                    attr = sub.get(target.key)
                    if attr is None or attr is target:
                        continue
                    event_key.with_dispatch_target(attr).base_listen(propagate=True, **kw)
                    if active_history:
                        attr._active_history = True

    def append(self, target, value, initiator, *, key=None):
        """An object enters a collection; with ``retval`` what is returned enters."""

    def append_wo_mutation(self, target, value, initiator, *, key=None):
        """An object enters a collection that has it already."""

    def bulk_replace(self, target, values, initiator, *, keys=None):
        """A collection is replaced; the list may be changed in place."""

    def remove(self, target, value, initiator, *, key=None):
        """An object leaves a collection, or a value is deleted."""

    def set(self, target, value, oldvalue, initiator):
        """A value is set; with ``retval`` what is returned is set."""

    def init_scalar(self, target, value, dict_):
        """An attribute that was never set is read."""

    def init_collection(self, target, collection, collection_adapter):
        """A collection was made."""

    def dispose_collection(self, target, collection, collection_adapter):
        """A collection was replaced."""

    def modified(self, target, initiator):
        """``flag_modified()`` was called."""


def _fire_instrumentation(name, *args):
    getattr(_instrumentation_factory.dispatch, name)(*args)


class InstrumentationEvents(event.Events):
    """Events of class instrumentation."""

    _target_class_doc = "SomeBaseClass"
    _dispatch_target = InstrumentationFactory

    @classmethod
    def _accept_with(cls, target, identifier):
        return _instrumentation_factory if isinstance(target, type) and identifier in cls._declared else None

    @classmethod
    def _listen(cls, event_key, propagate=True, **kw):
        target_ref, fn = weakref.ref(event_key.target), event_key._listen_fn

        def listen(target_cls, *arg):
            listen_cls = target_ref()
            if listen_cls is None:
                return
            if propagate and issubclass(target_cls, listen_cls) or target_cls is listen_cls:
                fn(target_cls, *arg)

        _rs._listen_instrumentation(_fire_instrumentation)
        event_key.with_dispatch_target(_instrumentation_factory).with_wrapper(listen).base_listen(**kw)

    def class_instrument(self, cls):
        """A class was instrumented."""

    def class_uninstrument(self, cls):
        """The instrumentation of a class was taken back."""

    def attribute_instrument(self, cls, key, inst):
        """An attribute was instrumented."""


class RegistryEvents(event.Events):
    """Events of registries."""

    _target_class_doc = "SomeRegistry"

    @classmethod
    def _accept_with(cls, target, identifier):
        from .decl_api import registry

        if isinstance(target, registry):
            return target
        # a declarative base stands for its registry
        own = getattr(target, "registry", None) if isinstance(target, type) else None
        return own if isinstance(own, registry) else None

    @classmethod
    def _listen(cls, event_key, **kw):
        kw.pop("retval", None)
        event_key.base_listen(**kw)

    def before_configured(self, registry):
        """The registry's mappers are about to be set up."""

    def after_configured(self, registry):
        """The registry's mappers were set up."""

    def resolve_type_annotation(self, resolve_type):
        """A Python type in ``Mapped[]`` needs a SQL type."""


def _mapped_manager(cls):
    manager = opt_manager_of_class(cls)
    return manager if manager is not None and manager.is_mapped else None


def _mapper_below(cls):
    manager = _mapped_manager(cls)
    return manager.mapper if manager is not None else None


_mapper_holds = _Holds(MapperEvents, _mapper_below)
_instance_holds = _Holds(InstanceEvents, _mapped_manager)
event.Dispatch._active_history = False
registry.dispatch = dispatcher(RegistryEvents)
Mapper.dispatch = native_dispatcher(MapperEvents)
ClassManager.dispatch = native_dispatcher(InstanceEvents)
QueryableAttribute.dispatch = native_dispatcher(AttributeEvents)


def _new_mapper(mapper, manager):
    """A class was mapped: it takes over what was listened for on it and, propagating, on its bases."""
    if mapper.inherits is not None:
        mapper.dispatch._update(mapper.inherits.dispatch)
    for base in mapper.class_.__mro__[1:]:
        other = opt_manager_of_class(base)
        if other is not None:
            manager.dispatch._update(other.dispatch)
    _mapper_holds.release(mapper.class_, mapper)
    _instance_holds.release(mapper.class_, manager)


def _new_attribute(manager, attribute):
    """An attribute of a subclass takes over what propagates from the base's."""
    for base in manager.class_.__mro__[1:]:
        other = opt_manager_of_class(base)
        found = other.get(attribute.key) if other is not None else None
        if found is not None and found is not attribute:
            attribute.dispatch._update(found.dispatch)
            if found._active_history:
                attribute._active_history = True


def _listen_reconstructor(manager, fn):
    """``@reconstructor``: run when an instance is loaded."""

    def load(state, context):
        fn(state.obj())

    event.listen(manager, "load", load, raw=True)


_ = (_rs, exc)
