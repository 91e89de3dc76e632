"""The built-in SQLite driver as a PEP 249 module: what ``sqlite3`` is to Python.

``engine.dialect.dbapi`` is this module. It has its own copy of SQLite; do not open a database *file* with it and with
``sqlite3`` in the same process (see "Two copies of SQLite" in the documentation of the driver).
"""

import collections.abc
import datetime
import time

# The very classes that users of Python's driver catch: `except sqlite3.IntegrityError` works on `orig` and on raw connections.
# Importing them loads Python's SQLite library too, but opens no file with it.
from sqlite3 import (
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    Warning,
)

from ..._rs import SqliteConnection as Connection
from ..._rs import SqliteCursor as Cursor
from ..._rs import SqliteRow as Row
from ..._rs import complete_statement, sqlite_version

__all__ = [
    "Binary",
    "Connection",
    "Cursor",
    "DataError",
    "DatabaseError",
    "Date",
    "DateFromTicks",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "PARSE_COLNAMES",
    "PARSE_DECLTYPES",
    "PrepareProtocol",
    "ProgrammingError",
    "Row",
    "Time",
    "TimeFromTicks",
    "Timestamp",
    "TimestampFromTicks",
    "Warning",
    "adapt",
    "adapters",
    "apilevel",
    "complete_statement",
    "connect",
    "converters",
    "paramstyle",
    "register_adapter",
    "register_converter",
    "sqlite_version",
    "sqlite_version_info",
    "threadsafety",
]

apilevel = "2.0"
paramstyle = "qmark"
#: 3: threads may share the module, connections and cursors.
threadsafety = 3
sqlite_version_info = tuple(int(part) for part in sqlite_version.split("."))

PARSE_DECLTYPES = 1
PARSE_COLNAMES = 2


class PrepareProtocol:
    """What ``__conform__`` methods are asked for."""


Binary = memoryview
Date = datetime.date
Time = datetime.time
Timestamp = datetime.datetime


def DateFromTicks(ticks):
    """The local date of seconds since the epoch."""
    return Date(*time.localtime(ticks)[:3])


def TimeFromTicks(ticks):
    """The local time of day of seconds since the epoch."""
    return Time(*time.localtime(ticks)[3:6])


def TimestampFromTicks(ticks):
    """The local date and time of seconds since the epoch."""
    return Timestamp(*time.localtime(ticks)[:6])


#: Adapters by ``(type, PrepareProtocol)``.
adapters = {}
#: Converters by upper-case type name.
converters = {}


def register_adapter(type, adapter, /):
    """Let ``adapter`` turn parameters of exactly ``type`` into a value that SQLite stores."""
    adapters[(type, PrepareProtocol)] = adapter


def register_converter(typename, converter, /):
    """Let ``converter`` turn the bytes of columns of type ``typename`` into an object, where ``detect_types`` asks."""
    converters[typename.upper()] = converter


def adapt(obj, proto=PrepareProtocol, alt=ProgrammingError, /):
    """``obj`` as an adapter or its ``__conform__`` makes it; otherwise ``alt``, or ``ProgrammingError`` without one."""
    adapter = adapters.get((type(obj), proto))
    if adapter is not None:
        return adapter(obj)
    conform = getattr(type(obj), "__conform__", None)
    adapted = conform(obj, proto) if conform is not None else None
    if adapted is not None:
        return adapted
    if alt is ProgrammingError:
        raise ProgrammingError("can't adapt")
    return alt


def _adapt(obj):
    """The adapted parameter, or the parameter itself. Called for types that the driver does not know."""
    return adapt(obj, PrepareProtocol, obj)


def _to_date(text):
    return datetime.date(*map(int, text.split(b"-")))


def _to_timestamp(text):
    day, clock = text.split(b" ")
    clock, _, fraction = clock.partition(b".")
    microsecond = int(fraction.ljust(6, b"0")[:6]) if fraction else 0
    return datetime.datetime(*map(int, day.split(b"-")), *map(int, clock.split(b":")), microsecond)


register_adapter(datetime.date, datetime.date.isoformat)
register_adapter(datetime.datetime, lambda value: value.isoformat(" "))
register_converter("date", _to_date)
register_converter("timestamp", _to_timestamp)


def connect(database, *args, factory=None, **kwargs):
    """Open a database; the arguments are those of :class:`Connection`, or of ``factory`` in its place."""
    return (factory or Connection)(database, *args, **kwargs)


def _quoted(name):
    return '"' + name.replace('"', '""') + '"'


def _iterdump(connection):
    """The statements that build the database again."""
    cursor = connection.cursor()
    cursor.row_factory = None
    yield "BEGIN TRANSACTION;"
    schema = cursor.execute(
        "SELECT name, type, sql FROM sqlite_master WHERE sql NOT NULL ORDER BY type <> 'table', name"
    ).fetchall()
    sequences = []
    for name, kind, sql in schema:
        if kind != "table":
            continue
        if name == "sqlite_sequence":
            sequences.append('DELETE FROM "sqlite_sequence";')
        elif name == "sqlite_stat1":
            yield 'ANALYZE "sqlite_master";'
        elif name.startswith("sqlite_"):
            continue
        elif sql.upper().startswith("CREATE VIRTUAL TABLE"):
            raise NotSupportedError(f"cannot dump the virtual table {name}")
        else:
            yield f"{sql};"
        columns = [row[1] for row in cursor.execute(f"PRAGMA table_info({_quoted(name)})")]
        values = " || ',' || ".join(f"quote({_quoted(column)})" for column in columns)
        target = _quoted(name).replace("'", "''")
        rows = cursor.execute(f"SELECT 'INSERT INTO {target} VALUES(' || {values} || ')' FROM {_quoted(name)}")
        statements = [f"{statement};" for (statement,) in rows]
        if name == "sqlite_sequence":
            sequences += statements
        else:
            yield from statements
    for _, kind, sql in schema:
        if kind != "table":
            yield f"{sql};"
    yield from sequences
    yield "COMMIT;"
