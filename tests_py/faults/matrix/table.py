"""The table: what a program sees of each fault, on each database, in each operation.

One class name: the exception, with the session's or connection's transaction to be rolled back and the connection fit to go on.
With `lost`: the connection is gone as well, `connection_invalidated` is true, and the pool makes a new one. WORKS: nothing is
seen. A cell without meaning is a `Without` that says why.
"""

from dataclasses import dataclass

from .operations import OPERATIONS

DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MariaDB"}


@dataclass(frozen=True)
class Raises:
    name: str
    lost: bool = False

    def __str__(self):
        return f"{self.name}, lost" if self.lost else self.name


@dataclass(frozen=True)
class Without:
    """A cell without meaning."""

    reason: str


WORKS = "works"
FAILS = Raises("OperationalError")
LOST = Raises("OperationalError", lost=True)
BROKEN = Raises("DatabaseError")

NO_SERVER = Without("SQLite has no server and no network: the file is read and written by the program itself.")
SERVERS_FILES = Without("A server looks after its own files, and tells of a bad page as of any other error of a statement.")
NO_WRITE = Without("The operation writes nothing.")
WROTE_BEFORE = Without("The writes before it have failed already.")
ROWS_ONLY = Without("Only writing the locked row waits.")
HAS_SHARED_LOCK = Without("SQLite lets nobody write a file that is being read.")


def row(everywhere=None, **cells):
    """Cells by operation; `everywhere` for those that are not named."""
    return {operation: cells.get(operation, everywhere) for operation in OPERATIONS}


BY_STATEMENTS = row(FAILS, connect=NO_WRITE, fetch=NO_WRITE)

TABLE = {
    "killed backend": {
        "sqlite": row(NO_SERVER),
        "postgresql": row(LOST, connect=WORKS, pre_ping=WORKS),
        "mysql": row(LOST, connect=WORKS, pre_ping=WORKS),
    },
    "cut network": {
        "sqlite": row(NO_SERVER),
        "postgresql": row(LOST, connect=FAILS, pre_ping=WORKS),
        "mysql": row(LOST, connect=FAILS, pre_ping=WORKS),
    },
    "silent server": {
        "sqlite": row(NO_SERVER),
        "postgresql": row(LOST, connect=FAILS, pre_ping=FAILS),
        "mysql": row(LOST, connect=FAILS, pre_ping=FAILS),
    },
    "restart": {
        "sqlite": row(NO_SERVER),
        "postgresql": row(LOST, connect=WORKS, pre_ping=WORKS),
        "mysql": row(LOST, connect=WORKS, pre_ping=WORKS),
    },
    "full disk": {
        "sqlite": row(FAILS, connect=WORKS, fetch=WORKS),
        "postgresql": row(FAILS, connect=WORKS, fetch=WORKS),
        "mysql": row(FAILS, connect=WORKS, fetch=WORKS, commit=WROTE_BEFORE),
    },
    "read-only": {
        "sqlite": row(FAILS, connect=WORKS, fetch=WORKS, commit=WROTE_BEFORE),
        "postgresql": row(Raises("InternalError"), connect=WORKS, fetch=WORKS, commit=WROTE_BEFORE),
        "mysql": row(FAILS, connect=WORKS, fetch=WORKS),
    },
    "locked": {
        "sqlite": row(FAILS, connect=WORKS),
        "postgresql": row(FAILS, connect=ROWS_ONLY, fetch=ROWS_ONLY, commit=ROWS_ONLY),
        "mysql": row(FAILS, connect=ROWS_ONLY, fetch=ROWS_ONLY, commit=ROWS_ONLY),
    },
    "corrupt page": {
        "sqlite": row(BROKEN, connect=WORKS, commit=Without("COMMIT writes pages and reads none.")),
        "postgresql": row(SERVERS_FILES),
        "mysql": row(SERVERS_FILES),
    },
    "too many connections": {
        "sqlite": row(FAILS, fetch=WORKS, commit=WORKS),
        "postgresql": row(WORKS, connect=FAILS, pre_ping=FAILS),
        "mysql": row(WORKS, connect=FAILS, pre_ping=FAILS),
    },
    "wrong answers": {
        "sqlite": row(BROKEN, connect=WORKS, commit=Without("COMMIT writes pages and reads none.")),
        "postgresql": row(LOST, connect=FAILS, pre_ping=FAILS),
        "mysql": row(LOST, connect=FAILS, pre_ping=FAILS),
    },
    "slow": {
        "sqlite": row(WORKS, connect=WORKS),
        "postgresql": row(WORKS),
        "mysql": row(WORKS),
    },
}

# Cells that the other library cannot be asked about.
NOT_COMPARED = {
    ("silent server", "postgresql"): "psycopg has no limit for an answer that does not come: it waits for ever",
    ("wrong answers", "postgresql"): "psycopg gives one of several classes, by the bytes that it meets",
    ("wrong answers", "mysql"): "PyMySQL gives one of several classes, by the bytes that it meets, and UnicodeDecodeError",
}


def cells():
    """(fault, kind of database, operation) of all cells that have a meaning."""
    for fault, databases in TABLE.items():
        for kind, operations in databases.items():
            for operation, outcome in operations.items():
                if not isinstance(outcome, Without):
                    yield fault, kind, operation


def not_compared(fault, kind, operation):
    """Why SQLAlchemy is not asked about a cell; None where it is."""
    return NOT_COMPARED.get((fault, kind, operation)) or NOT_COMPARED.get((fault, kind))
