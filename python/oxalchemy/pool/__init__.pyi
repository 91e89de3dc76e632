from oxalchemy._rs import (
    ConnectionPoolEntry as ConnectionPoolEntry,
    ManagesConnection as ManagesConnection,
    PoolProxiedConnection as PoolProxiedConnection,
)
from oxalchemy.pool import events as events
from oxalchemy.pool.base import (
    Pool as Pool,
    PoolResetState as PoolResetState,
    reset_commit as reset_commit,
    reset_none as reset_none,
    reset_rollback as reset_rollback,
)
from oxalchemy.pool.dbapi_proxy import clear_managers as clear_managers, manage as manage
from oxalchemy.pool.impl import (
    AssertionPool as AssertionPool,
    AsyncAdaptedQueuePool as AsyncAdaptedQueuePool,
    FallbackAsyncAdaptedQueuePool as FallbackAsyncAdaptedQueuePool,
    NullPool as NullPool,
    QueuePool as QueuePool,
    SingletonThreadPool as SingletonThreadPool,
    StaticPool as StaticPool,
)

__all__ = [
    "AssertionPool",
    "AsyncAdaptedQueuePool",
    "ConnectionPoolEntry",
    "FallbackAsyncAdaptedQueuePool",
    "ManagesConnection",
    "NullPool",
    "Pool",
    "PoolProxiedConnection",
    "PoolResetState",
    "QueuePool",
    "SingletonThreadPool",
    "StaticPool",
    "clear_managers",
    "manage",
    "reset_commit",
    "reset_none",
    "reset_rollback",
]
