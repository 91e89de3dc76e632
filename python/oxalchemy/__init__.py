"""oxalchemy: SQLAlchemy's documented API on a Rust core."""

from . import exc as exc
from . import sql as sql
from . import types as types
from . import event as event
from . import pool as pool
from . import util as util
from .engine import AdaptedConnection as AdaptedConnection
from .engine import BaseRow as BaseRow
from .engine import BindTyping as BindTyping
from .engine import ChunkedIteratorResult as ChunkedIteratorResult
from .engine import (
    Connection as Connection,
    CreateEnginePlugin as CreateEnginePlugin,
    CursorResult as CursorResult,
    Dialect as Dialect,
    Engine as Engine,
    ExceptionContext as ExceptionContext,
    ExecutionContext as ExecutionContext,
    FilterResult as FilterResult,
    FrozenResult as FrozenResult,
    IteratorResult as IteratorResult,
    MappingResult as MappingResult,
    MergedResult as MergedResult,
    NestedTransaction as NestedTransaction,
    Result as Result,
    ResultProxy as ResultProxy,
    RootTransaction as RootTransaction,
    Row as Row,
    RowMapping as RowMapping,
    ScalarResult as ScalarResult,
    Transaction as Transaction,
    TupleResult as TupleResult,
    TwoPhaseTransaction as TwoPhaseTransaction,
    create_engine as create_engine,
    create_mock_engine as create_mock_engine,
    create_pool_from_url as create_pool_from_url,
    engine_from_config as engine_from_config,
    result_tuple as result_tuple,
)
from .engine.url import URL as URL
from .engine.url import make_url as make_url
from .inspection import inspect as inspect
from .pool import (
    AssertionPool as AssertionPool,
    AsyncAdaptedQueuePool as AsyncAdaptedQueuePool,
    FallbackAsyncAdaptedQueuePool as FallbackAsyncAdaptedQueuePool,
    NullPool as NullPool,
    Pool as Pool,
    PoolProxiedConnection as PoolProxiedConnection,
    PoolResetState as PoolResetState,
    QueuePool as QueuePool,
    SingletonThreadPool as SingletonThreadPool,
    StaticPool as StaticPool,
)
from .schema import *  # noqa: F403
from .sql.expression import *  # noqa: F403
from .sql.expression import custom_op as custom_op
from .sql.expression import quoted_name as quoted_name
from .types import *  # noqa: F403

__version__ = "0.1.0"
_ON_USE = ("Compiled", "Inspector", "TypeCompiler")


def __getattr__(name):
    # Reflection and the compiler's Python face are loaded by whoever uses them first.
    if name in _ON_USE:
        from . import engine

        return getattr(engine, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [n for n in dir() if not n.startswith("_")] + [*_ON_USE]
