from oxalchemy import _rs
from oxalchemy._rs import (
    ChunkedIteratorResult as ChunkedIteratorResult,
    Connection as Connection,
    CursorResult as CursorResult,
    Engine as Engine,
    FilterResult as FilterResult,
    FrozenResult as FrozenResult,
    IteratorResult as IteratorResult,
    MappingResult as MappingResult,
    MergedResult as MergedResult,
    NestedTransaction as NestedTransaction,
    OptionEngine as OptionEngine,
    Result as Result,
    RootTransaction as RootTransaction,
    Row as Row,
    RowMapping as RowMapping,
    ScalarResult as ScalarResult,
    Transaction as Transaction,
    TupleResult as TupleResult,
    TwoPhaseTransaction as TwoPhaseTransaction,
)
from oxalchemy.engine import (
    base as base,
    create as create,
    cursor as cursor,
    events as events,
    interfaces as interfaces,
    mock as mock,
    plugins as plugins,
    result as result,
    row as row,
    url as url,
    util as util,
)
from oxalchemy.engine.base import (
    DefaultRunner as DefaultRunner,
    SchemaIterator as SchemaIterator,
    connection_memoize as connection_memoize,
)
from oxalchemy.engine.create import (
    create_engine as create_engine,
    create_pool_from_url as create_pool_from_url,
    engine_from_config as engine_from_config,
)
from oxalchemy.engine.interfaces import (
    AdaptedConnection as AdaptedConnection,
    BindTyping as BindTyping,
    Connectable as Connectable,
    CreateEnginePlugin as CreateEnginePlugin,
    Dialect as Dialect,
    ExceptionContext as ExceptionContext,
    ExecutionContext as ExecutionContext,
)
from oxalchemy.engine.mock import create_mock_engine as create_mock_engine
from oxalchemy.engine.reflection import Inspector as Inspector, ObjectKind as ObjectKind, ObjectScope as ObjectScope
from oxalchemy.engine.url import URL as URL, make_url as make_url
from oxalchemy.sql.compiler import Compiled as Compiled, TypeCompiler as TypeCompiler

BaseCursorResult = _rs.CursorResult
BaseRow = _rs.Row
BufferedColumnResultProxy = _rs.CursorResult
BufferedRowResultProxy = _rs.CursorResult
FullyBufferedResultProxy = _rs.CursorResult
LegacyCursorResult = _rs.CursorResult
LegacyRow = _rs.Row
ResultProxy = _rs.CursorResult
RowProxy = _rs.Row
result_tuple = _rs._ResultTuple
