"""Roles: what a construct may be used as. Empty mix-ins for ``isinstance``; coercion itself is done in Rust."""

from types import GenericAlias

_NAMES = {
    "AnonymizedFromClauseRole": "FROM expression, such as a Table or alias() object",
    "BinaryElementRole": "SQL expression element or literal value",
    "ByOfRole": "GROUP BY / OF / etc. expression",
    "ColumnArgumentOrKeyRole": "Column expression or string key",
    "ColumnArgumentRole": "Column expression",
    "ColumnsClauseRole": "Column expression, FROM clause, or other columns clause element",
    "CompoundElementRole": "SELECT construct for inclusion in a UNION or other set construct",
    "ConstExprRole": "Constant True/False/None expression",
    "DDLConstraintColumnRole": "String column name or column expression for DDL constraint",
    "DDLExpressionRole": "SQL expression element for DDL constraint",
    "DDLReferredColumnRole": "String column name or Column object for DDL foreign key constraint",
    "DDLRole": "Executable SQL or text() construct",
    "DMLColumnRole": "SET/VALUES column expression or string key",
    "DMLRole": "Executable SQL or text() construct",
    "DMLSelectRole": "SELECT statement or equivalent textual object",
    "DMLTableRole": "subject table for an INSERT, UPDATE or DELETE",
    "ExecutableOptionRole": "ExecutionOption Core or ORM object",
    "ExpressionElementRole": "SQL expression element",
    "FromClauseRole": "FROM expression, such as a Table or alias() object",
    "GroupByRole": "GROUP BY expression",
    "HasCTERole": "Row returning expression such as a SELECT, a FROM clause, or an INSERT/UPDATE/DELETE with RETURNING",
    "HasCacheKeyRole": "Cacheable Core or ORM object",
    "InElementRole": "IN expression list, SELECT construct, or bound parameter object",
    "IsCTERole": "CTE object",
    "JoinTargetRole": "Join target, typically a FROM expression, or ORM relationship attribute",
    "LabeledColumnExprRole": "SQL expression element",
    "LimitOffsetRole": "LIMIT / OFFSET expression",
    "LiteralValueRole": "Literal Python value",
    "OnClauseRole": "ON clause, typically a SQL expression or ORM relationship attribute",
    "OrderByRole": "ORDER BY expression",
    "ReturnsRowsRole": "Row returning expression such as a SELECT, a FROM clause, or an INSERT/UPDATE/DELETE with RETURNING",
    "SelectStatementRole": "SELECT construct or equivalent text() construct",
    "StatementOptionRole": "statement sub-expression element",
    "StatementRole": "Executable SQL or text() construct",
    "StrAsPlainColumnRole": "Column expression or string key",
    "StrictFromClauseRole": "FROM expression, such as a Table or alias() object",
    "SyntaxExtensionRole": "Syntax extension construct",
    "TStringElementRole": "TString interpolatable element",
    "TruncatedLabelRole": "String SQL identifier",
    "TypedColumnsClauseRole": "Column expression, FROM clause, or other columns clause element",
    "WhereHavingRole": "SQL expression for WHERE/HAVING role",
}


class SQLRole:
    """Base of all roles."""

    __slots__ = ()
    allows_lambda = False
    uses_inspection = False
    __class_getitem__ = classmethod(GenericAlias)


class UsesInspection:
    __slots__ = ()


class AllowsLambdaRole:
    __slots__ = ()


class HasClauseElement:
    __slots__ = ()


class StructuralRole(SQLRole):
    __slots__ = ()


class ColumnListRole(SQLRole):
    __slots__ = ()


class StringRole(SQLRole):
    __slots__ = ()


for _name, _text in _NAMES.items():
    globals()[_name] = type(_name, (SQLRole,), {"__slots__": (), "_role_name": _text, "__module__": "oxalchemy.sql.roles"})
del _name, _text
