"""SQLite dialect classes."""

from __future__ import annotations

import os
import re

from ... import exc, util
from ...engine.default import DefaultDialect, take_facts
from ...sql import compiler as _compiler
from .._asyncio import AsyncDialect


class SQLiteCompiler(_compiler.SQLCompiler):
    __module__ = "oxalchemy.dialects.sqlite.base"


class SQLiteDDLCompiler(_compiler.DDLCompiler):
    __module__ = "oxalchemy.dialects.sqlite.base"


class SQLiteTypeCompiler(_compiler.GenericTypeCompiler):
    __module__ = "oxalchemy.dialects.sqlite.base"


class SQLiteIdentifierPreparer(_compiler.IdentifierPreparer):
    __module__ = "oxalchemy.dialects.sqlite.base"


class SQLiteDialect(DefaultDialect):
    """SQLite, on the built-in driver."""

    __module__ = "oxalchemy.dialects.sqlite.base"
    statement_compiler = SQLiteCompiler
    ddl_compiler = SQLiteDDLCompiler
    type_compiler_cls = SQLiteTypeCompiler
    preparer = SQLiteIdentifierPreparer
    insertmanyvalues_max_parameters = 32766
    default_metavalue_token = "NULL"
    insert_null_pk_still_autoincrements = True
    construct_arguments = None
    _isolation_lookup = util.immutabledict({"READ UNCOMMITTED": 1, "SERIALIZABLE": 0})

    def __init__(self, native_datetime=False, json_serializer=None, json_deserializer=None, **kwargs):
        super().__init__(**kwargs)
        self._json_serializer = json_serializer
        self._json_deserializer = json_deserializer
        self.native_datetime = native_datetime

    @classmethod
    def import_dbapi(cls):
        from . import dbapi

        return dbapi

    # -- connecting ----------------------------------------------------------------------------------------------------
    @classmethod
    def _is_url_file_db(cls, url):
        if (url.database and url.database != ":memory:") and url.query.get("mode") != "memory":
            return True
        return False

    @classmethod
    def get_pool_class(cls, url):
        from ... import pool

        return pool.QueuePool if cls._is_url_file_db(url) else pool.SingletonThreadPool

    _CONNECT_ARGS = (
        ("uri", util.asbool),
        ("timeout", float),
        ("isolation_level", str),
        ("detect_types", int),
        ("check_same_thread", util.asbool),
        ("cached_statements", int),
    )

    def create_connect_args(self, url):
        if url.username or url.host or url.password or url.port:
            raise exc.ArgumentError(
                f"Invalid SQLite URL: {url}\nValid SQLite URL forms are sqlite:///:memory: or sqlite:////absolute/path/to/file.db"
            )
        opts = dict(url.query)
        driver_opts = {}
        for key, type_ in self._CONNECT_ARGS:
            util.coerce_kw_type(opts, key, type_, dest=driver_opts)
        filename = url.database or ":memory:"
        if driver_opts.get("uri", False):
            rest = {k: v for k, v in opts.items() if k not in driver_opts}
            filename += ("?" if rest else "") + "&".join(f"{key}={rest[key]}" for key in sorted(rest))
        elif filename != ":memory:":
            filename = os.path.abspath(filename)
        driver_opts.setdefault("check_same_thread", not self._is_url_file_db(url))
        return ([filename], driver_opts)

    def on_connect(self):
        def regexp(pattern, text):
            return None if text is None else re.search(pattern, text) is not None

        def connect(dbapi_connection):
            # The built-in driver has REGEXP already; a DBAPI of the user's may not.
            if (
                hasattr(dbapi_connection, "create_function")
                and type(dbapi_connection).__module__.partition(".")[0] != "oxalchemy"
            ):
                dbapi_connection.create_function("regexp", 2, regexp, deterministic=True)

        return connect

    def _get_server_version_info(self, connection):
        return self.dbapi.sqlite_version_info if hasattr(self.dbapi, "sqlite_version_info") else None

    def _get_default_schema_name(self, connection):
        raise NotImplementedError()

    def is_disconnect(self, e, connection, cursor):
        return isinstance(e, self.dbapi.ProgrammingError) and "Cannot operate on a closed database." in str(e)

    # -- isolation -----------------------------------------------------------------------------------------------------
    def get_isolation_level_values(self, dbapi_connection):
        return ["READ UNCOMMITTED", "SERIALIZABLE", "AUTOCOMMIT"]

    def set_isolation_level(self, dbapi_connection, level):
        if level == "AUTOCOMMIT":
            dbapi_connection.isolation_level = None
            return
        dbapi_connection.isolation_level = ""
        cursor = dbapi_connection.cursor()
        cursor.execute(f"PRAGMA read_uncommitted = {self._isolation_lookup[level]}")
        cursor.close()

    def get_isolation_level(self, dbapi_connection):
        cursor = dbapi_connection.cursor()
        cursor.execute("PRAGMA read_uncommitted")
        row = cursor.fetchone()
        cursor.close()
        if row is None or row[0] == 0:
            return "SERIALIZABLE"
        return "READ UNCOMMITTED"

    def detect_autocommit_setting(self, dbapi_connection):
        return dbapi_connection.isolation_level is None


take_facts(SQLiteDialect, "sqlite")


class SQLiteDialect_pysqlite(SQLiteDialect):
    """The class of ``sqlite://`` and its documented driver names."""

    __module__ = "oxalchemy.dialects.sqlite.pysqlite"
    driver = "pysqlite"

    @classmethod
    def get_async_dialect_cls(cls, url):
        return cls if "+" in url.drivername else SQLiteDialect_aiosqlite


class SQLiteDialect_aiosqlite(AsyncDialect, SQLiteDialect):
    """The class of ``sqlite+aiosqlite://``."""

    __module__ = "oxalchemy.dialects.sqlite.aiosqlite"
    driver = "aiosqlite"

    @classmethod
    def get_pool_class(cls, url):
        from ... import pool

        return pool.AsyncAdaptedQueuePool if cls._is_url_file_db(url) else pool.StaticPool

    def create_connect_args(self, url):
        args, opts = super().create_connect_args(url)
        # Each operation may run on another thread, never two at once on a connection.
        opts["check_same_thread"] = False
        return args, opts


dialect = SQLiteDialect_pysqlite


def dialect_class(name, driver):
    """The class for a DSN's dialect and driver names."""
    return SQLiteDialect_aiosqlite if driver == "aiosqlite" else SQLiteDialect_pysqlite
