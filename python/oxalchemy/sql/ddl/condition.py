"""Where a DDL element applies: ``ddl_if()``, ``execute_if()``, ``DDL(on=…)``."""


class Condition:
    """A dialect, or several, and maybe a function that is asked."""

    __slots__ = ("dialect", "callable_", "state")

    def __init__(self, dialect=None, callable_=None, state=None):
        self.dialect, self.callable_, self.state = dialect, callable_, state

    def _names(self, dialect):
        if self.dialect is None:
            return True
        return dialect.name == self.dialect if isinstance(self.dialect, str) else dialect.name in self.dialect

    def holds(self, ddl, target, bind, compiler=None, dialect=None, **kw):
        """Does it hold for ``ddl`` against ``target``? The dialect is that of ``bind`` or ``compiler`` where none is given."""
        if dialect is None:
            dialect = (bind if bind is not None else compiler).dialect
        if not self._names(dialect):
            return False
        if self.callable_ is None:
            return True
        return bool(self.callable_(ddl, target, bind, state=self.state, dialect=dialect, compiler=compiler, **kw))
