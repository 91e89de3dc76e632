"""0.5 names of the mysql types."""

from ..dialects.mysql import types as _types
from ..sql import sqltypes as _sqltypes


def _get(name):
    return getattr(_types, name, None) or getattr(_sqltypes, name)


MSBigInteger = _get("BIGINT")
MSBinary = _get("BINARY")
MSBit = _get("BIT")
MSBlob = _get("BLOB")
MSBoolean = _get("BOOLEAN")
MSChar = _get("CHAR")
MSDate = _get("DATE")
MSDateTime = _get("DATETIME")
MSDecimal = _get("DECIMAL")
MSDouble = _get("DOUBLE")
MSEnum = _get("ENUM")
MSFloat = _get("FLOAT")
MSInteger = _get("INTEGER")
MSLongBlob = _get("LONGBLOB")
MSLongText = _get("LONGTEXT")
MSMediumBlob = _get("MEDIUMBLOB")
MSMediumInteger = _get("MEDIUMINT")
MSMediumText = _get("MEDIUMTEXT")
MSNChar = _get("NCHAR")
MSNVarChar = _get("NVARCHAR")
MSNumeric = _get("NUMERIC")
MSReal = _get("REAL")
MSSet = _get("SET")
MSSmallInteger = _get("SMALLINT")
MSString = _get("VARCHAR")
MSText = _get("TEXT")
MSTime = _get("TIME")
MSTimeStamp = _get("TIMESTAMP")
MSTinyBlob = _get("TINYBLOB")
MSTinyInteger = _get("TINYINT")
MSTinyText = _get("TINYTEXT")
MSVarBinary = _get("VARBINARY")
MSYear = _get("YEAR")
