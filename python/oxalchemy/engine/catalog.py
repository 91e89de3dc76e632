"""Reading a database's catalogue: what every dialect's reader has in common, and the memory of what was read.

A reader answers for a whole schema, or for the tables named, with a number of queries that does not depend on how many tables
there are. The questions of one answer (columns, constraints, indexes) form a *group*; :class:`SchemaMemory` keeps the groups that
were read.
"""

from .. import util

#: What the Inspector is asked for each table, and its place among the facts of a group.
PLACES = {
    "columns": "columns",
    "pk_constraint": "pk",
    "foreign_keys": "foreign_keys",
    "indexes": "indexes",
    "unique_constraints": "uniques",
    "check_constraints": "checks",
}


def copied(value):
    """A copy down to what is not a dict or list: answers belong to those who asked."""
    if isinstance(value, dict):
        return {k: copied(v) for k, v in value.items()}
    if isinstance(value, list):
        return [copied(v) for v in value]
    return value


class CatalogReader:
    """Base of the readers. A dialect's module ``reflection`` has one under the name ``Catalog``."""

    #: Question to the group of queries that has its answer.
    groups = {}
    #: Type name of the database to class. A dialect's attribute of the same name goes first.
    ischema_names = {}
    #: Questions that the database has no answer to.
    unsupported = frozenset()

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
    def answer(self, question, relation, facts, schema, kw):
        """What the Inspector returns for one table."""
        if question in self.unsupported:
            raise NotImplementedError()
        if question == "table_comment":
            return {"text": relation["comment"]}
        if question == "table_options":
            return copied(relation["options"])
        found = copied(facts.get(PLACES[question]))
        return getattr(self, question)(found, schema, kw) if found is not None else self.nothing(question)

    def nothing(self, question):
        return {"name": None, "constrained_columns": []} if question == "pk_constraint" else []

    def columns(self, found, schema, kw):
        for column in found:
            column["type"] = self.make_type(column["type"], f"column '{column['name']}'")
        return found

    def pk_constraint(self, found, schema, kw):
        return found if found["constrained_columns"] else self.nothing("pk_constraint")

    def foreign_keys(self, found, schema, kw):
        for fk in found:
            fk["referred_schema"] = self.referred_schema(fk["referred_schema"], fk.pop("referred_visible"), schema, kw)
        return found

    def referred_schema(self, referred, visible, schema, kw):
        """How the schema of the table referred to is reported, when ``schema`` was asked for."""
        return schema if visible else referred

    def _as_found(self, found, schema, kw):
        return found

    indexes = unique_constraints = check_constraints = _as_found

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
        own = getattr(self.dialect, "ischema_names", None)
        return (own or {}).get(name) or self.ischema_names.get(name)


class SchemaMemory:
    """What was read of one schema. Absence is not remembered: a table that is asked for by name is looked for again."""

    def __init__(self, reader, schema):
        self.reader = reader
        self.schema = schema
        self.relations = {}
        # names in lower case to names, where case makes no difference
        self.folded = {}
        self.complete = False
        # group -> {name: facts}; and the groups that were read for the whole schema
        self.groups = {}
        self.complete_groups = set()

    def all_relations(self, connection):
        """``{name: facts}`` of every relation."""
        if not self.complete:
            found = self.reader.relations(connection, self.schema)
            if not found and self.schema is not None:
                self.reader.check_schema(connection, self.schema)
            self._remember({**found, **self.relations})
            self.complete = True
        return self.relations

    def _remember(self, relations):
        self.relations.update(relations)
        self.folded.update((n.lower(), n) for n, r in relations.items() if r["fold_case"])

    def known(self, name):
        """The name under which a relation is known, if it is."""
        name = str(name)
        if name in self.relations:
            return name
        return self.folded.get(name.lower())

    def find(self, connection, names):
        """The names under which these relations are known, in order, without those that are not there."""
        missing = [str(n) for n in names if self.known(n) is None]
        if missing:
            self._remember(self.reader.relations(connection, self.schema, missing))
        return [found for found in map(self.known, names) if found is not None]

    def facts(self, connection, group, names=None):
        """``{name: facts}`` of a group, for the relations named or all of them."""
        if group is None:
            return {}
        have = self.groups.setdefault(group, {})
        if group in self.complete_groups:
            wanted = [n for n in (names or ()) if n not in have]
        else:
            wanted = None if names is None else [n for n in names if n not in have]
        if wanted is None or wanted:
            loaded = self.reader.load(connection, group, self.schema, wanted, self.relations)
            for name in self.relations if wanted is None else wanted:
                have.setdefault(name, loaded.get(name, {}))
            if wanted is None:
                self.complete_groups.add(group)
        return have
