"""CREATE and DROP of a MetaData, a Table, an Index or a Sequence: the plan comes from Rust and is carried out here."""

from ... import _rs, event, exc
from . import elements
from .check import CheckFirst

LEGACY_EVENTS = ("before-create", "after-create", "before-drop", "after-drop")

# Step of a plan -> the element that does it.
_ELEMENTS = {
    "add_constraint": elements.AddConstraint,
    "drop_constraint": elements.DropConstraint,
    "create_index": elements.CreateIndex,
    "drop_index": elements.DropIndex,
    "create_sequence": elements.CreateSequence,
    "drop_sequence": elements.DropSequence,
    "comment_table": elements.SetTableComment,
    "comment_column": elements.SetColumnComment,
    "comment_constraint": elements.SetConstraintComment,
}
_POWERS = (
    "supports_alter",
    "supports_sequences",
    "sequences_optional",
    "supports_comments",
    "inline_comments",
    "supports_constraint_comments",
)


def bind_of(item, bind):
    """``bind``, or that of the item's MetaData (legacy).

    :raises UnboundExecutionError: when there is neither.
    """
    if bind is None:
        bind = getattr(item, "bind", None)
    if bind is None:
        label = getattr(item, "fullname", getattr(item, "name", None))
        what = f"{type(item).__name__} object" + (f" {label!r}" if label else "")
        raise exc.UnboundExecutionError(
            f"{what} is not bound to an Engine or Connection.  Execution can not proceed without a database to execute against."
        )
    return bind


def create(item, bind, checkfirst, tables=None):
    """Create ``item`` and what belongs to it on an Engine (in a transaction of its own), a Connection or a mock."""
    _on(bind_of(item, bind), SchemaGenerator, item, checkfirst, tables)


def drop(item, bind, checkfirst, tables=None):
    """Drop ``item`` and what belongs to it."""
    _on(bind_of(item, bind), SchemaDropper, item, checkfirst, tables)


def _on(bind, runner, item, checkfirst, tables):
    from ...engine import Engine
    from ...engine.mock import MockConnection

    if isinstance(bind, Engine):
        with bind.begin() as connection:
            runner(connection.dialect, connection, checkfirst, tables).run(item)
    else:
        # A mock has nothing to look at.
        look = CheckFirst.NONE if isinstance(bind, MockConnection) else checkfirst
        runner(bind.dialect, bind, look, tables).run(item)


class InvokeDDLBase:
    """Creates or drops schema objects on one connection.

    :param dialect: of the connection. :param checkfirst: a bool or :class:`CheckFirst`. :param tables: only these of a MetaData.
    """

    _verb = None

    def __init__(self, dialect, connection, checkfirst=CheckFirst.NONE, tables=None, **kw):
        self.dialect, self.connection = dialect, connection
        self.checkfirst = checkfirst if isinstance(checkfirst, CheckFirst) else CheckFirst(bool(checkfirst))
        self.tables = tables

    def run(self, item):
        """Issue all statements for ``item``, in order, with the events around them."""
        steps, tables = _rs.ddl_plan(
            self._verb == "drop",
            item,
            tuple(bool(getattr(self.dialect, power, False)) for power in _POWERS),
            tuple(
                bool(self.checkfirst & kind)
                for kind in (CheckFirst.TABLES, CheckFirst.VIEWS, CheckFirst.INDEXES, CheckFirst.SEQUENCES)
            ),
            (self._has_table, self._has_index, self._has_sequence),
            None if self.tables is None else list(self.tables),
        )
        whole = isinstance(item, _rs.MetaData)
        if whole:
            self._tell(f"before_{self._verb}", item, tables=tables, checkfirst=self.checkfirst)
        for step, part, more in steps:
            if step.startswith(("before_", "after_")):
                of_table = {"checkfirst": self.checkfirst, "_is_metadata_operation": whole}
                self._tell(step, part, **(of_table if isinstance(part, _rs.Table) else {}))
            else:
                self._execute(_element(step, part, more))
        if whole:
            self._tell(f"after_{self._verb}", item, tables=tables, checkfirst=self.checkfirst)

    traverse_single = run

    def _tell(self, name, target, **kw):
        getattr(target.dispatch, name)(target, self.connection, _ddl_runner=self, **kw)

    def _execute(self, ddl):
        if ddl._applies(ddl.target, self.connection):
            self.connection.execute(ddl)

    # -- what is there ----------------------------------------------------
    def _inspector(self):
        from ...inspection import inspect

        return inspect(self.connection)

    def _schema(self, item):
        """The schema of ``item`` after ``schema_translate_map``."""
        options = self.connection.get_execution_options() if hasattr(self.connection, "get_execution_options") else {}
        return (options.get("schema_translate_map") or {}).get(item.schema, item.schema)

    def _has_table(self, table):
        if self._verb == "create" and hasattr(self.dialect, "validate_identifier"):
            self.dialect.validate_identifier(table.name)
        return self._inspector().has_table(table.name, schema=self._schema(table))

    def _has_index(self, index):
        return self._inspector().has_index(index.table.name, index.name, schema=self._schema(index.table))

    def _has_sequence(self, sequence):
        return self._inspector().has_sequence(sequence.name, schema=self._schema(sequence))


class SchemaGenerator(InvokeDDLBase):
    """Creates what a MetaData, Table, Index or Sequence describes."""

    _verb = "create"


class SchemaDropper(InvokeDDLBase):
    """Drops what a MetaData, Table, Index or Sequence describes."""

    _verb = "drop"


def _element(step, part, more):
    """The DDL element for a step of a plan."""
    if step == "create_table":
        return part._creator_ddl or elements.CreateTable(part, include_foreign_key_constraints=more)
    if step == "drop_table":
        return part._dropper_ddl or elements.DropTable(part)
    return _ELEMENTS[step](part)


def append_ddl_listener(target, event_name, listener):
    """0.5: ``listener(event, target, bind, **kw)`` on ``'before-create'`` and the like.

    :raises LookupError: for another event.
    """
    if event_name not in LEGACY_EVENTS:
        raise LookupError(event_name)

    def adapted(target, connection, **kw):
        return listener(event_name, target, connection, **kw)

    event.listen(target, event_name.replace("-", "_"), adapted)
