"""Mapped classes made from a database schema: one for each table with a primary key, related by the foreign keys."""

from __future__ import annotations

from .. import exc, util
from ..orm import backref, declarative_base, interfaces, relationship
from ..orm.decl_base import DeferredScan
from ..orm.decl_names import mapped_class
from ..schema import ForeignKeyConstraint
from ..sql import and_

__all__ = [
    "AutomapBase",
    "automap_base",
    "classname_for_table",
    "generate_relationship",
    "name_for_collection_relationship",
    "name_for_scalar_relationship",
]


def classname_for_table(base, tablename, table):
    """The name of the class for a table: the table's name. A replacement is passed to :meth:`.AutomapBase.prepare`."""
    return str(tablename)


def name_for_scalar_relationship(base, local_cls, referred_cls, constraint):
    """The attribute that holds the one referred object: the name of its class, in lower case."""
    return referred_cls.__name__.lower()


def name_for_collection_relationship(base, local_cls, referred_cls, constraint):
    """The attribute that holds the referring objects: the name of their class, in lower case, and ``_collection``."""
    return referred_cls.__name__.lower() + "_collection"


def generate_relationship(base, direction, return_fn, attrname, local_cls, referred_cls, **kw):
    """Make a :func:`.relationship` or :func:`.backref`, whichever ``return_fn`` is. None: no relationship.

    :param direction: ``interfaces.ONETOMANY``, ``MANYTOONE`` or ``MANYTOMANY``
    """
    if return_fn is backref:
        return return_fn(attrname, **kw)
    if return_fn is relationship:
        return return_fn(referred_cls, **kw)
    raise TypeError(f"Unknown relationship function: {return_fn}")


class AutomapBase:
    """Mixin of the base class that :func:`automap_base` makes."""

    __abstract__ = True

    classes = None
    """The mapped classes by name, once :meth:`prepare` has run."""

    by_module = None
    """The mapped classes by module, package by package. Since 2.0."""

    @classmethod
    def prepare(
        cls,
        autoload_with=None,
        engine=None,
        reflect=False,
        schema=None,
        classname_for_table=None,
        modulename_for_table=None,
        collection_class=None,
        name_for_scalar_relationship=None,
        name_for_collection_relationship=None,
        generate_relationship=None,
        reflection_options=util.EMPTY_DICT,
    ):
        """Map the tables of the MetaData that are not mapped yet, and relate all classes.

        :param autoload_with: Engine or Connection whose tables are reflected first
        :param engine: the same, with ``reflect=True`` (1.x)
        :param schema: schema that is reflected
        :param classname_for_table: callable like :func:`classname_for_table`
        :param modulename_for_table: callable ``(cls, tablename, table)`` for ``__module__``; None: that of the base
        :param collection_class: class of collections, by default ``list``
        :param name_for_scalar_relationship: callable like :func:`name_for_scalar_relationship`
        :param name_for_collection_relationship: callable like :func:`name_for_collection_relationship`
        :param generate_relationship: callable like :func:`generate_relationship`
        :param reflection_options: further arguments of :meth:`.MetaData.reflect`
        """
        if reflect:
            util.warn_deprecated("The AutomapBase.prepare.reflect parameter is deprecated; use autoload_with", "2.0")
            if engine is not None and autoload_with is not None:
                raise exc.ArgumentError("Can't use reflect and autoload_with together")
        if engine is not None:
            util.warn_deprecated("The AutomapBase.prepare.engine parameter is deprecated; use autoload_with", "2.0")
            if reflect:
                autoload_with = engine
        if autoload_with is not None:
            options = {"schema": schema, "extend_existing": True, "autoload_replace": False, **reflection_options}
            cls.metadata.reflect(autoload_with, **options)
        given = globals()
        _Preparation(
            cls,
            classname_for_table or given["classname_for_table"],
            modulename_for_table,
            collection_class or list,
            name_for_scalar_relationship or given["name_for_scalar_relationship"],
            name_for_collection_relationship or given["name_for_collection_relationship"],
            generate_relationship or given["generate_relationship"],
        ).run()

    @classmethod
    def _sa_deferred_message(cls):
        return (
            f"Class {cls.__module__}.{cls.__name__} is a subclass of AutomapBase.  Mappings are not produced until the "
            ".prepare() method is called on the class hierarchy."
        )


AutomapBase._sa_decl_prepare = True


def automap_base(declarative_base=None, **kw):
    """A base class whose :meth:`~.AutomapBase.prepare` makes classes from tables.

    :param declarative_base: a declarative base of the user's; by default one is made with the further arguments,
        which are those of :func:`.declarative_base`
    """
    base = declarative_base if declarative_base is not None else _declarative_base(**kw)
    body = {"__abstract__": True, "classes": util.Properties({}), "by_module": util.Properties({}), "_sa_automapped": {}}
    return type(base)(base.__name__, (AutomapBase, base), body)


_declarative_base = declarative_base


class _Preparation:
    """One run of ``prepare()``."""

    def __init__(self, base, class_name, module_name, collection_class, scalar_name, collection_name, generate):
        self.base, self.class_name, self.module_name = base, class_name, module_name
        self.collection_class = collection_class
        self.scalar_name, self.collection_name, self.generate = scalar_name, collection_name, generate
        # table → declaration that waits for its mapper
        self.declared = {}

    def run(self):
        self.declared = {s.table: s for s in DeferredScan.of_subclasses(self.base) if s.table is not None}
        associations = self.declare_missing()
        for table, scan in list(self.declared.items()):
            self.relate_by_foreign_keys(table, scan)
        for association in associations:
            self.relate_by_association(*association)
        for scan in self.parents_first():
            scan.complete_mapping()

    def parents_first(self):
        return sorted(DeferredScan.of_subclasses(self.base), key=lambda scan: len(scan.cls.__mro__))

    # -- classes -------------------------------------------------------------------------------------------------------
    def declare_missing(self):
        """A class for every table that has none; what is an association table is told instead."""
        mapped = self.base._sa_automapped
        self.associations = mapped.setdefault(None, set())
        for table, scan in self.declared.items():
            mapped[table.key] = scan.cls
        associations = []
        for table in self.base.metadata.tables.values():
            sides = _sides_of_association(table)
            if sides is not None:
                if table not in self.associations:
                    self.associations.add(table)
                    associations.append((table, *sides))
            elif table.primary_key and table not in self.declared and table.key not in mapped:
                mapped[table.key] = self.declare(table)
        return associations

    def declare(self, table):
        name = str(self.class_name(self.base, table.name, table))
        body = {"__table__": table}
        module = self.module_name(self.base, table.name, table) if self.module_name is not None else None
        place = self.place_of(module or __name__)
        if module is not None:
            body["__module__"] = module
        elif name in self.base.classes:
            util.warn(
                f"Ignoring duplicate class name '{name}' received in automap base for table {table.key} without ``__module__`` "
                "being set; consider using the ``modulename_for_table`` hook"
            )
            return None
        cls = type(self.base)(name, (self.base,), body)
        scan = DeferredScan.config_for_cls(cls)
        if scan is not None:
            self.declared[table] = scan
        if name not in place:
            place[name] = cls
        elif isinstance(place[name], util.Properties):
            raise _both(name)
        if module is None:
            self.base.classes[name] = cls
        return cls

    def place_of(self, module):
        """Where ``by_module`` keeps the classes of a module."""
        at = self.base.by_module
        for token in module.split("."):
            if token not in at:
                at[token] = util.Properties({})
            at = at[token]
            if not isinstance(at, util.Properties):
                raise _both(token)
        return at

    def class_of(self, table):
        scan = self.declared.get(table)
        return scan.cls if scan is not None else self.base._sa_automapped.get(table.key)

    def properties_of(self, table):
        """What the class of a table has: what is declared, or mapped by an earlier run."""
        scan = self.declared.get(table)
        return scan.properties if scan is not None else _Mapped(mapped_class(self.class_of(table)))

    # -- relationships -------------------------------------------------------------------------------------------------
    def relate_by_foreign_keys(self, table, scan):
        for constraint in _foreign_keys(table):
            referred = constraint.elements[0].column.table
            referred_cls = self.class_of(referred)
            # a joined-inheritance table refers to its parent's rows: that is no relationship
            if referred_cls is None or (scan.cls is not referred_cls and issubclass(scan.cls, referred_cls)):
                continue
            self.relate_both_ways(table, scan.cls, referred, referred_cls, constraint)

    def relate_both_ways(self, table, cls, referred, referred_cls, constraint):
        one = self.scalar_name(self.base, cls, referred_cls, constraint)
        many = self.collection_name(self.base, referred_cls, cls, constraint)
        own, others = self.properties_of(table), self.properties_of(referred)
        of_many = {"collection_class": self.collection_class, **_deletes(constraint)}
        columns = [fk.parent for fk in constraint.elements]
        to_one = {"foreign_keys": columns, "remote_side": [fk.column for fk in constraint.elements]}
        if one not in own:
            reverse = None
            if many not in others:
                reverse = self.generate(self.base, interfaces.ONETOMANY, backref, many, referred_cls, cls, **of_many)
            made = self.generate(self.base, interfaces.MANYTOONE, relationship, one, cls, referred_cls, backref=reverse, **to_one)
            if made is not None:
                own[one] = made
                if many in others and not reverse:
                    others[many].back_populates = one
        elif many not in others:
            made = self.generate(
                self.base, interfaces.ONETOMANY, relationship, many, referred_cls, cls,
                foreign_keys=columns, back_populates=one, **of_many,
            )  # fmt: skip
            if made is not None:
                others[many] = made
                own[one].back_populates = many

    def relate_by_association(self, table, left, right):
        left_table, right_table = left.elements[0].column.table, right.elements[0].column.table
        left_cls, right_cls = self.class_of(left_table), self.class_of(right_table)
        if left_cls is None or right_cls is None:
            return
        forth = self.collection_name(self.base, left_cls, right_cls, left)
        back = self.collection_name(self.base, right_cls, left_cls, right)
        own, others = self.properties_of(left_table), self.properties_of(right_table)
        both = {"collection_class": self.collection_class}
        if forth not in own:
            reverse = None
            if back not in others:
                reverse = self.generate(
                    self.base, interfaces.MANYTOMANY, backref, back, right_cls, left_cls, overlaps=None, **both
                )
            made = self.generate(
                self.base, interfaces.MANYTOMANY, relationship, forth, left_cls, right_cls,
                overlaps=None, backref=reverse, secondary=table, primaryjoin=_joined(left), secondaryjoin=_joined(right), **both,
            )  # fmt: skip
            if made is not None:
                own[forth] = made
                if back in others and not reverse:
                    others[back].back_populates = forth
        elif back not in others:
            made = self.generate(
                self.base, interfaces.MANYTOMANY, relationship, back, right_cls, left_cls,
                overlaps=None, back_populates=forth, secondary=table, primaryjoin=_joined(right),
                secondaryjoin=_joined(left), **both,
            )  # fmt: skip
            if made is not None:
                others[back] = made
                own[forth].back_populates = back


class _Mapped:
    """The properties of a class that is mapped already, as a mapping that grows."""

    def __init__(self, mapper):
        self.mapper = mapper

    def __contains__(self, key):
        return self.mapper.has_property(key)

    def __getitem__(self, key):
        return self.mapper.get_property(key)

    def __setitem__(self, key, prop):
        self.mapper.add_property(key, prop)


def _both(name):
    return exc.InvalidRequestError(f'name "{name}" matches both a class name and a module name')


def _foreign_keys(table):
    """The foreign keys of a table in the order of its columns."""
    position = {column: index for index, column in enumerate(table.columns)}
    found = [c for c in table.constraints if isinstance(c, ForeignKeyConstraint)]
    return sorted(found, key=lambda c: [position[fk.parent] for fk in c.elements])


def _sides_of_association(table):
    """The two foreign keys of a table that consists of nothing else."""
    constraints = _foreign_keys(table)
    if len(constraints) != 2:
        return None
    if {fk.parent for c in constraints for fk in c.elements} != set(table.columns):
        return None
    return constraints


def _joined(constraint):
    return and_(*(fk.column == fk.parent for fk in constraint.elements))


def _deletes(constraint):
    """What happens to the many when the one is deleted: what the database would do."""
    on_delete = (constraint.ondelete or "").lower()
    if all(fk.parent.nullable for fk in constraint.elements):
        return {"passive_deletes": True} if on_delete == "set null" else {}
    return {"cascade": "all, delete-orphan", **({"passive_deletes": True} if on_delete == "cascade" else {})}
