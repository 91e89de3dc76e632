"""Results."""

import operator

from .._rs import (
    ChunkedIteratorResult,
    FilterResult,
    FrozenResult,
    IteratorResult,
    MappingResult,
    MergedResult,
    Result,
    ResultInternal,
    RMKeyView,
    ScalarResult,
    SimpleResultMetaData,
    TupleResult,
)
from .._rs import _ResultTuple as result_tuple

ResultMetaData = SimpleResultMetaData
_frozen = FrozenResult._of


def null_result():
    """A result without rows."""
    return IteratorResult(SimpleResultMetaData([]), iter([]))


def tuplegetter(*indexes):
    """A function that gives the elements at these positions as a tuple."""
    if len(indexes) == 1 or any(not isinstance(i, int) for i in indexes):
        return lambda row: tuple(row[i] for i in indexes)
    return operator.itemgetter(*indexes)


def __getattr__(name):
    if name in ("Row", "RowMapping"):
        from . import row

        return getattr(row, name)
    if name in ("ResultProxy", "CursorResult"):
        from . import cursor

        return getattr(cursor, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "ChunkedIteratorResult",
    "FilterResult",
    "FrozenResult",
    "IteratorResult",
    "MappingResult",
    "MergedResult",
    "RMKeyView",
    "Result",
    "ResultInternal",
    "ResultMetaData",
    "ScalarResult",
    "SimpleResultMetaData",
    "TupleResult",
    "null_result",
    "result_tuple",
]
