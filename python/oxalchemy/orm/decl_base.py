"""Declaring a class: entry points, and what may be added to a class that is mapped."""

from __future__ import annotations

from oxalchemy.orm.decl_names import (
    is_aliasable_attribute,
    is_mapped,
    is_property,
    mapped_class,
    set_raw,
)
from oxalchemy.orm.decl_scan import Scan, is_column, name_column
from oxalchemy.orm.mapped_column import MappedColumn


def has_inherited_table(cls):
    """Whether a mapped class above `cls` has a table. Since 0.7."""
    return any(getattr(c, "__table__", None) is not None for c in cls.__mro__[1:])


def declare(registry, cls, dict_=None, table=None, **mapper_kw):
    """Map `cls` declaratively. A class that says so (`_sa_decl_prepare`) is scanned only, and mapped when it is prepared.

    :raises InvalidRequestError: no table can be found for the class
    :raises ArgumentError: contradictory columns or arguments
    """
    if cls.__dict__.get("__abstract__", False):
        return None
    dict_ = dict(cls.__dict__) if dict_ is None else dict_
    _listen_configured(cls)
    from oxalchemy.orm import clsregistry

    clsregistry.add_class(cls.__name__, cls, registry)
    deferred = getattr(cls, "_sa_decl_prepare", False) and (
        not getattr(cls, "_sa_decl_table_later", False) or "_sa_decl_table_later" in _own_bases(cls)
    )
    try:
        scan = (DeferredScan if deferred else Scan)(registry, cls, dict_, table, mapper_kw)
        return scan.run()
    except Exception:
        clsregistry.remove_class(cls.__name__, cls, registry)
        raise


def _listen_configured(cls):
    """`__declare_first__()` and `__declare_last__()` of a class run before and after mappers are set up."""
    for name, event_name in (("__declare_first__", "before_configured"), ("__declare_last__", "after_configured")):
        if getattr(cls, name, None) is not None:
            from oxalchemy import event
            from oxalchemy.orm import Mapper

            event.listen(Mapper, event_name, lambda name=name: getattr(cls, name)())


class DeferredScan(Scan):
    """A class that is scanned when it is declared, and mapped when somebody has what its table needs."""

    def run(self):
        # a class without a table is read when it gets one: until then it is a mixin of those below it
        if not getattr(self.cls, "_sa_decl_table_later", False):
            self.scan()
            self.make_table()
            set_raw(self.cls, "_sa_decl_config", self)
        _waiting.append(self)
        return None

    def complete_mapping(self):
        """Make the mapper."""
        if "_sa_decl_config" in self.cls.__dict__:
            type.__delattr__(self.cls, "_sa_decl_config")
        _waiting.remove(self)
        return self.map()

    def map_to(self, selectable, polymorphic_on, strict, discriminator):
        """Map the class to a selectable that its subclasses make."""
        _waiting.remove(self)
        self.dict_ = dict(self.cls.__dict__)
        self.scan()
        keys = {c.key for _, c in self.columns}
        for key, value in list(self.properties.items()):
            if is_column(value):
                self.properties[key] = selectable.c[value.key]
        self.table, self.tablename = selectable, None
        if strict:
            own = keys | self.properties.keys() | {discriminator} | {c.key for c in selectable.primary_key}
            self.mapper_kw["include_properties"] = own
        self.mapper_kw.update(polymorphic_on=polymorphic_on, with_polymorphic=("*", selectable))
        for key in keys | {discriminator}:
            if key in self.cls.__dict__ and is_column(self.cls.__dict__[key]):
                type.__delattr__(self.cls, key)
        return self.map()

    @classmethod
    def config_for_cls(cls, class_):
        """The declaration of exactly this class, while it waits."""
        return next((scan for scan in _waiting if scan.cls is class_), None)

    @classmethod
    def of_subclasses(cls, base):
        """Declarations below a class that wait, parents first."""
        return [scan for scan in list(_waiting) if issubclass(scan.cls, base)]


def waits(cls):
    """Whether the class is declared and its mapping has to be completed."""
    return DeferredScan.config_for_cls(cls) is not None


def _own_bases(cls):
    """Names that the direct bases of a class say themselves."""
    return {name for base in cls.__bases__ for name in base.__dict__}


_DeferredDeclarativeConfig = DeferredScan
_DeferredMapperConfig = DeferredScan  # the name of 1.4
_waiting = []
DeferredScan._configs = _waiting


def add_attribute(cls, key, value):
    """`User.new = Column(...)` after the class was mapped."""
    mapper = mapped_class(cls)
    if mapper is None:
        type.__setattr__(cls, key, value)
    elif isinstance(value, MappedColumn) or is_column(value):
        prop = None
        column = value
        if isinstance(value, MappedColumn):
            column, prop = value.column, value._property(False)
        name_column(column, key)
        if column.table is None:
            mapper.local_table.append_column(column, replace_existing=True)
        mapper.add_property(key, prop if prop is not None else column)
    elif is_property(value):
        for column in getattr(value, "columns", ()) or ():
            if is_column(column) and column.table is None:
                name_column(column, key)
                mapper.local_table.append_column(column, replace_existing=True)
        mapper.add_property(key, value)
    elif is_aliasable_attribute(value) and value.key != key:
        from oxalchemy.orm import synonym

        mapper.add_property(key, synonym(value.key))
    else:
        type.__setattr__(cls, key, value)


def constructor(self, **kwargs):
    """Set the given mapped attributes; a name that the class does not have is a TypeError."""
    cls = type(self)
    for key, value in kwargs.items():
        if not hasattr(cls, key):
            raise TypeError(f"{key!r} is an invalid keyword argument for {cls.__name__}")
        setattr(self, key, value)


constructor.__name__ = "__init__"

__all__ = ["add_attribute", "constructor", "declare", "has_inherited_table", "is_mapped", "mapped_class"]
