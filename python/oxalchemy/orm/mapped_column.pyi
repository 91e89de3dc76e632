from typing import Any, TypeVar

import oxalchemy.sql.operators
import oxalchemy.sql.type_api
from oxalchemy import exc as exc
from oxalchemy.orm.mapped import _DeclarativeMapped
from oxalchemy.sql import operators as operators

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)

class MappedColumn(_DeclarativeMapped[_T_co], oxalchemy.sql.operators.ColumnOperators[_T_co]):
    __slots__ = (
        "_attribute_options",
        "_counter",
        "_has_insert_default",
        "_mapper_args",
        "_name_given",
        "_nullable_given",
        "_template",
        "_type_given",
        "column",
        "deferred",
        "foreign_keys",
    )
    @classmethod
    def __class_getitem__(cls, *args: Any, **kw: Any) -> Any: ...
    @property
    def mapper_property_to_assign(self) -> Any: ...
    @property
    def columns_to_assign(self) -> list[tuple[Any, int]]: ...
    def __init__(self, *args: Any, **kw: Any) -> None: ...
    @property
    def name(self) -> Any: ...
    @property
    def key(self) -> Any: ...
    @property
    def type(self) -> Any: ...
    def __clause_element__(self) -> Any: ...
    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any: ...
    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any: ...
    column: Any
    deferred: Any
    foreign_keys: Any

class UnmappedColumn(MappedColumn[_T_co]):
    __slots__ = ()

def check_no_dataclass_args(cls, key: Any, value: Any) -> Any: ...
def mapped_column(__name_pos: Any = None, __type_pos: Any = None, *args: Any, **kw: Any) -> MappedColumn[Any]: ...
def unmapped_column(
    __name_pos: Any = None, __type_pos: Any = None, *args: Any, init: bool = False, **kw: Any
) -> UnmappedColumn[Any]: ...
def orm_insert_sentinel(
    name: str | None = None, type_: Any = None, *, default: Any = None, omit_from_statements: bool = True
) -> MappedColumn[Any]: ...

NO_ARG: Any
