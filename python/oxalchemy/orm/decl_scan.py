"""What a class body (with its mixins and annotations) declares: attributes by name, completed and taken into a mapping."""

from __future__ import annotations

import dataclasses

from oxalchemy import exc
from oxalchemy.orm import annotations as ann
from oxalchemy.orm import decl_dataclass
from oxalchemy.orm.decl_names import (
    MISSING,
    evaluate_declared,
    is_aliasable_attribute,
    is_declared_attr,
    is_mappable,
    is_mapped,
    is_property,
    is_relationship,
    set_raw,
)
from oxalchemy.orm.decl_table import TableAndMapper
from oxalchemy.orm.exc import MappedAnnotationError
from oxalchemy.orm.mapped import DynamicMapped, Unmapped, WriteOnlyMapped
from oxalchemy.orm.mapped_column import MappedColumn, UnmappedColumn, check_no_dataclass_args, mapped_column, unmapped_column

_RESERVED = {"metadata": "MetaData instance", "registry": "Declarative class registry"}
# What a declarative base says about itself.
_OF_BASES = {"metadata", "registry", "type_annotation_map"}


class Found:
    """One name: the value as written (or made by a declared_attr), its annotation, the class that wrote it."""

    __slots__ = ("annotation", "made", "owner", "value")

    def __init__(self, value, annotation, owner, made=False):
        self.value, self.annotation, self.owner, self.made = value, annotation, owner, made

    @property
    def module(self):
        return self.owner.__module__


class Scan(TableAndMapper):
    """One class being declared."""

    def __init__(self, registry, cls, dict_, table=None, mapper_kw=None):
        self.registry, self.cls, self.dict_ = registry, cls, dict_
        self.properties = {}  # key → Column or MapperProperty
        self.columns = []  # (sort order, Column)
        self.unmapped = []  # columns of the table that are no attributes
        self.tablename = None
        self.table = table
        self.table_args = None
        self.names_of = {}  # name of a column → its attributes
        self.inherits = None
        self.allow_unmapped = bool(getattr(cls, "__allow_unmapped__", False)) or bool(
            getattr(registry, "allow_unmapped_annotations", False)
        )
        self.dataclass_options = getattr(cls, "_sa_apply_dc_transforms", None)
        self.fields = {f.name for f in dataclasses.fields(cls)} if dataclasses.is_dataclass(cls) else frozenset()
        self.mapper_kw = mapper_kw or {}

    # -- the steps ---------------------------------------------------------------------------------------------------
    def scan(self):
        """Read the class; nothing is mapped yet."""
        self.find_inherits()
        set_raw(self.cls, "_sa_declared_attr_reg", {})
        try:
            attributes = self.collect()
            self.find_special_names()
            if self.dataclass_options is not None:
                decl_dataclass.apply(self, attributes)
            self.extract(attributes)
            if self.dataclass_options is not None:
                decl_dataclass.check_synonyms(self)
        finally:
            type.__delattr__(self.cls, "_sa_declared_attr_reg")

    def run(self):
        self.scan()
        self.make_table()
        return self.map()

    def find_inherits(self):
        for base in self.cls.__mro__[1:]:
            if is_mapped(base):
                self.inherits = base
                return

    def _special(self, name):
        """`__tablename__` and its like: own, from mixins, evaluated when a declared_attr."""
        for owner in self.cls.__mro__:
            if name not in owner.__dict__:
                continue
            value = owner.__dict__[name]
            if is_declared_attr(value):
                # A declared_attr is asked again for each subclass, a plain value belongs to the class that has it.
                return evaluate_declared(value, self.cls)
            if owner is not self.cls and is_mapped(owner):
                return None
            if isinstance(value, (classmethod, property)):
                value = getattr(self.cls, name)
            return value
        return None

    def find_special_names(self):
        self.tablename = self._special("__tablename__")
        args = self._special("__table_args__")
        if args is not None and not isinstance(args, (tuple, dict)):
            raise exc.ArgumentError("__table_args__ value must be a tuple, dict, or None")
        self.table_args = args
        if self.table is None:
            table = self.cls.__dict__.get("__table__")
            if table is None:
                table = self._special("__table__")
            elif is_declared_attr(table):
                table = set_raw(self.cls, "__table__", evaluate_declared(table, self.cls))
            self.table = table

    # -- names -------------------------------------------------------------------------------------------------------
    def collect(self):
        """Attributes in order: the class's own, then those of mixins."""
        found = {}
        for owner in self.cls.__mro__:
            if owner is object:
                continue
            own = owner is self.cls
            mapped = not own and is_mapped(owner)
            body = self.dict_ if own else owner.__dict__
            notes = owner.__dict__.get("__annotations__", {})
            names = [n for n in ordered_names(body, notes) if self.concerns(n, own)]
            if not mapped:
                names = [*_columns_first(names, body, own), *self.dataclass_fields(owner, names)]
            for name in names:
                value, annotation = body.get(name, MISSING), notes.get(name, MISSING)
                cascading = getattr(value, "_cascading", False)
                if mapped:
                    continue
                if own and cascading:
                    self.warn_cascading(name)
                if name in found:
                    if cascading and found[name].owner is self.cls:
                        self.warn_hidden(name)
                    else:
                        continue
                elif not own and self.hidden(name, owner, cascading):
                    continue
                found[name] = self.evaluate(name, value, annotation, owner)
        return found

    def concerns(self, name, own):
        if name.startswith("_sa_") or (name.startswith("__") and name.endswith("__")):
            return False
        return own or name not in _OF_BASES

    def hidden(self, name, owner, cascading):
        """Whether a class before the mixin has the name: in the order of inheritance the first one counts."""
        for c in self.cls.__mro__:
            if c is owner:
                return False
            if name in c.__dict__ and not (cascading and (is_mapped(c) or c is self.cls)):
                return True
        return False

    def warn_cascading(self, name):
        from oxalchemy.util import warn

        warn(
            'Use of @declared_attr.cascading only applies to Declarative "mixin" and "abstract" classes.  Currently, this flag '
            f"is ignored on mapped class {self.cls}"
        )

    def warn_hidden(self, name):
        from oxalchemy.util import warn

        warn(
            f"Attribute '{name}' on class {self.cls} cannot be processed due to @declared_attr.cascading; skipping",
        )

    def dataclass_fields(self, owner, names):
        """Names of dataclass fields that carry a mapping in their metadata."""
        if self.metadata_key is None:
            return []
        own = owner.__dict__.get("__dataclass_fields__", {})
        return [n for n, f in own.items() if self.metadata_key in f.metadata and n not in names]

    @property
    def metadata_key(self):
        return getattr(self.cls, "__sa_dataclass_metadata_key__", None) if self.fields else None

    def of_field(self, name, owner):
        """What the metadata of a dataclass field maps; a function is asked for each class that has the field."""
        if self.metadata_key is None:
            return MISSING
        field = owner.__dict__.get("__dataclass_fields__", {}).get(name)
        value = field.metadata.get(self.metadata_key, MISSING) if field is not None else MISSING
        return value() if callable(value) and not is_mappable(value) else value

    def evaluate(self, name, value, annotation, owner):
        """The name with its value made: a declared_attr asked, a mixin's column copied."""
        cls, own = self.cls, owner is self.cls
        mapped = self.of_field(name, owner)
        if mapped is not MISSING:
            if not own and is_column(mapped):
                mapped = mapped._copy()
            return Found(mapped, MISSING, owner, made=True)
        if is_declared_attr(value):
            made = evaluate_declared(value, cls)
            if not own and annotation is MISSING:
                annotation = _returned(value)
            if made is not None and (is_mappable(made) or getattr(made, "is_attribute", False)):
                set_raw(cls, name, made)
            return Found(made, annotation, owner, made=True)
        if not own:
            if isinstance(value, MappedColumn) or (is_column(value) and self.to_copy(value)):
                value = set_raw(cls, name, value._copy())
            elif is_property(value) and not getattr(value, "_mixin_allowed", False):
                raise exc.InvalidRequestError(
                    "Mapper properties (i.e. deferred,column_property(), relationship(), etc.) must be declared as "
                    "@declared_attr callables on declarative mixin classes.  For dataclass field() objects, use a lambda:"
                )
        return Found(value, annotation, owner)

    def to_copy(self, column):
        return column.table is None or (bool(column.foreign_keys) and self.table is None)

    # -- values ------------------------------------------------------------------------------------------------------
    def extract(self, attributes):
        for name, found in attributes.items():
            value = found.value
            if found.annotation is not MISSING and ann.is_classvar(found.annotation):
                continue
            if isinstance(value, tuple) and len(value) == 1 and is_mappable(value[0]):
                from oxalchemy.util import warn

                warn(
                    f"Ignoring declarative-like tuple value of attribute '{name}': possibly a copy-and-paste error with a comma "
                    "accidentally placed at the end of the line?"
                )
                continue
            if name in _RESERVED:
                if not is_mappable(value):
                    continue
                self.warn_reserved(name)
            self.warn_expression(name, found)
            value = self.complete(name, value, self.target_of(name, found), found)
            if value is not MISSING:
                self.take(name, value)

    def warn_reserved(self, name):
        from oxalchemy.util import warn

        warn(f"Attribute name '{name}' should be left reserved for the {_RESERVED[name]} when using a Declarative class.")

    def warn_expression(self, name, found):
        """An expression in a class body is not mapped, surely by mistake."""
        from oxalchemy.sql.elements import ColumnElement

        if isinstance(found.value, ColumnElement) and not is_mappable(found.value):
            from oxalchemy.util import warn

            warn(
                f"Attribute '{name}' on class {found.owner} appears to be a non-schema SQLAlchemy expression object; this "
                "won't be part of the declarative mapping. To map arbitrary expressions, use ``column_property()`` or a similar "
                "function such as ``deferred()``, ``query_expression()`` etc. "
            )

    def target_of(self, name, found):
        value, annotation = found.value, found.annotation
        if annotation is MISSING:
            return None
        # annotations beside a Column are older than Mapped[]
        plain = value is not MISSING and (not is_mappable(value) or is_column(value))
        if plain and not isinstance(annotation, str) and not ann.is_container(ann.get_origin(annotation)):
            return None
        try:
            target = ann.target_of(annotation, self.cls, found.module)
        except MappedAnnotationError:
            if plain:
                return None
            raise
        if target is not None or self.allow_unmapped or plain:
            return target
        if value is MISSING and (self.dataclass_options is not None or name in self.fields):
            return None
        raise MappedAnnotationError(
            f'Type annotation for "{self.cls.__name__}.{name}" can\'t be correctly interpreted for Annotated Declarative '
            "Table form.  ORM annotations should normally make use of the ``Mapped[]`` generic type, or other "
            "ORM-compatible generic type, as a container for the actual type, which indicates the intent that the "
            "attribute is mapped. Class variables that are not intended to be mapped by the ORM should use ClassVar[].  "
            "To allow Annotated Declarative to disregard legacy annotations which don't use Mapped[] to pass, set "
            '"__allow_unmapped__ = True" on the class or a superclass this class.',
            code="zlpr",
        )

    def complete(self, name, value, target, found):
        """The mapped thing behind a name, completed by its annotation."""
        if value is MISSING:
            if target is None:
                return MISSING
            _, extras = ann.annotated_extras(target.inner)
            template = next((m for m in extras if isinstance(m, MappedColumn)), None)
            prop = next((m for m in extras if is_property(m)), None)
            if target.container is Unmapped:
                value = unmapped_column()
            elif template is None and prop is not None:
                value = prop
            elif self.table is not None and template is None:
                return MISSING
            else:
                value = mapped_column()
        if isinstance(value, MappedColumn):
            if value._attribute_options and self.dataclass_options is None:
                check_no_dataclass_args(self.cls, name, value)
            self.complete_column(name, value, target)
        elif not is_column(value):
            if is_property(value) and self.dataclass_options is None:
                check_no_dataclass_args(self.cls, name, value)
            if is_relationship(value):
                if target is not None:
                    self.complete_relationship(value, target, found)
                if self.dataclass_options is not None:
                    decl_dataclass.check_relationship(self.cls, name, value)
            elif hasattr(value, "declarative_annotation"):
                value.declarative_annotation(self, name, target)
            elif hasattr(value, "_attribute_options") and not is_property(value) and self.dataclass_options is None:
                check_no_dataclass_args(self.cls, name, value)
            elif target is not None and is_property(value):
                self.complete_property(name, value, target)
        return value

    def complete_property(self, name, value, target):
        """`deferred(mapped_column())` and its like take the column's type from the annotation."""
        for given in getattr(value, "_mapped_columns", ()):
            self.complete_column(name, given, target)

    def complete_column(self, name, value, target):
        if target is not None:
            ann.check_resolved(target, name)
            self.take_template(value, target)
        column = value.column
        if value._mapper_args.get("use_existing_column"):
            table = getattr(self.inherits, "__table__", None)
            existing = table.c.get(column.name or name) if table is not None else None
            if existing is not None:
                value.column = existing
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
        name_column(column, name)

    def take_template(self, value, target):
        """Put what `Annotated[T, mapped_column(...)]` says under what this `mapped_column()` says."""
        template = next((m for m in ann.annotated_extras(target.inner)[1] if isinstance(m, MappedColumn)), None)
        if template is not None and value._template is not template:
            value._take_template(template)

    def apply_annotation(self, name, value, target):
        """Type and NULL of a column, from its annotation."""
        self.take_template(value, target)
        column, inner = value.column, target.inner
        base, extras = ann.annotated_extras(inner)
        optional = ann.without_none(base)[1] if extras or base is not inner else False
        if not value._nullable_given and not column.primary_key:
            column.nullable = target.optional or optional
        if value._type_given or (column.foreign_keys and inner is ann.Any):
            return
        if column.foreign_keys and isinstance(inner, (str, ann.ForwardRef)):
            return
        ann.check_resolved(target, name)
        found = ann.resolve_annotation(self.registry, inner, self.cls, name)
        if found is None and not column.foreign_keys:
            raise ann.not_located(inner, name)
        if found is not None:
            column._set_type(found)

    def complete_relationship(self, value, target, found):
        argument, collection, uselist = ann.relationship_target(target, self.cls, found.module)
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

    # -- into the mapping --------------------------------------------------------------------------------------------
    def take(self, name, value):
        if isinstance(value, UnmappedColumn):
            self.unmapped.append(value.column)
            self.columns.append((value._sort_order, value.column))
            if name in self.cls.__dict__:
                type.__delattr__(self.cls, name)
        elif isinstance(value, MappedColumn):
            self.take_column(name, value.column, value._sort_order)
            prop = value._property(self.dataclass_options is not None)
            if prop is not None:
                self.properties[name] = prop
        elif is_column(value):
            self.take_column(name, value, 0)
        elif is_property(value):
            for column in getattr(value, "columns", ()) or ():
                if is_column(column) and column.table is None:
                    name_column(column, name)
                    if not any(c is column for _, c in self.columns):
                        self.columns.append((0, column))
            decl_dataclass.set_default(value, self.dataclass_options is not None)
            self.properties[name] = value
        elif is_aliasable_attribute(value):
            from oxalchemy.orm import synonym

            self.properties[name] = synonym(value.key)

    def take_column(self, name, column, sort_order):
        name_column(column, name)
        self.names_of.setdefault(column.name, []).append(name)
        known = any(c is column for _, c in self.columns)
        if (self.table is None or column.table is None) and not known:
            self.columns.append((sort_order, column))
        if self.table is not None or column.key != name:
            self.properties[name] = column


def is_column(value):
    from oxalchemy import Column

    return isinstance(value, Column)


def name_column(column, name):
    """Give a column without a name that of its attribute."""
    if column.name is None:
        column.name = name


def _returned(declared):
    """What a declared_attr's function says it returns."""
    return getattr(declared.fget, "__annotations__", {}).get("return", MISSING)


def _columns_first(names, body, own):
    """Columns of a mixin are copied before its functions run, which may refer to them."""
    if own:
        return names
    first = [n for n in names if not is_declared_attr(body.get(n, None))]
    return [*first, *(n for n in names if n not in set(first))]


def ordered_names(body, notes):
    """Names of a class body in source order: annotations without value are woven in behind their predecessor."""
    names = [n for n in body if not (n.startswith("__") and n.endswith("__"))]
    known, last = set(names), None
    for note in notes:
        if note not in known:
            names.insert(names.index(last) + 1 if last is not None and last in known else 0, note)
            known.add(note)
        last = note if note in known else last
    return names
