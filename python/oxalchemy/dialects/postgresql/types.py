"""PostgreSQL types."""

import datetime as dt

from ...sql import sqltypes
from ...sql.operators import OperatorClass
from ...sql.sqltypes import (
    BIGINT,
    BOOLEAN,
    CHAR,
    DATE,
    DOUBLE_PRECISION,
    FLOAT,
    INTEGER,
    NUMERIC,
    REAL,
    SMALLINT,
    TEXT,
    UUID,
    VARCHAR,
)
from ...sql.type_api import Comparator, NativeForEmulated, TypeEngine
from .array import ARRAY
from .bitstring import BitString
from .hstore import HSTORE, hstore
from .json import JSON, JSONB, JSONPATH
from .named_types import DOMAIN, ENUM
from .ranges import (
    DATEMULTIRANGE,
    DATERANGE,
    INT4MULTIRANGE,
    INT4RANGE,
    INT8MULTIRANGE,
    INT8RANGE,
    NUMMULTIRANGE,
    NUMRANGE,
    TSMULTIRANGE,
    TSRANGE,
    TSTZMULTIRANGE,
    TSTZRANGE,
    MultiRange,
    Range,
)


class _BitOperators(Comparator):
    """Operators of bit strings: ``&``, ``|``, ``~`` and the shifts work on their bits."""

    __slots__ = ()

    def __and__(self, other):
        return self.bitwise_and(other)

    def __or__(self, other):
        return self.bitwise_or(other)

    def __xor__(self, other):
        return self.bitwise_xor(other)

    def __invert__(self):
        return self.bitwise_not()

    def __lshift__(self, other):
        return self.bitwise_lshift(other)

    def __rshift__(self, other):
        return self.bitwise_rshift(other)


class BIT(TypeEngine):
    """Bit string.

    length: number of bits, 1 unless told. varying: up to that many.
    """

    __visit_name__ = "BIT"
    _affinity = "other"
    render_bind_cast = True
    operator_classes = OperatorClass.BASE | OperatorClass.COMPARISON | OperatorClass.BITWISE
    comparator_factory = _BitOperators

    def __init__(self, length=None, varying=False):
        self.length = (length or None) if varying else (length or 1)
        self.varying = varying

    @property
    def python_type(self):
        return BitString

    def coerce_compared_value(self, op, value):
        return self if isinstance(value, str) else super().coerce_compared_value(op, value)

    def bind_processor(self, dialect):
        return lambda value: None if value is None else str(BitString(value))

    def result_processor(self, dialect, coltype=None):
        return lambda value: None if value is None else BitString(value)

    def literal_processor(self, dialect):
        return lambda value: f"B'{BitString(value)}'"


class BYTEA(sqltypes.LargeBinary):
    __visit_name__ = "BYTEA"


class _Named(TypeEngine):
    _affinity = "other"


class _NetworkAddress(_Named):
    """Addresses come as text."""

    def coerce_compared_value(self, op, value):
        return self if isinstance(value, str) else super().coerce_compared_value(op, value)

    def bind_processor(self, dialect):
        return lambda value: None if value is None else str(value)


class CIDR(_NetworkAddress):
    """A network; an ``ipaddress`` object, unless ``create_engine(native_inet_types=False)`` or psycopg2 says text."""

    __visit_name__ = "CIDR"


class INET(_NetworkAddress):
    """An address, with or without a network; an ``ipaddress`` object, as :class:`.CIDR`."""

    __visit_name__ = "INET"


class MACADDR(_NetworkAddress):
    __visit_name__ = "MACADDR"


class MACADDR8(_NetworkAddress):
    __visit_name__ = "MACADDR8"


class CITEXT(sqltypes.TEXT):
    __visit_name__ = "CITEXT"


class MONEY(_Named):
    __visit_name__ = "MONEY"


class OID(_Named):
    __visit_name__ = "OID"


class REGCLASS(_Named):
    __visit_name__ = "REGCLASS"


class REGCONFIG(_Named):
    __visit_name__ = "REGCONFIG"
    render_bind_cast = True


class TSVECTOR(_Named):
    __visit_name__ = "TSVECTOR"


class TSQUERY(_Named):
    __visit_name__ = "TSQUERY"


class INTERVAL(NativeForEmulated, sqltypes._AbstractInterval, TypeEngine):
    """Interval."""

    __visit_name__ = "INTERVAL"
    _affinity = "interval"
    native = True

    def __init__(self, precision=None, fields=None):
        self.precision = precision
        self.fields = fields

    @property
    def python_type(self):
        return dt.timedelta

    def as_generic(self, allow_nulltype=False):
        return sqltypes.Interval(native=True, second_precision=self.precision)

    @classmethod
    def adapt_emulated_to_native(cls, interval, **kw):
        return INTERVAL(precision=interval.second_precision)


PGInterval = INTERVAL


class TIMESTAMP(sqltypes.TIMESTAMP):
    __visit_name__ = "TIMESTAMP"

    def __init__(self, timezone=False, precision=None):
        super().__init__(timezone=timezone)
        self.precision = precision


class TIME(sqltypes.TIME):
    __visit_name__ = "TIME"

    def __init__(self, timezone=False, precision=None):
        super().__init__(timezone=timezone)
        self.precision = precision


colspecs = {
    sqltypes.ARRAY: ARRAY,
    sqltypes.Interval: INTERVAL,
    sqltypes.Enum: ENUM,
    sqltypes.JSON: JSON,
    sqltypes.Uuid: UUID,
}

__all__ = [
    "ARRAY", "BIGINT", "BIT", "BOOLEAN", "BYTEA", "BitString", "CHAR", "CIDR", "CITEXT", "DATE", "DATEMULTIRANGE", "DATERANGE",
    "DOMAIN", "DOUBLE_PRECISION", "ENUM", "FLOAT", "HSTORE", "INET", "INT4MULTIRANGE", "INT4RANGE", "INT8MULTIRANGE", "INT8RANGE",
    "INTEGER", "INTERVAL", "JSON", "JSONB", "JSONPATH", "MACADDR", "MACADDR8", "MONEY", "MultiRange", "NUMERIC", "NUMMULTIRANGE",
    "NUMRANGE", "OID", "REAL", "REGCLASS", "REGCONFIG", "Range", "SMALLINT", "TEXT", "TIME", "TIMESTAMP", "TSMULTIRANGE",
    "TSQUERY", "TSRANGE", "TSTZMULTIRANGE", "TSTZRANGE", "TSVECTOR", "UUID", "VARCHAR", "hstore",
]  # fmt: skip

sqltypes._value_types[BitString] = BIT(varying=True)
