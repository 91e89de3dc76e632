"""What only PostgreSQL can be asked."""

from ... import exc
from ...engine.reflection import Inspector


class PGInspector(Inspector):
    """Inspector with PostgreSQL's own questions."""

    __module__ = "oxalchemy.dialects.postgresql.base"

    def get_table_oid(self, table_name, schema=None):
        """The oid of a table or view, an int. Raises :class:`.NoSuchTableError`."""
        memory = self._memory(schema)
        with self._operation_context() as connection:
            found = memory.find(connection, [table_name])
        if not found:
            raise exc.NoSuchTableError(f"{schema}.{table_name}" if schema else str(table_name))
        return memory.relations[found[0]]["oid"]

    def get_enums(self, schema=None):
        """Enumerations: dictionaries with ``name``, ``schema``, ``visible``, ``labels``.

        :param schema: a schema; None for what the search path shows; ``"*"`` for all.
        """
        with self._operation_context() as connection:
            return self._catalog.named_types(connection, "enums", schema)

    def get_domains(self, schema=None):
        """Domains: dictionaries with ``name``, ``schema``, ``visible``, ``type``, ``nullable``, ``default``, ``constraints``,
        ``collation``, ``collation_schema``. ``schema`` as for :meth:`get_enums`."""
        with self._operation_context() as connection:
            return self._catalog.named_types(connection, "domains", schema)

    def get_foreign_table_names(self, schema=None):
        """Sorted names of the foreign tables."""
        return self._names(schema, "foreign_table")

    def has_type(self, type_name, schema=None, **kw):
        """Whether there is a type of this name. ``schema`` as for :meth:`get_enums`."""
        with self._operation_context() as connection:
            return bool(self._catalog.ask(connection, "has_type", schema, [str(type_name)]))
