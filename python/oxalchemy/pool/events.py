"""The events of pools. Each method declares an event; its arguments are what listeners get."""

import sys

from .. import event
from .base import Pool


class PoolEvents(event.Events):
    """Events of a pool, an engine (its pool), or of all pools when the target is the class ``Pool`` or ``Engine``."""

    _target_class_doc = "SomeEngineOrPool"
    _dispatch_target = Pool

    @classmethod
    def _accept_with(cls, target, identifier):
        # Who has not imported the engine has no engine to listen to.
        Engine = getattr(sys.modules.get(__name__.partition(".")[0] + ".engine"), "Engine", ())
        if isinstance(target, type):
            if Engine and issubclass(target, Engine):
                return Pool
            return target if issubclass(target, Pool) else None
        if isinstance(target, Engine):
            target.dialect._has_events = True
            return target.pool
        if isinstance(target, Pool):
            return target
        if hasattr(target, "_no_async_engine_events"):
            target._no_async_engine_events()
        return None

    def connect(self, dbapi_connection, connection_record):
        """A DBAPI connection was opened."""

    def first_connect(self, dbapi_connection, connection_record):
        """The pool opened its first DBAPI connection."""

    def checkout(self, dbapi_connection, connection_record, connection_proxy):
        """A connection is handed out. ``DisconnectionError``: it is dead, try another."""

    def checkin(self, dbapi_connection, connection_record):
        """A connection came back; ``dbapi_connection`` is ``None`` if it was invalidated."""

    def reset(self, dbapi_connection, connection_record, reset_state):
        """Before the transaction of a returned connection is rolled back or committed."""

    def invalidate(self, dbapi_connection, connection_record, exception):
        """A connection is about to be closed because it is unusable."""

    def soft_invalidate(self, dbapi_connection, connection_record, exception):
        """A connection will be replaced at its next checkout."""

    def close(self, dbapi_connection, connection_record):
        """Before a connection is closed."""

    def detach(self, dbapi_connection, connection_record):
        """A connection left the pool for good."""

    def close_detached(self, dbapi_connection):
        """Before a detached connection is closed."""
