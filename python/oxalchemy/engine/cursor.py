"""``CursorResult`` and its older names."""

from .._rs import CursorResult
from .._rs import SimpleResultMetaData as CursorResultMetaData  # noqa: F401

ResultProxy = CursorResult
BufferedRowResultProxy = CursorResult
BufferedColumnResultProxy = CursorResult
FullyBufferedResultProxy = CursorResult
LegacyCursorResult = CursorResult
BaseCursorResult = CursorResult


class ResultFetchStrategy:
    """How rows are fetched. Rows are fetched by the Rust core; these names remain for code that looks at them."""

    __slots__ = ()
    alternate_cursor_description = None


class CursorFetchStrategy(ResultFetchStrategy):
    """Rows as the cursor gives them."""


class NoCursorFetchStrategy(ResultFetchStrategy):
    """No rows."""


class NoCursorDQLFetchStrategy(NoCursorFetchStrategy):
    """No more rows."""


class NoCursorDMLFetchStrategy(NoCursorFetchStrategy):
    """A statement without rows."""


class BufferedRowCursorFetchStrategy(CursorFetchStrategy):
    """Rows fetched in growing batches."""

    def __init__(self, bufsize=1, growth_factor=5, max_row_buffer=1000):
        self._bufsize = bufsize
        self._growth_factor = growth_factor
        self._max_row_buffer = max_row_buffer


class FullyBufferedCursorFetchStrategy(CursorFetchStrategy):
    """All rows fetched at once."""


_DEFAULT_FETCH = CursorFetchStrategy()
_NO_CURSOR_DQL = NoCursorDQLFetchStrategy()
_NO_CURSOR_DML = NoCursorDMLFetchStrategy()


def _strategy_of(options, yield_per):
    """The strategy of a result: of an execution with these options, or as ``yield_per()`` has changed it."""
    if not options.get("stream_results"):
        return _DEFAULT_FETCH
    size = yield_per or options.get("yield_per")
    if size:
        return BufferedRowCursorFetchStrategy(size, 0, size)
    return BufferedRowCursorFetchStrategy(max_row_buffer=options.get("max_row_buffer", 1000))
