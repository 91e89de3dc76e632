"""Operators that only PostgreSQL has, by their SQL text."""

from ...sql import operators
from ...sql.operators import custom_op

# They bind as tightly as subscripts and stand in parentheses inside any other operator.
_PRECEDENCE = operators._PRECEDENCE[operators.json_getitem_op]


def _operator(text, is_comparison=True, return_type=None):
    return custom_op(
        text,
        precedence=_PRECEDENCE,
        natural_self_precedent=True,
        eager_grouping=True,
        is_comparison=is_comparison,
        return_type=return_type,
    )


CONTAINS = _operator("@>")
CONTAINED_BY = _operator("<@")
OVERLAPS = _operator("&&")
LEFT_OF = _operator("<<")
RIGHT_OF = _operator(">>")
NOT_RIGHT = _operator("&<")
NOT_LEFT = _operator("&>")
ADJACENT = _operator("-|-")
HAS_KEY = _operator("?")
HAS_ALL = _operator("?&")
HAS_ANY = _operator("?|")
DELETE_PATH = _operator("#-", is_comparison=False)
PATH_EXISTS = _operator("@?")
PATH_MATCH = _operator("@@")
