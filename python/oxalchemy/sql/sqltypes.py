"""SQL types as data classes: generic (``Integer``) and those that render their own name (``INTEGER``).

Their arguments are read by Rust (``_affinity`` says what kind of value a type holds), which renders them and converts values.
"""

import datetime as dt
import decimal
import enum as _enum
import json
import pickle
import uuid as _uuid

from .. import _rs, exc, util
from .event_target import SchemaEventTarget
from .operators import OperatorClass
from .type_api import (
    NO_ARG,
    Comparator,
    Emulated,
    ExternalType,
    NativeForEmulated,
    TypeDecorator,
    TypeEngine,
    TypeEngineMixin,
    UserDefinedType,
    Variant,
    adapt_type,
    builtin_comparator,
    to_instance,
)


class HasExpressionLookup(TypeEngineMixin):
    """Types whose operators give other types by table (date minus date is an interval)."""

    __slots__ = ()

    @builtin_comparator
    class Comparator(Comparator):
        __slots__ = ()

    comparator_factory = Comparator


class Concatenable(TypeEngineMixin):
    """Types with concatenation."""

    __slots__ = ()

    @builtin_comparator
    class Comparator(Comparator):
        __slots__ = ()

    comparator_factory = Comparator


class Indexable(TypeEngineMixin):
    """Types with ``[]``."""

    __slots__ = ()

    @builtin_comparator
    class Comparator(Comparator):
        __slots__ = ()

    comparator_factory = Comparator


class String(Concatenable, TypeEngine):
    """Text."""

    __visit_name__ = "string"
    _affinity = "string"
    operator_classes = OperatorClass.STRING

    def __init__(
        self, length=None, collation=None, collation_schema=None, convert_unicode=False, unicode_error=None, assert_unicode=False
    ):
        self.length = length
        self.collation = collation
        self.collation_schema = collation_schema
        if collation_schema is not None and collation is None:
            raise exc.ArgumentError(
                "the 'collation_schema' parameter of String requires the 'collation' parameter to also be present"
            )

    def _with_collation(self, collation):
        new = self.copy()
        new.collation = collation
        return new

    @property
    def python_type(self):
        return str

    def get_dbapi_type(self, dbapi):
        return dbapi.STRING

    def __repr__(self):
        return util.generic_repr(self, omit_kwarg=("convert_unicode", "unicode_error", "assert_unicode"))


class Text(String):
    """Text of any length."""

    __visit_name__ = "text"


class Unicode(String):
    __visit_name__ = "unicode"


class UnicodeText(Text):
    __visit_name__ = "unicode_text"


class Integer(HasExpressionLookup, TypeEngine):
    """Whole numbers."""

    __visit_name__ = "integer"
    _affinity = "integer"
    operator_classes = OperatorClass.INTEGER

    @property
    def python_type(self):
        return int

    def get_dbapi_type(self, dbapi):
        return dbapi.NUMBER


class SmallInteger(Integer):
    __visit_name__ = "small_integer"


class BigInteger(Integer):
    __visit_name__ = "big_integer"


class NumericCommon(HasExpressionLookup, TypeEngineMixin):
    """What Numeric and Float share."""

    __slots__ = ()
    operator_classes = OperatorClass.NUMERIC
    _default_decimal_return_scale = 10

    @property
    def _effective_decimal_return_scale(self):
        if self.decimal_return_scale is not None:
            return self.decimal_return_scale
        if getattr(self, "scale", None) is not None:
            return self.scale
        return self._default_decimal_return_scale

    def get_dbapi_type(self, dbapi):
        return dbapi.NUMBER

    @property
    def python_type(self):
        return decimal.Decimal if self.asdecimal else float


class Numeric(NumericCommon, TypeEngine):
    """Exact numbers; ``Decimal`` in Python unless ``asdecimal=False``."""

    __visit_name__ = "numeric"
    _affinity = "numeric"

    def __init__(self, precision=None, scale=None, decimal_return_scale=None, asdecimal=True):
        self.precision = precision
        self.scale = scale
        self.decimal_return_scale = decimal_return_scale
        self.asdecimal = asdecimal


class Float(NumericCommon, TypeEngine):
    """Floating point numbers."""

    __visit_name__ = "float"
    _affinity = "float"
    scale = None

    def __init__(self, precision=None, asdecimal=False, decimal_return_scale=None):
        self.precision = precision
        self.asdecimal = asdecimal
        self.decimal_return_scale = decimal_return_scale


class Double(Float):
    __visit_name__ = "double"


class _RenderISO8601NoT(HasExpressionLookup):
    __slots__ = ()
    operator_classes = OperatorClass.DATETIME


class DateTime(_RenderISO8601NoT, TypeEngine):
    """``datetime.datetime``."""

    __visit_name__ = "datetime"
    _affinity = "datetime"

    def __init__(self, timezone=False):
        self.timezone = timezone

    def _resolve_for_literal(self, value):
        return DATETIME_TIMEZONE if value.tzinfo is not None else self

    @property
    def python_type(self):
        return dt.datetime

    def get_dbapi_type(self, dbapi):
        return dbapi.DATETIME


class Date(_RenderISO8601NoT, TypeEngine):
    """``datetime.date``."""

    __visit_name__ = "date"
    _affinity = "date"

    @property
    def python_type(self):
        return dt.date

    def get_dbapi_type(self, dbapi):
        return dbapi.DATETIME


class Time(_RenderISO8601NoT, TypeEngine):
    """``datetime.time``."""

    __visit_name__ = "time"
    _affinity = "time"

    def __init__(self, timezone=False):
        self.timezone = timezone

    @property
    def python_type(self):
        return dt.time

    def get_dbapi_type(self, dbapi):
        return dbapi.DATETIME


class _Binary(TypeEngine):
    _affinity = "binary"
    operator_classes = OperatorClass.BINARY

    def __init__(self, length=None):
        self.length = length

    @property
    def python_type(self):
        return bytes

    def coerce_compared_value(self, op, value):
        if isinstance(value, str):
            return self
        return super().coerce_compared_value(op, value)

    def get_dbapi_type(self, dbapi):
        return dbapi.BINARY


class LargeBinary(_Binary):
    """Byte strings."""

    __visit_name__ = "large_binary"


Binary = LargeBinary


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
            from .elements import quoted_name

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
        if not self._create_events:
            return
        from .. import event

        event.listen(table, "before_create", self._on_table_create)
        event.listen(table, "after_drop", self._on_table_drop)
        if self.metadata is None:
            metadata = getattr(table, "metadata", None)
            if metadata is not None:
                event.listen(metadata, "before_create", self._on_metadata_create)
                event.listen(metadata, "after_drop", self._on_metadata_drop)
                _register_with_metadata(self, metadata)

    def _set_metadata(self, metadata):
        from .. import event

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

    def create(self, bind, checkfirst=True):
        """Issue the DDL of the type."""
        t = self._of_dialect(bind)
        if t is not None:
            t.create(bind, checkfirst=checkfirst)

    def drop(self, bind, checkfirst=True):
        """Issue the DROP of the type."""
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
    from .base import _NONE_NAME
    from .schema import CheckConstraint

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
        from .expression import type_coerce

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
    native = True

    def __init__(self, *enums, **kw):
        self._enum_init(enums, kw)

    def _enum_init(self, enums, kw):
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
        self._valid_lookup = dict(zip(reversed(objects), reversed(values)))
        self._object_lookup = dict(zip(values, objects))
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
        from .expression import type_coerce

        _column_check(self, column, type_coerce(column, String()).in_(list(self.enums)))

    def as_generic(self, allow_nulltype=False):
        args = self._enums_argument
        return Enum(*args, **self._generic_kw())

    def _generic_kw(self):
        kw = {}
        if self.name:
            kw["name"] = self.name
        return kw

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


class PickleType(TypeEngine):
    """Any picklable object in a binary column."""

    _affinity = "pickle"
    impl = LargeBinary
    cache_ok = True
    hashable = False

    def __init__(self, protocol=pickle.HIGHEST_PROTOCOL, pickler=None, comparator=None, impl=None, mutable=False):
        self.protocol = protocol
        self.pickler = pickler or pickle
        self.comparator = comparator
        self.impl = to_instance(impl if impl is not None else self.__class__.impl)

    @property
    def impl_instance(self):
        return self.impl

    @property
    def __visit_name__(self):
        return self.impl.__visit_name__

    @property
    def length(self):
        return getattr(self.impl, "length", None)

    def __reduce__(self):
        return PickleType, (self.protocol, None, self.comparator)

    def compare_values(self, x, y):
        if self.comparator:
            return self.comparator(x, y)
        return x == y

    def copy(self, **kw):
        new = self.__class__.__new__(self.__class__)
        new.__dict__.update(self.__dict__)
        return new

    def load_dialect_impl(self, dialect):
        return self.impl

    def __repr__(self):
        return f"{type(self).__name__}()"


class _AbstractInterval(HasExpressionLookup):
    __slots__ = ()

    def coerce_compared_value(self, op, value):
        return TypeEngine.coerce_compared_value(self, op, value)


class Interval(Emulated, _AbstractInterval, TypeEngine):
    """``datetime.timedelta``; a point in time after 1970-01-01 where the database has no intervals."""

    __visit_name__ = "interval"
    _affinity = "interval"
    operator_classes = OperatorClass.DATETIME
    impl = DateTime
    epoch = dt.datetime.fromtimestamp(0, dt.UTC).replace(tzinfo=None)
    cache_ok = True

    def __init__(self, native=True, second_precision=None, day_precision=None):
        self.native = native
        self.second_precision = second_precision
        self.day_precision = day_precision

    @property
    def python_type(self):
        return dt.timedelta

    def __repr__(self):
        return f"{type(self).__name__}()"


class Uuid(Emulated, TypeEngine):
    """``uuid.UUID``, or its text with ``as_uuid=False``."""

    __visit_name__ = "uuid"
    _affinity = "uuid"
    operator_classes = OperatorClass.BASE
    length = None
    collation = None
    collation_schema = None

    def __init__(self, as_uuid=True, native_uuid=True):
        self.as_uuid = as_uuid
        self.native_uuid = native_uuid

    @property
    def python_type(self):
        return _uuid.UUID if self.as_uuid else str

    @property
    def native(self):
        return self.native_uuid

    def coerce_compared_value(self, op, value):
        if isinstance(value, str):
            return self
        return super().coerce_compared_value(op, value)


class _JSONNull(int):
    """The JSON value ``null``, as opposed to SQL NULL."""

    _is_json_null = True

    def __repr__(self):
        return "symbol('JSON_NULL')"

    def __reduce__(self):
        return "JSON_NULL"


JSON_NULL = _JSONNull(0)


class JSON(Indexable, TypeEngine):
    """JSON documents."""

    __visit_name__ = "JSON"
    _affinity = "json"
    operator_classes = OperatorClass.JSON
    hashable = False
    NULL = JSON_NULL

    class JSONElementType(TypeEngine):
        _affinity = "json_index"

        def string_bind_processor(self, dialect):
            return None

        def string_literal_processor(self, dialect):
            return None

    class JSONIndexType(JSONElementType):
        """Index or key of ``[]``."""

        __visit_name__ = "JSONIndexType"

    class JSONIntIndexType(JSONIndexType):
        __visit_name__ = "JSONIntIndexType"

    class JSONStrIndexType(JSONIndexType):
        __visit_name__ = "JSONStrIndexType"

    class JSONPathType(JSONElementType):
        """Path of ``[(…)]``."""

        __visit_name__ = "JSONPathType"
        _affinity = "json_path"

    @builtin_comparator
    class Comparator(Indexable.Comparator, Concatenable.Comparator):
        __slots__ = ()

    comparator_factory = Comparator

    def __init__(self, none_as_null=False):
        self.none_as_null = none_as_null

    @property
    def should_evaluate_none(self):
        """``None`` is stored as JSON null."""
        return not self.none_as_null

    @should_evaluate_none.setter
    def should_evaluate_none(self, value):
        self.none_as_null = not value

    def coerce_compared_value(self, op, value):
        return TypeEngine.coerce_compared_value(self, op, value)

    @property
    def python_type(self):
        return object


class ARRAY(SchemaEventTarget, Indexable, Concatenable, TypeEngine):
    """Lists, on databases that have arrays."""

    __visit_name__ = "ARRAY"
    _affinity = "array"
    _is_array = True
    operator_classes = OperatorClass.ARRAY
    zero_indexes = False

    @builtin_comparator
    class Comparator(Indexable.Comparator, Concatenable.Comparator):
        __slots__ = ()

    comparator_factory = Comparator

    def __init__(self, item_type, as_tuple=False, dimensions=None, zero_indexes=False):
        if isinstance(item_type, ARRAY):
            raise ValueError("Do not nest ARRAY types; ARRAY(basetype) handles multi-dimensional arrays of basetype")
        self.item_type = to_instance(item_type)
        self.as_tuple = as_tuple
        self.dimensions = dimensions
        self.zero_indexes = zero_indexes

    def _enter(self, owner, **how):
        if isinstance(self.item_type, SchemaEventTarget):
            self.item_type._enter(owner, **how)

    def _inner_part(self):
        return self.item_type

    @property
    def hashable(self):
        return self.as_tuple

    @property
    def python_type(self):
        return list

    def compare_values(self, x, y):
        return x == y


class TupleType(TypeEngine):
    """Composite values: ``tuple_(a, b)``."""

    _is_tuple_type = True
    _affinity = "tuple"
    operator_classes = OperatorClass.TUPLE

    def __init__(self, *types):
        self._fully_typed = NULLTYPE not in types
        self.types = [to_instance(t) for t in types]

    def coerce_compared_value(self, op, value):
        if value is type(self) or isinstance(value, TupleType):
            return value
        return TupleType(
            *[
                typ.coerce_compared_value(op, elem) if typ is not None else _rs.resolve_value_to_type(elem)
                for typ, elem in zip(self.types, value)
            ]
        )

    def result_processor(self, dialect, coltype=None):
        raise NotImplementedError("The tuple type does not support being fetched as a column in a result row.")


class TableValueType(HasExpressionLookup, TypeEngine):
    """The type of a whole FROM element used as a value."""

    _is_table_value = True
    _affinity = "table"

    def __init__(self, *elements):
        self._elements = list(elements)


class NullType(TypeEngine):
    """Unknown type."""

    __visit_name__ = "null"
    _affinity = "null"
    _isnull = True
    operator_classes = OperatorClass.ANY

    @builtin_comparator
    class Comparator(Comparator):
        __slots__ = ()

    comparator_factory = Comparator


class REAL(Float):
    __visit_name__ = "REAL"


class FLOAT(Float):
    __visit_name__ = "FLOAT"


class DOUBLE(Double):
    __visit_name__ = "DOUBLE"


class DOUBLE_PRECISION(Double):
    __visit_name__ = "DOUBLE_PRECISION"


class NUMERIC(Numeric):
    __visit_name__ = "NUMERIC"


class DECIMAL(Numeric):
    __visit_name__ = "DECIMAL"


class INTEGER(Integer):
    __visit_name__ = "INTEGER"


INT = INTEGER


class SMALLINT(SmallInteger):
    __visit_name__ = "SMALLINT"


class BIGINT(BigInteger):
    __visit_name__ = "BIGINT"


class TIMESTAMP(DateTime):
    __visit_name__ = "TIMESTAMP"

    def __init__(self, timezone=False):
        super().__init__(timezone=timezone)

    def get_dbapi_type(self, dbapi):
        return dbapi.TIMESTAMP


class DATETIME(DateTime):
    __visit_name__ = "DATETIME"


class DATE(Date):
    __visit_name__ = "DATE"


class TIME(Time):
    __visit_name__ = "TIME"


class TEXT(Text):
    __visit_name__ = "TEXT"


class CLOB(Text):
    __visit_name__ = "CLOB"


class VARCHAR(String):
    __visit_name__ = "VARCHAR"


class NVARCHAR(Unicode):
    __visit_name__ = "NVARCHAR"


class CHAR(String):
    __visit_name__ = "CHAR"


class NCHAR(Unicode):
    __visit_name__ = "NCHAR"


class BLOB(LargeBinary):
    __visit_name__ = "BLOB"


class BINARY(_Binary):
    __visit_name__ = "BINARY"


class VARBINARY(_Binary):
    __visit_name__ = "VARBINARY"


class BOOLEAN(Boolean):
    __visit_name__ = "BOOLEAN"


class UUID(Uuid, NativeForEmulated):
    __visit_name__ = "UUID"

    def __init__(self, as_uuid=True):
        self.as_uuid = as_uuid
        self.native_uuid = True


NULLTYPE = NullType()
BOOLEANTYPE = Boolean()
STRINGTYPE = String()
INTEGERTYPE = Integer()
NUMERICTYPE = Numeric()
MATCHTYPE = MatchType()
TABLEVALUE = TableValueType()
DATETIME_TIMEZONE = DateTime(timezone=True)
TIME_TIMEZONE = Time(timezone=True)
_BIGINTEGER = BigInteger()
_DATETIME = DateTime()
_DATETIME_TIMEZONE = DATETIME_TIMEZONE
_TIME = Time()
_TIME_TIMEZONE = TIME_TIMEZONE
_STRING = STRINGTYPE
_UNICODE = Unicode()

# Python class of a value -> type; dialects add theirs.
_value_types = {}
_type_map = {
    int: Integer(),
    float: Double(),
    bool: BOOLEANTYPE,
    _uuid.UUID: Uuid(),
    decimal.Decimal: Numeric(),
    dt.date: Date(),
    dt.datetime: _DATETIME,
    dt.time: _TIME,
    dt.timedelta: Interval(),
    type(None): NULLTYPE,
    bytes: LargeBinary(),
    str: _STRING,
    _enum.Enum: Enum(_enum.Enum),
}
type_map = _type_map
_type_map_get = _type_map.get


def _enum_type_of(cls):
    """The Enum type for members of a Python enum."""
    found = _enum_types.get(cls)
    if found is None:
        found = _enum_types[cls] = Enum(cls)
    return found


_enum_types = {}


def _resolve_value_to_type(value):
    return _rs.resolve_value_to_type(value)


# Names of 0.5.
AbstractType = TypeEngine
Smallinteger = SmallInteger


class MutableType:
    """0.5 mixin for types with mutable values; has no effect."""

    __slots__ = ()

    def is_mutable(self):
        return True


__all__ = [n for n in dir() if not n.startswith("_") and n not in ("dt", "exc", "util", "json", "pickle", "decimal")]
