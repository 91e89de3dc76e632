from typing import Any

from oxalchemy import _rs
from oxalchemy._rs import CursorResult as CursorResult

class ResultFetchStrategy:
    alternate_cursor_description: Any

class CursorFetchStrategy(ResultFetchStrategy): ...
class NoCursorFetchStrategy(ResultFetchStrategy): ...
class NoCursorDQLFetchStrategy(NoCursorFetchStrategy): ...
class NoCursorDMLFetchStrategy(NoCursorFetchStrategy): ...
class BufferedRowCursorFetchStrategy(CursorFetchStrategy): ...
class FullyBufferedCursorFetchStrategy(CursorFetchStrategy): ...

BaseCursorResult = _rs.CursorResult
BufferedColumnResultProxy = _rs.CursorResult
BufferedRowResultProxy = _rs.CursorResult
CursorResultMetaData = _rs.SimpleResultMetaData
FullyBufferedResultProxy = _rs.CursorResult
LegacyCursorResult = _rs.CursorResult
ResultProxy = _rs.CursorResult
