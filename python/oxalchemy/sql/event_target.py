"""``SchemaEventTarget``: what becomes part of something else, and :func:`join`, which makes it one."""

from .. import _rs, event


class SchemaEventTarget(event.EventTarget):
    """Base of schema items, and of types that need DDL of their own.

    A class may have ``_enter(owner)``, which makes it a part of ``owner`` and is called by :func:`join` alone, and
    ``_inner_part()``: another target inside this one that goes where it goes (a decorated type, the type of an array's items).
    """

    __slots__ = ()

    def _set_parent(self, parent, **kw):
        """Become part of ``parent``; a subclass may override it (a private name that extensions know)."""
        _rs._enter_part(self, parent, **kw)


set_parent = SchemaEventTarget._set_parent

#: Make ``part`` a part of ``owner``, between the events ``before_parent_attach`` and ``after_parent_attach``.
join = _rs._join_part
