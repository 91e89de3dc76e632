"""Bases that are mapped later than they are declared: concrete inheritance, tables that are reflected."""

from __future__ import annotations

from ... import _rs
from ...orm import relationships
from ...orm.decl_base import DeferredScan
from ...orm.decl_names import mapped_class
from ...orm.util import polymorphic_union

__all__ = ["AbstractConcreteBase", "ConcreteBase", "DeferredReflection"]


def _discriminator_name(cls):
    return getattr(cls, "_concrete_discriminator_name", None) or "type"


class ConcreteBase:
    """Base of concrete inheritance that has a table of its own: it is loaded from the union of all tables.

    The name of the discriminator is ``type``, or what ``_concrete_discriminator_name`` says.
    """

    @classmethod
    def _create_polymorphic_union(cls, mappers, discriminator_name):
        return polymorphic_union({m.polymorphic_identity: m.local_table for m in mappers}, discriminator_name, "pjoin")

    @classmethod
    def __declare_first__(cls):
        mapper = cls.__mapper__
        hierarchy = list(mapper.polymorphic_iterator())
        if "_sa_concrete_union" in cls.__dict__ or (mapper.inherits is not None and len(hierarchy) == 1):
            return
        type.__setattr__(cls, "_sa_concrete_union", True)
        name = _discriminator_name(cls)
        union = cls._create_polymorphic_union(hierarchy, name)
        _rs._mapper_load_from(mapper, union, union.c[name])


class AbstractConcreteBase(ConcreteBase):
    """Base of concrete inheritance without a table: mapped to the union of its subclasses' tables once they are known.

    ``strict_attrs = True`` on the base: it has the attributes that it declares, not all that its subclasses have.
    """

    _sa_decl_table_later = True

    @classmethod
    def __declare_first__(cls):
        cls._sa_decl_prepare_nocascade()

    @classmethod
    def _sa_decl_prepare_nocascade(cls):
        if mapped_class(cls) is not None:
            return
        scan = DeferredScan.config_for_cls(cls)
        if scan is None:
            return
        below, waiting = [], list(cls.__subclasses__())
        while waiting:
            sub = waiting.pop()
            waiting.extend(sub.__subclasses__())
            mapper = mapped_class(sub)
            if mapper is not None:
                below.append(mapper)
        name = _discriminator_name(cls)
        union = cls._create_polymorphic_union(below, name)
        scan.map_to(union, polymorphic_on=union.c[name], strict=cls.__dict__.get("strict_attrs", False), discriminator=name)
        mapper = cls.__mapper__
        for sub in cls.__subclasses__():
            found = mapped_class(sub)
            if found is not None and found.concrete and found.inherits is None:
                _rs._mapper_set_concrete_base(found, mapper)

    @classmethod
    def _sa_deferred_message(cls):
        return (
            f"Class {cls.__module__}.{cls.__name__} is a subclass of AbstractConcreteBase and has a mapping pending until all "
            "subclasses are defined. Call the oxalchemy.orm.configure_mappers() function after all subclasses have been "
            "defined to complete the mapping of this class."
        )


AbstractConcreteBase._sa_decl_prepare = True


class DeferredReflection:
    """Mixin: the class is mapped by :meth:`prepare`, when its table can be reflected."""

    @classmethod
    def prepare(cls, bind, **reflect_kw):
        """Reflect the tables of all classes below this one, and map them.

        :param bind: Engine or Connection
        :param reflect_kw: passed to :meth:`MetaData.reflect`
        """
        scans = DeferredScan.of_subclasses(cls)
        with _connected(bind) as connection:
            for scan in scans:
                if scan.table is not None:
                    _reflect(scan.table.name, scan.table.schema, scan.table.metadata, connection, reflect_kw)
                scan.complete_mapping()
            for metadata, name in _secondary_tables(cls):
                if name not in metadata.tables:
                    schema, _, plain = name.rpartition(".")
                    _reflect(plain, schema or None, metadata, connection, reflect_kw)

    @classmethod
    def _sa_deferred_message(cls):
        return (
            f"Class {cls.__module__}.{cls.__name__} is a subclass of DeferredReflection.  Mappings are not produced until the "
            ".prepare() method is called on the class hierarchy."
        )


DeferredReflection._sa_decl_prepare = True


def _connected(bind):
    from contextlib import nullcontext

    return bind.connect() if hasattr(bind, "connect") and not hasattr(bind, "in_transaction") else nullcontext(bind)


def _reflect(name, schema, metadata, connection, options):
    """Complete a table by what the database says; columns that were declared stay."""
    from ... import Table

    Table(name, metadata, schema=schema, extend_existing=True, autoload_replace=False, autoload_with=connection, **options)


def _secondary_tables(cls):
    """Association tables that relationships of the mapped classes refer to by name: (MetaData, name)."""
    out = []
    waiting = list(cls.__subclasses__())
    while waiting:
        sub = waiting.pop()
        waiting.extend(sub.__subclasses__())
        mapper = mapped_class(sub)
        for prop in mapper._props.values() if mapper is not None else ():
            if isinstance(prop, relationships.RelationshipProperty) and isinstance(prop.secondary, str):
                out.append((getattr(sub, "metadata", None) or mapper.registry.metadata, prop.secondary))
    return out
