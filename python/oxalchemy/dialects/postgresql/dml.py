"""PostgreSQL's INSERT: ``ON CONFLICT``."""

from ... import _rs
from ...sql.dml import Insert as StandardInsert

__all__ = ("Insert", "insert")


class Insert(StandardInsert):
    """INSERT with ``ON CONFLICT``."""

    __slots__ = ()
    stringify_dialect = "postgresql"
    inherit_cache = True

    @property
    def excluded(self):
        """The row that could not be inserted, as columns."""
        return _rs.alias(self.table, "excluded").columns

    def on_conflict_do_nothing(self, constraint=None, index_elements=None, index_where=None):
        """Skip rows that conflict."""
        return _rs._on_conflict_do_nothing(self, constraint, index_elements, index_where)

    def on_conflict_do_update(self, constraint=None, index_elements=None, index_where=None, set_=None, where=None):
        """Change the existing row instead."""
        return _rs._on_conflict_do_update(self, constraint, index_elements, index_where, set_, where)


def insert(table):
    """An INSERT of the PostgreSQL dialect."""
    return _rs._dialect_insert(Insert(table), "postgresql")
