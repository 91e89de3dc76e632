"""Events of schema constructs."""

from .. import event
from .event_target import SchemaEventTarget


class DDLEvents(event.Events):
    """Creation and removal of tables and their parts, attachment to parents, reflection of columns."""

    _target_class_doc = "SomeSchemaClassOrObject"
    _dispatch_target = SchemaEventTarget

    def before_create(self, target, connection, **kw):
        """Before CREATE of a Table, MetaData, Sequence or named type. ``kw``: ``tables``, ``checkfirst``."""

    def after_create(self, target, connection, **kw):
        """After CREATE."""

    def before_drop(self, target, connection, **kw):
        """Before DROP."""

    def after_drop(self, target, connection, **kw):
        """After DROP."""

    def before_parent_attach(self, target, parent):
        """Before a part (Column, constraint, type …) becomes part of ``parent``."""

    def after_parent_attach(self, target, parent):
        """After it did."""

    def _sa_event_column_added_to_pk_constraint(self, const, col):
        pass

    def column_reflect(self, inspector, table, column_info):
        """For each column that reflection found, before a Column is made; ``column_info`` may be changed."""

    @classmethod
    def _listen(cls, event_key, **kw):
        target = event_key.dispatch_target
        if event_key.identifier == "column_reflect":
            from .. import exc
            from .schema import MetaData, Table

            if not isinstance(target, (Table, MetaData)) and not (
                isinstance(target, type) and issubclass(target, (Table, MetaData))
            ):
                raise exc.InvalidRequestError("Table or MetaData target is required for 'column_reflect' event.")
        super()._listen(event_key, **kw)
