"""``Inspector``: the structure of a database."""

import contextlib
import enum
import functools

from .. import exc, inspection, util


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


def _reflector(dialect):
    """The module that knows a dialect's catalogue."""
    import importlib

    name = "mysql" if dialect.name == "mariadb" else dialect.name
    try:
        return importlib.import_module(f"oxalchemy.dialects.{name}.reflection")
    except ModuleNotFoundError:
        raise NotImplementedError(f"reflection is not available for dialect {dialect.name!r}") from None


class Inspector:
    """Reads the structure of a database; remembers what it has read until ``clear_cache()``."""

    def __init__(self, bind):
        if type(self) is Inspector:
            util.warn_deprecated(
                "The __init__() method on Inspector is deprecated and will be removed in a future release.  Please use the "
                "inspect() function on an Engine or Connection in order to acquire an Inspector.",
                version="1.4",
            ) if hasattr(util, "warn_deprecated") else None
        self._setup(bind)

    def _setup(self, bind):
        self.bind = bind
        self.engine = getattr(bind, "engine", bind)
        self._is_engine = self.engine is bind
        self.dialect = self.engine.dialect
        self.info_cache = {}
        self._complete = set()
        self._context = None
        self._reflector = _reflector(self.dialect)

    @classmethod
    def _make(cls, bind):
        self = cls.__new__(cls)
        self._setup(bind)
        return self

    @classmethod
    def from_engine(cls, bind):
        """Inspector of an Engine or Connection (legacy)."""
        return cls._make(bind)

    @contextlib.contextmanager
    def _operation_context(self):
        if self._context is not None:
            yield self._context
        elif self._is_engine:
            with self.bind.connect() as connection:
                yield connection
        else:
            yield self.bind

    @contextlib.contextmanager
    def _inspection_context(self):
        """One connection for several questions."""
        with self._operation_context() as connection:
            sub = self._make(self.bind)
            sub.info_cache = self.info_cache
            sub._complete = self._complete
            sub._context = connection
            yield sub

    def clear_cache(self):
        """Forget what was read."""
        self.info_cache.clear()
        self._complete.clear()

    # -- names ------------------------------------------------------------
    @property
    def default_schema_name(self):
        """The schema used when none is named."""
        found = self.dialect.default_schema_name
        if found is None:
            with self._operation_context() as connection:
                found = self._reflector.default_schema(connection)
        return found

    def _remember(self, key, fn):
        if key not in self.info_cache:
            with self._operation_context() as connection:
                self.info_cache[key] = fn(connection)
        return list(self.info_cache[key])

    def get_schema_names(self, **kw):
        return self._remember(("schemas",), self._reflector.schema_names)

    def get_table_names(self, schema=None, order_by=None, **kw):
        names = self._remember(("tables", schema), lambda c: self._reflector.names(c, schema))
        if order_by == "foreign_key":
            return [n for n, _ in self.get_sorted_table_and_fkc_names(schema) if n is not None]
        return names

    def get_temp_table_names(self, **kw):
        return self._remember(("temp_tables",), lambda c: self._reflector.names(c, None, temporary=True))

    def get_view_names(self, schema=None, **kw):
        return self._remember(("views", schema), lambda c: self._reflector.names(c, schema, view=True))

    def get_temp_view_names(self, **kw):
        return self._remember(("temp_views",), lambda c: self._reflector.names(c, None, view=True, temporary=True))

    def get_materialized_view_names(self, schema=None, **kw):
        return self._remember(("mviews", schema), lambda c: self._reflector.materialized_view_names(c, schema))

    def get_sequence_names(self, schema=None, **kw):
        return self._remember(("sequences", schema), lambda c: self._reflector.sequence_names(c, schema))

    def has_table(self, table_name, schema=None, **kw):
        with self._operation_context() as connection:
            return self._reflector.has_table(connection, table_name, schema)

    def has_multi_table(self, table_names, schema=None, **kw):
        return {name: self.has_table(name, schema) for name in table_names}

    def has_sequence(self, sequence_name, schema=None, **kw):
        return sequence_name in self.get_sequence_names(schema)

    def has_schema(self, schema_name, **kw):
        return schema_name in self.get_schema_names()

    def has_index(self, table_name, index_name, schema=None, **kw):
        try:
            facts = self._facts(table_name, schema)
        except exc.NoSuchTableError:
            return False
        return any(i["name"] == index_name for i in facts["indexes"])

    # -- one table --------------------------------------------------------
    def _facts(self, table_name, schema=None):
        key = ("table", schema, str(table_name))
        facts = self.info_cache.get(key)
        if facts is None:
            if schema in self._complete:
                facts = self._bulk_fallback(schema, str(table_name))
            else:
                with self._operation_context() as connection:
                    found = self._reflector.load(connection, schema, table_name)
                facts = next(iter(found.values()), None)
            if facts is None:
                raise exc.NoSuchTableError(table_name)
            self.info_cache[key] = facts
        return facts

    def _bulk_fallback(self, schema, name):
        with self._operation_context() as connection:
            found = self._reflector.load(connection, schema, name)
        return next(iter(found.values()), None)

    def _load_all(self, schema=None):
        """Read a whole schema with a few queries."""
        if schema in self._complete:
            return
        with self._operation_context() as connection:
            found = self._reflector.load(connection, schema)
        for name, facts in found.items():
            self.info_cache.setdefault(("table", schema, name), facts)
        self._complete.add(schema)

    def get_columns(self, table_name, schema=None, **kw):
        return [dict(c) for c in self._facts(table_name, schema)["columns"]]

    def get_pk_constraint(self, table_name, schema=None, **kw):
        return dict(self._facts(table_name, schema)["pk"])

    def get_primary_keys(self, table_name, schema=None, **kw):
        """Names of the primary key's columns (legacy)."""
        return self.get_pk_constraint(table_name, schema)["constrained_columns"]

    def get_foreign_keys(self, table_name, schema=None, **kw):
        return [dict(f) for f in self._facts(table_name, schema)["foreign_keys"]]

    def get_indexes(self, table_name, schema=None, **kw):
        return self._reflector.indexes(self._facts(table_name, schema))

    def get_unique_constraints(self, table_name, schema=None, **kw):
        return [dict(u) for u in self._facts(table_name, schema)["uniques"]]

    def get_check_constraints(self, table_name, schema=None, **kw):
        return [dict(c) for c in self._facts(table_name, schema)["checks"]]

    def get_table_options(self, table_name, schema=None, **kw):
        return dict(self._facts(table_name, schema)["options"])

    def get_table_comment(self, table_name, schema=None, **kw):
        with self._operation_context() as connection:
            return self._reflector.comment(connection, table_name, schema)

    def get_view_definition(self, view_name, schema=None, **kw):
        facts = self._facts(view_name, schema)
        if not facts["is_view"]:
            raise exc.NoSuchTableError(f"{schema}.{view_name}" if schema else view_name)
        return facts["definition"]

    # -- many tables ------------------------------------------------------
    def _names_of(self, schema, filter_names, kind, scope):
        names = []
        if ObjectScope.DEFAULT in scope:
            if ObjectKind.TABLE in kind:
                names += self.get_table_names(schema)
            if ObjectKind.VIEW in kind:
                names += self.get_view_names(schema)
        if ObjectScope.TEMPORARY in scope and schema is None:
            if ObjectKind.TABLE in kind:
                names += self.get_temp_table_names()
            if ObjectKind.VIEW in kind:
                names += self.get_temp_view_names()
        if filter_names is not None:
            wanted = set(filter_names)
            names = [n for n in names if n in wanted]
        return names

    def _multi(self, getter, schema, filter_names, kind, scope):
        with self._inspection_context() as insp:
            names = insp._names_of(schema, filter_names, kind, scope)
            if filter_names is None or len(names) > 3:
                insp._load_all(schema)
            return {(schema, name): getattr(insp, getter)(name, schema) for name in names}

    def get_multi_columns(self, schema=None, filter_names=None, kind=ObjectKind.TABLE, scope=ObjectScope.DEFAULT, **kw):
        return self._multi("get_columns", schema, filter_names, kind, scope)

    def get_multi_pk_constraint(self, schema=None, filter_names=None, kind=ObjectKind.TABLE, scope=ObjectScope.DEFAULT, **kw):
        return self._multi("get_pk_constraint", schema, filter_names, kind, scope)

    def get_multi_foreign_keys(self, schema=None, filter_names=None, kind=ObjectKind.TABLE, scope=ObjectScope.DEFAULT, **kw):
        return self._multi("get_foreign_keys", schema, filter_names, kind, scope)

    def get_multi_indexes(self, schema=None, filter_names=None, kind=ObjectKind.TABLE, scope=ObjectScope.DEFAULT, **kw):
        return self._multi("get_indexes", schema, filter_names, kind, scope)

    def get_multi_unique_constraints(
        self, schema=None, filter_names=None, kind=ObjectKind.TABLE, scope=ObjectScope.DEFAULT, **kw
    ):
        return self._multi("get_unique_constraints", schema, filter_names, kind, scope)

    def get_multi_check_constraints(self, schema=None, filter_names=None, kind=ObjectKind.TABLE, scope=ObjectScope.DEFAULT, **kw):
        return self._multi("get_check_constraints", schema, filter_names, kind, scope)

    def get_multi_table_options(self, schema=None, filter_names=None, kind=ObjectKind.TABLE, scope=ObjectScope.DEFAULT, **kw):
        return self._multi("get_table_options", schema, filter_names, kind, scope)

    def get_multi_table_comment(self, schema=None, filter_names=None, kind=ObjectKind.TABLE, scope=ObjectScope.DEFAULT, **kw):
        return self._multi("get_table_comment", schema, filter_names, kind, scope)

    def get_sorted_table_and_fkc_names(self, schema=None, **kw):
        """``[(table, {(table, fk name) …}) …, (None, [left over])]`` in the order of dependencies."""
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
        """Fill a Table with what the database has."""
        from .reflect_table import reflect_table

        reflect_table(self, table, include_columns, exclude_columns, resolve_fks, _extend_on)

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
        if len(wanted) > 3:
            insp._load_all(schema)
        for name in wanted:
            try:
                Table(name, metadata, **options)
            except exc.UnreflectableTableError as err:
                util.warn(f"Skipping table {name}: {err}")


inspection._registrars[Inspector] = True


def inspector_of(bind):
    """What ``inspect(engine)`` and ``inspect(connection)`` give."""
    return Inspector._make(bind)


__all__ = ["Inspector", "ObjectKind", "ObjectScope", "ReflectionDefaults"]
