"""The identity map of a session."""

from .._rs import IdentityMap

WeakInstanceDict = IdentityMap

__all__ = ["IdentityMap", "WeakInstanceDict"]
