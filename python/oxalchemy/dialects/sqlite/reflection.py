"""Reflection of SQLite: runs the queries that Rust makes and hands the answers back to it."""

from ... import _rs, util
from ...engine.catalog import CatalogReader
from ...sql import sqltypes
from . import types as _types


class Catalog(CatalogReader):
    """Reads SQLite's catalogue. One group: the text of CREATE TABLE tells part of everything."""

    groups = dict.fromkeys(
        (
            "columns",
            "pk_constraint",
            "foreign_keys",
            "indexes",
            "unique_constraints",
            "check_constraints",
            "table_options",
        ),
        "structure",
    )
    ischema_names = _types.ischema_names
    unsupported = frozenset({"table_comment", "materialized_views"})
    # a column without a type, as a view's expression is
    special_types = frozenset({"NullType"})
    names_absent_keys = True

    def default_schema(self, connection):
        return "main"

    def schema_names(self, connection):
        return [row[1] for row in self.run(connection, _rs.sqlite_query("schemas")) if row[1] != "temp"]

    def has_schema(self, connection, name):
        # a name is a database's in any case of its letters
        return name.lower() in (n.lower() for n in self.schema_names(connection))

    def relations(self, connection, schema, names=None):
        out = {}
        wanted = None if names is None else {n.lower() for n in names}
        # main goes before temp: the latter does not hide what the former has
        for where in (schema,) if schema else ("temp", "main"):
            # few are asked for by name; many by reading all
            for name in names if names is not None and len(names) <= 2 else (None,):
                for found, kind in self.run(connection, _rs.sqlite_query("relations", where, name)):
                    if wanted is not None and found.lower() not in wanted:
                        continue
                    out[found] = {
                        "kind": kind,
                        "temporary": where == "temp",
                        "where": where,
                        "comment": None,
                        "broken": None,
                        "fold_case": True,
                    }
        return out

    def names(self, connection, memory, kind, temporary):
        where = "temp" if temporary else memory.schema or "main"
        return [row[0] for row in self.run(connection, _rs.sqlite_query(kind, where))]

    def load(self, connection, group, schema, names, relations):
        places = {relations[n]["where"] for n in (relations if names is None else names)}
        out = {}
        for where in sorted(places, reverse=True):
            mine = [n for n in (relations if names is None else names) if relations[n]["where"] == where]
            # few tables are asked for by name; many by reading all
            for name in mine if names is not None and len(mine) <= 2 else (None,):
                answers = [self.run(connection, q) for q in _rs.sqlite_structure(where, name)]
                for table in _rs.sqlite_assemble(*answers):
                    if table["name"] in mine:
                        out[table["name"]] = table
        for table in out.values():
            self._complete_references(connection, schema, table, out)
        return out

    def _complete_references(self, connection, schema, table, loaded):
        """``REFERENCES t``: the primary key of t, which may lie outside of what was asked for."""
        for fk in table["foreign_keys"]:
            if fk["referred_columns"]:
                continue
            target = fk["referred_table"]
            known = next((t for n, t in loaded.items() if n.lower() == target.lower()), None)
            if known is None:
                for where in (schema,) if schema else ("main", "temp"):
                    answers = [self.run(connection, q) for q in _rs.sqlite_structure(where, target)]
                    known = known or next(iter(_rs.sqlite_assemble(*answers)), None)
            key = known["pk"]["constrained_columns"] if known else []
            fk["referred_columns"] = list(key or fk["constrained_columns"])

    def has_tables(self, connection, schema, names):
        found = set()
        places = (schema,) if schema else ("main", "temp")
        if schema and not self.has_schema(connection, schema):
            return found
        for name in names:
            if any(self.run(connection, _rs.sqlite_query("has_table", where, name)) for where in places):
                found.add(name)
        return found

    def view_definition(self, connection, schema, name):
        for where in (schema,) if schema else ("main", "temp"):
            for table in _rs.sqlite_assemble(self.run(connection, _rs.sqlite_structure(where, name)[0]), (), (), ()):
                return table["definition"] if table["kind"] == "view" else None
        return None

    # -- answers ----------------------------------------------------------
    def type_class(self, name):
        return sqltypes.NullType if name == "NullType" else super().type_class(name)

    def table_options(self, relation, facts):
        return dict(facts.get("options", ()))

    def referred_schema(self, referred, visible, schema, kw):
        # a foreign key never leaves its database
        return schema

    def indexes(self, found):
        from ...sql.expression import text

        out = []
        for index in found:
            if index.pop("implicit"):
                continue
            if None in index["column_names"]:
                util.warn(f"Skipped unsupported reflection of expression-based index {index['name']}")
                continue
            where = index.pop("where")
            index["unique"] = int(index["unique"])
            index["dialect_options"] = {"sqlite_where": text(where)} if where else {}
            out.append(index)
        return out
