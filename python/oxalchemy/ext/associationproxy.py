"""Association proxies: an attribute of related objects, read and written through the relationship."""

from __future__ import annotations

import enum
import operator
from types import GenericAlias

from .. import exc
from ..orm.base import opt_manager_of_class
from ..orm.mapped_column import NO_ARG
from ..sql import operators
from ._association_collections import _AssociationDict, _AssociationList, _AssociationSet, _LazyCollection

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
        if cascade_scalar_deletes and create_on_none_assignment:
            raise exc.ArgumentError("The cascade_scalar_deletes and create_on_none_assignment parameters are mutually exclusive.")
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
        if view is None:
            # a mixin's, or of a class that is not mapped yet
            assert instance is None
            return self
        return view if instance is None else view.get(instance)

    def __set__(self, instance, value):
        self.for_class(type(instance), instance).set(instance, value)

    def __delete__(self, instance):
        self.for_class(type(instance), instance).delete(instance)

    def for_class(self, class_, obj=None):
        """The proxy as it is on one class; None when that is not mapped."""
        cache = class_.__dict__.get(f"{self.key}_view")
        if cache is not None:
            return cache
        if opt_manager_of_class(class_) is None:
            return None
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
        """The kind of view that fits what the proxy leads to."""
        from ..orm import class_mapper

        prop = class_mapper(owning_class).get_property(parent.target_collection)
        if not hasattr(prop, "mapper"):
            raise NotImplementedError("association proxy to a non-relationship intermediary is not supported")
        target_class = prop.mapper.class_
        attr = getattr(target_class, parent.value_attr, None)
        if isinstance(attr, AssociationProxyInstance) or hasattr(getattr(attr, "property", None), "mapper"):
            kind = ObjectAssociationProxyInstance
        elif hasattr(attr, "operate"):
            kind = ColumnAssociationProxyInstance
        else:
            kind = AmbiguousAssociationProxyInstance
        return kind(parent, owning_class, target_class, parent.value_attr)

    @property
    def attr(self):
        return (self.local_attr, self.remote_attr)

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

    def __clause_element__(self):
        raise NotImplementedError(
            "The association proxy can't be used as a plain column expression; it only works inside of a comparison expression"
        )

    # -- values of instances

    def _creator(self):
        return self.parent.creator if self.parent.creator is not None else self.target_class

    def _getset(self, kind):
        if self.parent.getset_factory:
            return self.parent.getset_factory(kind, self)
        getter, attr = operator.attrgetter(self.value_attr), self.value_attr

        def read(target):
            return getter(target) if target is not None else None

        if kind is dict:
            return read, lambda target, key, value: setattr(target, attr, value)
        return read, lambda target, value: setattr(target, attr, value)

    def get(self, obj):
        """The proxied value or collection of an instance."""
        if self.scalar:
            read, _ = self._getset(None)
            return read(getattr(obj, self.target_collection))
        # a copy of an instance has a proxy of its own
        made_for, proxy = obj.__dict__.get(self.key, (None, None))
        if made_for == id(obj):
            return proxy
        self.collection_class, proxy = self._new(_LazyCollection(obj, self.target_collection))
        obj.__dict__[self.key] = (id(obj), proxy)
        return proxy

    def _new(self, lazy_collection):
        from ..util import duck_type_collection

        kind = duck_type_collection(lazy_collection())
        if self.parent.proxy_factory is not None:
            return kind, self.parent.proxy_factory(lazy_collection, self._creator(), self.value_attr, self)
        proxy = {list: _AssociationList, set: _AssociationSet, dict: _AssociationDict}.get(kind)
        if proxy is None:
            raise exc.ArgumentError(
                "could not guess which interface to use for collection_class "
                f'"{self.collection_class}" backing "{self.target_collection}"; specify a '
                "proxy_factory and proxy_bulk_set manually"
            )
        return kind, proxy(lazy_collection, self._creator(), *self._getset(kind), self)

    def _inflate(self, proxy):
        """Give an unpickled proxy its functions back."""
        proxy.creator = self._creator()
        proxy.getter, proxy.setter = self._getset(self.collection_class)

    def _set(self, proxy, values):
        """Put values into an empty proxy."""
        if self.parent.proxy_bulk_set:
            self.parent.proxy_bulk_set(proxy, values)
        elif self.collection_class is list:
            proxy.extend(values)
        elif self.collection_class in (set, dict):
            proxy.update(values)
        else:
            raise exc.ArgumentError("no proxy_bulk_set supplied for custom collection_class implementation")

    def set(self, obj, values):
        """Replace the proxied value or the collection's content."""
        if not self.scalar:
            proxy = self.get(obj)
            if proxy is not values:
                proxy._bulk_replace(self, values)
            return
        target = getattr(obj, self.target_collection)
        if target is None:
            if values is not None or self.parent.create_on_none_assignment:
                setattr(obj, self.target_collection, self._creator()(values))
            return
        _, write = self._getset(None)
        write(target, values)
        if values is None and self.parent.cascade_scalar_deletes:
            setattr(obj, self.target_collection, None)

    def delete(self, obj):
        """Delete the proxied attribute and the relationship to its object, or the whole collection."""
        if self.scalar:
            target = getattr(obj, self.target_collection)
            if target is not None:
                delattr(target, self.value_attr)
        delattr(obj, self.target_collection)

    # -- criteria

    @property
    def _next(self):
        """The proxy on the related class that this one leads to, if it does."""
        attr = self.remote_attr
        return attr if isinstance(attr, AssociationProxyInstance) else None

    @property
    def _value_is_scalar(self):
        return not getattr(getattr(self.remote_attr, "property", None), "uselist", False)

    @property
    def _target_is_object(self):
        return False

    def any(self, criterion=None, **kwargs):
        """EXISTS a related object with the criterion."""
        if self._next is None and self.scalar and (not self._target_is_object or self._value_is_scalar):
            raise exc.InvalidRequestError("'any()' not implemented for scalar attributes. Use has().")
        return self._criterion_exists(criterion, kwargs)

    def has(self, criterion=None, **kwargs):
        """EXISTS the related object with the criterion."""
        if self._next is None and (not self.scalar or self._target_is_object and not self._value_is_scalar):
            raise exc.InvalidRequestError("'has()' not implemented for collections. Use any().")
        if criterion is not None and self._next is None and not self._target_is_object:
            raise exc.ArgumentError("Non-empty has() not allowed for column-targeted association proxy; use ==")
        return self._criterion_exists(criterion, kwargs)

    def _criterion_exists(self, criterion, kwargs):
        """The criterion is about what the whole chain of proxies leads to."""
        if self._next is not None:
            return self._exists(self._next._criterion_exists(criterion, kwargs))
        if self._target_is_object:
            remote = self.remote_attr
            return self._exists((remote.has if self._value_is_scalar else remote.any)(criterion, **kwargs))
        if kwargs:
            raise exc.ArgumentError("Can't apply keyword arguments to column-targeted association proxy; use ==")
        return self._exists(criterion)

    def _exists(self, criterion):
        """The criterion is about the related object."""
        local = self.local_attr
        return local.has(criterion) if self.scalar else local.any(criterion)

    def __repr__(self):
        return f"{type(self).__name__}({self.parent!r})"


class ColumnAssociationProxyInstance(AssociationProxyInstance):
    """A proxy of a column attribute."""

    def operate(self, op, *other, **kwargs):
        return self._exists(self.remote_attr.operate(op, *other, **kwargs))

    def __eq__(self, other):
        found = self.operate(operators.eq, other)
        if other is not None:
            return found
        from ..sql.expression import or_

        # no related row has no value either
        return or_(found, self.local_attr == None)  # noqa: E711

    __hash__ = object.__hash__


class ObjectAssociationProxyInstance(AssociationProxyInstance):
    """A proxy of a relationship, or of a proxy."""

    @property
    def _target_is_object(self):
        return True

    def contains(self, other, **kw):
        """A related object whose attribute is, or contains, `other`."""
        remote = self.remote_attr
        if self._next is not None:
            return self._exists(remote == other if remote.scalar else remote.contains(other))
        if not self.scalar:
            return self._exists(remote == other)
        if self._value_is_scalar:
            raise exc.InvalidRequestError("contains() doesn't apply to a scalar object endpoint; use ==")
        return self.local_attr.has(remote.contains(other))

    def _only_has(self):
        # of a collection nothing is "equal"
        if not self.scalar:
            raise exc.InvalidRequestError("'has()' not implemented for collections. Use any().")
        return self.local_attr.has

    def __eq__(self, other):
        has = self._only_has()
        if other is not None:
            return has(self.remote_attr == other)
        from ..sql.expression import or_

        return or_(has(self.remote_attr == None), self.local_attr == None)  # noqa: E711

    def __ne__(self, other):
        criterion = self.remote_attr != other
        return self._only_has()(criterion)

    __hash__ = object.__hash__

    def adapt_to_entity(self, aliased_insp):
        """The proxy as an attribute of an alias."""
        return AliasedAssociationProxyInstance(self, aliased_insp.entity)


class AliasedAssociationProxyInstance(ObjectAssociationProxyInstance):
    """A proxy of an alias: the relationship is that of the alias."""

    def __init__(self, view, entity):
        super().__init__(view.parent, view.owning_class, view.target_class, view.value_attr)
        self._entity = entity

    @property
    def local_attr(self):
        return getattr(self._entity, self.target_collection)


class AmbiguousAssociationProxyInstance(AssociationProxyInstance):
    """A proxy of what is no mapped attribute of the related class: values can be read and written, nothing can be asked."""

    def _refuse(self, *other, **kwargs):
        raise AttributeError(
            f"Association proxy {self.owning_class.__name__}.{self.target_collection} refers to an attribute "
            f"'{self.value_attr}' that is not directly mapped on class {self.target_class}; therefore this operation cannot "
            "proceed since we don't know what type of object is referred towards"
        )

    __eq__ = __ne__ = any = has = _refuse
    __hash__ = object.__hash__
