from collections.abc import Callable
from typing import Any, TypeVar

from oxalchemy import exc as exc
from oxalchemy.event.base import registrars as registrars
from oxalchemy.event.registry import EventKey as EventKey

_F = TypeVar("_F", bound=Callable[..., Any])

def listen(target: Any, identifier: str, fn: Callable[..., Any], *args: Any, **kw: Any) -> None: ...
def listens_for(target: Any, identifier: str, *args: Any, **kw: Any) -> Callable[[_F], _F]: ...
def remove(target: Any, identifier: str, fn: Callable[..., Any]) -> None: ...
def contains(target: Any, identifier: str, fn: Callable[..., Any]) -> bool: ...

CANCEL: Any
NO_RETVAL: Any
