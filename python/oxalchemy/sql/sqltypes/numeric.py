"""Numbers."""

import decimal

from ..operators import OperatorClass
from ..type_api import (
    TypeEngine,
    TypeEngineMixin,
)
from .traits import HasExpressionLookup


class Integer(HasExpressionLookup, TypeEngine):
    """Whole numbers."""

    __visit_name__ = "integer"
    _affinity = "integer"
    operator_classes = OperatorClass.INTEGER

    @property
    def python_type(self):
        return int

    def get_dbapi_type(self, dbapi):
        return dbapi.NUMBER


class SmallInteger(Integer):
    __visit_name__ = "small_integer"


class BigInteger(Integer):
    __visit_name__ = "big_integer"


class NumericCommon(HasExpressionLookup, TypeEngineMixin):
    """What Numeric and Float share."""

    __slots__ = ()
    operator_classes = OperatorClass.NUMERIC
    _default_decimal_return_scale = 10

    @property
    def _effective_decimal_return_scale(self):
        if self.decimal_return_scale is not None:
            return self.decimal_return_scale
        if getattr(self, "scale", None) is not None:
            return self.scale
        return self._default_decimal_return_scale

    def get_dbapi_type(self, dbapi):
        return dbapi.NUMBER

    @property
    def python_type(self):
        return decimal.Decimal if self.asdecimal else float


class Numeric(NumericCommon, TypeEngine):
    """Exact numbers; ``Decimal`` in Python unless ``asdecimal=False``."""

    __visit_name__ = "numeric"
    _affinity = "numeric"

    def __init__(self, precision=None, scale=None, decimal_return_scale=None, asdecimal=True):
        self.precision = precision
        self.scale = scale
        self.decimal_return_scale = decimal_return_scale
        self.asdecimal = asdecimal


class Float(NumericCommon, TypeEngine):
    """Floating point numbers."""

    __visit_name__ = "float"
    _affinity = "float"
    scale = None

    def __init__(self, precision=None, asdecimal=False, decimal_return_scale=None):
        self.precision = precision
        self.asdecimal = asdecimal
        self.decimal_return_scale = decimal_return_scale


class Double(Float):
    __visit_name__ = "double"
