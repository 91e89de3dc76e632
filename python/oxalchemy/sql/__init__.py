"""SQL expressions, types and schema."""

from .base import ColumnCollection, Executable, ExecutableStatement, SyntaxExtension, WriteableColumnCollection
from .expression import *  # noqa: F403
from .expression import _truncated_label, from_dml_column
from .visitors import ClauseVisitor
from . import sqltypes, type_api


_LAZY = {
    "COLLECT_CARTESIAN_PRODUCTS": "compiler",
    "FROM_LINTING": "compiler",
    "NO_LINTING": "compiler",
    "WARN_LINTING": "compiler",
    "DDL": "ddl",
    "DDLElement": "ddl",
    "BaseDDLElement": "ddl",
    "CheckFirst": "ddl",
    "ExecutableDDLElement": "ddl",
}
_MODULES = {
    "annotation",
    "base",
    "cache_key",
    "coercions",
    "compiler",
    "crud",
    "ddl",
    "default_comparator",
    "dml",
    "elements",
    "events",
    "expression",
    "functions",
    "lambdas",
    "naming",
    "operators",
    "roles",
    "schema",
    "selectable",
    "traversals",
    "util",
    "visitors",
}


def __getattr__(name):
    import importlib

    if name in _LAZY:
        return getattr(importlib.import_module(f".{_LAZY[name]}", __name__), name)
    if name in _MODULES:
        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = (
    "ColumnCollection",
    "Executable",
    "ExecutableStatement",
    "SyntaxExtension",
    "WriteableColumnCollection",
    "ClauseVisitor",
    "_truncated_label",
    "from_dml_column",
    "sqltypes",
    "type_api",
)
