"""Rows."""

import collections.abc

from .._rs import RMKeyView, ROMappingView, Row, RowMapping, rowproxy_reconstructor

# How a row of 1.4 finds a key that is no number. Rows here know names and columns, with or without ``_mapping``.
KEY_INTEGER_ONLY, KEY_OBJECTS_ONLY, KEY_OBJECTS_BUT_WARN, KEY_OBJECTS_NO_WARN = range(4)

BaseRow = Row
RowProxy = Row
LegacyRow = Row
collections.abc.Sequence.register(Row)
collections.abc.Mapping.register(RowMapping)
collections.abc.KeysView.register(RMKeyView)
collections.abc.KeysView.register(ROMappingView)
collections.abc.ItemsView.register(ROMappingView)

__all__ = ["BaseRow", "LegacyRow", "ROMappingView", "Row", "RowMapping", "RowProxy", "rowproxy_reconstructor"]
