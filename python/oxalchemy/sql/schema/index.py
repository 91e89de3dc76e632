"""``Index``."""

from ... import _rs, exc, util
from ..dialect_kw import DialectKWArgs
from .base import HasConditionalDDL, SchemaItem, dialect_options_of
from .constraint import ColumnCollectionMixin


class Index(DialectKWArgs, ColumnCollectionMixin, HasConditionalDDL, SchemaItem, _rs.Index):
    """An index of a table."""

    __visit_name__ = "index"
    table = None

    def __init__(self, name, *expressions, unique=False, quote=None, info=None, _table=None, _column_flag=False, **dialect_kw):
        from ..elements import quoted_name

        self.table = table = None
        self.name = quoted_name.construct(name, quote)
        self.unique = unique
        self._init(bool(unique), bool(_column_flag))
        util.set_creation_order(self)
        if info is not None:
            self.info = info
        if _table is not None:
            table = _table
        self._validate_dialect_kwargs(dialect_kw)
        if dialect_kw:
            self._set_dialect_options(dialect_options_of(self))
        self.expressions = []
        columns = []
        for expr in expressions:
            if hasattr(expr, "__clause_element__"):
                expr = expr.__clause_element__()
            if isinstance(expr, str):
                self.expressions.append(expr)
                columns.append(expr)
                continue
            if not isinstance(expr, _rs.ClauseElement):
                raise exc.ArgumentError(f"String column name or column expression for DDL constraint expected, got {expr!r}.")
            self.expressions.append(expr)
            found = _rs.columns_of(expr)
            columns.extend(found[:1])
            if isinstance(expr, _rs.Column):
                columns[-1:] = [expr]
        self._init_columns(*columns, _column_flag=_column_flag, _autoattach=table is None)
        if table is not None:
            self._set_parent_with_dispatch(table)

    def _set_parent(self, table, **kw):
        self._set_parent_columns(table)
        if self.table is not None and table is not self.table:
            raise exc.ArgumentError(
                f"Index '{self.name}' is against table '{self.table.description}', and cannot be associated with table "
                f"'{table.description}'."
            )
        self.table = table
        table.indexes.add(self)
        self.expressions = [expr if not isinstance(expr, str) else table.c[expr] for expr in self.expressions]
        self._set_expressions(self.expressions)
        table._sync()

    def _after_attach(self, parent):
        from ..naming import name_constraint

        name_constraint(self, parent)

    def append_column(self, column):
        """Add a column (0.5)."""
        self.expressions.append(column)
        self._pending_colargs.append(column)
        table = getattr(column, "table", None)
        if self.table is None and table is not None:
            self._set_parent_with_dispatch(table)
        elif self.table is not None:
            self._set_cols([*self._cols, column])
            self._set_expressions(self.expressions)

    @property
    def bind(self):
        return self.table.bind if self.table is not None else None

    @property
    def _attached(self):
        return self.table is not None

    def create(self, bind=None, checkfirst=False):
        """Issue CREATE INDEX."""
        from ..ddl import SchemaGenerator, _bind_or_error, run_ddl

        run_ddl(_bind_or_error(self, bind), SchemaGenerator, self, checkfirst=checkfirst)
        return self

    def drop(self, bind=None, checkfirst=False):
        """Issue DROP INDEX."""
        from ..ddl import SchemaDropper, _bind_or_error, run_ddl

        run_ddl(_bind_or_error(self, bind), SchemaDropper, self, checkfirst=checkfirst)

    def _copy(self, *, target_table=None, **kw):
        from .util import copy_expression

        exprs = []
        for e in self.expressions:
            if isinstance(e, str) or target_table is None:
                exprs.append(e)
            elif isinstance(e, _rs.Column):
                exprs.append(target_table.c[e.key])
            else:
                exprs.append(copy_expression(e, self.table, target_table))
        return self._schema_item_copy(
            Index(self.name, *exprs, unique=self.unique, _table=target_table, **_copied_kwargs(self, target_table))
        )

    def __reduce__(self):
        state = dict(self.__dict__)
        state["@rs"] = self.name
        state.pop("_cc", None)
        state["@columns"] = state.pop("_cols", [])
        return _rebuild_index, (type(self),), state

    def __setstate__(self, state):
        state = dict(state)
        name = state.pop("@rs")
        columns = state.pop("@columns")
        self.__dict__.update(state)
        self.__dict__["@pending_columns"] = columns
        self.name = name

    def _restore(self):
        columns = self.__dict__.pop("@pending_columns", None)
        if columns is None:
            return
        self._init(bool(self.unique), bool(self._column_flag))
        self._set_cols(columns)
        self._set_expressions(self.expressions)

    def __repr__(self):
        exprs = self.expressions or self._pending_colargs
        text = [repr(self.name)] + [repr(e) if not isinstance(e, str) else repr(e) for e in exprs]
        if self.unique:
            text.append("unique=True")
        return f"Index({', '.join(text)})"


def _rebuild_index(cls):
    return cls.__new__(cls)


def _copied_kwargs(index, target):
    from .util import copy_expression

    out = {}
    for key, value in dict(index.dialect_kwargs).items():
        if target is not None and isinstance(value, _rs.ClauseElement):
            value = copy_expression(value, index.table, target)
        out[key] = value
    return out
