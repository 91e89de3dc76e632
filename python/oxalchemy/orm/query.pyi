from oxalchemy import _rs
from oxalchemy._rs import Query as Query, QueryContext as QueryContext, aliased as aliased, with_parent as with_parent
from oxalchemy.orm.context import FromStatement as FromStatement
from oxalchemy.orm.dynamic import AppenderMixin as AppenderMixin, AppenderQuery as AppenderQuery
from oxalchemy.orm.util import Bundle as Bundle

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

join = _rs._orm_join
outerjoin = _rs._orm_outerjoin
