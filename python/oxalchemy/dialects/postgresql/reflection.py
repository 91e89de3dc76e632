"""Reflection of PostgreSQL: runs the queries that Rust makes and hands the answers back to it."""

from ... import _rs
from ...engine.catalog import CatalogReader
from ...sql import sqltypes
from . import types as _types

#: Name of a type, as ``format_type()`` writes it, to its class. Programs add their own types here.
ischema_names = {
    "smallint": sqltypes.SMALLINT,
    "integer": sqltypes.INTEGER,
    "bigint": sqltypes.BIGINT,
    "real": sqltypes.REAL,
    "double precision": sqltypes.DOUBLE_PRECISION,
    "float": sqltypes.FLOAT,
    "numeric": sqltypes.NUMERIC,
    "character varying": sqltypes.VARCHAR,
    "character": sqltypes.CHAR,
    '"char"': sqltypes.String,
    "name": sqltypes.String,
    "text": sqltypes.TEXT,
    "citext": _types.CITEXT,
    "boolean": sqltypes.BOOLEAN,
    "date": sqltypes.DATE,
    "time with time zone": _types.TIME,
    "time without time zone": _types.TIME,
    "timestamp with time zone": _types.TIMESTAMP,
    "timestamp without time zone": _types.TIMESTAMP,
    "interval": _types.INTERVAL,
    "bytea": _types.BYTEA,
    "bit": _types.BIT,
    "bit varying": _types.BIT,
    "json": _types.JSON,
    "jsonb": _types.JSONB,
    "hstore": _types.HSTORE,
    "uuid": sqltypes.UUID,
    "inet": _types.INET,
    "cidr": _types.CIDR,
    "macaddr": _types.MACADDR,
    "macaddr8": _types.MACADDR8,
    "money": _types.MONEY,
    "oid": _types.OID,
    "regclass": _types.REGCLASS,
    "regconfig": _types.REGCONFIG,
    "tsvector": _types.TSVECTOR,
    "tsquery": _types.TSQUERY,
    "int4range": _types.INT4RANGE,
    "int8range": _types.INT8RANGE,
    "numrange": _types.NUMRANGE,
    "daterange": _types.DATERANGE,
    "tsrange": _types.TSRANGE,
    "tstzrange": _types.TSTZRANGE,
    "int4multirange": _types.INT4MULTIRANGE,
    "int8multirange": _types.INT8MULTIRANGE,
    "nummultirange": _types.NUMMULTIRANGE,
    "datemultirange": _types.DATEMULTIRANGE,
    "tsmultirange": _types.TSMULTIRANGE,
    "tstzmultirange": _types.TSTZMULTIRANGE,
}


class Catalog(CatalogReader):
    """Reads PostgreSQL's catalogue."""

    groups = {
        "columns": "columns",
        "pk_constraint": "constraints",
        "foreign_keys": "constraints",
        "unique_constraints": "constraints",
        "check_constraints": "constraints",
        "indexes": "indexes",
    }
    ischema_names = ischema_names
    special_types = frozenset({"array", "enum", "domain"})

    def _query(self, what, schema=None, names=None, version=0):
        return _rs.postgresql_query(what, self.paramstyle, schema, names, version)

    def ask(self, connection, what, schema=None, names=None):
        """Rows of a query by its name."""
        version = self._version(connection) if what in ("constraints", "indexes") else 0
        return self.run(connection, self._query(what, schema, names, version))

    def _version(self, connection):
        info = self.dialect.server_version_info
        if info:
            return info[0]
        return self.run(connection, self._query("version"))[0][0] // 10000

    def default_schema(self, connection):
        return connection.exec_driver_sql("SELECT current_schema()").scalar()

    def schema_names(self, connection):
        return [row[0] for row in self.ask(connection, "schemas")]

    def has_schema(self, connection, name):
        return bool(self.ask(connection, "has_schema", None, [name]))

    def relations(self, connection, schema, names=None):
        return _rs.postgresql_relations(self.ask(connection, "relations", schema, names))

    def load(self, connection, group, schema, names, relations):
        answer = self.ask(connection, group, schema, names)
        if group == "columns":
            named = ((), ())
            if _rs.postgresql_needs_named_types(answer):
                named = [self.ask(connection, what, "*") for what in ("enums", "domains")]
            return _rs.postgresql_columns(answer, *named, schema)
        return (_rs.postgresql_constraints if group == "constraints" else _rs.postgresql_indexes)(answer)

    def has_tables(self, connection, schema, names):
        return {row[0] for row in self.ask(connection, "has_tables", schema, names)} & set(names)

    def view_definition(self, connection, schema, name):
        rows = self.ask(connection, "view_definition", schema, [name])
        return rows[0][0] if rows else None

    def sequence_names(self, connection, schema, memory):
        return [row[0] for row in self.ask(connection, "sequences", schema)]

    def has_sequence(self, connection, schema, name, memory):
        return bool(self.ask(connection, "sequences", schema, [name]))

    def named_types(self, connection, what, schema):
        """Enumerations or domains as dictionaries."""
        return _rs.postgresql_named_types(what, self.ask(connection, what, schema))

    # -- answers ----------------------------------------------------------
    def referred_schema(self, referred, visible, schema, kw):
        if schema is not None and referred == schema:
            return schema
        if kw.get("postgresql_ignore_search_path"):
            return None if referred == self.dialect.default_schema_name else referred
        return None if visible else referred

    def make_type(self, spec, where):
        name, args, kwargs = spec
        if name == "array":
            item = self.make_type(args[0], where)
            return item if item._isnull else _types.ARRAY(item)
        if name == "enum" and "name" in kwargs:
            return _types.ENUM(*args, **kwargs)
        if name == "domain" and "not_null" in kwargs:
            return self._domain(*args, **kwargs)
        return super().make_type(spec, where)

    def _domain(self, name, base, check=None, **kwargs):
        from ...sql.expression import text

        data_type = self.make_type(base, f"DOMAIN '{name}'")
        return _types.DOMAIN(name, data_type, check=None if check is None else text(check), **kwargs)
