"""``Engine``, ``Connection`` and the transactions."""

from .. import _rs, inspection, log
from .._rs import (
    Connection,
    Engine,
    NestedTransaction,
    OptionEngine,
    RootTransaction,
    Transaction,
    TwoPhaseTransaction,
)
from .interfaces import Connectable, ConnectionEventsTarget, Dialect, ExecutionContext  # noqa: F401

log.class_logger(Engine)
Engine._sqla_logger_namespace = "oxalchemy.engine.Engine"
Engine._connection_cls = Connection
Engine.echo = log.echo_property()
Engine._has_events = False
Connection._has_events = False
Connection._sqla_logger_namespace = "oxalchemy.engine.Connection"


class DefaultRunner:
    """0.5: ran defaults of columns. Execution does that now."""


class SchemaIterator:
    """0.5: walked schema items. DDL constructs do that now."""


def connection_memoize(key):
    """Decorator: what the function returns is kept in ``connection.info`` under ``key``."""

    def decorate(fn):
        def memoized(self, connection):
            try:
                return connection.info[key]
            except KeyError:
                connection.info[key] = value = fn(self, connection)
                return value

        return memoized

    return decorate


def _table_names(self, schema=None, connection=None):
    """Names of the tables (legacy; ``inspect(engine).get_table_names()``)."""
    return inspection.inspect(connection or self).get_table_names(schema=schema)


def _has_table(self, table_name, schema=None):
    """Whether there is such a table (legacy; ``inspect(engine).has_table()``)."""
    return inspection.inspect(self).has_table(table_name, schema=schema)


def _reflecttable(self, table, connection=None, include_columns=None):
    """Load the columns of a table (0.5)."""
    inspection.inspect(connection or self).reflect_table(table, include_columns)


def _create(self, entity, connection=None, checkfirst=False, **kwargs):
    """CREATE a table, index, sequence, or all of a MetaData (0.5)."""
    _ddl(entity, "create", connection or self, checkfirst, kwargs)


def _drop(self, entity, connection=None, checkfirst=False, **kwargs):
    """DROP a table, index, sequence, or all of a MetaData (0.5)."""
    _ddl(entity, "drop", connection or self, checkfirst, kwargs)


def _ddl(entity, what, bind, checkfirst, kwargs):
    method = getattr(entity, what + "_all", None) or getattr(entity, what)
    method(bind, checkfirst=checkfirst, **kwargs)


def _text(self, text, *args, **kwargs):
    """A ``text()`` bound to this engine (0.5)."""
    from ..sql.expression import text as make

    return make(text, *args, bind=self, **kwargs)


def _statement_compiler(self, statement, **kwargs):
    """``statement.compile(self)`` (0.5)."""
    return statement.compile(self, **kwargs)


def _default_schema_name(self):
    """Schema of unqualified names (0.5)."""
    return self.dialect.default_schema_name


@property
def _func(self):
    """``func`` (0.5)."""
    from ..sql.expression import func

    return func


for _cls in (Engine, Connection):
    _cls.reflecttable = _reflecttable
    _cls.create = _create
    _cls.drop = _drop
    _cls.statement_compiler = _statement_compiler
    _cls.default_schema_name = _default_schema_name
Engine.table_names = _table_names
Engine.has_table = _has_table
Engine.text = _text
Engine.func = _func


def _execute_on_connection(self, connection, distilled_params, execution_options):
    return connection._execute_clauseelement(self, distilled_params, execution_options)


for _name in ("SelectBase", "UpdateBase", "TextClause", "FunctionElement", "DDLElement"):
    getattr(_rs, _name)._execute_on_connection = _execute_on_connection


def _names(name):
    if name == "Compiled":
        from ..sql.compiler import Compiled

        return Compiled
    # what 0.5 had here
    if name in ("ResultProxy", "RowProxy"):
        from . import cursor, row

        return getattr(cursor, name, None) or getattr(row, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__getattr__ = _names
