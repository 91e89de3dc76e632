"""JSON, JSONB and JSON paths."""

from ... import _rs
from ...sql import sqltypes
from .operators import CONTAINED_BY, CONTAINS, DELETE_PATH, HAS_ALL, HAS_ANY, HAS_KEY, PATH_EXISTS, PATH_MATCH

__all__ = ("JSON", "JSONB", "JSONPATH")


class JSONPathType(sqltypes.JSON.JSONPathType):
    """A path of keys and indexes."""


class JSONPATH(JSONPathType):
    """A path in the SQL/JSON path language."""

    __visit_name__ = "JSONPATH"
    _affinity = "other"

    def literal_processor(self, dialect):
        return dialect._quote_literal


class JSON(sqltypes.JSON):
    """JSON as text.

    none_as_null: store None as SQL NULL. astext_type: type of ``col[...].astext``, Text unless told.
    """

    render_bind_cast = True
    astext_type = sqltypes.Text()

    class Comparator(sqltypes.JSON.Comparator):
        """Operators of JSON expressions."""

        __slots__ = ()

        @property
        def astext(self):
            """The element as text: ``->>`` and ``#>>``."""
            return _rs._json_astext(self.expr, self.type.astext_type)

    comparator_factory = Comparator

    def __init__(self, none_as_null=False, astext_type=None):
        super().__init__(none_as_null=none_as_null)
        if astext_type is not None:
            self.astext_type = astext_type


class JSONB(JSON):
    """Binary JSON."""

    __visit_name__ = "JSONB"

    def coerce_compared_value(self, op, value):
        if op in (PATH_EXISTS, PATH_MATCH):
            return JSONPATH()
        return super().coerce_compared_value(op, value)

    class Comparator(JSON.Comparator):
        """Operators of JSONB expressions."""

        __slots__ = ()

        def has_key(self, other):
            """``?``: the document has a key."""
            return self.operate(HAS_KEY, other)

        def has_all(self, other):
            """``?&``: the document has all keys of an array."""
            return self.operate(HAS_ALL, other)

        def has_any(self, other):
            """``?|``: the document has a key of an array."""
            return self.operate(HAS_ANY, other)

        def contains(self, other, **kwargs):
            """``@>``: the document holds another."""
            return self.operate(CONTAINS, other)

        def contained_by(self, other):
            """``<@``: the document lies within another."""
            return self.operate(CONTAINED_BY, other)

        def delete_path(self, array):
            """``#-``: without what is at a path."""
            from ...sql.expression import cast
            from .array import ARRAY
            from .array import array as array_literal

            if not isinstance(array, array_literal):
                array = array_literal(array)
            return self.operate(DELETE_PATH, cast(array, ARRAY(sqltypes.TEXT)))

        def path_exists(self, other):
            """``@?``: a JSON path finds something."""
            return self.operate(PATH_EXISTS, other)

        def path_match(self, other):
            """``@@``: a JSON path's condition holds."""
            return self.operate(PATH_MATCH, other)

    comparator_factory = Comparator
