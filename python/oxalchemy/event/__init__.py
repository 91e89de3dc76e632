"""The event system: functions that run when something happens to an engine, a pool, a table, a mapper, a session.

``listen(target, "name", fn)`` registers, ``remove`` takes back, ``contains`` asks. A target is an object or a class; what is
listened for on a class holds for all its instances and subclasses.
"""

from .api import CANCEL, NO_RETVAL, contains, listen, listens_for, remove
from .attr import Dispatch, RefCollection
from .base import Events, dispatcher, dispatcher_of
from .legacy import _legacy_signature, _omit_standard_example
from .registry import EventKey as _EventKey
from .registry import EventTarget

__all__ = [
    "CANCEL",
    "NO_RETVAL",
    "Dispatch",
    "EventTarget",
    "Events",
    "RefCollection",
    "_EventKey",
    "_legacy_signature",
    "_omit_standard_example",
    "contains",
    "dispatcher",
    "dispatcher_of",
    "listen",
    "listens_for",
    "remove",
]
