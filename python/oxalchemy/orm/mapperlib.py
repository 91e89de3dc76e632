"""Older path of :mod:`oxalchemy.orm.mapper`."""

from .mapper import Mapper, class_mapper, configure_mappers, object_mapper, reconstructor, validates

__all__ = ["Mapper", "class_mapper", "configure_mappers", "object_mapper", "reconstructor", "validates"]
