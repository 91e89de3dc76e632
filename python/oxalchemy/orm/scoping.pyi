from oxalchemy import _rs
from oxalchemy._rs import ScopedRegistry as ScopedRegistry, Session as Session, scoped_session as scoped_session

__all__ = ["ScopedRegistry", "ScopedSession", "scoped_session"]

ScopedSession = _rs.scoped_session
