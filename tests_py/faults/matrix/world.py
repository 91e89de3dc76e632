"""A library, an engine and a table for one cell."""

import contextlib
import importlib
import uuid

from servers import provision

from .causes import ON_FILES, ON_SERVERS
from .operations import OPERATIONS
from .table import TABLE, WORKS

ROWS = 3000


class Own:
    """What `provision.Database` is, on a private server: a database that the test's faults have for themselves."""

    def __init__(self, server, kind):
        self.server, self.kind = server, kind
        self.backend = provision.BACKENDS[kind]
        self.name = f"faults_{uuid.uuid4().hex[:8]}"
        self.administer(lambda connection: self.backend.create_database(connection, self.name))
        if kind == "mysql":
            # An account without the privileges that pass over limits and read-only modes.
            self.rows("CREATE USER IF NOT EXISTS plain@'%' IDENTIFIED BY ''")
            self.rows(f"GRANT ALL ON {self.name}.* TO plain@'%'")

    @property
    def url(self):
        return provision.with_database(self.server.url, self.name)

    @property
    def driver_url(self):
        scheme, rest = self.url.split("://", 1)
        account, _, host = rest.rpartition("@")
        return f"{scheme}+{self.backend.DRIVER}://{'plain' if self.kind == 'mysql' else account}@{host}"

    def by_hand(self):
        return contextlib.closing(self.backend.connect(self.url))

    def rows(self, text):
        with self.by_hand() as connection, connection.cursor() as cursor:
            cursor.execute(text)
            return [tuple(row) for row in cursor.fetchall()] if cursor.description else []

    def administer(self, work):
        with contextlib.closing(self.backend.connect(self.server.url)) as connection:
            return work(connection)

    def count_sessions(self):
        return self.administer(lambda connection: self.backend.count_sessions(connection, self.name))

    def drop(self):
        self.administer(lambda connection: self.backend.drop_database(connection, self.name))


class World:
    """`sa`, `orm`, `engine`, `table` (3,000 rows, keys from 1) and `Thing`, a class mapped to it."""

    def __init__(self, library, fault, database, operation):
        self.sa = importlib.import_module(library)
        self.orm = importlib.import_module(f"{library}.orm")
        self.database = database
        self.cause = (ON_FILES if database.kind == "sqlite" else ON_SERVERS)[fault](database)
        try:
            self.make(library, fault, operation)
        except BaseException:
            self.cause.close()
            raise

    def make(self, library, fault, operation):
        sa, kind = self.sa, self.database.kind
        # Long enough that SQLite needs new pages for it.
        self.name = "n" * (9000 if kind == "sqlite" else 50)
        self.registry = self.orm.registry()
        self.table = sa.Table(
            "t",
            self.registry.metadata,
            sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("name", sa.String(100)),
        )
        self.Thing = type("Thing", (), {})
        self.registry.map_imperatively(self.Thing, self.table)
        maker = sa.create_engine(self.database.driver_url)
        with maker.begin() as conn:
            self.table.create(conn)
            conn.execute(self.table.insert(), [{"id": i, "name": "x" * 90} for i in range(1, ROWS + 1)])
        maker.dispose()
        # More than the buffers of the network hold, where it must not have been read before the fault strikes.
        self.many_rows = ROWS if kind == "sqlite" or TABLE[fault][kind]["fetch"] == WORKS else 1_000_000
        if self.many_rows == ROWS:
            self.many = "SELECT * FROM t"
        else:
            self.many = {
                "postgresql": f"SELECT a FROM generate_series(1, {self.many_rows}) AS s(a)",
                "mysql": f"SELECT seq FROM seq_1_to_{self.many_rows}",
            }[kind]
        made = OPERATIONS[operation]
        self.engine = sa.create_engine(self.cause.url, connect_args=self.cause.arguments(library), pool_pre_ping=made.pre_ping)
        self.operation = made(self, operation, bare=operation in self.cause.bare)
        self.cause.prepare(self.operation)

    def keys(self):
        """The new rows that another driver sees."""
        return tuple(key for (key,) in self.database.rows("SELECT id FROM t WHERE id > 10000 ORDER BY id"))

    def old_rows(self):
        return self.database.rows(f"SELECT count(*) FROM t WHERE id <= {ROWS} AND name = '{'x' * 90}'") == [(ROWS,)]

    def close(self):
        self.cause.close()
        self.operation.close()
        self.engine.dispose()
        self.registry.dispose()
