"""``Session`` and what makes sessions."""

import enum

from .._rs import (
    ORMExecuteState,
    Session,
    SessionTransaction,
    UOWTransaction,  # noqa: F401
    _sessions,  # noqa: F401
    close_all_sessions,
    identity_key,
    make_transient,
    make_transient_to_detached,
    object_session,
    sessionmaker,
    was_deleted,
)


class SessionTransactionOrigin(enum.Enum):
    """Why a :class:`SessionTransaction` exists."""

    #: Begun by the first use of the session.
    AUTOBEGIN = 0
    #: ``Session.begin()``.
    BEGIN = 1
    #: ``Session.begin_nested()``.
    BEGIN_NESTED = 2
    #: Inside another one: a flush, or the legacy ``begin(subtransactions=True)``.
    SUBTRANSACTION = 3


class SessionTransactionState(enum.Enum):
    """Where in its life a :class:`SessionTransaction` is."""

    ACTIVE = 1
    PREPARED = 2
    COMMITTED = 3
    DEACTIVE = 4
    CLOSED = 5
    PROVISIONING_CONNECTION = 6


ACTIVE = SessionTransactionState.ACTIVE
PREPARED = SessionTransactionState.PREPARED
COMMITTED = SessionTransactionState.COMMITTED
DEACTIVE = SessionTransactionState.DEACTIVE
CLOSED = SessionTransactionState.CLOSED


def create_session(bind=None, **kwargs):
    """Legacy: a session in autocommit mode that neither flushes by itself nor expires."""
    kwargs.setdefault("autoflush", False)
    kwargs.setdefault("autocommit", True)
    kwargs.setdefault("expire_on_commit", False)
    return Session(bind=bind, **kwargs)


def _state_session(state):
    return state.session


__all__ = [
    "ORMExecuteState",
    "Session",
    "SessionTransaction",
    "SessionTransactionOrigin",
    "SessionTransactionState",
    "close_all_sessions",
    "create_session",
    "identity_key",
    "make_transient",
    "make_transient_to_detached",
    "object_session",
    "sessionmaker",
    "was_deleted",
]
