"""asyncio: engines, connections, sessions and results whose operations are awaited.

Operations run on threads of ours while the event loop is free; neither greenlet nor an asynchronous driver package is needed.
"""

from .engine import (
    AsyncConnection,
    AsyncEngine,
    AsyncTransaction,
    async_engine_from_config,
    create_async_engine,
    create_async_pool_from_url,
)
from .exc import AsyncMethodRequired
from .result import AsyncMappingResult, AsyncResult, AsyncScalarResult, AsyncTupleResult
from .scoping import async_scoped_session
from .session import (
    AsyncAttrs,
    AsyncSession,
    AsyncSessionTransaction,
    async_object_session,
    async_session,
    async_sessionmaker,
    close_all_sessions,
)

__all__ = [
    "AsyncAttrs",
    "AsyncConnection",
    "AsyncEngine",
    "AsyncMappingResult",
    "AsyncMethodRequired",
    "AsyncResult",
    "AsyncScalarResult",
    "AsyncSession",
    "AsyncSessionTransaction",
    "AsyncTransaction",
    "AsyncTupleResult",
    "async_engine_from_config",
    "async_object_session",
    "async_scoped_session",
    "async_session",
    "async_sessionmaker",
    "close_all_sessions",
    "create_async_engine",
    "create_async_pool_from_url",
]
