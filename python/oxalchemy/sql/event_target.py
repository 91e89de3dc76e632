"""``SchemaEventTarget``: what becomes part of something else, and :func:`join`, which makes it one."""

from .. import _rs, event


class SchemaEventTarget(event.EventTarget):
    """Base of schema items, and of types that need DDL of their own.

    A class may have ``_entered(owner)``, called when it is a part and the listeners know, and ``_inner_part()``: another target
    inside this one that goes where it goes (a decorated type, the type of an array's items).
    """

    __slots__ = ()

    def _enter(self, owner, **how):
        """Become part of ``owner``; called by :func:`join` alone."""


#: Make ``part`` a part of ``owner``, between the events ``before_parent_attach`` and ``after_parent_attach``.
join = _rs.join_part
