"""0.5 names of the sqlite types."""

from ..dialects.sqlite import types as _types
from ..sql import sqltypes as _sqltypes


def _get(name):
    return getattr(_types, name, None) or getattr(_sqltypes, name)


SLBinary = _get("BLOB")
SLBoolean = _get("BOOLEAN")
SLChar = _get("CHAR")
SLDate = _get("DATE")
SLDateTime = _get("DATETIME")
SLFloat = _get("FLOAT")
SLInteger = _get("INTEGER")
SLNumeric = _get("NUMERIC")
SLSmallInteger = _get("SMALLINT")
SLString = _get("VARCHAR")
SLText = _get("TEXT")
SLTime = _get("TIME")
