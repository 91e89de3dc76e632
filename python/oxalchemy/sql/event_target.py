"""``SchemaEventTarget``: what becomes part of something else, and :func:`join`, which makes it one."""

from .. import event


class SchemaEventTarget(event.EventTarget):
    """Base of schema items, and of types that need DDL of their own."""

    __slots__ = ()

    def _enter(self, owner, **how):
        """Become part of ``owner``; called by :func:`join` alone."""

    def _entered(self, owner):
        """Called by :func:`join` when it is a part of ``owner`` and the listeners know."""

    def _inner_part(self):
        """Another target inside this one that goes where it goes: a decorated type, the type of an array's items."""
        return None


def join(part, owner, **how):
    """Make ``part`` a part of ``owner``, between the events ``before_parent_attach`` and ``after_parent_attach``."""
    part.dispatch.before_parent_attach(part, owner)
    part._enter(owner, **how)
    part.dispatch.after_parent_attach(part, owner)
    part._entered(owner)
    inner = part._inner_part()
    if isinstance(inner, SchemaEventTarget):
        inner.dispatch.before_parent_attach(inner, owner)
        inner.dispatch.after_parent_attach(inner, owner)
