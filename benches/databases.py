"""The databases that are measured, and who competes on each. Servers are found as the tests find them."""

import contextlib
import importlib.util
import os
import sys

import cases

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests_py"))

# Title, contenders of SQLAlchemy, contenders by hand; a driver that is not installed does not compete.
CONTENDERS = {
    "sqlite": ("SQLite", ["sqlalchemy"], ["sqlite3"]),
    "postgresql": ("PostgreSQL", ["sqlalchemy+psycopg"], ["psycopg"]),
    "mysql": ("MariaDB", ["sqlalchemy+pymysql", "sqlalchemy+mysqldb"], ["pymysql", "MySQLdb"]),
}
MODULE = {"mysqldb": "MySQLdb", "sqlalchemy": "sqlalchemy"}


def present(contender):
    names = contender.split("+")
    return all(importlib.util.find_spec(MODULE.get(name, name)) for name in names)


class SQLite:
    """Each contender makes a file of its own."""

    arguments = ()

    def before(self, case):
        pass


class OnServer:
    """A database of this run on a server."""

    def __init__(self, database):
        self.database = database
        self.arguments = (database.url,)
        with self.by_hand() as connection:
            cases.fill(connection, database.kind)

    def by_hand(self):
        return self.database.by_hand()

    def before(self, case):
        if case == "insert objects":
            with self.by_hand() as connection:
                cases.reset(connection, self.database.kind)


@contextlib.contextmanager
def prepared(kind):
    """The database with its rows; raises `Unavailable` when there is no server."""
    if kind == "sqlite":
        yield SQLite()
        return
    from servers.provision import Server

    server = Server(kind)
    database = server.create_database()
    try:
        yield OnServer(database)
    finally:
        database.drop()
        server.close()
