"""``Table``."""

from ... import _rs, exc, util
from ..selectable import TableClause
from ..dialect_kw import DialectKWArgs
from .base import (
    BLANK_SCHEMA,
    RETAIN_SCHEMA,
    HasSchemaAttr,
    SchemaItem,
    _get_table_key,
    dialect_options_of,
)
from .column import Column
from .constraint import PrimaryKeyConstraint, UniqueConstraint


class Table(DialectKWArgs, HasSchemaAttr, SchemaItem, _rs.Table, TableClause):
    """A table of a database; one object for each key of a MetaData."""

    __visit_name__ = "table"
    _sentinel_column = None
    _autoincrement_column_cached = None
    is_view = False

    def __new__(cls, *args, **kw):
        if not args and not kw:
            return super().__new__(cls)
        if "name" in kw or "metadata" in kw:
            args = (kw.pop("name"),) + args if "name" in kw else args
            args = (args[0], kw.pop("metadata")) + tuple(args[1:]) if "metadata" in kw else args
        try:
            name, metadata, rest = args[0], args[1], args[2:]
        except IndexError:
            raise TypeError("Table() takes at least two positional-only arguments 'name', and 'metadata'") from None
        schema = kw.get("schema")
        if "owner" in kw:
            schema = kw["schema"] = kw.pop("owner")
        if schema is None:
            schema = metadata.schema
        elif schema is BLANK_SCHEMA:
            schema = None
        keep_existing = kw.get("keep_existing", False)
        extend_existing = kw.get("extend_existing", False) or kw.get("useexisting", False)
        if keep_existing and extend_existing:
            raise exc.ArgumentError("keep_existing and extend_existing are mutually exclusive.")
        must_exist = kw.pop("must_exist", kw.pop("mustexist", False))
        kw.pop("mustexist", None)
        key = _get_table_key(name, schema)
        if key in metadata.tables:
            if not keep_existing and not extend_existing and bool(rest):
                raise exc.InvalidRequestError(
                    f"Table '{key}' is already defined for this MetaData instance.  Specify 'extend_existing=True' to redefine "
                    "options and columns on an existing Table object."
                )
            table = metadata.tables[key]
            if extend_existing:
                table._init_existing(*rest, **kw)
            return table
        if must_exist:
            raise exc.InvalidRequestError(f"Table '{key}' not defined")
        table = super().__new__(cls)
        table.dispatch.before_parent_attach(table, metadata)
        try:
            table.__init__(name, metadata, *rest, _no_init=False, **kw)
            table.dispatch.after_parent_attach(table, metadata)
            return table
        except Exception:
            with util.safe_reraise():
                metadata._remove_table(name, schema)

    def __init__(
        self,
        name,
        metadata,
        *args,
        schema=None,
        quote=None,
        quote_schema=None,
        autoload=None,
        autoload_with=None,
        autoload_replace=True,
        keep_existing=False,
        extend_existing=False,
        useexisting=False,
        owner=None,
        must_exist=False,
        mustexist=False,
        resolve_fks=True,
        include_columns=None,
        implicit_returning=True,
        comment=None,
        info=None,
        listeners=None,
        prefixes=None,
        _creator_ddl=None,
        _dropper_ddl=None,
        _extend_on=None,
        _no_init=True,
        **kwargs,
    ):
        from ..elements import quoted_name

        if _no_init:
            # Called by Python after __new__: all is done.
            return
        name = quoted_name(name, quote)
        self.metadata = metadata
        if schema is None:
            schema = metadata.schema
            if quote_schema is not None:
                schema = quoted_name.construct(schema, quote_schema)
        elif schema is BLANK_SCHEMA:
            schema = None
        else:
            schema = quoted_name.construct(schema, quote_schema)
        self._init(name, schema, metadata)
        self.indexes = set()
        self.constraints = set()
        self.__dict__["_fks"] = set()
        self._extra_dependencies = set()
        self._creator_ddl = _creator_ddl
        self._dropper_ddl = _dropper_ddl
        metadata._add_table(name, schema, self)
        PrimaryKeyConstraint(_implicit_generated=True)._set_parent_with_dispatch(self)
        self.implicit_returning = implicit_returning
        if comment is not None:
            self.comment = comment
        if info is not None:
            self.info = info
        if listeners is not None:
            from ... import event

            for evt, fn in listeners:
                event.listen(self, evt, fn)
        self._prefixes = list(prefixes) if prefixes else []
        self._set_prefixes([str(p) for p in self._prefixes])
        self._extra_kwargs(**kwargs)
        if autoload_with is None and autoload:
            from ..ddl import _bind_or_error

            autoload_with = _bind_or_error(metadata, None)
        if autoload_with is not None:
            self._autoload(metadata, autoload_with, include_columns, _extend_on=_extend_on, resolve_fks=resolve_fks)
        self._init_items(
            *args,
            allow_replacements=False,
            replace_existing=bool(extend_existing or keep_existing or useexisting or autoload_with is not None),
        )

    def _autoload(self, metadata, autoload_with, include_columns, exclude_columns=(), resolve_fks=True, _extend_on=None):
        from ...inspection import inspect

        inspect(autoload_with).reflect_table(self, include_columns, exclude_columns, resolve_fks, _extend_on=_extend_on)

    def _init_existing(self, *args, **kwargs):
        autoload_with = kwargs.pop("autoload_with", None)
        autoload = kwargs.pop("autoload", autoload_with is not None)
        autoload_replace = kwargs.pop("autoload_replace", True)
        schema = kwargs.pop("schema", None)
        _extend_on = kwargs.pop("_extend_on", None)
        for key in ("extend_existing", "keep_existing", "useexisting", "_no_init", "must_exist"):
            kwargs.pop(key, None)
        if schema and schema != self.schema:
            raise exc.ArgumentError(f"Can't change schema of existing table from '{self.schema}' to '{schema}'")
        include_columns = kwargs.pop("include_columns", None)
        if include_columns is not None:
            for c in list(self.c):
                if c.name not in include_columns:
                    self._remove_column(c.key)
        resolve_fks = kwargs.pop("resolve_fks", True)
        for key in ("quote", "quote_schema"):
            if kwargs.pop(key, None) is not None:
                raise exc.ArgumentError("Can't redefine 'quote' or 'quote_schema' arguments")
        if "comment" in kwargs:
            self.comment = kwargs.pop("comment")
        if "implicit_returning" in kwargs:
            self.implicit_returning = kwargs.pop("implicit_returning")
        if "info" in kwargs:
            self.info = kwargs.pop("info")
        kwargs.pop("listeners", None)
        if "prefixes" in kwargs:
            self._prefixes = list(kwargs.pop("prefixes") or [])
            self._set_prefixes([str(p) for p in self._prefixes])
        exclude = ()
        if autoload:
            if not autoload_replace:
                exclude = [c.name for c in self.c]
            if autoload_with is None:
                from ..ddl import _bind_or_error

                autoload_with = _bind_or_error(self.metadata, None)
            self._autoload(self.metadata, autoload_with, include_columns, exclude, resolve_fks, _extend_on=_extend_on)
        self._extra_kwargs(**kwargs)
        self._init_items(*args, allow_replacements=True, replace_existing=True)

    def _extra_kwargs(self, **kwargs):
        self._validate_dialect_kwargs(kwargs)
        if kwargs:
            self._set_dialect_options(dialect_options_of(self))

    def _init_items(self, *args, **kw):
        flat = []
        for a in args:
            if isinstance(a, (list, tuple)) and not isinstance(a, str):
                flat.extend(a)
            elif isinstance(a, type) and hasattr(a, "_sa_typed_columns"):
                flat.extend(a._sa_typed_columns())
            else:
                flat.append(a)
        for item in flat:
            if isinstance(item, Column):
                item._set_parent_with_dispatch(self, **kw)
            else:
                SchemaItem._init_items(self, item)

    # -- structure --------------------------------------------------------
    def _put_column(self, column, replaces, index):
        """Show a column in ``.c``, in the place of the one with key ``replaces`` if that is given."""
        cols = self.__dict__.setdefault("_cols", {})
        key = column.key
        if replaces is not None and replaces in cols and index is not None:
            items = list(cols.items())
            items.insert(index, (key, column))
            self.__dict__["_cols"] = {k: c for k, c in items if c is column or k not in (replaces, key)}
        elif replaces is not None and replaces in cols:
            self.__dict__["_cols"] = {
                (key if k == replaces else k): (column if k == replaces else c)
                for k, c in cols.items()
                if k == replaces or k != key
            }
        elif index is not None:
            items = list(cols.items())
            items.insert(index, (key, column))
            self.__dict__["_cols"] = {k: c for k, c in items if k != key or c is column}
        else:
            cols[key] = column
        self._columns_changed()

    def _remove_column(self, key):
        self.__dict__["_cols"].pop(key, None)
        self._columns_changed()

    def _columns_changed(self):
        self._set_columns(list(self.__dict__["_cols"].values()))

    def _columns_by_name(self):
        return {c.name: c for c in self.__dict__.get("_cols", {}).values()}

    @property
    def _columns(self):
        return self.c

    @property
    def primary_key_columns(self):
        return list(self.primary_key)

    @property
    def primary_key(self):
        return self.__dict__["_pk"]

    @primary_key.setter
    def primary_key(self, pk):
        self.__dict__["_pk"] = pk

    def _sync(self):
        """Hand constraints and indexes to Rust, in the order of their creation."""
        self._set_constraints(self._sorted_constraints, self.__dict__.get("_pk"))
        self._set_indexes(sorted(self.indexes, key=lambda i: i._creation_order))

    @property
    def _sorted_constraints(self):
        return sorted(self.constraints, key=lambda c: c._creation_order)

    @property
    def foreign_keys(self):
        """Set of ForeignKey."""
        return self.__dict__["_fks"]

    @property
    def foreign_key_constraints(self):
        """Set of ForeignKeyConstraint."""
        return {fk.constraint for fk in self.foreign_keys}

    @property
    def autoincrement_column(self):
        """The column that the database numbers, or ``None``."""
        return self._autoincrement_column

    @property
    def _autoincrement_column(self):
        return self._find_autoincrement()

    @property
    def key(self):
        """Key in ``MetaData.tables``."""
        return _get_table_key(self.name, self.schema)

    def append_column(self, column, *, replace_existing=False):
        """Add a Column."""
        try:
            column._set_parent_with_dispatch(
                self, allow_replacements=True, replace_existing=replace_existing, all_names={c.name: c for c in self.c}
            )
        except exc.DuplicateColumnError:
            raise

    def insert_column(self, column, index, *, replace_existing=False):
        """Add a Column at a position."""
        column._set_parent_with_dispatch(self, allow_replacements=True, replace_existing=replace_existing, index=index)

    def append_constraint(self, constraint):
        """Add a Constraint or Index."""
        constraint._set_parent_with_dispatch(self)

    def add_is_dependent_on(self, table):
        """Create ``table`` before this one."""
        self._extra_dependencies.add(table)
        self._set_extra_dependencies(list(self._extra_dependencies))

    def set_creator_ddl(self, ddl):
        self._creator_ddl = ddl

    def set_dropper_ddl(self, ddl):
        self._dropper_ddl = ddl

    def _reset_exported(self):
        """Columns are always as they are now; kept for callers of old."""

    def get_children(self, *, column_tables=None, schema_visitor=False, **kw):
        if schema_visitor:
            return list(self.c)
        return []

    # -- DDL --------------------------------------------------------------
    @property
    def bind(self):
        """Engine of the MetaData (legacy)."""
        return self.metadata.bind

    def exists(self, bind=None):
        """Does the table exist? (legacy)"""
        from ...inspection import inspect
        from ..ddl import _bind_or_error

        return inspect(_bind_or_error(self, bind)).has_table(self.name, schema=self.schema)

    def create(self, bind=None, checkfirst=False):
        """Issue CREATE TABLE and what belongs to it."""
        from ..ddl import SchemaGenerator, _bind_or_error, run_ddl

        run_ddl(_bind_or_error(self, bind), SchemaGenerator, self, checkfirst=checkfirst)

    def drop(self, bind=None, checkfirst=False):
        """Issue DROP TABLE."""
        from ..ddl import SchemaDropper, _bind_or_error, run_ddl

        run_ddl(_bind_or_error(self, bind), SchemaDropper, self, checkfirst=checkfirst)

    def append_ddl_listener(self, event_name, listener):
        from ..ddl import _append_ddl_listener

        _append_ddl_listener(self, event_name, listener)

    # -- copying ----------------------------------------------------------
    def to_metadata(self, metadata, schema=RETAIN_SCHEMA, referred_schema_fn=None, name=None):
        """A copy in another MetaData."""
        if name is None:
            name = self.name
        if schema is RETAIN_SCHEMA:
            actual_schema = self.schema
        elif schema is None:
            actual_schema = metadata.schema
        elif schema is BLANK_SCHEMA:
            actual_schema = None
        else:
            actual_schema = schema
        key = _get_table_key(name, actual_schema)
        if key in metadata.tables:
            util.warn(f"Table '{self.description}' already exists within the given MetaData - not copying.")
            return metadata.tables[key]
        args = [col._copy(schema=actual_schema, _to_metadata=metadata) for col in self.c]
        table = self.__class__(
            name,
            metadata,
            schema=actual_schema if actual_schema is not None else BLANK_SCHEMA,
            comment=self.comment,
            prefixes=list(self._prefixes),
            implicit_returning=self.implicit_returning,
            *args,
            **dict(self.dialect_kwargs),
        )
        for const in self._sorted_constraints:
            if const._type_bound:
                continue
            if hasattr(const, "elements") and hasattr(const, "_referred_schema"):
                referred = const._referred_schema
                if referred_schema_fn:
                    fk_schema = referred_schema_fn(self, actual_schema, const, referred)
                else:
                    fk_schema = actual_schema if referred == self.schema else None
                table.append_constraint(const._copy(schema=fk_schema, target_table=table))
            else:
                if const._column_flag and isinstance(const, UniqueConstraint):
                    continue
                copied = const._copy(schema=actual_schema, target_table=table)
                if "parent" not in copied.__dict__:
                    table.append_constraint(copied)
        for index in self.indexes:
            if index._column_flag:
                continue
            from .index import Index

            Index(
                index.name,
                unique=index.unique,
                *[_copied_index_expr(e, self, table) for e in index.expressions],
                _table=table,
                **dict(index.kwargs),
            )

        if self.is_view:
            table.is_view = True
            table._set_is_view(True)
        if self._creator_ddl is not None:
            table._creator_ddl = self._creator_ddl.against(table)
            table._creator_ddl.element = table
        if self._dropper_ddl is not None:
            table._dropper_ddl = self._dropper_ddl.against(table)
            table._dropper_ddl.element = table
        self._copy_reflect_only(table)
        return self._schema_item_copy(table)

    tometadata = to_metadata

    # -- pickling ---------------------------------------------------------
    def __reduce__(self):
        state = dict(self.__dict__)
        for gone in ("dispatch",):
            state.pop(gone, None)
        state["@rs"] = (self.name, self.schema, self.comment, self.implicit_returning)
        state["@columns"] = list(state.pop("_cols", {}).values())
        return _rebuild, (type(self),), state

    def __setstate__(self, state):
        state = dict(state)
        self.__dict__["@state"] = (state.pop("@rs"), state.pop("@columns"))
        self.__dict__.update(state)
        if "tables" in self.metadata.__dict__:
            self._restore(self.metadata)

    def _restore(self, metadata):
        """Rebuild the Rust side after unpickling."""
        pending = self.__dict__.pop("@state", None)
        if pending is None:
            return
        (name, schema, comment, implicit_returning), columns = pending
        self._init(name, schema, metadata)
        self.comment = comment
        self.implicit_returning = implicit_returning
        self.__dict__["_cols"] = {c.key: c for c in columns}
        self._columns_changed()
        for c in columns:
            c.table = self
            for fk in c.foreign_keys:
                fk._attach(c)
                c._add_foreign_key(fk)
        for const in self._sorted_constraints:
            const._restore()
        for index in self.indexes:
            index._restore()
        self._set_prefixes([str(p) for p in self._prefixes])
        self._sync()
        if "dialect_options" in self.__dict__:
            self._set_dialect_options(dialect_options_of(self))

    def __str__(self):
        return _get_table_key(self.description, self.schema)

    def __repr__(self):
        return "Table(%s)" % ", ".join(
            [repr(str(self.name))] + [repr(self.metadata)] + [repr(x) for x in self.columns] + [f"schema={self.schema!r}"]
        )


def _rebuild(cls):
    return _rs.Table.__new__(cls)


def _copied_index_expr(expr, source, target):
    from .util import copy_expression

    if isinstance(expr, str):
        return expr
    if isinstance(expr, Column) and expr.table is source:
        return target.c[expr.key]
    return copy_expression(expr, source, target)
