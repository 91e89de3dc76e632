"""Engines, connections, transactions, results."""

from . import events, interfaces, util  # noqa: F401
from .base import (
    Connection,
    DefaultRunner,
    Engine,
    NestedTransaction,
    OptionEngine,
    RootTransaction,
    SchemaIterator,
    Transaction,
    TwoPhaseTransaction,
    connection_memoize,
)
from .create import create_engine, create_pool_from_url, engine_from_config
from .cursor import (
    BaseCursorResult,
    BufferedColumnResultProxy,
    BufferedRowResultProxy,
    CursorResult,
    FullyBufferedResultProxy,
    LegacyCursorResult,
    ResultProxy,
)
from .interfaces import (
    AdaptedConnection,
    BindTyping,
    Connectable,
    CreateEnginePlugin,
    Dialect,
    ExceptionContext,
    ExecutionContext,
)
from .mock import create_mock_engine
from .result import (
    ChunkedIteratorResult,
    FilterResult,
    FrozenResult,
    IteratorResult,
    MappingResult,
    MergedResult,
    Result,
    ScalarResult,
    TupleResult,
    result_tuple,
)
from .row import BaseRow, LegacyRow, Row, RowMapping, RowProxy
from .url import URL, make_url

from .. import inspection as _inspection


def _inspector(bind):
    from .reflection import inspector_of

    return inspector_of(bind)


_inspection._inspects(Engine, Connection)(_inspector)

__all__ = [n for n in dir() if not n.startswith("_")] + ["Compiled", "Inspector", "ObjectKind", "ObjectScope", "TypeCompiler"]


def __getattr__(name):
    if name in ("Compiled", "TypeCompiler"):
        return getattr(interfaces, name)
    if name in ("Inspector", "ObjectKind", "ObjectScope"):
        from . import reflection

        return getattr(reflection, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
