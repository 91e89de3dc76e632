"""0.5 names of the postgresql types."""

from ..dialects.postgresql import types as _types
from ..sql import sqltypes as _sqltypes


def _get(name):
    return getattr(_types, name, None) or getattr(_sqltypes, name)


PGArray = _get("ARRAY")
PGBigInteger = _get("BIGINT")
PGBinary = _get("BYTEA")
PGBit = _get("BIT")
PGBoolean = _get("BOOLEAN")
PGChar = _get("CHAR")
PGCidr = _get("CIDR")
PGDate = _get("DATE")
PGDateTime = _get("TIMESTAMP")
PGDoublePrecision = _get("DOUBLE_PRECISION")
PGFloat = _get("FLOAT")
PGInet = _get("INET")
PGInteger = _get("INTEGER")
PGInterval = _get("INTERVAL")
PGMacAddr = _get("MACADDR")
PGNumeric = _get("NUMERIC")
PGSmallInteger = _get("SMALLINT")
PGString = _get("VARCHAR")
PGText = _get("TEXT")
PGTime = _get("TIME")
PGUuid = _get("UUID")
