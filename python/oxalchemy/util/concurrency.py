"""Bridges between synchronous and asynchronous code. oxalchemy needs no greenlets: the async edge runs operations on threads."""

# asyncio is imported where it is used: it would be half of the time that importing oxalchemy takes.
import sys

# What callers ask before they use what is here: it needs no package.
have_greenlet = True


def is_exit_exception(e):
    """Whether an exception ends the task or the program rather than the statement."""
    asyncio = sys.modules.get("asyncio")
    return not isinstance(e, Exception) or (asyncio is not None and isinstance(e, asyncio.CancelledError))


def await_only(awaitable):
    """Wait for an awaitable from synchronous code that ``run_sync()`` or :func:`greenlet_spawn` runs.

    The task that awaits these awaits it. Raises ``MissingGreenlet`` elsewhere.
    """
    from .. import _rs

    return _rs.await_only(awaitable)


await_ = await_only
await_fallback = await_only


def in_greenlet():
    """Whether :func:`await_only` can be used here."""
    from .. import _rs

    return _rs.in_operation()


async def greenlet_spawn(fn, *args, _require_await=False, **kwargs):
    """The result of a blocking function that runs on another thread, where it may use :func:`await_only`."""
    from .. import _rs

    return await _rs.Operation(fn, args, kwargs or None)


class _AsyncUtil:
    """An event loop of one's own, to run coroutine functions and synchronous code that waits for awaitables."""

    def __init__(self):
        self._runner = None

    @property
    def runner(self):
        """The ``asyncio.Runner``, made on use."""
        if self._runner is None:
            import asyncio

            self._runner = asyncio.Runner()
        return self._runner

    def run(self, fn, *args, **kwargs):
        """The result of a coroutine function."""
        return await_only(fn(*args, **kwargs)) if in_greenlet() else self.runner.run(fn(*args, **kwargs))

    def run_in_greenlet(self, fn, *args, **kwargs):
        """The result of a function that may use :func:`await_only`."""
        return fn(*args, **kwargs) if in_greenlet() else self.runner.run(greenlet_spawn(fn, *args, **kwargs))

    def close(self):
        """Close the loop."""
        if self._runner is not None:
            self._runner.close()
            self._runner = None
