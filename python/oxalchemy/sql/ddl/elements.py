"""CREATE, DROP, ALTER and COMMENT as objects; their text comes from Rust (``src/sql/ddl``)."""

from ... import _rs, event, exc
from .condition import Condition


class BaseDDLElement(_rs.DDLElement):
    """Base of DDL elements."""

    _hierarchy_supports_caching = False
    is_ddl = True
    is_select = is_insert = is_update = is_delete = is_text = is_dml = False


class ExecutableDDLElement(BaseDDLElement):
    """A DDL element that can be executed alone, or as the listener of an event."""

    _condition = None
    target = None
    element = None
    _bind = None

    @property
    def bind(self):
        """Engine given to the constructor (legacy)."""
        return self._bind

    def execute(self, bind=None, target=None):
        """Execute if the condition allows (legacy)."""
        from .run import bind_of

        bind = bind_of(self, bind)
        if self._applies(target, bind):
            return bind.execute(self.against(target))
        bind.engine.logger.info("DDL execution skipped, criteria not met.")
        return None

    def execute_at(self, event_name, target):
        """Run on a 0.5 event of ``target``: ``after-create`` and the like."""
        event.listen(target, event_name.replace("-", "_"), self)

    def execute_if(self, dialect=None, callable_=None, state=None):
        """Run as a listener only where the condition holds.

        :param dialect: name of a dialect, or several. :param callable_: ``callable_(ddl, target, bind, **kw)``, with ``tables``,
            ``checkfirst``, ``dialect``, ``compiler`` and ``state`` in ``kw``. :param state: handed to it.
        """
        self._condition = Condition(dialect, callable_, state)
        return self

    def against(self, target):
        """A copy for a target."""
        twin = self.__class__.__new__(self.__class__)
        twin.__dict__.update(self.__dict__)
        twin.target = target
        return twin

    def _applies(self, target, bind, **kw):
        return self._condition is None or self._condition.holds(self, target, bind, **kw)

    def __call__(self, target, bind, **kw):
        """As the listener of an event."""
        if target is None:
            target = self.target
        return bind.execute(self.against(target)) if self._applies(target, bind, **kw) else None


DDLElement = ExecutableDDLElement


class DDL(ExecutableDDLElement):
    """Literal DDL text.

    :param statement: text with ``%(table)s``, ``%(schema)s``, ``%(fullname)s`` and the keys of ``context``; ``%%`` is ``%``.
    :param on: dialect, several, or ``fn(ddl, event, target, bind)`` (0.5). :param context: further values.
    :param bind: Engine to execute on (legacy).
    """

    __visit_name__ = "ddl"

    def __init__(self, statement, on=None, context=None, bind=None):
        if not isinstance(statement, str):
            raise exc.ArgumentError(f"Expected a string or unicode SQL statement, got {statement!r}")
        if isinstance(on, dict):
            # 2.x: DDL(statement, context)
            on, context = None, on
        if callable(on):
            self._condition = Condition(callable_=lambda ddl, target, bind, **kw: on(ddl, target, bind))
        elif isinstance(on, (str, tuple, list)):
            self._condition = Condition(on)
        elif on is not None:
            raise exc.ArgumentError(
                "Expected the name of a database dialect, a tuple of names, or a callable for 'on' criteria, got type "
                f"'{type(on).__name__}'."
            )
        self.statement, self.on, self.context, self._bind = statement, on, context or {}, bind

    def __repr__(self):
        given = [f", {k}={getattr(self, k)!r}" for k in ("on", "context") if getattr(self, k)]
        return f"<{type(self).__name__}@{id(self)}; {self.statement!r}{''.join(given)}>"


class _About(ExecutableDDLElement):
    """An element about one schema object."""

    def __init__(self, element):
        self.element = self.target = element
        self._condition = getattr(element, "_condition", None)

    @property
    def stringify_dialect(self):
        return getattr(self.element, "create_drop_stringify_dialect", "default")


class _Creating(_About):
    def __init__(self, element, if_not_exists=False):
        super().__init__(element)
        self.if_not_exists = if_not_exists


class _Dropping(_About):
    def __init__(self, element, if_exists=False):
        super().__init__(element)
        self.if_exists = if_exists


class TableCreateDDL(_Creating):
    """Base of what creates a table."""


class TableDropDDL(_Dropping):
    """Base of what drops a table."""


class CreateSchema(_Creating):
    """CREATE SCHEMA."""

    __visit_name__ = "create_schema"
    stringify_dialect = "default"

    def __init__(self, name, if_not_exists=False):
        super().__init__(name, if_not_exists=if_not_exists)


class DropSchema(_Dropping):
    """DROP SCHEMA."""

    __visit_name__ = "drop_schema"
    stringify_dialect = "default"

    def __init__(self, name, cascade=False, if_exists=False):
        super().__init__(name, if_exists=if_exists)
        self.cascade = cascade


class CreateTable(TableCreateDDL):
    """CREATE TABLE.

    :param include_foreign_key_constraints: only these foreign keys inside; absent: all but those with ``use_alter``.
    """

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


class CreateConstraint(BaseDDLElement):
    """A constraint inside CREATE TABLE, as the function of ``ddl_if()`` sees it."""

    def __init__(self, element):
        self.element = element


class CreateIndex(_Creating):
    """CREATE INDEX."""

    __visit_name__ = "create_index"


class DropIndex(_Dropping):
    """DROP INDEX."""

    __visit_name__ = "drop_index"


class CreateSequence(_Creating):
    """CREATE SEQUENCE."""

    __visit_name__ = "create_sequence"


class DropSequence(_Dropping):
    """DROP SEQUENCE."""

    __visit_name__ = "drop_sequence"


def _never(compiler):
    """The rule of a constraint that CREATE TABLE leaves out, because ALTER TABLE adds it."""
    return False


class AddConstraint(_Creating):
    """ALTER TABLE … ADD CONSTRAINT. With ``isolate_from_table``, CREATE TABLE leaves the constraint out from now on."""

    __visit_name__ = "add_constraint"

    def __init__(self, element, *, isolate_from_table=True):
        super().__init__(element)
        if isolate_from_table:
            element._rule = _never


class DropConstraint(_Dropping):
    """ALTER TABLE … DROP CONSTRAINT. Arguments: :class:`AddConstraint`."""

    __visit_name__ = "drop_constraint"

    def __init__(self, element, *, cascade=False, if_exists=False, isolate_from_table=True):
        super().__init__(element, if_exists=if_exists)
        self.cascade = cascade
        if isolate_from_table:
            element._rule = _never


class SetTableComment(_About):
    """COMMENT ON TABLE … IS."""

    __visit_name__ = "set_table_comment"


class DropTableComment(_About):
    """COMMENT ON TABLE … IS NULL."""

    __visit_name__ = "drop_table_comment"


class SetColumnComment(_About):
    """COMMENT ON COLUMN … IS."""

    __visit_name__ = "set_column_comment"


class DropColumnComment(_About):
    """COMMENT ON COLUMN … IS NULL."""

    __visit_name__ = "drop_column_comment"


class SetConstraintComment(_About):
    """COMMENT ON CONSTRAINT … IS."""

    __visit_name__ = "set_constraint_comment"


class DropConstraintComment(_About):
    """COMMENT ON CONSTRAINT … IS NULL."""

    __visit_name__ = "drop_constraint_comment"


def _table_of(selectable, name, metadata, schema):
    """A Table that describes the result of a query."""
    from ..schema import Column, MetaData, Table

    columns = [Column(str(c.key) if c.name is None else c.name, c.type, key=c.key) for c in selectable.selected_columns]
    return Table(name, MetaData() if metadata is None else metadata, *columns, schema=schema)


class CreateTableAs(TableCreateDDL):
    """CREATE TABLE … AS SELECT (2.1); ``table`` describes the new table."""

    __visit_name__ = "create_table_as"

    def __init__(self, selectable, table_name, *, metadata=None, schema=None, temporary=False, if_not_exists=False):
        self.selectable, self.table_name, self.schema = selectable, table_name, schema
        self.temporary = bool(temporary)
        self.table = _table_of(selectable, table_name, metadata, schema)
        self.metadata = self.table.metadata
        self.table._creator_ddl = self
        super().__init__(self.table, if_not_exists=if_not_exists)


class CreateView(TableCreateDDL):
    """CREATE VIEW (2.1); ``table`` describes the view."""

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
        self.selectable, self.view_name, self.schema = selectable, view_name, schema
        self.temporary, self.or_replace, self.materialized = bool(temporary), bool(or_replace), bool(materialized)
        self.dialect_kw = dialect_kw
        self.table = _table_of(selectable, view_name, metadata, schema)
        self.metadata = self.table.metadata
        self.table._become_view()
        self.table._creator_ddl = self
        self.table._dropper_ddl = DropView(self.table, materialized=materialized)
        super().__init__(self.table, if_not_exists=bool(dialect_kw.get("sqlite_if_not_exists", False)))


class DropView(TableDropDDL):
    """DROP VIEW (2.1)."""

    __visit_name__ = "drop_view"

    def __init__(self, element, *, if_exists=False, materialized=False):
        super().__init__(element, if_exists=if_exists)
        self.materialized = materialized
