import oxalchemy.event.registry
from oxalchemy.event.api import (
    CANCEL as CANCEL,
    NO_RETVAL as NO_RETVAL,
    contains as contains,
    listen as listen,
    listens_for as listens_for,
    remove as remove,
)
from oxalchemy.event.attr import Dispatch as Dispatch, RefCollection as RefCollection
from oxalchemy.event.base import Events as Events, dispatcher as dispatcher, dispatcher_of as dispatcher_of
from oxalchemy.event.legacy import _legacy_signature as _legacy_signature, _omit_standard_example as _omit_standard_example
from oxalchemy.event.registry import EventTarget as EventTarget

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

_EventKey = oxalchemy.event.registry.EventKey
