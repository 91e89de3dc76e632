"""PostgreSQL's own expressions."""

from ... import _rs
from ...ext.compiler import compiles
from ...sql import operators
from ...sql.elements import ColumnElement
from ...sql.functions import func
from .types import ARRAY

aggregate_order_by = _rs.aggregate_order_by


class array(ColumnElement):
    """``ARRAY[a, b]``."""

    __visit_name__ = "array"
    inherit_cache = True

    def __init__(self, clauses, *, type_=None, **kw):
        self.clauses = [_rs._coerce("BinaryElementRole", c) for c in clauses]
        if type_ is not None:
            item = type_
        else:
            item = next((c.type for c in self.clauses if not getattr(c.type, "_isnull", False)), None)
        dimensions = 1
        if isinstance(item, ARRAY):
            dimensions = (item.dimensions or 1) + 1
            item = item.item_type
        self.type = ARRAY(item, dimensions=dimensions) if item is not None else ARRAY(_rs.null().type)

    def get_children(self, **kw):
        return self.clauses

    def self_group(self, against=None):
        return self.self_group_(against)

    def self_group_(self, against):
        return super().self_group(against) if against in (operators.any_op, operators.all_op, operators.getitem) else self


@compiles(array)
def _compile_array(element, compiler, **kw):
    text = ", ".join(compiler.process(c, **kw) for c in element.clauses)
    return f"ARRAY[{text}]" if element.clauses else f"ARRAY[]::{compiler.dialect.type_compiler_instance.process(element.type)}"


def array_agg(*args, **kw):
    """``func.array_agg()`` with the dialect's array type."""
    fn = func.array_agg(*args, **kw)
    return fn


def Any(other, arrexpr, operator=operators.eq):
    """``other = ANY (array)``."""
    return arrexpr.any(other, operator)


def All(other, arrexpr, operator=operators.eq):
    """``other = ALL (array)``."""
    return arrexpr.all(other, operator)


def distinct_on(*expr):
    """DISTINCT ON, for ``select().ext()`` (2.1)."""
    return _DistinctOn(expr)


class _DistinctOn:
    def __init__(self, expr):
        self.expr = expr

    def apply_to(self, statement):
        return statement._distinct_on(*self.expr)
