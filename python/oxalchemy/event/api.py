"""``listen``, ``listens_for``, ``remove``, ``contains``."""

from .. import exc
from .base import registrars
from .registry import EventKey

#: A listener of an event that may stop something returns this to do so.
CANCEL = type("CANCEL", (), {"__repr__": lambda self: "symbol('CANCEL')"})()
#: A listener of an attribute event returns this to leave the value alone.
NO_RETVAL = type("NO_RETVAL", (), {"__repr__": lambda self: "symbol('NO_RETVAL')"})()


def _event_key(target, identifier, fn):
    for events in registrars(identifier):
        accepted = events._accept_with(target, identifier)
        if accepted is not None:
            return EventKey(target, identifier, fn, accepted, events)
    raise exc.InvalidRequestError(f"No such event '{identifier}' for target '{target}'")


def listen(target, identifier, fn, *args, **kw):
    """Run ``fn`` whenever event ``identifier`` happens to ``target``.

    ``named``: arguments come as keywords; ``once``: run at most once; ``insert``: before those already there;
    ``propagate``: also for what derives from the target (subclasses, copies); ``retval``: the returned value counts.
    """
    _event_key(target, identifier, fn).listen(*args, **kw)


def listens_for(target, identifier, *args, **kw):
    """Decorator form of :func:`listen`."""

    def decorate(fn):
        listen(target, identifier, fn, *args, **kw)
        return fn

    return decorate


def remove(target, identifier, fn):
    """Take back a :func:`listen` made with the same three arguments."""
    _event_key(target, identifier, fn).remove()


def contains(target, identifier, fn):
    """Whether :func:`listen` was called with the same three arguments."""
    return _event_key(target, identifier, fn).contains()
