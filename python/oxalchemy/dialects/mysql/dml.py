"""MySQL's INSERT: ``ON DUPLICATE KEY UPDATE``."""

from ... import _rs
from ...sql.dml import Insert as StandardInsert

__all__ = ("Insert", "insert", "limit")


class Insert(StandardInsert):
    """INSERT with ``ON DUPLICATE KEY UPDATE``."""

    __slots__ = ()
    stringify_dialect = "mysql"
    inherit_cache = True

    @property
    def inserted(self):
        """The row that could not be inserted, as columns."""
        return self.inserted_alias.columns

    @property
    def inserted_alias(self):
        return _rs.alias(self.table, "inserted")

    def on_duplicate_key_update(self, *args, **kw):
        """Change the existing row instead; a list of pairs keeps its order."""
        return _rs._on_duplicate_key_update(self, args, kw)


def insert(table):
    """An INSERT of the MySQL dialect."""
    return _rs._dialect_insert(Insert(table), "mysql")


def limit(limit):
    """``UPDATE … LIMIT``, ``DELETE … LIMIT`` (2.1): for ``statement.ext()``."""
    return _Limit(limit)


class _Limit:
    def __init__(self, limit):
        self.limit = limit

    def apply_to(self, statement):
        return statement.with_dialect_options(mysql_limit=self.limit)
