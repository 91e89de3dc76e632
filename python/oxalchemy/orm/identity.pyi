from oxalchemy import _rs
from oxalchemy._rs import IdentityMap as IdentityMap

__all__ = ["IdentityMap", "WeakInstanceDict"]

WeakInstanceDict = _rs.IdentityMap
