"""HSTORE: text to text."""

import re

from ...sql import operators, sqltypes
from ...sql.functions import GenericFunction
from ...sql.operators import OperatorClass
from ...sql.type_api import TypeEngine
from .array import ARRAY
from .operators import CONTAINED_BY, CONTAINS, HAS_ALL, HAS_ANY, HAS_KEY

__all__ = ("HSTORE", "hstore")

_PAIR = re.compile(r'\s*"((?:[^"\\]|\\.)*)"\s*=>\s*(?:NULL|"((?:[^"\\]|\\.)*)")\s*(?:,|$)')


def parse(text):
    """A dictionary from the server's text."""
    out, at = {}, 0
    while at < len(text):
        found = _PAIR.match(text, at)
        if found is None:
            raise ValueError(
                f"After {text[max(at - 20, 0) : at]!r}, could not parse residual at position {at}: {text[at : at + 20]!r}"
            )
        key, value = (None if part is None else re.sub(r"\\(.)", r"\1", part) for part in found.groups())
        out[key] = value
        at = found.end()
    return out


def _quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def serialize(value):
    """A dictionary as text the server reads.

    Raises ValueError for keys and values that are no strings.
    """
    parts = []
    for key, item in value.items():
        if not isinstance(key, str) or not isinstance(item, (str, type(None))):
            raise ValueError(f"{item if isinstance(key, str) else key!r} in {value!r} is not a string.")
        parts.append(f"{_quoted(key)}=>{'NULL' if item is None else _quoted(item)}")
    return ", ".join(parts)


class HSTORE(sqltypes.Indexable, sqltypes.Concatenable, TypeEngine):
    """Dictionaries of text.

    text_type: type of the values.
    """

    __visit_name__ = "HSTORE"
    _affinity = "other"
    operator_classes = OperatorClass.BASE | OperatorClass.CONTAINS | OperatorClass.INDEXABLE | OperatorClass.CONCATENABLE
    hashable = False
    text_type = sqltypes.Text()

    def __init__(self, text_type=None):
        if text_type is not None:
            self.text_type = text_type

    class Comparator(sqltypes.Indexable.Comparator, sqltypes.Concatenable.Comparator):
        """Operators and functions of HSTORE expressions."""

        __slots__ = ()

        def __getitem__(self, index):
            from ... import _rs

            return _rs._subscript(self.expr, index, self.type.text_type)

        def has_key(self, other):
            """``?``: the key is there."""
            return self.operate(HAS_KEY, other)

        def has_all(self, other):
            """``?&``: all keys of an array are there."""
            return self.operate(HAS_ALL, other)

        def has_any(self, other):
            """``?|``: a key of an array is there."""
            return self.operate(HAS_ANY, other)

        def contains(self, other, **kwargs):
            """``@>``: the pairs of another are there."""
            return self.operate(CONTAINS, other)

        def contained_by(self, other):
            """``<@``: the pairs are all in another."""
            return self.operate(CONTAINED_BY, other)

        def defined(self, key):
            """The key is there with a value."""
            return _hstore_defined(self.expr, key)

        def delete(self, key):
            """Without a key, the keys of an array, or the pairs of another."""
            if isinstance(key, dict):
                key = serialize(key)
            return _hstore_delete(self.expr, key)

        def slice(self, array):
            """The pairs of some keys."""
            return _hstore_slice(self.expr, array)

        def keys(self):
            """The keys as an array."""
            return _hstore_keys(self.expr)

        def vals(self):
            """The values as an array."""
            return _hstore_vals(self.expr)

        def array(self):
            """Keys and values in turn as an array."""
            return _hstore_array(self.expr)

        def matrix(self):
            """An array of pairs."""
            return _hstore_matrix(self.expr)

        def concat(self, other):
            return self.operate(operators.concat_op, other)

    comparator_factory = Comparator

    def coerce_compared_value(self, op, value):
        return self if isinstance(value, (dict, list)) else super().coerce_compared_value(op, value)

    def bind_processor(self, dialect):
        return lambda value: serialize(value) if isinstance(value, dict) else value

    def result_processor(self, dialect, coltype=None):
        return lambda value: parse(value) if isinstance(value, str) else value


class hstore(GenericFunction):
    """``hstore(key, value)``."""

    __slots__ = ()
    type = HSTORE()
    name = "hstore"
    inherit_cache = True


def _function(function, result):
    return type(
        f"_hstore_{function}",
        (GenericFunction,),
        {"__slots__": (), "type": result, "name": function, "inherit_cache": True, "_register": False, "__module__": __name__},
    )


_hstore_defined = _function("defined", sqltypes.Boolean())
_hstore_delete = _function("delete", HSTORE())
_hstore_slice = _function("slice", HSTORE())
_hstore_keys = _function("akeys", ARRAY(sqltypes.Text))
_hstore_vals = _function("avals", ARRAY(sqltypes.Text))
_hstore_array = _function("hstore_to_array", ARRAY(sqltypes.Text))
_hstore_matrix = _function("hstore_to_matrix", ARRAY(sqltypes.Text))
