"""Dates, times and intervals."""

import datetime as dt

from ..operators import OperatorClass
from ..type_api import (
    Emulated,
    TypeEngine,
)
from .traits import HasExpressionLookup


class _RenderISO8601NoT(HasExpressionLookup):
    __slots__ = ()
    operator_classes = OperatorClass.DATETIME


class DateTime(_RenderISO8601NoT, TypeEngine):
    """``datetime.datetime``."""

    __visit_name__ = "datetime"
    _affinity = "datetime"

    def __init__(self, timezone=False):
        self.timezone = timezone

    def _resolve_for_literal(self, value):
        from .values import DATETIME_TIMEZONE

        return DATETIME_TIMEZONE if value.tzinfo is not None else self

    @property
    def python_type(self):
        return dt.datetime

    def get_dbapi_type(self, dbapi):
        return dbapi.DATETIME


class Date(_RenderISO8601NoT, TypeEngine):
    """``datetime.date``."""

    __visit_name__ = "date"
    _affinity = "date"

    @property
    def python_type(self):
        return dt.date

    def get_dbapi_type(self, dbapi):
        return dbapi.DATETIME


class Time(_RenderISO8601NoT, TypeEngine):
    """``datetime.time``."""

    __visit_name__ = "time"
    _affinity = "time"

    def __init__(self, timezone=False):
        self.timezone = timezone

    @property
    def python_type(self):
        return dt.time

    def get_dbapi_type(self, dbapi):
        return dbapi.DATETIME


class _AbstractInterval(HasExpressionLookup):
    __slots__ = ()

    def coerce_compared_value(self, op, value):
        return TypeEngine.coerce_compared_value(self, op, value)


class Interval(Emulated, _AbstractInterval, TypeEngine):
    """``datetime.timedelta``; a point in time after 1970-01-01 where the database has no intervals."""

    __visit_name__ = "interval"
    _affinity = "interval"
    operator_classes = OperatorClass.DATETIME
    impl = DateTime
    epoch = dt.datetime.fromtimestamp(0, dt.UTC).replace(tzinfo=None)
    cache_ok = True

    def __init__(self, native=True, second_precision=None, day_precision=None):
        self.native = native
        self.second_precision = second_precision
        self.day_precision = day_precision

    @property
    def python_type(self):
        return dt.timedelta

    def __repr__(self):
        return f"{type(self).__name__}()"
