"""``QueryEvents``: what may be listened for on :class:`.Query`."""

from .. import event
from .._rs import Query
from ..event.base import dispatcher

__all__ = ["QueryEvents"]


class QueryEvents(event.Events):
    """Events of :class:`.Query`. Targets: ``Query`` and its subclasses."""

    _target_class_doc = "SomeQuery"
    _dispatch_target = Query

    def before_compile(self, query):
        """A query is about to become a statement; with ``retval=True`` the listener returns the one to use."""

    def before_compile_update(self, query, update_context):
        """``Query.update()`` was called; ``update_context.values`` may be changed."""

    def before_compile_delete(self, query, delete_context):
        """``Query.delete()`` was called."""

    @classmethod
    def _listen(cls, event_key, *, retval=False, bake_ok=False, **kw):
        fn = event_key._listen_fn

        def wrap(query, *arg):
            returned = fn(query, *arg)
            return returned if retval else query

        wrap._bake_ok = bake_ok
        event_key.with_wrapper(wrap).base_listen(**kw)


if "dispatch" not in vars(Query):
    Query.dispatch = dispatcher(QueryEvents)
