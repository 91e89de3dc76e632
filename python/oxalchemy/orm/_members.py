"""Mappings that members of ``Mapper`` give."""

from ..sql.base import ReadOnlyColumnCollection
from ..util import ReadOnlyProperties
from .base import NOT_EXTENSION, InspectionAttr


def _column_collection(pairs):
    """Attribute names and columns as ``Mapper.columns`` shows them."""
    return ReadOnlyColumnCollection(pairs)


def _all_orm_descriptors(mapper):
    """Mapped attributes and the descriptors of extensions (hybrids, proxies), by name."""
    found = {}
    # most specific class first; within a class mapped attributes in mapping order
    for cls in mapper.class_.__mro__:
        for key, value in cls.__dict__.items():
            if key in found or key.startswith("__"):
                continue
            if getattr(type(value), "is_attribute", False) is True and getattr(value, "key", None) is not None:
                found[key] = value
            elif isinstance(value, InspectionAttr) and value.extension_type is not NOT_EXTENSION:
                found[key] = value
            elif getattr(value, "is_attribute", False) is True and hasattr(value, "extension_type"):
                found[key] = value
    ordered = {}
    for key in mapper._props:
        if key in found:
            ordered[key] = found.pop(key)
    ordered.update(found)
    return ReadOnlyProperties(ordered)


class _ColumnToProperty:
    """Column to property, as a read-only mapping."""

    def __init__(self, mapper):
        self.mapper = mapper

    def __getitem__(self, column):
        return self.mapper.get_property_by_column(column)

    def __contains__(self, column):
        return self.get(column) is not None

    def get(self, column, default=None):
        from .exc import UnmappedColumnError

        try:
            return self.mapper.get_property_by_column(column)
        except UnmappedColumnError:
            return default
