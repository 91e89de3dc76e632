"""ARRAY and the ``array()`` literal."""

from ... import _rs
from ...ext.compiler import compiles
from ...sql import operators, sqltypes
from ...sql.elements import ColumnElement
from ...sql.functions import func
from ...sql.type_api import to_instance
from .operators import CONTAINED_BY, CONTAINS, OVERLAPS

__all__ = ("ARRAY", "All", "Any", "array", "array_agg")


class ARRAY(sqltypes.ARRAY):
    """An array with PostgreSQL's operators.

    item_type: type of the elements. as_tuple: return tuples, not lists. dimensions: fixed number of dimensions.
    zero_indexes: let Python count from 0 and the database from 1.
    """

    __visit_name__ = "ARRAY"

    class Comparator(sqltypes.ARRAY.Comparator):
        """Operators of array expressions."""

        __slots__ = ()

        def contains(self, other, **kwargs):
            """``@>``: the array has all elements of another."""
            return self.operate(CONTAINS, other)

        def contained_by(self, other):
            """``<@``: another array has all elements of this one."""
            return self.operate(CONTAINED_BY, other)

        def overlap(self, other):
            """``&&``: both have an element in common."""
            return self.operate(OVERLAPS, other)

    comparator_factory = Comparator


class array(ColumnElement):
    """``ARRAY[a, b]``.

    clauses: values and expressions. type_: type of the elements, that of the first one which has a type unless told.
    """

    __visit_name__ = "array"
    inherit_cache = True
    stringify_dialect = "postgresql"

    def __init__(self, clauses, *, type_=None, **kw):
        self.clauses = [_rs._coerce("BinaryElementRole", c) for c in clauses]
        item = to_instance(type_) if type_ is not None else self.clauses[0].type if self.clauses else sqltypes.NULLTYPE
        dimensions = kw.pop("_dimensions", None)
        if isinstance(item, sqltypes.ARRAY):
            dimensions = (item.dimensions or 1) + 1
            item = item.item_type
        self.type = ARRAY(item, dimensions=dimensions)

    def get_children(self, **kw):
        return self.clauses

    def self_group(self, against=None):
        if against in (operators.any_op, operators.all_op, operators.getitem):
            from ...sql.elements import Grouping

            return Grouping(self) if against is operators.getitem else self
        return self


@compiles(array)
def _compile_array(element, compiler, **kw):
    text = ", ".join(compiler.process(c, **kw) for c in element.clauses)
    if not element.clauses and not element.type.item_type._isnull:
        return f"ARRAY[]::{compiler.dialect.type_compiler_instance.process(element.type)}"
    return f"ARRAY[{text}]"


def array_agg(*args, **kw):
    """``func.array_agg()`` of PostgreSQL's own array type."""
    if kw.get("type_") is None and args:
        item = _rs._coerce("BinaryElementRole", args[0]).type
        kw["type_"] = item if isinstance(item, sqltypes.ARRAY) else ARRAY(item)
    return func.array_agg(*args, **kw)


def Any(other, arrexpr, operator=operators.eq):
    """``other = ANY (array)``."""
    return arrexpr.any(other, operator)


def All(other, arrexpr, operator=operators.eq):
    """``other = ALL (array)``."""
    return arrexpr.all(other, operator)
