"""From a class body to a Table and a mapper: scanning, mixins, columns, arguments."""

from __future__ import annotations

from oxalchemy import exc
from oxalchemy.orm import annotations as ann
from oxalchemy.orm.exc import MappedAnnotationError
from oxalchemy.orm.mapped import DynamicMapped, WriteOnlyMapped
from oxalchemy.orm.mapped_column import MappedColumn, check_no_dataclass_args, mapped_column

_RESERVED = {"metadata", "registry"}
# What a declarative base says about itself.
_OF_BASES = {"metadata", "registry", "type_annotation_map"}
_MISSING = object()


def mapped_class(cls):
    """The mapper of exactly this class, or None."""
    manager = cls.__dict__.get("_sa_class_manager")
    return getattr(manager, "mapper", None) if manager is not None else None


def is_mapped(cls):
    return mapped_class(cls) is not None


def has_inherited_table(cls):
    """Whether a mapped class above `cls` has a table. Since 0.7."""
    return any(getattr(c, "__table__", None) is not None for c in cls.__mro__[1:])


class _Scan:
    """One class being declared."""

    def __init__(self, registry, cls, dict_, table=None, mapper_kw=None):
        self.registry, self.cls, self.dict_ = registry, cls, dict_
        self.properties = {}  # key → Column or MapperProperty
        self.columns = []  # (sort order, Column)
        self.tablename = None
        self.table = table
        self.table_args = None
        self.mapper_args = {}
        self.names_of = {}  # id of a Column → (it, its names)
        self.inherits = None
        self.allow_unmapped = bool(getattr(cls, "__allow_unmapped__", False)) or bool(
            getattr(registry, "allow_unmapped_annotations", False)
        )
        self.dataclass_options = getattr(cls, "_sa_apply_dc_transforms", None)
        self.mapper_kw = mapper_kw or {}
        self.origin = {}  # key → module of the class that wrote the annotation

    # -- the steps ---------------------------------------------------------------------------------------------------
    def run(self):
        self.find_inherits()
        self.find_special_names()
        attributes = self.collect()
        self.apply_dataclass(attributes)
        self.extract(attributes)
        self.make_table()
        return self.map()

    def find_inherits(self):
        for base in self.cls.__mro__[1:]:
            if is_mapped(base):
                self.inherits = base
                return

    def _special(self, name):
        """(value, owner) of `__tablename__` and its like: own, from mixins, evaluated when a declared_attr."""
        for owner in self.cls.__mro__:
            if name not in owner.__dict__:
                continue
            value = owner.__dict__[name]
            inherited = owner is not self.cls and is_mapped(owner)
            if _is_declared_attr(value):
                # A declared_attr is asked again for each subclass, a plain value belongs to the class that has it.
                return value.fget(self.cls) if hasattr(value, "fget") else getattr(self.cls, name), owner
            if inherited:
                return None, None
            if isinstance(value, (classmethod, property)):
                value = getattr(self.cls, name)
            return value, owner
        return None, None

    def find_special_names(self):
        self.tablename = self._special("__tablename__")[0]
        args, owner = self._special("__table_args__")
        if args is not None and not isinstance(args, (tuple, dict, list)):
            raise exc.ArgumentError("__table_args__ value must be a tuple, dict, or None")
        self.table_args = args
        mapper_args, _ = self._special("__mapper_args__")
        self.mapper_args = dict(mapper_args or {})
        if self.table is None:
            table = self.cls.__dict__.get("__table__")
            if table is None:
                value, owner = self._special("__table__")
                table = value
            elif _is_declared_attr(table):
                table = table.fget(self.cls)
            self.table = table

    def collect(self):
        """Attributes in order: the class's own, then those of mixins. name → (value, annotation, owner)."""
        found = {}
        for owner in self.cls.__mro__:
            if owner is object or (owner is not self.cls and (is_mapped(owner))):
                continue
            own = owner is self.cls
            body = self.dict_ if own else owner.__dict__
            notes = owner.__dict__.get("__annotations__", {})
            for name in _ordered_names(body, notes):
                if name in found or (name.startswith("__") and name.endswith("__")) or name.startswith("_sa_"):
                    continue
                if not own and name in _OF_BASES:
                    continue
                if not own and any(name in c.__dict__ for c in _between(self.cls, owner)):
                    continue
                value = body.get(name, _MISSING)
                annotation = notes.get(name, _MISSING)
                if not own and self.inherits is not None and self._inherited_from_mapped(name, value):
                    continue
                found[name] = (value, annotation, owner)
        return found

    def _inherited_from_mapped(self, name, value):
        """A mixin that the mapped parent has already mapped gives nothing new, unless it says `cascading`."""
        if getattr(value, "_cascading", False):
            return False
        return any(name in base.__dict__ and is_mapped(base) for base in self.cls.__mro__[1:])

    def extract(self, attributes):
        for name, (value, annotation, owner) in attributes.items():
            own = owner is self.cls
            if annotation is not _MISSING and ann.is_classvar(annotation):
                continue
            if isinstance(value, tuple) and len(value) == 1 and _is_mappable(value[0]):
                from oxalchemy.util import warn

                warn(
                    f"Ignoring declarative-like tuple value of attribute '{name}': possibly a copy-and-paste error with a comma "
                    "accidentally placed at the end of the line?"
                )
                continue
            if _is_declared_attr(value):
                value = self.evaluate_declared_attr(name, value, owner)
                own = True
            elif not own and _is_property(value):
                raise exc.InvalidRequestError(
                    "Mapper properties (i.e. deferred,column_property(), relationship(), etc.) must be declared as "
                    "@declared_attr callables on declarative mixin classes.  For dataclass field() objects, use a lambda:"
                )
            target = self.target_of(name, value, annotation, owner)
            value = self.complete(name, value, target, own, owner)
            if value is _MISSING:
                continue
            if name in _RESERVED and _is_mappable(value):
                raise exc.InvalidRequestError(f"Attribute name '{name}' is reserved when using the Declarative API.")
            self.take(name, value)

    def evaluate_declared_attr(self, name, value, owner):
        made = value.fget(self.cls)
        if made is not None and _is_mappable(made):
            setattr_raw(self.cls, name, made)
        return made

    def target_of(self, name, value, annotation, owner):
        if annotation is _MISSING:
            return None
        if value is not _MISSING and not _is_mappable(value) and not isinstance(annotation, str):
            origin = ann.get_origin(annotation)
            if origin is None or not isinstance(origin, type) or not issubclass(origin, ann.Mapped):
                if self.allow_unmapped or not _is_mappable(value):
                    return None
        try:
            target = ann.target_of(annotation, self.cls, owner.__module__)
        except MappedAnnotationError:
            if value is not _MISSING and not _is_mappable(value):
                return None
            raise
        if target is None:
            if self.allow_unmapped or (value is not _MISSING and not _is_mappable(value)):
                return None
            if self.dataclass_options is not None and value is _MISSING:
                return None
            if _is_mappable(value) or value is _MISSING:
                raise MappedAnnotationError(
                    f'Type annotation for "{self.cls.__name__}.{name}" can\'t be correctly interpreted for Annotated Declarative '
                    "Table form.  ORM annotations should normally make use of the ``Mapped[]`` generic type, or other "
                    "ORM-compatible generic type, as a container for the actual type, which indicates the intent that the "
                    "attribute is mapped. Class variables that are not intended to be mapped by the ORM should use ClassVar[].  "
                    "To allow Annotated Declarative to disregard legacy annotations which don't use Mapped[] to pass, set "
                    '"__allow_unmapped__ = True" on the class or a superclass this class.',
                    code="zlpr",
                )
        return target

    def complete(self, name, value, target, own, owner):
        """The mapped thing behind a name: columns completed by their annotation, mixin columns copied."""
        from oxalchemy import Column

        if value is _MISSING:
            if target is None:
                return _MISSING
            _, extras = ann.annotated_extras(target.inner)
            template = next((m for m in extras if isinstance(m, MappedColumn)), None)
            prop = next((m for m in extras if _is_property(m)), None)
            if template is None and prop is not None:
                value = prop
            elif self.table is not None and template is None:
                return _MISSING
            else:
                value = mapped_column()
        if isinstance(value, MappedColumn):
            if not own:
                value = value._copy()
            self.complete_column(name, value, target)
            return value
        if isinstance(value, Column):
            if not own:
                if value.table is None:
                    value = value._copy()
                    setattr_raw(self.cls, name, value)
                elif value.foreign_keys and self.table is None:
                    value = value._copy()
            return value
        if _is_relationship(value) and target is not None:
            self.complete_relationship(name, value, target, owner)
        elif hasattr(value, "declarative_annotation"):
            value.declarative_annotation(self, name, target)
        return value

    def complete_column(self, name, value, target):
        column = value.column
        if value._mapper_args.get("use_existing_column"):
            table = getattr(self.inherits, "__table__", None)
            existing = table.c.get(column.name or name) if table is not None else None
            if existing is not None:
                value.column = column = existing
                return
        if target is None:
            if not value._type_given and not column.foreign_keys and self.table is None:
                raise exc.ArgumentError(
                    f'Python typing annotation is required for attribute "{self.cls.__name__}.{name}" when primary '
                    'argument(s) for "MappedColumn" construct are None or not present'
                )
        else:
            self.apply_annotation(name, value, target)
            column = value.column
        default = value._attribute_options.get("default", _MISSING)
        if default is not _MISSING and not value._has_insert_default and default is not None:
            from oxalchemy import ColumnDefault

            if column.default is None:
                column._set_default(ColumnDefault(default)) if hasattr(column, "_set_default") else setattr(
                    column, "default", ColumnDefault(default)
                )
        if column.name is None:
            column._set_name(name) if hasattr(column, "_set_name") else setattr(column, "name", name)

    def apply_annotation(self, name, value, target):
        column = value.column
        inner = target.inner
        base, extras = ann.annotated_extras(inner)
        template = next((m for m in extras if isinstance(m, MappedColumn)), None)
        if template is not None:
            value.column = column = _merge_template(template, value)
            value._type_given = value._type_given or template._type_given
            value._nullable_given = value._nullable_given or template._nullable_given
            for key, option in template._attribute_options.items():
                value._attribute_options.setdefault(key, option)
            base_inner, optional = ann.without_none(base)
        else:
            optional = False
        if not value._nullable_given and not column.primary_key:
            column.nullable = target.optional or optional
        if not value._type_given and not (column.foreign_keys and inner is ann.Any):
            found = None if isinstance(inner, str) else ann.resolve_annotation(self.registry, inner, self.cls, name)
            if column.foreign_keys and (found is None and template is None or not isinstance(inner, str)):
                if found is not None:
                    column._set_type(found)
                return
            if found is None:
                shown = f"'{inner}'" if not isinstance(inner, str) else f"'{inner!s}'"
                raise MappedAnnotationError(
                    "Could not locate SQLAlchemy Core type when resolving for Python type indicated by "
                    f"{shown} inside the Mapped[] annotation for the {name!r} attribute; "
                    "the type object is not resolvable by the registry"
                )
            column._set_type(found)

    def complete_relationship(self, name, value, target, owner):
        argument, collection, uselist = ann.relationship_target(target, self.cls, owner.__module__)
        if target.container is WriteOnlyMapped and value.lazy in ("select", True):
            value.lazy = "write_only"
        elif target.container is DynamicMapped and value.lazy in ("select", True):
            value.lazy = "dynamic"
        if getattr(value, "argument", None) is None:
            value.argument = argument
        if collection is not None and getattr(value, "collection_class", None) is None:
            value.collection_class = collection
        if getattr(value, "uselist", None) is None:
            value.uselist = uselist

    def take(self, name, value):
        from oxalchemy import Column

        if isinstance(value, MappedColumn):
            if self.dataclass_options is None:
                check_no_dataclass_args(self.cls, name, value)
            self.take_column(name, value.column, value._sort_order)
            if value.deferred or value._mapper_args.get("active_history"):
                from oxalchemy.orm import column_property

                self.properties[name] = column_property(
                    value.column,
                    deferred=value.deferred,
                    group=value._mapper_args.get("deferred_group"),
                    raiseload=bool(value._mapper_args.get("deferred_raiseload")),
                    active_history=bool(value._mapper_args.get("active_history")),
                )
        elif isinstance(value, Column):
            self.take_column(name, value, 0)
        elif _is_property(value):
            for column in getattr(value, "columns", ()) or ():
                if isinstance(column, Column) and column.table is None:
                    if column.name is None:
                        column._set_name(name) if hasattr(column, "_set_name") else setattr(column, "name", name)
                    self.columns.append((0, column))
            self.properties[name] = value
        elif _is_aliasable_attribute(value):
            from oxalchemy.orm import synonym

            self.properties[name] = synonym(value.key)

    def take_column(self, name, column, sort_order):
        if column.name is None:
            column._set_name(name) if hasattr(column, "_set_name") else setattr(column, "name", name)
        names = self.names_of.setdefault(id(column), (column, []))[1]
        names.append(name)
        if (self.table is None or column.table is None) and len(names) == 1:
            self.columns.append((sort_order, column))
        if self.table is not None or column.key != name:
            self.properties[name] = column

    def warn_repeated_columns(self):
        """One Column object under several names is mapped under all of them, surely by mistake."""
        for column, names in self.names_of.values():
            if len(names) > 1 and self.table is None:
                from oxalchemy.util import warn

                warn(
                    f"On class {self.cls.__name__!r}, Column object {column.name!r} named directly multiple times, only "
                    f"one will be "
                    f"used: {', '.join(sorted(names))}. Consider using orm.synonym instead"
                )

    def make_table(self):
        from oxalchemy import Table

        self.warn_repeated_columns()
        cls = self.cls
        columns = [c for _, c in sorted(self.columns, key=lambda pair: pair[0])]
        if self.table is None and self.tablename is not None:
            args, kw = (), {}
            if isinstance(self.table_args, dict):
                kw = dict(self.table_args)
            elif self.table_args:
                if isinstance(self.table_args[-1], dict):
                    args, kw = tuple(self.table_args[:-1]), dict(self.table_args[-1])
                else:
                    args = tuple(self.table_args)
            factory = getattr(cls, "__table_cls__", Table)
            autoload_with = getattr(cls, "__autoload_with__", None)
            if autoload_with is not None:
                kw["autoload_with"] = autoload_with
            elif getattr(cls, "__autoload__", False):
                kw["autoload"] = True
            self.table = setattr_raw(cls, "__table__", factory(self.tablename, self._metadata(), *columns, *args, **kw))
        elif self.table is not None:
            for column in columns:
                if not self.table.c.contains_column(column):
                    raise exc.ArgumentError(f"Can't add additional column {column.key!r} when specifying __table__")
        elif self.inherits is not None and not self.mapper_args.get("concrete"):
            table = mapped_class(self.inherits).local_table
            if self.table_args:
                raise exc.ArgumentError("Can't place __table_args__ on an inherited class with no table.")
            for column in columns:
                if table.c.contains_column(column):
                    continue
                if column.name in table.c:
                    if table.c[column.name] is column:
                        continue
                    raise exc.ArgumentError(
                        f"Column '{column.key}' on class {cls.__name__} conflicts with existing column "
                        f"'{table.c[column.name]}'.  If using Declarative, consider using the use_existing_column parameter of "
                        "mapped_column() to resolve conflicts."
                    )
                if column.primary_key:
                    raise exc.ArgumentError("Can't place primary key columns on an inherited class with no table.")
                table.append_column(column)
                self.properties.setdefault(column.key, column)
        else:
            raise exc.InvalidRequestError(
                f"Class {cls!r} does not have a __table__ or __tablename__ specified and does not inherit from an existing "
                "table-mapped class."
            )

    def _metadata(self):
        metadata = getattr(self.cls, "metadata", None)
        return metadata if metadata is not None else self.registry.metadata

    def map(self):
        cls, args = self.cls, dict(self.mapper_args)
        given = dict(args.pop("properties", {}))
        table = self.cls.__dict__.get("__table__", self.table)
        for key in ("polymorphic_on", "version_id_col"):
            if isinstance(args.get(key), MappedColumn):
                args[key] = args[key].column
            elif isinstance(args.get(key), str) and key == "polymorphic_on" and args[key] not in self.properties:
                column = table.c.get(args[key]) if table is not None else None
                args[key] = column if column is not None else args[key]
        if "primary_key" in args:
            args["primary_key"] = [c.column if isinstance(c, MappedColumn) else c for c in _listed(args["primary_key"])]
        for key in ("exclude_properties", "include_properties"):
            if key in args:
                args[key] = [c.column if isinstance(c, MappedColumn) else c for c in args[key]]
        if self.inherits is not None and "inherits" not in args:
            args["inherits"] = self.inherits
        if self.inherits is not None and not args.get("concrete") and table is None:
            # Single-table inheritance: columns of sisters are not this class's.
            known = {id(c) for c in self.columns_of_class()}
            parent = mapped_class(self.inherits)
            parent_table = parent.local_table
            exclude = set(args.get("exclude_properties", ()) or ())
            exclude |= {c.key for c in parent_table.c if id(c) not in known and not any(c is p for p in parent.columns)}
            if exclude and "include_properties" not in args:
                args["exclude_properties"] = exclude
        factory = args.pop("__mapper_cls__", None) or getattr(cls, "__mapper_cls__", None)
        mapper = self.registry._map(cls, table, properties={**self.properties, **given}, factory=factory, **args)
        setattr_raw(cls, "__mapper__", mapper)
        return mapper

    def columns_of_class(self):
        return [c for _, c in self.columns]

    # -- dataclasses ---------------------------------------------------------------------------------------------------
    def apply_dataclass(self, attributes):
        if self.dataclass_options is None or not self.dataclass_options.get("_apply", True):
            return
        from oxalchemy.orm import decl_dataclass

        decl_dataclass.apply(self, attributes)


def _listed(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _merge_template(template, value):
    """The column of `Annotated[T, mapped_column(...)]`, with what this `mapped_column()` says on top."""
    own = value.column
    column = template.column._copy()
    if own.name is not None:
        column._set_name(own.name) if hasattr(column, "_set_name") else setattr(column, "name", own.name)
    if value._type_given:
        column._set_type(own.type)
    if value._nullable_given:
        column.nullable = own.nullable
    if own.primary_key:
        column.primary_key = True
    for key in ("default", "onupdate", "server_default", "server_onupdate", "comment", "doc"):
        given = getattr(own, key, None)
        if given is not None:
            setattr(column, key, given)
    for key in ("index", "unique"):
        if getattr(own, key, None) is not None:
            setattr(column, key, getattr(own, key))
    for fk in list(own.foreign_keys):
        column.append_foreign_key(fk._copy() if hasattr(fk, "_copy") else fk)
    return column


def setattr_raw(cls, name, value):
    """Set a class attribute without the metaclass noticing."""
    type.__setattr__(cls, name, value)
    return value


def _ordered_names(body, notes):
    """Names of a class body in source order: annotations without value are woven in behind their predecessor."""
    names = [n for n in body if not (n.startswith("__") and n.endswith("__"))]
    known, last = set(names), None
    for note in notes:
        if note not in known:
            names.insert(names.index(last) + 1 if last is not None else 0, note)
            known.add(note)
        last = note
    return names


def _between(cls, owner):
    for c in cls.__mro__:
        if c is owner:
            return
        yield c


def _is_declared_attr(value):
    return getattr(value, "_is_declared_attr", False)


def _is_property(value):
    from oxalchemy.orm import MapperProperty

    return isinstance(value, MapperProperty) or getattr(value, "_is_mapper_property", False)


def _is_relationship(value):
    from oxalchemy.orm import RelationshipProperty

    return isinstance(value, RelationshipProperty)


def _is_aliasable_attribute(value):
    from oxalchemy.orm.attributes import QueryableAttribute

    return isinstance(value, QueryableAttribute)


def _is_mappable(value):
    from oxalchemy import Column

    return isinstance(value, (Column, MappedColumn)) or _is_property(value)


def declare(registry, cls, dict_=None, table=None, **mapper_kw):
    """Map `cls` declaratively.

    :raises InvalidRequestError: no table can be found for the class
    :raises ArgumentError: contradictory columns or arguments
    """
    if cls.__dict__.get("__abstract__", False):
        return None
    dict_ = dict(cls.__dict__) if dict_ is None else dict_
    declare_first = getattr(cls, "__declare_first__", None)
    declare_last = getattr(cls, "__declare_last__", None)
    if declare_first is not None or declare_last is not None:
        from oxalchemy import event
        from oxalchemy.orm import Mapper

        if declare_first is not None:
            event.listen(Mapper, "before_configured", lambda: cls.__declare_first__())
        if declare_last is not None:
            event.listen(Mapper, "after_configured", lambda: cls.__declare_last__())
    from oxalchemy.orm import clsregistry

    clsregistry.add_class(cls.__name__, cls, registry)
    try:
        return _Scan(registry, cls, dict_, table, mapper_kw).run()
    except Exception:
        clsregistry.remove_class(cls.__name__, cls, registry)
        raise


def add_attribute(cls, key, value):
    """`User.new = Column(...)` after the class was mapped."""
    from oxalchemy import Column

    mapper = mapped_class(cls)
    if mapper is None:
        type.__setattr__(cls, key, value)
    elif isinstance(value, (Column, MappedColumn)):
        column = value.column if isinstance(value, MappedColumn) else value
        if column.name is None:
            column._set_name(key) if hasattr(column, "_set_name") else setattr(column, "name", key)
        if column.table is None:
            mapper.local_table.append_column(column, replace_existing=True)
        mapper.add_property(key, column)
    elif _is_property(value):
        for column in getattr(value, "columns", ()) or ():
            if isinstance(column, Column) and column.table is None:
                if column.name is None:
                    column._set_name(key) if hasattr(column, "_set_name") else setattr(column, "name", key)
                mapper.local_table.append_column(column, replace_existing=True)
        mapper.add_property(key, value)
    elif _is_aliasable_attribute(value) and value.key != key:
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
