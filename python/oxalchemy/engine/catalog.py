"""Reading a database's catalogue: what every dialect's reader has in common, and the memory of what was read.

A reader answers for a whole schema, or for the tables named, with a number of queries that does not depend on how many tables
there are. The questions of one answer (columns, constraints, indexes) form a *group*; :class:`SchemaMemory` keeps the groups that
were read, and makes the Inspector's answers of them (``src/py/reflect/memory.rs``).
"""

from .. import _rs, util


class CatalogReader:
    """Base of the readers. A dialect's module ``reflection`` has one under the name ``Catalog``."""

    #: Question to the group of queries that has its answer.
    groups = {}
    #: Type name of the database to class. A dialect's attribute of the same name goes first.
    ischema_names = {}
    #: Questions that the database has no answer to.
    unsupported = frozenset()
    #: Names of types that :meth:`make_type` is asked for; of all others the class in ``ischema_names`` is called.
    special_types = frozenset()
    #: Does the database name the primary key of a table that has none?
    names_absent_keys = False

    def __init__(self, dialect):
        self.dialect = dialect
        self.paramstyle = getattr(dialect, "paramstyle", None) or "qmark"

    def run(self, connection, query):
        """Rows of a query that Rust made."""
        sql, params = query
        result = connection.exec_driver_sql(sql, params) if params else connection.exec_driver_sql(sql)
        return result.fetchall()

    # -- what a dialect provides ------------------------------------------
    def default_schema(self, connection):
        """The schema that is meant when none is named."""
        return None

    def schema_names(self, connection):
        raise NotImplementedError()

    def has_schema(self, connection, name):
        return name in self.schema_names(connection)

    def relations(self, connection, schema, names=None):
        """``{name: facts}`` of tables and views: kind, temporary, comment, options, broken, fold_case."""
        raise NotImplementedError()

    def names(self, connection, memory, kind, temporary):
        """Sorted names of the relations of a kind."""
        relations = memory.all_relations(connection)
        return sorted(n for n, r in relations.items() if r["kind"] == kind and r["temporary"] == temporary)

    def load(self, connection, group, schema, names, relations):
        """``{name: facts}`` of a group; ``names=None``: the whole schema.

        Tables of which there is nothing to say may be absent.
        """
        raise NotImplementedError()

    def check_schema(self, connection, schema):
        """Raise what the database raises for a schema that is not there; called when it seems to be empty."""

    def has_tables(self, connection, schema, names):
        """The set of those names that are tables or views."""
        raise NotImplementedError()

    def view_definition(self, connection, schema, name):
        """Text of a view, or None."""
        raise NotImplementedError()

    def sequence_names(self, connection, schema, memory):
        raise NotImplementedError()

    def has_sequence(self, connection, schema, name, memory):
        return name in self.sequence_names(connection, schema, memory)

    # -- answers ----------------------------------------------------------
    # A reader may have ``indexes(found)``: what the Inspector shows of the indexes that were read.
    def table_options(self, relation, facts):
        """Options of a table, under the keywords that ``Table`` takes."""
        return dict(relation["options"])

    def referred_schema(self, referred, visible, schema, kw):
        """How the schema of the table referred to is reported, when ``schema`` was asked for."""
        return schema if visible else referred

    def make_type(self, spec, where):
        """A type from its name in the database and its arguments."""
        name, args, kwargs = spec
        cls = self.type_class(name)
        if cls is None:
            from ..sql.sqltypes import NullType

            util.warn(f"Did not recognize type '{name}' of {where}")
            unknown = NullType()
            unknown._database_text = name
            return unknown
        return cls(*args, **kwargs)

    def type_class(self, name):
        """The class for a name, or None."""
        return _rs._reflected_type_class(self, name)


SchemaMemory = _rs.SchemaMemory
