"""Values that tell their parents when they change in place."""

import itertools
import weakref

from .. import event, inspect, types
from ..orm import Mapper
from ..orm.attributes import flag_modified
from ..schema import Column

_marks = itertools.count(1)

__all__ = ["Mutable", "MutableBase", "MutableComposite", "MutableDict", "MutableList", "MutableSet"]


class MutableBase:
    """Base of values that know the instances they belong to."""

    @property
    def _parents(self):
        """State of an instance to the attribute name under which it holds this value; weak."""
        try:
            return self.__dict__["_mutable_parents"]
        except KeyError:
            parents = self.__dict__["_mutable_parents"] = weakref.WeakKeyDictionary()
            return parents

    @classmethod
    def coerce(cls, key, value):
        """The value as this class; ValueError when it cannot be."""
        if value is None:
            return None
        raise ValueError(f"Attribute '{key}' does not accept objects of type {type(value)}")

    @classmethod
    def _get_listen_keys(cls, attribute):
        return {attribute.key}

    @classmethod
    def _listen_on_attribute(cls, attribute, coerce, parent_cls):
        key = attribute.key
        if parent_cls is not attribute.class_:
            return
        parent_cls = attribute.class_
        listen_keys = cls._get_listen_keys(attribute)

        def load(state, *args):
            value = state.dict.get(key, None)
            if value is not None:
                if coerce:
                    value = cls.coerce(key, value)
                    state.dict[key] = value
                value._parents[state] = key

        def load_attrs(state, ctx, attrs):
            if not attrs or listen_keys.intersection(attrs):
                load(state)

        def set_(target, value, oldvalue, initiator):
            if value is oldvalue:
                return value
            if not isinstance(value, cls):
                value = cls.coerce(key, value)
            if value is not None:
                value._parents[target] = key
            if isinstance(oldvalue, cls):
                oldvalue._parents.pop(inspect(target) if not hasattr(target, "manager") else target, None)
            return value

        def pickle(state, state_dict):
            value = state.dict.get(key, None)
            if value is not None:
                state_dict.setdefault("ext.mutable.values", {}).setdefault(key, []).append(value)

        def unpickle(state, state_dict):
            values = state_dict.get("ext.mutable.values")
            if values:
                for value in values.get(key, ()) if isinstance(values, dict) else values:
                    value._parents[state] = key

        event.listen(parent_cls, "load", load, raw=True, propagate=True)
        # merge(load=False) puts values in without setting them
        event.listen(parent_cls, "_sa_event_merge_wo_load", load, raw=True, propagate=True)
        event.listen(parent_cls, "refresh", load_attrs, raw=True, propagate=True)
        event.listen(parent_cls, "refresh_flush", load_attrs, raw=True, propagate=True)
        event.listen(attribute, "set", set_, raw=True, retval=True, propagate=True)
        event.listen(parent_cls, "pickle", pickle, raw=True, propagate=True)
        event.listen(parent_cls, "unpickle", unpickle, raw=True, propagate=True)


class Mutable(MutableBase):
    """A value of a column type that tracks changes in place."""

    def changed(self):
        """To be called after each change."""
        for parent, key in list(self._parents.items()):
            obj = parent.obj()
            # the state may outlive the instance for a while
            if obj is not None:
                flag_modified(obj, key)

    @classmethod
    def associate_with_attribute(cls, attribute):
        """Track the values of one mapped attribute."""
        cls._listen_on_attribute(attribute, True, attribute.class_)

    @classmethod
    def associate_with(cls, sqltype):
        """Track the values of all columns of a type class."""

        def listen_for_type(mapper, class_):
            for prop in mapper.column_attrs:
                if isinstance(prop.columns[0].type, sqltype):
                    cls.associate_with_attribute(getattr(class_, prop.key))

        event.listen(Mapper, "mapper_configured", listen_for_type)

    @classmethod
    def as_mutable(cls, sqltype):
        """The type whose values, in columns mapped from now on, are tracked."""
        sqltype = types.to_instance(sqltype)
        # a type that is copied with its column (of a mixin, say) takes its marks along
        mark = next(_marks)
        sqltype.__dict__["_mutable_marks"] = (*sqltype.__dict__.get("_mutable_marks", ()), mark)

        def listen_for_type(mapper, class_):
            for prop in mapper.column_attrs:
                column = prop.columns[0]
                if isinstance(column, Column) and mark in getattr(column.type, "_mutable_marks", ()):
                    cls.associate_with_attribute(getattr(class_, prop.key))

        event.listen(Mapper, "mapper_configured", listen_for_type)
        return sqltype


class MutableComposite(MutableBase):
    """A composite value that tracks changes in place."""

    @classmethod
    def _get_listen_keys(cls, attribute):
        return {attribute.key}.union(attribute.property._attribute_keys)

    def changed(self):
        """To be called after each change."""
        for parent, key in list(self._parents.items()):
            obj = parent.obj()
            if obj is None:
                continue
            prop = parent.mapper.get_property(key)
            for value, attr_name in zip(prop._composite_values_from_instance(self), prop._attribute_keys, strict=False):
                setattr(obj, attr_name, value)


def _setup_composite_listener():
    def listen_for_type(mapper, class_):
        for prop in mapper.iterate_properties:
            composite = getattr(prop, "composite_class", None)
            if isinstance(composite, type) and issubclass(composite, MutableComposite):
                composite._listen_on_attribute(getattr(class_, prop.key), False, class_)

    if not event.contains(Mapper, "mapper_configured", listen_for_type):
        event.listen(Mapper, "mapper_configured", listen_for_type)


_setup_composite_listener()


class MutableDict(Mutable, dict):
    """A dict that tracks changes in place."""

    def __setitem__(self, key, value):
        dict.__setitem__(self, key, value)
        self.changed()

    def setdefault(self, *arg):
        result = dict.setdefault(self, *arg)
        self.changed()
        return result

    def __delitem__(self, key):
        dict.__delitem__(self, key)
        self.changed()

    def update(self, *a, **kw):
        dict.update(self, *a, **kw)
        self.changed()

    def __ior__(self, other):
        dict.update(self, other)
        self.changed()
        return self

    def pop(self, *arg):
        result = dict.pop(self, *arg)
        self.changed()
        return result

    def popitem(self):
        result = dict.popitem(self)
        self.changed()
        return result

    def clear(self):
        dict.clear(self)
        self.changed()

    @classmethod
    def coerce(cls, key, value):
        """A plain dict becomes one of this class."""
        if not isinstance(value, cls):
            if isinstance(value, dict):
                return cls(value)
            return Mutable.coerce(key, value)
        return value

    def __getstate__(self):
        return dict(self)

    def __setstate__(self, state):
        dict.update(self, state)


class MutableList(Mutable, list):
    """A list that tracks changes in place."""

    def __reduce_ex__(self, proto):
        return self.__class__, (list(self),)

    def __setstate__(self, state):
        self[:] = state

    def __setitem__(self, index, value):
        list.__setitem__(self, index, value)
        self.changed()

    def __delitem__(self, index):
        list.__delitem__(self, index)
        self.changed()

    def pop(self, *arg):
        result = list.pop(self, *arg)
        self.changed()
        return result

    def append(self, x):
        list.append(self, x)
        self.changed()

    def extend(self, x):
        list.extend(self, x)
        self.changed()

    def __iadd__(self, x):
        self.extend(x)
        return self

    def __imul__(self, n):
        list.__imul__(self, n)
        self.changed()
        return self

    def insert(self, i, x):
        list.insert(self, i, x)
        self.changed()

    def remove(self, i):
        list.remove(self, i)
        self.changed()

    def clear(self):
        list.clear(self)
        self.changed()

    def sort(self, **kw):
        list.sort(self, **kw)
        self.changed()

    def reverse(self):
        list.reverse(self)
        self.changed()

    @classmethod
    def coerce(cls, key, value):
        """A plain list becomes one of this class."""
        if not isinstance(value, cls):
            if isinstance(value, list):
                return cls(value)
            return Mutable.coerce(key, value)
        return value


class MutableSet(Mutable, set):
    """A set that tracks changes in place."""

    def update(self, *arg):
        set.update(self, *arg)
        self.changed()

    def intersection_update(self, *arg):
        set.intersection_update(self, *arg)
        self.changed()

    def difference_update(self, *arg):
        set.difference_update(self, *arg)
        self.changed()

    def symmetric_difference_update(self, *arg):
        set.symmetric_difference_update(self, *arg)
        self.changed()

    def __ior__(self, other):
        self.update(other)
        return self

    def __iand__(self, other):
        self.intersection_update(other)
        return self

    def __ixor__(self, other):
        self.symmetric_difference_update(other)
        return self

    def __isub__(self, other):
        self.difference_update(other)
        return self

    def add(self, elem):
        set.add(self, elem)
        self.changed()

    def remove(self, elem):
        set.remove(self, elem)
        self.changed()

    def discard(self, elem):
        set.discard(self, elem)
        self.changed()

    def pop(self, *arg):
        result = set.pop(self, *arg)
        self.changed()
        return result

    def clear(self):
        set.clear(self)
        self.changed()

    @classmethod
    def coerce(cls, key, value):
        """A plain set becomes one of this class."""
        if not isinstance(value, cls):
            if isinstance(value, set):
                return cls(value)
            return Mutable.coerce(key, value)
        return value

    def __getstate__(self):
        return set(self)

    def __setstate__(self, state):
        self.update(state)

    def __reduce_ex__(self, proto):
        return self.__class__, (list(self),)
