"""Statements of tables whose MetaData is bound to an engine (1.x): ``stmt.execute()``, ``stmt.scalar()``, ``stmt.bind``."""

from .. import _rs, exc


class BoundExecutable:
    """Execution without naming an engine."""

    __slots__ = ()

    @property
    def bind(self):
        """The Engine or Connection that the statement was given or that a MetaData behind it has, or ``None``."""
        return _rs._bind_of(self)

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
