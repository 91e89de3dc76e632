import enum
from typing import Any, TypeVar

import oxalchemy.sql.base
import oxalchemy.sql.bound
import oxalchemy.sql.cache_key
import oxalchemy.sql.elements
import oxalchemy.sql.roles
from oxalchemy import _rs
from oxalchemy._rs import (
    ClauseElement as ClauseElement,
    Part as Part,
    alias as alias,
    except_ as except_,
    except_all as except_all,
    exists as exists,
    intersect as intersect,
    intersect_all as intersect_all,
    join as join,
    lateral as lateral,
    outerjoin as outerjoin,
    select as select,
    table as table,
    tablesample as tablesample,
    union as union,
    union_all as union_all,
    values as values,
)
from oxalchemy.sql import roles as roles
from oxalchemy.sql.base import (
    Executable as Executable,
    ExecutableStatement as ExecutableStatement,
    Generative as Generative,
    HasCompileState as HasCompileState,
    HasSyntaxExtensions as HasSyntaxExtensions,
    Immutable as Immutable,
)
from oxalchemy.sql.bound import BoundExecutable as BoundExecutable
from oxalchemy.sql.cache_key import HasCacheKey as HasCacheKey
from oxalchemy.sql.elements import (
    ColumnElement as ColumnElement,
    DQLDMLClauseElement as DQLDMLClauseElement,
    GroupedElement as GroupedElement,
    TableValuedColumn as TableValuedColumn,
)

_T_co = TypeVar("_T_co", covariant=True)
_TP_co = TypeVar("_TP_co", bound=tuple[Any, ...], covariant=True)

class HasPrefixes: ...
class HasSuffixes: ...
class HasHints: ...

class NoInit:
    def __init__(self, *args: Any, **kw: Any) -> None: ...

class SelectLabelStyle(enum.Enum):
    LABEL_STYLE_NONE = 0
    LABEL_STYLE_TABLENAME_PLUS_COL = 1
    LABEL_STYLE_DISAMBIGUATE_ONLY = 2
    LABEL_STYLE_LEGACY_ORM = 3
    LABEL_STYLE_DEFAULT = 2

class ForUpdateArg(_rs.ClauseElement):
    __visit_name__: Any

class HasCTE(oxalchemy.sql.roles.HasCTERole): ...
class ReturnsRows(oxalchemy.sql.roles.ReturnsRowsRole, oxalchemy.sql.elements.DQLDMLClauseElement): ...
class Selectable(ReturnsRows): ...
class ExecutableReturnsRows(oxalchemy.sql.base.Executable, ReturnsRows): ...

class FromClause(
    _rs.FromClause,
    oxalchemy.sql.roles.AnonymizedFromClauseRole,
    oxalchemy.sql.roles.FromClauseRole,
    oxalchemy.sql.roles.JoinTargetRole,
    oxalchemy.sql.roles.DMLTableRole,
    Selectable,
    oxalchemy.sql.cache_key.HasCacheKey,
):
    __visit_name__: Any
    def with_cols(self, type_: Any) -> Any: ...

class NamedFromClause(FromClause): ...

class Join(_rs.Join, FromClause):
    __visit_name__: Any
    @staticmethod
    def __new__(cls, *args: Any, **kw: Any) -> Any: ...

class FromGrouping(oxalchemy.sql.elements.GroupedElement, FromClause):
    __visit_name__: Any
    element: Any

class AliasedReturnsRows(NoInit, NamedFromClause):
    inherit_cache: Any

class TableClause(_rs.TableClause, oxalchemy.sql.base.Immutable, NamedFromClause):
    __visit_name__: Any
    @staticmethod
    def __new__(cls, *args: Any, **kw: Any) -> Any: ...
    @property
    def bind(self) -> Any: ...

class FromClauseAlias(AliasedReturnsRows): ...

class Subquery(AliasedReturnsRows):
    __visit_name__: Any
    def as_scalar(self) -> Any: ...

class Alias(FromClauseAlias):
    __visit_name__: Any

class Lateral(FromClauseAlias):
    __visit_name__: Any

class TableSample(FromClauseAlias):
    __visit_name__: Any
    sampling: Any

class SelectBase(
    _rs.SelectBase,
    oxalchemy.sql.roles.SelectStatementRole,
    oxalchemy.sql.roles.DMLSelectRole,
    oxalchemy.sql.roles.CompoundElementRole,
    oxalchemy.sql.roles.InElementRole,
    HasCTE,
    oxalchemy.sql.bound.BoundExecutable,
    oxalchemy.sql.base.ExecutableStatement,
    Selectable,
):
    is_select: Any

class TableValuedAlias(_rs.TableValuedAlias, Alias):
    __visit_name__: Any

class Values(_rs.Values, oxalchemy.sql.roles.InElementRole, HasCTE, oxalchemy.sql.base.Generative, NamedFromClause):
    __visit_name__: Any
    @staticmethod
    def __new__(cls, *args: Any, **kw: Any) -> Any: ...

class GenerativeSelect(SelectBase, oxalchemy.sql.base.Generative): ...

class SelectStatementGrouping(oxalchemy.sql.elements.GroupedElement, SelectBase):
    __visit_name__: Any
    element: Any

class TextualSelect(_rs.TextualSelect[_TP_co], SelectBase):
    __visit_name__: Any

class CTE(_rs.CTE, oxalchemy.sql.roles.IsCTERole, oxalchemy.sql.base.Generative, HasPrefixes, HasSuffixes, AliasedReturnsRows):
    __visit_name__: Any

class CompoundSelect(_rs.CompoundSelect[_TP_co], GenerativeSelect):
    __visit_name__: Any

class Exists(_rs.Exists, oxalchemy.sql.elements.ColumnElement[bool]):
    __visit_name__: Any
    inherit_cache: Any
    element: Any
    operator: Any
    modifier: Any
    @staticmethod
    def __new__(cls, *args: Any, **kw: Any) -> Any: ...

class ScalarValues(oxalchemy.sql.elements.GroupedElement, oxalchemy.sql.elements.ColumnElement[Any]):
    __visit_name__: Any

class Select(_rs.Select[_TP_co], HasPrefixes, HasSuffixes, HasHints, GenerativeSelect):
    def into(
        self, target: Any, *, metadata: Any = None, schema: Any = None, temporary: Any = False, if_not_exists: Any = False
    ) -> Any: ...
    __visit_name__: Any
    @staticmethod
    def __new__(cls, *args: Any, **kw: Any) -> Any: ...
    @classmethod
    def create_legacy_select(cls, columns: Any = None, whereclause: Any = None, from_obj: Any = None, **kw: Any) -> Any: ...

class ScalarSelect(_rs.ScalarSelect[_T_co], oxalchemy.sql.elements.GroupedElement, oxalchemy.sql.elements.ColumnElement[_T_co]):
    __visit_name__: Any
    @staticmethod
    def __new__(cls, element: Any) -> Any: ...

def cte(selectable: Any, name: Any = None, recursive: Any = False) -> Any: ...
def subquery(alias: Any, *args: Any, **kw: Any) -> Any: ...

LABEL_STYLE_NONE: SelectLabelStyle
LABEL_STYLE_TABLENAME_PLUS_COL: SelectLabelStyle
LABEL_STYLE_DISAMBIGUATE_ONLY: SelectLabelStyle
LABEL_STYLE_LEGACY_ORM: SelectLabelStyle
LABEL_STYLE_DEFAULT: SelectLabelStyle
AnonymousFromClause = FromClause
TextAsFrom = TextualSelect
