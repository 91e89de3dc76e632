"""Types with DDL of their own: ``SchemaType``, ``Boolean`` and ``Enum``."""

from ... import util
from ..event_target import SchemaEventTarget
from ..operators import OperatorClass
from ..type_api import (
    NO_ARG,
    Emulated,
    TypeEngine,
    TypeEngineMixin,
)
from .numeric import Integer
from .text import String


class SchemaType(SchemaEventTarget, TypeEngineMixin):
    """Types that need DDL of their own: a named type, or a constraint on the table."""

    __slots__ = ()
    _use_schema_map = True
    name = None
    schema = None
    metadata = None
    inherit_schema = False

    def __init__(
        self,
        name=None,
        schema=NO_ARG,
        metadata=None,
        inherit_schema=False,
        quote=None,
        create_type=True,
        _create_events=True,
        _adapted_from=None,
    ):
        if name is not None and quote is not None:
            from ..elements import quoted_name

            name = quoted_name(name, quote)
        self.name = name
        if schema is NO_ARG:
            # a table's schema is not the type's unless asked for
            schema = metadata.schema if metadata is not None and metadata.schema else None
        self.schema = schema
        self.metadata = metadata
        self.inherit_schema = inherit_schema
        self.create_type = create_type
        self._create_events = _create_events
        if metadata is not None and _create_events:
            self._set_metadata(metadata)

    def _enter(self, column, **how):
        column._when_in_table(self._into_table)

    def _into_table(self, column, table):
        if self.schema is None:
            if self.inherit_schema:
                self.schema = table.schema
            elif self.metadata is not None and self.metadata.schema:
                self.schema = self.metadata.schema
            if self.schema is not None:
                # The column read the type when it had no schema.
                column.type = column.type
        if not self._create_events:
            return
        from ... import event

        event.listen(table, "before_create", self._on_table_create)
        event.listen(table, "after_drop", self._on_table_drop)
        if self.metadata is None:
            metadata = getattr(table, "metadata", None)
            if metadata is not None:
                event.listen(metadata, "before_create", self._on_metadata_create)
                event.listen(metadata, "after_drop", self._on_metadata_drop)
                _register_with_metadata(self, metadata)

    def _set_metadata(self, metadata):
        from ... import event

        event.listen(metadata, "before_create", self._on_metadata_create)
        event.listen(metadata, "after_drop", self._on_metadata_drop)
        _register_with_metadata(self, metadata)

    def _of_dialect(self, bind):
        """The dialect's own form of the type, when it needs DDL."""
        t = self.dialect_impl(bind.dialect)
        return t if isinstance(t, SchemaType) and t.__class__ is not self.__class__ else None

    def _on_table_create(self, target, bind, **kw):
        t = self._of_dialect(bind)
        if t is not None:
            t._on_table_create(target, bind, **kw)

    def _on_table_drop(self, target, bind, **kw):
        t = self._of_dialect(bind)
        if t is not None:
            t._on_table_drop(target, bind, **kw)

    def _on_metadata_create(self, target, bind, **kw):
        t = self._of_dialect(bind)
        if t is not None:
            t._on_metadata_create(target, bind, **kw)

    def _on_metadata_drop(self, target, bind, **kw):
        t = self._of_dialect(bind)
        if t is not None:
            t._on_metadata_drop(target, bind, **kw)

    def create(self, bind, checkfirst=False):
        """Issue the DDL of the type; `checkfirst`: unless it is there."""
        t = self._of_dialect(bind)
        if t is not None:
            t.create(bind, checkfirst=checkfirst)

    def drop(self, bind, checkfirst=False):
        """Issue the DROP of the type; `checkfirst`: if it is there."""
        t = self._of_dialect(bind)
        if t is not None:
            t.drop(bind, checkfirst=checkfirst)

    def copy(self, **kw):
        metadata = kw.get("_to_metadata", self.metadata) if self.metadata is not None else None
        return self.adapt(self.__class__, _create_events=True, metadata=metadata)

    def adapt(self, cls, **kw):
        kw.setdefault("_create_events", False)
        if issubclass(cls, SchemaType):
            for attr in ("name", "schema", "metadata", "inherit_schema", "create_type"):
                if attr in self.__dict__:
                    kw.setdefault(attr, self.__dict__[attr])
        else:
            kw.pop("metadata", None)
            kw.pop("_create_events", None)
        return _adapt_schema_type(self, cls, kw)


def _adapt_schema_type(type_, cls, kw):
    names = util.get_cls_kwargs(cls)
    if names:
        kw = {k: v for k, v in kw.items() if k in names}
    new = util.constructor_copy(type_, cls, **kw)
    if type_._variant_mapping:
        new._variant_mapping = type_._variant_mapping
    if "dispatch" in type_.__dict__ and isinstance(new, SchemaEventTarget):
        new.dispatch._update(type_.dispatch)
    return new


def _register_with_metadata(type_, metadata):
    add = getattr(metadata, "_add_schema_type", None)
    if add is not None:
        add(type_)


def _column_check(type_, column, condition):
    """The CHECK constraint that stands in for a type the database lacks."""
    from ..base import _NONE_NAME
    from ..schema import CheckConstraint

    constraint = CheckConstraint(
        condition,
        name=_NONE_NAME if type_.name is None else type_.name,
        _rule=type_._should_create_constraint,
        _type_bound=True,
        _seek=False,
    )
    constraint._type_check = True
    column.table.append_constraint(constraint)
    return constraint


class Boolean(SchemaType, Emulated, TypeEngine):
    """``bool``; an integer where the database has no boolean, optionally with a CHECK constraint."""

    __visit_name__ = "boolean"
    _affinity = "boolean"
    native = True
    operator_classes = OperatorClass.BOOLEAN
    create_constraint = False

    def __init__(self, create_constraint=False, name=None, _create_events=True, _adapted_from=None):
        self.create_constraint = create_constraint
        self.name = name
        self._create_events = _create_events

    def copy(self, **kw):
        return self.adapt(self.__class__, _create_events=True)

    def adapt(self, cls, **kw):
        kw.pop("metadata", None)
        return _adapt_schema_type(self, cls, kw)

    def _should_create_constraint(self, compiler, **kw):
        dialect = compiler.dialect
        return not dialect.supports_native_boolean and dialect.non_native_boolean_check_constraint

    def _into_table(self, column, table):
        if not self.create_constraint:
            return
        from ..expression import type_coerce

        _column_check(self, column, type_coerce(column, Integer()).in_([0, 1]))

    @property
    def python_type(self):
        return bool


class MatchType(Boolean):
    """The type of ``match()``."""

    _affinity = "match"


class Enum(String, SchemaType, Emulated, TypeEngine):
    """One of a list of strings, or a member of a Python enum (stored by name)."""

    __visit_name__ = "enum"
    _affinity = "enum"

    @property
    def native(self):
        """May the database's own enumeration be used?"""
        return self.native_enum

    def __init__(self, *enums, **kw):
        self._enum_init(enums, kw)

    def _enum_init(self, enums, kw):
        # what another enumeration is made with when this one is its pattern
        self._enum_arguments = {k: v for k, v in kw.items() if not k.startswith("_")}
        self.native_enum = kw.pop("native_enum", True)
        self.create_constraint = kw.pop("create_constraint", False)
        self.values_callable = kw.pop("values_callable", None)
        self._sort_key_function = kw.pop("sort_key_function", NO_ARG)
        length_arg = kw.pop("length", NO_ARG)
        self._omit_aliases = kw.pop("omit_aliases", True)
        self._disable_warnings = kw.pop("_disable_warnings", False)
        values, objects = self._parse_into_values(enums, kw)
        self._setup_for_values(values, objects, kw)
        self.validate_strings = kw.pop("validate_strings", False)
        length = max((len(x) for x in self.enums), default=0)
        if length_arg is not NO_ARG and length_arg is not None:
            if not self.native_enum and length_arg < length:
                raise ValueError(
                    "When provided, length must be larger or equal than the length of the longest enum value. "
                    f"{length_arg} < {length}"
                )
            length = length_arg
        self._given_length = length_arg
        self.length = length
        self.collation = None
        self.collation_schema = None
        self._adapted_from = kw.pop("_adapted_from", None)
        for ignored in ("convert_unicode", "assert_unicode"):
            kw.pop(ignored, None)
        known = ("name", "schema", "metadata", "inherit_schema", "quote", "create_type", "_create_events")
        SchemaType.__init__(self, **{k: kw.pop(k) for k in known if k in kw})
        if kw:
            raise TypeError(f"Enum got unexpected keyword argument {sorted(kw)[0]!r}")

    def _parse_into_values(self, enums, kw):
        if not enums and "_enums" in kw:
            enums = kw.pop("_enums")
        if len(enums) == 1 and hasattr(enums[0], "__members__"):
            self.enum_class = enums[0]
            members = self.enum_class.__members__
            if self._omit_aliases is True:
                members = {n: v for n, v in members.items() if v.name == n}
            if self.values_callable:
                values = self.values_callable(self.enum_class)
            else:
                values = list(members)
            objects = [members[k] for k in members]
            kw.setdefault("name", self.enum_class.__name__.lower())
            return values, objects
        self.enum_class = None
        return enums, enums

    def _setup_for_values(self, values, objects, kw):
        self.enums = list(values)
        self._valid_lookup = dict(zip(reversed(objects), reversed(values), strict=False))
        self._object_lookup = dict(zip(values, objects, strict=False))
        self._valid_lookup.update([(v, self._valid_lookup[self._object_lookup[v]]) for v in values])

    @property
    def _enums_argument(self):
        return [self.enum_class] if self.enum_class is not None else self.enums

    @property
    def sort_key_function(self):
        if self._sort_key_function is NO_ARG:
            return self._db_value_for_elem
        return self._sort_key_function

    def _db_value_for_elem(self, elem):
        try:
            return self._valid_lookup[elem]
        except (KeyError, TypeError):
            if not self.validate_strings and isinstance(elem, str):
                return elem
            raise self._unknown(elem) from None

    def _object_value_for_elem(self, elem):
        try:
            return self._object_lookup[elem]
        except KeyError:
            raise self._unknown(elem) from None

    def _unknown(self, elem):
        names = util.langhelpers.repr_tuple_names(self.enums)
        return LookupError(f"'{elem}' is not among the defined enum values. Enum name: {self.name}. Possible values: {names}")

    def _resolve_for_literal(self, value):
        tv = type(value)
        if self.enum_class is tv:
            return self
        from .values import _enum_type_of

        return _enum_type_of(tv)

    def _make_enum_kw(self, kw):
        kw.setdefault("validate_strings", self.validate_strings)
        if self.name:
            kw.setdefault("name", self.name)
        kw.setdefault("schema", self.schema)
        kw.setdefault("inherit_schema", self.inherit_schema)
        kw.setdefault("metadata", self.metadata)
        kw.setdefault("native_enum", self.native_enum)
        kw.setdefault("values_callable", self.values_callable)
        kw.setdefault("create_constraint", self.create_constraint)
        kw.setdefault("length", self.length)
        kw.setdefault("omit_aliases", self._omit_aliases)
        kw.setdefault("sort_key_function", self._sort_key_function)
        return kw

    def copy(self, **kw):
        return SchemaType.copy(self, **kw)

    def adapt(self, cls, **kw):
        if issubclass(cls, Enum):
            kw["_disable_warnings"] = True
            kw.setdefault("_create_events", False)
            self._make_enum_kw(kw)
            new = cls(*self._enums_argument, **kw)
            if "dispatch" in self.__dict__:
                new.dispatch._update(self.dispatch)
        else:
            new = String.adapt(self, cls)
        if self._variant_mapping:
            new._variant_mapping = self._variant_mapping
        return new

    def adapt_to_emulated(self, impltype, **kw):
        return self.adapt(impltype, **kw)

    def _should_create_constraint(self, compiler, **kw):
        return not self.native_enum or not compiler.dialect.supports_native_enum

    def _into_table(self, column, table):
        SchemaType._into_table(self, column, table)
        if not self.create_constraint:
            return
        from ..expression import type_coerce

        _column_check(self, column, type_coerce(column, String()).in_(list(self.enums)))

    def as_generic(self, allow_nulltype=False):
        return Enum(*self.enums, length=self._given_length)

    @property
    def _type_affinity(self):
        return String

    @property
    def _generic_type_affinity(self):
        return Enum

    def _compare_type_affinity(self, other):
        return self._type_affinity is other._type_affinity

    @property
    def python_type(self):
        return self.enum_class if self.enum_class is not None else str

    def __repr__(self):
        kw = [("native_enum", True), ("create_constraint", False), ("length", self._default_length)]
        text = [repr(e) for e in self.enums]
        if self.name:
            text.append(f"name={str(self.name)!r}")
        for name, default in kw:
            value = getattr(self, name)
            if value != default:
                text.append(f"{name}={value!r}")
        if self.schema:
            text.append(f"schema={str(self.schema)!r}")
        return f"{type(self).__name__}({', '.join(text)})"

    @property
    def _default_length(self):
        return max((len(x) for x in self.enums), default=0)
