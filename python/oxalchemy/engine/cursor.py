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


class FullyBufferedCursorFetchStrategy(CursorFetchStrategy):
    """All rows fetched at once."""


_DEFAULT_FETCH = CursorFetchStrategy()
_NO_CURSOR_DQL = NoCursorDQLFetchStrategy()
_NO_CURSOR_DML = NoCursorDMLFetchStrategy()
