"""The event groups."""

from .engine.events import ConnectionEvents, DialectEvents
from .pool import PoolResetState
from .pool.events import PoolEvents

__all__ = ["ConnectionEvents", "DDLEvents", "DialectEvents", "PoolEvents", "PoolResetState", "SchemaEventTarget"]


def __getattr__(name):
    if name == "DDLEvents":
        from .sql.events import DDLEvents

        return DDLEvents
    if name == "SchemaEventTarget":
        from .sql.base import SchemaEventTarget

        return SchemaEventTarget
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
