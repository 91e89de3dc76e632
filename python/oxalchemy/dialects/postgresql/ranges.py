"""Ranges and multiranges: the values, their types, and the operators of their expressions."""

import dataclasses
import datetime as dt
import decimal
import re
from types import GenericAlias

from ...sql import operators, sqltypes
from ...sql.operators import OperatorClass
from ...sql.type_api import Comparator, TypeEngine
from .operators import ADJACENT, CONTAINED_BY, CONTAINS, LEFT_OF, NOT_LEFT, NOT_RIGHT, OVERLAPS, RIGHT_OF

_BOUNDS = ("[)", "(]", "[]", "()")


@dataclasses.dataclass(frozen=True, init=False, eq=False)
class Range:
    """A range of values.

    lower, upper: bounds, None for no bound. bounds: which of them belong to the range. empty: the range without values.
    """

    __class_getitem__ = classmethod(GenericAlias)

    lower: object = None
    upper: object = None
    bounds: str = dataclasses.field(default="[)")
    empty: bool = dataclasses.field(default=False)

    def __init__(self, lower=None, upper=None, *, bounds="[)", empty=False):
        if bounds not in _BOUNDS:
            raise ValueError(f"Range bounds {bounds!r} are none of {', '.join(_BOUNDS)}")
        for name, value in (("lower", lower), ("upper", upper), ("bounds", bounds), ("empty", bool(empty))):
            object.__setattr__(self, name, value)

    @property
    def __sa_type_engine__(self):
        return AbstractSingleRange()

    def __bool__(self):
        return not self.empty

    @property
    def isempty(self):
        return self.empty

    is_empty = isempty

    @property
    def lower_inc(self):
        """Does the lower bound belong to the range?"""
        return self.bounds[0] == "["

    @property
    def upper_inc(self):
        """Does the upper bound belong to the range?"""
        return self.bounds[1] == "]"

    @property
    def lower_inf(self):
        """Is there no lower bound?"""
        return not self.empty and self.lower is None

    @property
    def upper_inf(self):
        """Is there no upper bound?"""
        return not self.empty and self.upper is None

    # A bound is compared as a pair: the value (with infinities at the ends) and which side of it the edge lies on. Ranges of
    # integers and dates are made half open first, so that [1,3] and [1,4) are the same.

    @property
    def _step(self):
        for value in (self.lower, self.upper):
            if isinstance(value, bool):
                return None
            if isinstance(value, int):
                return 1
            if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
                return dt.timedelta(days=1)
        return None

    def _edges(self, other=None):
        """The lower and the upper edge in a form that compares; None for the empty range."""
        if self.empty:
            return None
        step = self._step if self._step is not None else (other._step if isinstance(other, Range) else None)
        lower, upper = self.lower, self.upper
        low_side, high_side = (0 if self.lower_inc else 1), (1 if self.upper_inc else 0)
        if step is not None:
            if lower is not None and low_side:
                lower, low_side = lower + step, 0
            if upper is not None and high_side:
                upper, high_side = upper + step, 0
        low = _Edge(-1, None, 0) if lower is None else _Edge(0, lower, low_side)
        high = _Edge(1, None, 0) if upper is None else _Edge(0, upper, high_side)
        if not low < high:
            return None
        return low, high

    def __eq__(self, other):
        if not isinstance(other, Range):
            return NotImplemented
        return self._edges(other) == other._edges(self)

    def __hash__(self):
        edges = self._edges()
        return hash(None if edges is None else tuple((e.infinity, e.value, e.side) for e in edges))

    def contained_by(self, other):
        """Is every value of this range one of `other`?"""
        mine, theirs = self._edges(other), other._edges(self)
        if mine is None:
            return True
        return theirs is not None and theirs[0] <= mine[0] and mine[1] <= theirs[1]

    def contains(self, value):
        """Does the range hold a value, or all values of a range?"""
        if isinstance(value, Range):
            return value.contained_by(self)
        edges = self._edges()
        if edges is None:
            return False
        return (
            edges[0] <= _Edge(0, value, 0)
            and _Edge(0, value, 1) <= edges[1]
            or (edges[0] <= _Edge(0, value, 0) and _Edge(0, value, 0) < edges[1])
        )

    __contains__ = contains

    def overlaps(self, other):
        """Have both ranges a value in common?"""
        mine, theirs = self._edges(other), other._edges(self)
        return mine is not None and theirs is not None and mine[0] < theirs[1] and theirs[0] < mine[1]

    def strictly_left_of(self, other):
        """Do all values come before those of `other`?"""
        mine, theirs = self._edges(other), other._edges(self)
        return mine is not None and theirs is not None and mine[1] <= theirs[0]

    __lshift__ = strictly_left_of

    def strictly_right_of(self, other):
        """Do all values come after those of `other`?"""
        return other.strictly_left_of(self)

    __rshift__ = strictly_right_of

    def not_extend_left_of(self, other):
        """Does no value come before the first of `other`?"""
        mine, theirs = self._edges(other), other._edges(self)
        return mine is not None and theirs is not None and theirs[0] <= mine[0]

    def not_extend_right_of(self, other):
        """Does no value come after the last of `other`?"""
        mine, theirs = self._edges(other), other._edges(self)
        return mine is not None and theirs is not None and mine[1] <= theirs[1]

    def adjacent_to(self, other):
        """Does one range begin where the other ends?"""
        mine, theirs = self._edges(other), other._edges(self)
        return mine is not None and theirs is not None and (mine[1] == theirs[0] or theirs[1] == mine[0])

    def union(self, other):
        """The range of the values of both.

        Raises ValueError when there is a gap between them: no single range would do.
        """
        mine, theirs = self._edges(other), other._edges(self)
        if mine is None:
            return other
        if theirs is None:
            return self
        if not self.overlaps(other) and not self.adjacent_to(other):
            raise ValueError("Adding non-overlapping and non-adjacent ranges is not implemented")
        low = self if mine[0] < theirs[0] else other
        high = self if theirs[1] < mine[1] else other
        return Range(low.lower, high.upper, bounds=low.bounds[0] + high.bounds[1])

    __add__ = union

    def difference(self, other):
        """The range of the values that are not in `other`.

        Raises ValueError when `other` would cut the range in two.
        """
        mine, theirs = self._edges(other), other._edges(self)
        if mine is None or theirs is None or not self.overlaps(other):
            return self
        left, right = mine[0] < theirs[0], theirs[1] < mine[1]
        if left and right:
            raise ValueError("Subtracting a strictly inner range is not implemented")
        if left:
            return Range(self.lower, other.lower, bounds=self.bounds[0] + (")" if other.lower_inc else "]"))
        if right:
            return Range(other.upper, self.upper, bounds=("(" if other.upper_inc else "[") + self.bounds[1])
        return Range(empty=True)

    __sub__ = difference

    def intersection(self, other):
        """The range of the values that both hold."""
        if not self.overlaps(other):
            return Range(empty=True)
        mine, theirs = self._edges(other), other._edges(self)
        low = self if theirs[0] <= mine[0] else other
        high = self if mine[1] <= theirs[1] else other
        return Range(low.lower, high.upper, bounds=low.bounds[0] + high.bounds[1])

    __mul__ = intersection

    def __str__(self):
        if self.empty:
            return "empty"
        lower = "" if self.lower is None else self.lower
        upper = "" if self.upper is None else self.upper
        return f"{self.bounds[0]}{lower},{upper}{self.bounds[1]}"


class _Edge:
    """Where a range begins or ends: at an infinity, or just before (0) or just behind (1) a value."""

    __slots__ = ("infinity", "side", "value")

    def __init__(self, infinity, value, side):
        self.infinity = infinity
        self.value = value
        self.side = side

    def __eq__(self, other):
        return (self.infinity, self.value, self.side) == (other.infinity, other.value, other.side)

    def __lt__(self, other):
        if self.infinity or other.infinity:
            return self.infinity < other.infinity
        return self.value < other.value or (self.value == other.value and self.side < other.side)

    def __le__(self, other):
        return self == other or self < other


class MultiRange(list):
    """A list of ranges, known to be a multirange where a plain list would not be."""

    @property
    def __sa_type_engine__(self):
        return AbstractMultiRange()


# --- text, as the server reads and writes it ------------------------------------------------------------------------------------


def _bound_text(value):
    if value is None:
        return ""
    text = str(value)
    # An unquoted empty bound is no bound at all.
    if text == "" or re.search(r'[\s,\[\](){}"\\]', text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return text


def range_text(value):
    """A Range as text the server reads."""
    if isinstance(value, str):
        return value
    if value.empty:
        return "empty"
    return f"{value.bounds[0]}{_bound_text(value.lower)},{_bound_text(value.upper)}{value.bounds[1]}"


def multirange_text(value):
    """A list of ranges as text the server reads."""
    if isinstance(value, str):
        return value
    if isinstance(value, Range):
        return range_text(value)
    return "{" + ",".join(range_text(r) for r in value) + "}"


_BOUND = r'((?:"(?:[^"\\]|\\.|"")*"|[^,\[\](){}"])*)'
_RANGE = re.compile(rf"\s*(empty|([\[(]){_BOUND},{_BOUND}([\])]))\s*")


def _unquote(text, convert):
    if text == "":
        return None
    if text.startswith('"'):
        text = re.sub(r'\\(.)|"(")', lambda m: m.group(1) or m.group(2), text[1:-1])
    return convert(text)


def _match(text, at):
    found = _RANGE.match(text, at)
    if found is None:
        raise ValueError(f"Not a range: {text!r}")
    return found


def _of_match(found, convert):
    if found.group(1) == "empty":
        return Range(empty=True)
    _, opening, lower, upper, closing = found.groups()
    return Range(_unquote(lower, convert), _unquote(upper, convert), bounds=opening + closing)


def parse_range(text, convert):
    """A Range from the server's text; `convert` makes a bound of its text."""
    return _of_match(_match(text, 0), convert)


def parse_multirange(text, convert):
    """A MultiRange from the server's text."""
    inner = text.strip()[1:-1]
    out, at = MultiRange(), 0
    while at < len(inner):
        found = _match(inner, at)
        out.append(_of_match(found, convert))
        at = found.end() + 1
    return out


def _timestamp(text):
    # The server leaves the minutes of an offset out.
    return dt.datetime.fromisoformat(text + ":00" if re.search(r"[+-]\d\d$", text) and ":" in text else text)


# --- types ----------------------------------------------------------------------------------------------------------------------


class _RangeOperators(Comparator):
    """Operators of expressions of a range type."""

    __slots__ = ()

    def contains(self, other, **kw):
        """``@>``: the range holds a value or a range."""
        return self.operate(CONTAINS, other)

    def contained_by(self, other):
        """``<@``: the range lies within another."""
        return self.operate(CONTAINED_BY, other)

    def overlaps(self, other):
        """``&&``: both have values in common."""
        return self.operate(OVERLAPS, other)

    def strictly_left_of(self, other):
        """``<<``: the range ends before the other begins."""
        return self.operate(LEFT_OF, other)

    __lshift__ = strictly_left_of

    def strictly_right_of(self, other):
        """``>>``: the range begins behind the other."""
        return self.operate(RIGHT_OF, other)

    __rshift__ = strictly_right_of

    def not_extend_right_of(self, other):
        """``&<``: the range ends no later than the other."""
        return self.operate(NOT_RIGHT, other)

    def not_extend_left_of(self, other):
        """``&>``: the range begins no earlier than the other."""
        return self.operate(NOT_LEFT, other)

    def adjacent_to(self, other):
        """``-|-``: one begins where the other ends."""
        return self.operate(ADJACENT, other)

    def union(self, other):
        """``+``"""
        return self.operate(operators.add, other)

    def difference(self, other):
        """``-``"""
        return self.operate(operators.sub, other)

    def intersection(self, other):
        """``*``"""
        return self.operate(operators.mul, other)


class RangeOperators:
    """Mixin of 1.x that gives a range type of the user's own the operators."""

    __slots__ = ()
    comparator_factory = _RangeOperators


class AbstractRange(TypeEngine):
    """Base of the range types."""

    _affinity = "other"
    render_bind_cast = True
    operator_classes = OperatorClass.NUMERIC
    comparator_factory = _RangeOperators
    _convert = staticmethod(str)


class AbstractSingleRange(AbstractRange):
    """Base of the types of single ranges; itself the type of a :class:`.Range` whose bounds say which."""

    def coerce_compared_value(self, op, value):
        if isinstance(value, Range):
            return self
        return super().coerce_compared_value(op, value)

    def _resolve_for_literal(self, value):
        return _type_for(value, _single)

    def bind_processor(self, dialect):
        return lambda value: None if value is None else range_text(value)

    def result_processor(self, dialect, coltype=None):
        convert = self._convert
        return lambda value: parse_range(value, convert) if isinstance(value, str) else value

    def literal_processor(self, dialect):
        return lambda value: dialect._quote_literal(range_text(value))


class AbstractMultiRange(AbstractRange):
    """Base of the types of multiranges."""

    def coerce_compared_value(self, op, value):
        if isinstance(value, (Range, list)):
            return self
        return super().coerce_compared_value(op, value)

    def _resolve_for_literal(self, value):
        for member in value:
            return _type_for(member, _multi)
        return sqltypes.NULLTYPE

    def bind_processor(self, dialect):
        return lambda value: None if value is None else multirange_text(value)

    def result_processor(self, dialect, coltype=None):
        convert = self._convert
        return lambda value: parse_multirange(value, convert) if isinstance(value, str) else value

    def literal_processor(self, dialect):
        return lambda value: dialect._quote_literal(multirange_text(value))


def _type_for(value, names):
    """The type of a Range by its bounds."""
    bound = value.lower if value.lower is not None else value.upper
    if isinstance(bound, int):
        small = all(b is None or -(2**31) <= b < 2**31 for b in (value.lower, value.upper))
        return names["int4"] if small else names["int8"]
    if isinstance(bound, decimal.Decimal):
        return names["num"]
    if isinstance(bound, dt.datetime):
        return names["tstz"] if bound.tzinfo is not None else names["ts"]
    if isinstance(bound, dt.date):
        return names["date"]
    return sqltypes.NULLTYPE


def _range(name, base, convert):
    return type(name, (base,), {"__visit_name__": name, "__module__": __name__, "_convert": staticmethod(convert)})


INT4RANGE = _range("INT4RANGE", AbstractSingleRange, int)
INT8RANGE = _range("INT8RANGE", AbstractSingleRange, int)
NUMRANGE = _range("NUMRANGE", AbstractSingleRange, decimal.Decimal)
DATERANGE = _range("DATERANGE", AbstractSingleRange, dt.date.fromisoformat)
TSRANGE = _range("TSRANGE", AbstractSingleRange, _timestamp)
TSTZRANGE = _range("TSTZRANGE", AbstractSingleRange, _timestamp)
INT4MULTIRANGE = _range("INT4MULTIRANGE", AbstractMultiRange, int)
INT8MULTIRANGE = _range("INT8MULTIRANGE", AbstractMultiRange, int)
NUMMULTIRANGE = _range("NUMMULTIRANGE", AbstractMultiRange, decimal.Decimal)
DATEMULTIRANGE = _range("DATEMULTIRANGE", AbstractMultiRange, dt.date.fromisoformat)
TSMULTIRANGE = _range("TSMULTIRANGE", AbstractMultiRange, _timestamp)
TSTZMULTIRANGE = _range("TSTZMULTIRANGE", AbstractMultiRange, _timestamp)

_single = {
    "int4": INT4RANGE(), "int8": INT8RANGE(), "num": NUMRANGE(), "date": DATERANGE(), "ts": TSRANGE(), "tstz": TSTZRANGE(),
}  # fmt: skip
_multi = {
    "int4": INT4MULTIRANGE(), "int8": INT8MULTIRANGE(), "num": NUMMULTIRANGE(), "date": DATEMULTIRANGE(), "ts": TSMULTIRANGE(),
    "tstz": TSTZMULTIRANGE(),
}  # fmt: skip
sqltypes._value_types[Range] = AbstractSingleRange()
sqltypes._value_types[MultiRange] = AbstractMultiRange()
