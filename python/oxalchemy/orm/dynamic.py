"""``lazy='dynamic'``: a collection that is a query."""

from .._rs import Query


class AppenderMixin:
    """Makes a Query of a relationship's rows that takes new members."""

    query_class = None


class AppenderQuery(AppenderMixin, Query):
    """A dynamic collection."""


__all__ = ["AppenderMixin", "AppenderQuery"]
