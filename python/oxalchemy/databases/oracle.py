"""0.5 names of the oracle types."""

from ..dialects.oracle import types as _types
from ..sql import sqltypes as _sqltypes


def _get(name):
    return getattr(_types, name, None) or getattr(_sqltypes, name)


OracleBinary = _get("BLOB")
OracleBoolean = _get("Boolean")
OracleChar = _get("CHAR")
OracleDate = _get("Date")
OracleDateTime = _get("DATE")
OracleInteger = _get("INTEGER")
OracleNVarchar = _get("NVARCHAR2")
OracleNumeric = _get("NUMERIC")
OracleRaw = _get("RAW")
OracleSmallInteger = _get("SMALLINT")
OracleString = _get("VARCHAR2")
OracleText = _get("CLOB")
OracleTimestamp = _get("TIMESTAMP")
