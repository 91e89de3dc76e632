"""Everything of the SQL expression language under one name."""

from .base import (
    ColumnCollection,
    Executable,
    ExecutableStatement,
    Generative,
    WriteableColumnCollection,
    _from_objects,
    _select_iterables,
)
from .cache_key import CacheKey
from .dml import Delete, DMLTargetCopy, Insert, Update, UpdateBase, ValuesBase, delete, insert, update
from .elements import (
    AggregateOrderBy,
    BinaryExpression,
    BindParameter,
    BooleanClauseList,
    Case,
    Cast,
    ClauseElement,
    ClauseList,
    CollectionAggregate,
    ColumnClause,
    ColumnElement,
    ColumnExpressionArgument,
    ExpressionClauseList,
    Extract,
    False_,
    FrameClause,
    FrameClauseType,
    FunctionFilter,
    Grouping,
    Label,
    Null,
    OrderByList,
    Over,
    ReleaseSavepointClause,
    RollbackToSavepointClause,
    SavepointClause,
    SQLColumnExpression,
    TableValuedColumn,
    TextClause,
    True_,
    TryCast,
    TString,
    Tuple,
    TypeClause,
    TypeCoerce,
    UnaryExpression,
    WithinGroup,
    _truncated_label,
    aggregate_order_by,
    all_,
    and_,
    any_,
    asc,
    between,
    bindparam,
    bitwise_not,
    case,
    cast,
    collate,
    column,
    desc,
    distinct,
    extract,
    false,
    funcfilter,
    label,
    literal,
    literal_column,
    not_,
    null,
    nulls_first,
    nulls_last,
    nullsfirst,
    nullslast,
    or_,
    outparam,
    over,
    quoted_name,
    text,
    true,
    try_cast,
    tstring,
    tuple_,
    type_coerce,
    within_group,
)
from .functions import Function, FunctionElement, func, modifier
from .lambdas import LambdaElement, StatementLambdaElement, lambda_stmt
from .operators import ColumnOperators, OperatorClass, Operators, custom_op
from .selectable import (
    CTE,
    LABEL_STYLE_DEFAULT,
    LABEL_STYLE_DISAMBIGUATE_ONLY,
    LABEL_STYLE_NONE,
    LABEL_STYLE_TABLENAME_PLUS_COL,
    Alias,
    AliasedReturnsRows,
    CompoundSelect,
    Exists,
    FromClause,
    FromGrouping,
    GenerativeSelect,
    HasCTE,
    HasPrefixes,
    HasSuffixes,
    Join,
    Lateral,
    ReturnsRows,
    ScalarSelect,
    ScalarValues,
    Select,
    Selectable,
    SelectBase,
    SelectLabelStyle,
    Subquery,
    TableClause,
    TableSample,
    TableValuedAlias,
    TextAsFrom,
    TextualSelect,
    Values,
    alias,
    cte,
    except_,
    except_all,
    exists,
    intersect,
    intersect_all,
    join,
    lateral,
    outerjoin,
    select,
    subquery,
    table,
    tablesample,
    union,
    union_all,
    values,
)
from .visitors import Visitable


def Nullable(val):
    """``val`` itself, typed as something that may be None: for a column of an outer join in ``select()``. Since 2.0.20."""
    return val


def NotNullable(val):
    """``val`` itself, typed as something that is not None: for a nullable column after ``is_not(None)``. Since 2.0.20."""
    return val


def from_dml_column(column):  # noqa: F811 - the documented name of the argument
    """The value that the enclosing INSERT or UPDATE sets for another column (2.1)."""
    from .. import _rs

    return _rs._from_dml_column(column)


_UnaryExpression = UnaryExpression
_BinaryExpression = BinaryExpression

__all__ = tuple(n for n in dir() if not n.startswith("_")) + ("_truncated_label", "_from_objects", "_select_iterables")
