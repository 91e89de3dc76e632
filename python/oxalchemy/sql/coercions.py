"""What an object means where SQL is expected: ``expect(role, element)``."""

from .. import _rs

__all__ = ("expect",)


def expect(role, element, *, apply_propagate_attrs=None, argname=None, post_inspect=False, disable_inspection=False, **kw):
    """The SQL construct ``element`` stands for in ``role``.

    :raises ArgumentError: when it stands for none.
    """
    name = role.__name__
    if name == "DDLReferredColumnRole" or name == "DDLConstraintColumnRole":
        if isinstance(element, str):
            return element
        return _rs._coerce("ExpressionElementRole", element)
    if name == "TruncatedLabelRole":
        return element
    if name == "LiteralValueRole":
        return _rs.literal(element)
    if name == "StatementOptionRole" and isinstance(element, str):
        return _rs.text(element)
    if name in ("ColumnArgumentOrKeyRole", "DMLColumnRole", "StrAsPlainColumnRole") and isinstance(element, str):
        return element
    if name == "ConstExprRole":
        if element is None:
            return _rs.null()
        if element is True:
            return _rs.true()
        if element is False:
            return _rs.false()
    return _rs._coerce(name, element)


def expect_as_key(role, element, **kw):
    """Like :func:`expect`, giving the key of a column."""
    found = expect(role, element, **kw)
    return found if isinstance(found, str) else found.key


def expect_col_expression_collection(role, expressions):
    """Columns and names of an index or constraint."""
    for expr in expressions:
        strname = None
        column = None
        resolved = expect(role, expr)
        if isinstance(resolved, str):
            strname = resolved
            add_element = resolved
        else:
            column = resolved
            add_element = column
        yield resolved, column, strname, add_element


def _is_literal(element):
    return not isinstance(element, _rs.ClauseElement) and not hasattr(element, "__clause_element__")
