"""What dialects of asyncio drivers have in common: their connections block inside of operations only (see ``ext.asyncio``)."""

from .. import _rs
from ._driver import is_own


class AsyncDialect:
    """Mixed into a dialect class. Its engine is used through :class:`.AsyncEngine`."""

    is_async = True
    has_terminate = True
    #: Whether connections may block wherever they are used: False for an :class:`.AsyncEngine`, True for one of
    #: ``create_async_engine(allow_blocking=True)``; None for an engine of ``create_engine()``, which is used like any other.
    allow_blocking = None

    @classmethod
    def get_pool_class(cls, url):
        from .. import pool

        return pool.AsyncAdaptedQueuePool

    @classmethod
    def get_async_dialect_cls(cls, url):
        return cls

    def connect(self, *cargs, **cparams):
        if self.allow_blocking is False:
            _rs.require_operation()
        connection = super().connect(*cargs, **cparams)
        if is_own(connection):
            connection._in_operations(self.allow_blocking is False)
        return connection

    def do_terminate(self, dbapi_connection):
        getattr(dbapi_connection, "terminate", dbapi_connection.close)()
