import enum
from typing import Any

from oxalchemy._rs import (
    ORMExecuteState as ORMExecuteState,
    Session as Session,
    SessionTransaction as SessionTransaction,
    UOWTransaction as UOWTransaction,
    close_all_sessions as close_all_sessions,
    identity_key as identity_key,
    make_transient as make_transient,
    make_transient_to_detached as make_transient_to_detached,
    object_session as object_session,
    sessionmaker as sessionmaker,
    was_deleted as was_deleted,
)

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

class SessionTransactionOrigin(enum.Enum):
    AUTOBEGIN = 0
    BEGIN = 1
    BEGIN_NESTED = 2
    SUBTRANSACTION = 3

class SessionTransactionState(enum.Enum):
    ACTIVE = 1
    PREPARED = 2
    COMMITTED = 3
    DEACTIVE = 4
    CLOSED = 5
    PROVISIONING_CONNECTION = 6

def create_session(bind: Any = None, **kwargs: Any) -> Any: ...

ACTIVE: SessionTransactionState
PREPARED: SessionTransactionState
COMMITTED: SessionTransactionState
DEACTIVE: SessionTransactionState
CLOSED: SessionTransactionState
