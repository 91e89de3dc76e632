"""Names for annotations, under SQLAlchemy's private path: stubs of the ecosystem and user-written extensions import them."""

from typing import Any, TypeVar

_T = TypeVar("_T", bound=Any)
_ColumnExpressionArgument = Any
_ColumnExpressionOrLiteralArgument = Any
_ColumnExpressionOrStrLabelArgument = Any
_ColumnsClauseArgument = Any
_DDLColumnArgument = Any
_DMLColumnArgument = Any
_DMLTableArgument = Any
_FromClauseArgument = Any
_HasClauseElement = Any
_InfoType = dict
_JoinTargetArgument = Any
_OnClauseArgument = Any
_SelectStatementForCompoundArgument = Any
_TextCoercedExpressionArgument = Any
_TypeEngineArgument = Any
