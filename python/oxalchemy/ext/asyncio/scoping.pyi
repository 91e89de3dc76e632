from collections.abc import Callable
from typing import Any, Generic, TypeVar

from oxalchemy.ext.asyncio.session import AsyncSession, _SessionMethods
from oxalchemy.util import ScopedRegistry

_AS = TypeVar("_AS", bound=AsyncSession)

class async_scoped_session(_SessionMethods, Generic[_AS]):
    session_factory: Any
    registry: ScopedRegistry
    def __init__(self, session_factory: Callable[..., _AS], scopefunc: Callable[[], Any]) -> None: ...
    def __call__(self, **kw: Any) -> _AS: ...
    def configure(self, **kwargs: Any) -> None: ...
    async def remove(self) -> None: ...
    bind: Any
    @property
    def binds(self) -> Any: ...
