"""PostgreSQL types."""

import dataclasses
import datetime as dt

from ... import exc
from ...sql import sqltypes
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
from ...sql.type_api import NativeForEmulated, TypeEngine, to_instance


class ARRAY(sqltypes.ARRAY):
    """Array."""

    __visit_name__ = "ARRAY"


class BIT(TypeEngine):
    """Bit string."""

    __visit_name__ = "BIT"
    _affinity = "other"

    def __init__(self, length=None, varying=False):
        self.length = (length or None) if varying else (length or 1)
        self.varying = varying


class BYTEA(sqltypes.LargeBinary):
    __visit_name__ = "BYTEA"


class _Named(TypeEngine):
    _affinity = "other"


class _NetworkAddress(_Named):
    @property
    def python_type(self):
        return str


class CIDR(_NetworkAddress):
    __visit_name__ = "CIDR"


class INET(_NetworkAddress):
    __visit_name__ = "INET"


class MACADDR(_NetworkAddress):
    __visit_name__ = "MACADDR"


class MACADDR8(_NetworkAddress):
    __visit_name__ = "MACADDR8"


class CITEXT(sqltypes.TEXT):
    __visit_name__ = "CITEXT"


class MONEY(_Named):
    __visit_name__ = "MONEY"


class OID(sqltypes.Integer):
    __visit_name__ = "OID"


class REGCLASS(_Named):
    __visit_name__ = "REGCLASS"


class REGCONFIG(_Named):
    __visit_name__ = "REGCONFIG"


class TSVECTOR(_Named):
    __visit_name__ = "TSVECTOR"


class TSQUERY(_Named):
    __visit_name__ = "TSQUERY"


class JSON(sqltypes.JSON):
    """JSON as text."""

    def __init__(self, none_as_null=False, astext_type=None):
        super().__init__(none_as_null=none_as_null)
        if astext_type is not None:
            self.astext_type = astext_type

    astext_type = sqltypes.Text()


class JSONB(JSON):
    """Binary JSON."""

    __visit_name__ = "JSONB"


class JSONPATH(sqltypes.JSON.JSONPathType):
    __visit_name__ = "JSONPATH"


class HSTORE(sqltypes.Indexable, sqltypes.Concatenable, TypeEngine):
    """Text to text."""

    __visit_name__ = "HSTORE"
    _affinity = "other"
    hashable = False
    text_type = sqltypes.Text()

    def __init__(self, text_type=None):
        if text_type is not None:
            self.text_type = text_type


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


class ENUM(NativeForEmulated, sqltypes.Enum):
    """CREATE TYPE … AS ENUM."""

    __visit_name__ = "ENUM"
    native_enum = True

    def __init__(self, *enums, name=sqltypes.NO_ARG, create_type=True, **kw):
        if kw.pop("native_enum", None) is False:
            raise exc.ArgumentError("PostgreSQL ENUM does not support native_enum=False; use Enum(native_enum=False) instead")
        if name is not sqltypes.NO_ARG:
            kw["name"] = name
        super().__init__(*enums, create_type=create_type, **kw)
        if self.name is None:
            raise exc.CompileError("PostgreSQL ENUM type requires a name.")


class DOMAIN(TypeEngine):
    """CREATE DOMAIN."""

    __visit_name__ = "DOMAIN"
    _affinity = "other"

    def __init__(
        self,
        name,
        data_type,
        *,
        collation=None,
        collation_schema=None,
        default=None,
        constraint_name=None,
        not_null=None,
        check=None,
        create_type=True,
        **kw,
    ):
        self.name = name
        self.data_type = to_instance(data_type)
        self.collation = collation
        self.collation_schema = collation_schema
        self.default = default
        self.constraint_name = constraint_name
        self.not_null = bool(not_null)
        self.check = check
        self.create_type = create_type
        self.schema = kw.pop("schema", None)


@dataclasses.dataclass(frozen=True)
class Range:
    """A range of values."""

    lower: object = None
    upper: object = None
    bounds: str = "[)"
    empty: bool = False

    def __bool__(self):
        return not self.empty

    @property
    def isempty(self):
        return self.empty

    is_empty = isempty

    @property
    def lower_inc(self):
        return not self.empty and self.bounds[0] == "[" and self.lower is not None

    @property
    def upper_inc(self):
        return not self.empty and self.bounds[1] == "]" and self.upper is not None

    @property
    def lower_inf(self):
        return not self.empty and self.lower is None

    @property
    def upper_inf(self):
        return not self.empty and self.upper is None

    def __contains__(self, value):
        if self.empty:
            return False
        if self.lower is not None and (value < self.lower or (value == self.lower and self.bounds[0] == "(")):
            return False
        return self.upper is None or value < self.upper or (value == self.upper and self.bounds[1] == "]")

    def __str__(self):
        if self.empty:
            return "empty"
        lower = "" if self.lower is None else self.lower
        upper = "" if self.upper is None else self.upper
        return f"{self.bounds[0]}{lower},{upper}{self.bounds[1]}"


class MultiRange(list):
    """Ranges."""


class BitString(str):
    """Text of zeros and ones."""


class AbstractRange(TypeEngine):
    _affinity = "other"
    render_bind_cast = True


class AbstractSingleRange(AbstractRange):
    pass


class AbstractMultiRange(AbstractRange):
    pass


def _range(name, base):
    return type(name, (base,), {"__visit_name__": name, "__module__": __name__})


INT4RANGE = _range("INT4RANGE", AbstractSingleRange)
INT8RANGE = _range("INT8RANGE", AbstractSingleRange)
NUMRANGE = _range("NUMRANGE", AbstractSingleRange)
DATERANGE = _range("DATERANGE", AbstractSingleRange)
TSRANGE = _range("TSRANGE", AbstractSingleRange)
TSTZRANGE = _range("TSTZRANGE", AbstractSingleRange)
INT4MULTIRANGE = _range("INT4MULTIRANGE", AbstractMultiRange)
INT8MULTIRANGE = _range("INT8MULTIRANGE", AbstractMultiRange)
NUMMULTIRANGE = _range("NUMMULTIRANGE", AbstractMultiRange)
DATEMULTIRANGE = _range("DATEMULTIRANGE", AbstractMultiRange)
TSMULTIRANGE = _range("TSMULTIRANGE", AbstractMultiRange)
TSTZMULTIRANGE = _range("TSTZMULTIRANGE", AbstractMultiRange)

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
    "TSQUERY", "TSRANGE", "TSTZMULTIRANGE", "TSTZRANGE", "TSVECTOR", "UUID", "VARCHAR",
]  # fmt: skip
