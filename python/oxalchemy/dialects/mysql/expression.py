"""MySQL's own expressions: full text search."""

from ... import _rs, exc
from ...ext.compiler import compiles
from ...sql import sqltypes
from ...sql.elements import ColumnElement, Grouping

__all__ = ("match",)


class match(ColumnElement):
    """``MATCH (columns) AGAINST (text)``.

    cols: columns to search. against: what to search for, a string or an expression. in_boolean_mode, in_natural_language_mode,
    with_query_expansion: how.

    Raises ArgumentError without columns.
    """

    inherit_cache = True
    _MODES = (
        ("in_boolean_mode", " IN BOOLEAN MODE"),
        ("in_natural_language_mode", " IN NATURAL LANGUAGE MODE"),
        ("with_query_expansion", " WITH QUERY EXPANSION"),
    )

    def __init__(self, *cols, **kw):
        if not cols:
            raise exc.ArgumentError("columns are required")
        against = kw.pop("against", None)
        if against is None:
            raise exc.ArgumentError("against is required")
        modes = {name: bool(kw.pop(f"mysql_{name}", kw.pop(name, False))) for name, _ in self._MODES}
        if kw:
            raise exc.ArgumentError(f"unknown arguments: {', '.join(sorted(kw))}")
        self.cols = [_rs._coerce("ColumnArgumentRole", c) for c in cols]
        self.against = _rs._coerce("BinaryElementRole", against)
        self.modes = modes
        self.type = sqltypes.MatchType()

    def get_children(self, **kw):
        return [*self.cols, self.against]

    def __invert__(self):
        return ~Grouping(self)

    def _with(self, mode):
        return match(*self.cols, against=self.against, **{**self.modes, mode: True})

    def in_boolean_mode(self):
        """``IN BOOLEAN MODE``"""
        return self._with("in_boolean_mode")

    def in_natural_language_mode(self):
        """``IN NATURAL LANGUAGE MODE``"""
        return self._with("in_natural_language_mode")

    def with_query_expansion(self):
        """``WITH QUERY EXPANSION``"""
        return self._with("with_query_expansion")


@compiles(match)
def _compile_match(element, compiler, **kw):
    modes = element.modes
    if modes["in_boolean_mode"] and (modes["in_natural_language_mode"] or modes["with_query_expansion"]):
        flags = ", ".join(f"{name}={modes[name]}" for name, _ in match._MODES)
        raise exc.CompileError(f"Invalid MySQL match flags: {flags}")
    columns = ", ".join(compiler.process(c, **kw) for c in element.cols)
    against = compiler.process(element.against, **kw)
    mode = "".join(text for name, text in match._MODES if modes[name])
    return f"MATCH ({columns}) AGAINST ({against}{mode})"
