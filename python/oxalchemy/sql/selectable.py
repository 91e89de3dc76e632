"""FROM elements and SELECT: documented names of the classes in Rust."""

import enum

from .. import _rs
from . import roles
from .base import Executable, ExecutableStatement, Generative, HasCompileState, HasSyntaxExtensions, Immutable
from .bound import BoundExecutable
from .cache_key import HasCacheKey
from .elements import ClauseElement, ColumnElement, DQLDMLClauseElement, GroupedElement, Part, TableValuedColumn

AnonymousFromClause = None


class SelectLabelStyle(enum.Enum):
    """How result columns are labelled."""

    LABEL_STYLE_NONE = 0
    LABEL_STYLE_TABLENAME_PLUS_COL = 1
    LABEL_STYLE_DISAMBIGUATE_ONLY = 2
    LABEL_STYLE_LEGACY_ORM = 3
    LABEL_STYLE_DEFAULT = LABEL_STYLE_DISAMBIGUATE_ONLY


LABEL_STYLE_NONE = SelectLabelStyle.LABEL_STYLE_NONE
LABEL_STYLE_TABLENAME_PLUS_COL = SelectLabelStyle.LABEL_STYLE_TABLENAME_PLUS_COL
LABEL_STYLE_DISAMBIGUATE_ONLY = SelectLabelStyle.LABEL_STYLE_DISAMBIGUATE_ONLY
LABEL_STYLE_LEGACY_ORM = SelectLabelStyle.LABEL_STYLE_LEGACY_ORM
LABEL_STYLE_DEFAULT = LABEL_STYLE_DISAMBIGUATE_ONLY


class ReturnsRows(roles.ReturnsRowsRole, DQLDMLClauseElement):
    __slots__ = ()


class ExecutableReturnsRows(Executable, ReturnsRows):
    __slots__ = ()


class Selectable(ReturnsRows):
    __slots__ = ()


class HasPrefixes:
    __slots__ = ()


class HasSuffixes:
    __slots__ = ()


class HasHints:
    __slots__ = ()


class HasCTE(roles.HasCTERole):
    __slots__ = ()


class FromClause(
    _rs.FromClause,
    roles.AnonymizedFromClauseRole,
    roles.FromClauseRole,
    roles.JoinTargetRole,
    roles.DMLTableRole,
    Selectable,
    HasCacheKey,
):
    """Something to select from; base of the user's own FROM elements."""

    __slots__ = ()
    __visit_name__ = "fromclause"

    def with_cols(self, type_):
        """The same element; for type checkers its ``c`` has the columns of this :class:`.TypedColumns` class (2.1)."""
        return self


class NamedFromClause(FromClause):
    __slots__ = ()


class TableClause(_rs.TableClause, Immutable, NamedFromClause):
    """A table by name."""

    __slots__ = ()
    __visit_name__ = "table"

    def __new__(cls, *args, **kw):
        return _rs.table(*args, **kw) if cls is TableClause else super().__new__(cls)

    @property
    def bind(self):
        """The Engine or Connection of the table's MetaData (1.x), or ``None``."""
        metadata = getattr(self, "metadata", None)
        return metadata.bind if metadata is not None else None


class Join(_rs.Join, FromClause):
    """JOIN."""

    __slots__ = ()
    __visit_name__ = "join"

    def __new__(cls, *args, **kw):
        return _rs.join(*args, **kw) if cls is Join else super().__new__(cls)


class NoInit:
    """FROM elements that come from functions and methods only."""

    __slots__ = ()

    def __init__(self, *args, **kw):
        name = type(self).__name__
        raise NotImplementedError(
            f"The {name} class is not intended to be constructed directly.  Please use the {name.lower()}() standalone function "
            f"or the {name.lower()}() method available from appropriate selectable objects."
        )


class AliasedReturnsRows(NoInit, NamedFromClause):
    __slots__ = ()
    inherit_cache = True


class FromClauseAlias(AliasedReturnsRows):
    __slots__ = ()


class Alias(FromClauseAlias):
    """``x AS name``."""

    __slots__ = ()
    __visit_name__ = "alias"


class TableValuedAlias(_rs.TableValuedAlias, Alias):
    """A function in FROM."""

    __slots__ = ()
    __visit_name__ = "table_valued_alias"


class Lateral(FromClauseAlias):
    """LATERAL."""

    __slots__ = ()
    __visit_name__ = "lateral"


class TableSample(FromClauseAlias):
    """TABLESAMPLE."""

    __slots__ = ()
    __visit_name__ = "tablesample"
    sampling = Part("sampling")


class Subquery(AliasedReturnsRows):
    """``(SELECT …) AS name``."""

    __slots__ = ()
    __visit_name__ = "subquery"

    def as_scalar(self):
        """The SELECT as a value (deprecated)."""
        return self.element.set_label_style(LABEL_STYLE_NONE).scalar_subquery()


class CTE(_rs.CTE, roles.IsCTERole, Generative, HasPrefixes, HasSuffixes, AliasedReturnsRows):
    """WITH."""

    __slots__ = ()
    __visit_name__ = "cte"


class FromGrouping(GroupedElement, FromClause):
    """Parentheses around a FROM element."""

    __slots__ = ()
    __visit_name__ = "grouping"
    element = Part("element")


class Values(_rs.Values, roles.InElementRole, HasCTE, Generative, NamedFromClause):
    """VALUES."""

    __slots__ = ()
    __visit_name__ = "values"

    def __new__(cls, *args, **kw):
        return _rs.values(*args, **kw) if cls is Values else super().__new__(cls)


class ScalarValues(roles.InElementRole, GroupedElement, ColumnElement):
    __slots__ = ()
    __visit_name__ = "scalar_values"


class SelectBase(
    _rs.SelectBase,
    roles.SelectStatementRole,
    roles.DMLSelectRole,
    roles.CompoundElementRole,
    roles.InElementRole,
    HasCTE,
    BoundExecutable,
    ExecutableStatement,
    Selectable,
):
    """Anything that yields rows."""

    __slots__ = ()
    is_select = True


class SelectStatementGrouping(GroupedElement, SelectBase):
    """A query in parentheses."""

    __slots__ = ()
    __visit_name__ = "select_statement_grouping"
    element = Part("element")


class GenerativeSelect(SelectBase, Generative):
    __slots__ = ()


class CompoundSelect(_rs.CompoundSelect, HasCompileState, GenerativeSelect):
    """UNION and relatives."""

    __slots__ = ()
    __visit_name__ = "compound_select"


class Select(_rs.Select, HasSyntaxExtensions, HasPrefixes, HasSuffixes, HasHints, HasCompileState, GenerativeSelect):
    """SELECT."""

    __slots__ = ()

    def into(self, target, *, metadata=None, schema=None, temporary=False, if_not_exists=False):
        """CREATE TABLE … AS this SELECT (2.1)."""
        from .ddl import CreateTableAs

        return CreateTableAs(self, target, metadata=metadata, schema=schema, temporary=temporary, if_not_exists=if_not_exists)

    __visit_name__ = "select"

    def __new__(cls, *args, **kw):
        return _rs.select(*args, **kw) if cls is Select else super().__new__(cls)

    @classmethod
    def create_legacy_select(cls, columns=None, whereclause=None, from_obj=None, **kw):
        """The list form of 1.x."""
        return _rs.select(list(columns or ()), whereclause, from_obj, **kw)


class TextualSelect(_rs.TextualSelect, SelectBase):
    """``text().columns()``."""

    __slots__ = ()
    __visit_name__ = "textual_select"


TextAsFrom = TextualSelect


class ScalarSelect(_rs.ScalarSelect, roles.InElementRole, Generative, GroupedElement, ColumnElement):
    """A SELECT as a value."""

    __slots__ = ()
    __visit_name__ = "scalar_select"

    def __new__(cls, element):
        return element.scalar_subquery() if cls is ScalarSelect else super().__new__(cls)


class Exists(_rs.Exists, ColumnElement):
    """EXISTS."""

    __slots__ = ()
    __visit_name__ = "unary"
    inherit_cache = True
    element = Part("element")
    operator = Part("operator")
    modifier = Part("modifier")

    def __new__(cls, *args, **kw):
        return _rs.exists(*args, **kw) if cls is Exists else super().__new__(cls)


class ForUpdateArg(ClauseElement):
    """FOR UPDATE."""

    __visit_name__ = "for_update_arg"


for _cls in list(globals().values()):
    if isinstance(_cls, type) and _cls.__module__ == __name__:
        _cls.__module__ = "oxalchemy.sql.selectable"

_rs._register_faces(
    {
        c.__name__: c
        for c in (
            FromClause,
            TableClause,
            Join,
            Alias,
            TableValuedAlias,
            Lateral,
            TableSample,
            Subquery,
            CTE,
            FromGrouping,
            Values,
            SelectStatementGrouping,
            CompoundSelect,
            Select,
            TextualSelect,
            ScalarSelect,
            Exists,
        )
    }
)

AnonymousFromClause = FromClause
alias = _rs.alias
join = _rs.join
outerjoin = _rs.outerjoin
lateral = _rs.lateral
tablesample = _rs.tablesample
table = _rs.table
values = _rs.values
select = _rs.select
exists = _rs.exists
union = _rs.union
union_all = _rs.union_all
except_ = _rs.except_
except_all = _rs.except_all
intersect = _rs.intersect
intersect_all = _rs.intersect_all


def cte(selectable, name=None, recursive=False):
    """The CTE of a statement."""
    return selectable.cte(name=name, recursive=recursive)


def subquery(alias, *args, **kw):
    """``select(…).subquery(alias)`` of 0.5."""
    return _rs.select(*args, **kw).subquery(alias)


__all__ = ("TableValuedColumn",)
