import datetime
import decimal
import uuid
from collections.abc import Sequence
from typing import Any, Literal, TypeVar, overload

from typing_extensions import disjoint_base

import oxalchemy.sql.event_target
import oxalchemy.sql.type_api
from oxalchemy.sql.operators import OperatorClass as OperatorClass
from oxalchemy.sql.sqltypes import (
    binary as binary,
    named as named,
    numeric as numeric,
    special as special,
    standard as standard,
    temporal as temporal,
    text as text,
    traits as traits,
    values as values,
)
from oxalchemy.sql.type_api import (
    NO_ARG as NO_ARG,
    Emulated as Emulated,
    ExternalType as ExternalType,
    NativeForEmulated as NativeForEmulated,
    TypeDecorator as TypeDecorator,
    TypeEngine as TypeEngine,
    TypeEngineMixin as TypeEngineMixin,
    UserDefinedType as UserDefinedType,
    Variant as Variant,
    adapt_type as adapt_type,
    to_instance as to_instance,
)

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)
_N = TypeVar("_N")

class MutableType:
    def is_mutable(self) -> Any: ...

@disjoint_base
class _JSONNull(int):
    def __repr__(self) -> str: ...

class Concatenable(oxalchemy.sql.type_api.TypeEngineMixin):
    Comparator: Any
    comparator_factory: Any

class HasExpressionLookup(oxalchemy.sql.type_api.TypeEngineMixin):
    Comparator: Any
    comparator_factory: Any

class Indexable(oxalchemy.sql.type_api.TypeEngineMixin):
    Comparator: Any
    comparator_factory: Any

class PickleType(oxalchemy.sql.type_api.TypeEngine[Any]):
    impl: Any
    cache_ok: Any
    hashable: Any
    def __init__(
        self, protocol: Any = None, pickler: Any = None, comparator: Any = None, impl: Any = None, mutable: Any = False
    ) -> None: ...
    @property
    def impl_instance(self) -> Any: ...
    @property
    def __visit_name__(self) -> Any: ...
    @property
    def length(self) -> Any: ...
    def compare_values(self, x: Any, y: Any) -> Any: ...
    def copy(self, **kw: Any) -> Any: ...
    def load_dialect_impl(self, dialect: Any) -> Any: ...
    def __repr__(self) -> str: ...
    protocol: Any
    pickler: Any
    comparator: Any

class _Binary(oxalchemy.sql.type_api.TypeEngine[bytes]):
    operator_classes: Any
    def __init__(self, length: Any = None) -> None: ...
    @property
    def python_type(self) -> Any: ...
    def coerce_compared_value(self, op: Any, value: Any) -> Any: ...
    def get_dbapi_type(self, dbapi: Any) -> Any: ...
    length: Any

class NumericCommon(HasExpressionLookup, oxalchemy.sql.type_api.TypeEngineMixin):
    operator_classes: Any
    def get_dbapi_type(self, dbapi: Any) -> Any: ...
    @property
    def python_type(self) -> Any: ...

class NullType(oxalchemy.sql.type_api.TypeEngine[None]):
    __visit_name__: Any
    operator_classes: Any
    Comparator: Any
    comparator_factory: Any

class TupleType(oxalchemy.sql.type_api.TypeEngine[tuple[Any, ...]]):
    operator_classes: Any
    def __init__(self, *types: Any) -> None: ...
    def coerce_compared_value(self, op: Any, value: Any) -> Any: ...
    def result_processor(self, dialect: Any, coltype: Any = None) -> Any: ...
    types: Any

class _AbstractInterval(HasExpressionLookup):
    def coerce_compared_value(self, op: Any, value: Any) -> Any: ...

class _RenderISO8601NoT(HasExpressionLookup):
    operator_classes: Any

class LargeBinary(_Binary):
    __visit_name__: Any

class SchemaType(oxalchemy.sql.event_target.SchemaEventTarget, oxalchemy.sql.type_api.TypeEngineMixin):
    name: Any
    schema: Any
    metadata: Any
    inherit_schema: Any
    def __init__(
        self,
        name: Any = None,
        schema: Any = ...,
        metadata: Any = None,
        inherit_schema: Any = False,
        quote: Any = None,
        create_type: Any = True,
        _create_events: Any = True,
        _adapted_from: Any = None,
    ) -> None: ...
    def create(self, bind: Any, checkfirst: Any = False) -> Any: ...
    def drop(self, bind: Any, checkfirst: Any = False) -> Any: ...
    def copy(self, **kw: Any) -> Any: ...
    def adapt(self, cls: Any, **kw: Any) -> Any: ...
    create_type: Any

class BINARY(_Binary):
    __visit_name__: Any

class VARBINARY(_Binary):
    __visit_name__: Any

class Integer(HasExpressionLookup, oxalchemy.sql.type_api.TypeEngine[int]):
    __visit_name__: Any
    operator_classes: Any
    @property
    def python_type(self) -> Any: ...
    def get_dbapi_type(self, dbapi: Any) -> Any: ...

class JSON(Indexable, oxalchemy.sql.type_api.TypeEngine[Any]):
    __visit_name__: Any
    operator_classes: Any
    hashable: Any
    NULL: Any
    JSONElementType: Any
    JSONIndexType: Any
    JSONIntIndexType: Any
    JSONStrIndexType: Any
    JSONPathType: Any
    Comparator: Any
    comparator_factory: Any
    def __init__(self, none_as_null: Any = False) -> None: ...
    @property
    def should_evaluate_none(self) -> Any: ...
    @should_evaluate_none.setter
    def should_evaluate_none(self, value: Any) -> None: ...
    def coerce_compared_value(self, op: Any, value: Any) -> Any: ...
    @property
    def python_type(self) -> Any: ...
    none_as_null: Any

class TableValueType(HasExpressionLookup, oxalchemy.sql.type_api.TypeEngine):
    def __init__(self, *elements: Any) -> None: ...

class Uuid(oxalchemy.sql.type_api.TypeEngine[_T]):
    @overload
    def __init__(self: Uuid[uuid.UUID], as_uuid: Literal[True] = ..., native_uuid: bool = ...) -> None: ...
    @overload
    def __init__(self: Uuid[str], as_uuid: Literal[False], native_uuid: bool = ...) -> None: ...
    __visit_name__: Any
    operator_classes: Any
    length: Any
    collation: Any
    collation_schema: Any
    @property
    def python_type(self) -> Any: ...
    @property
    def native(self) -> Any: ...
    def coerce_compared_value(self, op: Any, value: Any) -> Any: ...
    as_uuid: Any
    native_uuid: Any

class BLOB(LargeBinary):
    __visit_name__: Any

class String(Concatenable, oxalchemy.sql.type_api.TypeEngine[str]):
    RETURNS_UNICODE: str
    RETURNS_BYTES: str
    RETURNS_CONDITIONAL: str
    RETURNS_UNKNOWN: str
    length: int | None
    collation: str | None
    __visit_name__: Any
    operator_classes: Any
    def __init__(
        self,
        length: Any = None,
        collation: Any = None,
        collation_schema: Any = None,
        convert_unicode: Any = False,
        unicode_error: Any = None,
        assert_unicode: Any = False,
    ) -> None: ...
    @property
    def python_type(self) -> Any: ...
    def get_dbapi_type(self, dbapi: Any) -> Any: ...
    def __repr__(self) -> str: ...
    collation_schema: Any

class BigInteger(Integer):
    __visit_name__: Any

class Float(NumericCommon, oxalchemy.sql.type_api.TypeEngine[_N]):
    @overload
    def __init__(
        self: Float[float], precision: int | None = ..., asdecimal: Literal[False] = ..., decimal_return_scale: int | None = ...
    ) -> None: ...
    @overload
    def __init__(
        self: Float[decimal.Decimal],
        precision: int | None = ...,
        *,
        asdecimal: Literal[True],
        decimal_return_scale: int | None = ...,
    ) -> None: ...
    @overload
    def __init__(
        self: Float[Any], precision: int | None = ..., asdecimal: bool = ..., decimal_return_scale: int | None = ...
    ) -> None: ...
    __visit_name__: Any
    scale: Any
    precision: Any
    asdecimal: Any
    decimal_return_scale: Any

class Numeric(NumericCommon, oxalchemy.sql.type_api.TypeEngine[_N]):
    @overload
    def __init__(
        self: Numeric[decimal.Decimal],
        precision: int | None = ...,
        scale: int | None = ...,
        decimal_return_scale: int | None = ...,
        asdecimal: Literal[True] = ...,
    ) -> None: ...
    @overload
    def __init__(
        self: Numeric[float],
        precision: int | None = ...,
        scale: int | None = ...,
        decimal_return_scale: int | None = ...,
        *,
        asdecimal: Literal[False],
    ) -> None: ...
    @overload
    def __init__(
        self: Numeric[Any],
        precision: int | None = ...,
        scale: int | None = ...,
        decimal_return_scale: int | None = ...,
        asdecimal: bool = ...,
    ) -> None: ...
    __visit_name__: Any
    precision: Any
    scale: Any
    decimal_return_scale: Any
    asdecimal: Any

class SmallInteger(Integer):
    __visit_name__: Any

class CHAR(String):
    __visit_name__: Any

class INTEGER(Integer):
    __visit_name__: Any

class VARCHAR(String):
    __visit_name__: Any

class Date(_RenderISO8601NoT, oxalchemy.sql.type_api.TypeEngine[datetime.date]):
    __visit_name__: Any
    @property
    def python_type(self) -> Any: ...
    def get_dbapi_type(self, dbapi: Any) -> Any: ...

class DateTime(_RenderISO8601NoT, oxalchemy.sql.type_api.TypeEngine[datetime.datetime]):
    timezone: bool
    __visit_name__: Any
    def __init__(self, timezone: Any = False) -> None: ...
    @property
    def python_type(self) -> Any: ...
    def get_dbapi_type(self, dbapi: Any) -> Any: ...

class Time(_RenderISO8601NoT, oxalchemy.sql.type_api.TypeEngine[datetime.time]):
    timezone: bool
    __visit_name__: Any
    def __init__(self, timezone: Any = False) -> None: ...
    @property
    def python_type(self) -> Any: ...
    def get_dbapi_type(self, dbapi: Any) -> Any: ...

class Text(String):
    __visit_name__: Any

class Unicode(String):
    __visit_name__: Any

class Double(Float[_N]):
    __visit_name__: Any

class BIGINT(BigInteger):
    __visit_name__: Any

class CLOB(Text):
    __visit_name__: Any

class DATE(Date):
    __visit_name__: Any

class DATETIME(DateTime):
    __visit_name__: Any

class DECIMAL(Numeric[_N]):
    __visit_name__: Any

class FLOAT(Float[_N]):
    __visit_name__: Any

class NCHAR(Unicode):
    __visit_name__: Any

class NUMERIC(Numeric[_N]):
    __visit_name__: Any

class NVARCHAR(Unicode):
    __visit_name__: Any

class REAL(Float[_N]):
    __visit_name__: Any

class SMALLINT(SmallInteger):
    __visit_name__: Any

class TEXT(Text):
    __visit_name__: Any

class TIME(Time):
    __visit_name__: Any

class TIMESTAMP(DateTime):
    __visit_name__: Any
    def __init__(self, timezone: Any = False) -> None: ...
    def get_dbapi_type(self, dbapi: Any) -> Any: ...

class UUID(Uuid[_T]):
    @overload
    def __init__(self: UUID[uuid.UUID], as_uuid: Literal[True] = ...) -> None: ...
    @overload
    def __init__(self: UUID[str], as_uuid: Literal[False]) -> None: ...
    __visit_name__: Any

class Interval(_AbstractInterval, oxalchemy.sql.type_api.TypeEngine[datetime.timedelta]):
    __visit_name__: Any
    operator_classes: Any
    impl: Any
    epoch: Any
    cache_ok: Any
    def __init__(self, native: Any = True, second_precision: Any = None, day_precision: Any = None) -> None: ...
    @property
    def python_type(self) -> Any: ...
    def __repr__(self) -> str: ...
    second_precision: Any
    day_precision: Any

class UnicodeText(Text):
    __visit_name__: Any

class Boolean(SchemaType, oxalchemy.sql.type_api.TypeEngine[bool]):
    __visit_name__: Any
    native: Any
    operator_classes: Any
    create_constraint: Any
    def __init__(
        self, create_constraint: Any = False, name: Any = None, _create_events: Any = True, _adapted_from: Any = None
    ) -> None: ...
    def copy(self, **kw: Any) -> Any: ...
    def adapt(self, cls: Any, **kw: Any) -> Any: ...
    @property
    def python_type(self) -> Any: ...

class ARRAY(Indexable, Concatenable, oxalchemy.sql.type_api.TypeEngine[Sequence[_T]]):
    def __init__(
        self,
        item_type: oxalchemy.sql.type_api.TypeEngine[_T] | type[oxalchemy.sql.type_api.TypeEngine[_T]],
        as_tuple: bool = False,
        dimensions: int | None = None,
        zero_indexes: bool = False,
    ) -> None: ...
    __visit_name__: Any
    operator_classes: Any
    zero_indexes: Any
    Comparator: Any
    comparator_factory: Any
    @property
    def hashable(self) -> Any: ...
    @property
    def python_type(self) -> Any: ...
    def compare_values(self, x: Any, y: Any) -> Any: ...
    item_type: Any
    as_tuple: Any
    dimensions: Any

class DOUBLE(Double[_N]):
    __visit_name__: Any

class DOUBLE_PRECISION(Double[_N]):
    __visit_name__: Any

class MatchType(Boolean): ...

class BOOLEAN(Boolean):
    __visit_name__: Any

class Enum(String, SchemaType):
    enums: list[str]
    name: str | None
    __visit_name__: Any
    @property
    def native(self) -> Any: ...
    def __init__(self, *enums: Any, **kw: Any) -> None: ...
    @property
    def sort_key_function(self) -> Any: ...
    def copy(self, **kw: Any) -> Any: ...
    def adapt(self, cls: Any, **kw: Any) -> Any: ...
    def adapt_to_emulated(self, impltype: Any, **kw: Any) -> Any: ...
    def as_generic(self, allow_nulltype: Any = False) -> Any: ...
    @property
    def python_type(self) -> Any: ...
    def __repr__(self) -> str: ...
    native_enum: Any
    create_constraint: Any
    values_callable: Any
    validate_strings: Any
    enum_class: Any

JSON_NULL: Any
BOOLEANTYPE: Any
DATETIME_TIMEZONE: Any
INTEGERTYPE: Any
MATCHTYPE: Any
NULLTYPE: Any
NUMERICTYPE: Any
STRINGTYPE: Any
TABLEVALUE: Any
TIME_TIMEZONE: Any
type_map: Any
Binary = LargeBinary
INT = INTEGER
Smallinteger = SmallInteger
AbstractType = oxalchemy.sql.type_api.TypeEngine
