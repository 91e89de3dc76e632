"""Attributes of mapped classes, their history, and functions on them."""

import collections
import enum

from .. import _rs
from .._rs import (
    AttributeEventToken,
    AttributeImpl,
    InstrumentedAttribute,
    QueryableAttribute,
    del_attribute,
    flag_dirty,
    flag_modified,
    get_attribute,
    get_history,
    init_collection,
    register_class,
    set_attribute,
    set_committed_value,
)
from .base import (
    ATTR_EMPTY,
    ATTR_WAS_SET,
    CALLABLES_OK,
    DEFERRED_HISTORY_LOAD,
    INCLUDE_PENDING_MUTATIONS,
    INIT_OK,
    LOAD_AGAINST_COMMITTED,
    NEVER_SET,
    NO_AUTOFLUSH,
    NO_CHANGE,
    NO_KEY,
    NO_RAISE,
    NO_VALUE,
    NON_PERSISTENT_OK,
    PASSIVE_CLASS_MISMATCH,
    PASSIVE_NO_FETCH,
    PASSIVE_NO_FETCH_RELATED,
    PASSIVE_NO_INITIALIZE,
    PASSIVE_NO_RESULT,
    PASSIVE_OFF,
    PASSIVE_ONLY_PERSISTENT,
    PASSIVE_RETURN_NO_VALUE,
    RELATED_OBJECT_OK,
    SQL_OK,
    LoaderCallableStatus,
    PassiveFlag,
    instance_dict,
    instance_state,
    instance_str,
    manager_of_class,
    opt_manager_of_class,
    state_str,
)


class _AttributeOp(enum.Enum):
    APPEND = "APPEND"
    REMOVE = "REMOVE"
    REPLACE = "REPLACE"
    BULK_REPLACE = "BULK_REPLACE"
    MODIFIED = "MODIFIED"


OP_APPEND = _AttributeOp.APPEND
OP_REMOVE = _AttributeOp.REMOVE
OP_REPLACE = _AttributeOp.REPLACE
OP_BULK_REPLACE = _AttributeOp.BULK_REPLACE
OP_MODIFIED = _AttributeOp.MODIFIED
Event = AttributeEventToken


class History(collections.namedtuple("History", ["added", "unchanged", "deleted"])):
    """Changes of an attribute since load or flush: three lists."""

    __slots__ = ()

    def __bool__(self):
        return self != HISTORY_BLANK

    def empty(self):
        """Whether nothing was added, removed or is there."""
        return not bool((self.added or self.deleted) or self.unchanged)

    def sum(self):
        """Everything, added first."""
        return (self.added or []) + (self.unchanged or []) + (self.deleted or [])

    def non_deleted(self):
        """What is there now."""
        return (self.added or []) + (self.unchanged or [])

    def non_added(self):
        """What was there before."""
        return (self.unchanged or []) + (self.deleted or [])

    def has_changes(self):
        """Whether anything was added or removed."""
        return bool(self.added or self.deleted)

    def as_state(self):
        """The same with states in place of objects."""

        def states(items):
            return [(c is not None) and instance_state(c) or None for c in items]

        return History(states(self.added), states(self.unchanged), states(self.deleted))


HISTORY_BLANK = History((), (), ())
_property = property


def is_instrumented(instance, key):
    """Whether the class of an instance has a mapped attribute of this name."""
    return (
        manager_of_class(instance.__class__)._is_instrumented(key)
        if hasattr(manager_of_class(instance.__class__), "_is_instrumented")
        else key in manager_of_class(instance.__class__)
    )


def has_parent(cls, obj, key, optimistic=False):
    """Whether an object is known to be in attribute ``key`` of an instance of ``cls``."""
    manager = manager_of_class(cls)
    return manager.has_parent(instance_state(obj), key, optimistic)


def get_state_history(state, key, passive=PASSIVE_OFF):
    return state.get_history(key, passive)


def register_descriptor(class_, key, *, comparator=None, parententity=None, doc=None):
    """Put an instrumented attribute on an instrumented class, without behaviour yet."""
    manager = manager_of_class(class_)
    descriptor = InstrumentedAttribute(class_, key, parententity, comparator)
    descriptor.__doc__ = doc
    from .events import _new_attribute

    _new_attribute(manager, descriptor)
    manager.instrument_attribute(key, descriptor)
    return descriptor


def register_attribute_impl(
    class_,
    key,
    uselist=False,
    callable_=None,
    useobject=False,
    impl_class=None,
    backref=None,
    active_history=False,
    trackparent=None,
    typecallable=None,
    compare_function=None,
    expire_missing=True,
    send_modified_events=True,
    **kw,
):
    """Give an attribute its behaviour on instances."""
    attribute = manager_of_class(class_)[key]
    _rs._install_impl(
        attribute,
        uselist=uselist,
        useobject=useobject,
        callable_=callable_,
        active_history=active_history,
        trackparent=useobject if trackparent is None else trackparent,
        typecallable=typecallable,
        compare_function=compare_function,
        backref=backref,
        expire_missing=expire_missing,
        send_modified_events=send_modified_events,
    )
    return attribute


def register_attribute(class_, key, *, comparator=None, parententity=None, doc=None, **kw):
    """Instrument an attribute of a class that has no mapper."""
    desc = register_descriptor(class_, key, comparator=comparator, parententity=parententity, doc=doc)
    register_attribute_impl(class_, key, **kw)
    return desc


_register_attribute = register_attribute
_register_descriptor = register_descriptor
_register_attribute_impl = register_attribute_impl


def unregister_attribute(class_, key):
    """Take an instrumented attribute off a class."""
    manager_of_class(class_).uninstrument_attribute(key)


_unregister_attribute = unregister_attribute


class _ProxyAttribute(QueryableAttribute):
    """The attribute of a property that is a Python descriptor: an expression on the class, the descriptor on instances."""

    _is_internal_proxy = True

    def __new__(cls, class_, key, parent, prop, descriptor, doc=None):
        self = QueryableAttribute.__new__(cls, class_, key, parent)
        self._proxy_prop = prop
        self.descriptor = descriptor
        self.__doc__ = doc
        return self

    def __init__(self, *args, **kw):
        pass

    @_property
    def prop(self):
        return self._proxy_prop

    @_property
    def property(self):
        if self._kind() != "SynonymProperty":
            return self._proxy_prop
        return self._proxy_prop._proxied_object if isinstance(self.parent, _rs.Mapper) else self._target().property

    def _kind(self):
        return self._proxy_prop._kind

    @_property
    def _is_synonym(self):
        return self._kind() == "SynonymProperty"

    def _target(self):
        return getattr(self.class_, self._proxy_prop.name)

    @_property
    def original_property(self):
        return self._proxy_prop

    @_property
    def comparator(self):
        made = self.__dict__.get("_made_comparator")
        if made is None:
            made = self._proxy_prop._comparator_factory(self.parent)
            self.__dict__["_made_comparator"] = made
        return made

    @_property
    def impl(self):
        if self._is_synonym:
            return self._target().impl
        return _DescriptorImpl(self)

    @_property
    def info(self):
        return self._proxy_prop.info

    @_property
    def _as_bundle(self):
        """What stands for a composite among selected columns: a function that gives a Bundle. Others have none."""
        if self._kind() != "CompositeProperty":
            raise AttributeError("_as_bundle")
        return self.comparator._as_bundle

    def __get__(self, instance, owner):
        if instance is None:
            return self
        if self.descriptor is not None:
            return self.descriptor.__get__(instance, owner)
        if self._is_synonym:
            return getattr(instance, self._proxy_prop.name)
        return self

    def __set__(self, instance, value):
        if self.descriptor is not None:
            setter = getattr(self.descriptor, "__set__", None)
            if setter is None:
                raise AttributeError("can't set attribute")
            setter(instance, value)
        elif self._is_synonym:
            setattr(instance, self._proxy_prop.name, value)
        else:
            instance.__dict__[self.key] = value

    def __delete__(self, instance):
        if self.descriptor is not None:
            self.descriptor.__delete__(instance)
        elif self._is_synonym:
            delattr(instance, self._proxy_prop.name)

    def __clause_element__(self):
        c = self.comparator
        c = c.__clause_element__() if hasattr(c, "__clause_element__") else c
        if self._is_synonym and self._is_column:
            # among the columns of a statement it goes by its own name
            c = c._annotate({"proxy_key": self.key})
        return c

    @_property
    def _is_column(self):
        return isinstance(self.comparator, QueryableAttribute) and hasattr(self.property, "columns")

    def label(self, name):
        """The expression, or the value object of a composite, under another name."""
        if self._kind() == "CompositeProperty":
            return self.comparator._as_bundle().label(name)
        return self.__clause_element__().label(name)

    @_property
    def expression(self):
        return self.__clause_element__()

    def adapt_to_entity(self, entity):
        if self._is_synonym and not self._is_column:
            return getattr(entity.entity, self._proxy_prop.name)
        new = _ProxyAttribute(entity.entity, self.key, entity, self._proxy_prop, self.descriptor, self.__doc__)
        base = self.comparator
        new.__dict__["_made_comparator"] = base.adapt_to_entity(entity) if hasattr(base, "adapt_to_entity") else base
        return new

    def __getattr__(self, name):
        if name.startswith("__") or name == "comparator":
            raise AttributeError(name)
        if self.descriptor is not None and name in getattr(self.descriptor, "__dict__", {}):
            return getattr(self.descriptor, name)
        try:
            return getattr(self.comparator, name)
        except AttributeError as err:
            raise AttributeError(
                f"Neither {type(self).__name__!r} object nor {type(self.comparator).__name__!r} object associated with "
                f"{self} has an attribute {name!r}"
            ) from err

    def get_history(self, state, passive=PASSIVE_OFF):
        return self._proxy_prop.get_history(state, state.dict, passive)


class _DescriptorImpl:
    """What composites have in place of an implementation."""

    accepts_scalar_loader = False
    collection = False
    dynamic = False
    uses_objects = False
    supports_population = True

    def __init__(self, attribute):
        self.attribute = attribute
        self.key = attribute.key

    def get_history(self, state, dict_, passive=PASSIVE_OFF):
        return self.attribute._proxy_prop.get_history(state, dict_, passive)


def init_state_collection(state, dict_, key):
    """A fresh collection in place of the present one; its adapter."""
    attr = state.manager[key].impl
    old = dict_.pop(key, None)
    del old
    data = attr._default_value(state, dict_)
    adapter = data._sa_adapter
    adapter._reset_empty()
    return adapter


def create_proxied_attribute(descriptor):
    """Kept for extensions: a class that makes proxies around ``descriptor``."""

    def make(class_, key, descriptor_, comparator, **kw):
        from .descriptor_props import ComparableProperty

        prop = ComparableProperty(lambda prop, mapper: comparator() if callable(comparator) else comparator, descriptor_)
        prop.key = key
        return _ProxyAttribute(class_, key, opt_manager_of_class(class_), prop, descriptor_, kw.get("doc"))

    return make


class _ImplKind(type):
    """Implementations of attributes are one class; these tell them apart by what they hold."""

    def __instancecheck__(cls, obj):
        return isinstance(obj, AttributeImpl) and cls.holds(obj)


class AttributeImplKind(metaclass=_ImplKind):
    """Base of the kinds."""

    @staticmethod
    def holds(impl):
        return True


class CollectionAttributeImpl(AttributeImplKind):
    """The implementation of a collection."""

    @staticmethod
    def holds(impl):
        return impl.collection


class ScalarAttributeImpl(AttributeImplKind):
    """The implementation of an attribute that holds one value, an object or not."""

    @staticmethod
    def holds(impl):
        return not impl.collection


class ScalarObjectAttributeImpl(ScalarAttributeImpl):
    """The implementation of an attribute that holds one object."""

    @staticmethod
    def holds(impl):
        return not impl.collection and impl.uses_objects


class _WriterImplKind(AttributeImplKind):
    """The implementation of a collection that is not kept in the instance (`lazy="dynamic"`, `lazy="write_only"`)."""

    @staticmethod
    def holds(impl):
        return impl.dynamic


_CollectionAttributeImpl, _ScalarAttributeImpl, _ScalarObjectAttributeImpl = (
    CollectionAttributeImpl,
    ScalarAttributeImpl,
    ScalarObjectAttributeImpl,
)
