"""Listener objects of 0.5 and 0.6, adapted to events."""

from . import event, util


class PoolListener:
    """Hooks into a pool: ``connect``, ``first_connect``, ``checkout``, ``checkin``."""

    @classmethod
    def _adapt_listener(cls, target, listener):
        listener = util.as_interface(listener, methods=("connect", "first_connect", "checkout", "checkin"))
        for name in ("connect", "first_connect", "checkout", "checkin"):
            if hasattr(listener, name):
                event.listen(target, name, getattr(listener, name))

    def connect(self, dbapi_con, con_record):
        """A DBAPI connection was made."""

    def first_connect(self, dbapi_con, con_record):
        """The first DBAPI connection was made."""

    def checkout(self, dbapi_con, con_record, con_proxy):
        """A connection was taken."""

    def checkin(self, dbapi_con, con_record):
        """A connection was given back."""


class ConnectionProxy:
    """Hooks into an engine: each method gets what it stands in for and calls it."""

    @classmethod
    def _adapt_listener(cls, target, listener):
        def overridden(name):
            return hasattr(listener, name) and (
                not isinstance(listener, ConnectionProxy) or util.method_is_overridden(listener, getattr(cls, name))
            )

        if overridden("execute"):

            @event.listens_for(target, "before_execute", retval=True)
            def before_execute(conn, clauseelement, multiparams, params, execution_options):
                seen = [(clauseelement, multiparams, params)]

                def go(clauseelement, *multiparams, **params):
                    seen[0] = (clauseelement, list(multiparams), params)

                listener.execute(conn, go, clauseelement, *multiparams, **params)
                return seen[0]

        if overridden("cursor_execute"):

            @event.listens_for(target, "before_cursor_execute", retval=True)
            def before_cursor_execute(conn, cursor, statement, parameters, context, executemany):
                seen = [(statement, parameters)]

                def go(cursor, statement, parameters, context):
                    seen[0] = (statement, parameters)

                listener.cursor_execute(go, cursor, statement, parameters, context, executemany)
                return seen[0]

        for name in ("begin", "rollback", "commit"):
            if overridden(name):
                event.listen(target, name, _calls(getattr(listener, name)))
        for name in ("savepoint", "rollback_savepoint", "release_savepoint"):
            if overridden(name):
                event.listen(target, name, _calls(getattr(listener, name)))

    def execute(self, conn, execute, clauseelement, *multiparams, **params):
        return execute(clauseelement, *multiparams, **params)

    def cursor_execute(self, execute, cursor, statement, parameters, context, executemany):
        return execute(cursor, statement, parameters, context)

    def begin(self, conn, begin):
        return begin()

    def rollback(self, conn, rollback):
        return rollback()

    def commit(self, conn, commit):
        return commit()

    def savepoint(self, conn, savepoint, name=None):
        return savepoint(name=name)

    def rollback_savepoint(self, conn, rollback_savepoint, name, context):
        return rollback_savepoint(name, context)

    def release_savepoint(self, conn, release_savepoint, name, context):
        return release_savepoint(name, context)


def _calls(method):
    def listener(conn, *args):
        method(conn, lambda *a, **kw: None, *args)

    return listener
