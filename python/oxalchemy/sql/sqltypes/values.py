"""Shared instances, and the types of Python values."""

import datetime as dt
import decimal
import enum as _enum
import uuid as _uuid

from ... import _rs
from .binary import LargeBinary
from .named import Boolean, Enum, MatchType
from .numeric import BigInteger, Double, Integer, Numeric
from .special import NullType, TableValueType, Uuid
from .temporal import Date, DateTime, Interval, Time
from .text import String, Unicode

NULLTYPE = NullType()
BOOLEANTYPE = Boolean()
STRINGTYPE = String()
INTEGERTYPE = Integer()
NUMERICTYPE = Numeric()
MATCHTYPE = MatchType()
TABLEVALUE = TableValueType()
DATETIME_TIMEZONE = DateTime(timezone=True)
TIME_TIMEZONE = Time(timezone=True)
_BIGINTEGER = BigInteger()
_DATETIME = DateTime()
_DATETIME_TIMEZONE = DATETIME_TIMEZONE
_TIME = Time()
_TIME_TIMEZONE = TIME_TIMEZONE
_STRING = STRINGTYPE
_UNICODE = Unicode()

# Python class of a value -> type; dialects add theirs.
_value_types = {}
_type_map = {
    int: Integer(),
    float: Double(),
    bool: BOOLEANTYPE,
    _uuid.UUID: Uuid(),
    decimal.Decimal: Numeric(),
    dt.date: Date(),
    dt.datetime: _DATETIME,
    dt.time: _TIME,
    dt.timedelta: Interval(),
    type(None): NULLTYPE,
    bytes: LargeBinary(),
    str: _STRING,
    _enum.Enum: Enum(_enum.Enum),
}
type_map = _type_map
_type_map_get = _type_map.get


def _enum_type_of(cls):
    """The Enum type for members of a Python enum."""
    found = _enum_types.get(cls)
    if found is None:
        found = _enum_types[cls] = Enum(cls)
    return found


_enum_types = {}


def _resolve_value_to_type(value):
    return _rs.resolve_value_to_type(value)
