"""Results whose rows are awaited."""

from . import exc as async_exc
from .base import run

#: How many rows an iteration fetches at once.
_ROWS = 256


def executed(name, owner, call, args, kwargs):
    """On a thread: execute, and fetch all rows, for they are read by code that cannot wait."""
    statement = getattr(args[0], "_execution_options", None)
    for options in (kwargs.get("execution_options"), statement, owner):
        if options and (options.get("stream_results") or options.get("yield_per")):
            raise async_exc.AsyncMethodRequired(
                f"Can't use the {name}() method with a server-side cursor. Use the {_STREAMING[name]}() method for an async "
                "streaming result set."
            )
    result = call(*args, **kwargs)
    prefetch = getattr(result, "_prefetch", None)
    if prefetch is not None:
        prefetch()
    return result


_STREAMING = {
    "AsyncConnection.execute": "AsyncConnection.stream",
    "AsyncConnection.exec_driver_sql": "AsyncConnection.stream",
    "AsyncSession.execute": "AsyncSession.stream",
}


def _next(result, read, *args):
    """On a thread: the next row; some more are fetched with it."""
    if not result._ahead() and not result._soft_closed:
        result._look_ahead(result._yield_per or _ROWS)
    return read(*args)


class AsyncCommon:
    """What all asynchronous results can do."""

    __slots__ = ("_filters", "_real_result", "_view")

    def __init__(self, real_result, view=None):
        self._real_result = real_result
        #: The result, or what shows its rows in another form.
        self._view = real_result if view is None else view
        self._filters = False

    async def close(self):
        """Close the result; rows that were not fetched are lost."""
        await run(self._view.close)

    @property
    def closed(self):
        """Whether :meth:`close` was called, or all rows were fetched by a method that closes."""
        return self._view.closed

    @property
    def _soft_closed(self):
        return self._view._soft_closed

    def yield_per(self, num):
        """Fetch ``num`` rows at once, for iteration and :meth:`partitions`."""
        self._view = self._view.yield_per(num)
        return self

    def unique(self, strategy=None):
        """Leave out what came before. ``strategy``: a function of the value that gives what is compared."""
        self._view = self._view.unique(strategy)
        self._filters = True
        return self

    async def fetchmany(self, size=None):
        """The next ``size`` rows, fewer at the end, as a list."""
        return await run(self._view.fetchmany, size)

    async def all(self):
        """All rows that are left, as a list; the result is closed."""
        return await run(self._view.all)

    async def fetchall(self):
        """:meth:`all`."""
        return await run(self._view.all)

    async def first(self):
        """The first row, or ``None``; the result is closed."""
        return await run(self._view.first)

    async def one(self):
        """The only row. Raises ``NoResultFound`` or ``MultipleResultsFound``."""
        return await run(self._view.one)

    async def one_or_none(self):
        """The only row, or ``None``. Raises ``MultipleResultsFound``."""
        return await run(self._view.one_or_none)

    async def partitions(self, size=None):
        """Lists of ``size`` rows."""
        while True:
            part = await run(self._view.fetchmany, size)
            if not part:
                return
            yield part

    def __aiter__(self):
        return self

    async def __anext__(self):
        result = self._view
        # A row that is there already is given without a thread; one that may be left out may need the next, which is not.
        if result._ahead() and not self._filters:
            row = _one_of(result)
        else:
            row = await run(_next, result, _one_of, result)
        if row is _END:
            raise StopAsyncIteration()
        return row


_END = object()


def _one_of(result):
    return next(iter(result), _END)


class _Rows(AsyncCommon):
    """Rows, which have several columns."""

    __slots__ = ()

    def keys(self):
        """The names of the columns."""
        return self._view.keys()

    def columns(self, *col_expressions):
        """Only these columns: numbers, names or expressions."""
        self._view = self._view.columns(*col_expressions)
        return self

    async def fetchone(self):
        """The next row, or ``None``."""
        result = self._view
        if result._ahead() and not self._filters:
            return result.fetchone()
        return await run(_next, result, result.fetchone)


class AsyncResult(_Rows):
    """Rows of a statement that :meth:`.AsyncConnection.stream` or :meth:`.AsyncSession.stream` executes."""

    __slots__ = ()

    @property
    def t(self):
        """:meth:`tuples`."""
        return self

    def tuples(self):
        """This result, to a type checker one of plain tuples."""
        return self

    async def scalar(self):
        """The first column of the first row, or ``None``; the result is closed."""
        return await run(self._view.scalar)

    async def scalar_one(self):
        """The first column of the only row."""
        return await run(self._view.scalar_one)

    async def scalar_one_or_none(self):
        """The first column of the only row, or ``None``."""
        return await run(self._view.scalar_one_or_none)

    async def freeze(self):
        """All rows, to be read several times."""
        return await run(self._view.freeze)

    def scalars(self, index=0):
        """Values of one column: an :class:`AsyncScalarResult`."""
        return AsyncScalarResult(self._view, index)

    def mappings(self):
        """Rows as mappings: an :class:`AsyncMappingResult`."""
        return AsyncMappingResult(self._view)


AsyncTupleResult = AsyncResult


class AsyncScalarResult(AsyncCommon):
    """Values of one column."""

    __slots__ = ()

    def __init__(self, real_result, index=0):
        super().__init__(real_result, real_result.scalars(index))


class AsyncMappingResult(_Rows):
    """Rows as mappings from column names to values."""

    __slots__ = ()

    def __init__(self, result):
        super().__init__(result, result.mappings())
