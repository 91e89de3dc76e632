"""Column properties."""

from .. import _rs, exc
from .interfaces import PropComparator, StrategizedProperty, take_dataclass_options

__all__ = [
    "ColumnProperty",
    "ComparableProperty",
    "CompositeProperty",
    "MappedSQLExpression",
    "RelationProperty",
    "RelationshipProperty",
    "SynonymProperty",
]


class ColumnProperty(StrategizedProperty):
    """One or more columns, or a SQL expression, under an attribute name."""

    __module__ = "oxalchemy.orm"
    _kind = "ColumnProperty"
    _default_scalar_value = None
    _is_query_expression = False
    logger = None
    strategy_wildcard_key = "column"

    def __init__(
        self,
        column,
        *additional_columns,
        group=None,
        deferred=False,
        raiseload=False,
        comparator_factory=None,
        active_history=False,
        expire_on_flush=True,
        info=None,
        doc=None,
        extension=None,
        _instrument=True,
        _query_expression=False,
        **kw,
    ):
        self._attribute_options = take_dataclass_options(kw)
        kw.pop("descriptor", None)
        if kw:
            raise TypeError(f"ColumnProperty.__init__() got an unexpected keyword argument {next(iter(kw))!r}")
        columns = (column, *additional_columns)
        self._mapped_columns = [c for c in columns if type(c).__name__ == "MappedColumn"]
        self._orig_columns = list(columns)
        self.columns = [_labeled(c) for c in columns]
        self.group = group
        self.deferred = bool(deferred)
        self.raiseload = raiseload
        self.active_history = active_history
        self.expire_on_flush = expire_on_flush
        self._instrument_attribute = _instrument
        self._is_query_expression = _query_expression
        self._info = info
        if comparator_factory is not None:
            self.comparator_factory = comparator_factory
        if doc is None:
            for c in reversed(self.columns):
                doc = getattr(c, "doc", None)
                if doc:
                    break
        self.doc = doc
        self._extension = extension

    @property
    def info(self):
        """Of the column, unless given."""
        if self._info is not None:
            return self._info
        first = self.columns[0] if self.columns else None
        if hasattr(first, "info"):
            return first.info
        self._info = {}
        return self._info

    @info.setter
    def info(self, value):
        self._info = value

    @property
    def instrument(self):
        return self._instrument_attribute

    @property
    def expression(self):
        """The expression that is selected."""
        return self.columns[0]

    @property
    def class_attribute(self):
        """The attribute on the mapped class."""
        return getattr(self.parent.class_, self.key)

    @property
    def columns_to_assign(self):
        from ..schema import Column

        return [(c, 0) for c in self.columns if isinstance(c, Column) and c.table is None]

    @property
    def mapper_property_to_assign(self):
        return self

    @property
    def strategy_key(self):
        return (("deferred", self.deferred), ("instrument", self.instrument))

    def copy(self):
        """The same, not assigned to a mapper."""
        new = self.__class__(
            *self.columns,
            group=self.group,
            deferred=self.deferred,
            raiseload=self.raiseload,
            active_history=self.active_history,
            expire_on_flush=self.expire_on_flush,
            comparator_factory=self.__dict__.get("comparator_factory"),
            info=self._info,
            doc=self.doc,
            _query_expression=self._is_query_expression,
        )
        new._orig_columns = list(self._orig_columns)
        return new

    def merge(self, *args):
        return None

    def _compare_function(self):
        from ..sql.type_api import TypeEngine

        type_ = getattr(self.columns[0], "type", None) if self.columns else None
        own = getattr(type(type_), "compare_values", None)
        if type_ is None or own is None or own is getattr(TypeEngine, "compare_values", None):
            return None
        return type_.compare_values

    def _comparator_for(self, attribute):
        return self.comparator_factory(self, attribute.parent)

    def _do_init(self):
        pass

    def _instrument(self, mapper, key, set_parent):
        pass

    class Comparator(PropComparator):
        """Operators of a column attribute."""

        __slots__ = ("_expr",)

        def __clause_element__(self):
            expr = getattr(self, "_expr", None)
            if expr is None:
                expr = self._expr = _rs._column_clause(self.prop, self._parententity)
            return expr

        @property
        def expressions(self):
            """All columns, as expressions."""
            return [self.__clause_element__(), *self.prop.columns[1:]]

        @property
        def info(self):
            return self.prop.info

        def _fallback_getattr(self, key):
            return getattr(self.__clause_element__(), key)

        def operate(self, op, *other, **kwargs):
            return op(self.__clause_element__(), *other, **kwargs)

        def reverse_operate(self, op, other, **kwargs):
            col = self.__clause_element__()
            return op(other, col, **kwargs)

    comparator_factory = Comparator


class MappedSQLExpression(ColumnProperty):
    """``column_property()`` with a SQL expression."""

    __module__ = "oxalchemy.orm"


def _labeled(column):
    """A Column as it is, any other expression with a label."""
    if isinstance(column, (str, int, float)) or column is None:
        raise exc.ArgumentError(f"Column expression expected for argument 'column'; got {column!r}.")
    inner = getattr(column, "column", None)
    if getattr(column, "_is_mapped_column", False) or type(column).__name__ == "MappedColumn":
        column = inner
    while hasattr(column, "__clause_element__"):
        new = column.__clause_element__()
        if new is column:
            break
        column = new
    if hasattr(column, "scalar_subquery") and not hasattr(column, "comparator"):
        column = column.scalar_subquery()
    if isinstance(column, _rs.ColumnClause) or isinstance(column, _label_class()):
        return column
    label = getattr(column, "label", None)
    return label(None) if label is not None else column


def _label_class():
    from ..sql import elements

    return elements.Label


def __getattr__(name):
    if name in ("RelationshipProperty", "RelationProperty", "Relationship"):
        from . import relationships

        return relationships.RelationshipProperty
    if name in ("SynonymProperty", "CompositeProperty", "ComparableProperty", "ConcreteInheritedProperty", "DescriptorProperty"):
        from . import descriptor_props

        return getattr(descriptor_props, name)
    if name == "MappedColumn":
        from .mapped_column import MappedColumn

        return MappedColumn
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
