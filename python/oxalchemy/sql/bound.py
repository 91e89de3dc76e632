"""Statements of tables whose MetaData is bound to an engine (1.x): ``stmt.execute()``, ``stmt.scalar()``, ``stmt.bind``."""

from .. import _rs, exc


def _tables(element):
    from . import visitors

    for el in visitors.iterate(element):
        metadata = getattr(el, "metadata", None) if getattr(el, "_is_from_clause", False) else None
        if metadata is not None:
            yield metadata
        elif getattr(el, "_is_column_element", False):
            table = getattr(el, "table", None) if hasattr(type(el), "table") else None
            metadata = getattr(table, "metadata", None)
            if metadata is not None:
                yield metadata


class BoundExecutable:
    """Execution without naming an engine."""

    __slots__ = ()

    @property
    def bind(self):
        """The Engine or Connection that the statement was given or that a MetaData behind it has, or ``None``."""
        possible, own = _rs._carried_bind(self)
        if own is not None or not possible:
            return own
        for metadata in _tables(self):
            bind = getattr(metadata, "bind", None)
            if bind is not None:
                return bind
        return None

    def execute(self, *multiparams, **params):
        """Execute on the bound engine.

        :raises UnboundExecutionError: when no MetaData of the statement is bound.
        """
        bind = self.bind
        if bind is None:
            raise exc.UnboundExecutionError(
                f"This {self.__class__.__name__} is not directly bound to a Connection or Engine. Use the .execute() method of a "
                "Connection or Engine to execute this construct."
            )
        return bind.execute(self, *multiparams, **params)

    def scalar(self, *multiparams, **params):
        """The first column of the first row of :meth:`execute`."""
        return self.execute(*multiparams, **params).scalar()
