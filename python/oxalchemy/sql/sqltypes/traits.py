"""Operators that several types share."""

import datetime as dt
import decimal
import enum as _enum
import json
import pickle
import uuid as _uuid

from ... import _rs, exc, util
from ..event_target import SchemaEventTarget
from ..operators import OperatorClass
from ..type_api import (
    NO_ARG,
    Comparator,
    Emulated,
    ExternalType,
    NativeForEmulated,
    TypeDecorator,
    TypeEngine,
    TypeEngineMixin,
    UserDefinedType,
    Variant,
    adapt_type,
    builtin_comparator,
    to_instance,
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
