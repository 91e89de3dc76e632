"""``SchemaEventTarget``: what becomes part of something else, with events before and after."""

from .. import event


class SchemaEventTarget(event.EventTarget):
    """Base of schema items, and of types that need DDL of their own."""

    __slots__ = ()

    def _set_parent(self, parent, **kw):
        """Become part of ``parent``."""

    def _set_parent_with_dispatch(self, parent, **kw):
        self.dispatch.before_parent_attach(self, parent)
        self._set_parent(parent, **kw)
        self._after_attach(parent)
        self.dispatch.after_parent_attach(self, parent)

    def _after_attach(self, parent):
        pass
