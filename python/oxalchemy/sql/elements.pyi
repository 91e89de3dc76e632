import enum
from collections.abc import Iterator
from typing import Any, Self, TypeVar

from typing_extensions import disjoint_base

import oxalchemy.sql.base
import oxalchemy.sql.operators
import oxalchemy.sql.roles
import oxalchemy.sql.type_api
from oxalchemy import _rs, util as util
from oxalchemy._rs import (
    ClauseElement as ClauseElement,
    Part as Part,
    aggregate_order_by as aggregate_order_by,
    all_ as all_,
    and_ as and_,
    any_ as any_,
    asc as asc,
    between as between,
    bindparam as bindparam,
    bitwise_not as bitwise_not,
    case as case,
    cast as cast,
    collate as collate,
    column as column,
    desc as desc,
    distinct as distinct,
    extract as extract,
    false as false,
    funcfilter as funcfilter,
    label as label,
    literal as literal,
    literal_column as literal_column,
    not_ as not_,
    null as null,
    nulls_first as nulls_first,
    nulls_last as nulls_last,
    or_ as or_,
    over as over,
    text as text,
    true as true,
    try_cast as try_cast,
    tuple_ as tuple_,
    type_coerce as type_coerce,
    within_group as within_group,
)
from oxalchemy.sql import operators as operators, roles as roles
from oxalchemy.sql.annotation import SupportsAnnotations as SupportsAnnotations
from oxalchemy.sql.base import (
    NO_ARG as NO_ARG,
    Executable as Executable,
    ExecutableStatement as ExecutableStatement,
    Generative as Generative,
    Immutable as Immutable,
    SingletonConstant as SingletonConstant,
    _NoArg as _NoArg,
)
from oxalchemy.sql.cache_key import HasCacheKey as HasCacheKey
from oxalchemy.sql.operators import ColumnOperators as ColumnOperators, OperatorClass as OperatorClass
from oxalchemy.sql.visitors import ExternallyTraversible as ExternallyTraversible, Visitable as Visitable

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)

@disjoint_base
class ColumnExpressionArgument:
    def __new__(cls) -> Self: ...
    def __repr__(self, /) -> str: ...
    def __str__(self, /) -> str: ...
    def __getattribute__(self, name: Any, /) -> Any: ...
    def __delattr__(self, name: Any, /) -> None: ...
    def __lt__(self, value: Any, /) -> Any: ...
    def __le__(self, value: Any, /) -> Any: ...
    def __eq__(self, other: Any, /) -> Any: ...
    def __ne__(self, other: Any, /) -> Any: ...
    def __gt__(self, value: Any, /) -> Any: ...
    def __ge__(self, value: Any, /) -> Any: ...
    def __init__(self, /, *args: Any, **kwargs: Any) -> None: ...
    def __init_subclass__(cls, **kw: Any) -> None: ...
    def __format__(self, format_spec: Any, /) -> Any: ...
    def __sizeof__(self, /) -> Any: ...
    def __dir__(self, /) -> Any: ...

class DQLDMLClauseElement: ...
class GroupedElement: ...

class FrameClause:
    __visit_name__: Any
    def __init__(self, start: Any, end: Any, start_frame_type: Any, end_frame_type: Any) -> None: ...
    start: Any
    end: Any
    start_frame_type: Any
    end_frame_type: Any

class _WindowMethods:
    def over(
        self,
        *,
        partition_by: Any = None,
        order_by: Any = None,
        rows: Any = None,
        range_: Any = None,
        groups: Any = None,
        exclude: Any = None,
    ) -> Any: ...
    def filter(self, *criterion: Any) -> Any: ...
    def within_group(self, *order_by: Any) -> Any: ...

class quoted_name(str):
    __slots__ = ("quote", "lower_", "upper_")
    @staticmethod
    def __new__(cls, value: Any, quote: Any = None) -> Any: ...
    @classmethod
    def construct(cls, value: Any, quote: Any) -> Any: ...
    def lower(self) -> Any: ...
    def upper(self) -> Any: ...
    def __str__(self) -> str: ...
    def __repr__(self) -> str: ...
    lower_: Any
    quote: Any
    upper_: Any

class TypeClause(_rs.ClauseElement):
    __visit_name__: Any
    def __init__(self, type_: Any) -> None: ...
    type: Any

class FrameClauseType(enum.Enum):
    UNBOUNDED = "UNBOUNDED"
    CURRENT = "CURRENT"
    PRECEDING = "PRECEDING"
    FOLLOWING = "FOLLOWING"

class _IdentifiedClause(_rs.ClauseElement):
    def __init__(self, ident: str) -> None: ...
    ident: str

class SavepointClause(_IdentifiedClause):
    __visit_name__: Any

class RollbackToSavepointClause(_IdentifiedClause):
    __visit_name__: Any

class ReleaseSavepointClause(_IdentifiedClause):
    __visit_name__: Any

class _truncated_label(quoted_name):
    @staticmethod
    def __new__(cls, value: Any, quote: Any = None) -> Any: ...
    def apply_map(self, map_: Any) -> Any: ...

class SQLCoreOperations(oxalchemy.sql.operators.ColumnOperators[_T_co]):
    @classmethod
    def __class_getitem__(cls, *args: Any, **kw: Any) -> Any: ...

class conv(_truncated_label): ...

class _anonymous_label(_truncated_label):
    @classmethod
    def safe_construct(cls, seed: Any, body: Any, enclosing_label: Any = None, sanitize_key: Any = False) -> Any: ...
    def apply_map(self, map_: Any) -> Any: ...

class OrderByList(oxalchemy.sql.roles.OrderByRole, oxalchemy.sql.roles.ColumnsClauseRole):
    __slots__ = ("clauses",)
    __visit_name__: Any
    def __init__(self, clauses: Any) -> None: ...
    def __clause_element__(self) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __len__(self) -> int: ...
    def __str__(self) -> str: ...
    def asc(self) -> Any: ...
    def desc(self) -> Any: ...
    def nulls_first(self) -> Any: ...
    def nulls_last(self) -> Any: ...
    def nullsfirst(self) -> Any: ...
    def nullslast(self) -> Any: ...
    clauses: Any

class CompilerColumnElement(
    oxalchemy.sql.roles.DMLColumnRole,
    oxalchemy.sql.roles.DDLConstraintColumnRole,
    oxalchemy.sql.roles.ColumnsClauseRole,
    _rs.ClauseElement,
): ...
class SQLColumnExpression(SQLCoreOperations[_T_co]): ...
class ElementList(
    oxalchemy.sql.roles.InElementRole,
    oxalchemy.sql.roles.OrderByRole,
    oxalchemy.sql.roles.ColumnsClauseRole,
    oxalchemy.sql.roles.DMLColumnRole,
): ...

class ClauseList(
    _rs.ClauseElement,
    oxalchemy.sql.roles.InElementRole,
    oxalchemy.sql.roles.OrderByRole,
    oxalchemy.sql.roles.ColumnsClauseRole,
    oxalchemy.sql.roles.DMLColumnRole,
):
    __visit_name__: Any
    clauses: Any
    operator: Any
    group: Any
    @staticmethod
    def __new__(cls, *clauses: Any, operator: Any = ..., group: Any = True, **kw: Any) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __len__(self) -> int: ...

class TextClause(_rs.TextClause, oxalchemy.sql.base.Executable):
    __visit_name__: Any
    key: Any
    @staticmethod
    def __new__(cls, *args: Any, **kw: Any) -> Any: ...

class TString(TextClause): ...

class ColumnElement(_rs.ColumnElement[_T_co], SQLColumnExpression[_T_co]):
    __visit_name__: Any
    timetuple: Any
    supports_execution: Any

class KeyedColumnElement(ColumnElement[_T_co]): ...
class WrapsColumnExpression(ColumnElement[_T_co]): ...
class OperatorExpression(ColumnElement[_T_co]): ...

class Tuple(ColumnElement[tuple[Any, ...]]):
    __visit_name__: Any
    clauses: Any
    @staticmethod
    def __new__(cls, *clauses: Any, types: Any = None) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __len__(self) -> int: ...

class Case(ColumnElement[_T_co]):
    __visit_name__: Any
    value: Any
    whens: Any
    else_: Any
    @staticmethod
    def __new__(cls, *args: Any, **kw: Any) -> Any: ...

class Extract(ColumnElement[int]):
    __visit_name__: Any
    field: Any
    expr: Any
    @staticmethod
    def __new__(cls, *args: Any, **kw: Any) -> Any: ...

class _label_reference(ColumnElement):
    __visit_name__: Any
    element: Any

class _textual_label_reference(ColumnElement):
    __visit_name__: Any
    element: Any

class UnaryExpression(ColumnElement[_T_co]):
    __visit_name__: Any
    element: Any
    operator: Any
    modifier: Any
    @staticmethod
    def __new__(cls, element: Any, operator: Any = None, modifier: Any = None, type_: Any = None, **kw: Any) -> Any: ...

class Slice(ColumnElement[Any]):
    __visit_name__: Any
    start: Any
    stop: Any
    step: Any

class Over(ColumnElement[_T_co]):
    __visit_name__: Any
    element: Any
    func: Any
    partition_by: Any
    order_by: Any
    @staticmethod
    def __new__(cls, *args: Any, **kw: Any) -> Any: ...

class CollationClause(ColumnElement[str]):
    __visit_name__: Any
    collation: Any

class NamedColumn(KeyedColumnElement[_T_co]):
    name: str

class ExpressionClauseList(OperatorExpression[_T_co]):
    __visit_name__: Any
    clauses: Any
    operator: Any
    group: Any
    def __iter__(self) -> Iterator[Any]: ...
    def __len__(self) -> int: ...

class Cast(WrapsColumnExpression[_T_co]):
    __visit_name__: Any
    clause: Any
    typeclause: Any
    @staticmethod
    def __new__(cls, *args: Any, **kw: Any) -> Any: ...
    @property
    def wrapped_column_expression(self) -> Any: ...

class TypeCoerce(WrapsColumnExpression[_T_co]):
    __visit_name__: Any
    clause: Any
    typed_expression: Any
    @staticmethod
    def __new__(cls, *args: Any, **kw: Any) -> Any: ...

class CollectionAggregate(UnaryExpression[_T_co]):
    inherit_cache: Any

class BinaryExpression(OperatorExpression[_T_co]):
    __visit_name__: Any
    left: Any
    right: Any
    operator: Any
    negate: Any
    modifiers: Any
    @staticmethod
    def __new__(
        cls, left: Any, right: Any, operator: Any, type_: Any = None, negate: Any = None, modifiers: Any = None
    ) -> Any: ...
    @property
    def is_comparison(self) -> Any: ...

class Grouping(GroupedElement, ColumnElement[_T_co]):
    __visit_name__: Any
    element: Any
    @staticmethod
    def __new__(cls, element: Any) -> Any: ...

class WithinGroup(_WindowMethods, ColumnElement[_T_co]):
    __visit_name__: Any
    element: Any
    order_by: Any
    @staticmethod
    def __new__(cls, *args: Any) -> Any: ...

class BindParameter(KeyedColumnElement[_T_co]):
    @property
    def key(self) -> str: ...
    value: Any
    __visit_name__: Any
    inherit_cache: Any
    effective_value: Any
    callable: Any
    unique: Any
    expanding: Any
    expand_op: Any
    required: Any
    isoutparam: Any
    literal_execute: Any
    @staticmethod
    def __new__(cls, *args: Any, **kw: Any) -> Any: ...
    def __repr__(self) -> str: ...
    def render_literal_execute(self) -> Any: ...

class BooleanClauseList(ExpressionClauseList[bool]):
    __visit_name__: Any
    inherit_cache: Any
    @classmethod
    def and_(cls, *clauses: Any) -> Any: ...
    @classmethod
    def or_(cls, *clauses: Any) -> Any: ...

class TryCast(Cast[_T_co]):
    __visit_name__: Any
    @staticmethod
    def __new__(cls, *args: Any, **kw: Any) -> Any: ...

class AsBoolean(WrapsColumnExpression[bool], UnaryExpression[bool]):
    inherit_cache: Any
    negate: Any

class AggregateOrderBy(_WindowMethods, WrapsColumnExpression[_T_co]):
    __visit_name__: Any
    element: Any
    order_by: Any
    @staticmethod
    def __new__(cls, *args: Any) -> Any: ...

class FunctionFilter(_WindowMethods, ColumnElement[_T_co]):
    __visit_name__: Any
    func: Any
    criterion: Any
    @staticmethod
    def __new__(cls, *args: Any) -> Any: ...

class TableValuedColumn(NamedColumn[_T_co]):
    __visit_name__: Any
    scalar_alias: Any
    table: Any
    @property
    def name(self) -> Any: ...

class Null(ColumnElement[None]):
    __visit_name__: Any
    @staticmethod
    def __new__(cls) -> Any: ...

class False_(ColumnElement[bool]):
    __visit_name__: Any
    @staticmethod
    def __new__(cls) -> Any: ...

class True_(ColumnElement[bool]):
    __visit_name__: Any
    @staticmethod
    def __new__(cls) -> Any: ...

class Label(NamedColumn[_T_co]):
    @property
    def name(self) -> str: ...
    __visit_name__: Any
    element: Any
    @staticmethod
    def __new__(cls, *args: Any, **kw: Any) -> Any: ...
    @property
    def primary_key(self) -> Any: ...
    @property
    def foreign_keys(self) -> Any: ...

class ColumnClause(_rs.ColumnClause[_T_co], NamedColumn[_T_co]):
    def __init__(self, text: str, type_: Any = None, is_literal: bool = False, _selectable: Any = None) -> None: ...
    table: Any
    __visit_name__: Any
    onupdate: Any
    default: Any
    server_default: Any
    server_onupdate: Any
    @staticmethod
    def __new__(cls, *args: Any, **kw: Any) -> Any: ...
    def __str__(self) -> str: ...

def outparam(key: Any, type_: Any = None) -> Any: ...
def tstring(template: Any) -> Any: ...

CompilerElement = _rs.ClauseElement
nullsfirst = _rs.nulls_first
nullslast = _rs.nulls_last
