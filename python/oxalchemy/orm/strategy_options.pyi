from typing import Any

from oxalchemy import _rs
from oxalchemy._rs import (
    Load as Load,
    contains_eager as contains_eager,
    defaultload as defaultload,
    defer as defer,
    immediateload as immediateload,
    joinedload as joinedload,
    joinedload_all as joinedload_all,
    lazyload as lazyload,
    lazyload_all as lazyload_all,
    load_only as load_only,
    noload as noload,
    noload_all as noload_all,
    raiseload as raiseload,
    selectin_polymorphic as selectin_polymorphic,
    selectinload as selectinload,
    selectinload_all as selectinload_all,
    subqueryload as subqueryload,
    subqueryload_all as subqueryload_all,
    undefer as undefer,
    undefer_group as undefer_group,
    with_expression as with_expression,
)

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

class _ContainsAlias:
    def __init__(self, alias: Any) -> None: ...

class _Extension:
    def __init__(self, ext: Any) -> None: ...
    ext: Any

def contains_alias(alias: Any) -> Any: ...
def extension(ext: Any) -> Any: ...

contains_eager_all = _rs.contains_eager
defer_all = _rs.defer
eagerload = _rs.joinedload
eagerload_all = _rs.joinedload_all
immediateload_all = _rs.immediateload
undefer_all = _rs.undefer
