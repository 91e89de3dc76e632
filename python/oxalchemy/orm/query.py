"""``Query``: the classic way to select objects."""

from .._rs import Query, QueryContext
from .context import FromStatement
from .dynamic import AppenderMixin, AppenderQuery
from .util import Bundle, aliased, join, outerjoin, with_parent

Query._legacy_from_self = Query.from_self

__all__ = [
    "AppenderMixin",
    "AppenderQuery",
    "Bundle",
    "FromStatement",
    "Query",
    "QueryContext",
    "aliased",
    "join",
    "outerjoin",
    "with_parent",
]
