"""How the asyncio classes run synchronous code and stand for synchronous objects."""

import abc
import asyncio
import atexit
import weakref

from ... import _rs, exc
from . import exc as async_exc

# Threads must not be left when the interpreter goes.
atexit.register(_rs.close_workers)


async def run(fn, /, *args, **kwargs):
    """The result of a blocking call on another thread. A task that is cancelled interrupts it and waits for its end."""
    return await _rs.Operation(fn, args, kwargs or None)


async def _run_to_completion(awaitable):
    """Await something that must not be left half-done: a cancellation of the task is raised when it has ended."""
    task = asyncio.ensure_future(awaitable)
    cancelled = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            if task.cancelled():
                raise
            cancelled = error
        except BaseException:
            break
    if cancelled is not None:
        # What the task itself has raised is the cancellation's context.
        try:
            task.result()
        except Exception as error:
            raise cancelled from error
        raise cancelled
    return task.result()


class ReversibleProxy:
    """An object that stands for a synchronous one, and can be found from it while it is alive."""

    __slots__ = ("__weakref__",)

    _standing_for = None

    def __init_subclass__(cls, **kw):
        super().__init_subclass__(**kw)
        if cls.__dict__.get("_root", False):
            cls._standing_for = weakref.WeakKeyDictionary()

    def _assign_proxied(self, target):
        if target is not None:
            self._standing_for[target] = weakref.ref(self)
        return target

    @classmethod
    def _retrieve_proxy_for_target(cls, target, regenerate=True, **kw):
        ref = cls._standing_for.get(target)
        proxy = None if ref is None else ref()
        if proxy is None and regenerate:
            return cls._regenerate_proxy_for_target(target, **kw)
        return proxy


class ProxyComparable(ReversibleProxy):
    """Equal to whatever stands for the same synchronous object."""

    __slots__ = ()

    def __hash__(self):
        return id(self)

    def __eq__(self, other):
        return isinstance(other, self.__class__) and self._proxied == other._proxied

    def __ne__(self, other):
        return not self == other


class StartableContext(abc.ABC):
    """What is begun by ``await`` or by ``async with``."""

    __slots__ = ()

    @abc.abstractmethod
    async def start(self, is_ctxmanager=False):
        """Begin; what ``await`` gives."""

    def __await__(self):
        return self.start().__await__()

    async def __aenter__(self):
        return await self.start(is_ctxmanager=True)

    @abc.abstractmethod
    async def __aexit__(self, type_, value, traceback):
        """End."""

    def _raise_for_not_started(self):
        raise async_exc.AsyncContextNotStarted(
            f"{self.__class__.__name__} context has not been started and object has not been awaited."
        )


class Started(StartableContext):
    """What a coroutine gives, to be closed at the end of ``async with``."""

    __slots__ = ("_coroutine", "_started")

    def __init__(self, coroutine):
        self._coroutine = coroutine

    def __del__(self):
        self._coroutine.close()

    async def start(self, is_ctxmanager=False):
        self._started = await self._coroutine
        return self._started

    async def __aexit__(self, type_, value, traceback):
        await self._started.close()


class OneAtATime:
    """Refuses a second operation while one is in progress: two tasks cannot share a session or a connection."""

    __slots__ = ()

    async def _run(self, fn, /, *args, **kwargs):
        return await self._exclusive(_rs.Operation(fn, args, kwargs or None), getattr(fn, "__name__", "execute"))

    async def _exclusive(self, operation, name):
        doing = self._doing
        if doing is not None:
            self._refuse(name, doing)
        self._doing = name
        try:
            return await operation
        finally:
            self._doing = None

    def _refuse(self, name, doing):
        if name in ("close", "commit", "rollback", "reset", "invalidate"):
            raise exc.IllegalStateChangeError(
                f"Method '{name}()' can't be called here; method '{doing}()' is already in progress and this would cause an "
                f"unexpected state change of the {type(self).__name__}; use one for each task"
            )
        raise exc.InvalidRequestError(
            f"This {type(self).__name__} is busy with '{doing}()' for another task; concurrent operations are not permitted",
            code="isce",
        )
