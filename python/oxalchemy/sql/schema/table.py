"""``Table``."""

from ... import _rs, exc
from ..ddl.check import CheckFirst
from ..dialect_kw import DialectKWArgs, given_options
from ..selectable import TableClause
from .copying import table_in
from .items import (
    RETAIN_SCHEMA,
    HasSchemaAttr,
    SchemaItem,
    blank,
    by_number,
    join,
    table_key,
    take_options,
)


class Table(DialectKWArgs, HasSchemaAttr, SchemaItem, _rs.Table, TableClause):
    """A table of a database; one object for each key of a MetaData.

    ``Table(name, metadata, *items, **kw)``; items are Columns, constraints and indexes.

    :param schema: its schema; that of the MetaData when absent; ``BLANK_SCHEMA``: none. :param owner: the same (0.5).
    :param quote: force or forbid quoting; ``quote_schema`` the same for the schema.
    :param autoload_with: Engine, Connection or Inspector: reflect from there. :param autoload: reflect from the bind (legacy).
    :param autoload_replace: reflected columns replace those of the same key. :param include_columns: reflect only these.
    :param resolve_fks: reflect the tables referred to as well.
    :param keep_existing: an existing table stays as it is. :param extend_existing: it gets what is given here.
    :param must_exist: it must be there. :param comment: for the database. :param info: user's data.
    :param listeners: ``[(event, function)]``. :param prefixes: words behind CREATE.
    :param implicit_returning: RETURNING may be used to fetch defaults.
    :raises InvalidRequestError: when it is defined already, or is not and must be. :raises TypeError: without a MetaData.
    """

    __visit_name__ = "table"
    is_view = False

    # Attributes that were not given are the class's.
    _creator_ddl = _dropper_ddl = None

    def __new__(cls, *args, **kw):
        return _rs._table_given(cls, args, kw) if args or kw else super().__new__(cls)

    def _extend(self, items, kw):
        """More options and columns for a table that is there."""
        schema = kw.pop("schema", None)
        if schema and schema != self.schema:
            raise exc.ArgumentError(f"Can't change schema of existing table from '{self.schema}' to '{schema}'")
        if kw.pop("quote", None) is not None or kw.pop("quote_schema", None) is not None:
            raise exc.ArgumentError("Can't redefine 'quote' or 'quote_schema' arguments")
        autoload_with = kw.pop("autoload_with", None)
        autoload = kw.pop("autoload", autoload_with is not None)
        autoload_replace = kw.pop("autoload_replace", True)
        resolve_fks, extend_on = kw.pop("resolve_fks", True), kw.pop("_extend_on", None)
        include_columns = kw.pop("include_columns", None)
        if include_columns is not None:
            for c in list(self.c):
                if c.name not in include_columns:
                    self._displace(c.key)
        for attr in ("comment", "implicit_returning", "info"):
            if attr in kw:
                setattr(self, attr, kw.pop(attr))
        self._listen(kw.pop("listeners", ()))
        if "prefixes" in kw:
            self._take_prefixes(kw.pop("prefixes"))
        if autoload:
            exclude = () if autoload_replace else [c.name for c in self.c]
            self._autoload(autoload_with, include_columns, exclude, resolve_fks, extend_on)
        self._take_options(kw)
        self._adopt(items, replace_existing=True, advise=True)

    def _listen(self, listeners):
        from ... import event

        for name, fn in listeners or ():
            event.listen(self, name, fn)

    def _take_prefixes(self, prefixes):
        self._prefixes = list(prefixes or ())
        self._set_prefixes([str(p) for p in self._prefixes])

    def _take_options(self, options):
        take_options(self, options)

    def _autoload(self, bind, include, exclude, resolve_fks, extend_on):
        _rs._autoload(self, bind, include, exclude, resolve_fks, extend_on)

    # -- structure --------------------------------------------------------
    @property
    def foreign_key_constraints(self):
        """Set of ForeignKeyConstraint."""
        return {fk.constraint for fk in self.foreign_keys}

    @property
    def autoincrement_column(self):
        """The column that the database numbers, or ``None``."""
        return self._find_autoincrement()

    _autoincrement_column = autoincrement_column

    def append_column(self, column, *, replace_existing=False):
        """Add a Column.

        :raises DuplicateColumnError: when its key or name is taken and ``replace_existing`` is false.
        """
        join(column, self, replace_existing=replace_existing, advise=True)

    def insert_column(self, column, index, *, replace_existing=False):
        """Add a Column at a position (2.1). Errors: :meth:`append_column`."""
        join(column, self, replace_existing=replace_existing, advise=True, index=index)

    def append_constraint(self, constraint):
        """Add a Constraint or Index."""
        join(constraint, self)

    def add_is_dependent_on(self, table):
        """Create ``table`` before this one."""
        before = self.__dict__.setdefault("_created_after", set())
        before.add(table)
        self._set_extra_dependencies(list(before))

    def set_creator_ddl(self, ddl):
        """Create the table by this element (2.1)."""
        self._creator_ddl = ddl

    def set_dropper_ddl(self, ddl):
        """Drop the table by this element (2.1)."""
        self._dropper_ddl = ddl

    def _become_view(self):
        self.is_view = True
        self._set_is_view(True)

    def get_children(self, *, column_tables=None, schema_visitor=False, **kw):
        return list(self.c) if schema_visitor else []

    # -- DDL --------------------------------------------------------------
    @property
    def bind(self):
        """Engine of the MetaData (legacy)."""
        return self.metadata.bind

    def exists(self, bind=None):
        """Does the table exist? (legacy)"""
        from ...inspection import inspect
        from ..ddl.run import bind_of

        return inspect(bind_of(self, bind)).has_table(self.name, schema=self.schema)

    def create(self, bind=None, checkfirst=CheckFirst.TYPES):
        """Issue CREATE TABLE and what belongs to it."""
        from ..ddl.run import create

        create(self, bind, checkfirst)

    def drop(self, bind=None, checkfirst=CheckFirst.NONE):
        """Issue DROP TABLE."""
        from ..ddl.run import drop

        drop(self, bind, checkfirst)

    def append_ddl_listener(self, event_name, listener):
        """Call ``listener(event, target, bind)`` on ``before-create`` and the like (0.5)."""
        from ..ddl.run import append_ddl_listener

        append_ddl_listener(self, event_name, listener)

    def to_metadata(self, metadata, schema=RETAIN_SCHEMA, referred_schema_fn=None, name=None):
        """A copy in another MetaData.

        :param schema: of the copy; ``RETAIN_SCHEMA``: as here, ``BLANK_SCHEMA``: none, ``None``: that of ``metadata``.
        :param referred_schema_fn: ``fn(table, to_schema, constraint, referred_schema)`` gives the schema foreign keys refer to.
        :param name: of the copy.
        """
        return table_in(self, metadata, schema, referred_schema_fn, name)

    tometadata = to_metadata

    # -- pickling ---------------------------------------------------------
    def __reduce__(self):
        state = {k: v for k, v in self.__dict__.items() if k != "dispatch"}
        state["@name"] = self.name
        state["@rust"] = (self.schema, self.comment, self.implicit_returning)
        return blank, (type(self),), state

    def __setstate__(self, state):
        self.__dict__.update(state)
        self._wake(self.metadata)

    def _is_whole(self):
        """Have all parts come out of the pickle? They may refer to each other, so nobody knows who is last."""
        columns = self.__dict__["@columns"]
        parts = [*columns, *self.constraints, *self.indexes, *self.foreign_keys]
        return all(p.__dict__ for p in parts) and all(k.__dict__ for c in columns for k in (*c.foreign_keys, *c.constraints))

    def _wake(self, metadata):
        """Rebuild the Rust side after unpickling, when the MetaData is there."""
        if "@rust" not in self.__dict__ or "tables" not in metadata.__dict__ or not self._is_whole():
            return
        schema, comment, implicit_returning = self.__dict__.pop("@rust")
        columns = self.__dict__["@columns"]
        self._init(self.__dict__["@name"], schema, metadata)
        self.comment, self.implicit_returning = comment, implicit_returning
        self._set_columns(columns)
        for column in columns:
            column.table = self
            for fk in column.foreign_keys:
                fk._attach(column)
                column._add_foreign_key(fk)
            for check in column.constraints:
                check._wake()
            column._set_checks(by_number(column.constraints))
        for part in (*by_number(self.constraints), *by_number(self.indexes)):
            part._wake()
        self._set_prefixes([str(p) for p in self._prefixes])
        self._push_parts()
        if self.is_view:
            self._set_is_view(True)
        if "_created_after" in self.__dict__:
            for other in self._created_after:
                other._wake(metadata)
            self._set_extra_dependencies(list(self._created_after))
        if "dialect_options" in self.__dict__:
            self._set_dialect_options(given_options(self))
        metadata._put_table(self.key, self)

    def __str__(self):
        return table_key(self.description, self.schema)

    def __repr__(self):
        parts = [repr(str(self.name)), repr(self.metadata), *[repr(c) for c in self.columns], f"schema={self.schema!r}"]
        return f"Table({', '.join(parts)})"
