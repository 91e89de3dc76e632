"""SQLite types: the temporal ones store text of a format that may be chosen."""

import re

from ...sql import sqltypes
from ...sql.sqltypes import (
    BLOB,
    BOOLEAN,
    CHAR,
    DECIMAL,
    DOUBLE,
    DOUBLE_PRECISION,
    FLOAT,
    INTEGER,
    JSON,
    NCHAR,
    NUMERIC,
    NVARCHAR,
    REAL,
    SMALLINT,
    TEXT,
    TIMESTAMP,
    VARCHAR,
)


class _Temporal:
    """``storage_format`` and ``regexp`` of SQLite's temporal types."""

    __slots__ = ()
    _storage_format = None
    _reg = None

    def _options(self, storage_format, regexp, truncate_microseconds):
        if truncate_microseconds:
            assert storage_format is None, "You can specify only one of truncate_microseconds or storage_format."
            assert regexp is None, "You can specify only one of truncate_microseconds or regexp."
            self._storage_format = self._truncated
        if storage_format is not None:
            self._storage_format = storage_format
        if regexp is not None:
            self._reg = re.compile(regexp)
        # Nothing but digits would become a number in a column of any other name.
        self.char_affinity = not self.format_is_text_affinity

    @property
    def format_is_text_affinity(self):
        """Are values told from numbers by something that is no digit?"""
        spec = (self._storage_format or self._default) % dict.fromkeys(
            ("year", "month", "day", "hour", "minute", "second", "microsecond"), 0
        )
        return bool(re.search(r"[^0-9]", spec))

    def adapt(self, cls, **kw):
        if issubclass(cls, _Temporal):
            if self._storage_format is not None:
                kw["storage_format"] = self._storage_format
            if self._reg is not None:
                kw["regexp"] = self._reg
        return super().adapt(cls, **kw)


class DATETIME(_Temporal, sqltypes.DateTime):
    """``datetime`` as text."""

    __visit_name__ = "DATETIME"
    _default = "%(year)04d-%(month)02d-%(day)02d %(hour)02d:%(minute)02d:%(second)02d.%(microsecond)06d"
    _truncated = "%(year)04d-%(month)02d-%(day)02d %(hour)02d:%(minute)02d:%(second)02d"

    def __init__(self, *args, truncate_microseconds=False, storage_format=None, regexp=None, **kw):
        super().__init__(*args, **kw)
        self._options(storage_format, regexp, truncate_microseconds)


class DATE(_Temporal, sqltypes.Date):
    """``date`` as text."""

    __visit_name__ = "DATE"
    _default = "%(year)04d-%(month)02d-%(day)02d"
    _truncated = _default

    def __init__(self, storage_format=None, regexp=None, **kw):
        super().__init__(**kw)
        self._options(storage_format, regexp, False)


class TIME(_Temporal, sqltypes.Time):
    """``time`` as text."""

    __visit_name__ = "TIME"
    _default = "%(hour)02d:%(minute)02d:%(second)02d.%(microsecond)06d"
    _truncated = "%(hour)02d:%(minute)02d:%(second)02d"

    def __init__(self, *args, truncate_microseconds=False, storage_format=None, regexp=None, **kw):
        super().__init__(*args, **kw)
        self._options(storage_format, regexp, truncate_microseconds)


class JSONB(JSON):
    """Binary JSON (SQLite 3.45)."""

    __visit_name__ = "JSONB"


ischema_names = {
    "BIGINT": sqltypes.BIGINT,
    "BLOB": BLOB,
    "BOOL": BOOLEAN,
    "BOOLEAN": BOOLEAN,
    "CHAR": CHAR,
    "DATE": DATE,
    "DATE_CHAR": DATE,
    "DATETIME": DATETIME,
    "DATETIME_CHAR": DATETIME,
    "DOUBLE": DOUBLE,
    "DOUBLE_PRECISION": DOUBLE_PRECISION,
    "DECIMAL": DECIMAL,
    "FLOAT": FLOAT,
    "INT": INTEGER,
    "INTEGER": INTEGER,
    "JSON": JSON,
    "JSONB": JSONB,
    "NUMERIC": NUMERIC,
    "REAL": REAL,
    "SMALLINT": SMALLINT,
    "TEXT": TEXT,
    "TIME": TIME,
    "TIME_CHAR": TIME,
    "TIMESTAMP": TIMESTAMP,
    "VARCHAR": VARCHAR,
    "NVARCHAR": NVARCHAR,
    "NCHAR": NCHAR,
}

colspecs = {sqltypes.Date: DATE, sqltypes.DateTime: DATETIME, sqltypes.Time: TIME}

__all__ = [
    "BLOB",
    "BOOLEAN",
    "CHAR",
    "DATE",
    "DATETIME",
    "DECIMAL",
    "FLOAT",
    "INTEGER",
    "JSON",
    "JSONB",
    "NUMERIC",
    "REAL",
    "SMALLINT",
    "TEXT",
    "TIME",
    "TIMESTAMP",
    "VARCHAR",
]
