"""Collections."""

import collections.abc
import operator
import threading
import types
import weakref


class ReadOnlyContainer:
    """Mixin: every way to change raises TypeError."""

    __slots__ = ()

    def _readonly(self, *arg, **kw):
        raise TypeError(f"{self.__class__.__name__} object is immutable and/or readonly")

    _immutable = _readonly
    __delitem__ = __setitem__ = __setattr__ = _readonly


class ImmutableDictBase(dict):
    """A dict that cannot be changed."""

    __slots__ = ()

    def _readonly(self, *arg, **kw):
        raise TypeError(f"{self.__class__.__name__} object is immutable and/or readonly")

    __delitem__ = __setitem__ = __setattr__ = clear = pop = popitem = setdefault = update = _readonly


class immutabledict(ImmutableDictBase):
    """A dict that cannot be changed; ``union`` and ``merge_with`` make new ones."""

    __slots__ = ()

    def __new__(cls, *args):
        return dict.__new__(cls)

    def __init__(self, *args):
        dict.__init__(self, *args)

    def __reduce__(self):
        return immutabledict, (dict(self),)

    def union(self, _dict=None):
        if not _dict:
            return self
        return immutabledict({**self, **_dict})

    def _union_w_kw(self, _dict=None, **kw):
        return self.union({**(_dict or {}), **kw}) if _dict or kw else self

    def merge_with(self, *dicts):
        merged = dict(self)
        for d in dicts:
            if d:
                merged.update(d)
        return immutabledict(merged) if len(merged) != len(self) or merged != self else self

    def copy(self):
        return self

    def __repr__(self):
        return f"immutabledict({dict.__repr__(self)})"

    def __or__(self, other):
        if not isinstance(other, dict):
            return NotImplemented
        return immutabledict({**self, **other})

    def __ror__(self, other):
        if not isinstance(other, dict):
            return NotImplemented
        return immutabledict({**other, **self})

    def __ior__(self, other):
        self._readonly()


EMPTY_DICT = immutabledict()
EMPTY_SET = frozenset()


class FacadeDict(ImmutableDictBase):
    """A dict that only its owner changes, through ``_insert_item``."""

    def __new__(cls, *args):
        return dict.__new__(cls)

    def copy(self):
        raise NotImplementedError("an immutabledict shouldn't need to be copied.  use dict(d) if you need a mutable dictionary.")

    def __reduce__(self):
        return FacadeDict, (dict(self),)

    def _insert_item(self, key, value):
        dict.__setitem__(self, key, value)

    def __repr__(self):
        return f"FacadeDict({dict.__repr__(self)})"


class Properties:
    """Values reached as attributes and by key."""

    __slots__ = ("_data",)

    def __init__(self, data):
        object.__setattr__(self, "_data", data)

    def __len__(self):
        return len(self._data)

    def __iter__(self):
        return iter(list(self._data.values()))

    def __dir__(self):
        return dir(super()) + [str(k) for k in self._data.keys()]

    def __add__(self, other):
        return list(self) + list(other)

    def __setitem__(self, key, obj):
        self._data[key] = obj

    def __getitem__(self, key):
        return self._data[key]

    def __delitem__(self, key):
        del self._data[key]

    def __setattr__(self, key, obj):
        self._data[key] = obj

    def __getstate__(self):
        return {"_data": self._data}

    def __setstate__(self, state):
        object.__setattr__(self, "_data", state["_data"])

    def __getattr__(self, key):
        try:
            return self._data[key]
        except KeyError:
            raise AttributeError(key) from None

    def __contains__(self, key):
        return key in self._data

    def as_readonly(self):
        return ReadOnlyProperties(self._data)

    def update(self, value):
        self._data.update(value)

    def get(self, key, default=None):
        return self._data.get(key, default)

    def keys(self):
        return list(self._data)

    def values(self):
        return list(self._data.values())

    def items(self):
        return list(self._data.items())

    def has_key(self, key):
        return key in self._data

    def clear(self):
        self._data.clear()


class OrderedProperties(Properties):
    """The same, starting empty."""

    __slots__ = ()

    def __init__(self):
        super().__init__({})


class ReadOnlyProperties(Properties):
    """The same, read-only."""

    __slots__ = ()

    def _readonly(self, *arg, **kw):
        raise TypeError(f"{self.__class__.__name__} object is immutable and/or readonly")

    __setitem__ = __delitem__ = __setattr__ = update = clear = _readonly


class OrderedSet(set):
    """A set that iterates in order of insertion."""

    def __init__(self, d=None):
        set.__init__(self)
        self._list = []
        if d is not None:
            self._list = unique_list(d)
            set.update(self, self._list)

    def __class_getitem__(cls, item):
        return types.GenericAlias(cls, item)

    def copy(self):
        return self.__class__(self._list)

    __copy__ = copy

    def add(self, element):
        if element not in self:
            self._list.append(element)
        set.add(self, element)

    def remove(self, element):
        set.remove(self, element)
        self._list.remove(element)

    def discard(self, element):
        if element in self:
            self.remove(element)

    def pop(self):
        try:
            value = self._list.pop()
        except IndexError:
            raise KeyError("pop from an empty set") from None
        set.remove(self, value)
        return value

    def insert(self, pos, element):
        if element not in self:
            self._list.insert(pos, element)
        set.add(self, element)

    def clear(self):
        set.clear(self)
        self._list = []

    def __getitem__(self, key):
        return self._list[key]

    def __iter__(self):
        return iter(self._list)

    def __add__(self, other):
        return self.union(other)

    def __repr__(self):
        return f"{self.__class__.__name__}({self._list!r})"

    __str__ = __repr__

    def __reduce__(self):
        return self.__class__, (list(self._list),)

    def update(self, *iterables):
        for iterable in iterables:
            for e in iterable:
                self.add(e)

    def __ior__(self, other):
        self.update(other)
        return self

    def union(self, *other):
        result = self.copy()
        result.update(*other)
        return result

    def __or__(self, other):
        return self.union(other)

    def intersection(self, *other):
        other_set = set.intersection(set(self), *other)
        return self.__class__(a for a in self._list if a in other_set)

    def __and__(self, other):
        return self.intersection(other)

    def symmetric_difference(self, other):
        other = list(other)
        other_set = set(other)
        result = self.__class__(a for a in self._list if a not in other_set)
        result.update(a for a in other if a not in self)
        return result

    def __xor__(self, other):
        return self.symmetric_difference(other)

    def difference(self, *other):
        other_set = set().union(*other)
        return self.__class__(a for a in self._list if a not in other_set)

    def __sub__(self, other):
        return self.difference(other)

    def intersection_update(self, *other):
        set.intersection_update(self, *other)
        self._list = [a for a in self._list if a in self]

    def __iand__(self, other):
        self.intersection_update(other)
        return self

    def symmetric_difference_update(self, other):
        new = self.symmetric_difference(other)
        set.clear(self)
        self._list = []
        self.update(new)

    def __ixor__(self, other):
        self.symmetric_difference_update(other)
        return self

    def difference_update(self, *other):
        set.difference_update(self, *other)
        self._list = [a for a in self._list if a in self]

    def __isub__(self, other):
        self.difference_update(other)
        return self


class IdentitySet:
    """A set by identity, in order of insertion."""

    def __init__(self, iterable=None):
        self._members = {}
        if iterable:
            self.update(iterable)

    def add(self, value):
        self._members[id(value)] = value

    def __contains__(self, value):
        return id(value) in self._members

    def remove(self, value):
        del self._members[id(value)]

    def discard(self, value):
        self._members.pop(id(value), None)

    def pop(self):
        try:
            return self._members.popitem()[1]
        except KeyError:
            raise KeyError("pop from an empty set") from None

    def clear(self):
        self._members.clear()

    def _other(self, iterable):
        return iterable._members if isinstance(iterable, IdentitySet) else {id(o): o for o in iterable}

    def __eq__(self, other):
        return isinstance(other, IdentitySet) and self._members.keys() == other._members.keys()

    def __ne__(self, other):
        return not self == other

    def issubset(self, iterable):
        return self._members.keys() <= self._other(iterable).keys()

    def issuperset(self, iterable):
        return self._members.keys() >= self._other(iterable).keys()

    def _compare(self, other, op):
        return op(self._members.keys(), other._members.keys()) if isinstance(other, IdentitySet) else NotImplemented

    def __le__(self, other):
        return self._compare(other, operator.le)

    def __lt__(self, other):
        return self._compare(other, operator.lt)

    def __ge__(self, other):
        return self._compare(other, operator.ge)

    def __gt__(self, other):
        return self._compare(other, operator.gt)

    def _made(self, members):
        result = self.__class__()
        result._members = members
        return result

    def union(self, iterable):
        return self._made({**self._members, **self._other(iterable)})

    def difference(self, iterable):
        other = self._other(iterable)
        return self._made({k: v for k, v in self._members.items() if k not in other})

    def intersection(self, iterable):
        other = self._other(iterable)
        return self._made({k: v for k, v in self._members.items() if k in other})

    def symmetric_difference(self, iterable):
        other = self._other(iterable)
        result = {k: v for k, v in self._members.items() if k not in other}
        result.update((k, v) for k, v in other.items() if k not in self._members)
        return self._made(result)

    def _operator(method):
        def op(self, other):
            return getattr(self, method)(other) if isinstance(other, IdentitySet) else NotImplemented

        return op

    def _in_place(method):
        def op(self, other):
            if not isinstance(other, IdentitySet):
                return NotImplemented
            self._members = getattr(self, method)(other)._members
            return self

        return op

    def _update_with(method):
        def update(self, iterable):
            self._members = getattr(self, method)(iterable)._members

        return update

    __or__, __ior__ = _operator("union"), _in_place("union")
    __and__, __iand__ = _operator("intersection"), _in_place("intersection")
    __sub__, __isub__ = _operator("difference"), _in_place("difference")
    __xor__, __ixor__ = _operator("symmetric_difference"), _in_place("symmetric_difference")
    update = _update_with("union")
    difference_update = _update_with("difference")
    intersection_update = _update_with("intersection")
    symmetric_difference_update = _update_with("symmetric_difference")
    del _operator, _in_place, _update_with

    def copy(self):
        return self._made(dict(self._members))

    __copy__ = copy

    def __len__(self):
        return len(self._members)

    def __iter__(self):
        return iter(list(self._members.values()))

    def __hash__(self):
        raise TypeError("set objects are unhashable")

    def __repr__(self):
        return f"{type(self).__name__}({list(self._members.values())!r})"

    def __getstate__(self):
        return list(self._members.values())

    def __setstate__(self, state):
        self._members = {id(o): o for o in state}


class OrderedIdentitySet(IdentitySet):
    """The same; kept for its name."""


class PopulateDict(dict):
    """A dict that makes missing values."""

    def __init__(self, creator):
        self.creator = creator

    def __missing__(self, key):
        self[key] = value = self.creator(key)
        return value


WeakPopulateDict = PopulateDict


class WeakSequence:
    """A sequence that does not keep its elements alive."""

    def __init__(self, elements=()):
        self._storage = [weakref.ref(e, self._remove) for e in elements]

    def append(self, item):
        self._storage.append(weakref.ref(item, self._remove))

    def _remove(self, ref):
        self._storage = [r for r in self._storage if r is not ref]

    def __len__(self):
        return len(self._storage)

    def __iter__(self):
        return (obj for obj in (ref() for ref in self._storage) if obj is not None)

    def __getitem__(self, index):
        return self._storage[index]()


class UniqueAppender:
    """Appends what is not there yet."""

    def __init__(self, data, via=None):
        self.data = data
        self._unique = set()
        if via:
            self._append = getattr(data, via)
        elif hasattr(data, "append"):
            self._append = data.append
        else:
            self._append = data.add

    def append(self, item):
        if id(item) not in self._unique:
            self._append(item)
            self._unique.add(id(item))

    def __iter__(self):
        return iter(self.data)


class LRUCache(dict):
    """A dict that forgets what was not used for long."""

    def __init__(self, capacity=100, threshold=0.5, size_alert=None):
        super().__init__()
        self.capacity = capacity
        self.threshold = threshold
        self.size_alert = size_alert

    def get(self, key, default=None):
        if key in self:
            return self[key]
        return default

    def __getitem__(self, key):
        value = super().pop(key)
        super().__setitem__(key, value)
        return value

    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        if len(self) > self.capacity * (1 + self.threshold):
            if self.size_alert:
                self.size_alert(self)
            for old in list(self)[: len(self) - self.capacity]:
                super().pop(old, None)

    @property
    def size_threshold(self):
        return self.capacity * (1 + self.threshold)


class ScopedRegistry:
    """One object for each scope that ``scopefunc`` names."""

    __slots__ = ("createfunc", "scopefunc", "registry")
    __class_getitem__ = classmethod(types.GenericAlias)

    def __init__(self, createfunc, scopefunc):
        self.createfunc = createfunc
        self.scopefunc = scopefunc
        self.registry = {}

    def __call__(self):
        key = self.scopefunc()
        try:
            return self.registry[key]
        except KeyError:
            return self.registry.setdefault(key, self.createfunc())

    def has(self):
        return self.scopefunc() in self.registry

    def set(self, obj):
        self.registry[self.scopefunc()] = obj

    def clear(self):
        self.registry.pop(self.scopefunc(), None)


class ThreadLocalRegistry(ScopedRegistry):
    """One object for each thread."""

    __slots__ = ()

    def __init__(self, createfunc):
        self.createfunc = createfunc
        self.scopefunc = None
        self.registry = threading.local()

    def __call__(self):
        try:
            return self.registry.value
        except AttributeError:
            value = self.registry.value = self.createfunc()
            return value

    def has(self):
        return hasattr(self.registry, "value")

    def set(self, obj):
        self.registry.value = obj

    def clear(self):
        if hasattr(self.registry, "value"):
            del self.registry.value


def coerce_generator_arg(arg):
    return list(arg[0]) if len(arg) == 1 and isinstance(arg[0], types.GeneratorType) else arg


def to_list(x, default=None):
    if x is None:
        return default
    if isinstance(x, str) or not isinstance(x, collections.abc.Iterable):
        return [x]
    return x if isinstance(x, list) else list(x)


def to_set(x):
    if x is None:
        return set()
    return x if isinstance(x, set) else set(to_list(x))


def to_column_set(x):
    return to_set(x)


column_set = set
column_dict = dict
ordered_column_set = OrderedSet


def update_copy(d, _new=None, **kw):
    return {**d, **(_new or {}), **kw}


def coerce_to_immutabledict(d):
    if not d:
        return EMPTY_DICT
    return d if isinstance(d, immutabledict) else immutabledict(d)


def flatten_iterator(x):
    for elem in x:
        if hasattr(elem, "__iter__") and not isinstance(elem, str):
            yield from flatten_iterator(elem)
        else:
            yield elem


def has_intersection(set_, iterable):
    items = set(i for i in iterable if i.__hash__)
    return bool(set_.intersection(items))


def has_dupes(sequence, target):
    return sum(1 for e in sequence if e is target) > 1


def unique_list(seq, hashfunc=None):
    seen = set()
    if hashfunc:
        return [x for x in seq if hashfunc(x) not in seen and not seen.add(hashfunc(x))]
    return [x for x in seq if x not in seen and not seen.add(x)]


def sort_dictionary(d, key=None):
    return dict(sorted(d.items(), key=(lambda kv: key(kv[0])) if key else operator.itemgetter(0)))


def merge_lists_w_ordering(a, b):
    """Both lists in one, each element once, in an order that fits both where possible."""
    result = []
    rest = list(b)
    for element in a:
        if element in rest:
            at = rest.index(element)
            result += [e for e in rest[:at] if e not in result]
            rest = rest[at + 1 :]
        if element not in result:
            result.append(element)
    return result + [e for e in rest if e not in result]
