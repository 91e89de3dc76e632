"""``reflector``: prints the structure of a database.

reflector [options] DSN [TABLE ...]
"""

import fnmatch
import json
import os
import sys

from . import _rs, exc
from .engine.reflection import ObjectKind

USAGE = """\
usage: reflector [options] DSN [TABLE ...]

  DSN                    database URL; - takes it from the environment (REFLECTOR_DSN)
  TABLE                  names, schema.table or patterns (order_*); none: all tables

  -f, --format NAME      text, json
  -o, --output FILE      write to FILE
  -s, --schema NAME      schema; may be repeated
      --all-schemas      all schemas
      --views            include views
      --exclude PATTERN  leave out; may be repeated
      --no-follow        do not mention referenced tables outside of the selection
      --sort KEY         dependency (default) or name
      --row-counts       count rows
      --only-pk          no sections but the primary key
      --no-indexes       no indexes
      --no-comments      no comments
      --ask-password     prompt for the password
      --echo             print the SQL used to stderr
  -h, --help             this text
      --version          version
  -v                     traceback on errors
"""

#: What a server keeps for itself.
_SYSTEM_SCHEMAS = ("information_schema", "pg_catalog", "pg_toast", "mysql", "performance_schema", "sys")

FORMATS = ("text", "json", "markdown", "md", "dot", "mermaid", "python", "sql")
_FLAGS = {
    "--all-schemas": "all_schemas",
    "--views": "views",
    "--no-follow": "no_follow",
    "--row-counts": "row_counts",
    "--only-pk": "only_pk",
    "--no-indexes": "no_indexes",
    "--no-comments": "no_comments",
    "--ask-password": "ask_password",
    "--echo": "echo",
    "-v": "verbose",
    "--split": "split",
    "--inherit": "inherit",
    "--enums": "enums",
}
_VALUES = {
    "-f": "format",
    "--format": "format",
    "-o": "output",
    "--output": "output",
    "-s": "schemas",
    "--schema": "schemas",
    "--exclude": "exclude",
    "--sort": "sort",
    "--style": "style",
    "--base": "base",
    "--package": "package",
    "--dialect": "dialect",
}


class Options:
    """What the command line asks for."""

    def __init__(self):
        self.format = "text"
        self.output = None
        self.schemas = []
        self.exclude = []
        self.sort = "dependency"
        self.style = "declarative"
        self.base = "Base"
        self.package = None
        self.dialect = None
        for name in _FLAGS.values():
            setattr(self, name, False)


class _Exit(SystemExit):
    pass


def usage(*lines):
    """Print ``*** line`` for each line and the usage to stderr; exit 1."""
    for line in lines:
        _stderr(f"*** {line}\n")
    _stderr(USAGE)
    raise _Exit(1)


def fatal(*lines, status=2):
    """Print ``*** Fatal error: `` and the lines to stderr; exit 2."""
    _stderr("*** Fatal error: " + "\n".join(lines) + "\n")
    raise _Exit(status)


def _stderr(text):
    sys.stderr.write(text.encode("utf-8", "backslashreplace").decode("utf-8"))


def check_arguments(argv):
    """``(options, dsn, table patterns)`` of a command line; exits through :func:`usage` when it is wrong."""
    options, rest = Options(), []
    args = list(argv)
    while args:
        arg = args.pop(0)
        if arg == "--":
            rest += args
            break
        if arg in ("-h", "--help"):
            sys.stdout.write(USAGE)
            raise _Exit(0)
        if arg == "--version":
            from . import __version__

            sys.stdout.write(f"reflector {__version__}\n")
            raise _Exit(0)
        name, sep, value = arg.partition("=")
        if arg in _FLAGS:
            setattr(options, _FLAGS[arg], True)
        elif name in _VALUES and (sep or arg == name):
            if not sep:
                if not args:
                    usage(f"option {name} needs a value")
                value = args.pop(0)
            attr = _VALUES[name]
            if isinstance(getattr(options, attr), list):
                getattr(options, attr).append(value)
            else:
                setattr(options, attr, value)
        elif arg.startswith("-") and arg != "-":
            usage(f"unknown option {arg}")
        else:
            rest.append(arg)
    if options.format not in FORMATS:
        usage(f"unknown format {options.format!r}; known are {', '.join(FORMATS)}")
    if options.sort not in ("dependency", "name"):
        usage(f"unknown sort key {options.sort!r}; known are dependency, name")
    if not rest:
        usage("no DSN given")
    dsn = rest.pop(0)
    if dsn == "-":
        dsn = os.environ.get("REFLECTOR_DSN")
        if not dsn:
            usage("DSN is - but REFLECTOR_DSN is not set")
    return options, dsn, rest


# -- what to show -----------------------------------------------------------


class _Column:
    """A column with what its section says of it."""

    def __init__(self, name, type_text, null, default, notes, facts):
        self.name = name
        self.type_text = type_text
        self.null = null
        self.default = default
        self.notes = notes
        self.facts = facts

    def cells(self):
        return [self.name, self.type_text, self.null, self.default, ", ".join(self.notes)]


class _Table:
    """A table as the report needs it."""

    def __init__(self, insp, schema, name, is_view, options):
        self.schema = schema
        self.name = name
        self.is_view = is_view
        self.only_pk = options.only_pk
        self.columns = insp.get_columns(name, schema)
        self.pk = insp.get_pk_constraint(name, schema)
        self.fks = _by_name(insp.get_foreign_keys(name, schema))
        self.uniques = _by_name(insp.get_unique_constraints(name, schema))
        self.checks = _by_name(insp.get_check_constraints(name, schema))
        # an index that only stands for a constraint is shown as that
        indexes = [i for i in insp.get_indexes(name, schema) if not i.get("duplicates_constraint")]
        self.indexes = [] if options.no_indexes else _by_name(indexes)
        self.options = insp.get_table_options(name, schema)
        self.comment = None
        if not options.no_comments:
            try:
                self.comment = insp.get_table_comment(name, schema).get("text")
            except NotImplementedError:
                pass
        self.definition = insp.get_view_definition(name, schema) if is_view else None
        self.referenced_by = []
        self.missing = set()
        self.row_count = None
        self.dialect = insp.dialect
        self.no_comments = options.no_comments

    @property
    def full_name(self):
        return f"{self.schema}.{self.name}" if self.schema else self.name

    def reported_columns(self):
        return [self._column(c) for c in self.columns]

    def _column(self, c):
        notes = []
        pk = self.pk["constrained_columns"]
        if c["name"] in pk:
            notes.append("pk")
            if (
                len(pk) == 1
                and c.get("autoincrement", "auto") in ("auto", True)
                and not c.get("identity")
                and _is_integer(c["type"])
                and not self._is_fk(c)
            ):
                notes.append("auto")
        if c.get("identity"):
            notes.append("identity")
        computed = c.get("computed")
        if computed:
            stored = ", stored" if computed.get("persisted") else ""
            notes.append(f"computed ({computed['sqltext']}{stored})")
        for fk in self.fks:
            for local, remote in zip(fk["constrained_columns"], fk["referred_columns"], strict=False):
                if local == c["name"]:
                    notes.append(f"fk -> {self._target(fk)}.{remote}")
        if any(u["column_names"] == [c["name"]] for u in self.uniques):
            notes.append("unique")
        if c.get("comment") and not self.no_comments:
            notes.append(c["comment"])
        default = c.get("default")
        null = "null" if c["nullable"] and c["name"] not in pk else "not null"
        return _Column(
            c["name"], _type_text(c["type"], self.dialect), null, str(default) if default is not None else "-", notes, c
        )

    def _is_fk(self, c):
        return any(c["name"] in fk["constrained_columns"] for fk in self.fks)

    def _target(self, fk):
        return f"{fk['referred_schema']}.{fk['referred_table']}" if fk["referred_schema"] else fk["referred_table"]


def _by_name(items):
    return sorted(items, key=lambda i: (i["name"] is None, i["name"] or ""))


def _is_integer(type_):
    from .sql.sqltypes import Integer

    return isinstance(type_, Integer)


def _type_text(type_, dialect):
    if type_._isnull:
        text = getattr(type_, "_database_text", "")
        _stderr(f"warning: type {text!r} is not known\n" if text else "warning: a column has no type\n")
        return f"{text}?"
    try:
        return str(type_.compile(dialect=dialect))
    except exc.CompileError:
        return f"{type_!r}?"


def _label(name):
    return name if name is not None else "(unnamed)"


def show_column(column, out):
    """Report one column: name, type, null, default, notes."""
    cells = column.cells()
    widths = getattr(out, "_widths", None) or [len(c) for c in cells]
    out.write("  " + "  ".join(c.ljust(w) for c, w in zip(cells, widths, strict=False)).rstrip() + "\n")


class _Aligned:
    """A stream that knows how wide the columns of the table at hand are."""

    def __init__(self, out, widths):
        self.write = out.write
        self._widths = widths


def show_table(table, out):
    """Report one table in text form."""
    what = "View" if table.is_view else "Table"
    heading = f'{what} "{table.full_name}"'
    out.write(heading + "\n" + "=" * len(heading) + "\n")
    if table.comment:
        out.write(f"  -- {table.comment}\n")
    columns = table.reported_columns()
    header = _Column("Column", "Type", "Null", "Default", ["Notes"], None)
    rows = [c.cells() for c in [header, *columns]]
    aligned = _Aligned(out, [max(len(r[i]) for r in rows) for i in range(5)])
    for column in [header, *columns]:
        show_column(column, aligned)
    if table.row_count is not None:
        out.write(f"Rows: {table.row_count}\n")
    pk = table.pk["constrained_columns"]
    out.write("Primary key:\n")
    out.write(f"  {_label(table.pk['name'])} ({', '.join(pk)})\n" if pk else "  none\n")
    if table.only_pk:
        return
    _section(out, "Foreign keys:", [_foreign_key_text(table, fk) for fk in table.fks])
    _section(out, "Unique constraints:", [_unique_text(u) for u in table.uniques if not u.get("duplicates_index")])
    _section(out, "Check constraints:", [f"{_label(c['name'])}: {c['sqltext']}" for c in table.checks])
    _section(out, "Indexes:", [_index_text(i) for i in table.indexes])
    _section(out, "Options:", [f"{k}={v}" for k, v in sorted(table.options.items())])
    _section(out, "Referenced by:", table.referenced_by)
    if table.definition:
        _section(out, "Definition:", table.definition.splitlines())


def _section(out, title, lines):
    if lines:
        out.write(title + "\n")
        for line in lines:
            out.write(f"  {line}\n")


def _unique_text(unique):
    return f"{_label(unique['name'])} ({', '.join(unique['column_names'])})"


def _foreign_key_text(table, fk):
    target = table._target(fk)
    if (fk["referred_schema"], fk["referred_table"]) in table.missing:
        target += " (missing)"
    text = f"{_label(fk['name'])}: ({', '.join(fk['constrained_columns'])}) -> {target} ({', '.join(fk['referred_columns'])})"
    options = fk["options"]
    for option, words in (("ondelete", "on delete"), ("onupdate", "on update")):
        if options.get(option):
            text += f" {words} {options[option].lower()}"
    if options.get("deferrable") is not None:
        text += " deferrable" if options["deferrable"] else " not deferrable"
    if options.get("match"):
        text += f" match {options['match'].lower()}"
    if options.get("initially"):
        text += f" initially {options['initially'].lower()}"
    return text


def _index_text(index):
    options = {k.partition("_")[2]: v for k, v in (index.get("dialect_options") or {}).items() if v not in (None, [], False)}
    sorting = index.get("column_sorting") or {}
    lengths, classes = options.pop("length", {}), options.pop("ops", {})
    columns = []
    for i, name in enumerate(index["column_names"]):
        label = name if name is not None else (index.get("expressions") or [None] * (i + 1))[i]
        text = f"{label}({lengths[label]})" if label in lengths else str(label)
        words = [classes[label]] if label in classes else []
        words += [w.replace("_", " ") for w in sorting.get(label, ())]
        columns.append(" ".join([text, *words]))
    kind = " unique" if index["unique"] else f" {options.pop('prefix').lower()}" if "prefix" in options else ""
    text = f"{_label(index['name'])}{kind} ({', '.join(columns)})"
    for option in ("using", "where", "include", *sorted(set(options) - {"using", "where", "include"})):
        value = options.get(option)
        if value is None:
            continue
        if isinstance(value, dict):
            value = f"({', '.join(f'{k}={v}' for k, v in value.items())})"
        elif isinstance(value, list):
            value = f"({', '.join(value)})"
        words = option.replace("_", " ")
        text += f" {words}" if value is True else f" {words} {value}"
    return text


# -- JSON -------------------------------------------------------------------


def _json_table(table):
    out = {"schema": table.schema, "name": table.name, "comment": table.comment, "options": table.options}
    if table.row_count is not None:
        out["row_count"] = table.row_count
    pk = table.pk["constrained_columns"]
    out["columns"] = [
        {
            "name": c["name"],
            "type": _type_text(c["type"], table.dialect),
            "generic_type": _generic(c["type"]),
            "python_type": _python_type(c["type"]),
            "nullable": bool(c["nullable"]),
            "default": str(c["default"]) if c.get("default") is not None else None,
            "autoincrement": "auto" in table._column(c).notes,
            "primary_key": c["name"] in pk,
            "comment": c.get("comment"),
            "computed": c.get("computed"),
            "identity": c.get("identity"),
        }
        for c in table.columns
    ]
    out["primary_key"] = {"name": table.pk["name"], "columns": pk}
    out["foreign_keys"] = [
        {
            "name": fk["name"],
            "columns": fk["constrained_columns"],
            "referred_schema": fk["referred_schema"],
            "referred_table": fk["referred_table"],
            "referred_columns": fk["referred_columns"],
            "on_delete": fk["options"].get("ondelete"),
            "on_update": fk["options"].get("onupdate"),
            "deferrable": fk["options"].get("deferrable"),
            "initially": fk["options"].get("initially"),
            "match": fk["options"].get("match"),
        }
        for fk in table.fks
    ]
    out["unique_constraints"] = [{"name": u["name"], "columns": u["column_names"]} for u in table.uniques]
    out["check_constraints"] = [{"name": c["name"], "sqltext": c["sqltext"]} for c in table.checks]
    out["indexes"] = [
        {
            "name": i["name"],
            "columns": i["column_names"],
            "expressions": i.get("expressions"),
            "unique": bool(i["unique"]),
            "dialect_options": {k: _plain(v) for k, v in (i.get("dialect_options") or {}).items() if v is not None},
        }
        for i in table.indexes
    ]
    if table.is_view:
        out["definition"] = table.definition
    return out


def _plain(value):
    """A value that JSON has."""
    return value if isinstance(value, (str, int, float, list, dict)) else str(value)


def _generic(type_):
    try:
        return repr(type_.as_generic())
    except NotImplementedError:
        return None


def _python_type(type_):
    try:
        return type_.python_type.__name__
    except NotImplementedError:
        return None


def _emit_json(tables, engine, insp, out):
    url = engine.url.render_as_string(hide_password=True)
    version = engine.dialect.server_version_info
    document = {
        "reflector": 1,
        "dsn": url,
        "dialect": engine.dialect.name,
        "server_version": list(version) if version else None,
        "default_schema": insp.default_schema_name,
        "tables": [_json_table(t) for t in tables if not t.is_view],
        "views": [_json_table(t) for t in tables if t.is_view],
    }
    out.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


# -- running ----------------------------------------------------------------


def _engine(dsn, options):
    from .engine import create_engine, make_url

    url = make_url(dsn)
    if options.ask_password:
        import getpass

        url = url.set(password=getpass.getpass("Password: "))
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        path = url.database
        if not path.startswith("file:") and not os.path.exists(path):
            fatal(f"OperationalError: unable to open database file {path!r}: no such file")
    engine = create_engine(url)
    if options.echo:
        import logging

        handler = logging.StreamHandler(sys.stderr)
        logger = logging.getLogger("oxalchemy.engine.Engine")
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        engine.echo = True
    return engine


def _selected(insp, options, patterns):
    """``[(schema, name, is_view)]`` in order, and the names that match nothing."""
    schemas = list(options.schemas) or [None]
    if options.all_schemas:
        schemas = [s for s in insp.get_schema_names() if s not in _SYSTEM_SCHEMAS]
    found = []
    for schema in schemas:
        _rs._reflect_prefetch(insp, schema, None, False)
        ordered = [n for n, _ in insp.get_sorted_table_and_fkc_names(schema) if n is not None]
        if options.sort == "name":
            ordered = sorted(ordered)
        found += [(schema, n, False) for n in ordered]
        if options.views:
            found += [(schema, n, True) for n in _views(insp, schema)]
    if patterns and not options.schemas and not options.all_schemas:
        # schema.table names another schema than those listed
        for pattern in patterns:
            schema, sep, name = pattern.partition(".")
            if sep and not _is_pattern(schema) and schema in insp.get_schema_names():
                _rs._reflect_prefetch(insp, schema, None, False)
                found += [(schema, n, False) for n in insp.get_table_names(schema) if fnmatch.fnmatchcase(n, name)]
    wanted, missing = found, []
    if patterns:
        wanted, missing = [], []
        for entry in found:
            if any(_matches(entry, p) for p in patterns) and entry not in wanted:
                wanted.append(entry)
        missing = [p for p in patterns if not any(_matches(e, p) for e in found)]
    elif options.exclude:
        wanted = list(found)
    wanted = [e for e in wanted if not any(_matches(e, p) for p in options.exclude)]
    return wanted, missing, found


def _views(insp, schema):
    """Views in order; those that the database itself cannot read are named on stderr."""
    readable = insp.get_multi_columns(schema, kind=ObjectKind.ANY_VIEW)
    names = insp.get_view_names(schema)
    try:
        names += insp.get_materialized_view_names(schema)
    except NotImplementedError:
        pass
    for name in names:
        if (schema, name) not in readable:
            _stderr(f"warning: view {name} cannot be read\n")
    return [n for n in names if (schema, n) in readable]


def _is_pattern(text):
    return any(c in text for c in "*?[")


def _matches(entry, pattern):
    schema, name, _ = entry
    full = f"{schema}.{name}" if schema else name
    return fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(full, pattern)


def _report(engine, connection, options, patterns):
    from .inspection import inspect

    insp = inspect(connection)
    wanted, missing, found = _selected(insp, options, patterns)
    if missing:
        names = [f"{s}.{n}" if s else n for s, n, _ in found]
        lines = [f"No such table: {', '.join(missing)}"]
        if names:
            lines.append("Available tables:")
            lines += [f"  {n}" for n in sorted(names)[:20]]
            if len(names) > 20:
                lines.append(f"  and {len(names) - 20} more")
        fatal(*lines, status=3)
    tables = [_Table(insp, schema, name, is_view, options) for schema, name, is_view in wanted]
    known = {(t.schema, t.name) for t in tables} | {(s, n) for s, n, _ in found}
    shown = {(t.schema, t.name): t for t in tables}
    for table in tables:
        for fk in table.fks:
            target = (fk["referred_schema"], fk["referred_table"])
            if target in shown:
                columns = ", ".join(fk["constrained_columns"])
                line = f"{table.full_name} ({columns})"
                if line not in shown[target].referenced_by:
                    shown[target].referenced_by.append(line)
            elif target not in known:
                table.missing.add(target)
        if options.row_counts:
            quote = engine.dialect.identifier_preparer.quote_identifier
            name = quote(table.name) if not table.schema else f"{quote(table.schema)}.{quote(table.name)}"
            table.row_count = connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar()
    return tables, insp


def _emit(tables, engine, insp, options, out):
    if options.format == "json":
        _emit_json(tables, engine, insp, out)
        return
    if not tables:
        out.write("no tables\n")
        return
    for table in tables:
        show_table(table, out)
        out.write("\n")
    count = sum(not t.is_view for t in tables)
    out.write(f"{count} table{'' if count == 1 else 's'}\n")


def _run(argv):
    options, dsn, patterns = check_arguments(argv)
    if options.format not in ("text", "json"):
        fatal(f"NotImplementedError: format {options.format!r} is not available; use text or json")
    import io

    buffer = io.StringIO()
    try:
        engine = _engine(dsn, options)
        with engine.connect() as connection:
            tables, insp = _report(engine, connection, options, patterns)
            _emit(tables, engine, insp, options, buffer)
        engine.dispose()
    except Exception as err:
        if options.verbose:
            import traceback

            traceback.print_exc()
        text = str(getattr(err, "orig", None) or err).splitlines()
        fatal(f"{type(err).__name__}: {_masked(text[0] if text else '', dsn)}")
    _write(buffer.getvalue(), options.output)
    return 0


def _masked(text, dsn):
    """Without the password of the DSN."""
    from .engine import make_url

    try:
        password = make_url(dsn).password
    except Exception:
        # not a URL: whatever stands between : and @ might be a password
        import re

        return re.sub(r"(://[^:/@]*:)[^@]*@", r"\1***@", text)
    if not password:
        return text
    from urllib.parse import quote, quote_plus

    for spelling in (password, quote(password, safe=""), quote_plus(password)):
        text = text.replace(spelling, "***")
    return text


def _write(text, path):
    if path is None:
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
        return
    try:
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as f:
            f.write(text)
    except OSError as err:
        fatal(f"cannot write {path}: {err.strerror}", status=4)


def main(argv=None):
    """Check arguments, connect, reflect, emit; the exit status."""
    try:
        return _run(sys.argv[1:] if argv is None else argv)
    except _Exit as e:
        return e.code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # the reader has gone: nothing is left to do, and Python must not complain at exit
        sys.stdout = open(os.devnull, "w")
        return 0


checkArguments = check_arguments
showTable = show_table
showColumn = show_column


if __name__ == "__main__":
    sys.exit(main())
