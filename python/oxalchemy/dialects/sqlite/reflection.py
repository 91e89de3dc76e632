"""Reflection of SQLite: runs the queries that Rust makes and hands the answers back to it."""

from ... import _rs, exc, util
from . import types as _types


def _run(connection, query):
    sql, params = query
    return connection.exec_driver_sql(sql, params).fetchall() if params else connection.exec_driver_sql(sql).fetchall()


def default_schema(connection):
    return "main"


def schema_names(connection):
    return [row[1] for row in _run(connection, _rs.sqlite_query("schemas")) if row[1] != "temp"]


def names(connection, schema, *, view=False, temporary=False):
    """Sorted names of tables or views."""
    where = "temp" if temporary else (schema or "main")
    return [row[0] for row in _run(connection, _rs.sqlite_query("view" if view else "table", where))]


def materialized_view_names(connection, schema):
    raise NotImplementedError()


def sequence_names(connection, schema):
    raise NotImplementedError()


def has_table(connection, name, schema):
    for where in (schema,) if schema else ("main", "temp"):
        if where == schema and schema not in {row[1] for row in _run(connection, _rs.sqlite_query("schemas"))}:
            return False
        if _run(connection, _rs.sqlite_query("has_table", where, str(name))):
            return True
    return False


def load(connection, schema, name=None, temporary=False):
    """``{name: facts}`` of a whole schema, or of one table."""
    for where in (schema,) if schema else ("temp",) if temporary else ("main", "temp") if name is not None else ("main",):
        answers = [_run(connection, q) for q in _rs.sqlite_structure(where, name if name is None else str(name))]
        tables = _rs.sqlite_assemble(*answers)
        if tables or name is None:
            out = {}
            for t in tables:
                t["temporary"] = where == "temp"
                _finish(connection, t, schema, tables)
                out[t["name"]] = t
            return out
    return {}


def _finish(connection, table, schema, loaded):
    for column in table["columns"]:
        column["type"] = make_type(*column["type"])
    for fk in table["foreign_keys"]:
        fk["referred_schema"] = schema
        if not fk["referred_columns"]:
            # REFERENCES t: the primary key of t, which may lie outside of what was asked for
            found = load(connection, schema, fk["referred_table"]) if fk["referred_table"] != table["name"] else {}
            for t in found.values():
                fk["referred_columns"] = list(t["pk"]["constrained_columns"])
            if not fk["referred_columns"]:
                fk["referred_columns"] = list(fk["constrained_columns"])


def make_type(name, args, unknown):
    cls = _types.ischema_names.get(name)
    if cls is None:
        from ...sql.sqltypes import NULLTYPE, NullType

        if unknown is not None:
            util.warn(f"Did not recognize type '{unknown}' of column")
        return NullType() if NULLTYPE is not None else None
    return cls(*args) if args else cls()


def indexes(table):
    from ...sql.expression import text

    out = []
    for index in table["indexes"]:
        if index["implicit"]:
            continue
        if None in index["column_names"]:
            util.warn(f"Skipped unsupported reflection of expression-based index {index['name']}")
            continue
        found = {
            "name": index["name"],
            "column_names": index["column_names"],
            "unique": int(index["unique"]),
            "dialect_options": {},
        }
        if index["where"]:
            found["dialect_options"]["sqlite_where"] = text(index["where"])
        out.append(found)
    return out


def comment(connection, name, schema):
    raise NotImplementedError()


__all__ = ["exc"]
