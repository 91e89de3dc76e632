from collections.abc import Callable
from typing import Any, TypeVar

from oxalchemy import exc as exc

_F = TypeVar("_F", bound=Callable[..., Any])

__all__ = ["compiles", "deregister"]

def renderer(class_: Any, dialect_name: Any) -> Any: ...
def compiles(class_: type[Any], *specs: str) -> Callable[[_F], _F]: ...
def deregister(class_: type[Any]) -> None: ...
