from typing import Any, TypeVar

import oxalchemy.sql.base
import oxalchemy.sql.elements
from oxalchemy import _rs
from oxalchemy._rs import Part as Part
from oxalchemy.sql import roles as roles
from oxalchemy.sql.base import Executable as Executable, ExecutableStatement as ExecutableStatement, Generative as Generative
from oxalchemy.sql.bound import BoundExecutable as BoundExecutable
from oxalchemy.sql.elements import (
    BindParameter as BindParameter,
    ClauseList as ClauseList,
    ColumnElement as ColumnElement,
    FunctionFilter as FunctionFilter,
    NamedColumn as NamedColumn,
    Over as Over,
    WithinGroup as WithinGroup,
    _WindowMethods as _WindowMethods,
)
from oxalchemy.sql.selectable import FromClause as FromClause, Select as Select, TableValuedAlias as TableValuedAlias

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)

class FunctionAsBinary(oxalchemy.sql.elements.ColumnElement[bool]): ...

class ScalarFunctionColumn(oxalchemy.sql.elements.NamedColumn[_T_co]):
    __visit_name__: Any

class FunctionElement(_rs.FunctionElement[_T_co], oxalchemy.sql.elements.ColumnElement[_T_co], oxalchemy.sql.base.Executable):
    packagenames: Any
    supports_execution: Any
    def __init__(self, *clauses: Any) -> None: ...

class Function(FunctionElement[_T_co]):
    __visit_name__: Any
    inherit_cache: Any
    def __init__(self, name: Any, *clauses: Any, type_: Any = None, packagenames: Any = None, monotonic: Any = False) -> None: ...

class next_value(FunctionElement):
    __visit_name__: Any
    sequence: Any
    name: Any
    @staticmethod
    def __new__(cls, seq: Any, **kw: Any) -> Any: ...
    def __init__(self, seq: Any, **kw: Any) -> None: ...

class GenericFunction(Function[_T_co]):
    coerce_arguments: Any
    inherit_cache: Any
    def __init_subclass__(cls, **kw: Any) -> None: ...
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...

class AnsiFunction(GenericFunction[_T_co]):
    inherit_cache: Any

class ReturnTypeFromArgs(GenericFunction[_T_co]):
    inherit_cache: Any
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...

class OrderedSetAgg(GenericFunction[_T_co]):
    array_for_multi_clause: Any
    inherit_cache: Any

class CollectionAggregateFunction(GenericFunction): ...

class now(GenericFunction):
    name: Any
    inherit_cache: Any

class concat(GenericFunction):
    name: Any
    inherit_cache: Any

class char_length(GenericFunction):
    name: Any
    inherit_cache: Any

class random(GenericFunction):
    name: Any
    inherit_cache: Any

class count(GenericFunction):
    name: Any
    inherit_cache: Any

class rank(GenericFunction):
    name: Any
    inherit_cache: Any

class dense_rank(GenericFunction):
    name: Any
    inherit_cache: Any

class percent_rank(GenericFunction):
    name: Any
    inherit_cache: Any

class cume_dist(GenericFunction):
    name: Any
    inherit_cache: Any

class cube(GenericFunction):
    name: Any
    inherit_cache: Any

class rollup(GenericFunction):
    name: Any
    inherit_cache: Any

class grouping_sets(GenericFunction):
    name: Any
    inherit_cache: Any

class aggregate_strings(GenericFunction):
    name: Any
    inherit_cache: Any

class ReturnTypeFromOptionalArgs(ReturnTypeFromArgs[_T_co]):
    inherit_cache: Any

class coalesce(ReturnTypeFromArgs):
    name: Any
    inherit_cache: Any

class max(ReturnTypeFromArgs):
    name: Any
    inherit_cache: Any

class min(ReturnTypeFromArgs):
    name: Any
    inherit_cache: Any

class sum(ReturnTypeFromArgs):
    name: Any
    inherit_cache: Any

class pow(ReturnTypeFromArgs):
    name: Any
    inherit_cache: Any

class current_date(AnsiFunction):
    name: Any
    inherit_cache: Any

class current_time(AnsiFunction):
    name: Any
    inherit_cache: Any

class current_timestamp(AnsiFunction):
    name: Any
    inherit_cache: Any

class current_user(AnsiFunction):
    name: Any
    inherit_cache: Any

class localtime(AnsiFunction):
    name: Any
    inherit_cache: Any

class localtimestamp(AnsiFunction):
    name: Any
    inherit_cache: Any

class session_user(AnsiFunction):
    name: Any
    inherit_cache: Any

class sysdate(AnsiFunction):
    name: Any
    inherit_cache: Any

class user(AnsiFunction):
    name: Any
    inherit_cache: Any

class array_agg(ReturnTypeFromArgs):
    name: Any
    inherit_cache: Any

class mode(OrderedSetAgg):
    name: Any
    inherit_cache: Any

class percentile_cont(OrderedSetAgg):
    name: Any
    inherit_cache: Any

class percentile_disc(OrderedSetAgg):
    name: Any
    inherit_cache: Any

class any_(CollectionAggregateFunction):
    name: Any
    inherit_cache: Any

class all_(CollectionAggregateFunction):
    name: Any
    inherit_cache: Any

class some(CollectionAggregateFunction):
    name: Any
    inherit_cache: Any

def register_function(identifier: Any, fn: Any, package: Any = "_default") -> Any: ...

func: _rs._FunctionGenerator
modifier: _rs._FunctionGenerator
