"""Helpers over constructs."""

from .. import _rs
from . import visitors


def _deep_annotate(element, annotations, exclude=None, **kw):
    """Attach facts to every element of a construct."""
    return element._annotate(annotations)


def _deep_deannotate(element, values=None):
    """Remove attached facts."""
    return element._deannotate(values, clone=True)


def find_tables(
    clause, check_columns=False, include_aliases=False, include_joins=False, include_selects=False, include_crud=False
):
    """Tables that occur in a construct."""
    from .selectable import Alias, Join, Select, TableClause

    wanted = [TableClause]
    if include_aliases:
        wanted.append(Alias)
    if include_joins:
        wanted.append(Join)
    if include_selects:
        wanted.append(Select)
    found = []
    for el in visitors.iterate(clause):
        if isinstance(el, tuple(wanted)):
            found.append(el)
        elif check_columns and getattr(el, "__visit_name__", "") == "column":
            found.append(el.table)
    return found


def join_condition(a, b, a_subset=None, consider_as_foreign_keys=None):
    """The ON clause between two FROM elements, from their foreign keys."""
    return _rs.join(a, b).onclause


def tables_from_leftmost(clause):
    from .selectable import FromGrouping, Join

    if isinstance(clause, Join):
        yield from tables_from_leftmost(clause.left)
        yield from tables_from_leftmost(clause.right)
    elif isinstance(clause, FromGrouping):
        yield from tables_from_leftmost(clause.element)
    else:
        yield clause


def surface_selectables(clause):
    stack = [clause]
    while stack:
        elem = stack.pop()
        yield elem
        if elem.__visit_name__ == "join":
            stack.extend((elem.left, elem.right))


def extract_first_column_annotation(column, annotation_name):
    return None


def selectables_overlap(left, right):
    """Do two FROM elements share one?"""
    return bool(set(surface_selectables(left)).intersection(surface_selectables(right)))


class ClauseAdapter(visitors.ReplacingExternalTraversal):
    """Replaces columns by those of another FROM element that stand for them."""

    def __init__(self, selectable, equivalents=None, include_fn=None, exclude_fn=None, **kw):
        self.selectable = selectable
        self.include_fn = include_fn
        self.exclude_fn = exclude_fn
        self.equivalents = equivalents or {}

    def replace(self, col, _include_singleton_constants=False):
        from .elements import ColumnElement
        from .selectable import FromClause

        if isinstance(col, FromClause) and self.selectable.is_derived_from(col):
            return self.selectable
        if not isinstance(col, ColumnElement):
            return None
        if self.include_fn and not self.include_fn(col):
            return None
        if self.exclude_fn and self.exclude_fn(col):
            return None
        found = self.selectable.corresponding_column(col, require_embedded=True)
        if found is None:
            for equiv in self.equivalents.get(col, ()):
                found = self.selectable.corresponding_column(equiv)
                if found is not None:
                    break
        return found


class ColumnAdapter(ClauseAdapter):
    @property
    def columns(self):
        return self

    def __getitem__(self, col):
        return self.traverse(col)


def reduce_columns(columns, *clauses, **kw):
    """Columns without those that a foreign key makes equal to an earlier one."""
    return list(_rs.select(*columns).where(*clauses).reduce_columns(**kw).selected_columns)


def expand_column_list_from_order_by(collist, order_by):
    return [o for o in order_by if o not in collist]


def unwrap_order_by(clause):
    from .elements import ClauseList, UnaryExpression

    out, stack = [], [clause]
    while stack:
        c = stack.pop(0)
        if isinstance(c, ClauseList):
            stack[0:0] = list(c.clauses)
        elif isinstance(c, UnaryExpression) and c.modifier is not None:
            stack.insert(0, c.element)
        else:
            out.append(c)
    return out


from ..util._reprs import repr_params as _repr_params  # noqa: E402, F401
