"""What the PEP 249 modules of the built-in server drivers have in common."""

from __future__ import annotations

import datetime
import sys
import time

apilevel = "2.0"
#: 2: threads may share the module and connections. Statements on one connection wait for each other.
threadsafety = 2

Date = datetime.date
Time = datetime.time
Timestamp = datetime.datetime
Binary = bytes


def DateFromTicks(ticks):
    """The local date of seconds since the epoch."""
    return Date(*time.localtime(ticks)[:3])


def TimeFromTicks(ticks):
    """The local time of day of seconds since the epoch."""
    return Time(*time.localtime(ticks)[3:6])


def TimestampFromTicks(ticks):
    """The local date and time of seconds since the epoch."""
    return Timestamp(*time.localtime(ticks)[:6])


class TypeCodes(frozenset):
    """A PEP 249 type object: equal to each of the type codes that it stands for."""

    def __eq__(self, other):
        return other in self if isinstance(other, int) else frozenset.__eq__(self, other)

    def __ne__(self, other):
        return not self == other

    __hash__ = frozenset.__hash__


def as_text(value):
    """A connection option as the driver takes it: text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return value.decode()
    return str(value)


def is_own(dbapi_connection):
    """Whether a DBAPI connection is one of a built-in driver."""
    return type(dbapi_connection).__module__.partition(".")[0] == "oxalchemy"


def adopt(dialect, dbapi_connection):
    """Let a dialect use the PEP 249 module that a connection comes from, which ``creator`` made with a driver of the user's."""
    if is_own(dbapi_connection):
        return
    name = type(dbapi_connection).__module__
    while name:
        module = sys.modules.get(name)
        if module is dialect.dbapi:
            return
        if hasattr(module, "apilevel") and hasattr(module, "Error"):
            dialect.dbapi = module
            dialect.paramstyle = module.paramstyle
            dialect.positional = module.paramstyle in ("qmark", "format", "numeric", "numeric_dollar")
            return
        name = name.rpartition(".")[0]
