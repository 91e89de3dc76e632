from oxalchemy import _rs
from oxalchemy._rs import (
    RMKeyView as RMKeyView,
    ROMappingView as ROMappingView,
    Row as Row,
    RowMapping as RowMapping,
    rowproxy_reconstructor as rowproxy_reconstructor,
)

__all__ = ["BaseRow", "LegacyRow", "ROMappingView", "Row", "RowMapping", "RowProxy", "rowproxy_reconstructor"]

KEY_INTEGER_ONLY: int
KEY_OBJECTS_ONLY: int
KEY_OBJECTS_BUT_WARN: int
KEY_OBJECTS_NO_WARN: int

BaseRow = _rs.Row
LegacyRow = _rs.Row
RowProxy = _rs.Row
