"""The built-in PostgreSQL driver as a PEP 249 module, with what ``psycopg`` users expect of one.

``engine.dialect.dbapi`` is this module.
"""

from __future__ import annotations

import enum
import shlex

from ..._rs import ServerConnection, ServerCursor
from ...util._secrets import hides_arguments
from .._driver import (
    Binary,
    Date,
    DateFromTicks,
    Time,
    TimeFromTicks,
    Timestamp,
    TimestampFromTicks,
    TypeCodes,
    apilevel,
    as_text,
    threadsafety,
)
from . import errors
from .errors import (
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    Warning,
    _error,
)

__all__ = [
    "BINARY",
    "Binary",
    "Connection",
    "Cursor",
    "DATETIME",
    "DataError",
    "DatabaseError",
    "Date",
    "DateFromTicks",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "IsolationLevel",
    "NUMBER",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
    "ROWID",
    "STRING",
    "Time",
    "TimeFromTicks",
    "Timestamp",
    "TimestampFromTicks",
    "Warning",
    "apilevel",
    "connect",
    "errors",
    "paramstyle",
    "threadsafety",
]

paramstyle = "pyformat"

STRING = TypeCodes((18, 19, 25, 1042, 1043))
BINARY = TypeCodes((17,))
NUMBER = TypeCodes((20, 21, 23, 700, 701, 1700))
DATETIME = TypeCodes((1082, 1083, 1114, 1184, 1186, 1266))
ROWID = TypeCodes((26,))

Cursor = ServerCursor


class IsolationLevel(enum.IntEnum):
    """Isolation levels as ``Connection.isolation_level`` takes them."""

    READ_UNCOMMITTED = 1
    READ_COMMITTED = 2
    REPEATABLE_READ = 3
    SERIALIZABLE = 4


class Xid:
    """The name of a two-phase transaction."""

    def __init__(self, format_id, gtrid, bqual):
        self.format_id = format_id
        self.gtrid = gtrid
        self.bqual = bqual

    def __str__(self):
        return self.gtrid if self.format_id is None else f"{self.format_id}_{self.gtrid}_{self.bqual}"

    def __repr__(self):
        return f"<Xid: {self}>"


class ConnectionInfo:
    """Facts about a connection."""

    def __init__(self, connection):
        self._connection = connection

    @property
    def backend_pid(self):
        """The server process; 0 behind a pooler."""
        return self._connection._server_id

    @property
    def server_version(self):
        """The server's version as one number, e.g. 150004."""
        major, minor, _ = self._connection._server_version
        return major * 10000 + minor

    @property
    def in_transaction(self):
        """Whether a transaction is open."""
        return self._connection._in_transaction

    @property
    def host(self):
        return self._connection._options.get("host", "")

    @property
    def port(self):
        return int(self._connection._options.get("port", 5432))

    @property
    def user(self):
        return self._connection._options.get("user", "")

    @property
    def dbname(self):
        return self._connection._options.get("dbname", "")

    @property
    def dsn(self):
        """The options of the connection, without the password."""
        return " ".join(f"{k}={v}" for k, v in self._connection._options.items() if k != "password")

    @property
    def encoding(self):
        return "utf-8"

    def parameter_status(self, name):
        """The value of a server setting, or None."""
        row = self._connection._ask(f"SELECT current_setting({_literal(name)}, true)")
        return row[0] if row else None


def _literal(text):
    return "E'" + str(text).replace("\\", "\\\\").replace("'", "''") + "'"


class Connection(ServerConnection):
    """A connection to a PostgreSQL server. A transaction begins with the first statement, unless ``autocommit`` is set."""

    _isolation_level = None
    _read_only = None
    _deferrable = None
    _options = {}

    Warning = Warning
    Error = Error
    InterfaceError = InterfaceError
    DatabaseError = DatabaseError
    DataError = DataError
    OperationalError = OperationalError
    IntegrityError = IntegrityError
    InternalError = InternalError
    ProgrammingError = ProgrammingError
    NotSupportedError = NotSupportedError

    @property
    def info(self):
        return ConnectionInfo(self)

    @property
    def closed(self):
        return self._closed

    @property
    def broken(self):
        """Whether the connection was lost rather than closed."""
        return False

    def execute(self, query, params=None, **kw):
        """``cursor().execute(…)``."""
        return self.cursor().execute(query, params)

    def __exit__(self, exc_type, exc, tb):
        """Commits, or rolls back after an exception; then closes, as psycopg 3 does."""
        if not self._closed:
            if exc_type is None:
                self.commit()
            else:
                self.rollback()
            self.close()

    # -- transactions --------------------------------------------------------------------------------------------------
    def _outside(self, what):
        if self._in_transaction:
            raise ProgrammingError(f"can't change {what!r} now: connection in transaction status INTRANS")

    @property
    def autocommit(self):
        return self._autocommit

    @autocommit.setter
    def autocommit(self, value):
        self._outside("autocommit")
        self._autocommit = bool(value)

    def set_autocommit(self, value):
        self.autocommit = value

    @property
    def isolation_level(self):
        """The isolation level of transactions that begin from now on; None: the server's default."""
        return self._isolation_level

    @isolation_level.setter
    def isolation_level(self, value):
        self._outside("isolation_level")
        self._isolation_level = None if value is None else IsolationLevel(value)
        self._renew_begin()

    def set_isolation_level(self, value):
        self.isolation_level = value

    @property
    def read_only(self):
        """Whether transactions that begin from now on may only read; None: the server's default."""
        return self._read_only

    @read_only.setter
    def read_only(self, value):
        self._outside("read_only")
        self._read_only = None if value is None else bool(value)
        self._renew_begin()

    @property
    def readonly(self):
        return self.read_only

    @readonly.setter
    def readonly(self, value):
        self.read_only = value

    @property
    def deferrable(self):
        """Whether transactions that begin from now on wait for a safe snapshot; None: the server's default."""
        return self._deferrable

    @deferrable.setter
    def deferrable(self, value):
        self._outside("deferrable")
        self._deferrable = None if value is None else bool(value)
        self._renew_begin()

    def _renew_begin(self):
        words = ["BEGIN"]
        if self._isolation_level is not None:
            words.append("ISOLATION LEVEL " + self._isolation_level.name.replace("_", " "))
        if self._read_only is not None:
            words.append("READ ONLY" if self._read_only else "READ WRITE")
        if self._deferrable is not None:
            words.append("DEFERRABLE" if self._deferrable else "NOT DEFERRABLE")
        self._set_begin(" ".join(words))

    # -- two-phase transactions ----------------------------------------------------------------------------------------
    def xid(self, format_id, gtrid, bqual):
        return Xid(format_id, gtrid, bqual)

    def tpc_begin(self, xid):
        """Begins a transaction that is committed in two phases. ``xid``: :class:`Xid` or text."""
        self._outside("a two-phase transaction")
        self._ask("BEGIN")
        self.__dict__["_xid"] = xid

    def tpc_prepare(self):
        self._ask(f"PREPARE TRANSACTION {_literal(self.__dict__['_xid'])}")
        self.__dict__["_prepared"] = True

    def tpc_commit(self, xid=None):
        self._tpc_end("COMMIT", xid)

    def tpc_rollback(self, xid=None):
        self._tpc_end("ROLLBACK", xid)

    def _tpc_end(self, word, xid):
        own, prepared = self.__dict__.pop("_xid", None), self.__dict__.pop("_prepared", False)
        if xid is None and not prepared:
            self._ask(word)
        else:
            self._ask(f"{word} PREPARED {_literal(own if xid is None else xid)}")

    def tpc_recover(self):
        """The prepared transactions of this database."""
        with self.cursor() as cursor:
            cursor.execute("SELECT gid FROM pg_prepared_xacts WHERE database = current_database()")
            return [Xid(None, row[0], None) for row in cursor.fetchall()]

    # -- what psycopg2 calls otherwise ---------------------------------------------------------------------------------
    def get_backend_pid(self):
        return self._server_id

    @property
    def server_version(self):
        return self.info.server_version

    @property
    def encoding(self):
        return "UTF8"

    def set_client_encoding(self, encoding):
        if encoding.lower().replace("-", "").replace("_", "") not in ("utf8", "unicode"):
            raise NotSupportedError(f"the built-in driver exchanges text as UTF8 only, not as {encoding!r}")

    def set_session(self, isolation_level=None, readonly=None, deferrable=None, autocommit=None):
        if isolation_level is not None:
            name = isolation_level.upper().replace(" ", "_") if isinstance(isolation_level, str) else isolation_level
            self.isolation_level = IsolationLevel[name] if isinstance(name, str) else name
        if readonly is not None:
            self.read_only = readonly
        if deferrable is not None:
            self.deferrable = deferrable
        if autocommit is not None:
            self.autocommit = autocommit

    @property
    def notices(self):
        return []


# Arguments that other drivers take and that mean nothing here.
_IGNORED = frozenset(
    (
        "async_",
        "client_encoding",
        "connection_factory",
        "context",
        "cursor_factory",
        "keepalives",
        "keepalives_count",
        "keepalives_idle",
        "keepalives_interval",
        "max_cacheable_statement_size",
        "max_cached_statement_lifetime",
        "prepared_statement_name_func",
        "record_class",
        "row_factory",
        "tcp_keepalive",
    )
)
_RENAMED = {
    "database": "dbname",
    "timeout": "connect_timeout",
    "unix_sock": "host",
    "statement_cache_size": "prepared_statement_cache_size",
}


def _options(conninfo, kwargs):
    """Options by the names that the driver has, as text."""
    options = {}
    if conninfo:
        if "://" in conninfo:
            raise ProgrammingError("connect() takes 'name=value' text and keyword arguments; a URL is for create_engine()")
        for part in shlex.split(conninfo):
            name, _, value = part.partition("=")
            options[name] = value
    for name, value in kwargs.items():
        if value is None and name != "prepare_threshold":
            continue
        if name == "server_settings":
            options["options"] = " ".join([options.get("options", ""), *(f"-c {k}={v}" for k, v in value.items())]).strip()
        elif name in ("ssl", "ssl_context"):
            options["sslmode"] = _sslmode(value)
        elif name not in _IGNORED or name == "client_encoding":
            options[_RENAMED.get(name, name)] = as_text(value)
    return options


def _sslmode(value):
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "require" if value else "disable"
    verifies = getattr(value, "verify_mode", 0)
    return ("verify-full" if getattr(value, "check_hostname", False) else "verify-ca") if verifies else "require"


@hides_arguments
def connect(conninfo="", **kwargs):
    """Connect to a server.

    ``conninfo``: ``name=value`` pairs as for ``libpq``. Keyword arguments: the same names (``host``, ``port``, ``user``,
    ``password``, ``dbname``, ``sslmode``, ``sslrootcert``, ``sslcert``, ``sslkey``, ``application_name``, ``options``,
    ``connect_timeout`` in seconds), ``autocommit``, ``command_timeout`` (seconds that a statement may take),
    ``prepared_statement_cache_size`` (0 prepares nothing: for transaction poolers). Several hosts, separated by commas, are
    tried in turn.

    Raises :class:`OperationalError` when no connection can be made and :class:`ProgrammingError` for unknown options.
    """
    autocommit = bool(kwargs.pop("autocommit", False))
    options = _options(conninfo, kwargs)
    hosts = options.get("host", "").split(",")
    ports = options.get("port", "").split(",")
    failures = []
    for i, host in enumerate(hosts):
        own = dict(options)
        if len(hosts) > 1:
            own["host"] = host
            port = ports[i] if len(ports) == len(hosts) else ports[0]
            own["port"] = port or "5432"
        try:
            connection = Connection("postgresql", own, autocommit)
        except OperationalError as e:
            failures.append(e)
            continue
        connection._options = own
        return connection
    raise failures[-1]
