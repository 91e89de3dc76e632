"""UUID, JSON, arrays, tuples, and the unknown type."""

import uuid as _uuid

from ... import _rs
from ..event_target import SchemaEventTarget
from ..operators import OperatorClass
from ..type_api import (
    Comparator,
    Emulated,
    TypeEngine,
    builtin_comparator,
    to_instance,
)
from .numeric import Float, Integer, Numeric
from .text import Unicode
from .traits import Concatenable, HasExpressionLookup, Indexable


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
        """Operators of JSON expressions: elements by index, read as a type."""

        __slots__ = ()

        def as_boolean(self):
            """The element as a boolean."""
            from .named import Boolean

            return _rs._json_typed(self.expr, Boolean(), "as_boolean")

        def as_string(self):
            """The element as text."""
            return _rs._json_typed(self.expr, Unicode(), "as_string")

        def as_integer(self):
            """The element as an integer."""
            return _rs._json_typed(self.expr, Integer(), "as_integer")

        def as_float(self):
            """The element as a float."""
            return _rs._json_typed(self.expr, Float(), "as_float")

        def as_numeric(self, precision, scale, asdecimal=True):
            """The element as a decimal of some precision and scale."""
            return _rs._json_typed(self.expr, Numeric(precision, scale, asdecimal=asdecimal), "as_numeric")

        def as_json(self):
            """The element as JSON, which it is anyway."""
            return self.expr

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

    class Comparator(Indexable.Comparator, Concatenable.Comparator):
        """Operators of array expressions."""

        __slots__ = ()

        def contains(self, *arg, **kw):
            """Only the dialects' own array types know ``contains()``."""
            raise NotImplementedError(
                "ARRAY.contains() not implemented for the base ARRAY type; please use the dialect-specific ARRAY type"
            )

        def any(self, other, operator=None):
            """``other = ANY (array)``, or another operator."""
            from .. import operators

            return _rs._array_any_all(self.expr, other, operator or operators.eq, False)

        def all(self, other, operator=None):
            """``other = ALL (array)``, or another operator."""
            from .. import operators

            return _rs._array_any_all(self.expr, other, operator or operators.eq, True)

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
        from .values import NULLTYPE

        self._fully_typed = NULLTYPE not in types
        self.types = [to_instance(t) for t in types]

    def coerce_compared_value(self, op, value):
        if value is type(self) or isinstance(value, TupleType):
            return value
        return TupleType(
            *[
                typ.coerce_compared_value(op, elem) if typ is not None else _rs.resolve_value_to_type(elem)
                for typ, elem in zip(self.types, value, strict=False)
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
