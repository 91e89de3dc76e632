"""Operators as functions and as methods.

``ColumnOperators`` is a mix-in for whatever has ``operate()``: comparators of types, ORM attributes, the user's own constructs.
Column expressions have the same methods in Rust.
"""

import enum
from operator import (
    add,
    and_,
    contains,
    eq,
    floordiv,
    ge,
    getitem,
    gt,
    inv,
    le,
    lshift,
    lt,
    matmul,
    mod,
    mul,
    ne,
    neg,
    or_,
    rshift,
    sub,
    truediv,
)
from operator import pow as pow_
from types import GenericAlias

from .. import _rs, exc

#: The name of 1.x.
div = truediv


class OperatorType:
    """What every operator function is: callable with operands."""

    __slots__ = ()


class OperatorClass(enum.Flag):
    """Groups of operators a type supports (2.1)."""

    UNSPECIFIED = enum.auto()
    BASE = enum.auto()
    BOOLEAN_ALGEBRA = enum.auto()
    EQUALITY = enum.auto()
    ORDERING = enum.auto()
    INDEXABLE = enum.auto()
    CONTAINS = enum.auto()
    CONCATENABLE = enum.auto()
    STRING_MATCH = enum.auto()
    MATH = enum.auto()
    BITWISE = enum.auto()
    DATE_ARITHEMETIC = enum.auto()
    JSON_GETITEM = enum.auto()
    COMPARISON = EQUALITY | ORDERING
    STRING = BASE | EQUALITY | ORDERING | INDEXABLE | CONTAINS | CONCATENABLE | STRING_MATCH
    INTEGER = BASE | EQUALITY | ORDERING | MATH | BITWISE
    NUMERIC = INTEGER
    BOOLEAN = BASE | BOOLEAN_ALGEBRA | EQUALITY | ORDERING
    BINARY = BASE | EQUALITY | ORDERING | INDEXABLE | CONTAINS | CONCATENABLE
    DATETIME = BASE | EQUALITY | ORDERING | DATE_ARITHEMETIC
    JSON = BASE | EQUALITY | INDEXABLE | JSON_GETITEM | ORDERING
    ARRAY = BINARY
    TUPLE = BINARY
    ANY = (
        BASE
        | BOOLEAN_ALGEBRA
        | EQUALITY
        | ORDERING
        | INDEXABLE
        | CONTAINS
        | CONCATENABLE
        | STRING_MATCH
        | MATH
        | BITWISE
        | DATE_ARITHEMETIC
        | JSON_GETITEM
    )


class Operators:
    """``&``, ``|``, ``~`` and custom operators."""

    __slots__ = ()

    def __and__(self, other):
        return self.operate(and_, other)

    def __or__(self, other):
        return self.operate(or_, other)

    def __invert__(self):
        return self.operate(inv)

    def op(
        self, opstring, precedence=0, is_comparison=False, return_type=None, python_impl=None, operator_class=OperatorClass.BASE
    ):
        """An operator that is not in the list: ``column.op("%")(5)``."""
        operator = custom_op(opstring, precedence, is_comparison, return_type, python_impl=python_impl)

        def against(other):
            return operator(self, other)

        return against

    def bool_op(self, opstring, precedence=0, python_impl=None):
        """A custom operator that gives true or false."""
        return self.op(opstring, precedence=precedence, is_comparison=True, python_impl=python_impl)

    def operate(self, op, *other, **kwargs):
        """Build ``self op other``; to be defined by subclasses."""
        raise NotImplementedError(str(op))

    __sa_operate__ = operate

    def reverse_operate(self, op, other, **kwargs):
        """Build ``other op self``."""
        raise NotImplementedError(str(op))


class custom_op:
    """An operator by its SQL text."""

    __class_getitem__ = classmethod(GenericAlias)
    __name__ = "custom_op"
    __slots__ = (
        "opstring",
        "precedence",
        "is_comparison",
        "natural_self_precedent",
        "eager_grouping",
        "return_type",
        "python_impl",
        "operator_class",
    )

    def __init__(
        self,
        opstring,
        precedence=0,
        is_comparison=False,
        return_type=None,
        natural_self_precedent=False,
        eager_grouping=False,
        python_impl=None,
        operator_class=OperatorClass.BASE,
    ):
        self.opstring = opstring
        self.precedence = precedence
        self.is_comparison = is_comparison
        self.natural_self_precedent = natural_self_precedent
        self.eager_grouping = eager_grouping
        if return_type is not None:
            from .type_api import to_instance

            return_type = to_instance(return_type)
        self.return_type = return_type
        self.python_impl = python_impl
        self.operator_class = operator_class

    def __eq__(self, other):
        return (
            isinstance(other, custom_op)
            and other.opstring == self.opstring
            and other.precedence == self.precedence
            and other.is_comparison == self.is_comparison
        )

    def __hash__(self):
        return hash((self.opstring, self.precedence, self.is_comparison))

    def __call__(self, left, right=None, *other, **kwargs):
        if hasattr(left, "__sa_operate__") or hasattr(left, "operate"):
            return left.operate(self, right, *other, **kwargs)
        if self.python_impl is not None:
            return self.python_impl(left, right, *other, **kwargs)
        raise exc.InvalidRequestError(
            f"Custom operator {self.opstring!r} can't be used with plain Python objects unless it includes the "
            f"'python_impl' parameter."
        )


class ColumnOperators(Operators):
    """Every operator of column expressions, by way of ``operate()``."""

    __slots__ = ()

    timetuple = None
    __hash__ = Operators.__hash__

    def __lshift__(self, other):
        return self.operate(lshift, other)

    def __rshift__(self, other):
        return self.operate(rshift, other)

    def __matmul__(self, other):
        return self.operate(matmul, other)

    def __pow__(self, other):
        return self.operate(pow_, other)

    def __lt__(self, other):
        return self.operate(lt, other)

    def __le__(self, other):
        return self.operate(le, other)

    def __eq__(self, other):
        return self.operate(eq, other)

    def __ne__(self, other):
        return self.operate(ne, other)

    def __gt__(self, other):
        return self.operate(gt, other)

    def __ge__(self, other):
        return self.operate(ge, other)

    def __add__(self, other):
        return self.operate(add, other)

    def __sub__(self, other):
        return self.operate(sub, other)

    def __mul__(self, other):
        return self.operate(mul, other)

    def __mod__(self, other):
        return self.operate(mod, other)

    def __truediv__(self, other):
        return self.operate(truediv, other)

    def __floordiv__(self, other):
        return self.operate(floordiv, other)

    def __getitem__(self, other):
        return self.operate(getitem, other)

    def __contains__(self, other):
        return self.operate(contains, other)

    def concat(self, other):
        return self.operate(concat_op, other)

    def is_(self, other):
        return self.operate(is_, other)

    def is_not(self, other):
        return self.operate(is_not, other)

    def is_distinct_from(self, other):
        return self.operate(is_distinct_from, other)

    def is_not_distinct_from(self, other):
        return self.operate(is_not_distinct_from, other)

    def bitwise_and(self, other):
        return self.operate(bitwise_and_op, other)

    def bitwise_or(self, other):
        return self.operate(bitwise_or_op, other)

    def bitwise_xor(self, other):
        return self.operate(bitwise_xor_op, other)

    def bitwise_lshift(self, other):
        return self.operate(bitwise_lshift_op, other)

    def bitwise_rshift(self, other):
        return self.operate(bitwise_rshift_op, other)

    def in_(self, other):
        return self.operate(in_op, other)

    def not_in(self, other):
        return self.operate(not_in_op, other)

    def collate(self, collation, collation_schema=None):
        if collation_schema is None:
            return self.operate(collate, collation)
        return self.operate(collate, collation, collation_schema=collation_schema)

    def __radd__(self, other):
        return self.reverse_operate(add, other)

    def __rsub__(self, other):
        return self.reverse_operate(sub, other)

    def __rmul__(self, other):
        return self.reverse_operate(mul, other)

    def __rmod__(self, other):
        return self.reverse_operate(mod, other)

    def __rtruediv__(self, other):
        return self.reverse_operate(truediv, other)

    def __rfloordiv__(self, other):
        return self.reverse_operate(floordiv, other)

    def __neg__(self):
        return self.operate(neg)

    def asc(self):
        return self.operate(asc_op)

    def desc(self):
        return self.operate(desc_op)

    def nulls_first(self):
        return self.operate(nulls_first_op)

    def nulls_last(self):
        return self.operate(nulls_last_op)

    def distinct(self):
        return self.operate(distinct_op)

    def any_(self):
        return self.operate(any_op)

    def all_(self):
        return self.operate(all_op)

    def bitwise_not(self):
        return self.operate(bitwise_not_op)

    def like(self, other, escape=None):
        return self.operate(like_op, other, escape=escape)

    def not_like(self, other, escape=None):
        return self.operate(not_like_op, other, escape=escape)

    def ilike(self, other, escape=None):
        return self.operate(ilike_op, other, escape=escape)

    def not_ilike(self, other, escape=None):
        return self.operate(not_ilike_op, other, escape=escape)

    def startswith(self, other, **kw):
        return self.operate(startswith_op, other, **kw)

    def istartswith(self, other, **kw):
        return self.operate(istartswith_op, other, **kw)

    def endswith(self, other, **kw):
        return self.operate(endswith_op, other, **kw)

    def iendswith(self, other, **kw):
        return self.operate(iendswith_op, other, **kw)

    def contains(self, other, **kw):
        return self.operate(contains_op, other, **kw)

    def icontains(self, other, **kw):
        return self.operate(icontains_op, other, **kw)

    def match(self, other, **kwargs):
        return self.operate(match_op, other, **kwargs)

    def regexp_match(self, pattern, flags=None):
        return self.operate(regexp_match_op, pattern, flags=flags)

    def regexp_replace(self, pattern, replacement, flags=None):
        return self.operate(regexp_replace_op, pattern, replacement=replacement, flags=flags)

    def between(self, cleft, cright, symmetric=False):
        return self.operate(between_op, cleft, cright, symmetric=symmetric)

    isnot = is_not
    isnot_distinct_from = is_not_distinct_from
    notlike = not_like
    notilike = not_ilike
    notin_ = not_in
    nullsfirst = nulls_first
    nullslast = nulls_last


def commutative_op(fn):
    """Mark an operator whose operands may be swapped."""
    _commutative.add(fn)
    return fn


def comparison_op(fn):
    """Mark an operator that gives true or false."""
    _comparison.add(fn)
    return fn


_commutative = set()
_comparison = set()


def from_():
    raise NotImplementedError()


def function_as_comparison_op():
    raise NotImplementedError()


def as_():
    raise NotImplementedError()


def exists():
    raise NotImplementedError()


def null_op(a):
    raise NotImplementedError()


def _asbool(a):
    raise NotImplementedError()


def comma_op(a, b):
    raise NotImplementedError()


def filter_op(a, b):
    raise NotImplementedError()


def aggregate_order_by_op(a, b):
    raise NotImplementedError()


def json_getitem_op(a, b):
    raise NotImplementedError()


def json_path_getitem_op(a, b):
    raise NotImplementedError()


def is_true(a):
    raise NotImplementedError()


def is_false(a):
    raise NotImplementedError()


istrue = is_true
isfalse = is_false


def is_distinct_from(a, b):
    return a.is_distinct_from(b)


def is_not_distinct_from(a, b):
    return a.is_not_distinct_from(b)


def is_(a, b):
    return a.is_(b)


def is_not(a, b):
    return a.is_not(b)


isnot_distinct_from = is_not_distinct_from
isnot = is_not


def collate(a, b):
    return a.collate(b)


def op(a, opstring, b):
    return a.op(opstring)(b)


def like_op(a, b, escape=None):
    return a.like(b, escape=escape)


def not_like_op(a, b, escape=None):
    return a.not_like(b, escape=escape)


def ilike_op(a, b, escape=None):
    return a.ilike(b, escape=escape)


def not_ilike_op(a, b, escape=None):
    return a.not_ilike(b, escape=escape)


notlike_op = not_like_op
notilike_op = not_ilike_op


def between_op(a, b, c, symmetric=False):
    return a.between(b, c, symmetric=symmetric)


def not_between_op(a, b, c, symmetric=False):
    return ~a.between(b, c, symmetric=symmetric)


notbetween_op = not_between_op


def in_op(a, b):
    return a.in_(b)


def not_in_op(a, b):
    return a.not_in(b)


notin_op = not_in_op


def distinct_op(a):
    return a.distinct()


def any_op(a):
    return a.any_()


def all_op(a):
    return a.all_()


def desc_op(a):
    return a.desc()


def asc_op(a):
    return a.asc()


def nulls_first_op(a):
    return a.nulls_first()


def nulls_last_op(a):
    return a.nulls_last()


def bitwise_not_op(a):
    return a.bitwise_not()


nullsfirst_op = nulls_first_op
nullslast_op = nulls_last_op


def _escaped_like_impl(fn, other, escape, autoescape):
    return fn(other, escape=escape, autoescape=autoescape) if autoescape else fn(other, escape=escape)


def startswith_op(a, b, escape=None, autoescape=False):
    return _escaped_like_impl(a.startswith, b, escape, autoescape)


def not_startswith_op(a, b, escape=None, autoescape=False):
    return ~_escaped_like_impl(a.startswith, b, escape, autoescape)


def istartswith_op(a, b, escape=None, autoescape=False):
    return _escaped_like_impl(a.istartswith, b, escape, autoescape)


def not_istartswith_op(a, b, escape=None, autoescape=False):
    return ~_escaped_like_impl(a.istartswith, b, escape, autoescape)


def endswith_op(a, b, escape=None, autoescape=False):
    return _escaped_like_impl(a.endswith, b, escape, autoescape)


def not_endswith_op(a, b, escape=None, autoescape=False):
    return ~_escaped_like_impl(a.endswith, b, escape, autoescape)


def iendswith_op(a, b, escape=None, autoescape=False):
    return _escaped_like_impl(a.iendswith, b, escape, autoescape)


def not_iendswith_op(a, b, escape=None, autoescape=False):
    return ~_escaped_like_impl(a.iendswith, b, escape, autoescape)


def contains_op(a, b, escape=None, autoescape=False):
    return _escaped_like_impl(a.contains, b, escape, autoescape)


def not_contains_op(a, b, escape=None, autoescape=False):
    return ~_escaped_like_impl(a.contains, b, escape, autoescape)


def icontains_op(a, b, escape=None, autoescape=False):
    return _escaped_like_impl(a.icontains, b, escape, autoescape)


def not_icontains_op(a, b, escape=None, autoescape=False):
    return ~_escaped_like_impl(a.icontains, b, escape, autoescape)


notstartswith_op = not_startswith_op
notendswith_op = not_endswith_op
notcontains_op = not_contains_op


def match_op(a, b, **kw):
    return a.match(b, **kw)


def not_match_op(a, b, **kw):
    return ~a.match(b, **kw)


notmatch_op = not_match_op


def regexp_match_op(a, b, flags=None):
    return a.regexp_match(b, flags=flags)


def not_regexp_match_op(a, b, flags=None):
    return ~a.regexp_match(b, flags=flags)


def regexp_replace_op(a, b, replacement, flags=None):
    return a.regexp_replace(b, replacement=replacement, flags=flags)


def concat_op(a, b):
    return a.concat(b) if hasattr(a, "concat") else b.reverse_operate(concat_op, a)


def bitwise_and_op(a, b):
    return a.bitwise_and(b)


def bitwise_or_op(a, b):
    return a.bitwise_or(b)


def bitwise_xor_op(a, b):
    return a.bitwise_xor(b)


def bitwise_lshift_op(a, b):
    return a.bitwise_lshift(b)


def bitwise_rshift_op(a, b):
    return a.bitwise_rshift(b)


_booleans = set()
_associative = set()
_natural_self_precedent = set()
_order_by_modifier = {desc_op, asc_op, nulls_first_op, nulls_last_op}
_mirror = {gt: lt, ge: le, lt: gt, le: ge}
# Operators without a node of their own; all others are told by Rust, which puts the parentheses.
_PRECEDENCE = {from_: 15, function_as_comparison_op: 15, pow_: 15, null_op: 7, as_: -1}
_comparison.add(function_as_comparison_op)


def _take_facts():
    for name, precedence, kinds in _rs._operator_facts():
        fn = globals()[name]
        if precedence is not None:
            _PRECEDENCE[fn] = precedence
        for known, belongs in zip(
            (_comparison, _commutative, _associative, _natural_self_precedent, _booleans), kinds, strict=True
        ):
            if belongs:
                known.add(fn)


_take_facts()


class _OpLimit(enum.IntEnum):
    _smallest = -100
    _largest = 100


def is_comparison(op):
    """Does ``op`` give true or false?"""
    return op in _comparison or (isinstance(op, custom_op) and op.is_comparison)


def is_commutative(op):
    return op in _commutative


def is_ordering_modifier(op):
    return op in _order_by_modifier


is_order_by_modifier = is_ordering_modifier


def is_natural_self_precedent(op):
    return op in _natural_self_precedent or (isinstance(op, custom_op) and op.natural_self_precedent)


def is_boolean(op):
    return is_comparison(op) or op in _booleans


def mirror(op):
    """``<`` for ``>`` and so on."""
    return _mirror.get(op, op)


def is_associative(op):
    return op in _associative


def is_precedent(operator, against):
    """Does ``operator`` need parentheses as an operand of ``against``?"""
    if operator is against and is_natural_self_precedent(operator):
        return False
    left = _PRECEDENCE.get(operator, getattr(operator, "precedence", _OpLimit._smallest))
    right = _PRECEDENCE.get(against, getattr(against, "precedence", _OpLimit._largest))
    return bool(left <= right)


class OrderingOperators:
    """``<``, ``<=``, ``>``, ``>=`` by way of ``operate()``."""

    __slots__ = ()


for _cls in (Operators, custom_op, ColumnOperators, OperatorClass, OperatorType):
    _cls.__module__ = "oxalchemy.sql.operators"
