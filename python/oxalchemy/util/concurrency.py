"""Bridges between synchronous and asynchronous code. oxalchemy needs no greenlets: the async edge runs operations on threads."""

import asyncio

have_greenlet = False


def is_exit_exception(e):
    """Whether an exception ends the task or the program rather than the statement."""
    return not isinstance(e, Exception) or isinstance(e, asyncio.CancelledError)


def await_only(awaitable):
    """Wait for an awaitable from synchronous code."""
    from .. import exc

    if asyncio.iscoroutine(awaitable):
        awaitable.close()
    raise exc.MissingGreenlet("greenlet_spawn has not been called; can't call await_() here. Was IO attempted in an unexpected place?")


await_ = await_only


async def greenlet_spawn(fn, *args, **kwargs):
    """Run a blocking function without blocking the event loop."""
    kwargs.pop("_require_await", None)
    return await asyncio.to_thread(fn, *args, **kwargs)
