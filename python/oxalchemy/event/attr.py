"""What ``target.dispatch`` and ``target.dispatch.event_name`` are."""

from .registry import Entry, changed, next_order, stored, tell_native, version


class RefCollection:
    """A list of entries that the registry can reference weakly."""

    __slots__ = ("entries", "__weakref__")

    def __init__(self):
        self.entries = []

    def add(self, entry):
        self.entries.append(entry)

    def discard(self, entry):
        self.entries = [e for e in self.entries if e is not entry]


class Listeners(RefCollection):
    """The functions that one event of one target runs. Callable; iterates over the functions."""

    __slots__ = ("name", "_events", "_cls", "_parent", "_seen", "_fns", "_once_done")

    def __init__(self, dispatch, name):
        super().__init__()
        # what is needed of the dispatch, not itself: a temporary target's may be gone when the event runs
        self._events, self._cls, self._parent = dispatch._events, dispatch._cls, dispatch._parent
        self.name = name
        self._seen = -1
        self._fns = ()
        self._once_done = False

    def _current(self):
        now = version[0]
        if self._seen != now:
            found = sorted(self._events._class_entries(self._cls, self.name), key=lambda e: e.order)
            fns = [e.call for e in found]
            own = [e.call for e in sorted(self.entries, key=lambda e: e.order)]
            if self._parent is None:
                fns += own
            else:
                # the target's own come before those of what it was made from
                inherited = getattr(self._parent, self.name)._current()
                fns = [f for f in fns if f not in inherited] + own + list(inherited)
            self._fns = tuple(fns)
            self._seen = now
        return self._fns

    def __call__(self, *args, **kw):
        for fn in self._current():
            fn(*args, **kw)

    def __iter__(self):
        return iter(self._current())

    def __len__(self):
        return len(self._current())

    def __bool__(self):
        return bool(self._current())

    def __contains__(self, fn):
        return fn in self._current()

    def __repr__(self):
        return f"<listeners of {self.name!r}: {list(self._current())!r}>"

    def for_modify(self, dispatch):
        """The collection of the target itself: this one."""
        return self

    @property
    def listeners(self):
        """Functions registered with this very target."""
        return [e.call for e in self.entries]

    def append(self, fn, propagate=False):
        """Add a function that cannot be removed through ``event.remove``."""
        tell_native(self.name)
        self.add(Entry(fn, None, next_order(False), propagate))
        changed()

    def clear(self):
        self.entries = []
        changed()

    def exec_once(self, *args, **kw):
        """Run the functions unless they have run already; once even when one raises."""
        if not self._once_done:
            try:
                self(*args, **kw)
            finally:
                self._once_done = True

    def exec_once_unless_exception(self, *args, **kw):
        """Run the functions unless they have run already without an exception."""
        if not self._once_done:
            self(*args, **kw)
            self._once_done = True

    _exec_w_sync_once = exec_once

    def _update(self, other, only_propagate=True):
        have = {e.key for e in self.entries if e.key is not None}
        for e in other.entries:
            if (e.propagate or not only_propagate) and e.key not in have:
                self.add(e)
                if e.key is not None:
                    stored(self, e)
        changed()


class Dispatch:
    """All events of one target (``_cls`` set, own entries) or of a class (``ClassDispatch``)."""

    def __init__(self, events, cls, parent=None):
        self._events = events
        self._cls = cls
        self._parent = parent

    def __getattr__(self, name):
        if name.startswith("__") or not self._events._has_event(name):
            raise AttributeError(name)
        listeners = Listeners(self, name)
        self.__dict__[name] = listeners
        return listeners

    @property
    def parent(self):
        return self._parent

    @property
    def _listen(self):
        return self._events._listen

    def _collections(self):
        return {k: v for k, v in self.__dict__.items() if isinstance(v, Listeners)}

    def _update(self, other, only_propagate=True):
        """Take over the listeners of another target: those that propagate, or all."""
        for name, theirs in other._collections().items():
            getattr(self, name)._update(theirs, only_propagate=only_propagate)

    def _join(self, other):
        """A dispatch that runs ``other``'s listeners and, after them, its own."""
        return Dispatch(self._events, self._cls, parent=other)

    def _clear(self):
        for listeners in self._collections().values():
            listeners.clear()

    @property
    def _event_names(self):
        return self._events._event_names()

    def __reduce__(self):
        # Listeners are not pickled with their target.
        return Dispatch, (self._events, self._cls)


class ClassListeners:
    """The functions of one event of a class, as ``Class.dispatch.event_name`` shows them."""

    __slots__ = ("events", "cls", "name")

    def __init__(self, events, cls, name):
        self.events = events
        self.cls = cls
        self.name = name

    def _current(self):
        return [e.call for e in sorted(self.events._class_entries(self.cls, self.name), key=lambda e: e.order)]

    def __iter__(self):
        return iter(self._current())

    def __len__(self):
        return len(self._current())

    def __bool__(self):
        return bool(self._current())

    def __contains__(self, fn):
        return fn in self._current()

    def __call__(self, *args, **kw):
        for fn in self._current():
            fn(*args, **kw)


class ClassDispatch:
    """All events of a class."""

    def __init__(self, events, cls):
        self._events = events
        self._cls = cls

    def __getattr__(self, name):
        if name.startswith("_") or not self._events._has_event(name):
            raise AttributeError(name)
        return ClassListeners(self._events, self._cls, name)

    @property
    def _listen(self):
        return self._events._listen

    def _clear(self):
        self._events._clear_class(self._cls)
