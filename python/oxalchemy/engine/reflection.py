"""``Inspector``: the structure of a database."""

import contextlib
import copy
import enum
import functools
import importlib

from .. import _rs, exc, inspection, util
from .catalog import CatalogReader, SchemaMemory


class ObjectKind(enum.Flag):
    """Kinds of relation."""

    TABLE = enum.auto()
    VIEW = enum.auto()
    MATERIALIZED_VIEW = enum.auto()
    ANY_VIEW = VIEW | MATERIALIZED_VIEW
    ANY = TABLE | VIEW | MATERIALIZED_VIEW


class ObjectScope(enum.Flag):
    """Lasting or temporary."""

    DEFAULT = enum.auto()
    TEMPORARY = enum.auto()
    ANY = DEFAULT | TEMPORARY


_KINDS = {
    "table": ObjectKind.TABLE,
    "foreign_table": ObjectKind.TABLE,
    "view": ObjectKind.VIEW,
    "materialized_view": ObjectKind.MATERIALIZED_VIEW,
}


class ReflectionDefaults:
    """What an answer looks like when there is nothing to report."""

    @classmethod
    def columns(cls):
        return []

    pk_constraint = classmethod(lambda cls: {"name": None, "constrained_columns": []})
    foreign_keys = indexes = unique_constraints = check_constraints = columns
    table_options = classmethod(lambda cls: {})
    table_comment = classmethod(lambda cls: {"text": None})


def cache(fn):
    """Decorator of dialect methods ``fn(self, connection, name, …, **kw)``: remembers answers in ``kw["info_cache"]``."""

    @functools.wraps(fn)
    def cached(self, con, *args, **kw):
        info_cache = kw.get("info_cache")
        if info_cache is None:
            return fn(self, con, *args, **kw)
        # quoted and plain spellings of a name are different questions
        key = (
            fn.__name__,
            tuple((str(a), getattr(a, "quote", None)) for a in args if isinstance(a, str)),
            tuple(
                (k, (str(v), getattr(v, "quote", None)) if isinstance(v, str) else v) for k, v in kw.items() if k != "info_cache"
            ),
        )
        if key not in info_cache:
            info_cache[key] = fn(self, con, *args, **kw)
        return info_cache[key]

    return cached


@functools.cache
def _reader(dialect_class):
    """What reads the catalogue of a dialect: the reader of the nearest class that has one, or ``None``."""
    for cls in dialect_class.__mro__:
        name = cls.__dict__.get("name")
        if isinstance(name, str) and name != "default":
            try:
                return importlib.import_module(f"oxalchemy.dialects.{'mysql' if name == 'mariadb' else name}.reflection").Catalog
            except ModuleNotFoundError:
                continue
    return None


#: What can be asked about one table.
QUESTIONS = (
    "columns",
    "pk_constraint",
    "foreign_keys",
    "indexes",
    "unique_constraints",
    "check_constraints",
    "table_options",
    "table_comment",
)


#: Other methods by which an Inspector answers, and which a dialect may have in its stead.
METHODS = (
    "get_schema_names",
    "get_table_names",
    "get_temp_table_names",
    "get_view_names",
    "get_temp_view_names",
    "get_materialized_view_names",
    "get_sequence_names",
    "get_view_definition",
    "has_table",
    "has_multi_table",
    "has_index",
    "has_sequence",
    "has_schema",
)


@functools.cache
def _own_methods(dialect_class):
    """The methods of a dialect that answer by themselves; those that ours have ask the Inspector."""
    names = (*METHODS, *(f"get_{q}" for q in QUESTIONS), *(f"get_multi_{q}" for q in QUESTIONS))
    methods = {name: getattr(dialect_class, name, None) for name in names}
    return frozenset(n for n, m in methods.items() if m is not None and not getattr(m, "asks_inspector", False))


@functools.cache
def _own_questions(dialect_class):
    """The questions about one table that a dialect answers by itself."""
    own = _own_methods(dialect_class)
    return frozenset(q for q in QUESTIONS if f"get_{q}" in own or f"get_multi_{q}" in own)


def _or_dialect(fn):
    """A method of the Inspector; a dialect that has it of its own is asked instead."""

    @functools.wraps(fn)
    def ask(self, *args, **kw):
        if fn.__name__ not in self._own_methods:
            return fn(self, *args, **kw)
        with self._operation_context() as connection:
            return getattr(self.dialect, fn.__name__)(connection, *args, info_cache=self.info_cache, **kw)

    return ask


def _full_name(name, schema):
    return f"{schema}.{name}" if schema else str(name)


class Inspector:
    """Reads the structure of a database; remembers what it has read until ``clear_cache()``.

    Obtained by ``inspect(engine)`` or ``inspect(connection)``. Questions about many tables (``get_multi_…``) and about one are
    answered by the same few queries; the latter name the table.
    """

    def __init__(self, bind):
        util.warn_deprecated(
            "The __init__() method on Inspector is deprecated and will be removed in a future release.  Please use the "
            "inspect() function on an Engine or Connection in order to acquire an Inspector.",
            version="1.4",
        )
        self._setup(bind)

    def _setup(self, bind):
        self.bind = bind
        self.engine = getattr(bind, "engine", bind)
        self._is_engine = self.engine is bind
        self.dialect = self.engine.dialect
        self.info_cache = {}
        self._context = None
        kind = type(self.dialect)
        self._catalog = (_reader(kind) or CatalogReader)(self.dialect)
        self._own, self._own_methods = _own_questions(kind), _own_methods(kind)
        if self._is_engine:
            # Whether the database can be had is told here, and the dialect learns the server's version.
            bind.connect().close()

    @classmethod
    def _make(cls, bind):
        self = cls.__new__(cls)
        self._setup(bind)
        return self

    @classmethod
    def from_engine(cls, bind):
        """Inspector of an Engine or Connection (legacy)."""
        return inspector_of(bind)

    @contextlib.contextmanager
    def _operation_context(self):
        if self._context is not None:
            yield self._context
        elif self._is_engine:
            with self.bind.connect() as connection:
                yield connection
        else:
            yield self.bind

    def _on(self, connection):
        """The Inspector for several questions over one connection, with the same memory."""
        if self._context is not None or not self._is_engine:
            return self
        sub = copy.copy(self)
        sub.info_cache = self.info_cache
        sub._context = connection
        return sub

    @contextlib.contextmanager
    def _inspection_context(self):
        """One connection for several questions."""
        with self._operation_context() as connection:
            yield self._on(connection)

    def clear_cache(self):
        """Forget what was read."""
        self.info_cache.clear()

    def _memory(self, schema):
        key = ("schema", schema if schema is None else str(schema))
        if key not in self.info_cache:
            self.info_cache[key] = SchemaMemory(self._catalog, key[1])
        return self.info_cache[key]

    # -- names ------------------------------------------------------------
    @property
    def default_schema_name(self):
        """The schema used when none is named."""
        found = self.dialect.default_schema_name
        if found is None:
            with self._operation_context() as connection:
                found = self._catalog.default_schema(connection)
        return found

    @_or_dialect
    def get_schema_names(self, **kw):
        """Names of all schemas: a list of str."""
        key = ("schemas",)
        if key not in self.info_cache:
            with self._operation_context() as connection:
                self.info_cache[key] = self._catalog.schema_names(connection)
        return list(self.info_cache[key])

    def _names(self, schema, kind, temporary=False):
        key = ("names", schema if schema is None else str(schema), kind, temporary)
        if key not in self.info_cache:
            with self._operation_context() as connection:
                self.info_cache[key] = self._catalog.names(connection, self._memory(schema), kind, temporary)
        return list(self.info_cache[key])

    def _supports(self, question):
        if question in self._catalog.unsupported:
            raise NotImplementedError()

    @_or_dialect
    def get_table_names(self, schema=None, order_by=None, **kw):
        """Sorted names of the tables; with ``order_by="foreign_key"`` (legacy) those depended on come first."""
        if order_by == "foreign_key":
            return [n for n, _ in self.get_sorted_table_and_fkc_names(schema) if n is not None]
        return self._names(schema, "table")

    @_or_dialect
    def get_temp_table_names(self, **kw):
        """Sorted names of this connection's temporary tables."""
        self._supports("temp_names")
        return self._names(None, "table", temporary=True)

    @_or_dialect
    def get_view_names(self, schema=None, **kw):
        """Sorted names of the views that are not materialized."""
        return self._names(schema, "view")

    @_or_dialect
    def get_temp_view_names(self, **kw):
        """Sorted names of this connection's temporary views."""
        self._supports("temp_names")
        return self._names(None, "view", temporary=True)

    @_or_dialect
    def get_materialized_view_names(self, schema=None, **kw):
        """Sorted names of the materialized views."""
        self._supports("materialized_views")
        return self._names(schema, "materialized_view")

    @_or_dialect
    def get_sequence_names(self, schema=None, **kw):
        """Sorted names of the sequences."""
        with self._operation_context() as connection:
            return self._catalog.sequence_names(connection, schema, self._memory(schema))

    @_or_dialect
    def has_table(self, table_name, schema=None, **kw):
        """Whether there is such a table, view or temporary table now; not remembered."""
        return self.has_multi_table([table_name], schema)[schema, table_name]

    @_or_dialect
    def has_multi_table(self, table_names, schema=None, **kw):
        """``{(schema, name): bool}``: which of the names are tables or views now (2.1)."""
        names = list(table_names)
        with self._operation_context() as connection:
            found = self._catalog.has_tables(connection, schema, [str(n) for n in names]) if names else set()
        return {(schema, name): str(name) in found for name in names}

    @_or_dialect
    def has_sequence(self, sequence_name, schema=None, **kw):
        """Whether there is such a sequence."""
        with self._operation_context() as connection:
            return self._catalog.has_sequence(connection, schema, str(sequence_name), self._memory(schema))

    @_or_dialect
    def has_schema(self, schema_name, **kw):
        """Whether there is such a schema."""
        with self._operation_context() as connection:
            return self._catalog.has_schema(connection, str(schema_name))

    @_or_dialect
    def has_index(self, table_name, index_name, schema=None, **kw):
        """Whether the table exists and has an index of this name."""
        try:
            found = self.get_indexes(table_name, schema)
        except exc.NoSuchTableError:
            return False
        return any(i["name"] == index_name for i in found)

    # -- one table --------------------------------------------------------
    def _ask(self, question, table_name, schema, kw):
        return _rs._reflect_ask(self, question, table_name, schema, kw)

    def _of_dialect(self, question, connection, table_name, schema, kw):
        """The answer of a dialect that has one of its own."""
        if f"get_{question}" in self._own_methods:
            ask = getattr(self.dialect, f"get_{question}")
            return ask(connection, table_name, schema, info_cache=self.info_cache, **kw)
        found = self._multi_of_dialect(question, connection, schema, [table_name], ObjectKind.ANY, ObjectScope.ANY, kw)
        if (schema, table_name) not in found:
            raise exc.NoSuchTableError(_full_name(table_name, schema))
        return found[schema, table_name]

    def _multi_of_dialect(self, question, connection, schema, filter_names, kind, scope, kw):
        if f"get_multi_{question}" in self._own_methods:
            ask = getattr(self.dialect, f"get_multi_{question}")
            given = {"schema": schema, "filter_names": filter_names, "kind": kind, "scope": scope}
            return dict(ask(connection, **given, info_cache=self.info_cache, **kw))
        if filter_names is None:
            filter_names = self.get_table_names(schema) if ObjectKind.TABLE in kind else []
            if ObjectKind.VIEW in kind:
                filter_names = [*filter_names, *self.get_view_names(schema)]
        found = {}
        for name in filter_names:
            with contextlib.suppress(exc.NoSuchTableError):
                found[schema, name] = self._of_dialect(question, connection, schema=schema, table_name=name, kw=kw)
        return found

    def get_columns(self, table_name, schema=None, **kw):
        """Columns in the order of the table: a list of :class:`.ReflectedColumn` dictionaries.

        Raises :class:`.NoSuchTableError`, as all questions about one table do.
        """
        return self._ask("columns", table_name, schema, kw)

    def get_pk_constraint(self, table_name, schema=None, **kw):
        """The primary key: a :class:`.ReflectedPrimaryKeyConstraint` dictionary."""
        return self._ask("pk_constraint", table_name, schema, kw)

    def get_primary_keys(self, table_name, schema=None, **kw):
        """Names of the primary key's columns (legacy)."""
        return self.get_pk_constraint(table_name, schema)["constrained_columns"]

    def get_foreign_keys(self, table_name, schema=None, **kw):
        """Foreign keys: a list of :class:`.ReflectedForeignKeyConstraint` dictionaries."""
        return self._ask("foreign_keys", table_name, schema, kw)

    def get_indexes(self, table_name, schema=None, **kw):
        """Indexes: a list of :class:`.ReflectedIndex` dictionaries."""
        return self._ask("indexes", table_name, schema, kw)

    def get_unique_constraints(self, table_name, schema=None, **kw):
        """Unique constraints: a list of :class:`.ReflectedUniqueConstraint` dictionaries."""
        return self._ask("unique_constraints", table_name, schema, kw)

    def get_check_constraints(self, table_name, schema=None, **kw):
        """Check constraints: a list of :class:`.ReflectedCheckConstraint` dictionaries."""
        return self._ask("check_constraints", table_name, schema, kw)

    def get_table_options(self, table_name, schema=None, **kw):
        """Options of the table, under the keywords that ``Table`` takes (``mysql_engine``)."""
        return self._ask("table_options", table_name, schema, kw)

    def get_table_comment(self, table_name, schema=None, **kw):
        """``{"text": comment or None}``; :class:`NotImplementedError` where the database has no comments."""
        return self._ask("table_comment", table_name, schema, kw)

    @_or_dialect
    def get_view_definition(self, view_name, schema=None, **kw):
        """The SQL of a view. Raises :class:`.NoSuchTableError` when there is no such view."""
        with self._operation_context() as connection:
            found = self._catalog.view_definition(connection, schema, str(view_name))
        if found is None:
            raise exc.NoSuchTableError(_full_name(view_name, schema))
        return found

    # -- many tables ------------------------------------------------------
    def _multi(self, question, schema, filter_names, kind, scope, kw):
        if question in self._own:
            with self._operation_context() as connection:
                return self._multi_of_dialect(question, connection, schema, filter_names, kind, scope, kw)
        memory = self._memory(schema)
        with self._operation_context() as connection:
            if filter_names is None:
                names = list(memory.all_relations(connection))
            else:
                names = list(dict.fromkeys(memory.find(connection, filter_names)))
            relations = memory.relations
            names = [n for n in names if self._in_scope(relations[n], kind, scope)]
            if not names:
                return {}
            self._supports(question)
            memory.read_for(connection, question, None if filter_names is None else names)
        return {(schema, n): memory.answer(question, n, kw) for n in sorted(names)}

    def _in_scope(self, relation, kind, scope):
        own_kind = _KINDS.get(relation["kind"])
        own_scope = ObjectScope.TEMPORARY if relation["temporary"] else ObjectScope.DEFAULT
        return own_kind is not None and own_kind in kind and own_scope in scope and not relation["broken"]

    def get_multi_columns(self, schema=None, filter_names=None, kind=ObjectKind.TABLE, scope=ObjectScope.DEFAULT, **kw):
        """``{(schema, table): …}`` of what :meth:`get_columns` gives, for all tables or those in ``filter_names``."""
        return self._multi("columns", schema, filter_names, kind, scope, kw)

    def get_multi_pk_constraint(self, schema=None, filter_names=None, kind=ObjectKind.TABLE, scope=ObjectScope.DEFAULT, **kw):
        """``{(schema, table): …}`` of what :meth:`get_pk_constraint` gives."""
        return self._multi("pk_constraint", schema, filter_names, kind, scope, kw)

    def get_multi_foreign_keys(self, schema=None, filter_names=None, kind=ObjectKind.TABLE, scope=ObjectScope.DEFAULT, **kw):
        """``{(schema, table): …}`` of what :meth:`get_foreign_keys` gives."""
        return self._multi("foreign_keys", schema, filter_names, kind, scope, kw)

    def get_multi_indexes(self, schema=None, filter_names=None, kind=ObjectKind.TABLE, scope=ObjectScope.DEFAULT, **kw):
        """``{(schema, table): …}`` of what :meth:`get_indexes` gives."""
        return self._multi("indexes", schema, filter_names, kind, scope, kw)

    def get_multi_unique_constraints(
        self, schema=None, filter_names=None, kind=ObjectKind.TABLE, scope=ObjectScope.DEFAULT, **kw
    ):
        """``{(schema, table): …}`` of what :meth:`get_unique_constraints` gives."""
        return self._multi("unique_constraints", schema, filter_names, kind, scope, kw)

    def get_multi_check_constraints(self, schema=None, filter_names=None, kind=ObjectKind.TABLE, scope=ObjectScope.DEFAULT, **kw):
        """``{(schema, table): …}`` of what :meth:`get_check_constraints` gives."""
        return self._multi("check_constraints", schema, filter_names, kind, scope, kw)

    def get_multi_table_options(self, schema=None, filter_names=None, kind=ObjectKind.TABLE, scope=ObjectScope.DEFAULT, **kw):
        """``{(schema, table): …}`` of what :meth:`get_table_options` gives."""
        return self._multi("table_options", schema, filter_names, kind, scope, kw)

    def get_multi_table_comment(self, schema=None, filter_names=None, kind=ObjectKind.TABLE, scope=ObjectScope.DEFAULT, **kw):
        """``{(schema, table): …}`` of what :meth:`get_table_comment` gives."""
        return self._multi("table_comment", schema, filter_names, kind, scope, kw)

    def get_sorted_table_and_fkc_names(self, schema=None, **kw):
        """``[(table, [(table, fk name) …]) …, (None, [left over])]`` in the order of dependencies."""
        return [
            (name[1] if name else None, [(fk[0][1], fk[1]) for fk in fks])
            for name, fks in self.sort_tables_on_foreign_key_dependency(consider_schemas=(schema,))
        ]

    def sort_tables_on_foreign_key_dependency(self, consider_schemas=(None,), **kw):
        """The same over several schemas; tables are ``(schema, name)``."""
        keys, tables = {}, []
        for schema in consider_schemas:
            for (sch, name), fks in self.get_multi_foreign_keys(schema).items():
                tables.append((sch, name))
                keys[(sch, name)] = fks
        known = set(tables)
        edges = set()
        for table, fks in keys.items():
            for fk in fks:
                target = (fk["referred_schema"], fk["referred_table"])
                if target != table and target in known:
                    edges.add((target, table))
        remaining = set()
        try:
            order = list(util.topological.sort(edges, tables))
        except exc.CircularDependencyError as err:
            for edge in err.edges:
                edges.discard(edge)
                remaining.update((edge[1], fk["name"]) for fk in keys[edge[1]])
            order = list(util.topological.sort(edges, tables))
        out = [
            (
                table,
                [(table, fk["name"]) for fk in keys[table] if (table, fk["name"]) not in remaining],
            )
            for table in order
        ]
        return out + [(None, list(remaining))]

    # -- into a Table -----------------------------------------------------
    def reflect_table(self, table, include_columns, exclude_columns=(), resolve_fks=True, _extend_on=None, _reflect_info=None):
        """Fill a Table with what the database has.

        :param include_columns: names of the columns wanted, or None for all.
        :param exclude_columns: names of columns not wanted.
        :param resolve_fks: whether tables referred to are reflected into the same MetaData too.
        """
        _rs._reflect_table(self, table, include_columns, exclude_columns, resolve_fks, _extend_on)

    def reflecttable(self, table, include_columns, exclude_columns=(), **kw):
        """0.5 name of :meth:`reflect_table`."""
        return self.reflect_table(table, include_columns, exclude_columns, **kw)


def reflect_metadata(metadata, bind, schema, views, only, extend_existing, autoload_replace, resolve_fks, dialect_kwargs):
    """``MetaData.reflect``."""
    from ..sql.schema import Table

    with inspection.inspect(bind)._inspection_context() as insp:
        if schema is None:
            schema = metadata.schema
        options = {
            "autoload_with": insp,
            "extend_existing": extend_existing,
            "autoload_replace": autoload_replace,
            "resolve_fks": resolve_fks,
            "_extend_on": set(),
            **dialect_kwargs,
        }
        if schema is not None:
            options["schema"] = schema
        available = insp.get_table_names(schema)
        if views:
            available += [v for v in insp.get_view_names(schema) if v not in available]
            if "materialized_views" not in insp._catalog.unsupported:
                available += insp.get_materialized_view_names(schema)
        key = (lambda name: f"{schema}.{name}") if schema is not None else (lambda name: name)
        current = set(metadata.tables)
        fresh = [name for name in available if extend_existing or key(name) not in current]
        if only is None:
            wanted = fresh
        elif callable(only):
            wanted = [name for name in fresh if only(name, metadata)]
        else:
            only = list(only)
            missing = [name for name in only if name not in available]
            if missing:
                where = f" schema '{schema}'" if schema else ""
                raise exc.InvalidRequestError(
                    f"Could not reflect: requested table(s) not available in {bind.engine!r}{where}: ({', '.join(missing)})"
                )
            wanted = [name for name in only if extend_existing or key(name) not in current]
        if wanted and not insp._own:
            _rs._reflect_prefetch(insp, schema, None if len(wanted) == len(available) else wanted, resolve_fks)
        for name in wanted:
            try:
                Table(name, metadata, **options)
            except exc.UnreflectableTableError as err:
                util.warn(f"Skipping table {name}: {err}")


# What need not be asked through Python, unless a program has put something else in its place.
_METHODS_OF_OURS = {name: getattr(Inspector, name) for name in ("reflect_table", *(f"get_{q}" for q in QUESTIONS))}

inspection._registrars[Inspector] = True


def inspector_of(bind):
    """What ``inspect(engine)`` and ``inspect(connection)`` give: the dialect's own kind of Inspector, where it has one."""
    return (getattr(bind.engine.dialect, "inspector", None) or Inspector)._make(bind)


__all__ = ["Inspector", "ObjectKind", "ObjectScope", "ReflectionDefaults"]
