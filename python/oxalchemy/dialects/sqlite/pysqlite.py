"""The documented driver module of SQLite."""

from .base import SQLiteDialect_pysqlite

dialect = SQLiteDialect_pysqlite
