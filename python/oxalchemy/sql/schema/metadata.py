"""``MetaData``."""

import threading

from ... import _rs, exc, util
from ..ddl.check import CheckFirst
from .items import NOTHING, HasSchemaAttr, blank

_DEFAULT_CONVENTION = util.immutabledict({"ix": "ix_%(column_0_label)s"})


def _is_bind(value):
    """2.x takes the schema first, 0.5 to 1.4 took the bind: what it is decides."""
    return hasattr(value, "connect") or (isinstance(value, str) and "://" in value)


def _as_bind(value, **kw):
    """An Engine for a DSN; anything else is one."""
    if isinstance(value, str) or type(value).__name__ == "URL":
        from ...engine import create_engine

        return create_engine(value, **kw)
    return value


class MetaData(HasSchemaAttr, _rs.MetaData):
    """A collection of tables.

    :param bind_or_schema: a schema (2.x), or an Engine, a Connection or a DSN (0.5 to 1.4).
    :param reflect: load the tables of the bind now (0.5). :param schema: default schema of tables and sequences.
    :param quote_schema: force or forbid its quoting. :param naming_convention: templates of names, by class or short name.
    :param info: user's data. :param bind: as above.
    :raises ArgumentError: for a schema that is not text, or ``reflect`` without a bind.
    """

    __visit_name__ = "metadata"

    def __init__(
        self,
        bind_or_schema=None,
        reflect=False,
        schema=None,
        quote_schema=None,
        naming_convention=None,
        info=None,
        *,
        bind=None,
    ):
        from ..elements import quoted_name

        if bind_or_schema is not None:
            if bind is None and _is_bind(bind_or_schema):
                bind = bind_or_schema
            elif schema is None:
                schema = bind_or_schema
        if schema is not None and not isinstance(schema, str):
            raise exc.ArgumentError(f"expected schema argument to be a string, got {type(schema)}.")
        self.naming_convention = util.immutabledict(naming_convention) if naming_convention else _DEFAULT_CONVENTION
        self._begin(quoted_name.construct(schema, quote_schema))
        if info:
            self.info = info
        if bind is not None:
            self.bind = bind
        if reflect:
            if bind is None:
                raise exc.ArgumentError("A bind must be supplied in conjunction with reflect=True")
            self.reflect()

    def _begin(self, schema):
        self._remember()
        self.schema = schema
        self._set_schema(schema)
        self.tables = util.FacadeDict()
        # sequences by key; named types, in the order in which they came
        self._sequences, self._named_types = {}, {}
        self._bind = None

    def __repr__(self):
        return "MetaData()" if self._bind is None else f"MetaData(bind={self._bind!r})"

    def __contains__(self, table_or_key):
        return (table_or_key if isinstance(table_or_key, str) else table_or_key.key) in self.tables

    # -- tables -----------------------------------------------------------
    def _delist(self, table):
        if table.__dict__.get("metadata") is self and self.tables.get(table.key) is table:
            dict.pop(self.tables, table.key)
            self._drop_table(table.key)

    def clear(self):
        """Forget all tables."""
        dict.clear(self.tables)
        self._sequences.clear()
        self._drop_all_tables()

    def remove(self, table):
        """Forget one table."""
        if dict.pop(self.tables, table.key, None) is not None:
            self._drop_table(table.key)

    @property
    def schemas(self):
        """Names of its own schema and those of its tables, sorted (2.1)."""
        return tuple(self._schema_names())

    @property
    def sorted_tables(self):
        """Tables in the order of their dependencies; ties by name."""
        from ..ddl.order import sort_tables

        return sort_tables(sorted(self.tables.values(), key=lambda t: t.key))

    def table_iterator(self, reverse=True, tables=None):
        """Iterator over tables, children first with ``reverse`` (0.5)."""
        found = [t for t in self.sorted_tables if tables is None or t in tables]
        return iter(found[::-1] if reverse else found)

    def get_children(self, **kw):
        return self.sorted_tables

    # -- other objects ----------------------------------------------------
    def _enlist_sequence(self, sequence):
        self._sequences[sequence.key] = sequence
        self._put_sequence(sequence.key, sequence)

    def _add_schema_type(self, type_):
        self._named_types[type_] = None

    def get_schema_objects(self, kind, *, schema=NOTHING):
        """Named types, sequences … of this class, maybe of one schema (2.1)."""
        found = [o for o in (*self._sequences.values(), *self._named_types) if isinstance(o, kind)]
        return tuple(o for o in found if schema is NOTHING or o.schema == schema)

    def get_schema_object_by_name(self, kind, name, *, schema=NOTHING):
        """The one of this name, or ``None`` (2.1)."""
        return next((o for o in self.get_schema_objects(kind, schema=schema) if o.name == name), None)

    # -- binding (legacy) -------------------------------------------------
    @property
    def bind(self):
        """Engine or Connection used when none is given; a DSN may be assigned."""
        return self._bind

    @bind.setter
    def bind(self, bind):
        _rs._something_is_bound()
        self._bind = _as_bind(bind)

    def is_bound(self):
        """Has it a bind? (legacy)"""
        return self.bind is not None

    def connect(self, bind, **kw):
        """Set the bind (0.5)."""
        _rs._something_is_bound()
        self._bind = _as_bind(bind, **kw)

    # -- DDL --------------------------------------------------------------
    def create_all(self, bind=None, tables=None, checkfirst=CheckFirst.ALL):
        """Create the tables that do not exist, in the order of their dependencies.

        :param tables: only these. :param checkfirst: look what is there: a bool or :class:`.CheckFirst`.
        """
        from ..ddl.run import create

        create(self, bind, checkfirst, tables)

    def drop_all(self, bind=None, tables=None, checkfirst=CheckFirst.ALL):
        """Drop the tables that exist, in reverse order. Arguments: :meth:`create_all`."""
        from ..ddl.run import drop

        drop(self, bind, checkfirst, tables)

    def append_ddl_listener(self, event_name, listener):
        """Call ``listener(event, target, bind)`` on ``before-create`` and the like (0.5)."""
        from ..ddl.run import append_ddl_listener

        append_ddl_listener(self, event_name, listener)

    @property
    def ddl_events(self):
        """Names that :meth:`append_ddl_listener` knows (0.5)."""
        from ..ddl.run import LEGACY_EVENTS

        return LEGACY_EVENTS

    def reflect(
        self,
        bind=None,
        schema=None,
        views=False,
        only=None,
        extend_existing=False,
        autoload_replace=True,
        resolve_fks=True,
        **dialect_kwargs,
    ):
        """Load the tables of a database that are not yet here.

        :param schema: other than the default. :param views: views as well. :param only: names, or ``fn(name, metadata)``.
        :param extend_existing: tables that are here get what the database has. Others: :class:`.Table`.
        """
        from ...engine.reflection import reflect_metadata
        from ..ddl.run import bind_of

        bind = bind_of(self, bind)
        reflect_metadata(self, bind, schema, views, only, extend_existing, autoload_replace, resolve_fks, dialect_kwargs)

    # -- pickling ---------------------------------------------------------
    def __reduce__(self):
        state = {
            "tables": dict(self.tables),
            "schema": self.schema,
            "sequences": self._sequences,
            "types": list(self._named_types),
            "naming_convention": self.naming_convention,
            "info": dict(self.info),
        }
        return blank, (type(self),), state

    def __setstate__(self, state):
        self._begin(state["schema"])
        self.naming_convention = state["naming_convention"]
        self._named_types = dict.fromkeys(state["types"])
        if state["info"]:
            self.info = state["info"]
        for key, table in state["tables"].items():
            self.tables._insert_item(key, table)
            # One that refers to this MetaData may be on its way still.
            if "metadata" in table.__dict__:
                table._wake(self)
        for sequence in state["sequences"].values():
            sequence._join_metadata(self)


class ThreadLocalMetaData(MetaData):
    """MetaData whose bind is per thread (legacy)."""

    __visit_name__ = "metadata"

    def __init__(self):
        self.context = threading.local()
        # DSN -> Engine of all threads
        self._engines = {}
        super().__init__()

    @property
    def bind(self):
        """Engine of this thread; a DSN may be assigned."""
        return getattr(self.context, "bind", None)

    @bind.setter
    def bind(self, bind):
        if bind not in self._engines:
            self._engines[bind] = _as_bind(bind)
        self.context.bind = self._engines[bind]

    def dispose(self):
        """Dispose of the engines of all threads."""
        for engine in self._engines.values():
            if hasattr(engine, "dispose"):
                engine.dispose()
