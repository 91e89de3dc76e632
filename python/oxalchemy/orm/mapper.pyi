from collections.abc import Callable
from typing import Any, TypeVar

from oxalchemy import _rs
from oxalchemy._rs import Mapper as Mapper, clear_mappers as clear_mappers, configure_mappers as configure_mappers
from oxalchemy.orm.base import class_mapper as class_mapper, object_mapper as object_mapper

_O = TypeVar("_O", bound=object)
_F = TypeVar("_F", bound=Callable[..., Any])

__all__ = [
    "Mapper",
    "class_mapper",
    "clear_mappers",
    "compile_mappers",
    "configure_mappers",
    "object_mapper",
    "reconstructor",
    "validates",
]

def validates(*names: str, include_removes: bool = False, include_backrefs: bool = True) -> Callable[[_F], _F]: ...
def reconstructor(fn: _F) -> _F: ...
def mapper(class_: type[_O], local_table: Any = None, *args: Any, **params: Any) -> _rs.Mapper[_O]: ...

compile_mappers = _rs.configure_mappers
