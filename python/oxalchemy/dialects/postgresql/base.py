"""PostgreSQL dialect classes."""

from __future__ import annotations

import re

from ... import exc, util
from ...engine.characteristics import ConnectionCharacteristic
from ...engine.default import DefaultDialect, take_facts
from ...sql import compiler as _compiler
from ...util._secrets import hides_arguments
from .._asyncio import AsyncDialect
from .._driver import adopt, is_own
from .types import colspecs


class PGCompiler(_compiler.SQLCompiler):
    __module__ = "oxalchemy.dialects.postgresql.base"


class PGDDLCompiler(_compiler.DDLCompiler):
    __module__ = "oxalchemy.dialects.postgresql.base"


class PGTypeCompiler(_compiler.GenericTypeCompiler):
    __module__ = "oxalchemy.dialects.postgresql.base"


class PGIdentifierPreparer(_compiler.IdentifierPreparer):
    __module__ = "oxalchemy.dialects.postgresql.base"


class PGReadOnlyConnectionCharacteristic(ConnectionCharacteristic):
    """``postgresql_readonly``: transactions may only read."""

    transactional = True

    def reset_characteristic(self, dialect, dbapi_conn):
        dialect.set_readonly(dbapi_conn, False)

    def set_characteristic(self, dialect, dbapi_conn, value):
        dialect.set_readonly(dbapi_conn, value)

    def get_characteristic(self, dialect, dbapi_conn):
        return dialect.get_readonly(dbapi_conn)


class PGDeferrableConnectionCharacteristic(ConnectionCharacteristic):
    """``postgresql_deferrable``: serializable read-only transactions wait for a safe snapshot."""

    transactional = True

    def reset_characteristic(self, dialect, dbapi_conn):
        dialect.set_deferrable(dbapi_conn, False)

    def set_characteristic(self, dialect, dbapi_conn, value):
        dialect.set_deferrable(dbapi_conn, value)

    def get_characteristic(self, dialect, dbapi_conn):
        return dialect.get_deferrable(dbapi_conn)


# What drivers say when a connection is gone, for those that have no better way to tell.
_DISCONNECTS = (
    "terminating connection",
    "closed the connection",
    "connection not open",
    "connection already closed",
    "could not receive data from server",
    "could not send data to server",
    "connection is closed",
    "connection is lost",
    "cursor already closed",
    "SSL connection has been closed unexpectedly",
    "SSL SYSCALL error",
    "network name is no longer available",
    "losed the connection unexpectedly",
)


def _gid(xid):
    """The name of a prepared transaction as driver SQL: the statements that take it take no parameters."""
    return "'" + str(xid).replace("'", "''").replace("%", "%%") + "'"


class PGDialect(DefaultDialect):
    """PostgreSQL, on the built-in driver."""

    __module__ = "oxalchemy.dialects.postgresql.base"
    statement_compiler = PGCompiler
    ddl_compiler = PGDDLCompiler
    type_compiler_cls = PGTypeCompiler
    preparer = PGIdentifierPreparer
    supports_server_side_cursors = True
    supports_native_json_serialization = True
    supports_native_json_deserialization = True
    use_native_hstore = True
    has_terminate = True
    reflection_options = ("postgresql_ignore_search_path",)
    connection_characteristics = DefaultDialect.connection_characteristics.union(
        {
            "postgresql_readonly": PGReadOnlyConnectionCharacteristic(),
            "postgresql_deferrable": PGDeferrableConnectionCharacteristic(),
        }
    )
    _isolation_values = ("AUTOCOMMIT", "READ COMMITTED", "READ UNCOMMITTED", "REPEATABLE READ", "SERIALIZABLE")
    _backslash_escapes = None
    colspecs = colspecs
    _names = {"username": "user", "database": "dbname"}

    def __init__(
        self,
        native_inet_types=None,
        json_serializer=None,
        json_deserializer=None,
        client_encoding=None,
        use_native_hstore=True,
        executemany_mode=None,
        executemany_batch_page_size=None,
        executemany_values_page_size=None,
        **kwargs,
    ):
        if kwargs.get("paramstyle") is None:
            kwargs["paramstyle"] = self._paramstyle_of(kwargs.get("dbapi"))
        super().__init__(**kwargs)
        self._native_inet_types = native_inet_types
        self._json_serializer = json_serializer
        self._json_deserializer = json_deserializer
        self.client_encoding = client_encoding
        self.use_native_hstore = use_native_hstore
        if executemany_values_page_size is not None:
            self.insertmanyvalues_page_size = executemany_values_page_size

    @classmethod
    def _paramstyle_of(cls, dbapi):
        """The style of a foreign DBAPI is its own, that of the built-in driver the one documented for the name in the DSN."""
        from . import dbapi as own

        return None if dbapi is not None and dbapi is not own else cls.default_paramstyle

    @property
    def inspector(self):
        """The class of Inspectors of this dialect."""
        from .inspector import PGInspector

        return PGInspector

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
    def create_connect_args(self, url):
        hosts, ports = self._hosts(url)
        opts = url.translate_connect_args(**self._names)
        query = {k: v for k, v in url.query.items() if k not in ("host", "port") or hosts is None}
        opts.update(query)
        if hosts is not None:
            opts["host"] = ",".join(hosts)
            opts["port"] = ",".join(ports)
        if not opts:
            return ([""], {})
        return ([], opts)

    @staticmethod
    def _hosts(url):
        """Hosts and ports of a DSN that names several of them; (None, None) for one."""
        given = url.query.get("host")
        if given is None:
            return None, None
        hosts, ports = [], []
        for part in util.to_list(given):
            for one in part.split(","):
                host, colon, port = one.rpartition(":")
                if colon and port.isdigit() and "/" not in port and not host.startswith("/"):
                    hosts.append(host)
                    ports.append(port)
                else:
                    hosts.append(one)
                    ports.append("")
        if "port" in url.query:
            if any(ports):
                raise exc.ArgumentError(
                    "Can't mix 'multihost' formats together; use \"host=h1,h2,h3&port=p1,p2,p3\" or "
                    '"host=h1:p1&host=h2:p2&host=h3:p3" separately'
                )
            ports = [p for part in util.to_list(url.query["port"]) for p in part.split(",")]
            if any(p and not p.isdigit() for p in ports):
                raise exc.ArgumentError(f"Received non-integer port arguments: {url.query['port']}")
            if len(ports) == 1:
                ports *= len(hosts)
            if len(ports) != len(hosts):
                raise exc.ArgumentError("number of hosts and ports don't match")
        elif url.port and not any(ports):
            ports = [str(url.port)] * len(hosts)
        if len(hosts) == 1 and not any(ports):
            return None, None
        return hosts, ports

    @hides_arguments
    def connect(self, *cargs, **cparams):
        connection = self.loaded_dbapi.connect(*cargs, **cparams)
        if self.paramstyle == "numeric_dollar" and is_own(connection):
            connection._native_text = True
        if is_own(connection):
            connection._returns_as(self)
        return connection

    def on_connect(self):
        if self.client_encoding is None:
            return None

        def connect(dbapi_connection):
            dbapi_connection.set_client_encoding(self.client_encoding)

        return connect

    def initialize(self, connection):
        dbapi_connection = connection.connection.dbapi_connection
        adopt(self, dbapi_connection)
        if is_own(dbapi_connection):
            self.server_version_info = tuple(dbapi_connection._server_version)[
                : 2 if dbapi_connection._server_version[0] > 9 else 3
            ]
            schema, level, escapes = dbapi_connection._ask(
                "SELECT current_schema()::text, current_setting('transaction_isolation'), "
                "current_setting('standard_conforming_strings')"
            )
            self.default_schema_name = schema
            self.default_isolation_level = level.upper()
            self._backslash_escapes = escapes == "off"
        else:
            super().initialize(connection)
            escapes = connection.exec_driver_sql("show standard_conforming_strings").scalar()
            self._backslash_escapes = escapes == "off"

    def _get_server_version_info(self, connection):
        text = connection.exec_driver_sql("select pg_catalog.version()").scalar()
        found = re.match(r".*(?:PostgreSQL|EnterpriseDB) (\d+)\.?(\d+)?(?:\.(\d+))?(?:\.\d+)?(?:devel|beta)?", text)
        if not found:
            raise AssertionError(f"Could not determine version from string '{text}'")
        return tuple(int(x) for x in found.groups() if x is not None)

    def _get_default_schema_name(self, connection):
        return connection.exec_driver_sql("select current_schema()").scalar()

    def do_ping(self, dbapi_connection):
        if is_own(dbapi_connection):
            dbapi_connection._ask("SELECT 1")
            return True
        return super().do_ping(dbapi_connection)

    def is_disconnect(self, e, connection, cursor):
        if connection is None:
            return False  # what was never connected cannot be lost
        if getattr(e, "is_disconnect", False):
            return True
        if not isinstance(e, self.loaded_dbapi.Error):
            return False
        if getattr(connection, "closed", False) or getattr(connection, "broken", False):
            return True
        text = str(e).partition("\n")[0]
        return any(known in text and '"' not in text[: text.index(known)] for known in _DISCONNECTS)

    # -- isolation -----------------------------------------------------------------------------------------------------
    def get_isolation_level_values(self, dbapi_connection):
        return self._isolation_values

    def set_isolation_level(self, dbapi_connection, level):
        if is_own(dbapi_connection):
            if level == "AUTOCOMMIT":
                dbapi_connection.autocommit = True
            else:
                dbapi_connection.autocommit = False
                dbapi_connection.isolation_level = self.loaded_dbapi.IsolationLevel[level.replace(" ", "_")]
            return
        dbapi_connection.autocommit = level == "AUTOCOMMIT"
        if level != "AUTOCOMMIT":
            cursor = dbapi_connection.cursor()
            cursor.execute(f"SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL {level}")
            cursor.execute("COMMIT")
            cursor.close()

    def get_isolation_level(self, dbapi_connection):
        cursor = dbapi_connection.cursor()
        cursor.execute("show transaction isolation level")
        level = cursor.fetchone()[0]
        cursor.close()
        return level.upper()

    def detect_autocommit_setting(self, dbapi_connection):
        return bool(dbapi_connection.autocommit)

    def set_readonly(self, dbapi_connection, value):
        dbapi_connection.read_only = value

    def get_readonly(self, dbapi_connection):
        return dbapi_connection.read_only

    def set_deferrable(self, dbapi_connection, value):
        dbapi_connection.deferrable = value

    def get_deferrable(self, dbapi_connection):
        return dbapi_connection.deferrable

    # -- two-phase transactions ----------------------------------------------------------------------------------------
    def do_begin_twophase(self, connection, xid):
        self.do_begin(connection.connection)

    def do_prepare_twophase(self, connection, xid):
        connection.exec_driver_sql(f"PREPARE TRANSACTION {_gid(xid)}")

    def do_rollback_twophase(self, connection, xid, is_prepared=True, recover=False):
        self._end_twophase(connection, "ROLLBACK", xid, is_prepared)

    def do_commit_twophase(self, connection, xid, is_prepared=True, recover=False):
        self._end_twophase(connection, "COMMIT", xid, is_prepared)

    def _end_twophase(self, connection, word, xid, is_prepared):
        dbapi_connection = connection.connection
        if not is_prepared:
            (self.do_rollback if word == "ROLLBACK" else self.do_commit)(dbapi_connection)
            return
        # Not inside of a transaction: neither one that this connection has begun, nor one that the driver would begin now.
        raw = dbapi_connection.dbapi_connection
        raw.rollback()
        before, raw.autocommit = raw.autocommit, True
        try:
            connection.exec_driver_sql(f"{word} PREPARED {_gid(xid)}")
        finally:
            raw.autocommit = before

    def do_recover_twophase(self, connection):
        return connection.exec_driver_sql("SELECT gid FROM pg_prepared_xacts").scalars().all()


take_facts(PGDialect, "postgresql")


def _driver(name, driver, *mixins, **attributes):
    module = f"oxalchemy.dialects.postgresql.{driver}"
    return type(name, (*mixins, PGDialect), {"__module__": module, "driver": driver, **attributes})


def _async_psycopg(cls, url):
    return PGDialectAsync_psycopg


PGDialect_psycopg = _driver("PGDialect_psycopg", "psycopg", get_async_dialect_cls=classmethod(_async_psycopg))
PGDialectAsync_psycopg = _driver("PGDialectAsync_psycopg", "psycopg", AsyncDialect)
PGDialect_psycopg2 = _driver("PGDialect_psycopg2", "psycopg2", supports_sane_multi_rowcount=False)
PGDialect_psycopg2cffi = _driver("PGDialect_psycopg2cffi", "psycopg2cffi", supports_sane_multi_rowcount=False)
PGDialect_asyncpg = _driver(
    "PGDialect_asyncpg",
    "asyncpg",
    AsyncDialect,
    default_paramstyle="numeric_dollar",
    supports_sane_multi_rowcount=False,
    _names={"username": "user"},
)
PGDialect_pg8000 = _driver("PGDialect_pg8000", "pg8000", default_paramstyle="format", _names={"username": "user"})
PGDialect_pypostgresql = _driver("PGDialect_pypostgresql", "pypostgresql")
PGDialect_pygresql = _driver("PGDialect_pygresql", "pygresql")

dialect = PGDialect_psycopg

_BY_DRIVER = {
    "": PGDialect_psycopg,
    "psycopg": PGDialect_psycopg,
    "psycopg_async": PGDialectAsync_psycopg,
    "psycopg2": PGDialect_psycopg2,
    "psycopg2cffi": PGDialect_psycopg2cffi,
    "asyncpg": PGDialect_asyncpg,
    "pg8000": PGDialect_pg8000,
    "pypostgresql": PGDialect_pypostgresql,
    "pygresql": PGDialect_pygresql,
}


def dialect_class(name, driver):
    """The class for a DSN's dialect and driver names."""
    return _BY_DRIVER[driver]


_LATE = {"ischema_names": "reflection", "PGInspector": "inspector"}


def __getattr__(name):
    if name in _LATE:
        import importlib

        return getattr(importlib.import_module(f".{_LATE[name]}", __package__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
