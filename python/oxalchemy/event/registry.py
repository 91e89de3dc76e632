"""What was registered where, so that it can be removed again."""

import collections
import functools
import itertools
import types
import weakref

from .. import exc

# Counts every change of any listener; collections compare it to know whether what they have cached still holds.
version = [0]
_serial = itertools.count(1)
_registry = collections.defaultdict(list)


class EventTarget:
    """Anything that has a ``dispatch``."""

    __slots__ = ()


class Entry:
    """A registered function: the user's, what is called instead of it, and its place in the order."""

    __slots__ = ("call", "key", "order", "propagate", "__weakref__")

    def __init__(self, call, key, order, propagate):
        self.call = call
        self.key = key
        self.order = order
        self.propagate = propagate


def changed():
    version[0] += 1
    from .. import _rs

    _rs._events_changed()


def next_order(insert):
    n = next(_serial)
    return -n if insert else n


def fn_id(fn):
    """Identity of a function that holds for bound methods too."""
    if isinstance(fn, types.MethodType):
        return id(fn.__func__), id(fn.__self__)
    return id(fn)


def stored(store, entry):
    """Remember that ``entry`` went into ``store`` (a list-like that can be referenced weakly)."""
    places = _registry[entry.key]
    key = entry.key

    def gone(ref):
        left = [p for p in _registry.get(key, ()) if p[0] is not ref]
        if left:
            _registry[key] = left
        else:
            _registry.pop(key, None)

    # Weakly: what a listener holds, its target for one, must not live on because of this table.
    places.append((weakref.ref(store, gone), weakref.ref(entry)))


def _once(fn, retry_on_exception=False):
    box = [fn]

    @functools.wraps(fn)
    def go(*arg, **kw):
        if box:
            once_fn = box.pop()
            try:
                return once_fn(*arg, **kw)
            except BaseException:
                if retry_on_exception:
                    box.append(once_fn)
                raise

    return go


class EventKey:
    """One call of ``listen``: target, event name, function, and how it is to be wrapped."""

    __slots__ = ("target", "identifier", "fn", "fn_wrap", "dispatch_target", "events")

    def __init__(self, target, identifier, fn, dispatch_target, events, _fn_wrap=None):
        self.target = target
        self.identifier = identifier
        self.fn = fn
        self.fn_wrap = _fn_wrap
        self.dispatch_target = dispatch_target
        self.events = events

    @property
    def _key(self):
        return id(self.target), self.identifier, fn_id(self.fn)

    @property
    def _listen_fn(self):
        return self.fn_wrap or self.fn

    def with_wrapper(self, fn_wrap):
        """The same, calling ``fn_wrap``."""
        if fn_wrap is self._listen_fn:
            return self
        return EventKey(self.target, self.identifier, self.fn, self.dispatch_target, self.events, fn_wrap)

    def with_dispatch_target(self, dispatch_target):
        """The same, registered with another object."""
        if dispatch_target is self.dispatch_target:
            return self
        return EventKey(self.target, self.identifier, self.fn, dispatch_target, self.events, self.fn_wrap)

    def listen(self, *args, **kw):
        once = kw.pop("once", False)
        once_unless_exception = kw.pop("_once_unless_exception", False)
        named = kw.pop("named", False)
        events = self.events
        wrapped = events._wrap_listener(self.identifier, self._listen_fn, named)
        key = self.with_wrapper(wrapped)
        if once or once_unless_exception:
            key.with_wrapper(_once(key._listen_fn, retry_on_exception=once_unless_exception)).listen(*args, **kw)
        else:
            events._listen(key, *args, **kw)

    def base_listen(self, propagate=False, insert=False, named=False, retval=None, asyncio=False):
        """Put the function where the events of ``dispatch_target`` will find it."""
        target = self.dispatch_target
        if isinstance(target, type):
            store = self.events._class_store(target, self.identifier)
        else:
            store = getattr(target.dispatch, self.identifier)
        key = self._key
        if any(ref() is store for ref, _ in _registry.get(key, ())):
            return
        entry = Entry(self._listen_fn, key, next_order(insert), propagate)
        store.add(entry)
        stored(store, entry)
        changed()
        tell_native(self.identifier)

    def contains(self):
        return self._key in _registry

    def remove(self):
        places = _registry.pop(self._key, None)
        if places is None:
            raise exc.InvalidRequestError(f"No listeners found for event {self.target} / {self.identifier!r} / {self.fn} ")
        for ref, entry in places:
            store = ref()
            if store is not None:
                store.discard(entry())
        changed()


def tell_native(identifier):
    """Rust looks for listeners of an event only after the first registration under its name."""
    from .. import _rs

    _rs._event_used(identifier)
