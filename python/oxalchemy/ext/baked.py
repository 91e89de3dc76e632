"""Queries whose construction runs once: steps are remembered by their code, what they made is used again.

Statements are compiled once per structure anyway; what a bakery saves is the Python that builds them.
"""

from __future__ import annotations

from collections.abc import Sequence

from .. import exc, util
from ..orm import exc as orm_exc
from ..orm.query import Query

__all__ = ["BakedQuery", "Bakery", "Result", "bakery"]


class Bakery:
    """What :meth:`.BakedQuery.bakery` gives: called with the first step it starts a query."""

    __slots__ = ("cache", "cls")

    def __init__(self, cls_, cache):
        self.cls, self.cache = cls_, cache

    def __call__(self, initial_fn, *args):
        """A :class:`.BakedQuery` that starts with ``initial_fn(session)``; ``args`` tell apart queries of the same code."""
        return self.cls(self.cache, initial_fn, args)


class BakedQuery:
    """A query in steps: callables that take a :class:`.Query` and give one."""

    __slots__ = ("_bakery", "_cache_key", "_spoiled", "steps")

    def __init__(self, bakery, initial_fn, args=()):
        self._cache_key = ()
        self._update_cache_key(initial_fn, args)
        self.steps = [initial_fn]
        self._spoiled = False
        self._bakery = bakery

    @classmethod
    def bakery(cls, size=200, _size_alert=None):
        """A :class:`.Bakery` that keeps up to ``size`` queries."""
        return Bakery(cls, util.LRUCache(size, size_alert=_size_alert))

    def _clone(self):
        new = BakedQuery.__new__(BakedQuery)
        new._cache_key, new.steps, new._spoiled, new._bakery = self._cache_key, list(self.steps), self._spoiled, self._bakery
        return new

    def _update_cache_key(self, fn, args=()):
        self._cache_key += (fn.__code__, *args)

    def __iadd__(self, other):
        if isinstance(other, tuple):
            self.add_criteria(*other)
        else:
            self.add_criteria(other)
        return self

    def __add__(self, other):
        if isinstance(other, tuple):
            return self.with_criteria(*other)
        return self.with_criteria(other)

    def add_criteria(self, fn, *args):
        """Add a step, in place. ``args`` tell apart steps of the same code."""
        self._update_cache_key(fn, args)
        self.steps.append(fn)
        return self

    def with_criteria(self, fn, *args):
        """A copy with a further step."""
        return self._clone().add_criteria(fn, *args)

    def for_session(self, session):
        """A :class:`.Result` for the session."""
        return Result(self, session)

    def __call__(self, session):
        return self.for_session(session)

    def spoil(self, full=False):
        """Steps from here on (with ``full`` all) run each time."""
        if not full and not self._spoiled:
            _spoil_point = self._clone()
            _spoil_point._cache_key += ("_query_only",)
            self.steps = [_spoil_point._retrieve_baked_query]
        self._spoiled = True
        return self

    def to_query(self, query_or_session):
        """The steps as a plain Query, for use inside another.

        :param query_or_session: a Session, a ``scoped_session`` or a Query whose session is taken
        """
        from ..orm import Session

        if isinstance(query_or_session, Session):
            session = query_or_session
        elif isinstance(query_or_session, Query):
            session = query_or_session.session
            if session is None:
                raise exc.ArgumentError("Given Query needs to be associated with a Session")
        elif callable(query_or_session) and isinstance(query_or_session(), Session):
            session = query_or_session()
        else:
            raise TypeError(f"Query or Session object expected, got {type(query_or_session)!r}.")
        return self._as_query(session)

    def _as_query(self, session):
        query = self.steps[0](session)
        for step in self.steps[1:]:
            query = step(query)
        return query

    def _retrieve_baked_query(self, session):
        """The built query, remembered without its session."""
        known = self._bakery.get(self._cache_key, None)
        if known is None:
            built = self._as_query(session)
            known = built.with_session(None) if built.session is not None else built
            self._bakery[self._cache_key] = known
        return known.with_session(session)

    def _query(self, session):
        return self._as_query(session) if self._spoiled else self._retrieve_baked_query(session)


class Result:
    """A baked query for a session."""

    __slots__ = ("_params", "_post_criteria", "bq", "session")

    def __init__(self, bq, session):
        self.bq, self.session, self._params, self._post_criteria = bq, session, {}, []

    def params(self, *args, **kw):
        """Values of parameters: keywords, or one dict."""
        if len(args) == 1:
            kw.update(args[0])
        elif args:
            raise exc.ArgumentError("params() takes zero or one positional argument, which is a dictionary.")
        self._params.update(kw)
        return self

    def _using_post_criteria(self, fns):
        self._post_criteria.extend(fns)
        return self

    def with_post_criteria(self, fn):
        """A step that runs each time, after what is remembered; it must not change the statement's text."""
        return self._using_post_criteria([fn])

    def _as_query(self):
        query = self.bq._query(self.session)
        if self._params:
            query = query.params(self._params)
        for fn in self._post_criteria:
            query = fn(query)
        return query

    def __str__(self):
        return str(self._as_query())

    def __iter__(self):
        return iter(self._as_query())

    def count(self):
        """``Query.count()``."""
        return self._as_query().count()

    def scalar(self):
        """The first element of the one row, or None."""
        try:
            row = self.one()
        except orm_exc.NoResultFound:
            return None
        return row[0] if isinstance(row, Sequence) else row

    def first(self):
        """``Query.first()``."""
        bq = self.bq.with_criteria(lambda query: query.limit(1))
        rows = list(bq.for_session(self.session).params(self._params)._using_post_criteria(self._post_criteria))
        return rows[0] if rows else None

    def one(self):
        """``Query.one()``."""
        return self._as_query().one()

    def one_or_none(self):
        """``Query.one_or_none()``."""
        return self._as_query().one_or_none()

    def all(self):
        """``Query.all()``."""
        return self._as_query().all()

    def get(self, ident):
        """``Query.get()``."""
        return self._as_query().get(ident)


bakery = BakedQuery.bakery
