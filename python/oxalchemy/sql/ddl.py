"""DDL elements, and the walk that creates or drops what a MetaData holds."""

import enum

from .. import _rs, exc, util


class CheckFirst(enum.Flag):
    """What to look for before creating or dropping."""

    NONE = 0
    TABLES = enum.auto()
    VIEWS = enum.auto()
    INDEXES = enum.auto()
    SEQUENCES = enum.auto()
    TYPES = enum.auto()
    ALL = TABLES | VIEWS | INDEXES | SEQUENCES | TYPES

    @classmethod
    def _missing_(cls, value):
        if isinstance(value, bool):
            return cls.ALL if value else cls.NONE
        return super()._missing_(value)


def _check_first(value):
    if isinstance(value, CheckFirst):
        return value
    return CheckFirst.ALL if value else CheckFirst.NONE


def _bind_or_error(item, bind):
    """``bind``, or that of the MetaData (legacy)."""
    if bind is not None:
        return bind
    bind = getattr(item, "bind", None)
    if bind is None:
        name = item.__class__.__name__
        label = getattr(item, "fullname", getattr(item, "name", None))
        what = f"{name} object {label!r}" if label else f"{name} object"
        raise exc.UnboundExecutionError(
            f"{what} is not bound to an Engine or Connection.  Execution can not proceed without a database to execute against."
        )
    return bind


def run_ddl(bind, visitor, element, **kw):
    """Run a visitor over ``element`` on an Engine (in a transaction of its own), a Connection or a mock."""
    from ..engine import Engine

    if isinstance(bind, Engine):
        with bind.begin() as connection:
            visitor(connection.dialect, connection, **kw).traverse_single(element)
    else:
        from ..engine.mock import MockConnection

        if isinstance(bind, MockConnection):
            # There is nothing to look at.
            kw["checkfirst"] = CheckFirst.NONE
        visitor(bind.dialect, bind, **kw).traverse_single(element)


class DDLIf:
    """Condition of ``ddl_if()`` and ``execute_if()``."""

    __slots__ = ("dialect", "callable_", "state")

    def __init__(self, dialect=None, callable_=None, state=None):
        self.dialect = dialect
        self.callable_ = callable_
        self.state = state

    def _should_execute(self, ddl, target, bind, compiler=None, dialect=None, **kw):
        dialect = dialect or (bind.dialect if bind is not None else compiler.dialect if compiler is not None else None)
        if isinstance(self.dialect, str):
            if self.dialect != dialect.name:
                return False
        elif isinstance(self.dialect, (tuple, list, set)):
            if dialect.name not in self.dialect:
                return False
        if self.callable_ is not None and not self.callable_(
            ddl, target, bind, state=self.state, dialect=dialect, compiler=compiler, **kw
        ):
            return False
        return True


class BaseDDLElement(_rs.DDLElement):
    """Base of DDL elements."""

    _hierarchy_supports_caching = False
    is_ddl = True


class ExecutableDDLElement(BaseDDLElement):
    """A DDL element that can be executed alone, or by an event."""

    _ddl_if = None
    target = None
    element = None
    _bind = None

    @property
    def bind(self):
        return self._bind

    def execute(self, bind=None, target=None):
        """Execute if the condition allows (legacy)."""
        if bind is None:
            bind = _bind_or_error(self, self._bind)
        if self._should_execute(target, bind):
            return bind.execute(self.against(target))
        bind.engine.logger.info("DDL execution skipped, criteria not met.")
        return None

    def execute_at(self, event_name, target):
        """Run on a 0.5 event: ``after-create`` and the like."""
        from .. import event

        def call_event(target, connection, **kw):
            if self._should_execute(target, connection, **kw):
                return connection.execute(self.against(target))
            return None

        event.listen(target, event_name.replace("-", "_"), call_event)

    def execute_if(self, dialect=None, callable_=None, state=None):
        """The condition under which the element runs as an event listener."""
        self._ddl_if = DDLIf(dialect, callable_, state)
        return self

    def against(self, target):
        """A copy for a target."""
        new = self.__class__.__new__(self.__class__)
        new.__dict__.update(self.__dict__)
        new.target = target
        return new

    def _should_execute(self, target, bind, **kw):
        if self._ddl_if is None:
            return True
        return self._ddl_if._should_execute(self, target, bind, **kw)

    def __call__(self, target, bind, **kw):
        """As an event listener."""
        self._invoke_with(bind) if target is None else bind.execute(self.against(target)) if self._should_execute(
            target, bind, **kw
        ) else None

    def _invoke_with(self, bind):
        if self._should_execute(self.target, bind):
            return bind.execute(self)


DDLElement = ExecutableDDLElement


class DDL(ExecutableDDLElement):
    """Literal DDL text with ``%(table)s``, ``%(schema)s``, ``%(fullname)s`` and the context's keys."""

    __visit_name__ = "ddl"

    def __init__(self, statement, on=None, context=None, bind=None):
        if not isinstance(statement, str):
            raise exc.ArgumentError(f"Expected a string or unicode SQL statement, got {statement!r}")
        if on is not None and not isinstance(on, (str, tuple, list)) and not callable(on):
            if isinstance(on, dict):
                context, on = on, None
            else:
                raise exc.ArgumentError(
                    f"Expected the name of a database dialect, a tuple of names, or a callable for 'on' criteria, got type "
                    f"'{type(on).__name__}'."
                )
        elif isinstance(on, str) and isinstance(context, type(None)):
            pass
        self.statement = statement
        self.context = context or {}
        self.on = on
        if on is not None:
            if callable(on):
                self._ddl_if = DDLIf(None, lambda ddl, target, bind, **kw: on(ddl, target, bind), None)
            else:
                self._ddl_if = DDLIf(on)
        self._bind = bind

    def __repr__(self):
        extra = "".join(f", {k}={getattr(self, k)!r}" for k in ("on", "context") if getattr(self, k, None))
        return f"<{type(self).__name__}@{id(self)}; {self.statement!r}{extra}>"


class _CreateDropBase(ExecutableDDLElement):
    def __init__(self, element):
        self.element = self.target = element
        self._ddl_if = getattr(element, "_ddl_if", None)

    @property
    def stringify_dialect(self):
        return getattr(self.element, "create_drop_stringify_dialect", "default")

    def _create_rule_disable(self, compiler):
        return False


class _CreateBase(_CreateDropBase):
    def __init__(self, element, if_not_exists=False):
        super().__init__(element)
        self.if_not_exists = if_not_exists


class _DropBase(_CreateDropBase):
    def __init__(self, element, if_exists=False):
        super().__init__(element)
        self.if_exists = if_exists


class TableCreateDDL(_CreateBase):
    pass


class TableDropDDL(_DropBase):
    pass


class CreateSchema(_CreateBase):
    """CREATE SCHEMA."""

    __visit_name__ = "create_schema"
    stringify_dialect = "default"

    def __init__(self, name, if_not_exists=False):
        super().__init__(element=name, if_not_exists=if_not_exists)


class DropSchema(_DropBase):
    """DROP SCHEMA."""

    __visit_name__ = "drop_schema"
    stringify_dialect = "default"

    def __init__(self, name, cascade=False, if_exists=False):
        super().__init__(element=name, if_exists=if_exists)
        self.cascade = cascade


class CreateTable(TableCreateDDL):
    """CREATE TABLE."""

    __visit_name__ = "create_table"

    def __init__(self, element, include_foreign_key_constraints=None, if_not_exists=False):
        super().__init__(element, if_not_exists=if_not_exists)
        self.columns = [CreateColumn(column) for column in element.columns]
        self.include_foreign_key_constraints = include_foreign_key_constraints


class DropTable(TableDropDDL):
    """DROP TABLE."""

    __visit_name__ = "drop_table"


class CreateColumn(BaseDDLElement):
    """A column as rendered in CREATE TABLE."""

    __visit_name__ = "create_column"

    def __init__(self, element):
        self.element = element


class CreateIndex(_CreateBase):
    """CREATE INDEX."""

    __visit_name__ = "create_index"


class DropIndex(_DropBase):
    """DROP INDEX."""

    __visit_name__ = "drop_index"


class CreateSequence(_CreateBase):
    """CREATE SEQUENCE."""

    __visit_name__ = "create_sequence"


class DropSequence(_DropBase):
    """DROP SEQUENCE."""

    __visit_name__ = "drop_sequence"


class CreateConstraint(BaseDDLElement):
    def __init__(self, element):
        self.element = element


class AddConstraint(_CreateBase):
    """ALTER TABLE … ADD CONSTRAINT."""

    __visit_name__ = "add_constraint"

    def __init__(self, element, *, isolate_from_table=True):
        super().__init__(element)
        if isolate_from_table:
            element._create_rule = self._create_rule_disable


class DropConstraint(_DropBase):
    """ALTER TABLE … DROP CONSTRAINT."""

    __visit_name__ = "drop_constraint"

    def __init__(self, element, *, cascade=False, if_exists=False, isolate_from_table=True, **kw):
        self.cascade = cascade
        super().__init__(element, if_exists=if_exists, **kw)
        if isolate_from_table:
            element._create_rule = self._create_rule_disable


class SetTableComment(_CreateDropBase):
    """COMMENT ON TABLE … IS."""

    __visit_name__ = "set_table_comment"


class DropTableComment(_CreateDropBase):
    """COMMENT ON TABLE … IS NULL."""

    __visit_name__ = "drop_table_comment"


class SetColumnComment(_CreateDropBase):
    """COMMENT ON COLUMN … IS."""

    __visit_name__ = "set_column_comment"


class DropColumnComment(_CreateDropBase):
    """COMMENT ON COLUMN … IS NULL."""

    __visit_name__ = "drop_column_comment"


class SetConstraintComment(_CreateDropBase):
    """COMMENT ON CONSTRAINT … IS."""

    __visit_name__ = "set_constraint_comment"


class DropConstraintComment(_CreateDropBase):
    """COMMENT ON CONSTRAINT … IS NULL."""

    __visit_name__ = "drop_constraint_comment"


def _selectable_table(selectable, name, metadata, schema, is_view):
    """A Table that describes the result of a query."""
    from .schema import Column, MetaData, Table

    cols = [Column(c.name if c.name is not None else str(c.key), c.type, key=c.key) for c in selectable.selected_columns]
    table = Table(name, metadata if metadata is not None else MetaData(), *cols, schema=schema)
    if is_view:
        table.is_view = True
        table._set_is_view(True)
    return table


class CreateTableAs(TableCreateDDL):
    """CREATE TABLE … AS SELECT."""

    __visit_name__ = "create_table_as"

    def __init__(self, selectable, table_name, *, metadata=None, schema=None, temporary=False, if_not_exists=False):
        self.selectable = selectable
        self.temporary = bool(temporary)
        self.table_name = table_name
        self.schema = schema
        self.metadata = metadata
        self.table = _selectable_table(selectable, table_name, metadata, schema, False)
        self.table._creator_ddl = self
        super().__init__(self.table, if_not_exists=if_not_exists)


class CreateView(TableCreateDDL):
    """CREATE VIEW."""

    __visit_name__ = "create_view"

    def __init__(
        self,
        selectable,
        view_name,
        *,
        metadata=None,
        schema=None,
        temporary=False,
        or_replace=False,
        materialized=False,
        **dialect_kw,
    ):
        self.selectable = selectable
        self.view_name = view_name
        self.schema = schema
        self.metadata = metadata
        self.temporary = bool(temporary)
        self.or_replace = bool(or_replace)
        self.materialized = bool(materialized)
        self.dialect_kw = dialect_kw
        self.table = _selectable_table(selectable, view_name, metadata, schema, True)
        self.table._creator_ddl = self
        self.table._dropper_ddl = DropView(self.table, materialized=materialized)
        super().__init__(self.table, if_not_exists=bool(dialect_kw.get("sqlite_if_not_exists", False)))


class DropView(TableDropDDL):
    """DROP VIEW."""

    __visit_name__ = "drop_view"

    def __init__(self, element, *, if_exists=False, materialized=False):
        super().__init__(element, if_exists=if_exists)
        self.materialized = materialized


def _append_ddl_listener(target, event_name, listener):
    """0.5: ``listener(event, target, bind, **kw)`` on ``'before-create'`` and the like."""
    from .. import event

    known = ("before-create", "after-create", "before-drop", "after-drop")
    if event_name not in known:
        raise LookupError(event_name)

    def adapt(target, connection, **kw):
        return listener(event_name, target, connection, **kw)

    event.listen(target, event_name.replace("-", "_"), adapt)


class InvokeDDLBase:
    """Walks a construct and issues DDL on a connection."""

    def __init__(self, connection, **kw):
        self.connection = connection

    def traverse_single(self, obj, **kw):
        meth = getattr(self, f"visit_{obj.__visit_name__}", None)
        if meth is not None:
            return meth(obj, **kw)
        return None

    def _execute(self, ddl):
        if ddl._should_execute(ddl.target, self.connection):
            self.connection.execute(ddl)

    def _inspect(self):
        from ..inspection import inspect

        return inspect(self.connection)


class InvokeCreateDDLBase(InvokeDDLBase):
    def _with_events(self, target, run, **kw):
        target.dispatch.before_create(target, self.connection, _ddl_runner=self, **kw)
        run()
        target.dispatch.after_create(target, self.connection, _ddl_runner=self, **kw)


class InvokeDropDDLBase(InvokeDDLBase):
    def _with_events(self, target, run, **kw):
        target.dispatch.before_drop(target, self.connection, _ddl_runner=self, **kw)
        run()
        target.dispatch.after_drop(target, self.connection, _ddl_runner=self, **kw)


class SchemaGenerator(InvokeCreateDDLBase):
    """Creates what a MetaData, Table, Index or Sequence describes."""

    def __init__(self, dialect, connection, checkfirst=CheckFirst.NONE, tables=None, **kw):
        super().__init__(connection)
        self.checkfirst = _check_first(checkfirst)
        self.tables = tables
        self.dialect = dialect

    def _can_create_table(self, table):
        if table.is_view:
            if not self.checkfirst & CheckFirst.VIEWS:
                return True
        elif not self.checkfirst & CheckFirst.TABLES:
            return True
        self.dialect.validate_identifier(table.name) if hasattr(self.dialect, "validate_identifier") else None
        return not self._inspect().has_table(table.name, schema=_schema(self.connection, table))

    def _can_create_index(self, index):
        if not self.checkfirst & CheckFirst.INDEXES:
            return True
        return not self._inspect().has_index(index.table.name, index.name, schema=_schema(self.connection, index.table))

    def _can_create_sequence(self, sequence):
        return self.dialect.supports_sequences and (
            (not self.dialect.sequences_optional or not sequence.optional)
            and (
                not self.checkfirst & CheckFirst.SEQUENCES
                or not self._inspect().has_sequence(sequence.name, schema=sequence.schema)
            )
        )

    def visit_metadata(self, metadata):
        tables = list(self.tables) if self.tables is not None else list(metadata.tables.values())
        collection = sort_tables_and_constraints([t for t in tables if self._can_create_table(t)])
        seq_coll = [s for s in metadata._sequences.values() if s.column is None and self._can_create_sequence(s)]
        event_collection = [t for (t, fks) in collection if t is not None]

        def run():
            for seq in seq_coll:
                self.traverse_single(seq, create_ok=True)
            for table, fkcs in collection:
                if table is not None:
                    self.visit_table(table, create_ok=True, include_foreign_key_constraints=fkcs, _is_metadata_operation=True)
                else:
                    for fkc in fkcs:
                        self.visit_foreign_key_constraint(fkc)

        self._with_events(metadata, run, tables=event_collection, checkfirst=self.checkfirst)

    def visit_table(self, table, create_ok=False, include_foreign_key_constraints=None, _is_metadata_operation=False):
        if not create_ok and not self._can_create_table(table):
            return

        def run():
            for column in table.columns:
                if column.default is not None and column.default.is_sequence:
                    self.visit_sequence(column.default)
            if not self.dialect.supports_alter:
                include = None
            else:
                include = include_foreign_key_constraints
            if table._creator_ddl is not None:
                self._execute(table._creator_ddl)
            else:
                self._execute(CreateTable(table, include_foreign_key_constraints=include))
            for index in sorted(table.indexes, key=lambda i: i._creation_order):
                self.visit_index(index, create_ok=True)
            if self.dialect.supports_comments and not self.dialect.inline_comments:
                if table.comment is not None:
                    self._execute(SetTableComment(table))
                for column in table.columns:
                    if column.comment is not None:
                        self._execute(SetColumnComment(column))
                if self.dialect.supports_constraint_comments:
                    for constraint in table.constraints:
                        if constraint.comment is not None:
                            self._execute(SetConstraintComment(constraint))

        self._with_events(table, run, checkfirst=self.checkfirst, _is_metadata_operation=_is_metadata_operation)

    def visit_foreign_key_constraint(self, constraint):
        if self.dialect.supports_alter:
            self._execute(AddConstraint(constraint))

    def visit_sequence(self, sequence, create_ok=False):
        if not create_ok and not self._can_create_sequence(sequence):
            return
        self._with_events(sequence, lambda: self._execute(CreateSequence(sequence)), checkfirst=self.checkfirst)

    def visit_index(self, index, create_ok=False):
        if not create_ok and not self._can_create_index(index):
            return
        self._with_events(index, lambda: self._execute(CreateIndex(index)), checkfirst=self.checkfirst)


class SchemaDropper(InvokeDropDDLBase):
    """Drops what a MetaData, Table, Index or Sequence describes."""

    def __init__(self, dialect, connection, checkfirst=CheckFirst.NONE, tables=None, **kw):
        super().__init__(connection)
        self.checkfirst = _check_first(checkfirst)
        self.tables = tables
        self.dialect = dialect

    def visit_metadata(self, metadata):
        tables = list(self.tables) if self.tables is not None else list(metadata.tables.values())
        try:
            unsorted = [t for t in tables if self._can_drop_table(t)]
            collection = list(
                reversed(
                    sort_tables_and_constraints(
                        unsorted,
                        filter_fn=lambda constraint: (
                            False if not self.dialect.supports_alter or constraint.name is None else None
                        ),
                    )
                )
            )
        except exc.CircularDependencyError as err2:
            if not self.dialect.supports_alter:
                names = ", ".join(sorted(t.fullname for t in unsorted))
                util.warn(
                    f"Can't sort tables for DROP; an unresolvable foreign key dependency exists between tables: {names}; and "
                    "backend does not support ALTER.  To restore at least a partial sort, apply use_alter=True to ForeignKey "
                    "and ForeignKeyConstraint objects involved in the cycle to mark these as known cycles that will be "
                    "ignored."
                )
                collection = [(t, ()) for t in unsorted]
            else:
                tables_text = ", ".join(sorted(t.fullname for t in unsorted))
                raise exc.CircularDependencyError(
                    f"Can't sort tables for DROP; an unresolvable foreign key dependency exists between tables: "
                    f"{tables_text}.  Please ensure that the ForeignKey and ForeignKeyConstraint objects involved in the cycle "
                    "have names so that they can be dropped using DROP CONSTRAINT.",
                    err2.cycles,
                    err2.edges,
                ) from err2
        seq_coll = [s for s in metadata._sequences.values() if self._can_drop_sequence(s)]
        event_collection = [t for (t, fks) in collection if t is not None]

        def run():
            for table, fkcs in collection:
                if table is not None:
                    self.visit_table(table, drop_ok=True, _is_metadata_operation=True, _ignore_sequences=seq_coll)
                else:
                    for fkc in fkcs:
                        self.visit_foreign_key_constraint(fkc)
            for seq in seq_coll:
                self.visit_sequence(seq, drop_ok=seq.column is None)

        self._with_events(metadata, run, tables=event_collection, checkfirst=self.checkfirst)

    def _can_drop_table(self, table):
        if table.is_view:
            if not self.checkfirst & CheckFirst.VIEWS:
                return True
        elif not self.checkfirst & CheckFirst.TABLES:
            return True
        return self._inspect().has_table(table.name, schema=_schema(self.connection, table))

    def _can_drop_index(self, index):
        if not self.checkfirst & CheckFirst.INDEXES:
            return True
        return self._inspect().has_index(index.table.name, index.name, schema=_schema(self.connection, index.table))

    def _can_drop_sequence(self, sequence):
        return self.dialect.supports_sequences and (
            (not self.dialect.sequences_optional or not sequence.optional)
            and (
                not self.checkfirst & CheckFirst.SEQUENCES or self._inspect().has_sequence(sequence.name, schema=sequence.schema)
            )
        )

    def visit_index(self, index, drop_ok=False):
        if not drop_ok and not self._can_drop_index(index):
            return
        self._with_events(index, lambda: self._execute(DropIndex(index)), checkfirst=self.checkfirst)

    def visit_table(self, table, drop_ok=False, _is_metadata_operation=False, _ignore_sequences=()):
        if not drop_ok and not self._can_drop_table(table):
            return

        def run():
            if table._dropper_ddl is not None:
                self._execute(table._dropper_ddl)
            else:
                self._execute(DropTable(table))
            for column in table.columns:
                if column.default is not None and column.default.is_sequence and column.default not in _ignore_sequences:
                    self.visit_sequence(column.default)

        self._with_events(table, run, checkfirst=self.checkfirst, _is_metadata_operation=_is_metadata_operation)

    def visit_foreign_key_constraint(self, constraint):
        if self.dialect.supports_alter:
            self._execute(DropConstraint(constraint))

    def visit_sequence(self, sequence, drop_ok=False):
        if not drop_ok and not self._can_drop_sequence(sequence):
            return
        self._with_events(sequence, lambda: self._execute(DropSequence(sequence)), checkfirst=self.checkfirst)


def _schema(connection, item):
    translate = (
        connection.get_execution_options().get("schema_translate_map") if hasattr(connection, "get_execution_options") else None
    )
    if translate and item.schema in translate:
        return translate[item.schema]
    return item.schema


def sort_tables(tables, skip_fn=None, extra_dependencies=None):
    """Tables in the order of their dependencies; cycles are cut with a warning."""
    if skip_fn is not None:

        def filter_fn(fkc):
            for fk in fkc.elements:
                if skip_fn(fk):
                    return True
            return None

    else:
        filter_fn = None
    groups, cycle = _rs.sort_tables(list(tables), filter_fn, list(extra_dependencies) if extra_dependencies else None)
    if cycle:
        names = ", ".join(sorted(t.fullname for t in cycle))
        util.warn(
            f'Cannot correctly sort tables; there are unresolvable cycles between tables "{names}", which is usually caused by '
            "mutually dependent foreign key constraints.  Foreign key constraints involving these tables will not be considered; "
            "this warning may raise an error in a future release."
        )
    return [t for t, fkcs in groups if t is not None]


def sort_tables_and_constraints(tables, filter_fn=None, extra_dependencies=None, _warn_for_cycles=False):
    """``[(table, [fkc …]) …, (None, [fkc …])]``: tables in order; last the constraints to add afterwards."""
    groups, cycle = _rs.sort_tables(
        sorted(tables, key=lambda t: t.key), filter_fn, list(extra_dependencies) if extra_dependencies else None
    )
    return [(t, set(fkcs) if t is not None else list(fkcs)) for t, fkcs in groups]
