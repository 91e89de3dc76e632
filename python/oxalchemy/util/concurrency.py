"""Bridges between synchronous and asynchronous code. oxalchemy needs no greenlets: the async edge runs operations on threads."""

# asyncio is imported where it is used: it would be half of the time that importing oxalchemy takes.
import sys

have_greenlet = False


def is_exit_exception(e):
    """Whether an exception ends the task or the program rather than the statement."""
    asyncio = sys.modules.get("asyncio")
    return not isinstance(e, Exception) or (asyncio is not None and isinstance(e, asyncio.CancelledError))


def await_only(awaitable):
    """Wait for an awaitable from synchronous code."""
    import inspect

    from .. import exc

    if inspect.iscoroutine(awaitable):
        awaitable.close()
    raise exc.MissingGreenlet(
        "greenlet_spawn has not been called; can't call await_() here. Was IO attempted in an unexpected place?"
    )


await_ = await_only


async def greenlet_spawn(fn, *args, **kwargs):
    """Run a blocking function without blocking the event loop."""
    import asyncio

    kwargs.pop("_require_await", None)
    return await asyncio.to_thread(fn, *args, **kwargs)
