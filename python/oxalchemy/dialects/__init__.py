"""Dialects by name. Each lives in a module of its own and is loaded on use."""

from __future__ import annotations

from .. import util

__all__ = ("mysql", "oracle", "postgresql", "sqlite")

_POSTGRESQL = ("", "psycopg", "psycopg2", "asyncpg", "pg8000", "psycopg2cffi", "psycopg_async", "pypostgresql", "pygresql")
_MYSQL = (
    "",
    "mysqldb",
    "pymysql",
    "asyncmy",
    "aiomysql",
    "mysqlconnector",
    "mariadbconnector",
    "cymysql",
    "pyodbc",
    "oursql",
    "gaerdbms",
)

# Driver names of the documentation, all served by the built-in backend of their dialect.
_DRIVERS = {
    "sqlite": ("sqlite", ("", "pysqlite", "aiosqlite", "pysqlcipher")),
    "postgresql": ("postgresql", _POSTGRESQL),
    "postgres": ("postgresql", _POSTGRESQL),
    "mysql": ("mysql", _MYSQL),
    "mariadb": ("mysql", _MYSQL),
    "oracle": ("oracle", ("", "oracledb", "cx_oracle", "oracledb_async")),
}


def _built_in(name):
    """A loader of the built-in dialect class for ``name`` or ``name.driver``; None when there is none."""
    base, _, driver = name.partition(".")
    known = _DRIVERS.get(base)
    if known is None or driver not in known[1]:
        return None

    def load():
        module = __import__(f"oxalchemy.dialects.{known[0]}.base", fromlist=["dialect_class"])
        return module.dialect_class(base, driver)

    return load


#: Dialects: built in, registered by the program, or entry points of packages.
registry = util.PluginLoader("oxalchemy.dialects", auto_fn=_built_in)
#: `CreateEnginePlugin` classes.
plugins = util.PluginLoader("oxalchemy.plugins")
