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
    deferred = getattr(cls, "_sa_decl_prepare", False)
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
        self.scan()
        set_raw(self.cls, "_sa_decl_config", self)
        _waiting.append(self)
        return None

    def complete_mapping(self):
        """Make table and mapper."""
        type.__delattr__(self.cls, "_sa_decl_config")
        _waiting.remove(self)
        self.make_table()
        return self.map()

    @classmethod
    def of_subclasses(cls, base):
        """Declarations below a class that wait, parents first."""
        return [scan for scan in list(_waiting) if issubclass(scan.cls, base)]


_DeferredDeclarativeConfig = DeferredScan
_waiting = []


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
