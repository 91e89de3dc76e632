"""Collections of proxied values: lists, sets and dictionaries that show an attribute of the members of another collection."""

import collections.abc


class _LazyCollection:
    """Gives the collection of an instance as it is now, so that a replaced one is seen; keeps the instance alive."""

    def __init__(self, parent, target):
        self.parent, self.target = parent, target

    def __call__(self):
        return getattr(self.parent, self.target)


class _AssociationCollection:
    """What collections of proxied values share."""

    def __init__(self, lazy_collection, creator, getter, setter, parent):
        self.lazy_collection, self.parent = lazy_collection, parent
        self.creator, self.getter, self.setter = creator, getter, setter

    @property
    def col(self):
        return self.lazy_collection()

    def __getstate__(self):
        # functions may be lambdas: they come back from the class
        return {"parent": self.parent, "lazy_collection": self.lazy_collection}

    def __setstate__(self, state):
        self.parent, self.lazy_collection = state["parent"], state["lazy_collection"]
        self.parent._inflate(self)

    def __len__(self):
        return len(self.col)

    def __bool__(self):
        return bool(self.col)

    def __hash__(self):
        raise TypeError(f"{type(self).__name__} objects are unhashable")

    def _bulk_replace(self, assoc_proxy, values):
        self.clear()
        assoc_proxy._set(self, values)


class _AssociationList(_AssociationCollection, collections.abc.MutableSequence):
    def __getitem__(self, index):
        found = self.col[index]
        return [self.getter(o) for o in found] if isinstance(index, slice) else self.getter(found)

    def __setitem__(self, index, value):
        if not isinstance(index, slice):
            self.setter(self.col[index], value)
            return
        places = range(*index.indices(len(self)))
        if places.step == 1:
            del self.col[index]
            for i, v in enumerate(value, places.start):
                self.insert(i, v)
            return
        if len(value) != len(places):
            raise ValueError(f"attempt to assign sequence of size {len(value)} to extended slice of size {len(places)}")
        for i, v in zip(places, value, strict=True):
            self.setter(self.col[i], v)

    def __delitem__(self, index):
        del self.col[index]

    def insert(self, index, value):
        self.col.insert(index, self.creator(value))

    def append(self, value):
        col = self.col
        col.append(self.creator(value))

    def pop(self, index=-1):
        return self.getter(self.col.pop(index))

    def remove(self, value):
        for i, member in enumerate(self):
            if member == value:
                del self.col[i]
                return
        raise ValueError("value not in list")

    def clear(self):
        del self.col[0 : len(self.col)]

    def __iter__(self):
        for member in self.col:
            yield self.getter(member)

    def __contains__(self, value):
        return any(self.getter(member) == value for member in self.col)

    def copy(self):
        return list(self)

    # Refused as in SQLAlchemy: the order is that of the objects behind.
    def reverse(self):
        raise NotImplementedError("a list of an association proxy has no order of its own; reverse the relationship's collection")

    def sort(self, **kw):
        raise NotImplementedError("a list of an association proxy has no order of its own; sort the relationship's collection")

    def __imul__(self, n):
        # unlike other sequence protocol methods, *= 1 of a list of objects would be the same objects again
        if n == 0:
            self.clear()
        elif n > 1:
            self.extend(list(self) * (n - 1))
        return self

    def _plain(self, other):
        return list(other) if isinstance(other, _AssociationList) else other

    def __eq__(self, other):
        return list(self) == self._plain(other)

    def __ne__(self, other):
        return not self == other

    def __lt__(self, other):
        return list(self) < self._plain(other)

    def __le__(self, other):
        return list(self) <= self._plain(other)

    def __gt__(self, other):
        return list(self) > self._plain(other)

    def __ge__(self, other):
        return list(self) >= self._plain(other)

    def __add__(self, other):
        return list(self) + list(other)

    def __radd__(self, other):
        return list(other) + list(self)

    def __mul__(self, n):
        return list(self) * n

    __rmul__ = __mul__

    def __repr__(self):
        return repr(list(self))

    __hash__ = _AssociationCollection.__hash__


class _AssociationSet(_AssociationCollection, collections.abc.MutableSet):
    @classmethod
    def _from_iterable(cls, values):
        return set(values)

    def __iter__(self):
        for member in self.col:
            yield self.getter(member)

    def __contains__(self, value):
        return any(self.getter(member) == value for member in self.col)

    def add(self, value):
        if value not in self:
            self.col.add(self.creator(value))

    def _bulk_replace(self, assoc_proxy, values):
        # the difference alone: members that stay are the same objects
        values = list(values or ())
        gone = set(self).difference(values)
        for value in values:
            self.add(value)
        for value in gone:
            self.remove(value)

    def discard(self, value):
        for member in self.col:
            if self.getter(member) == value:
                self.col.discard(member)
                break

    def remove(self, value):
        for member in self.col:
            if self.getter(member) == value:
                self.col.discard(member)
                return
        raise KeyError(value)

    def pop(self):
        if not self.col:
            raise KeyError("pop from an empty set")
        return self.getter(self.col.pop())

    def clear(self):
        self.col.clear()

    def update(self, *others):
        for other in others:
            for value in other:
                self.add(value)

    def copy(self):
        return set(self)

    def union(self, *others):
        return set(self).union(*others)

    def intersection(self, *others):
        return set(self).intersection(*others)

    def difference(self, *others):
        return set(self).difference(*others)

    def symmetric_difference(self, other):
        return set(self).symmetric_difference(other)

    def issubset(self, other):
        return set(self).issubset(other)

    def issuperset(self, other):
        return set(self).issuperset(other)

    def difference_update(self, other):
        for value in list(other):
            self.discard(value)

    def intersection_update(self, other):
        for value in set(self) - set(other):
            self.discard(value)

    def symmetric_difference_update(self, other):
        mine, theirs = set(self), set(other)
        for value in mine & theirs:
            self.discard(value)
        self.update(theirs - mine)

    def _is_set(self, other):
        return isinstance(other, collections.abc.Set)

    def __or__(self, other):
        return self.union(other) if self._is_set(other) else NotImplemented

    def __and__(self, other):
        return self.intersection(other) if self._is_set(other) else NotImplemented

    def __sub__(self, other):
        return self.difference(other) if self._is_set(other) else NotImplemented

    def __xor__(self, other):
        return self.symmetric_difference(other) if self._is_set(other) else NotImplemented

    def __ior__(self, other):
        if not self._is_set(other):
            return NotImplemented
        for value in other:
            self.add(value)
        return self

    def __iand__(self, other):
        if not self._is_set(other):
            return NotImplemented
        self.intersection_update(other)
        return self

    def __isub__(self, other):
        if not self._is_set(other):
            return NotImplemented
        self.difference_update(other)
        return self

    def __ixor__(self, other):
        if not self._is_set(other):
            return NotImplemented
        self.symmetric_difference_update(other)
        return self

    def _plain(self, other):
        return set(other) if isinstance(other, _AssociationSet) else other

    def __lt__(self, other):
        return set(self) < self._plain(other)

    def __le__(self, other):
        return set(self) <= self._plain(other)

    def __gt__(self, other):
        return set(self) > self._plain(other)

    def __ge__(self, other):
        return set(self) >= self._plain(other)

    def __eq__(self, other):
        return set(self) == self._plain(other)

    def __repr__(self):
        return repr(set(self))

    __hash__ = _AssociationCollection.__hash__


class _AssociationDict(_AssociationCollection, collections.abc.MutableMapping):
    def __getitem__(self, key):
        return self.getter(self.col[key])

    def __setitem__(self, key, value):
        if key in self.col:
            self.setter(self.col[key], key, value)
        else:
            self.col[key] = self.creator(key, value)

    def __delitem__(self, key):
        del self.col[key]

    def __iter__(self):
        return iter(self.col)

    def __contains__(self, key):
        return key in self.col

    def _bulk_replace(self, assoc_proxy, values):
        # the difference alone: members under a key that stays are the same objects
        gone = set(self).difference(values or ())
        for key, value in values.items():
            self[key] = value
        for key in gone:
            del self[key]

    def pop(self, key, /, *default):
        return self.getter(self.col.pop(key, *default))

    def popitem(self):
        key, member = self.col.popitem()
        return key, self.getter(member)

    def clear(self):
        self.col.clear()

    def copy(self):
        return dict(self.items())

    def __eq__(self, other):
        return dict(self) == (dict(other) if isinstance(other, _AssociationDict) else other)

    def __repr__(self):
        return repr(dict(self))

    __hash__ = _AssociationCollection.__hash__
