"""Events of engines, connections and dialects."""

from .. import event, exc
from ..event.base import native_dispatcher
from .base import Connection, Engine
from .interfaces import Dialect


class ConnectionEvents(event.Events):
    """What happens to an :class:`.Engine` and its connections."""

    _target_class_doc = "SomeEngine"
    _dispatch_target = Engine

    @classmethod
    def _accept_with(cls, target, identifier):
        if isinstance(target, type):
            return target if issubclass(target, (Engine, Connection)) else None
        if isinstance(target, (Engine, Connection)):
            return target
        if hasattr(target, "_no_async_engine_events"):
            target._no_async_engine_events()
        return None

    @classmethod
    def _listen(cls, event_key, *, retval=False, **kw):
        identifier = event_key.identifier
        if not retval and identifier in ("before_execute", "before_cursor_execute"):
            fn = event_key._listen_fn

            def without_answer(*args, **keywords):
                fn(*args, **keywords)
                return NotImplemented

            event_key = event_key.with_wrapper(without_answer)
        elif retval and identifier not in ("before_execute", "before_cursor_execute"):
            raise exc.ArgumentError(
                "Only the 'before_execute', 'before_cursor_execute' and 'handle_error' engine event listeners accept the "
                "'retval=True' argument."
            )
        event_key.dispatch_target._has_events = True
        event_key.base_listen(**kw)

    @event._legacy_signature(
        "1.4",
        ["conn", "clauseelement", "multiparams", "params"],
        lambda conn, clauseelement, multiparams, params, execution_options: (conn, clauseelement, multiparams, params),
    )
    def before_execute(self, conn, clauseelement, multiparams, params, execution_options):
        """Before a statement is compiled; with ``retval`` returns (clauseelement, multiparams, params)."""

    @event._legacy_signature(
        "1.4",
        ["conn", "clauseelement", "multiparams", "params", "result"],
        lambda conn, clauseelement, multiparams, params, execution_options, result: (
            conn,
            clauseelement,
            multiparams,
            params,
            result,
        ),
    )
    def after_execute(self, conn, clauseelement, multiparams, params, execution_options, result):
        """After a statement was executed."""

    def before_cursor_execute(self, conn, cursor, statement, parameters, context, executemany):
        """Before text goes to a cursor; with ``retval`` returns (statement, parameters)."""

    def after_cursor_execute(self, conn, cursor, statement, parameters, context, executemany):
        """After text went to a cursor."""

    @event._legacy_signature("2.0", ["conn", "branch"], lambda conn: (conn, False))
    def engine_connect(self, conn):
        """A Connection was made."""

    def set_connection_execution_options(self, conn, opts):
        """``Connection.execution_options`` was called; ``opts`` may be changed."""

    def set_engine_execution_options(self, engine, opts):
        """``Engine.execution_options`` was called; ``opts`` may be changed."""

    def engine_disposed(self, engine):
        """``Engine.dispose`` was called."""

    def begin(self, conn):
        """A transaction begins."""

    def rollback(self, conn):
        """A transaction is rolled back."""

    def commit(self, conn):
        """A transaction is committed."""

    def savepoint(self, conn, name):
        """A savepoint is set."""

    def rollback_savepoint(self, conn, name, context):
        """A savepoint is rolled back to."""

    def release_savepoint(self, conn, name, context):
        """A savepoint is released."""

    def begin_twophase(self, conn, xid):
        """A two-phase transaction begins."""

    def prepare_twophase(self, conn, xid):
        """A two-phase transaction is prepared."""

    def rollback_twophase(self, conn, xid, is_prepared):
        """A two-phase transaction is rolled back."""

    def commit_twophase(self, conn, xid, is_prepared):
        """A two-phase transaction is committed."""


class DialectEvents(event.Events):
    """What a dialect does with its driver; listeners may do it instead."""

    _target_class_doc = "SomeEngine"
    _dispatch_target = Dialect

    @classmethod
    def _accept_with(cls, target, identifier):
        if isinstance(target, type):
            if issubclass(target, Engine):
                return Engine if identifier == "handle_error" else Dialect
            return target if issubclass(target, Dialect) else None
        if isinstance(target, Engine):
            return target if identifier == "handle_error" else target.dialect
        if isinstance(target, Dialect):
            return target
        if isinstance(target, Connection) and identifier == "handle_error":
            raise exc.InvalidRequestError(
                "The handle_error() event hook as of SQLAlchemy 2.0 is established on the Dialect, and may only be applied to "
                "the Engine as a whole or to a specific Dialect as a whole, not on a per-Connection basis."
            )
        if hasattr(target, "_no_async_engine_events"):
            target._no_async_engine_events()
        return None

    @classmethod
    def _listen(cls, event_key, *, retval=False, **kw):
        event_key.dispatch_target._has_events = True
        event_key.base_listen(**kw)

    def do_connect(self, dialect, conn_rec, cargs, cparams):
        """Before ``connect()`` of the driver; may change the arguments or return a connection."""

    def do_executemany(self, cursor, statement, parameters, context):
        """Instead of ``cursor.executemany``, when it returns True."""

    def do_execute_no_params(self, cursor, statement, context):
        """Instead of ``cursor.execute`` without parameters, when it returns True."""

    def do_execute(self, cursor, statement, parameters, context):
        """Instead of ``cursor.execute``, when it returns True."""

    def do_setinputsizes(self, inputsizes, cursor, statement, parameters, context):
        """Before types of parameters are told to the driver."""

    def handle_error(self, exception_context):
        """An error of the driver is being handled; may return or raise another exception."""


# Errors are handled by connections; their listeners are kept with the engine.
ConnectionEvents._declared["handle_error"] = DialectEvents._declared["handle_error"]
for _cls in (Engine, Connection):
    _cls.dispatch = native_dispatcher(ConnectionEvents)
