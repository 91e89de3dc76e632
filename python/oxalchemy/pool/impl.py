"""The kinds of pools."""

from .base import Pool


class QueuePool(Pool):
    """Keeps up to ``pool_size`` connections and allows ``max_overflow`` more; then callers wait for ``timeout`` seconds.

    ``pool_size`` 0 and ``max_overflow`` -1: no limit. ``use_lifo``: hand out the connection that came back last.
    """

    def __init__(self, creator, pool_size=5, max_overflow=10, timeout=30.0, use_lifo=False, **kw):
        super().__init__(creator, **kw)
        self._size, self._max_overflow, self._timeout = pool_size, max_overflow, timeout
        self._use_lifo = bool(use_lifo)
        self._keep_queue(max(pool_size, 0), max_overflow, timeout, self._use_lifo)

    def _own(self):
        return {
            "pool_size": self._size,
            "max_overflow": self._max_overflow,
            "timeout": self._timeout,
            "use_lifo": self._use_lifo,
        }

    def dispose(self):
        self._close_kept()
        self.logger.info("Pool disposed. %s", self.status())

    def status(self):
        size, checkedin, overflow, checkedout = self._counts()
        return (
            f"Pool size: {size}  Connections in pool: {checkedin} "
            f"Current Overflow: {overflow} Current Checked out connections: {checkedout}"
        )

    def size(self):
        """How many connections are kept at most."""
        return self._counts()[0]

    def timeout(self):
        """How many seconds callers wait."""
        return self._timeout

    def checkedin(self):
        """How many connections are not in use."""
        return self._counts()[1]

    def overflow(self):
        """How many connections exist beyond the size; negative while there are fewer."""
        return self._counts()[2]

    def checkedout(self):
        """How many connections are in use."""
        return self._counts()[3]


class AsyncAdaptedQueuePool(QueuePool):
    """The ``QueuePool`` of asynchronous drivers."""

    _is_asyncio = True


class FallbackAsyncAdaptedQueuePool(AsyncAdaptedQueuePool):
    """The same under its older name."""


class NullPool(Pool):
    """Opens and closes a connection each time."""

    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)
        self._keep_none()

    def status(self):
        return "NullPool"

    def dispose(self):
        pass


class SingletonThreadPool(Pool):
    """Keeps one connection for each thread, for the last ``pool_size`` threads."""

    def __init__(self, creator, pool_size=5, **kw):
        super().__init__(creator, **kw)
        self.size = pool_size
        self._keep_per_thread(pool_size)

    def _own(self):
        return {"pool_size": self.size}

    def dispose(self):
        """Close the connections of all threads, used or not."""
        self._close_kept()

    def status(self):
        return f"SingletonThreadPool id:{id(self)} size: {self._counts()[1]}"


class StaticPool(Pool):
    """One connection for everybody at once."""

    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)
        self._keep_one()

    def _transfer_from(self, other):
        """Share the connection of another pool of this kind, and with it a database in memory."""

        def shared():
            theirs = other.connect()
            connection = theirs.dbapi_connection
            theirs.close()
            return connection

        self._creator = shared

    def status(self):
        return "StaticPool"

    def dispose(self):
        self._close_kept()


class AssertionPool(Pool):
    """One connection for one at a time: a second checkout raises ``AssertionError``, which shows who has the first.

    ``store_traceback``: remember where a connection is checked out.
    """

    def __init__(self, *args, store_traceback=True, **kw):
        super().__init__(*args, **kw)
        self._store_traceback = store_traceback
        self._keep_one_exclusive()

    def _own(self):
        return {"store_traceback": self._store_traceback}

    def _do_get(self):
        import traceback

        entry = super()._do_get()
        if self._store_traceback:
            self._taken_at = "".join(traceback.format_stack()[:-1])
        return entry

    def _do_return_conn(self, entry):
        if not self._counts()[3]:
            raise AssertionError("connection is not checked out")
        super()._do_return_conn(entry)

    def status(self):
        return "AssertionPool"

    def dispose(self):
        self._close_kept()
