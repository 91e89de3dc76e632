"""PostgreSQL's own expressions and constraints."""

from ... import _rs
from ...sql import schema, sqltypes
from ...sql.expression import ClauseElement, bindparam, text
from ...sql.functions import GenericFunction
from . import types

__all__ = (
    "ExcludeConstraint",
    "aggregate_order_by",
    "distinct_on",
    "phraseto_tsquery",
    "plainto_tsquery",
    "to_tsquery",
    "to_tsvector",
    "ts_headline",
    "websearch_to_tsquery",
)

aggregate_order_by = _rs.aggregate_order_by


class ExcludeConstraint(schema.ColumnCollectionConstraint):
    """EXCLUDE: no two rows may satisfy all the operators at once.

    elements: pairs of a column (name, Column or expression) and an operator's text. name, deferrable, initially: as for other
    constraints. using: index method, gist unless told. where: condition that a row must meet to take part. ops: operator class by
    column name.
    """

    __visit_name__ = "exclude_constraint"
    create_drop_stringify_dialect = "postgresql"
    inherit_cache = False
    where = None

    def __init__(self, *elements, **kw):
        self.using = kw.pop("using", "gist")
        where = kw.pop("where", None)
        self.ops = dict(kw.pop("ops", None) or {})
        self._elements = [(self._expression(e), op) for e, op in elements]
        self.where = text(where) if isinstance(where, str) else where
        self.operators = {e if isinstance(e, str) else getattr(e, "name", None): op for e, op in self._elements}
        super().__init__(*[e for e, _ in self._elements if isinstance(e, (str, schema.Column))], **kw)

    @staticmethod
    def _expression(element):
        if isinstance(element, (str, schema.Column)):
            return element
        return _rs._coerce("DDLConstraintColumnRole", element)

    def _tell_rust(self):
        owner = self._owner()
        if not isinstance(owner, schema.Table):
            # Names become columns when there is a table.
            return
        elements = []
        for element, op in self._elements:
            expr = owner.c[element] if isinstance(element, str) else element
            elements.append((expr, self.ops.get(getattr(expr, "key", None)), op))
        self._init_exclude(elements, self.using, self.where)

    def _placed(self):
        """It is part of its table."""
        self._tell_rust()

    def copy(self, *, target_table=None, **where):
        elements = [(e.name if isinstance(e, schema.Column) else e, op) for e, op in self._elements]
        return self._twin(*elements, using=self.using, where=self.where, ops=self.ops)


class _RegConfigFunction(GenericFunction):
    """A text search function whose first argument may be a configuration."""

    __slots__ = ()
    inherit_cache = True
    _register = False
    _configured = 2

    def __init__(self, *args, **kwargs):
        args = list(args)
        if len(args) >= self._configured and not isinstance(args[0], ClauseElement):
            args[0] = bindparam(type(self).name, args[0], type_=types.REGCONFIG(), unique=True)
        super().__init__(*args, **kwargs)


def _text_search(function, result, configured=2):
    return type(
        function,
        (_RegConfigFunction,),
        {
            "__slots__": (), "name": function, "identifier": function, "type": result, "inherit_cache": True, "_register": True,
            "_configured": configured, "__module__": __name__,
        },
    )  # fmt: skip


to_tsvector = _text_search("to_tsvector", types.TSVECTOR())
to_tsquery = _text_search("to_tsquery", types.TSQUERY())
plainto_tsquery = _text_search("plainto_tsquery", types.TSQUERY())
phraseto_tsquery = _text_search("phraseto_tsquery", types.TSQUERY())
websearch_to_tsquery = _text_search("websearch_to_tsquery", types.TSQUERY())


class ts_headline(_RegConfigFunction):
    """``ts_headline([config,] document, query[, options])``."""

    __slots__ = ()
    name = "ts_headline"
    type = sqltypes.TEXT()
    inherit_cache = True
    _register = True

    def __init__(self, *args, **kwargs):
        # The second argument is the query when there is no configuration.
        first = len(args) > 1 and isinstance(getattr(args[1], "type", None), types.TSQUERY)
        self_configured = len(args) > 2 and not first
        if self_configured and not isinstance(args[0], ClauseElement):
            args = (bindparam("ts_headline", args[0], type_=types.REGCONFIG(), unique=True), *args[1:])
        GenericFunction.__init__(self, *args, **kwargs)


def distinct_on(*expr):
    """DISTINCT ON, for ``select().ext()`` (2.1)."""
    return _DistinctOn(expr)


class _DistinctOn:
    def __init__(self, expr):
        self.expr = expr

    def apply_to(self, statement):
        return statement._distinct_on(*self.expr)
