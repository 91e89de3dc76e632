from typing import Any, Literal, TypeVar, overload

import oxalchemy.engine.reflection
from oxalchemy import _rs, exc as exc

_O = TypeVar("_O", bound=object)

class Inspectable: ...

@overload
def inspect(subject: _rs.Engine | _rs.Connection, raiseerr: bool = ...) -> oxalchemy.engine.reflection.Inspector: ...
@overload
def inspect(subject: type[_O], raiseerr: Literal[True] = ...) -> _rs.Mapper[_O]: ...
@overload
def inspect(subject: Any, raiseerr: bool = ...) -> Any: ...
