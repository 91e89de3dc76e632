"""``Events``: the declaration of a group of events, and ``dispatcher``, which gives a class its ``dispatch``."""

import collections
import weakref

from .attr import ClassDispatch, Dispatch, RefCollection
from .legacy import wrap_legacy
from .registry import changed

_by_event = collections.defaultdict(list)
_registrars = _by_event


def registrars(identifier):
    """The groups that declare an event of this name, newest first."""
    return tuple(_by_event.get(identifier, ()))


def _remove_dispatcher(events):
    for name in events._event_names():
        if events in _by_event[name]:
            _by_event[name].remove(events)


class Events:
    """Base of event groups: each public method of a subclass declares an event and, by its arguments, what listeners get.

    ``_dispatch_target`` names the class that the events happen to; with ``_target_class_doc`` a text for the documentation.
    Subclasses may override ``_accept_with`` (which object a target stands for) and ``_listen`` (how to register with it).
    """

    _dispatch_target = None
    _target_class_doc = None

    def __init_subclass__(cls, **kw):
        super().__init_subclass__(**kw)
        cls._declared = {}
        for base in cls.__mro__[1:]:
            for name, fn in getattr(base, "_declared", {}).items():
                cls._declared.setdefault(name, fn)
        for name, value in list(vars(cls).items()):
            if name.startswith("_") and not name.startswith("_sa_event_") or not callable(getattr(value, "__func__", value)):
                continue
            if isinstance(value, (classmethod, staticmethod)):
                continue
            cls._declared[name] = value
        for name in cls._declared:
            if cls not in _by_event[name]:
                _by_event[name].append(cls)
        # class -> event name -> RefCollection; weak keys, classes come and go
        cls._classes = weakref.WeakKeyDictionary()
        cls.dispatch = ClassDispatch(cls, cls._dispatch_target)
        target = cls._dispatch_target
        if target is not None and "dispatch" not in vars(target):
            try:
                target.dispatch = dispatcher(cls)
            except TypeError:
                pass  # a class that cannot be written to declares its own

    @classmethod
    def _has_event(cls, name):
        return name in cls._declared

    @classmethod
    def _event_names(cls):
        return list(cls._declared)

    @classmethod
    def _class_store(cls, target, name):
        events = cls._classes.setdefault(target, {})
        if name not in events:
            events[name] = RefCollection()
        return events[name]

    @classmethod
    def _class_entries(cls, target, name):
        if not cls._classes or target is None:
            return
        for klass in target.__mro__:
            events = cls._classes.get(klass)
            if events and name in events:
                yield from events[name].entries

    @classmethod
    def _clear_class(cls, target):
        cls._classes.pop(target, None)
        changed()

    @classmethod
    def _clear(cls):
        cls._classes.clear()
        changed()

    @classmethod
    def _wrap_listener(cls, name, fn, named):
        declared = cls._declared.get(name)
        return wrap_legacy(cls, name, declared, fn, named) if declared is not None else fn

    @classmethod
    def _accept_with(cls, target, identifier):
        """The object that ``listen(target, identifier)`` registers with, ``None``: not ours."""
        if isinstance(target, type):
            owner = cls._dispatch_target
            if owner is not None and issubclass(target, owner):
                return target
            dispatch = getattr(target, "dispatch", None)
            return target if isinstance(dispatch, ClassDispatch) and dispatch._events is cls else None
        dispatch = getattr(target, "dispatch", None)
        if isinstance(dispatch, Dispatch) and (dispatch._events is cls or issubclass(dispatch._events, cls)):
            return target
        return None

    @classmethod
    def _listen(cls, event_key, *, propagate=False, insert=False, named=False, asyncio=False, **kw):
        event_key.base_listen(propagate=propagate, insert=insert, named=named, asyncio=asyncio)

    @classmethod
    def _remove(cls, event_key):
        event_key.remove()


class dispatcher:
    """Descriptor: ``Class.dispatch`` shows what is listened for on the class, ``instance.dispatch`` runs the events."""

    def __init__(self, events):
        self.events = events

    def __get__(self, obj, cls):
        if obj is None:
            return ClassDispatch(self.events, cls)
        slotted = hasattr(cls, "_slots_dispatch")
        if slotted and (kept := getattr(obj, "_slots_dispatch", None)) is not None:
            return kept
        made = Dispatch(self.events, cls)
        try:
            if slotted:
                obj._slots_dispatch = made
            else:
                obj.__dict__["dispatch"] = made
        except AttributeError as err:
            raise TypeError(f"target {obj!r} doesn't have __dict__, should it be defining _slots_dispatch?") from err
        return made


class slots_dispatcher(dispatcher):
    """The same for classes without ``__dict__``: kept in ``_slots_dispatch``."""

    def __get__(self, obj, cls):
        if obj is None:
            return ClassDispatch(self.events, cls)
        made = getattr(obj, "_slots_dispatch", None)
        if made is None:
            made = obj._slots_dispatch = Dispatch(self.events, cls)
        return made


class native_dispatcher(dispatcher):
    """The same for Rust classes, which keep the object in their ``_dispatch``."""

    def __get__(self, obj, cls):
        if obj is None:
            return ClassDispatch(self.events, cls)
        made = obj._dispatch
        if made is None:
            made = obj._dispatch = dispatcher_of(self.events, obj)
        return made

    def __set__(self, obj, value):
        obj._dispatch = value


def dispatcher_of(events, obj):
    """A fresh ``dispatch`` for an object that keeps it itself. A joined one when the object names a ``_dispatch_parent``."""
    parent = getattr(obj, "_dispatch_parent", None)
    return Dispatch(events, type(obj), parent=parent.dispatch if parent is not None else None)
