"""Connection pools: which connections are kept, and who waits when all are in use."""

from . import events
from .base import (
    ConnectionPoolEntry,
    ManagesConnection,
    Pool,
    PoolProxiedConnection,
    PoolResetState,
    _AdhocProxiedConnection,
    _ConnectionFairy,
    _ConnectionRecord,
    _CreatorFnType,
    _CreatorWRecFnType,
    _finalize_fairy,
    reset_commit,
    reset_none,
    reset_rollback,
)
from .dbapi_proxy import clear_managers, manage
from .impl import (
    AssertionPool,
    AsyncAdaptedQueuePool,
    FallbackAsyncAdaptedQueuePool,
    NullPool,
    QueuePool,
    SingletonThreadPool,
    StaticPool,
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
