"""Expression classes.

Data and behaviour are in Rust; a class here gives an expression its documented name, bases and attributes.
"""

import enum
from types import GenericAlias

from .. import _rs, util
from ..inspection import _self_inspects
from . import operators, roles
from .annotation import SupportsAnnotations
from .base import _NONE_NAME as _NONE_NAME
from .base import NO_ARG, Executable, ExecutableStatement, Generative, Immutable, SingletonConstant, _NoArg
from .bound import BoundExecutable
from .cache_key import HasCacheKey
from .operators import ColumnOperators, OperatorClass
from .visitors import ExternallyTraversible, Visitable

Part = _rs.Part

ClauseElement = _rs.ClauseElement
CompilerElement = ClauseElement


class CompilerColumnElement(roles.DMLColumnRole, roles.DDLConstraintColumnRole, roles.ColumnsClauseRole, ClauseElement):
    """Base of elements that render in the place of a column (``@compiles`` constructs)."""


class quoted_name(str):
    """A name with an explicit choice about quoting."""

    __slots__ = ("quote", "lower_", "upper_")

    def __new__(cls, value, quote=None):
        assert value is not None, "use quoted_name.construct() for None passthrough"
        if isinstance(value, cls) and (quote is None or value.quote == quote):
            return value
        self = super().__new__(cls, value)
        self.quote = quote
        return self

    @classmethod
    def construct(cls, value, quote):
        return None if value is None else cls(value, quote)

    def __reduce__(self):
        return quoted_name, (str(self), self.quote)

    def lower(self):
        return self if self.quote else str(self).lower()

    def upper(self):
        return self if self.quote else str(self).upper()

    def __str__(self):
        return str.__str__(self)

    def __repr__(self):
        return f"'{str.__str__(self)}'" if self.quote is None else f"quoted_name({str.__repr__(self)}, {self.quote!r})"


class _truncated_label(quoted_name):
    """A name that may be shortened to the dialect's maximum length."""

    __slots__ = ()

    def __new__(cls, value, quote=None):
        quote = getattr(value, "quote", quote)
        return super().__new__(cls, value, quote)

    def apply_map(self, map_):
        return self


class conv(_truncated_label):
    """A name to which a naming convention has been applied already."""

    __slots__ = ()


class _anonymous_label(_truncated_label):
    """A name that gets its number when a statement is rendered."""

    __slots__ = ()

    @classmethod
    def safe_construct(cls, seed, body, enclosing_label=None, sanitize_key=False):
        return cls(f"%({seed} {body})s")

    def apply_map(self, map_):
        return self % map_


def _is_column(col):
    return isinstance(col, ColumnClause)


class SQLCoreOperations(ColumnOperators):
    __slots__ = ()
    __class_getitem__ = classmethod(GenericAlias)


class SQLColumnExpression(SQLCoreOperations, roles.ExpressionElementRole):
    __slots__ = ()


class DQLDMLClauseElement:
    __slots__ = ()


class ColumnElement(
    _rs.ColumnElement,
    SQLColumnExpression,
    roles.ColumnArgumentOrKeyRole,
    roles.StatementOptionRole,
    roles.WhereHavingRole,
    roles.BinaryElementRole,
    roles.OrderByRole,
    roles.GroupByRole,
    roles.ColumnsClauseRole,
    roles.LimitOffsetRole,
    roles.DMLColumnRole,
    roles.DDLConstraintColumnRole,
    roles.DDLExpressionRole,
    ExternallyTraversible,
    HasCacheKey,
    SupportsAnnotations,
):
    """A column-level expression; base of the user's own expressions."""

    __slots__ = ()
    __visit_name__ = "column_element"
    timetuple = None
    _is_implicitly_boolean = False
    supports_execution = False


class KeyedColumnElement(ColumnElement):
    __slots__ = ()


class WrapsColumnExpression(ColumnElement):
    __slots__ = ()


class NamedColumn(KeyedColumnElement):
    __slots__ = ()


class ColumnClause(_rs.ColumnClause, NamedColumn, Immutable):
    """A column by name."""

    __slots__ = ()
    __visit_name__ = "column"
    onupdate = default = server_default = server_onupdate = None
    _is_multiparam_column = False

    def __new__(cls, *args, **kw):
        return _rs.column(*args, **kw) if cls is ColumnClause else super().__new__(cls)

    def __init__(self, text, type_=None, is_literal=False, _selectable=None):
        """A column by name; a subclass of the user's is rendered by its ``@compiles`` function."""
        if type(self) is not ColumnClause:
            _rs._init_column_clause(self, text, type_, is_literal)

    def __str__(self):
        return _rs.ColumnElement.__str__(self)


class BindParameter(KeyedColumnElement, roles.InElementRole):
    """A bound parameter."""

    __slots__ = ()
    __visit_name__ = "bindparam"
    inherit_cache = True
    key = Part("key")
    _orig_key = Part("_orig_key")
    value = Part("value")
    effective_value = Part("effective_value")
    callable = Part("callable")
    unique = Part("unique")
    expanding = Part("expanding")
    expand_op = Part("expand_op")
    required = Part("required")
    isoutparam = Part("isoutparam")
    literal_execute = Part("literal_execute")

    def __new__(cls, *args, **kw):
        return _rs.bindparam(*args, **kw) if cls is BindParameter else super().__new__(cls)

    def __repr__(self):
        return f"{self.__class__.__name__}({self.key!r}, {self.value!r}, type_={self.type!r})"

    def render_literal_execute(self):
        """The same parameter rendered as a literal when the statement is executed."""
        return _rs._literal_execute(self)


class TypeClause(ClauseElement):
    """A type inside an expression."""

    __visit_name__ = "typeclause"

    def __init__(self, type_):
        self.type = type_


class TextClause(
    _rs.TextClause,
    roles.DDLConstraintColumnRole,
    roles.DDLExpressionRole,
    roles.StatementOptionRole,
    roles.WhereHavingRole,
    roles.OrderByRole,
    roles.GroupByRole,
    roles.FromClauseRole,
    roles.SelectStatementRole,
    roles.InElementRole,
    BoundExecutable,
    ExecutableStatement,
    DQLDMLClauseElement,
    roles.BinaryElementRole,
):
    """SQL text."""

    __slots__ = ()
    __visit_name__ = "textclause"
    key = None
    _is_text_clause = True

    def __new__(cls, *args, **kw):
        return _rs.text(*args, **kw) if cls is TextClause else super().__new__(cls)


class TString(TextClause):
    """``tstring(t"…")`` (Python 3.14)."""

    __slots__ = ()


class Null(ColumnElement, roles.ConstExprRole, SingletonConstant):
    """NULL."""

    __slots__ = ()
    __visit_name__ = "null"

    def __new__(cls):
        return _rs.null()


class False_(ColumnElement, roles.ConstExprRole, SingletonConstant):
    """FALSE."""

    __slots__ = ()
    __visit_name__ = "false"

    def __new__(cls):
        return _rs.false()


class True_(ColumnElement, roles.ConstExprRole, SingletonConstant):
    """TRUE."""

    __slots__ = ()
    __visit_name__ = "true"

    def __new__(cls):
        return _rs.true()


class ElementList(roles.InElementRole, roles.OrderByRole, roles.ColumnsClauseRole, roles.DMLColumnRole):
    __slots__ = ()


class ClauseList(ClauseElement, roles.InElementRole, roles.OrderByRole, roles.ColumnsClauseRole, roles.DMLColumnRole):
    """Elements separated by a comma or an operator."""

    __slots__ = ()
    __visit_name__ = "clauselist"
    clauses = Part("clauses")
    operator = Part("operator")
    group = Part("group")

    def __new__(cls, *clauses, operator=operators.comma_op, group=True, **kw):
        return _rs._clause_list(clauses, operator) if cls is ClauseList else super().__new__(cls)

    def __iter__(self):
        return iter(self.clauses)

    def __len__(self):
        return len(self.clauses)


class OperatorExpression(ColumnElement):
    __slots__ = ()


class ExpressionClauseList(OperatorExpression):
    """Operands of one operator."""

    __slots__ = ()
    __visit_name__ = "expression_clauselist"
    clauses = Part("clauses")
    operator = Part("operator")
    group = Part("group")

    def __iter__(self):
        return iter(self.clauses)

    def __len__(self):
        return len(self.clauses)


class BooleanClauseList(ExpressionClauseList):
    """``and_()``, ``or_()``."""

    __slots__ = ()
    __visit_name__ = "expression_clauselist"
    inherit_cache = True

    @classmethod
    def and_(cls, *clauses):
        return _rs.and_(*clauses)

    @classmethod
    def or_(cls, *clauses):
        return _rs.or_(*clauses)


class Tuple(ColumnElement):
    """``(a, b)``."""

    __slots__ = ()
    __visit_name__ = "tuple"
    clauses = Part("clauses")

    def __new__(cls, *clauses, types=None):
        return _rs.tuple_(*clauses, types=types) if cls is Tuple else super().__new__(cls)

    def __iter__(self):
        return iter(self.clauses)

    def __len__(self):
        return len(self.clauses)


class Case(ColumnElement):
    """CASE."""

    __slots__ = ()
    __visit_name__ = "case"
    value = Part("value")
    whens = Part("whens")
    else_ = Part("else_")

    def __new__(cls, *args, **kw):
        return _rs.case(*args, **kw) if cls is Case else super().__new__(cls)


class Cast(WrapsColumnExpression):
    """CAST."""

    __slots__ = ()
    __visit_name__ = "cast"
    clause = Part("clause")
    typeclause = Part("typeclause")

    def __new__(cls, *args, **kw):
        return _rs.cast(*args, **kw) if cls is Cast else super().__new__(cls)

    @property
    def wrapped_column_expression(self):
        return self.clause


class TryCast(Cast):
    """TRY_CAST."""

    __slots__ = ()
    __visit_name__ = "try_cast"

    def __new__(cls, *args, **kw):
        return _rs.try_cast(*args, **kw) if cls is TryCast else super().__new__(cls)


class TypeCoerce(WrapsColumnExpression):
    """``type_coerce()``."""

    __slots__ = ()
    __visit_name__ = "type_coerce"
    clause = Part("clause")
    typed_expression = Part("typed_expression")

    def __new__(cls, *args, **kw):
        return _rs.type_coerce(*args, **kw) if cls is TypeCoerce else super().__new__(cls)


class Extract(ColumnElement):
    """EXTRACT."""

    __slots__ = ()
    __visit_name__ = "extract"
    field = Part("field")
    expr = Part("expr")

    def __new__(cls, *args, **kw):
        return _rs.extract(*args, **kw) if cls is Extract else super().__new__(cls)


class _label_reference(ColumnElement):
    """A label in ORDER BY."""

    __slots__ = ()
    __visit_name__ = "label_reference"
    element = Part("element")


class _textual_label_reference(ColumnElement):
    """A name in ORDER BY."""

    __slots__ = ()
    __visit_name__ = "textual_label_reference"
    element = Part("element")


class UnaryExpression(ColumnElement):
    """An operator before or behind one operand."""

    __slots__ = ()
    __visit_name__ = "unary"
    element = Part("element")
    operator = Part("operator")
    modifier = Part("modifier")

    def __new__(cls, element, operator=None, modifier=None, type_=None, **kw):
        return _rs._unary(element, operator, modifier, type_) if cls is UnaryExpression else super().__new__(cls)


class CollectionAggregate(UnaryExpression):
    """ANY, ALL."""

    __slots__ = ()
    inherit_cache = True


class AsBoolean(WrapsColumnExpression, UnaryExpression):
    """A value as a condition."""

    __slots__ = ()
    inherit_cache = True
    negate = Part("negate")


class BinaryExpression(OperatorExpression):
    """An operator between two operands."""

    __slots__ = ()
    __visit_name__ = "binary"
    left = Part("left")
    right = Part("right")
    operator = Part("operator")
    negate = Part("negate")
    modifiers = Part("modifiers")

    def __new__(cls, left, right, operator, type_=None, negate=None, modifiers=None):
        return _rs._binary(left, right, operator, type_, negate) if cls is BinaryExpression else super().__new__(cls)

    @property
    def is_comparison(self):
        return operators.is_comparison(self.operator)


class Slice(ColumnElement):
    """``x[a:b]``."""

    __slots__ = ()
    __visit_name__ = "slice"
    start = Part("start")
    stop = Part("stop")
    step = Part("step")


class GroupedElement:
    __slots__ = ()


class Grouping(GroupedElement, ColumnElement):
    """Parentheses."""

    __slots__ = ()
    __visit_name__ = "grouping"
    element = Part("element")

    def __new__(cls, element):
        return element.self_group(operators.any_op) if cls is Grouping else super().__new__(cls)


class FrameClauseType(enum.Enum):
    """Ends of a window frame."""

    UNBOUNDED = "UNBOUNDED"
    CURRENT = "CURRENT"
    PRECEDING = "PRECEDING"
    FOLLOWING = "FOLLOWING"


class FrameClause:
    """A window frame by its two ends (2.1)."""

    __visit_name__ = "frame_clause"

    def __init__(self, start, end, start_frame_type, end_frame_type):
        self.start, self.end = start, end
        self.start_frame_type, self.end_frame_type = start_frame_type, end_frame_type

    @property
    def _ox_frame(self):
        return self.start, self.start_frame_type.value, self.end, self.end_frame_type.value


class Over(ColumnElement):
    """OVER."""

    __slots__ = ()
    __visit_name__ = "over"
    element = Part("element")
    func = Part("func")
    partition_by = Part("partition_by")
    order_by = Part("order_by")

    def __new__(cls, *args, **kw):
        return _rs.over(*args, **kw) if cls is Over else super().__new__(cls)


class _WindowMethods:
    __slots__ = ()

    def over(self, *, partition_by=None, order_by=None, rows=None, range_=None, groups=None, exclude=None):
        return _rs.over(self, partition_by, order_by, range_, rows, groups, exclude)

    def filter(self, *criterion):
        return _rs.funcfilter(self, *criterion) if criterion else self

    def within_group(self, *order_by):
        return _rs.within_group(self, *order_by)


class WithinGroup(_WindowMethods, ColumnElement):
    """WITHIN GROUP."""

    __slots__ = ()
    __visit_name__ = "withingroup"
    element = Part("element")
    order_by = Part("order_by")

    def __new__(cls, *args):
        return _rs.within_group(*args) if cls is WithinGroup else super().__new__(cls)


class AggregateOrderBy(_WindowMethods, WrapsColumnExpression):
    """ORDER BY inside an aggregate."""

    __slots__ = ()
    __visit_name__ = "aggregateorderby"
    element = Part("element")
    order_by = Part("order_by")

    def __new__(cls, *args):
        return _rs.aggregate_order_by(*args) if cls is AggregateOrderBy else super().__new__(cls)


class FunctionFilter(_WindowMethods, Generative, ColumnElement):
    """FILTER."""

    __slots__ = ()
    __visit_name__ = "funcfilter"
    func = Part("func")
    criterion = Part("criterion")

    def __new__(cls, *args):
        return _rs.funcfilter(*args) if cls is FunctionFilter else super().__new__(cls)


class Label(roles.LabeledColumnExprRole, NamedColumn):
    """``expr AS name``."""

    __slots__ = ()
    __visit_name__ = "label"
    element = Part("element")
    _element = Part("_element")
    name = Part("name")

    def __new__(cls, *args, **kw):
        return _rs.label(*args, **kw) if cls is Label else super().__new__(cls)

    @property
    def primary_key(self):
        return self.element.primary_key

    @property
    def foreign_keys(self):
        return self.element.foreign_keys


class CollationClause(ColumnElement):
    """The right side of COLLATE."""

    __slots__ = ()
    __visit_name__ = "collation"
    collation = Part("collation")


class TableValuedColumn(NamedColumn):
    """A FROM element as a column."""

    __slots__ = ()
    __visit_name__ = "table_valued_column"
    scalar_alias = Part("scalar_alias")
    table = Part("table")

    @property
    def name(self):
        return self.scalar_alias.name


class _IdentifiedClause(ClauseElement):
    """A statement about a savepoint, as ``before_execute`` listeners see it."""

    def __init__(self, ident):
        self.ident = ident

    def __str__(self):
        return f"{self._verb} {self.ident}"


class SavepointClause(_IdentifiedClause):
    __visit_name__ = "savepoint"
    _verb = "SAVEPOINT"


class RollbackToSavepointClause(_IdentifiedClause):
    __visit_name__ = "rollback_to_savepoint"
    _verb = "ROLLBACK TO SAVEPOINT"


class ReleaseSavepointClause(_IdentifiedClause):
    __visit_name__ = "release_savepoint"
    _verb = "RELEASE SAVEPOINT"


class OrderByList(roles.OrderByRole, roles.ColumnsClauseRole):
    """Several expressions to order by as one: ``desc()`` and its like apply to each. Since 2.1.

    :param clauses: the expressions, any iterable
    """

    __slots__ = ("clauses",)
    __visit_name__ = "order_by_list"

    def __init__(self, clauses):
        self.clauses = list(clauses)

    def __clause_element__(self):
        return ClauseList(*self.clauses, group=False)

    def __iter__(self):
        return iter(self.clauses)

    def __len__(self):
        return len(self.clauses)

    def __str__(self):
        return str(self.__clause_element__())

    def _each(self, name):
        return OrderByList(getattr(c, name)() for c in self.clauses)

    def asc(self):
        return self._each("asc")

    def desc(self):
        return self._each("desc")

    def nulls_first(self):
        return self._each("nulls_first")

    def nulls_last(self):
        return self._each("nulls_last")

    nullsfirst, nullslast = nulls_first, nulls_last


ColumnExpressionArgument = object

for _cls in list(globals().values()):
    if isinstance(_cls, type) and _cls.__module__ == __name__:
        _cls.__module__ = "oxalchemy.sql.elements"

_rs._register_faces(
    {
        c.__name__: c
        for c in (
            ColumnElement,
            ColumnClause,
            BindParameter,
            TextClause,
            Null,
            False_,
            True_,
            ClauseList,
            ExpressionClauseList,
            BooleanClauseList,
            Tuple,
            Case,
            Cast,
            TryCast,
            TypeCoerce,
            Extract,
            _label_reference,
            _textual_label_reference,
            UnaryExpression,
            CollectionAggregate,
            AsBoolean,
            BinaryExpression,
            Slice,
            Grouping,
            Over,
            WithinGroup,
            AggregateOrderBy,
            FunctionFilter,
            Label,
            CollationClause,
            TableValuedColumn,
        )
    }
)

column = _rs.column
literal = _rs.literal
literal_column = _rs.literal_column
bindparam = _rs.bindparam
text = _rs.text
null = _rs.null
true = _rs.true
false = _rs.false
and_ = _rs.and_
or_ = _rs.or_
not_ = _rs.not_
case = _rs.case
cast = _rs.cast
try_cast = _rs.try_cast
type_coerce = _rs.type_coerce
extract = _rs.extract
collate = _rs.collate
tuple_ = _rs.tuple_
between = _rs.between
distinct = _rs.distinct
any_ = _rs.any_
all_ = _rs.all_
asc = _rs.asc
desc = _rs.desc
nulls_first = nullsfirst = _rs.nulls_first
nulls_last = nullslast = _rs.nulls_last
label = _rs.label
over = _rs.over
within_group = _rs.within_group
funcfilter = _rs.funcfilter
aggregate_order_by = _rs.aggregate_order_by
bitwise_not = _rs.bitwise_not


def outparam(key, type_=None):
    """An OUT parameter."""
    return bindparam(key, None, type_=type_, unique=False, isoutparam=True)


def tstring(template):
    """Text from a template string (Python 3.14)."""
    parts, binds = [], {}
    for i, part in enumerate(template):
        if isinstance(part, str):
            parts.append(part.replace(":", "\\:"))
        else:
            name = f"param_{i}"
            parts.append(f":{name}")
            binds[name] = part.value
    return text("".join(parts)).bindparams(**binds)


__all__ = (
    "ClauseElement",
    "ColumnElement",
    "NO_ARG",
    "Executable",
    "OperatorClass",
    "Visitable",
    "_NoArg",
    "quoted_name",
    "util",
)

_self_inspects(_rs.ClauseElement)
