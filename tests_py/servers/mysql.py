"""MySQL and MariaDB for the tests: logging in by hand, databases, and a private server."""

import pathlib
from urllib.parse import unquote, urlsplit

from . import binaries
from .private import PrivateServer, Unavailable

NAME = "MariaDB"
VARIABLE = "OXALCHEMY_TEST_MYSQL"
EXAMPLE = "mysql://user:password@host/database"
HOW = "set {variable}={example}, or install it (apt-get install mariadb-server)"
DRIVER = "pymysql"


def default_urls():
    """Where a server on this machine would be, with the account that usually needs no password."""
    return ["mysql://root@127.0.0.1:3306/"]


def connect(url, **options):
    """A PyMySQL connection in autocommit mode to a URL of ours."""
    import pymysql

    parts = urlsplit(url)
    options = {"autocommit": True, "connect_timeout": 5, "charset": "utf8mb4"} | options
    return pymysql.connect(
        host=parts.hostname,
        port=parts.port or 3306,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=unquote(parts.path.lstrip("/")) or None,
        **options,
    )


def query(connection, text, parameters=None):
    """Rows of one statement; PyMySQL's connections have no `execute`."""
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        return cursor.fetchall()


def version(connection):
    return query(connection, "SELECT version()")[0][0]


def create_database(connection, name):
    query(connection, f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")


def drop_database(connection, name):
    end_sessions(connection, name)
    query(connection, f"DROP DATABASE IF EXISTS `{name}`")


def sessions(connection, name):
    rows = query(connection, "SELECT id FROM information_schema.processlist WHERE db = %s AND id <> connection_id()", (name,))
    return [row[0] for row in rows]


def end_sessions(connection, name):
    import pymysql

    for number in sessions(connection, name):
        try:
            query(connection, f"KILL {number:d}")
        except pymysql.MySQLError:
            pass  # it ended by itself


def count_sessions(connection, name):
    """How many sessions others hold in the database `name`."""
    return len(sessions(connection, name))


def clean(connection, name):
    """Drop every object of the database `name`, which the connection is logged into."""
    drop_database(connection, name)
    create_database(connection, name)
    connection.select_db(name)


def installed():
    server, install = binaries.program("mariadbd"), binaries.program("mariadb-install-db")
    return (server, install) if server and install else None


def find():
    """Paths of the server and of the program that makes its files: installed ones, else a system package."""
    if installed():
        return installed()
    if binaries.apt_install("mariadb-server") and installed():
        return installed()
    raise Unavailable("no MariaDB server programs")


class Private(PrivateServer):
    """A MariaDB server of this run. `settings` are server options by name.

    `root` needs no password; the account GUARDED has one.
    """

    accounts = ("mysql",)
    GUARDED = ("guarded", "s3cr:t/p@ss")

    def __init__(self, **settings):
        self.settings = {"innodb_flush_log_at_trx_commit": 0, "innodb_buffer_pool_size": "64M", "max_connections": 60} | settings
        super().__init__()

    def make_files(self):
        self.server, install = find()
        data = self.folder / "data"
        self.run(
            *(install, "--no-defaults", f"--datadir={data}", f"--tmpdir={self.folder}"),
            *("--auth-root-authentication-method=normal", "--skip-test-db"),
        )

    def command(self):
        options = [f"--{key.replace('_', '-')}={value}" for key, value in self.settings.items()]
        return [
            *(self.server, "--no-defaults", f"--datadir={self.folder / 'data'}", f"--port={self.port}"),
            *("--bind-address=127.0.0.1", f"--socket={self.folder / 'mysql.sock'}", f"--pid-file={self.folder / 'pid'}"),
            *(f"--tmpdir={self.folder}", "--skip-log-bin", "--skip-name-resolve"),
            *options,
        ]

    @property
    def url(self):
        return f"mysql://root@127.0.0.1:{self.port}/"

    @property
    def socket(self):
        return pathlib.Path(self.folder / "mysql.sock")

    def ping(self):
        connection = connect(self.url)
        try:
            user, password = self.GUARDED
            query(connection, f"CREATE USER IF NOT EXISTS '{user}'@'%%' IDENTIFIED BY %s", (password,))
            query(connection, f"GRANT ALL ON *.* TO '{user}'@'%'")
        finally:
            connection.close()
