"""Prints everything that the Inspector says of a database, in a fixed order: `report.py oxalchemy|sqlalchemy URL SCHEMA …`.

A schema of `-` is None. It runs under both libraries, so it knows none of them by import.
"""

import importlib
import sys
import warnings

library, url, *schemas = sys.argv[1:]
# SQLite: `main` and, attached beside it, `second`
schemas = [None if s == "-" else s for s in schemas]
sa = importlib.import_module(library)
exc = sa.exc
reflection = importlib.import_module(f"{library}.engine.reflection")
TypeEngine = importlib.import_module(f"{library}.types").TypeEngine
ClauseElement = importlib.import_module(f"{library}.sql.expression").ClauseElement

# what a type says of itself; how it is shown is another matter
ATTRIBUTES = """
    length collation charset unsigned zerofill display_width fsp precision scale timezone fields varying national values enums
    name schema item_type data_type constraint_name default not_null check asdecimal as_uuid dimensions
""".split()
QUESTIONS = """
    columns pk_constraint foreign_keys indexes unique_constraints check_constraints table_comment table_options
""".split()


warned = set()


def plain(value):
    if isinstance(value, TypeEngine):
        attributes = [a for a in ATTRIBUTES if a != "enums" or not hasattr(value, "values")]
        said = {a: plain(getattr(value, a)) for a in attributes if getattr(value, a, None) not in (None, False, [], ())}
        return f"<{type(value).__name__} {said}>"
    if isinstance(value, ClauseElement):
        return f"<sql {value}>"
    if isinstance(value, str) and value.startswith("PARTITION"):
        return value.removesuffix(")")  # under the name mysql the reference has one too many
    if isinstance(value, dict):
        return {str(k): plain(value[k]) for k in sorted(value, key=str)}
    if isinstance(value, (list, tuple)):
        return type(value)(plain(v) for v in value)
    return value


def say(what, fn, *args, **kw):
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = fn(*args, **kw)
        for w in sorted({str(w.message) for w in caught if issubclass(w.category, exc.SAWarning)} - warned):
            # how often is another matter
            warned.add(w)
            print("warning:", w)
    except (exc.SQLAlchemyError, NotImplementedError) as e:
        print(what, "->", type(e).__name__)
        return
    if isinstance(found, list) and found and isinstance(found[0], str):
        found = sorted(found)
    if isinstance(found, dict) and found and all(isinstance(k, tuple) for k in found):
        for key in sorted(found, key=str):
            for item in found[key] if isinstance(found[key], list) and found[key] else [found[key]]:
                print(what, key, plain(item))
    elif isinstance(found, list):
        for item in found:
            print(what, plain(item))
        if not found:
            print(what, "none")
    else:
        print(what, plain(found))


def dependencies(insp, schema):
    """In order, with what has no order sorted."""
    return [(table, sorted(keys, key=str)) for table, keys in insp.get_sorted_table_and_fkc_names(schema)]


engine = sa.create_engine(url)
if engine.dialect.name == "sqlite":
    second = url.removeprefix("sqlite:///").replace("main.sqlite", "second.sqlite")

    @sa.event.listens_for(engine, "connect")
    def attach(connection, record):
        connection.execute(f"ATTACH DATABASE '{second}' AS second")


insp = sa.inspect(engine)
say("default schema", lambda: insp.default_schema_name)
for schema in schemas:
    names = []
    for kind in "table view materialized_view sequence foreign_table".split():
        ask = getattr(insp, f"get_{kind}_names", None)
        if ask:
            say(f"{schema} {kind}s", ask, schema)
    for what in ("enums", "domains"):
        if hasattr(insp, f"get_{what}"):
            say(f"{schema} {what}", getattr(insp, f"get_{what}"), schema)
    for question in QUESTIONS:
        for kind in ("TABLE", "VIEW", "MATERIALIZED_VIEW", "ANY"):
            kind = reflection.ObjectKind[kind]
            say(f"{schema} {question} {kind.name}", getattr(insp, f"get_multi_{question}"), schema, kind=kind)
        some = ["defaults", "v1", "ochild", "no such table", "mv"]
        say(f"{schema} some {question}", getattr(insp, f"get_multi_{question}"), schema, filter_names=some)
    for view in sorted(insp.get_view_names(schema)):
        say(f"{schema} view {view}", insp.get_view_definition, view, schema)
    say(f"{schema} order", dependencies, insp, schema)
    for name in ("defaults", "ochild", "v1", "v2", "mv", "seq1", "no such table", 'we%ird"t', "T able"):
        one = sa.inspect(engine)
        say(f"{schema} has {name}", one.has_table, name, schema)
        for question in QUESTIONS:
            say(f"{schema} {name} {question}", getattr(one, f"get_{question}"), name, schema)
        say(f"{schema} has sequence {name}", one.has_sequence, name, schema)
        say(f"{schema} has index {name}", one.has_index, name, "ix_a", schema)
say("several", insp.has_multi_table, ["idx", "v1", "nope"])
say("temporary", insp.get_temp_table_names)

with engine.connect() as connection:
    for ddl in (
        "CREATE TEMPORARY TABLE tt (id INTEGER PRIMARY KEY, a VARCHAR(5) DEFAULT 'x', CONSTRAINT tu UNIQUE (a), "
        "CONSTRAINT tc CHECK (a <> 'q'))",
        "CREATE INDEX tix ON tt (a, id)",
    ):
        connection.exec_driver_sql(ddl)
    insp = sa.inspect(connection)
    say("temporary tables", insp.get_temp_table_names)
    say("has", insp.has_table, "tt")
    for question in QUESTIONS:
        say(f"temporary {question}", getattr(insp, f"get_{question}"), "tt")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET search_path TO other, public")
        insp = sa.inspect(connection)
        for schema in schemas:
            say(f"path {schema} tables", insp.get_table_names, schema)
            say(f"path {schema} keys", insp.get_multi_foreign_keys, schema)
            say(f"path {schema} enums", insp.get_enums, schema)
            say(f"path {schema} types", insp.get_multi_columns, schema)
    m = sa.MetaData()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        m.reflect(connection, views=True)
    for table in sorted(m.tables.values(), key=str):
        print("reflected", table, [c.name for c in table.primary_key], table.comment)
        for c in table.columns:
            default = getattr(c.server_default, "arg", None)
            print(
                "reflected",
                c,
                plain(c.type),
                c.nullable,
                c.autoincrement,
                c.comment,
                default if default is None else str(default),
            )
            print("reflected", c, bool(c.computed), bool(c.identity), sorted(str(f.target_fullname) for f in c.foreign_keys))
        for x in sorted(
            table.constraints,
            key=lambda x: (type(x).__name__, str(x.name), [c.name for c in x.columns], str(getattr(x, "sqltext", ""))),
        ):
            print(
                "reflected",
                table,
                type(x).__name__,
                x.name,
                x.comment,
                [c.name for c in x.columns],
                str(getattr(x, "sqltext", "")),
            )
        for x in sorted(table.indexes, key=lambda x: x.name):
            print("reflected", table, x.name, bool(x.unique), [str(e) for e in x.expressions], plain(dict(x.dialect_kwargs)))
