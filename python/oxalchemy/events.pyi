from oxalchemy.engine.events import ConnectionEvents as ConnectionEvents, DialectEvents as DialectEvents
from oxalchemy.pool.base import PoolResetState as PoolResetState
from oxalchemy.pool.events import PoolEvents as PoolEvents
from oxalchemy.sql.event_target import SchemaEventTarget as SchemaEventTarget
from oxalchemy.sql.events import DDLEvents as DDLEvents

__all__ = ["ConnectionEvents", "DDLEvents", "DialectEvents", "PoolEvents", "PoolResetState", "SchemaEventTarget"]
