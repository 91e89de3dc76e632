"""``Pool`` and what it hands out."""

import enum
import typing

from .. import event, exc, log
from .._rs import ConnectionPoolEntry, ManagesConnection, PoolProxiedConnection, _PoolBase

_CreatorFnType = typing.Callable[[], typing.Any]
_CreatorWRecFnType = typing.Callable[[ConnectionPoolEntry], typing.Any]
_ConnectionFairy = PoolProxiedConnection
_ConnectionRecord = ConnectionPoolEntry


class ResetStyle(enum.Enum):
    """What happens to a transaction when its connection comes back."""

    reset_rollback = 0
    reset_commit = 1
    reset_none = 2


reset_rollback, reset_commit, reset_none = ResetStyle
_RESET_VALUES = {
    reset_rollback: ("rollback", True, "reset_rollback"),
    reset_none: ("none", None, False, "reset_none"),
    reset_commit: ("commit", "reset_commit"),
}
_RESET_CODES = {reset_none: 0, reset_rollback: 1, reset_commit: 2}


class PoolResetState(typing.NamedTuple):
    """Why a connection is being reset; the third argument of ``reset`` hooks."""

    #: Whether the transaction was already ended by ``Connection``.
    transaction_was_reset: bool
    #: Whether the connection will not be used again.
    terminate_only: bool
    #: Whether the reset runs where awaiting is possible.
    asyncio_safe: bool


def _reset_style(value):
    if isinstance(value, ResetStyle):
        return value
    for style, accepted in _RESET_VALUES.items():
        if any(value is a or (isinstance(a, str) and value == a) for a in accepted):
            return style
    raise exc.ArgumentError(f"Invalid value for 'reset_on_return': {value!r}")


class _AdhocProxiedConnection:
    """A DBAPI connection that looks as if it were checked out, for dialects that look at a new one."""

    __slots__ = ("dbapi_connection", "_connection_record")
    is_valid = True
    is_detached = False

    def __init__(self, dbapi_connection, connection_record):
        self.dbapi_connection = dbapi_connection
        self._connection_record = connection_record

    @property
    def driver_connection(self):
        return self._connection_record.driver_connection

    @property
    def connection(self):
        return self.dbapi_connection

    @property
    def record_info(self):
        return self._connection_record.record_info

    @property
    def info(self):
        return self._connection_record.info

    def cursor(self, *args, **kwargs):
        return self.dbapi_connection.cursor(*args, **kwargs)

    def __getattr__(self, key):
        return getattr(self.dbapi_connection, key)


class _ConnDialect:
    """The part of a dialect that a pool without one needs."""

    is_async = False
    has_terminate = False

    def do_rollback(self, dbapi_connection):
        dbapi_connection.rollback()

    def do_commit(self, dbapi_connection):
        dbapi_connection.commit()

    def do_terminate(self, dbapi_connection):
        dbapi_connection.close()

    def do_close(self, dbapi_connection):
        dbapi_connection.close()

    def _do_ping_w_event(self, dbapi_connection):
        raise NotImplementedError("The ping feature requires that a dialect is passed to the connection pool.")

    def get_driver_connection(self, connection):
        return connection


class _AsyncConnDialect(_ConnDialect):
    """The same for asyncio drivers."""

    is_async = True


class Pool(_PoolBase, log.Identified, event.EventTarget):
    """Base of the pools.

    ``creator``: callable that opens a DBAPI connection, with the pool entry as argument if it takes one.
    ``recycle``: seconds after which a connection is replaced, -1 for never. ``reset_on_return``: ``"rollback"``,
    ``"commit"`` or ``None``. ``events``: list of ``(function, event name)``. ``pre_ping``: test at checkout.
    """

    _is_asyncio = False

    def __init__(
        self,
        creator,
        recycle=-1,
        echo=None,
        logging_name=None,
        reset_on_return=True,
        events=None,
        dialect=None,
        pre_ping=False,
        _dispatch=None,
        use_threadlocal=None,
        listeners=None,
    ):
        if logging_name:
            self.logging_name = self._orig_logging_name = logging_name
        else:
            self._orig_logging_name = None
        log.instance_logger(self, echoflag=echo)
        self._reset_on_return = _reset_style(reset_on_return)
        code = _RESET_CODES[self._reset_on_return]
        self._configure(creator, self._should_wrap_creator(creator), recycle, bool(pre_ping), code, dialect)
        self._orig_events = events
        if _dispatch is not None:
            self.dispatch._update(_dispatch, only_propagate=False)
        for fn, target in events or ():
            event.listen(self, target, fn)
        for listener in listeners or ():
            self.add_listener(listener)

    echo = log.echo_property()

    def _should_log_debug(self):
        return self.logger.isEnabledFor(10)

    def _should_log_info(self):
        return self.logger.isEnabledFor(20)

    def _should_wrap_creator(self, creator):
        """Whether the creator takes the pool entry: it has exactly one argument without default."""
        import inspect

        try:
            spec = inspect.getfullargspec(creator)
        except TypeError:
            return False
        names = spec.args
        if inspect.ismethod(creator) or (names and inspect.isclass(creator)):
            names = names[1:]
        elif not inspect.isroutine(creator) and not inspect.isclass(creator):
            names = names[1:]
        return names == ["connection_record"] or len(names) - len(spec.defaults or ()) == 1

    @property
    def _invoke_creator(self):
        """The creator as a function of the pool entry."""
        creator = self._creator
        return creator if self._should_wrap_creator(creator) else lambda entry: creator()

    @_invoke_creator.setter
    def _invoke_creator(self, creator):
        self._creator_before = self._creator
        self._creator = creator

    @_invoke_creator.deleter
    def _invoke_creator(self):
        self._creator = self.__dict__.pop("_creator_before", self._creator)

    def _common(self):
        return {
            "recycle": self._recycle,
            "echo": self._echo,
            "logging_name": self._orig_logging_name,
            "reset_on_return": self._reset_on_return,
            "dialect": self._dialect,
            "pre_ping": self._pre_ping,
            "_dispatch": self.dispatch,
        }

    def recreate(self):
        """A new, empty pool with the same settings and listeners."""
        self.logger.info("Pool recreating")
        return self.__class__(self._creator, **self._common(), **self._own())

    def _own(self):
        return {}

    def dispose(self):
        """Close the connections that are not in use."""
        raise NotImplementedError()

    def status(self):
        """A line that tells what the pool holds."""
        raise NotImplementedError()

    def unique_connection(self):
        """``connect()``: connections are not shared within a thread any more."""
        return self.connect()

    def add_listener(self, listener):
        """Register an object whose methods are named like pool events."""
        for name in ("connect", "first_connect", "checkout", "checkin"):
            fn = listener.get(name) if isinstance(listener, dict) else getattr(listener, name, None)
            if fn is not None:
                event.listen(self, name, fn)


def _finalize_fairy(*args, **kwargs):
    raise NotImplementedError("checked out connections finalize themselves")
