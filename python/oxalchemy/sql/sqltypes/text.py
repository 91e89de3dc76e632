"""Text."""

from ... import exc, util
from ..operators import OperatorClass
from ..type_api import (
    TypeEngine,
)
from .traits import Concatenable


class String(Concatenable, TypeEngine):
    """Text."""

    __visit_name__ = "string"
    _affinity = "string"
    operator_classes = OperatorClass.STRING

    # What drivers may return for text (≤ 1.4). All of ours return `str`.
    RETURNS_UNICODE = "RETURNS_UNICODE"
    RETURNS_BYTES = "RETURNS_BYTES"
    RETURNS_CONDITIONAL = "RETURNS_CONDITIONAL"
    RETURNS_UNKNOWN = "RETURNS_UNKNOWN"

    def __init__(
        self, length=None, collation=None, collation_schema=None, convert_unicode=False, unicode_error=None, assert_unicode=False
    ):
        self.length = length
        self.collation = collation
        self.collation_schema = collation_schema
        if collation_schema is not None and collation is None:
            raise exc.ArgumentError(
                "the 'collation_schema' parameter of String requires the 'collation' parameter to also be present"
            )

    def _with_collation(self, collation):
        new = self.copy()
        new.collation = collation
        return new

    @property
    def python_type(self):
        return str

    def get_dbapi_type(self, dbapi):
        return dbapi.STRING

    def __repr__(self):
        return util.generic_repr(self, omit_kwarg=("convert_unicode", "unicode_error", "assert_unicode"))


class Text(String):
    """Text of any length."""

    __visit_name__ = "text"


class Unicode(String):
    __visit_name__ = "unicode"


class UnicodeText(Text):
    __visit_name__ = "unicode_text"
