from collections.abc import Callable
from typing import Any, TypeVar

from oxalchemy import inspect as inspect
from oxalchemy.ext.hybrid import hybrid_property as hybrid_property
from oxalchemy.orm.attributes import flag_modified as flag_modified

__all__ = ["index_property"]

_T = TypeVar("_T")

class index_property(hybrid_property[_T]):
    attr_name: str
    index: Any
    default: Any
    datatype: Callable[[], Any]
    onebased: bool
    def __init__(
        self,
        attr_name: str,
        index: int | str,
        default: Any = ...,
        datatype: Callable[[], Any] | None = None,
        mutable: bool = True,
        onebased: bool = True,
    ) -> None: ...
    def fget(self, instance: Any) -> _T: ...
    def fset(self, instance: Any, value: _T) -> None: ...
    def fdel(self, instance: Any) -> None: ...
    def expr(self, model: Any) -> Any: ...
