"""``SessionEvents``: what may be listened for on sessions, and the 0.5 extension class as listeners."""

from .. import event, exc
from ..event.base import dispatcher
from .scoping import scoped_session
from .session import Session, sessionmaker

__all__ = ["SessionEvents", "SessionExtension"]


class SessionEvents(event.Events):
    """Events of a :class:`.Session`. Targets: a session, a ``sessionmaker``, a ``scoped_session``, a Session class."""

    _target_class_doc = "SomeSessionClassOrObject"
    _dispatch_target = Session

    @classmethod
    def _accept_with(cls, target, identifier):
        if isinstance(target, scoped_session):
            target = target.session_factory
            if not isinstance(target, sessionmaker) and not (isinstance(target, type) and issubclass(target, Session)):
                raise exc.ArgumentError(
                    "Session event listen on a scoped_session requires that its creation callable is associated with "
                    "the Session class."
                )
        if isinstance(target, sessionmaker):
            return target.class_
        if isinstance(target, type):
            if issubclass(target, scoped_session) or issubclass(target, sessionmaker):
                return Session
            if issubclass(target, Session):
                return target
            return None
        if isinstance(target, Session):
            return target
        if hasattr(target, "_no_async_engine_events"):
            target._no_async_engine_events()
        return None

    @classmethod
    def _listen(cls, event_key, *, raw=False, restore_load_context=False, **kw):
        if event_key.identifier in _LIFECYCLE and raw:
            fn = event_key._listen_fn

            def with_state(session, instance):
                return fn(session, instance._sa_instance_state)

            event_key = event_key.with_wrapper(with_state)
        event_key.base_listen(**kw)

    def do_orm_execute(self, orm_execute_state):
        """Before a statement is run on behalf of a session."""

    def after_transaction_create(self, session, transaction):
        """A ``SessionTransaction`` was made."""

    def after_transaction_end(self, session, transaction):
        """A ``SessionTransaction`` is over."""

    def before_commit(self, session):
        """Before the flush and COMMIT of ``Session.commit()``."""

    def after_commit(self, session):
        """After COMMIT."""

    def after_rollback(self, session):
        """After ROLLBACK of the database."""

    def after_soft_rollback(self, session, previous_transaction):
        """After any rollback, also of a level without its own ROLLBACK."""

    def before_flush(self, session, flush_context, instances):
        """Before the flush has looked at the session."""

    def after_flush(self, session, flush_context):
        """After the SQL of a flush, before the session knows of it."""

    def after_flush_postexec(self, session, flush_context):
        """After a flush, the session in its new state."""

    def after_begin(self, session, transaction, connection):
        """A transaction was begun on a connection."""

    def before_attach(self, session, instance):
        """Before an instance enters the session."""

    def after_attach(self, session, instance):
        """After an instance entered the session."""

    @event._legacy_signature(
        "0.9",
        ["session", "query", "query_context", "result"],
        lambda update_context: (update_context.session, update_context.query, None, update_context.result),
    )
    def after_bulk_update(self, update_context):
        """After ``Query.update()`` and ORM UPDATE statements."""

    @event._legacy_signature(
        "0.9",
        ["session", "query", "query_context", "result"],
        lambda delete_context: (delete_context.session, delete_context.query, None, delete_context.result),
    )
    def after_bulk_delete(self, delete_context):
        """After ``Query.delete()`` and ORM DELETE statements."""

    def transient_to_pending(self, session, instance):
        """``add()`` of a new instance."""

    def pending_to_transient(self, session, instance):
        """A pending instance left the session."""

    def persistent_to_transient(self, session, instance):
        """The INSERT of an instance was rolled back."""

    def pending_to_persistent(self, session, instance):
        """An instance was inserted."""

    def detached_to_persistent(self, session, instance):
        """A detached instance entered the session."""

    def loaded_as_persistent(self, session, instance):
        """An instance was made from a row."""

    def persistent_to_deleted(self, session, instance):
        """The row of an instance was deleted."""

    def deleted_to_persistent(self, session, instance):
        """The DELETE of an instance was rolled back."""

    def deleted_to_detached(self, session, instance):
        """The DELETE of an instance was committed."""

    def persistent_to_detached(self, session, instance):
        """A persistent instance left the session."""


_LIFECYCLE = frozenset(
    [
        "before_attach",
        "after_attach",
        "transient_to_pending",
        "pending_to_transient",
        "persistent_to_transient",
        "pending_to_persistent",
        "detached_to_persistent",
        "loaded_as_persistent",
        "persistent_to_deleted",
        "deleted_to_persistent",
        "deleted_to_detached",
        "persistent_to_detached",
    ]
)

if "dispatch" not in vars(Session):
    Session.dispatch = dispatcher(SessionEvents)


class SessionExtension:
    """Legacy base of listeners: override what is of interest, give an instance as ``Session(extension=…)``."""

    def before_commit(self, session):
        """Before ``commit()``."""

    def after_commit(self, session):
        """After COMMIT."""

    def after_rollback(self, session):
        """After ROLLBACK."""

    def before_flush(self, session, flush_context, instances):
        """Before a flush."""

    def after_flush(self, session, flush_context):
        """After the SQL of a flush."""

    def after_flush_postexec(self, session, flush_context):
        """After a flush."""

    def after_begin(self, session, transaction, connection):
        """A transaction was begun on a connection."""

    def after_attach(self, session, instance):
        """An instance entered the session."""

    def after_bulk_update(self, session, query, query_context, result):
        """After ``Query.update()``."""

    def after_bulk_delete(self, session, query, query_context, result):
        """After ``Query.delete()``."""


def _adapt_session_extension(session, extension):
    """Register the overridden methods of one extension or several as listeners of a session."""
    for ext in extension if isinstance(extension, (list, tuple)) else [extension]:
        for name, base in vars(SessionExtension).items():
            if name.startswith("_"):
                continue
            method = getattr(ext, name, None)
            if method is not None and getattr(type(ext), name, None) is not base:
                event.listen(session, name, method)
