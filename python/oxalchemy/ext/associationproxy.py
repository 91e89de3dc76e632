"""Association proxies: an attribute of related objects, read and written through the relationship."""

from __future__ import annotations

import collections.abc
import enum
import operator
from types import GenericAlias

from .. import exc
from ..orm.mapped_column import NO_ARG
from ..sql import operators

__all__ = ["AssociationProxy", "AssociationProxyInstance", "association_proxy"]


class AssociationProxyExtensionType(enum.Enum):
    """Kind of extension, for ``all_orm_descriptors``."""

    ASSOCIATION_PROXY = "ASSOCIATION_PROXY"


ASSOCIATION_PROXY = AssociationProxyExtensionType.ASSOCIATION_PROXY


def association_proxy(target_collection, attr, *, creator=None, getset_factory=None, proxy_factory=None,
                      proxy_bulk_set=None, info=None, cascade_scalar_deletes=False, create_on_none_assignment=False,
                      init=NO_ARG, repr=NO_ARG, default=NO_ARG, default_factory=NO_ARG, compare=NO_ARG, kw_only=NO_ARG,
                      hash=NO_ARG, dataclass_metadata=NO_ARG):  # fmt: skip
    """An attribute that stands for `attr` of the objects in the relationship `target_collection`.

    :param target_collection: name of the relationship
    :param attr: name of the attribute on the related class
    :param creator: makes a related object from a value (dict collections: from key and value); default: the class itself
    :param getset_factory: makes a getter and a setter for scalar targets
    :returns: an :class:`AssociationProxy`
    """
    options = {
        "init": init,
        "repr": repr,
        "default": default,
        "default_factory": default_factory,
        "compare": compare,
        "kw_only": kw_only,
        "hash": hash,
        "dataclass_metadata": dataclass_metadata,
    }
    proxy = AssociationProxy(
        target_collection,
        attr,
        creator=creator,
        getset_factory=getset_factory,
        proxy_factory=proxy_factory,
        proxy_bulk_set=proxy_bulk_set,
        info=info,
        cascade_scalar_deletes=cascade_scalar_deletes,
        create_on_none_assignment=create_on_none_assignment,
    )
    proxy._attribute_options = {k: v for k, v in options.items() if v is not NO_ARG}
    return proxy


class AssociationProxy:
    """The descriptor that `association_proxy()` makes."""

    __class_getitem__ = classmethod(GenericAlias)
    is_attribute = True
    extension_type = ASSOCIATION_PROXY
    _attribute_options = {}

    def __init__(self, target_collection, attr, *, creator=None, getset_factory=None, proxy_factory=None, proxy_bulk_set=None,
                 info=None, cascade_scalar_deletes=False, create_on_none_assignment=False):  # fmt: skip
        self.target_collection = target_collection
        self.value_attr = attr
        self.creator = creator
        self.getset_factory = getset_factory
        self.proxy_factory = proxy_factory
        self.proxy_bulk_set = proxy_bulk_set
        self.cascade_scalar_deletes = cascade_scalar_deletes
        self.create_on_none_assignment = create_on_none_assignment
        self.info = dict(info or {})
        self.key = f"_AssociationProxy_{target_collection}_{id(self)}"

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner):
        if owner is None:
            return self
        view = self.for_class(owner, instance)
        return view if instance is None else view.get(instance)

    def __set__(self, instance, value):
        self.for_class(type(instance), instance).set(instance, value)

    def __delete__(self, instance):
        self.for_class(type(instance), instance).delete(instance)

    def for_class(self, class_, obj=None):
        """The proxy as it is on one class."""
        cache = class_.__dict__.get(f"{self.key}_view")
        if cache is not None:
            return cache
        made = AssociationProxyInstance.for_proxy(self, class_, obj)
        type.__setattr__(class_, f"{self.key}_view", made)
        return made

    def __repr__(self):
        return f"AssociationProxy({self.target_collection!r}, {self.value_attr!r})"


class AssociationProxyInstance(operators.ColumnOperators):
    """An association proxy on one class: the descriptor's work, and SQL criteria."""

    __class_getitem__ = classmethod(GenericAlias)
    collection_class = None

    def __init__(self, parent, owning_class, target_class, value_attr):
        self.parent, self.owning_class, self.target_class, self.value_attr = parent, owning_class, target_class, value_attr
        self.key = parent.key
        self.target_collection = parent.target_collection
        self.info = parent.info

    @classmethod
    def for_proxy(cls, parent, owning_class, obj=None):
        from ..orm import class_mapper

        mapper = class_mapper(owning_class)
        prop = mapper.get_property(parent.target_collection)
        target_class = prop.mapper.class_
        attr = getattr(target_class, parent.value_attr, None)
        kind = AssociationProxyInstance
        if attr is not None and hasattr(attr, "property"):
            kind = ObjectAssociationProxyInstance if hasattr(attr.property, "mapper") else ColumnAssociationProxyInstance
        elif isinstance(attr, AssociationProxyInstance):
            kind = ObjectAssociationProxyInstance
        return kind(parent, owning_class, target_class, parent.value_attr)

    @property
    def attr(self):
        return (getattr(self.owning_class, self.target_collection), getattr(self.target_class, self.value_attr))

    @property
    def remote_attr(self):
        return getattr(self.target_class, self.value_attr)

    @property
    def local_attr(self):
        return getattr(self.owning_class, self.target_collection)

    @property
    def scalar(self):
        """Whether the relationship holds one object."""
        return not self.local_attr.property.uselist

    def _creator(self, *args):
        make = self.parent.creator or self.target_class
        return make(*args)

    def _getset(self):
        if self.parent.getset_factory:
            return self.parent.getset_factory(self.collection_class, self)
        getter = operator.attrgetter(self.value_attr)
        attr = self.value_attr

        def read(target):
            return getter(target) if target is not None else None

        if isinstance(self._collection_kind(), type) and self._collection_kind() is dict:
            return read, lambda target, key, value: setattr(target, attr, value)
        return read, lambda target, value: setattr(target, attr, value)

    def _collection_kind(self):
        factory = self.local_attr.property.collection_class
        if factory is None:
            return list
        made = factory() if callable(factory) else factory
        for kind in (dict, set, list):
            if isinstance(made, kind) or getattr(made, "__emulates__", None) is kind:
                return kind
        return list

    def get(self, obj):
        """The proxied value or collection of an instance."""
        if self.scalar:
            read, _ = self._getset()
            return read(getattr(obj, self.target_collection))
        cached = obj.__dict__.get(self.key)
        collection = getattr(obj, self.target_collection)
        if cached is not None and cached[0] is collection:
            return cached[1]
        proxy = self._make(obj)
        obj.__dict__[self.key] = (collection, proxy)
        return proxy

    def _make(self, obj):
        read, write = self._getset()
        kind = self._collection_kind()
        if self.parent.proxy_factory is not None:
            return self.parent.proxy_factory(lambda: getattr(obj, self.target_collection), self._creator, self.value_attr, self)
        made = {list: _AssociationList, set: _AssociationSet, dict: _AssociationDict}[kind]
        return made(obj, self.target_collection, self._creator, read, write)

    def set(self, obj, values):
        """Replace the proxied value or the collection's content."""
        if self.scalar:
            _, write = self._getset()
            target = getattr(obj, self.target_collection)
            if target is None:
                if values is None and not self.parent.create_on_none_assignment:
                    return
                setattr(obj, self.target_collection, self._creator(values))
            else:
                write(target, values)
                if values is None and self.parent.cascade_scalar_deletes:
                    setattr(obj, self.target_collection, None)
            return
        proxy = self.get(obj)
        if proxy is values:
            return
        proxy._replace(values)

    def delete(self, obj):
        """Delete the proxied attribute, or with ``cascade_scalar_deletes`` the related object."""
        if self.scalar:
            target = getattr(obj, self.target_collection)
            if self.parent.cascade_scalar_deletes:
                delattr(obj, self.target_collection)
            else:
                delattr(target, self.value_attr)
        else:
            delattr(obj, self.target_collection)

    def any(self, criterion=None, **kwargs):
        """EXISTS a related object with the criterion."""
        if self.scalar:
            raise exc.InvalidRequestError("'any()' not implemented for scalar attributes. Use has().")
        return self._exists(criterion, kwargs)

    def has(self, criterion=None, **kwargs):
        """EXISTS the related object with the criterion."""
        if not self.scalar:
            raise exc.InvalidRequestError("'has()' not implemented for collections. Use any().")
        return self._exists(criterion, kwargs)

    def _exists(self, criterion, kwargs):
        remote = self.remote_attr
        inner = criterion
        if isinstance(self, ObjectAssociationProxyInstance):
            nested = remote.any if getattr(getattr(remote, "property", None), "uselist", False) else remote.has
            inner = nested(criterion, **kwargs)
            kwargs = {}
        local = self.local_attr
        return local.any(inner, **kwargs) if not self.scalar else local.has(inner, **kwargs)

    def contains(self, other, **kw):
        """A related object whose attribute is, or contains, `other`."""
        remote = self.remote_attr
        if isinstance(remote, AssociationProxyInstance) or getattr(getattr(remote, "property", None), "uselist", False):
            return self._exists_plain(remote.contains(other))
        return self._exists_plain(remote == other)

    def _exists_plain(self, criterion):
        local = self.local_attr
        return local.has(criterion) if self.scalar else local.any(criterion)

    def operate(self, op, *other, **kwargs):
        return self._exists_plain(op(self.remote_attr, *other, **kwargs))

    def __repr__(self):
        return f"{type(self).__name__}({self.parent!r})"


class ColumnAssociationProxyInstance(AssociationProxyInstance):
    """A proxy of a column attribute."""

    def contains(self, other, **kw):
        """A related object whose value contains the text `other`."""
        return self._exists_plain(self.remote_attr.contains(other, **kw))

    def _exists(self, criterion, kwargs):
        if kwargs:
            raise exc.ArgumentError("Can't apply keyword arguments to column-targeted association proxy; use ==")
        return super()._exists(criterion, kwargs)

    def __eq__(self, other):
        if other is None:
            from ..sql.expression import or_

            return or_(self._exists_plain(self.remote_attr.is_(None)), self.local_attr == None)  # noqa: E711
        return self._exists_plain(self.remote_attr == other)

    __hash__ = object.__hash__


class ObjectAssociationProxyInstance(AssociationProxyInstance):
    """A proxy of a relationship."""

    def __eq__(self, other):
        if other is None:
            from ..sql.expression import or_

            return or_(self._exists_plain(self.remote_attr == None), self.local_attr == None)  # noqa: E711
        if not self.scalar:
            raise exc.InvalidRequestError("'has()' not implemented for collections. Use any().")
        return self._exists_plain(self.remote_attr == other)

    def __ne__(self, other):
        return self._exists_plain(self.remote_attr != other)

    __hash__ = object.__hash__


class _Proxy:
    """What collections of proxied values share: the owner is read anew each time, so that a replaced collection is seen."""

    def __init__(self, owner, name, creator, getter, setter):
        self._owner, self._name = owner, name
        self.creator, self.getter, self.setter = creator, getter, setter

    @property
    def col(self):
        return getattr(self._owner, self._name)

    def __len__(self):
        return len(self.col)

    def __bool__(self):
        return bool(self.col)

    def __hash__(self):
        raise TypeError(f"{type(self).__name__} objects are unhashable")

    def _replace(self, values):
        self.clear()
        self._bulk(values)


class _AssociationList(_Proxy, collections.abc.MutableSequence):
    def __getitem__(self, index):
        found = self.col[index]
        return [self.getter(o) for o in found] if isinstance(index, slice) else self.getter(found)

    def __setitem__(self, index, value):
        if isinstance(index, slice):
            self.col[index] = [self.creator(v) for v in value]
        else:
            self.setter(self.col[index], value)

    def __delitem__(self, index):
        del self.col[index]

    def insert(self, index, value):
        self.col.insert(index, self.creator(value))

    def append(self, value):
        self.col.append(self.creator(value))

    def _bulk(self, values):
        for value in values:
            self.append(value)

    def clear(self):
        del self.col[0 : len(self.col)]

    def __iter__(self):
        for member in self.col:
            yield self.getter(member)

    def __contains__(self, value):
        return any(self.getter(member) == value for member in self.col)

    def copy(self):
        return list(self)

    def sort(self, **kw):
        raise NotImplementedError

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

    __hash__ = _Proxy.__hash__


class _AssociationSet(_Proxy, collections.abc.MutableSet):
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

    def _bulk(self, values):
        for value in values:
            self.add(value)

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
            self._bulk(other)

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
        self._bulk(theirs - mine)

    def __eq__(self, other):
        return set(self) == (set(other) if isinstance(other, _AssociationSet) else other)

    def __repr__(self):
        return repr(set(self))

    __hash__ = _Proxy.__hash__


class _AssociationDict(_Proxy, collections.abc.MutableMapping):
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

    def _bulk(self, values):
        self.update(values)

    def clear(self):
        self.col.clear()

    def copy(self):
        return dict(self.items())

    def __eq__(self, other):
        return dict(self) == (dict(other) if isinstance(other, _AssociationDict) else other)

    def __repr__(self):
        return repr(dict(self))

    __hash__ = _Proxy.__hash__
