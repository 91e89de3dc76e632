"""``CursorResult`` and its older names."""

from .._rs import CursorResult
from .._rs import SimpleResultMetaData as CursorResultMetaData  # noqa: F401

ResultProxy = CursorResult
BufferedRowResultProxy = CursorResult
BufferedColumnResultProxy = CursorResult
FullyBufferedResultProxy = CursorResult
LegacyCursorResult = CursorResult
BaseCursorResult = CursorResult
