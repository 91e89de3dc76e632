"""``scoped_session``: one session a thread, or a scope of the user's."""

from .._rs import ScopedRegistry, scoped_session
from .session import Session  # noqa: F401

ScopedSession = scoped_session

__all__ = ["ScopedRegistry", "ScopedSession", "scoped_session"]
