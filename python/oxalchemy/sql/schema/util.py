"""Copies of expressions and references between tables."""

from ... import _rs


def copy_expression(expression, source_table, target_table):
    """``expression`` with columns of one table replaced by those of another."""
    if source_table is None or target_table is None or not hasattr(_rs, "replace_columns"):
        return expression
    pairs = [(c, target_table.c[c.key]) for c in source_table.c if c.key in target_table.c]
    return _rs.replace_columns(expression, pairs)
