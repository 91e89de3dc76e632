"""What makes the values of a column: client-side defaults, server defaults, computed columns."""

from ... import _rs, exc, util
from .copying import copied_expression
from .items import SchemaItem


def is_clause(value):
    """Is it SQL, or something that stands for SQL?"""
    return isinstance(value, _rs.ClauseElement) or (hasattr(value, "__clause_element__") and not isinstance(value, type))


def as_clause(value):
    """The SQL that ``value`` stands for."""
    if hasattr(value, "__clause_element__") and not isinstance(value, _rs.ClauseElement):
        return value.__clause_element__()
    return value


def as_text(value):
    """SQL text or an expression, as an expression."""
    if isinstance(value, str):
        from ..expression import text

        return text(value)
    return as_clause(value)


class DefaultGenerator(SchemaItem):
    """Base of what makes a column's value on the client or inside the statement."""

    __visit_name__ = "default_generator"
    is_sequence = False
    is_identity = False
    is_server_default = False
    is_clause_element = False
    is_callable = False
    is_scalar = False
    has_arg = False
    column = None

    def __init__(self, for_update=False):
        self.for_update = for_update

    def _execute_on_connection(self, connection, distilled_params, execution_options):
        return connection.execute(self)

    def _enter(self, column, **how):
        self.column = column
        setattr(column, "onupdate" if self.for_update else "default", self)

    def copy(self, **where):
        return type(self)(self.arg, for_update=self.for_update)

    @property
    def bind(self):
        """Engine of the column's MetaData (legacy)."""
        return self.column.table.bind if self.column is not None else None

    def execute(self, bind=None, **kw):
        """Run the default alone (legacy).

        :raises UnboundExecutionError: without a bind.
        """
        bind = bind if bind is not None else self.bind
        if bind is None:
            raise exc.UnboundExecutionError(f"This {self.__class__.__name__} is not bound to an Engine or Connection.")
        with bind.connect() as conn:
            return conn.scalar(self)


class ColumnDefault(DefaultGenerator):
    """Value, callable or SQL that INSERT (or UPDATE) uses for a column without a value.

    :param arg: the value, a callable of no or one argument (the execution context), or SQL.
    :param for_update: used by UPDATE instead of INSERT.
    :raises ArgumentError: for a callable of more arguments, or a server-side default.
    """

    has_arg = True

    def __new__(cls, arg=None, for_update=False):
        if cls is ColumnDefault:
            if isinstance(arg, FetchedValue):
                raise exc.ArgumentError("ColumnDefault may not be a server-side default type.")
            if is_clause(arg):
                cls = ColumnElementColumnDefault
            else:
                cls = CallableColumnDefault if callable(arg) else ScalarElementColumnDefault
        return object.__new__(cls)

    def __init__(self, arg, for_update=False):
        super().__init__(for_update)
        self.arg = arg

    def __repr__(self):
        return f"{type(self).__name__}({self.arg!r})"


class ScalarElementColumnDefault(ColumnDefault):
    """A constant."""

    is_scalar = True

    def _for_rust(self):
        return "scalar", self.arg


class InsertSentinelDefault(ScalarElementColumnDefault):
    """The default of a sentinel column: it numbers the rows of a batch."""

    is_sentinel = True

    def __new__(cls, arg=None, for_update=False):
        return object.__new__(cls)

    def __init__(self, arg=None, for_update=False):
        super().__init__(None, for_update)

    def _enter(self, column, **how):
        if not column.nullable:
            raise exc.ArgumentError("The _InsertSentinelColumnDefault may only be applied to a Column that is nullable")
        super()._enter(column)


class ColumnElementColumnDefault(ColumnDefault):
    """SQL."""

    is_clause_element = True

    def __init__(self, arg, for_update=False):
        super().__init__(as_clause(arg), for_update)

    def _for_rust(self):
        return "sql", self.arg


class CallableColumnDefault(ColumnDefault):
    """A function of the execution context; one without arguments is wrapped."""

    is_callable = True

    def __init__(self, arg, for_update=False):
        super().__init__(_taking_context(arg), for_update)

    def _for_rust(self):
        return "callable", self.arg


def _taking_context(fn):
    """``fn`` as a function of one argument."""

    def without_context(context):
        return fn()

    try:
        required = _required_positionals(fn)
    except TypeError:
        # built in: nothing is known about its arguments
        return util.wrap_callable(without_context, fn)
    if required > 1:
        raise exc.ArgumentError("ColumnDefault Python function takes zero or one positional arguments")
    if required == 1:
        return fn
    return util.wrap_callable(without_context, fn)


def _required_positionals(fn):
    """How many positional arguments a callable requires; TypeError for what is built in."""
    import inspect

    if inspect.isbuiltin(fn):
        raise TypeError("a built-in function")
    if inspect.isclass(fn):
        spec, bound = inspect.getfullargspec(fn.__init__), 1
    else:
        spec = inspect.getfullargspec(fn)
        instance = not inspect.isroutine(fn) and spec.args[:1] == ["self"]
        bound = 1 if inspect.ismethod(fn) or instance else 0
    return len(spec.args) - bound - len(spec.defaults or ())


class FetchedValue(SchemaItem):
    """Marks a column whose value the database makes.

    :param for_update: on UPDATE (``server_onupdate``) instead of INSERT.
    """

    __visit_name__ = "fetched_value"
    is_server_default = True
    is_sequence = False
    is_identity = False
    is_clause_element = False
    reflected = False
    has_argument = False
    column = None

    def __init__(self, for_update=False):
        self.for_update = for_update

    def _enter(self, column, **how):
        self.column = column
        setattr(column, "server_onupdate" if self.for_update else "server_default", self)

    def _serving(self, for_update):
        """This one, or its twin for the other statement."""
        return self if for_update == self.for_update else self._twin(for_update)

    def _twin(self, for_update):
        twin = self.__class__.__new__(self.__class__)
        twin.__dict__.update({k: v for k, v in self.__dict__.items() if k != "column"})
        twin.for_update = for_update
        return twin

    def _for_rust(self):
        return "fetched", self

    def copy(self, **where):
        return self._twin(self.for_update)

    def __repr__(self):
        return util.generic_repr(self)


class DefaultClause(FetchedValue):
    """DDL DEFAULT.

    :param arg: text, rendered as a quoted literal, or SQL, rendered as it is.
    :param for_update: on UPDATE instead of INSERT.
    """

    has_argument = True

    def __init__(self, arg, for_update=False, _reflected=False):
        if not isinstance(arg, str) and not is_clause(arg):
            raise exc.ArgumentError(
                f"Argument 'arg' is expected to be one of type '<class 'str'>' or '<class "
                f"'oxalchemy.sql.elements.ClauseElement'>' or '<class 'oxalchemy.sql.elements.TextClause'>', got '{type(arg)}'"
            )
        super().__init__(for_update)
        self.arg = as_clause(arg)
        self.reflected = _reflected

    def _for_rust(self):
        return ("literal" if isinstance(self.arg, str) else "sql"), self.arg

    def copy(self, **where):
        return DefaultClause(arg=self.arg, for_update=self.for_update, _reflected=self.reflected)

    def __repr__(self):
        return f"DefaultClause({self.arg!r}, for_update={self.for_update!r})"


PassiveDefault = DefaultClause


class Computed(FetchedValue):
    """GENERATED ALWAYS AS (``sqltext``).

    :param sqltext: SQL text or an expression.
    :param persisted: ``True`` stored, ``False`` virtual, ``None`` what the database does by itself.
    """

    __visit_name__ = "computed_column"

    def __init__(self, sqltext, persisted=None):
        super().__init__(for_update=True)
        self.sqltext = as_text(sqltext)
        self.persisted = persisted

    def _enter(self, column, **how):
        for other in (column.server_default, column.server_onupdate):
            if other is not None and not isinstance(other, Computed):
                raise exc.ArgumentError("A generated column cannot specify a server_default or a server_onupdate argument")
        self.column = column
        column.computed = column.server_default = column.server_onupdate = self

    def _serving(self, for_update):
        return self

    def _for_rust(self):
        return "computed", (self.sqltext, self.persisted)

    def copy(self, target_table=None, **where):
        source = self.column.table if self.column is not None else None
        return self._hand_down(Computed(copied_expression(self.sqltext, source, target_table), persisted=self.persisted))
