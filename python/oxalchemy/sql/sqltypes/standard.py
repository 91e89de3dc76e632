"""Types that render their own name."""

from ..type_api import (
    NativeForEmulated,
)
from .binary import LargeBinary, _Binary
from .named import Boolean
from .numeric import BigInteger, Double, Float, Integer, Numeric, SmallInteger
from .special import Uuid
from .temporal import Date, DateTime, Time
from .text import String, Text, Unicode


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
