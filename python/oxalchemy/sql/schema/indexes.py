"""``Index``."""

from ... import _rs, exc
from ..ddl.check import CheckFirst
from ..dialect_kw import DialectKWArgs
from .constraints import ColumnCollectionMixin
from .copying import copied_part
from .items import HasConditionalDDL, SchemaItem, blank, join, numbered, take_options, wake
from .names import give_name


class Index(DialectKWArgs, ColumnCollectionMixin, HasConditionalDDL, SchemaItem, _rs.Index):
    """An index of a table.

    :param name: its name; ``None``: what the naming convention says. :param expressions: Columns, names, SQL.
    :param unique: UNIQUE. :param quote: force or forbid quoting. :param info: user's data.
    :raises ArgumentError: for columns of several tables, or expressions of another kind.
    """

    __visit_name__ = "index"
    _convention_key = "ix"
    table = None
    # Made by ``Column(index=True)``: a copy of the column makes it again.
    _from_column = False

    @property
    def _column_flag(self):
        """Read by migration tools."""
        return self._from_column

    def __init__(
        self,
        name,
        *expressions,
        unique=False,
        quote=None,
        info=None,
        _table=None,
        _from_column=False,
        _column_flag=False,
        **dialect_kw,
    ):
        from ..elements import quoted_name

        self.name = quoted_name.construct(name, quote)
        self.unique = unique
        _from_column = self._from_column = bool(_from_column or _column_flag)
        self._init(bool(unique), bool(_from_column))
        numbered(self)
        if info is not None:
            self.info = info
        take_options(self, dialect_kw)
        self.expressions = [_expression(e) for e in expressions]
        columns = []
        for e in self.expressions:
            # the first column inside an expression stands for it
            columns += [e] if isinstance(e, (str, _rs.Column)) else _rs.columns_of(e)[:1]
        self._take_columns(columns, seek=_table is None)
        if _table is not None:
            join(self, _table)

    def _owner(self):
        return self.table

    def _enter(self, table, **how):
        found = self._found_in(table)
        if self.table is not None and table is not self.table:
            raise exc.ArgumentError(
                f"Index '{self.name}' is against table '{self.table.description}', and cannot be associated with table "
                f"'{table.description}'."
            )
        if not self._held:
            self._hold({c.key: c for c in found}.values())
        self.table = table
        table.indexes.add(self)
        self.expressions = [table.c[e] if isinstance(e, str) else e for e in self.expressions]
        self._set_expressions(self.expressions)
        table._push_parts()
        give_name(self, table)

    def append_column(self, column):
        """Add a column (0.5)."""
        self.expressions.append(column)
        self._given.append(column)
        if self.table is None:
            self._seek_home()
        else:
            self._hold([*self._held, column])
            self._set_expressions(self.expressions)

    @property
    def bind(self):
        """Engine of the MetaData (legacy)."""
        return None if self.table is None else self.table.bind

    def create(self, bind=None, checkfirst=CheckFirst.NONE):
        """Issue CREATE INDEX."""
        from ..ddl.run import create

        create(self, bind, checkfirst)
        return self

    def drop(self, bind=None, checkfirst=CheckFirst.NONE):
        """Issue DROP INDEX."""
        from ..ddl.run import drop

        drop(self, bind, checkfirst)

    def copy(self, *, target_table=None, **where):
        """A copy that belongs to no table, or to ``target_table``."""
        copied = {
            key: copied_part(value, self.table, target_table) if isinstance(value, _rs.ClauseElement) else value
            for key, value in self.dialect_kwargs.items()
        }
        expressions = [copied_part(e, self.table, target_table) for e in self.expressions]
        return self._hand_down(Index(self.name, *expressions, unique=self.unique, _table=target_table, **copied))

    # -- pickling ---------------------------------------------------------
    def __reduce__(self):
        return blank, (type(self),), dict(self.__dict__)

    def __setstate__(self, state):
        self.__dict__.update(state)
        self.name = state.get("@name")
        wake(self.table)

    def _wake(self):
        """After unpickling, as soon as the columns have their tables again."""
        self._init(bool(self.unique), bool(self._from_column))
        self._hold(self._held)
        self._set_expressions(self.expressions)

    def __repr__(self):
        unique = ["unique=True"] if self.unique else []
        return f"Index({', '.join([repr(self.name), *[repr(e) for e in self.expressions], *unique])})"


def _expression(e):
    if hasattr(e, "__clause_element__"):
        e = e.__clause_element__()
    if not isinstance(e, (str, _rs.ClauseElement)):
        raise exc.ArgumentError(f"String column name or column expression for DDL constraint expected, got {e!r}.")
    return e
