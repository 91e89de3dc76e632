"""Operators that several types share."""

from ..type_api import (
    Comparator,
    TypeEngineMixin,
    builtin_comparator,
)


class HasExpressionLookup(TypeEngineMixin):
    """Types whose operators give other types by table (date minus date is an interval)."""

    __slots__ = ()

    @builtin_comparator
    class Comparator(Comparator):
        __slots__ = ()

    comparator_factory = Comparator


class Concatenable(TypeEngineMixin):
    """Types with concatenation."""

    __slots__ = ()

    @builtin_comparator
    class Comparator(Comparator):
        __slots__ = ()

    comparator_factory = Comparator


class Indexable(TypeEngineMixin):
    """Types with ``[]``."""

    __slots__ = ()

    @builtin_comparator
    class Comparator(Comparator):
        __slots__ = ()

    comparator_factory = Comparator
