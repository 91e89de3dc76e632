"""Loader options."""

from .._rs import (
    Load,
    contains_eager,
    defaultload,
    defer,
    immediateload,
    joinedload,
    joinedload_all,
    lazyload,
    lazyload_all,
    load_only,
    noload,
    noload_all,
    raiseload,
    selectin_polymorphic,
    selectinload,
    selectinload_all,
    subqueryload,
    subqueryload_all,
    undefer,
    undefer_group,
    with_expression,
)

#: Legacy names.
eagerload = joinedload
eagerload_all = joinedload_all
contains_eager_all = contains_eager
immediateload_all = immediateload
defer_all = defer
undefer_all = undefer


class _ContainsAlias:
    """Legacy: rows of the first entity come under an alias."""

    _is_core = False

    def __init__(self, alias):
        self._contains_alias = alias


def contains_alias(alias):
    """Legacy: rows of the query's first entity come under ``alias``, a name or an alias."""
    return _ContainsAlias(alias)


class _Extension:
    """Legacy: a MapperExtension for one query."""

    _is_core = False

    def __init__(self, ext):
        self.ext = ext


def extension(ext):
    """Legacy: use a :class:`.MapperExtension` in one query."""
    return _Extension(ext)


__all__ = [
    "Load",
    "contains_alias",
    "contains_eager",
    "contains_eager_all",
    "defaultload",
    "defer",
    "defer_all",
    "eagerload",
    "eagerload_all",
    "extension",
    "immediateload",
    "immediateload_all",
    "joinedload",
    "joinedload_all",
    "lazyload",
    "lazyload_all",
    "load_only",
    "noload",
    "noload_all",
    "raiseload",
    "selectin_polymorphic",
    "selectinload",
    "selectinload_all",
    "subqueryload",
    "subqueryload_all",
    "undefer",
    "undefer_all",
    "undefer_group",
    "with_expression",
]
