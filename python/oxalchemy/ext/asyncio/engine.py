"""Engines, connections and transactions whose operations are awaited."""

import contextlib

from ... import _rs, exc, inspection
from ...dialects._driver import is_own
from ...engine.create import (
    create_engine as _create_engine,
)
from ...engine.create import (
    create_pool_from_url as _create_pool_from_url,
)
from ...engine.create import (
    engine_from_config as _engine_from_config,
)
from . import exc as async_exc
from .base import OneAtATime, ProxyComparable, StartableContext, Started, _run_to_completion, run
from .result import AsyncResult, AsyncScalarResult, executed

_NO_EVENTS = (
    "asynchronous events are not implemented at this time.  Apply synchronous listeners to the AsyncEngine.sync_engine or "
    "AsyncConnection.sync_connection attributes."
)


def create_async_engine(url, **kw):
    """An :class:`AsyncEngine` for a DSN.

    Arguments are those of :func:`.create_engine`, and ``async_creator``: a coroutine function that opens the connection;
    ``allow_blocking``: ``True`` lets synchronous code, such as lazy loads outside of ``run_sync()``, use the connections on the
    spot, while the event loop stands still: for scripts and notebooks.

    The built-in drivers serve ``sqlite+aiosqlite``, ``postgresql+asyncpg``, ``postgresql+psycopg``, ``mysql+aiomysql``,
    ``mysql+asyncmy`` and the names without driver. Raises ``InvalidRequestError`` for a driver that is not asynchronous.
    """
    if kw.get("server_side_cursors", False):
        raise async_exc.AsyncMethodRequired(
            "Can't set server_side_cursors for async engine globally; use the connection.stream() method for an async streaming "
            "result set"
        )
    blocking = kw.pop("allow_blocking", False)
    kw["_is_async"] = True
    async_creator = kw.pop("async_creator", None)
    if async_creator is not None:
        if kw.get("creator", None) is not None:
            raise exc.ArgumentError("Can only specify one of 'async_creator' or 'creator', but not both.")

        def creator():
            connection = _rs.await_only(async_creator())
            if not is_own(connection):
                raise exc.ArgumentError(
                    f"async_creator gave a connection of {type(connection).__module__}; the built-in drivers can only use their "
                    "own, such as one that another engine's raw_connection() has detached"
                )
            return connection

        kw["creator"] = creator
    engine = _create_engine(url, **kw)
    if blocking:
        engine.dialect.allow_blocking = True
    return AsyncEngine(engine)


def async_engine_from_config(configuration, prefix="sqlalchemy.", **kwargs):
    """:func:`create_async_engine` from a dictionary of texts whose keys begin with ``prefix``."""
    kwargs["_is_async"] = True
    return AsyncEngine(_engine_from_config(configuration, prefix, **kwargs))


def create_async_pool_from_url(url, **kwargs):
    """The pool that :func:`create_async_engine` would make, alone. Its methods are synchronous: call them in ``run_sync()``."""
    kwargs["_is_async"] = True
    return _create_pool_from_url(url, **kwargs)


class AsyncConnectable:
    """Engines and connections."""

    __slots__ = ()

    @classmethod
    def _no_async_engine_events(cls):
        raise NotImplementedError(_NO_EVENTS)


class AsyncTransaction(ProxyComparable, StartableContext):
    """A transaction of an :class:`AsyncConnection`."""

    _root = True
    __slots__ = ("connection", "nested", "sync_transaction")

    def __init__(self, connection, nested=False):
        self.connection = connection
        self.sync_transaction = None
        self.nested = nested

    @classmethod
    def _regenerate_proxy_for_target(cls, target, **kw):
        connection = AsyncConnection._retrieve_proxy_for_target(target.connection)
        transaction = cls.__new__(cls)
        transaction.connection = connection
        transaction.sync_transaction = transaction._assign_proxied(target)
        transaction.nested = isinstance(target, _nested_class())
        return transaction

    @property
    def _proxied(self):
        if self.sync_transaction is None:
            self._raise_for_not_started()
        return self.sync_transaction

    @property
    def is_valid(self):
        """Whether its connection was not invalidated meanwhile."""
        return self._proxied.is_valid

    @property
    def is_active(self):
        """Whether it has neither ended nor failed."""
        return self._proxied.is_active

    async def close(self):
        """Roll back, unless the transaction has ended."""
        await self.connection._run(self._proxied.close)

    async def rollback(self):
        """Roll back."""
        await self.connection._run(self._proxied.rollback)

    async def commit(self):
        """Commit."""
        await self.connection._run(self._proxied.commit)

    async def start(self, is_ctxmanager=False):
        """Begin the transaction; ``await connection.begin()`` does the same."""
        connection = self.connection._proxied
        begin = connection.begin_nested if self.nested else connection.begin
        self.sync_transaction = self._assign_proxied(await self.connection._run(begin))
        if is_ctxmanager:
            self.sync_transaction.__enter__()
        return self

    async def __aexit__(self, type_, value, traceback):
        await self.connection._run(self._proxied.__exit__, type_, value, traceback)


def _nested_class():
    from ...engine import NestedTransaction

    return NestedTransaction


class AsyncConnection(OneAtATime, ProxyComparable, StartableContext, AsyncConnectable):
    """A connection; made by :meth:`AsyncEngine.connect`, which is awaited or used by ``async with``.

    ``sync_connection``: the :class:`.Connection` that it stands for.
    """

    _root = True
    __slots__ = ("_doing", "engine", "sync_connection", "sync_engine")

    def __init__(self, async_engine, sync_connection=None):
        self.engine = async_engine
        self.sync_engine = async_engine.sync_engine
        self.sync_connection = self._assign_proxied(sync_connection)
        self._doing = None

    @classmethod
    def _regenerate_proxy_for_target(cls, target, **kw):
        return cls(AsyncEngine._retrieve_proxy_for_target(target.engine), target)

    async def start(self, is_ctxmanager=False):
        """Connect; ``await engine.connect()`` does the same."""
        if self.sync_connection is not None:
            raise exc.InvalidRequestError("connection is already started")
        connect = _rs.Operation(self.sync_engine.connect, (), None, _close)
        self.sync_connection = self._assign_proxied(await self._exclusive(connect, "start"))
        return self

    @property
    def _proxied(self):
        if self.sync_connection is None:
            self._raise_for_not_started()
        return self.sync_connection

    @property
    def connection(self):
        """Not there: reconnecting may have to be awaited. Use :meth:`get_raw_connection`."""
        raise exc.InvalidRequestError(
            "AsyncConnection.connection accessor is not implemented as the attribute may need to reconnect on an invalidated "
            "connection.  Use the get_raw_connection() method."
        )

    async def get_raw_connection(self):
        """The pool's connection; its ``driver_connection`` is the driver's."""
        return await self._run(getattr, self._proxied, "connection")

    @property
    def info(self):
        """A dictionary that stays with the connection of the database."""
        return self._proxied.info

    @property
    def closed(self):
        """Whether it was closed."""
        return self._proxied.closed

    @property
    def invalidated(self):
        """Whether its connection was invalidated."""
        return self._proxied.invalidated

    @property
    def dialect(self):
        """The dialect."""
        return self._proxied.dialect

    @property
    def default_isolation_level(self):
        """The isolation level that the database had at the first connection."""
        return self._proxied.default_isolation_level

    def begin(self):
        """An :class:`AsyncTransaction`, to be awaited or used by ``async with``."""
        self._proxied  # noqa: B018
        return AsyncTransaction(self)

    def begin_nested(self):
        """The same with a savepoint."""
        self._proxied  # noqa: B018
        return AsyncTransaction(self, nested=True)

    async def invalidate(self, exception=None):
        """Give up the connection of the database; the next use opens another."""
        return await self._run(self._proxied.invalidate, exception=exception)

    async def get_isolation_level(self):
        """The isolation level, asked of the database."""
        return await self._run(self._proxied.get_isolation_level)

    def in_transaction(self):
        """Whether a transaction is open."""
        return self._proxied.in_transaction()

    def in_nested_transaction(self):
        """Whether a savepoint is open."""
        return self._proxied.in_nested_transaction()

    def get_transaction(self):
        """The open :class:`AsyncTransaction`, or ``None``."""
        transaction = self._proxied.get_transaction()
        return None if transaction is None else AsyncTransaction._retrieve_proxy_for_target(transaction)

    def get_nested_transaction(self):
        """That of the innermost savepoint, or ``None``."""
        transaction = self._proxied.get_nested_transaction()
        return None if transaction is None else AsyncTransaction._retrieve_proxy_for_target(transaction)

    async def execution_options(self, **opt):
        """Set options for what is executed from now on; see :meth:`.Connection.execution_options`."""
        connection = self._proxied
        returned = await self._run(connection.execution_options, **opt)
        if returned is not connection:
            raise exc.InvalidRequestError("execution_options() of this connection does not change it in place")
        return self

    async def commit(self):
        """Commit the transaction that was begun by itself."""
        await self._run(self._proxied.commit)

    async def rollback(self):
        """Roll it back."""
        await self._run(self._proxied.rollback)

    async def close(self):
        """Give the connection back; an open transaction is rolled back."""
        await self._run(self._proxied.close)

    async def aclose(self):
        """:meth:`close`, for ``contextlib.aclosing()``."""
        await self.close()

    async def exec_driver_sql(self, statement, parameters=None, execution_options=None):
        """Execute text as the driver takes it; all rows are fetched."""
        connection = self._proxied
        args, owner = (statement, parameters, execution_options), connection.get_execution_options()
        return await self._run(executed, "AsyncConnection.exec_driver_sql", owner, connection.exec_driver_sql, args, {})

    async def execute(self, statement, parameters=None, *, execution_options=None):
        """Execute a statement; all rows are fetched. See :meth:`.Connection.execute`."""
        connection = self._proxied
        kw, owner = {"execution_options": execution_options}, connection.get_execution_options()
        return await self._run(executed, "AsyncConnection.execute", owner, connection.execute, (statement, parameters), kw)

    async def scalar(self, statement, parameters=None, *, execution_options=None):
        """The first column of the first row."""
        return await self._run(self._proxied.scalar, statement, parameters, execution_options=execution_options)

    async def scalars(self, statement, parameters=None, *, execution_options=None):
        """The first column of each row; all are fetched."""
        return (await self.execute(statement, parameters, execution_options=execution_options)).scalars()

    def stream(self, statement, parameters=None, *, execution_options=None):
        """Execute a statement whose rows come bit by bit: an :class:`AsyncResult`, by ``await`` or ``async with``."""
        return Started(self._stream(AsyncResult, statement, parameters, execution_options))

    def stream_scalars(self, statement, parameters=None, *, execution_options=None):
        """:meth:`stream`, of the first column: an :class:`AsyncScalarResult`."""
        return Started(self._stream(AsyncScalarResult, statement, parameters, execution_options))

    async def _stream(self, cls, statement, parameters, execution_options):
        options = {**(execution_options or {}), "stream_results": True}
        return cls(await self._run(self._proxied.execute, statement, parameters, execution_options=options))

    async def run_sync(self, fn, *arg, **kw):
        """The result of ``fn(sync_connection, *arg, **kw)``, which may do whatever synchronous code does."""
        return await self._run(fn, self._proxied, *arg, **kw)

    async def __aexit__(self, type_, value, traceback):
        await _run_to_completion(self.close())


def _close(connection):
    connection.close()


class AsyncEngine(ProxyComparable, AsyncConnectable):
    """Stands for an :class:`.Engine` of an asynchronous driver, which is ``sync_engine``."""

    _root = True
    __slots__ = ("sync_engine",)
    _connection_cls = AsyncConnection

    def __init__(self, sync_engine):
        if not sync_engine.dialect.is_async:
            raise exc.InvalidRequestError(
                "The asyncio extension requires an async driver to be used. The loaded "
                f"{sync_engine.dialect.driver!r} is not async."
            )
        if getattr(sync_engine.dialect, "allow_blocking", True) is None:
            sync_engine.dialect.allow_blocking = False
        self.sync_engine = self._assign_proxied(sync_engine)

    @property
    def _proxied(self):
        return self.sync_engine

    @classmethod
    def _regenerate_proxy_for_target(cls, target, **kw):
        return cls(target)

    def begin(self):
        """``async with engine.begin() as connection``: a connection in a transaction that is committed at the end."""
        return self._begin()

    @contextlib.asynccontextmanager
    async def _begin(self):
        async with self.connect() as connection, connection.begin():
            yield connection

    def connect(self):
        """An :class:`AsyncConnection`, to be awaited or used by ``async with``."""
        return self._connection_cls(self)

    async def raw_connection(self):
        """A connection of the pool."""
        return await _rs.Operation(self.sync_engine.raw_connection, (), None, _close)

    def execution_options(self, **opt):
        """Another engine on the same pool, with these options."""
        return AsyncEngine(self.sync_engine.execution_options(**opt))

    async def dispose(self, close=True):
        """Close the connections that are not in use, or only forget them (after a fork)."""
        await run(self.sync_engine.dispose, close=close)

    def clear_compiled_cache(self):
        """Forget compiled statements."""
        self.sync_engine.clear_compiled_cache()

    def update_execution_options(self, **opt):
        """Change the options of this engine."""
        self.sync_engine.update_execution_options(**opt)

    def get_execution_options(self):
        """The options of this engine."""
        return self.sync_engine.get_execution_options()

    @property
    def engine(self):
        """The engine itself."""
        return self

    @property
    def url(self):
        """The DSN."""
        return self.sync_engine.url

    @property
    def pool(self):
        """The pool."""
        return self.sync_engine.pool

    @property
    def dialect(self):
        """The dialect."""
        return self.sync_engine.dialect

    @property
    def name(self):
        """The dialect's name."""
        return self.sync_engine.name

    @property
    def driver(self):
        """The driver's name."""
        return self.sync_engine.driver

    @property
    def echo(self):
        """Whether statements are logged."""
        return self.sync_engine.echo

    @echo.setter
    def echo(self, value):
        self.sync_engine.echo = value

    def __repr__(self):
        return f"AsyncEngine({self.sync_engine.url!r})"


def _get_sync_engine_or_connection(async_engine):
    if isinstance(async_engine, AsyncConnection):
        return async_engine._proxied
    try:
        return async_engine.sync_engine
    except AttributeError as e:
        raise exc.ArgumentError(f"AsyncEngine expected, got {async_engine!r}") from e


@inspection._inspects(AsyncConnection)
def _no_inspection_of_connections(subject):
    raise exc.NoInspectionAvailable(
        "Inspection on an AsyncConnection is currently not supported. Please use ``run_sync`` to pass a callable where it's "
        "possible to call ``inspect`` on the passed connection.",
        code="xd3s",
    )


@inspection._inspects(AsyncEngine)
def _no_inspection_of_engines(subject):
    raise exc.NoInspectionAvailable(
        "Inspection on an AsyncEngine is currently not supported. Please obtain a connection then use ``conn.run_sync`` to pass "
        "a callable where it's possible to call ``inspect`` on the passed connection.",
        code="xd3s",
    )
