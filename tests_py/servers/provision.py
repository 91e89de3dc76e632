"""Which server a run uses, and a database of its own there.

In this order: the URL in the environment (an error when it does not work: it was asked for), a server on this machine's default
port, a private one. `Unavailable` when there is none and none can be had.
"""

import contextlib
import os
import uuid
from urllib.parse import urlsplit, urlunsplit

from . import mysql, postgresql
from .private import Unavailable

BACKENDS = {"postgresql": postgresql, "mysql": mysql}


def required():
    """Whether a missing server fails the tests instead of skipping them."""
    return os.environ.get("OXALCHEMY_TEST_REQUIRE_SERVERS", "") not in ("", "0")


def with_database(url, name):
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path="/" + name))


def how(backend):
    return backend.HOW.format(variable=backend.VARIABLE, example=backend.EXAMPLE)


class Server:
    """A server that tests may use. `url` logs in as somebody who may create databases.

    Attributes: `kind` ("postgresql" or "mysql"), `backend` (its module), `origin` (where it came from, for people).
    """

    def __init__(self, kind):
        self.kind = kind
        self.backend = BACKENDS[kind]
        self.private = None
        self.url, self.origin = self.look_for()

    def look_for(self):
        b = self.backend
        named = os.environ.get(b.VARIABLE)
        if named:
            self.check(named)
            return named, b.VARIABLE
        try:
            for url in b.default_urls():
                with contextlib.suppress(Exception):
                    self.check(url)
                    return url, "default port"
            self.private = b.Private()
        except ModuleNotFoundError as e:
            raise Unavailable(f"the tests talk to {b.NAME} through {e.name}: pip install {e.name}") from e
        except Unavailable as e:
            raise Unavailable(f"no {b.NAME} server ({e}): {how(b)}") from e
        return self.private.url, "private"

    def check(self, url):
        b = self.backend
        connection = b.connect(url)
        try:
            self.version = b.version(connection)
        finally:
            connection.close()

    @contextlib.contextmanager
    def by_hand(self, database=None):
        """A connection of psycopg or PyMySQL in autocommit mode."""
        connection = self.backend.connect(with_database(self.url, database) if database else self.url)
        try:
            yield connection
        finally:
            connection.close()

    def create_database(self):
        """A new, empty database; returns its `Database`."""
        name = f"oxalchemy_test_{os.getpid()}_{uuid.uuid4().hex[:6]}"
        with self.by_hand() as connection:
            self.backend.create_database(connection, name)
        return Database(self, name)

    def close(self):
        if self.private:
            self.private.close()


class Database:
    """A database of this run: `url` for oxalchemy, `by_hand()` for psycopg or PyMySQL."""

    def __init__(self, server, name):
        self.server = server
        self.kind = server.kind
        self.name = name
        self.url = with_database(server.url, name)

    @property
    def driver_url(self):
        """The URL with the reference's driver in it, which SQLAlchemy and oxalchemy both take."""
        scheme, rest = self.url.split("://", 1)
        return f"{scheme.split('+')[0]}+{self.server.backend.DRIVER}://{rest}"

    def by_hand(self):
        return self.server.by_hand(self.name)

    def rows(self, text):
        """Rows that a statement gives another driver: the truth that ours is compared with."""
        with self.by_hand() as connection, connection.cursor() as cursor:
            cursor.execute(text)
            return [tuple(row) for row in cursor.fetchall()] if cursor.description else []

    def count_sessions(self):
        with self.server.by_hand() as connection:
            return self.server.backend.count_sessions(connection, self.name)

    def clean(self):
        with self.by_hand() as connection:
            self.server.backend.clean(connection, self.name)

    def drop(self):
        with self.server.by_hand() as connection:
            self.server.backend.drop_database(connection, self.name)
