"""``lazy='dynamic'``: a collection that is a query."""

from functools import wraps

from .. import exc, util
from .._rs import Query, _relationship_query
from ..exc import SAWarning
from .attributes import _WriterImplKind as _DynamicAttributeImpl  # noqa: F401  extensions ask isinstance() of it
from .base import state_str
from .exc import DetachedInstanceError
from .session import object_session
from .writeonly import _CollectionWriter


class AppenderMixin(_CollectionWriter):
    """Makes a Query of the rows of a relationship of an instance, and takes new members.

    Without a session it gives what was added to it. Methods that go on building a query give a plain one.
    """

    query_class = None

    def __init__(self, attr, state):
        super().__init__()
        self._enter(attr, state)
        _relationship_query(self, attr, state, object_session(self.instance))

    @property
    def session(self):
        """The session of the instance, flushed if it flushes by itself; None for an instance without rows."""
        session = object_session(self.instance)
        if session is not None and session.autoflush and self.instance in session:
            session.flush()
        return session if self._state().key is not None else None

    def _plain(self):
        session = object_session(self.instance)
        if session is None:
            raise DetachedInstanceError(
                f"Parent instance {state_str(self._state())} is not bound to a Session, and no contextual session is "
                f"established; "
                f"lazy load operation of attribute '{self.attr.key}' cannot proceed",
                code="bhk3",
            )
        if session.autoflush and self.instance in session:
            session.flush()
        make = self.query_class or getattr(session, "_query_cls", None) or Query
        query = make(self.column_descriptions[0]["entity"], session=session)
        _relationship_query(query, self.attr, self._state(), session)
        return query

    def _stored(self):
        """A query, or None where the database holds nothing."""
        if self.session is not None:
            return self._plain()
        if self._state().key is not None:
            util.warn(
                f"Instance {state_str(self._state())} is detached, dynamic relationship cannot return a correct result.   "
                "This warning will become a DetachedInstanceError in a future release.",
                SAWarning,
            )
        return None

    def __iter__(self):
        stored = self._stored()
        return iter(self._added() if stored is None else stored)

    def __getitem__(self, index):
        stored = self._stored()
        return self._added()[index] if stored is None else stored[index]

    def all(self):
        """The members."""
        return list(self)

    def count(self):
        """How many members there are."""
        stored = self._stored()
        return len(self._added()) if stored is None else stored.count()

    def one(self):
        """The only member."""
        stored = self._stored()
        if stored is not None:
            return stored.one()
        added = self._added()
        if len(added) == 1:
            return added[0]
        if added:
            raise exc.MultipleResultsFound("Multiple rows were found when exactly one was required")
        raise exc.NoResultFound("No row was found when one was required")

    def one_or_none(self):
        """The only member, or None."""
        return self.one() if self._stored() is not None or self._added() else None

    def append(self, item):
        """Add an object."""
        self._append(item)

    add = append

    def extend(self, iterator):
        """Add each object of an iterable."""
        self._append_all(iterator)

    add_all = extend

    def remove(self, item):
        """Remove an object."""
        self._take(item)


def _passed_on(name, original):
    @wraps(original)
    def method(self, *args, **kw):
        return getattr(self._plain(), name)(*args, **kw)

    return method


def _pass_on(cls, query_class):
    """Let a class hand the methods of Query to a plain query."""
    own = dir(_CollectionWriter) + list(vars(AppenderMixin))
    for name in dir(query_class):
        original = getattr(query_class, name)
        if not name.startswith("_") and name not in own and callable(original) and not isinstance(original, type):
            setattr(cls, name, _passed_on(name, original))
    return cls


class AppenderQuery(AppenderMixin, Query):
    """The collection of a relationship with ``lazy='dynamic'``."""


_pass_on(AppenderQuery, Query)
_CLASSES = {None: AppenderQuery, Query: AppenderQuery}


def appender_class(query_class):
    """The class of a dynamic collection whose queries are of ``query_class`` (None: the session's own)."""
    known = _CLASSES.get(query_class)
    if known is None:
        name = "Appender" + query_class.__name__
        known = _pass_on(type(name, (AppenderMixin, query_class), {"query_class": query_class}), Query)
        _CLASSES[query_class] = known
    return known


__all__ = ["AppenderMixin", "AppenderQuery"]
