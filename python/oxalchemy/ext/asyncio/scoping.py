"""One :class:`.AsyncSession` for each scope."""

from typing import Generic

from ... import exc, util
from ...orm import object_session
from ...util import ScopedRegistry
from .session import _AS, PASSED_ON, AsyncSession, pass_on


class async_scoped_session(Generic[_AS]):
    """Sessions that a factory makes, one for each result of ``scopefunc`` (``asyncio.current_task``, say).

    Methods and attributes are those of the session of the present scope.
    """

    _support_async = True

    def __init__(self, session_factory, scopefunc):
        self.session_factory = session_factory
        self.registry = ScopedRegistry(session_factory, scopefunc)

    @property
    def _proxied(self):
        return self.registry()

    def __call__(self, **kw):
        """The session of this scope; arguments are for one that does not exist yet."""
        if not kw:
            return self.registry()
        if self.registry.has():
            raise exc.InvalidRequestError("Scoped session is already present; no new arguments may be specified.")
        session = self.session_factory(**kw)
        self.registry.set(session)
        return session

    def configure(self, **kwargs):
        """Change the arguments of the factory, for sessions that are made from now on."""
        if self.registry.has():
            util.warn(
                "At least one scoped session is already present.  configure() can not affect sessions that have already been "
                "created."
            )
        self.session_factory.configure(**kwargs)

    async def remove(self):
        """Close the session of this scope and forget it."""
        if self.registry.has():
            await self.registry().close()
        self.registry.clear()

    def __contains__(self, instance):
        return instance in self.registry()

    def __iter__(self):
        return iter(self.registry())

    @classmethod
    async def close_all(cls):
        """Close all sessions."""
        await AsyncSession.close_all()

    @classmethod
    def object_session(cls, instance):
        """The synchronous session that an object is in, or ``None``."""
        return object_session(instance)

    @classmethod
    def identity_key(cls, class_=None, ident=None, *, instance=None, row=None, identity_token=None):
        """The key by which an object is found."""
        return AsyncSession.identity_key(class_, ident, instance=instance, row=row, identity_token=identity_token)


pass_on(
    async_scoped_session,
    AsyncSession,
    "_proxied",
    methods=(*PASSED_ON["methods"], "begin", "begin_nested", "get_bind", "get_async_bind"),
    awaited=(
        "aclose",
        "close",
        "commit",
        "connection",
        "delete",
        "delete_all",
        "execute",
        "flush",
        "get",
        "get_one",
        "invalidate",
        "merge",
        "merge_all",
        "refresh",
        "reset",
        "rollback",
        "run_sync",
        "scalar",
        "scalars",
        "stream",
        "stream_scalars",
    ),
    attributes=PASSED_ON["attributes"],
    settable=(*PASSED_ON["settable"], "bind", "binds"),
)
