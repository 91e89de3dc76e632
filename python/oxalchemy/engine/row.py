"""Rows."""

import collections.abc

from .._rs import RMKeyView, ROMappingView, Row, RowMapping, rowproxy_reconstructor

BaseRow = Row
RowProxy = Row
LegacyRow = Row
collections.abc.Sequence.register(Row)
collections.abc.Mapping.register(RowMapping)
collections.abc.KeysView.register(RMKeyView)
collections.abc.KeysView.register(ROMappingView)
collections.abc.ItemsView.register(ROMappingView)

__all__ = ["BaseRow", "LegacyRow", "ROMappingView", "Row", "RowMapping", "RowProxy", "rowproxy_reconstructor"]
