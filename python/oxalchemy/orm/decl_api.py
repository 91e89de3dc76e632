"""Declarative: registries, base classes, `declared_attr`, decorators."""

from __future__ import annotations

import weakref
from types import GenericAlias

from oxalchemy import _rs, exc
from oxalchemy.orm import clsregistry, decl_base, decl_names
from oxalchemy.orm.decl_base import constructor as _declarative_constructor
from oxalchemy.orm.decl_base import has_inherited_table
from oxalchemy.orm.mapped import Mapped
from oxalchemy.orm.mapped_column import MappedColumn

_NO_ARG = object()
_all_registries = weakref.WeakSet()


class registry:
    """A collection of mappings. Since 1.4.

    :param metadata: MetaData of the tables that declarative classes make
    :param class_registry: dict of class names, shared between registries when given
    :param type_annotation_map: Python type → SQL type for ``Mapped[]``
    :param constructor: ``__init__`` of base classes that this registry makes; ``None`` for none
    """

    __module__ = "oxalchemy.orm"

    def __init__(self, *, metadata=None, class_registry=None, type_annotation_map=None, constructor=_declarative_constructor):
        from oxalchemy import MetaData

        self.metadata = metadata if metadata is not None else MetaData()
        self.constructor = constructor
        self._class_registry = weakref.WeakValueDictionary() if class_registry is None else class_registry
        self._class_names_kept = []
        self.type_annotation_map = {}
        if type_annotation_map is not None:
            self.update_type_annotation_map(type_annotation_map)
        self._mappers = weakref.WeakSet()
        self._dependencies = weakref.WeakSet()
        self._dependents = weakref.WeakSet()
        self._new_mappers = False
        _all_registries.add(self)

    # -- what belongs to it --------------------------------------------------------------------------------------------
    @property
    def mappers(self):
        """The mappers of this registry, a frozenset."""
        return frozenset(m for m in self._mappers if not getattr(m, "_disposed", False))

    def update_type_annotation_map(self, type_annotation_map):
        """Add Python type → SQL type pairs. Since 2.0."""
        from oxalchemy.orm.annotations import without_none

        for key, value in dict(type_annotation_map).items():
            self.type_annotation_map[key] = value
            inner, optional = without_none(key)
            if optional and inner is not key:
                self.type_annotation_map.setdefault(inner, value)

    def _all_classes(self):
        out = []
        for value in list(self._class_registry.values()):
            out.extend(value.classes() if isinstance(value, clsregistry._MultipleClasses) else [value])
        return out

    def _dependent_classes(self):
        for other in list(self._dependencies):
            yield from other._all_classes()

    def _set_depends_on(self, other):
        if other is not self:
            self._dependencies.add(other)
            other._dependents.add(self)

    def _resolve(self, mapper_class, expression, favor_tables=False):
        return clsregistry.resolve(self, mapper_class, expression, favor_tables)

    # -- mapping -------------------------------------------------------------------------------------------------------
    def _map(self, cls, table, factory=None, **kw):
        from oxalchemy.orm import Mapper

        make = factory or Mapper
        if factory is not None:
            return make(cls, table, **kw)
        return make(cls, table, registry=self, **kw)

    def map_imperatively(self, class_, local_table=None, **kw):
        """Map a class to a table without declarations. Since 1.4. Arguments as :func:`oxalchemy.orm.mapper`."""
        mapper = self._map(class_, local_table, **kw)
        manager = mapper.class_manager
        manager.install_member("__table__", local_table)
        manager.install_member("__mapper__", mapper)
        return mapper

    def map_declaratively(self, cls):
        """Map a class that declares its table, without a base class. Since 1.4."""
        decl_base.declare(self, cls)
        return cls.__mapper__

    def mapped(self, cls):
        """Class decorator: map the class declaratively. Since 1.4."""
        decl_base.declare(self, cls)
        return cls

    def mapped_as_dataclass(self, __cls=None, *, init=_NO_ARG, repr=_NO_ARG, eq=_NO_ARG, order=_NO_ARG, unsafe_hash=_NO_ARG,
                            match_args=_NO_ARG, kw_only=_NO_ARG, dataclass_callable=_NO_ARG):  # fmt: skip
        """Class decorator: map the class declaratively and make it a dataclass. Since 2.0."""
        options = _given(init=init, repr=repr, eq=eq, order=order, unsafe_hash=unsafe_hash, match_args=match_args,
                         kw_only=kw_only, dataclass_callable=dataclass_callable)  # fmt: skip

        def decorate(cls):
            type.__setattr__(cls, "_sa_apply_dc_transforms", options)
            decl_base.declare(self, cls)
            return cls

        return decorate if __cls is None else decorate(__cls)

    def as_declarative_base(self, **kw):
        """Class decorator: make the class a declarative base. Since 1.4."""

        def decorate(cls):
            kw.setdefault("cls", cls)
            kw.setdefault("name", cls.__name__)
            return self.generate_base(**kw)

        return decorate

    def generate_base(self, mapper=None, cls=object, name="Base", metaclass=None):
        """A new declarative base class. Since 1.4.

        :param mapper: callable used in place of Mapper
        :param cls: class or tuple of classes to derive from
        :param name: name of the base class
        :param metaclass: metaclass, by default :class:`DeclarativeMeta`
        """
        metaclass = metaclass or DeclarativeMeta
        bases = cls if isinstance(cls, tuple) else (cls,)
        body = {"registry": self, "metadata": self.metadata, "__abstract__": True}
        if isinstance(cls, type):
            body["__doc__"] = cls.__doc__
        if self.constructor is not None:
            body["__init__"] = self.constructor
        if mapper is not None:
            body["__mapper_cls__"] = staticmethod(mapper) if not isinstance(mapper, type) else mapper
        if hasattr(cls, "__class_getitem__"):
            body["__class_getitem__"] = classmethod(lambda cls, key: cls)
        return metaclass(name, bases, body)

    def configure(self, cascade=False):
        """Configure all mappers of this registry now. Since 1.4.

        :param cascade: also those of registries that this one depends on; without it, ``InvalidRequestError`` when some are left
        """
        _rs._configure_registry(self, cascade)

    def dispose(self, cascade=False):
        """Unmap all classes of this registry. Since 1.4.

        :param cascade: also those of registries that depend on this one; without it, ``InvalidRequestError`` when there are some
        """
        group = _closure(self, lambda r: [o for o in _all_registries if r in o._dependencies and o.mappers])
        if len(group) > 1 and not cascade:
            raise exc.InvalidRequestError(
                "Registry has dependent registries that are not disposed; pass cascade=True to clear these also"
            )
        for registry_ in reversed(group):
            for mapper in list(registry_._mappers):
                mapper.dispose()
            registry_._mappers = weakref.WeakSet()
            registry_._class_registry.clear()
            registry_._dependencies = weakref.WeakSet()


def _closure(start, neighbours):
    """``start`` and what can be reached from it, in order of discovery."""
    out = [start]
    for registry_ in out:
        out.extend(n for n in neighbours(registry_) if n not in out)
    return out


def _given(**options):
    return {k: v for k, v in options.items() if v is not _NO_ARG}


class DeclarativeAttributeIntercept(type):
    """Metaclass of :class:`DeclarativeBase`: attributes set later are mapped. Since 2.0."""

    def __setattr__(cls, key, value):
        if "__mapper__" in cls.__dict__:
            decl_base.add_attribute(cls, key, value)
        else:
            type.__setattr__(cls, key, value)

    def __delattr__(cls, key):
        if "__mapper__" in cls.__dict__:
            _delete_attribute(cls, key)
        else:
            type.__delattr__(cls, key)


def _delete_attribute(cls, key):
    mapper = cls.__dict__["__mapper__"]
    if mapper.has_property(key) and not mapper._dispose_called:
        raise NotImplementedError("Can't un-map individual mapped attributes on a mapped class.")
    type.__delattr__(cls, key)


class DeclarativeMeta(DeclarativeAttributeIntercept):
    """Metaclass of the classes that :func:`declarative_base` makes."""

    def __init__(cls, classname, bases, dict_, **kw):
        dict_ = cls.__dict__
        reg = getattr(cls, "_sa_registry", None)
        if reg is None:
            reg = dict_.get("registry", None)
            if reg is None:
                reg = getattr(cls, "registry", None)
            if not isinstance(reg, registry):
                if _declared(cls):
                    raise exc.InvalidRequestError(
                        "Declarative base class has no 'registry' attribute, or registry is not a oxalchemy.orm.registry() object"
                    )
            else:
                type.__setattr__(cls, "_sa_registry", reg)
        if not dict_.get("__abstract__", False) and reg is not None:
            decl_base.declare(reg, cls)
        type.__init__(cls, classname, bases, dict(dict_))


def _declared(cls):
    return not cls.__dict__.get("__abstract__", False)


def declarative_base(
    bind=None,
    metadata=None,
    mapper=None,
    cls=object,
    name="Base",
    constructor=_declarative_constructor,
    class_registry=None,
    type_annotation_map=None,
    metaclass=DeclarativeMeta,
    engine=None,
):
    """A new base class for declarative classes.

    :param bind: Engine or Connection that the base's MetaData is bound to (legacy)
    :param metadata: MetaData for the tables, by default a new one
    :param mapper: callable used in place of Mapper
    :param cls: class or tuple of classes to derive from
    :param name: name of the base class
    :param constructor: ``__init__`` of the base; ``None`` for none
    :param class_registry: dict of class names
    :param type_annotation_map: Python type → SQL type for ``Mapped[]``
    :param metaclass: metaclass
    :param engine: as ``bind`` (0.5)
    """
    bind = bind if bind is not None else engine
    if bind is not None:
        from oxalchemy import MetaData

        metadata = metadata if metadata is not None else MetaData()
        metadata.bind = bind
    reg = registry(
        metadata=metadata, class_registry=class_registry, constructor=constructor, type_annotation_map=type_annotation_map
    )
    return reg.generate_base(mapper=mapper, cls=cls, name=name, metaclass=metaclass)


def as_declarative(**kw):
    """Class decorator: make the class a declarative base. Arguments as :func:`declarative_base`. Since 0.8.3."""
    bind, metadata, class_registry = kw.pop("bind", None), kw.pop("metadata", None), kw.pop("class_registry", None)
    constructor = kw.pop("constructor", _declarative_constructor)
    if bind is not None:
        from oxalchemy import MetaData

        metadata = metadata if metadata is not None else MetaData()
        metadata.bind = bind
    reg = registry(metadata=metadata, class_registry=class_registry, constructor=constructor)
    return reg.as_declarative_base(**kw)


def _setup_base(cls):
    """The registry and MetaData of a class that derives directly from DeclarativeBase."""
    metadata = cls.__dict__.get("metadata", None)
    reg = cls.__dict__.get("registry", None)
    type_map = cls.__dict__.get("type_annotation_map", None)
    if reg is not None and not isinstance(reg, registry):
        raise exc.InvalidRequestError(
            "Declarative base class has a 'registry' attribute that is not an instance of oxalchemy.orm.registry()"
        )
    if reg is None:
        reg = registry(metadata=metadata, type_annotation_map=type_map)
    elif type_map is not None:
        raise exc.InvalidRequestError(
            "Declarative base class has both a 'registry' attribute and a type_annotation_map entry.  Per-base "
            "type_annotation_maps are not supported.  Please apply the type_annotation_map to this registry directly."
        )
    type.__setattr__(cls, "registry", reg)
    type.__setattr__(cls, "_sa_registry", reg)
    if "metadata" not in cls.__dict__:
        type.__setattr__(cls, "metadata", reg.metadata)
    if getattr(cls, "__init__", object.__init__) is object.__init__ and reg.constructor is not None:
        type.__setattr__(cls, "__init__", reg.constructor)


def _declare_subclass(cls, marker):
    if marker in cls.__bases__:
        own = (cls.__dict__.get(name) for name in ("__tablename__", "__table__"))
        if any(value is not None and not decl_names.is_declared_attr(value) for value in own):
            raise exc.InvalidRequestError(
                f"Cannot use {marker.__name__!r} directly as a declarative base class. "
                "Create a Base by creating a subclass of it."
            )
        _setup_base(cls)
    elif not cls.__dict__.get("__abstract__", False):
        decl_base.declare(cls._sa_registry, cls)


class DeclarativeBase(metaclass=DeclarativeAttributeIntercept):
    """Derive from it to get a declarative base class. Since 2.0.

    ``metadata``, ``registry`` and ``type_annotation_map`` may be given as attributes of the derived class.
    """

    __module__ = "oxalchemy.orm"

    def __init_subclass__(cls, **kw):
        _declare_subclass(cls, DeclarativeBase)
        super().__init_subclass__(**kw)


class DeclarativeBaseNoMeta:
    """As :class:`DeclarativeBase`, without a metaclass: attributes set later are not mapped. Since 2.0."""

    __module__ = "oxalchemy.orm"

    def __init_subclass__(cls, **kw):
        _declare_subclass(cls, DeclarativeBaseNoMeta)
        super().__init_subclass__(**kw)


class DCTransformDeclarative(DeclarativeAttributeIntercept):
    """Metaclass of dataclass bases. Since 2.0."""


class MappedAsDataclass(metaclass=DCTransformDeclarative):
    """Mixin: mapped classes become dataclasses. Since 2.0. Class arguments: those of :meth:`registry.mapped_as_dataclass`."""

    __module__ = "oxalchemy.orm"

    def __init_subclass__(cls, init=_NO_ARG, repr=_NO_ARG, eq=_NO_ARG, order=_NO_ARG, unsafe_hash=_NO_ARG, match_args=_NO_ARG,
                          kw_only=_NO_ARG, dataclass_callable=_NO_ARG, **kw):  # fmt: skip
        options = _given(init=init, repr=repr, eq=eq, order=order, unsafe_hash=unsafe_hash, match_args=match_args,
                         kw_only=kw_only, dataclass_callable=dataclass_callable)  # fmt: skip
        inherited = getattr(cls, "_sa_apply_dc_transforms", None) or {}
        type.__setattr__(cls, "_sa_apply_dc_transforms", {**inherited, **options})
        super().__init_subclass__(**kw)
        if not decl_base.is_mapped(cls):
            _plain_dataclass(cls)


def _plain_dataclass(cls):
    """A base, a mixin or an abstract class of a dataclass hierarchy is a dataclass of its own."""
    from oxalchemy.orm import decl_dataclass
    from oxalchemy.orm.decl_names import MISSING
    from oxalchemy.orm.decl_scan import Found, Scan

    scan = Scan(getattr(cls, "_sa_registry", None) or registry(), cls, dict(cls.__dict__))
    own = cls.__dict__.get("__annotations__", {})
    body = {n: Found(cls.__dict__.get(n, MISSING), a, cls) for n, a in own.items()}
    decl_dataclass.apply(scan, body, mapped=False)


def mapped_as_dataclass(reg, **options):
    """Class decorator: `registry.mapped_as_dataclass` of `reg`. Since 2.1."""
    return reg.mapped_as_dataclass(**options)


def unmapped_dataclass(__cls=None, **options):
    """Class decorator for mixins of dataclass mappings. Since 2.1."""

    def decorate(cls):
        type.__setattr__(cls, "_sa_apply_dc_transforms", dict(options))
        _plain_dataclass(cls)
        return cls

    return decorate if __cls is None else decorate(__cls)


class _DeclaredAttrBase:
    __class_getitem__ = classmethod(GenericAlias)
    _is_declared_attr = True
    _cascading = False

    def __init__(self, fn, cascading=False, quiet=False):
        self.fget = fn.__func__ if isinstance(fn, classmethod) else fn
        self._cascading = cascading
        self._quiet = quiet
        self.__doc__ = fn.__doc__
        self.__name__ = getattr(fn, "__name__", "declared_attr")


class declared_attr(_DeclaredAttrBase):
    """Mark a method of a class or mixin as giving a mapped attribute, or a directive such as ``__tablename__``.

    ``declared_attr.cascading`` asks again for each subclass; ``declared_attr.directive`` is for dunder names.
    """

    __module__ = "oxalchemy.orm"

    def __get__(self, instance, owner):
        made = owner.__dict__.get("_sa_declared_attr_reg")
        if made is not None:
            # while a class is read, whoever asks gets the one that is mapped
            if self not in made:
                made[self] = self.fget(owner)
            return made[self]
        name = self.__name__
        if not self._quiet and not (name.startswith("__") and name.endswith("__")) and not decl_base.is_mapped(owner):
            from oxalchemy.util import warn

            warn(f"Unmanaged access of declarative attribute {name} from non-mapped class {owner.__name__}")
        return self.fget(owner)

    class cascading:
        """`declared_attr` that is asked again for each subclass."""

        def __new__(cls, fn):
            return declared_attr(fn, cascading=True)

    class directive:
        """`declared_attr` of a dunder name."""

        def __new__(cls, fn):
            return declared_attr(fn, quiet=True)


declared_attr.cascading.directive = declared_attr.directive


def declarative_mixin(cls):
    """Class decorator that does nothing; for type checkers. Since 1.4."""
    return cls


def synonym_for(name, map_column=False):
    """Method decorator: the method becomes the descriptor of a synonym for `name`."""

    def decorate(fn):
        from oxalchemy.orm import synonym

        return synonym(name, map_column=map_column, descriptor=fn)

    return decorate


def comparable_using(comparator_factory):
    """Method decorator of 0.5: a descriptor with SQL comparison."""

    def decorate(fn):
        from oxalchemy.orm import comparable_property

        return comparable_property(comparator_factory, fn)

    return decorate


def instrument_declarative(cls, cls_registry, metadata):
    """Map a class declaratively without a base class (legacy)."""
    if "registry" in cls.__dict__ or "_sa_registry" in cls.__dict__:
        raise exc.InvalidRequestError(f"Class {cls!r} already has been instrumented declaratively")
    reg = registry(metadata=metadata, class_registry=cls_registry)
    type.__setattr__(cls, "_sa_registry", reg)
    decl_base.declare(reg, cls)


def add_mapped_attribute(target, key, attr):
    """Add a mapped attribute to a declarative class. Since 2.0."""
    decl_base.add_attribute(target, key, attr)


def as_typed_table(cls):
    """The class's Table, for typing. Since 2.1."""
    return cls.__table__


_default_registry = None


def default_registry():
    """The registry that `mapper()` maps in."""
    global _default_registry
    if _default_registry is None:
        _default_registry = registry()
    return _default_registry


__all__ = [
    "DeclarativeAttributeIntercept",
    "DeclarativeBase",
    "DeclarativeBaseNoMeta",
    "DeclarativeMeta",
    "Mapped",
    "MappedAsDataclass",
    "MappedColumn",
    "add_mapped_attribute",
    "as_declarative",
    "as_typed_table",
    "comparable_using",
    "declarative_base",
    "declarative_mixin",
    "declared_attr",
    "default_registry",
    "has_inherited_table",
    "instrument_declarative",
    "mapped_as_dataclass",
    "registry",
    "synonym_for",
    "unmapped_dataclass",
]
