"""SQL types as data classes: generic (``Integer``) and those that render their own name (``INTEGER``).

Their arguments are read by Rust (``_affinity`` says what kind of value a type holds), which renders them and converts values.
"""

from ..operators import OperatorClass
from ..type_api import (
    NO_ARG,
    Emulated,
    ExternalType,
    NativeForEmulated,
    TypeDecorator,
    TypeEngine,
    TypeEngineMixin,
    UserDefinedType,
    Variant,
    adapt_type,
    to_instance,
)
from .binary import Binary, LargeBinary, PickleType, _Binary
from .named import Boolean, Enum, MatchType, SchemaType
from .numeric import BigInteger, Double, Float, Integer, Numeric, NumericCommon, SmallInteger
from .special import ARRAY, JSON, JSON_NULL, NullType, TableValueType, TupleType, Uuid, _JSONNull
from .standard import (
    BIGINT,
    BINARY,
    BLOB,
    BOOLEAN,
    CHAR,
    CLOB,
    DATE,
    DATETIME,
    DECIMAL,
    DOUBLE,
    DOUBLE_PRECISION,
    FLOAT,
    INT,
    INTEGER,
    NCHAR,
    NUMERIC,
    NVARCHAR,
    REAL,
    SMALLINT,
    TEXT,
    TIME,
    TIMESTAMP,
    UUID,
    VARBINARY,
    VARCHAR,
)
from .temporal import Date, DateTime, Interval, Time, _AbstractInterval, _RenderISO8601NoT
from .text import String, Text, Unicode, UnicodeText
from .traits import Concatenable, HasExpressionLookup, Indexable
from .values import (
    _BIGINTEGER,
    _DATETIME,
    _DATETIME_TIMEZONE,
    _STRING,
    _TIME,
    _TIME_TIMEZONE,
    _UNICODE,
    BOOLEANTYPE,
    DATETIME_TIMEZONE,
    INTEGERTYPE,
    MATCHTYPE,
    NULLTYPE,
    NUMERICTYPE,
    STRINGTYPE,
    TABLEVALUE,
    TIME_TIMEZONE,
    _enum_type_of,
    _enum_types,
    _resolve_value_to_type,
    _type_map,
    _type_map_get,
    _value_types,
    type_map,
)

# Names of 0.5.
AbstractType = TypeEngine
Smallinteger = SmallInteger


class MutableType:
    """0.5 mixin for types with mutable values; has no effect."""

    __slots__ = ()

    def is_mutable(self):
        return True


for _obj in list(globals().values()):
    if isinstance(_obj, type) and _obj.__module__.startswith(__name__ + "."):
        _obj.__module__ = __name__
del _obj

__all__ = [n for n in dir() if not n.startswith("_")]
