"""MySQL dialect classes."""

from __future__ import annotations

import re

from ... import exc, util
from ...engine.default import DefaultDialect, take_facts
from ...sql import compiler as _compiler
from ...util._secrets import hides_arguments
from .._asyncio import AsyncDialect
from .._driver import adopt, is_own
from .types import colspecs


class MySQLCompiler(_compiler.SQLCompiler):
    __module__ = "oxalchemy.dialects.mysql.base"


class MySQLDDLCompiler(_compiler.DDLCompiler):
    __module__ = "oxalchemy.dialects.mysql.base"


class MySQLTypeCompiler(_compiler.GenericTypeCompiler):
    __module__ = "oxalchemy.dialects.mysql.base"


class MySQLIdentifierPreparer(_compiler.IdentifierPreparer):
    __module__ = "oxalchemy.dialects.mysql.base"


# Numbers of errors that mean that the connection is gone.
_DISCONNECTS = frozenset((1927, 2006, 2013, 2014, 2045, 2055, 4031))


class MySQLDialect(DefaultDialect):
    """MySQL, on the built-in driver."""

    __module__ = "oxalchemy.dialects.mysql.base"
    statement_compiler = MySQLCompiler
    ddl_compiler = MySQLDDLCompiler
    type_compiler_cls = MySQLTypeCompiler
    preparer = MySQLIdentifierPreparer
    supports_server_side_cursors = True
    has_terminate = True
    is_mariadb = False
    _is_mariadb_from_url = False
    _sql_mode = ""
    _casing = 0
    _backslash_escapes = None
    _server_ansiquotes = False
    _isolation_values = ("SERIALIZABLE", "READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "AUTOCOMMIT")
    colspecs = colspecs
    _names = {"username": "user"}

    def __init__(self, json_serializer=None, json_deserializer=None, is_mariadb=None, **kwargs):
        kwargs.pop("use_ansiquotes", None)
        if kwargs.get("paramstyle") is None:
            kwargs["paramstyle"] = self._paramstyle_of(kwargs.get("dbapi"))
        super().__init__(**kwargs)
        self._json_serializer = json_serializer
        self._json_deserializer = json_deserializer
        if is_mariadb is not None:
            self._set_mariadb(is_mariadb, ())

    @classmethod
    def _paramstyle_of(cls, dbapi):
        """The style of a foreign DBAPI is its own, that of the built-in driver the one documented for the name in the DSN."""
        from . import dbapi as own

        return None if dbapi is not None and dbapi is not own else cls._own_paramstyle if dbapi is own else None

    @property
    def ischema_names(self):
        """Names of types in the database to classes; programs may add their own."""
        from .reflection import ischema_names

        return ischema_names

    @classmethod
    def import_dbapi(cls):
        from . import dbapi

        return dbapi

    # -- connecting ----------------------------------------------------------------------------------------------------
    _COERCED = (
        ("compress", util.asbool),
        ("connect_timeout", int),
        ("read_timeout", int),
        ("write_timeout", int),
        ("command_timeout", float),
        ("client_flag", int),
        ("local_infile", util.asbool),
        ("use_unicode", util.asbool),
        ("charset", str),
        ("autocommit", util.asbool),
        ("prepared_statement_cache_size", int),
    )

    def create_connect_args(self, url):
        opts = url.translate_connect_args(**self._names)
        opts.update(url.query)
        for name, convert in self._COERCED:
            util.coerce_kw_type(opts, name, convert)
        ssl = {}
        for name in ("ssl_ca", "ssl_key", "ssl_cert", "ssl_capath", "ssl_cipher", "ssl_check_hostname"):
            if name in opts:
                ssl[name[4:]] = opts.pop(name)
        if "check_hostname" in ssl:
            ssl["check_hostname"] = util.asbool(ssl["check_hostname"])
        if ssl:
            opts["ssl"] = ssl
        return ([], opts)

    @hides_arguments
    def connect(self, *cargs, **cparams):
        connection = self.loaded_dbapi.connect(*cargs, **cparams)
        if self.paramstyle == "qmark" and is_own(connection):
            connection._native_text = True
        return connection

    def initialize(self, connection):
        dbapi_connection = connection.connection.dbapi_connection
        adopt(self, dbapi_connection)
        if is_own(dbapi_connection):
            text = dbapi_connection._server_text
            self.server_version_info = self._parse_server_version(text)
            schema, level, mode, casing = dbapi_connection._ask(
                f"SELECT DATABASE(), @@{self._isolation_variable()}, @@sql_mode, CAST(@@lower_case_table_names AS CHAR)"
            )
            self.default_schema_name = schema
            self.default_isolation_level = level.upper().replace("-", " ")
        else:
            super().initialize(connection)
            mode = connection.exec_driver_sql("SELECT @@sql_mode").scalar()
            casing = connection.exec_driver_sql("SELECT @@lower_case_table_names").scalar()
        self._sql_mode = mode or ""
        self._casing = int(casing or 0)
        self._server_ansiquotes = "ANSI_QUOTES" in self._sql_mode
        self._backslash_escapes = "NO_BACKSLASH_ESCAPES" not in self._sql_mode
        self._follow_server()

    def _isolation_variable(self):
        version = self.server_version_info or (8,)
        new = version >= (11, 1, 1) if self.is_mariadb else version >= (5, 7, 20)
        return "transaction_isolation" if new else "tx_isolation"

    def _get_server_version_info(self, connection):
        text = connection.exec_driver_sql("SELECT VERSION()").scalar()
        return self._parse_server_version(text.decode() if isinstance(text, bytes) else text)

    def _parse_server_version(self, text):
        """The version as numbers; sets what is known about MariaDB."""
        mariadb = "mariadb" in text.lower()
        if mariadb and text.startswith("5.5.5-"):
            # Old servers put a version in front that replication expects.
            text = text[len("5.5.5-") :]
        version = tuple(int(part) for part in re.findall(r"\d+", text)[:3])
        self._set_mariadb((self.is_mariadb and not text) or mariadb, version)
        if version < (5, 0, 2):
            raise NotImplementedError("the MySQL/MariaDB dialect supports server version info 5.0.2 and above.")
        return version

    def _set_mariadb(self, is_mariadb, version):
        if not is_mariadb and self.is_mariadb and self._is_mariadb_from_url:
            shown = ".".join(map(str, version))
            raise exc.InvalidRequestError(f"MySQL version {shown} is not a MariaDB variant.")
        if is_mariadb and not self.is_mariadb:
            self._family = "mariadb"
        self.is_mariadb = bool(is_mariadb)

    def _follow_server(self):
        """Features that the version decides."""
        version = self.server_version_info or ()
        if self.is_mariadb:
            self.supports_sequences = version >= (10, 3)
            self.insert_returning = version >= (10, 5)
            self.delete_returning = version >= (10, 0, 5)
            self.supports_for_update_of = False
            self.supports_native_uuid = version >= (10, 7)
        else:
            self.supports_for_update_of = version >= (8, 0, 1)

    @property
    def _mariadb_normalized_version_info(self):
        return self.server_version_info

    @property
    def _is_mariadb(self):
        return self.is_mariadb

    @property
    def _is_mysql(self):
        return not self.is_mariadb

    def _get_default_schema_name(self, connection):
        return connection.exec_driver_sql("SELECT DATABASE()").scalar()

    def do_ping(self, dbapi_connection):
        if is_own(dbapi_connection):
            dbapi_connection._ask("SELECT 1")
        else:
            dbapi_connection.ping(False)
        return True

    def is_disconnect(self, e, connection, cursor):
        if connection is not None and getattr(e, "is_disconnect", False):
            return True
        dbapi = self.loaded_dbapi
        if isinstance(e, (dbapi.OperationalError, dbapi.ProgrammingError, dbapi.InterfaceError)):
            number = e.args[0] if e.args else None
            return number in _DISCONNECTS or (
                isinstance(e, dbapi.InterfaceError) and number in (0, "(0, '')", "the connection is closed")
            )
        return False

    # -- isolation -----------------------------------------------------------------------------------------------------
    def get_isolation_level_values(self, dbapi_connection):
        return self._isolation_values

    def set_isolation_level(self, dbapi_connection, level):
        if level == "AUTOCOMMIT":
            dbapi_connection.autocommit(True)
            return
        dbapi_connection.autocommit(False)
        cursor = dbapi_connection.cursor()
        cursor.execute(f"SET SESSION TRANSACTION ISOLATION LEVEL {level}")
        cursor.execute("COMMIT")
        cursor.close()

    def get_isolation_level(self, dbapi_connection):
        cursor = dbapi_connection.cursor()
        cursor.execute(f"SELECT @@{self._isolation_variable()}")
        row = cursor.fetchone()
        cursor.close()
        if row is None:
            raise NotImplementedError("the server does not tell the isolation level of the connection")
        level = row[0].decode() if isinstance(row[0], bytes) else row[0]
        return level.upper().replace("-", " ")

    def detect_autocommit_setting(self, dbapi_connection):
        return bool(dbapi_connection.get_autocommit())

    # -- two-phase transactions ----------------------------------------------------------------------------------------
    def do_begin_twophase(self, connection, xid):
        self._xa(connection, "BEGIN", xid)

    def do_prepare_twophase(self, connection, xid):
        self._xa(connection, "END", xid)
        self._xa(connection, "PREPARE", xid)

    def do_rollback_twophase(self, connection, xid, is_prepared=True, recover=False):
        if recover:
            self._end_recovered(connection, "ROLLBACK", xid)
            return
        if not is_prepared:
            self._xa(connection, "END", xid)
        self._xa(connection, "ROLLBACK", xid)

    def do_commit_twophase(self, connection, xid, is_prepared=True, recover=False):
        if recover:
            self._end_recovered(connection, "COMMIT", xid)
            return
        if not is_prepared:
            self.do_prepare_twophase(connection, xid)
        self._xa(connection, "COMMIT", xid)

    def _end_recovered(self, connection, word, xid):
        """End what another connection has prepared: servers refuse that in a transaction, and while ``autocommit`` is off."""
        dbapi_connection = connection.connection.dbapi_connection
        dbapi_connection.rollback()
        before = dbapi_connection.get_autocommit()
        dbapi_connection.autocommit(True)
        try:
            cursor = dbapi_connection.cursor()
            cursor.execute("XA " + word + " " + self._literal(xid))
            cursor.close()
        finally:
            dbapi_connection.autocommit(before)

    def do_recover_twophase(self, connection):
        result = connection.exec_driver_sql("XA RECOVER")
        names = []
        for row in result.mappings() if result.returns_rows else ():
            data = row["data"]
            names.append((data.decode() if isinstance(data, bytes) else data)[: row["gtrid_length"]])
        return names

    def _xa(self, connection, word, xid):
        connection.exec_driver_sql("XA " + word + " " + self._literal(xid))

    def _literal(self, text):
        return "'" + str(text).replace("\\", "\\\\").replace("'", "''").replace("%", "%%") + "'"


take_facts(MySQLDialect, "mysql")


class MariaDBDialect(MySQLDialect):
    """MariaDB."""

    __module__ = "oxalchemy.dialects.mysql.mariadb"
    is_mariadb = True
    _is_mariadb_from_url = True


take_facts(MariaDBDialect, "mariadb")

# Driver, class name, placeholders that its module has, names of connect() arguments.
_DRIVERS = {
    "mysqldb": ("format", {"username": "user", "password": "passwd", "database": "db"}, {}),
    "pymysql": ("pyformat", {"username": "user"}, {}),
    "mysqlconnector": ("format", {"username": "user"}, {}),
    "aiomysql": ("pyformat", {"username": "user", "database": "db"}, {}),
    "asyncmy": ("pyformat", {"username": "user", "database": "db"}, {}),
    "cymysql": (
        "pyformat",
        {"username": "user", "password": "passwd", "database": "db"},
        {"supports_sane_multi_rowcount": False},
    ),
    "mariadbconnector": ("qmark", {"username": "user"}, {}),
    "pyodbc": ("qmark", {"username": "user"}, {"supports_sane_multi_rowcount": False}),
    "oursql": ("qmark", {"username": "user"}, {}),
    "gaerdbms": ("format", {"username": "user", "password": "passwd", "database": "db"}, {}),
}
_ASYNC = ("aiomysql", "asyncmy")
_CLASSES = {}


def _async_of_plain_name(cls, url):
    # A name without driver is served by the built-in one either way.
    return cls if "+" in url.drivername else _CLASSES["MariaDB" if cls.is_mariadb else "MySQL", "aiomysql"]


def _make_classes():
    for driver, (style, names, more) in _DRIVERS.items():
        for prefix, base in (("MySQL", MySQLDialect), ("MariaDB", MariaDBDialect)):
            attributes = {
                "__module__": f"oxalchemy.dialects.mysql.{driver}",
                "driver": driver,
                "_own_paramstyle": style,
                "default_paramstyle": "qmark" if style == "qmark" else "format",
                "_names": names,
                **more,
            }
            name = f"{prefix}Dialect_{driver}"
            bases = (AsyncDialect, base) if driver in _ASYNC else (base,)
            if driver not in _ASYNC:
                attributes["get_async_dialect_cls"] = classmethod(_async_of_plain_name)
            _CLASSES[prefix, driver] = globals()[name] = type(name, bases, attributes)


_make_classes()
dialect = _CLASSES["MySQL", "mysqldb"]


def dialect_class(name, driver):
    """The class for a DSN's dialect and driver names."""
    return _CLASSES["MariaDB" if name == "mariadb" else "MySQL", driver or "mysqldb"]


_LATE = {"ischema_names": "reflection"}


def __getattr__(name):
    if name in _LATE:
        import importlib

        return getattr(importlib.import_module(f".{_LATE[name]}", __package__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
