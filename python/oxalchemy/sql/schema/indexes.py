"""``Index``."""

from ... import _rs
from ..ddl.check import CheckFirst
from ..dialect_kw import DialectKWArgs
from .constraints import ColumnCollectionMixin
from .copying import copied_part
from .items import HasConditionalDDL, SchemaItem, blank, wake


class Index(DialectKWArgs, ColumnCollectionMixin, HasConditionalDDL, SchemaItem, _rs.Index):
    """An index of a table.

    :param name: its name; ``None``: what the naming convention says. :param expressions: Columns, names, SQL.
    :param unique: UNIQUE. :param quote: force or forbid quoting. :param info: user's data.
    :raises ArgumentError: for columns of several tables, or expressions of another kind.
    """

    __visit_name__ = "index"
    _convention_key = "ix"
    table = None
    unique = False
    expressions = ()
    # Made by ``Column(index=True)``: a copy of the column makes it again.
    _from_column = False

    @property
    def _column_flag(self):
        """Read by migration tools."""
        return self._from_column

    def _owner(self):
        return self.table

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
