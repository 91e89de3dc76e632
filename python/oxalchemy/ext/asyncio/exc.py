"""Exceptions of the asyncio API."""

from ... import exc


class AsyncMethodRequired(exc.InvalidRequestError):
    """The result is not there yet: ask for it by ``stream()``, which can be awaited."""


class AsyncContextNotStarted(exc.InvalidRequestError):
    """The object was neither awaited nor entered by ``async with``."""


class AsyncContextAlreadyStarted(exc.InvalidRequestError):
    """The object was awaited, or entered by ``async with``, before."""


class AsyncBindNotFound(exc.InvalidRequestError):
    """A synchronous engine that no :class:`.AsyncEngine` of the session stands for."""
