from typing import Any

from oxalchemy import _rs
from oxalchemy._rs import CursorResult as CursorResult

class ResultFetchStrategy:
    alternate_cursor_description: Any

class CursorFetchStrategy(ResultFetchStrategy): ...
class NoCursorFetchStrategy(ResultFetchStrategy): ...
class NoCursorDQLFetchStrategy(NoCursorFetchStrategy): ...
class NoCursorDMLFetchStrategy(NoCursorFetchStrategy): ...

class BufferedRowCursorFetchStrategy(CursorFetchStrategy):
    def __init__(self, bufsize: int = 1, growth_factor: int = 5, max_row_buffer: int = 1000) -> None: ...

class FullyBufferedCursorFetchStrategy(CursorFetchStrategy): ...

BaseCursorResult = _rs.CursorResult
BufferedColumnResultProxy = _rs.CursorResult
BufferedRowResultProxy = _rs.CursorResult
CursorResultMetaData = _rs.SimpleResultMetaData
FullyBufferedResultProxy = _rs.CursorResult
LegacyCursorResult = _rs.CursorResult
ResultProxy = _rs.CursorResult
