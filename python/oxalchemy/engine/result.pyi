from typing import Any

from oxalchemy import _rs
from oxalchemy._rs import (
    ChunkedIteratorResult as ChunkedIteratorResult,
    FilterResult as FilterResult,
    FrozenResult as FrozenResult,
    IteratorResult as IteratorResult,
    MappingResult as MappingResult,
    MergedResult as MergedResult,
    Result as Result,
    ResultInternal as ResultInternal,
    RMKeyView as RMKeyView,
    ScalarResult as ScalarResult,
    SimpleResultMetaData as SimpleResultMetaData,
    TupleResult as TupleResult,
)

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

def null_result() -> Any: ...
def tuplegetter(*indexes: Any) -> Any: ...

ResultMetaData = _rs.SimpleResultMetaData
result_tuple = _rs._ResultTuple
