"""The built-in MySQL and MariaDB driver as a PEP 249 module, with what ``PyMySQL`` and ``mysqlclient`` users expect of one.

``engine.dialect.dbapi`` is this module.
"""

from __future__ import annotations

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
    "paramstyle",
    "threadsafety",
]

paramstyle = "pyformat"

STRING = TypeCodes((247, 253, 254))
BINARY = TypeCodes((249, 250, 251, 252))
NUMBER = TypeCodes((0, 1, 2, 3, 4, 5, 8, 9, 13, 246))
DATETIME = TypeCodes((7, 10, 11, 12))
ROWID = TypeCodes(())

Cursor = ServerCursor


class MySQLError(Exception):
    """Root of the driver's errors. ``args`` are the server's number and text."""

    sqlstate = None
    is_disconnect = False

    def __reduce__(self):
        return type(self), self.args, self.__dict__


class Warning(MySQLError):
    """PEP 249: important warnings. Not raised."""


class Error(MySQLError):
    """PEP 249: root of the errors."""


class InterfaceError(Error):
    """PEP 249: misuse of the driver."""


class DatabaseError(Error):
    """PEP 249: an error of the database."""


class DataError(DatabaseError):
    """PEP 249: a value out of range, too long or malformed."""


class OperationalError(DatabaseError):
    """PEP 249: outside of the programmer's control."""


class IntegrityError(DatabaseError):
    """PEP 249: a constraint was violated."""


class InternalError(DatabaseError):
    """PEP 249: the database is in a state in which it cannot do that."""


class ProgrammingError(DatabaseError):
    """PEP 249: wrong SQL, missing objects, wrong parameters."""


class NotSupportedError(DatabaseError):
    """PEP 249: the database cannot do that."""


def _error(kind, message, code, sqlstate, fields, is_disconnect):
    """The exception for an error of the driver."""
    cls = globals()[kind]
    error = cls(message) if code is None else cls(code, message)
    if sqlstate is not None:
        error.sqlstate = sqlstate
    if is_disconnect:
        error.is_disconnect = True
    return error


class Connection(ServerConnection):
    """A connection to a MySQL or MariaDB server. A transaction begins with the first statement, unless ``autocommit`` is on."""

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

    _options = {}

    @property
    def open(self):
        return not self._closed

    def __exit__(self, exc_type, exc, tb):
        """Closes."""
        self.close()

    def autocommit(self, value=None):
        """Whether statements outside of transactions commit themselves; given a value, sets that."""
        if value is None:
            return self._autocommit
        if bool(value) != self._autocommit:
            self._autocommit = bool(value)
        return None

    def get_autocommit(self):
        return self._autocommit

    def begin(self):
        """Begins a transaction; an open one is committed by the server."""
        self._ask("BEGIN")

    def ping(self, reconnect=False):
        """Asks the server for a sign of life. Raises :class:`OperationalError` when there is none."""
        self._ask("SELECT 1")

    def query(self, sql):
        """Executes text without parameters."""
        self.cursor().execute(sql)

    def thread_id(self):
        """The server's number of this connection."""
        return self._server_id

    def insert_id(self):
        """The key that the last INSERT on this connection generated; 0 when there was none."""
        return int(self._ask("SELECT CAST(LAST_INSERT_ID() AS CHAR)")[0])

    def kill(self, thread_id):
        """Ends another connection."""
        self._ask(f"KILL {int(thread_id)}")

    def select_db(self, db):
        """Changes the default database."""
        self._ask("USE `" + str(db).replace("`", "``") + "`")

    def character_set_name(self):
        return "utf8mb4"

    @property
    def charset(self):
        return "utf8mb4"

    @property
    def encoding(self):
        return "utf8"

    def set_character_set(self, charset, collation=None):
        """Text is exchanged as utf8mb4 whatever is asked for: the server converts."""
        if collation is not None:
            self._ask("SET collation_connection = '" + str(collation).replace("'", "") + "'")

    set_charset = set_character_set

    def get_server_info(self):
        """The server's version as it writes it."""
        return self._server_text

    @property
    def server_version(self):
        return self._server_text

    def get_host_info(self):
        options = self._options
        if "unix_socket" in options:
            return "Localhost via UNIX socket"
        return f"{options.get('host', 'localhost')} via TCP/IP"

    def get_proto_info(self):
        return 10

    def show_warnings(self):
        """Warnings of the last statement: level, number, text."""
        with self.cursor() as cursor:
            return tuple(cursor.execute("SHOW WARNINGS").fetchall())


# Arguments that other drivers take and that mean nothing here.
_IGNORED = frozenset(
    (
        "auth_plugin_map",
        "bind_address",
        "binary_prefix",
        "buffered",
        "client_flag",
        "compress",
        "conv",
        "cursor_class",
        "cursorclass",
        "defer_connect",
        "echo",
        "local_infile",
        "loop",
        "maxsize",
        "minsize",
        "named_pipe",
        "program_name",
        "raise_on_warnings",
        "read_default_group",
        "server_public_key",
        "use_pure",
        "use_unicode",
        "write_timeout",
    )
)
_RENAMED = {"db": "database", "passwd": "password", "username": "user", "connection_timeout": "connect_timeout"}
_SSL = {
    "ca": "ssl_ca",
    "cert": "ssl_cert",
    "key": "ssl_key",
    "check_hostname": "ssl_verify_identity",
    "verify_mode": "ssl_verify_cert",
}


def _options(kwargs):
    """Options by the names that the driver has, as text."""
    options = {}
    for name, value in kwargs.items():
        if value is None or name in _IGNORED:
            continue
        if name == "ssl" and isinstance(value, dict):
            options.setdefault("ssl_mode", "REQUIRED")
            for part, given in value.items():
                if part in _SSL and given is not None:
                    options[_SSL[part]] = as_text(given)
        elif name == "ssl" and not isinstance(value, (bool, str)):
            options["ssl_mode"] = "VERIFY_CA" if getattr(value, "verify_mode", 0) else "REQUIRED"
        else:
            options[_RENAMED.get(name, name)] = as_text(value)
    return options


@hides_arguments
def connect(host=None, user=None, password=None, database=None, port=None, **kwargs):
    """Connect to a server.

    ``host``, ``user``, ``password`` (``passwd``), ``database`` (``db``), ``port``, ``unix_socket``; ``charset`` is accepted,
    text is always exchanged as utf8mb4; ``collation``, ``sql_mode``, ``init_command``; ``ssl``: True, or a dictionary of ``ca``,
    ``cert``, ``key``, ``check_hostname``; ``ssl_ca``, ``ssl_cert``, ``ssl_key``, ``ssl_mode``, ``ssl_disabled``;
    ``connect_timeout`` and ``read_timeout`` (``command_timeout``), in seconds; ``autocommit``; ``prepared_statement_cache_size``
    (0 prepares nothing).

    Raises :class:`OperationalError` when no connection can be made and :class:`ProgrammingError` for unknown options.
    """
    autocommit = bool(kwargs.pop("autocommit", False))
    given = {"host": host, "user": user, "password": password, "database": database, "port": port}
    options = _options({**given, **kwargs})
    connection = Connection("mysql", options, autocommit)
    connection._options = options
    return connection
