"""``MetaData``."""

import collections
import threading

from ... import _rs, exc, util
from .base import BLANK_SCHEMA, NO_ARG, HasSchemaAttr, _get_table_key

_DEFAULT_CONVENTION = util.immutabledict({"ix": "ix_%(column_0_label)s"})


class MetaData(HasSchemaAttr, _rs.MetaData):
    """A collection of tables."""

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
            # 2.x takes the schema first, 0.5 to 1.4 took the bind: what it is decides.
            if bind is None and (
                hasattr(bind_or_schema, "connect") or isinstance(bind_or_schema, str) and "://" in bind_or_schema
            ):
                bind = bind_or_schema
            elif schema is None:
                schema = bind_or_schema
        if schema is not None and not isinstance(schema, str):
            raise exc.ArgumentError(f"expected schema argument to be a string, got {type(schema)}.")
        self.tables = util.FacadeDict()
        self.schema = quoted_name.construct(schema, quote_schema)
        self._set_schema(self.schema)
        self.naming_convention = util.immutabledict(naming_convention) if naming_convention else _DEFAULT_CONVENTION
        if info:
            self.info = info
        self._schemas = set()
        self._sequences = {}
        self._objects = {}
        self._bind = None
        if bind is not None:
            self.bind = bind
        if reflect:
            if bind is None:
                raise exc.ArgumentError("A bind must be supplied in conjunction with reflect=True")
            self.reflect()

    def __repr__(self):
        if self._bind is not None:
            return f"MetaData(bind={self._bind!r})"
        return "MetaData()"

    def __contains__(self, table_or_key):
        if not isinstance(table_or_key, str):
            table_or_key = table_or_key.key
        return table_or_key in self.tables

    # -- tables -----------------------------------------------------------
    def _add_table(self, name, schema, table):
        key = _get_table_key(name, schema)
        self.tables._insert_item(key, table)
        self._put_table(key, table)
        if schema:
            self._schemas.add(schema)

    def _remove_table(self, name, schema):
        key = _get_table_key(name, schema)
        removed = dict.pop(self.tables, key, None)
        if removed is not None:
            self._drop_table(key)
        if self._schemas:
            self._schemas = {t.schema for t in self.tables.values() if t.schema is not None}

    def clear(self):
        """Forget all tables."""
        dict.clear(self.tables)
        self._drop_all_tables()
        self._schemas.clear()
        self._sequences.clear()

    def remove(self, table):
        """Forget one table."""
        self._remove_table(table.name, table.schema)

    @property
    def schemas(self):
        found = {o.schema for o in (*self.tables.values(), *self._sequences.values(), *self._objects) if o.schema is not None}
        return tuple(sorted(found))

    @property
    def sorted_tables(self):
        """Tables in the order of their dependencies; ties by name."""
        from ..ddl import sort_tables

        return sort_tables(sorted(self.tables.values(), key=lambda t: t.key))

    def table_iterator(self, reverse=True, tables=None):
        """Iterator over tables, children first with ``reverse`` (0.5)."""
        found = [t for t in self.sorted_tables if tables is None or t in tables]
        return iter(found[::-1] if reverse else found)

    def get_children(self, **kw):
        return self.sorted_tables

    # -- other objects ----------------------------------------------------
    def _add_sequence(self, seq):
        self._sequences[seq._key] = seq
        seq.metadata = self
        self._put_sequence(seq._key, seq)

    def _add_schema_type(self, type_):
        self._objects[type_] = None

    def get_schema_objects(self, kind, *, schema=NO_ARG):
        """Named types, sequences … registered here."""
        found = [o for o in (*self._sequences.values(), *self._objects) if isinstance(o, kind)]
        if schema is not NO_ARG:
            found = [o for o in found if o.schema == schema]
        return tuple(found)

    def get_schema_object_by_name(self, kind, name, *, schema=NO_ARG):
        for o in self.get_schema_objects(kind, schema=schema):
            if o.name == name:
                return o
        return None

    # -- binding (legacy) -------------------------------------------------
    @property
    def bind(self):
        """Engine or Connection used when none is given; a DSN may be assigned."""
        return self._bind

    @bind.setter
    def bind(self, bind):
        if isinstance(bind, str) or type(bind).__name__ == "URL":
            from ...engine import create_engine

            bind = create_engine(bind)
        self._bind = bind

    def is_bound(self):
        return self._bind is not None

    def connect(self, bind, **kw):
        """Set the bind (0.5)."""
        if isinstance(bind, str):
            from ...engine import create_engine

            bind = create_engine(bind, **kw)
        self._bind = bind

    # -- DDL --------------------------------------------------------------
    def create_all(self, bind=None, tables=None, checkfirst=True):
        """Create the tables that do not exist, in the order of their dependencies."""
        from ..ddl import SchemaGenerator, _bind_or_error, run_ddl

        bind = _bind_or_error(self, bind)
        run_ddl(bind, SchemaGenerator, self, checkfirst=checkfirst, tables=tables)

    def drop_all(self, bind=None, tables=None, checkfirst=True):
        """Drop the tables that exist, in reverse order."""
        from ..ddl import SchemaDropper, _bind_or_error, run_ddl

        bind = _bind_or_error(self, bind)
        run_ddl(bind, SchemaDropper, self, checkfirst=checkfirst, tables=tables)

    def append_ddl_listener(self, event_name, listener):
        from ..ddl import _append_ddl_listener

        _append_ddl_listener(self, event_name, listener)

    @property
    def ddl_events(self):
        return ("before-create", "after-create", "before-drop", "after-drop")

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
        """Load the tables of a database that are not yet here."""
        from ...engine.reflection import reflect_metadata
        from ..ddl import _bind_or_error

        bind = _bind_or_error(self, bind)
        reflect_metadata(self, bind, schema, views, only, extend_existing, autoload_replace, resolve_fks, dialect_kwargs)

    # -- pickling ---------------------------------------------------------
    def __reduce__(self):
        return _rebuild, (type(self),), self.__getstate__()

    def __getstate__(self):
        return {
            "tables": dict(self.tables),
            "schema": self.schema,
            "schemas": self._schemas,
            "sequences": self._sequences,
            "naming_convention": self.naming_convention,
            "objects": list(self._objects),
            "info": dict(self.info),
        }

    def __setstate__(self, state):
        self.tables = util.FacadeDict()
        self.schema = state["schema"]
        self._set_schema(self.schema)
        self.naming_convention = state["naming_convention"]
        self._bind = None
        self._schemas = state["schemas"]
        self._objects = dict.fromkeys(state["objects"])
        self._sequences = {}
        if state["info"]:
            self.info = state["info"]
        for key, table in state["tables"].items():
            self.tables._insert_item(key, table)
            table._restore(self)
            self._put_table(key, table)
        for seq in state["sequences"].values():
            self._add_sequence(seq)


def _rebuild(cls):
    return cls.__new__(cls)


class ThreadLocalMetaData(MetaData):
    """MetaData whose bind is per thread (legacy)."""

    __visit_name__ = "metadata"

    def __init__(self):
        self.context = threading.local()
        self.__engines = {}
        super().__init__()

    @property
    def bind(self):
        return getattr(self.context, "_engine", None)

    @bind.setter
    def bind(self, bind):
        if isinstance(bind, str) or type(bind).__name__ == "URL":
            from ...engine import create_engine

            try:
                self.context._engine = self.__engines[bind]
            except KeyError:
                e = create_engine(bind)
                self.__engines[bind] = e
                self.context._engine = e
        else:
            if bind not in self.__engines:
                self.__engines[bind] = bind
            self.context._engine = bind

    def is_bound(self):
        return getattr(self.context, "_engine", None) is not None

    def dispose(self):
        """Dispose of the engines of all threads."""
        for e in self.__engines.values():
            if hasattr(e, "dispose"):
                e.dispose()


__all__ = ["MetaData", "ThreadLocalMetaData", "BLANK_SCHEMA", "collections"]
