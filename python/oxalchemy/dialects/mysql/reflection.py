"""Reflection of MySQL and MariaDB: runs the queries that Rust makes and hands the answers back to it."""

from ... import _rs, exc
from ...engine.catalog import CatalogReader
from ...sql import sqltypes
from . import types as _types

#: Name of a type, as the server writes it, to its class. Programs add their own types here.
ischema_names = {
    "bigint": _types.BIGINT,
    "binary": sqltypes.BINARY,
    "bit": _types.BIT,
    "blob": sqltypes.BLOB,
    "boolean": sqltypes.BOOLEAN,
    "char": _types.CHAR,
    "date": sqltypes.DATE,
    "datetime": _types.DATETIME,
    "decimal": _types.DECIMAL,
    "double": _types.DOUBLE,
    "enum": _types.ENUM,
    "fixed": _types.DECIMAL,
    "float": _types.FLOAT,
    "inet4": _types.INET4,
    "inet6": _types.INET6,
    "int": _types.INTEGER,
    "integer": _types.INTEGER,
    "json": _types.JSON,
    "longblob": _types.LONGBLOB,
    "longtext": _types.LONGTEXT,
    "mediumblob": _types.MEDIUMBLOB,
    "mediumint": _types.MEDIUMINT,
    "mediumtext": _types.MEDIUMTEXT,
    "nchar": _types.NCHAR,
    "nvarchar": _types.NVARCHAR,
    "numeric": _types.NUMERIC,
    "set": _types.SET,
    "smallint": _types.SMALLINT,
    "text": _types.TEXT,
    "time": _types.TIME,
    "timestamp": _types.TIMESTAMP,
    "tinyblob": _types.TINYBLOB,
    "tinyint": _types.TINYINT,
    "tinytext": _types.TINYTEXT,
    "uuid": sqltypes.UUID,
    "varbinary": sqltypes.VARBINARY,
    "varchar": _types.VARCHAR,
    "year": _types.YEAR,
}

#: Error numbers of the server: no such table, no such database, a view that cannot be read.
_ABSENT = (1146, 1049)
_UNREADABLE = 1356


def _number(err):
    args = getattr(err.orig, "args", ())
    return args[0] if args else None


class Catalog(CatalogReader):
    """Reads ``information_schema``, and the text of SHOW CREATE TABLE where that says more."""

    groups = {
        "columns": "columns",
        "pk_constraint": "keys",
        "indexes": "keys",
        "unique_constraints": "keys",
        "foreign_keys": "foreign_keys",
        "check_constraints": "checks",
    }
    ischema_names = ischema_names
    unsupported = frozenset({"temp_names", "materialized_views"})
    special_types = frozenset({"json"})

    def __init__(self, dialect):
        super().__init__(dialect)
        self.prefix = f"{dialect.name}_"
        self._server = None

    def server(self, connection):
        """Text of ``version()``."""
        if self._server is None:
            self._server = str(self.run(connection, self._query("version"))[0][0])
        return self._server

    def _query(self, what, schema=None, names=None, server=""):
        return _rs.mysql_query(what, self.paramstyle, schema, names, server)

    def ask(self, connection, what, schema=None, names=None):
        """Rows of a query by its name; none when the server has nothing to ask."""
        server = self.server(connection) if what in ("keys", "checks") else ""
        query = self._query(what, schema, names, server)
        return self.run(connection, query) if query is not None else ()

    def default_schema(self, connection):
        return connection.exec_driver_sql("SELECT database()").scalar()

    def schema_names(self, connection):
        return [row[0] for row in self.ask(connection, "schemas")]

    def has_schema(self, connection, name):
        return bool(self.ask(connection, "has_schema", None, [name]))

    def check_schema(self, connection, schema):
        self.ask(connection, "show_tables", schema)

    def relations(self, connection, schema, names=None):
        rows = self.ask(connection, "relations", schema, names)
        out = _rs.mysql_relations(rows, self.prefix)
        rows = {row[0]: row for row in rows}
        for name, relation in out.items():
            relation["row"] = rows[name]
        for name in _rs.mysql_needs_text(list(rows.values())):
            written = self._written(connection, schema, name)
            if written is not None:
                out[name]["options"] = written["options"]
        folded = {n.lower() for n, r in out.items() if r["fold_case"]}
        for name in names or ():
            if name not in out and name.lower() not in folded:
                # a temporary table is in no catalogue
                written = self._written(connection, schema, name)
                if written is not None:
                    out[name] = {
                        "kind": "table",
                        "temporary": True,
                        "oid": None,
                        "broken": None,
                        "fold_case": False,
                        "written": written,
                        **{k: written[k] for k in ("comment", "options")},
                    }
        return out

    def _text(self, connection, schema, name):
        """The statement that makes a relation, or None."""
        try:
            rows = self.ask(connection, "show_create", schema, [name])
        except exc.DBAPIError as err:
            if _number(err) in _ABSENT:
                return None
            raise
        text = rows[0][1] if rows else None
        return text.decode() if isinstance(text, bytes) else text

    def _written(self, connection, schema, name):
        """All parts of a table from the text that makes it; None for anything else."""
        text = self._text(connection, schema, name)
        return _rs.mysql_table(text, self.prefix) if text is not None else None

    def load(self, connection, group, schema, names, relations):
        wanted = list(relations) if names is None else names
        out = {n: relations[n]["written"] for n in wanted if "written" in relations[n]}
        rest = [n for n in wanted if n not in out]
        if not rest:
            return out
        answer = self.ask(connection, group, schema, None if names is None else rest)
        if group == "columns":
            rows = [relations[n]["row"] for n in rest]
            found = _rs.mysql_columns(answer, rows, self.server(connection))
        elif group == "keys":
            found = _rs.mysql_keys(answer, self.prefix)
        elif group == "foreign_keys":
            found = _rs.mysql_foreign_keys(answer, self.server(connection))
        else:
            found = _rs.mysql_checks(answer, self.server(connection))
        return {**found, **out}

    def has_tables(self, connection, schema, names):
        found = set()
        for name in names:
            # the only question whose answer knows temporary tables
            try:
                self.ask(connection, "describe", schema, [name])
            except exc.DBAPIError as err:
                if _number(err) in _ABSENT:
                    continue
                if _number(err) != _UNREADABLE:
                    raise
            found.add(name)
        return found

    def view_definition(self, connection, schema, name):
        text = self._text(connection, schema, name)
        return text if text is not None and _rs.mysql_table(text, self.prefix) is None else None

    def sequence_names(self, connection, schema, memory):
        relations = memory.all_relations(connection)
        return sorted(n for n, r in relations.items() if r["kind"] == "sequence")

    def has_sequence(self, connection, schema, name, memory):
        found = _rs.mysql_relations(self.ask(connection, "relations", schema, [name]), self.prefix)
        return name in found and found[name]["kind"] == "sequence"

    # -- answers ----------------------------------------------------------
    def make_type(self, spec, where):
        name, args, kwargs = spec
        if name == "json":
            return self.type_class(name)()
        return super().make_type(spec, where)
