"""Oracle types."""

import datetime as dt

from ...sql import sqltypes
from ...sql.sqltypes import BLOB, BOOLEAN, CHAR, CLOB, DOUBLE_PRECISION, JSON, NCHAR, NVARCHAR, REAL, VARCHAR


class NUMBER(sqltypes.Numeric, sqltypes.Integer):
    """NUMBER."""

    __visit_name__ = "NUMBER"
    _affinity = "numeric"

    def __init__(self, precision=None, scale=None, asdecimal=None):
        if asdecimal is None:
            asdecimal = bool(scale and scale > 0)
        super().__init__(precision=precision, scale=scale, asdecimal=asdecimal)


class FLOAT(sqltypes.FLOAT):
    """FLOAT by binary precision."""

    __visit_name__ = "FLOAT"

    def __init__(self, binary_precision=None, asdecimal=False, decimal_return_scale=None):
        super().__init__(asdecimal=asdecimal, decimal_return_scale=decimal_return_scale)
        self.binary_precision = binary_precision


class BINARY_DOUBLE(sqltypes.Double):
    __visit_name__ = "BINARY_DOUBLE"


class BINARY_FLOAT(sqltypes.Float):
    __visit_name__ = "BINARY_FLOAT"


class VARCHAR2(VARCHAR):
    __visit_name__ = "VARCHAR2"


class NVARCHAR2(NVARCHAR):
    __visit_name__ = "NVARCHAR2"


class NCLOB(sqltypes.Text):
    __visit_name__ = "NCLOB"


class LONG(sqltypes.Text):
    __visit_name__ = "LONG"


class RAW(sqltypes._Binary):
    __visit_name__ = "RAW"


class BFILE(sqltypes.LargeBinary):
    __visit_name__ = "BFILE"


class DATE(sqltypes.DateTime):
    """DATE, which has a time."""

    __visit_name__ = "DATE"


class TIMESTAMP(sqltypes.TIMESTAMP):
    __visit_name__ = "TIMESTAMP"

    def __init__(self, timezone=False, local_timezone=False):
        super().__init__(timezone=timezone)
        self.local_timezone = local_timezone


class INTERVAL(sqltypes.NativeForEmulated, sqltypes._AbstractInterval, sqltypes.TypeEngine):
    """INTERVAL DAY TO SECOND."""

    __visit_name__ = "INTERVAL"
    _affinity = "interval"

    def __init__(self, day_precision=None, second_precision=None):
        self.day_precision = day_precision
        self.second_precision = second_precision

    @property
    def python_type(self):
        return dt.timedelta


class ROWID(sqltypes.TypeEngine):
    __visit_name__ = "ROWID"
    _affinity = "other"


class VECTOR(sqltypes.TypeEngine):
    __visit_name__ = "VECTOR"
    _affinity = "other"

    def __init__(self, dim=None, storage_format=None, storage_type=None):
        self.dim = dim
        self.storage_format = storage_format
        self.storage_type = storage_type


colspecs = {sqltypes.Interval: INTERVAL}

__all__ = [
    "BFILE", "BINARY_DOUBLE", "BINARY_FLOAT", "BLOB", "BOOLEAN", "CHAR", "CLOB", "DATE", "DOUBLE_PRECISION", "FLOAT", "INTERVAL",
    "JSON", "LONG", "NCHAR", "NCLOB", "NUMBER", "NVARCHAR", "NVARCHAR2", "RAW", "REAL", "ROWID", "TIMESTAMP", "VARCHAR",
    "VARCHAR2", "VECTOR",
]  # fmt: skip
