"""Pytest fixtures over servers.

`postgresql_url`, `mysql_url`: an empty database, cleaned after the test. `any_url`, `any_engine`: the test runs once a database,
on SQLite, PostgreSQL and MariaDB. `postgresql_database`, `mysql_database`, `any_database`: the same with a view by another
driver. A server that cannot be had skips its tests, and the summary says how to get it; OXALCHEMY_TEST_REQUIRE_SERVERS=1 fails
them.
"""

import sqlite3

import pytest

from .private import Unavailable
from .provision import BACKENDS, Server, how, required

MISSING = {}
USED = {}


def missing(what, reason):
    """Skip the test for want of a server, or fail it where servers are required."""
    MISSING[what] = str(reason)
    if required():
        pytest.fail(f"OXALCHEMY_TEST_REQUIRE_SERVERS is set and {reason}", pytrace=False)
    pytest.skip(str(reason))


class Servers:
    """The servers of this run by kind, each looked for once, when the first test asks."""

    def __init__(self):
        self.found = {}

    def get(self, kind):
        if kind not in self.found:
            try:
                server = Server(kind)
                self.found[kind] = server, server.create_database()
                USED[server.backend.NAME] = f"{server.version} ({server.origin})"
            except Unavailable as e:
                self.found[kind] = e
        if isinstance(self.found[kind], Unavailable):
            missing(kind, self.found[kind])
        return self.found[kind]

    def close(self):
        for found in self.found.values():
            if not isinstance(found, Unavailable):
                server, database = found
                database.drop()
                server.close()


@pytest.fixture(scope="session")
def servers():
    servers = Servers()
    yield servers
    servers.close()


def clean_database(servers, kind):
    _, database = servers.get(kind)
    yield database
    database.clean()


@pytest.fixture
def postgresql_database(servers):
    yield from clean_database(servers, "postgresql")


@pytest.fixture
def mysql_database(servers):
    yield from clean_database(servers, "mysql")


@pytest.fixture
def postgresql_url(postgresql_database):
    return postgresql_database.url


@pytest.fixture
def mysql_url(mysql_database):
    return mysql_database.url


@pytest.fixture(scope="session")
def private_servers():
    """`private_servers(kind)`: a server that a test may stop, kill and restart; started at the first call, shared by all."""
    started = {}

    def get(kind):
        if kind not in started:
            try:
                started[kind] = BACKENDS[kind].Private(max_connections=20)
            except Unavailable as e:
                missing(f"private {kind}", f"no {BACKENDS[kind].NAME} server of our own ({e}): {how(BACKENDS[kind])}")
        return started[kind]

    yield get
    for server in started.values():
        server.close()


class SQLiteFile:
    """What `provision.Database` is for a server, for a file of SQLite."""

    kind = "sqlite"
    name = "main"

    def __init__(self, path):
        self.path = path
        self.url = self.driver_url = f"sqlite:///{path}"

    def clean(self):
        self.path.unlink(missing_ok=True)

    def rows(self, text):
        # Another SQLite library in this process must not open a file that ours has open: read a copy.
        copy = self.path.with_suffix(".copy")
        copy.write_bytes(self.path.read_bytes())
        connection = sqlite3.connect(copy)
        try:
            return connection.execute(text).fetchall()
        finally:
            connection.close()
            copy.unlink()


@pytest.fixture
def sqlite_file(tmp_path):
    return SQLiteFile(tmp_path / "test.sqlite")


@pytest.fixture(params=["sqlite", "postgresql", "mysql"])
def any_database(request):
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_file")
    return request.getfixturevalue(f"{request.param}_database")


@pytest.fixture
def any_url(any_database):
    return any_database.url


@pytest.fixture
def any_engine(any_database):
    import oxalchemy

    engine = oxalchemy.create_engine(any_database.url)
    yield engine
    engine.dispose()


def pytest_terminal_summary(terminalreporter):
    if USED:
        terminalreporter.write_line("databases: " + ", ".join(f"{name} {what}" for name, what in USED.items()))
    for what, reason in MISSING.items():
        terminalreporter.write_line(f"!! NOT TESTED: {what}: {reason}", red=True, bold=True)
