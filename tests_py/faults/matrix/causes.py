"""How each fault is made: one class a fault and kind of database.

`url` and `arguments(library)` are what the program connects with. `strike(operation)` is called between `begin()` and `act()`,
`heal()` after it; `close()` ends what the fault itself started. What the library is called matters only for names of options.
"""

import contextlib
import resource
import threading
import time

from servers.proxy import Proxy
from servers.watch import eventually

from .operations import TWO

SECONDS = 1  # how long a program here waits for an answer
PATIENCE = 10  # and how long it waits for one that is late


class Cause:
    """A fault of `database` (`provision.Database`, `fixtures.SQLiteFile` or `Own`)."""

    # Operations before which nothing may have been written: the fault keeps writers out, or shows at the first write.
    bare = ()

    def __init__(self, database):
        self.database = database
        self.kind = database.kind
        self.url = database.driver_url

    def arguments(self, library):
        return {}

    def prepare(self, operation):
        """Before the program connects."""

    def strike(self, operation):
        raise NotImplementedError

    def heal(self):
        pass

    def close(self):
        self.heal()

    def of_driver(self, operation):
        """The driver's connection that the operation holds, or that waits in the pool for it."""
        if operation.conn is not None:
            conn = operation.conn.connection() if operation.is_session else operation.conn
            return conn.connection.dbapi_connection
        pooled = operation.engine.raw_connection()
        try:
            return pooled.dbapi_connection
        finally:
            pooled.close()

    def run(self, connection, statement):
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()


class Killed(Cause):
    """An administrator ends every session of the database."""

    def strike(self, operation):
        with self.database.by_hand() as connection:
            self.database.server.backend.end_sessions(connection, self.database.name)
        eventually(lambda: self.database.count_sessions() == 0)


class OnTheWire(Cause):
    """Base of faults of the network: a relay stands between the program and the server."""

    def __init__(self, database):
        super().__init__(database)
        self.proxy = Proxy(database.driver_url)
        self.url = self.proxy.url

    def arguments(self, library):
        return {"connect_timeout": SECONDS, self.statement_option(library): SECONDS} if self.statement_option(library) else {}

    def statement_option(self, library):
        if self.kind == "mysql":
            return "read_timeout"
        return "command_timeout" if library == "oxalchemy" else None  # psycopg has none

    def heal(self):
        self.proxy.heal()

    def close(self):
        self.proxy.close()


class Cut(OnTheWire):
    """Every connection is reset; a new one while it logs in."""

    def strike(self, operation):
        if operation.name == "connect":
            self.proxy.cut_after(20)
        else:
            self.proxy.cut()


class Silent(OnTheWire):
    """Connections stay open and nothing comes any more."""

    def arguments(self, library):
        return {"connect_timeout": SECONDS} | super().arguments(library)

    def strike(self, operation):
        self.proxy.freeze()

    def heal(self):
        self.proxy.heal()
        self.proxy.cut()


class Garbage(OnTheWire):
    """Other bytes come than the server sent, and then no more."""

    def strike(self, operation):
        self.proxy.garble()

    def heal(self):
        self.proxy.heal()
        self.proxy.cut()


class Slow(OnTheWire):
    """Answers come late, and in small pieces."""

    def arguments(self, library):
        return {}

    def strike(self, operation):
        self.proxy.slow_down()


class Restart(Cause):
    """The server ends in order and comes again."""

    def strike(self, operation):
        self.database.server.restart()


class TooMany(Cause):
    """Others have taken every connection that the server has; for a ping the program's own is gone as well."""

    def __init__(self, database):
        super().__init__(database)
        self.others = []

    def strike(self, operation):
        backend = self.database.backend
        if operation.pre_ping:
            with self.database.by_hand() as connection:
                backend.end_sessions(connection, self.database.name)
        with contextlib.suppress(Exception):
            while True:
                self.others.append(backend.connect(self.database.server.url))
        assert self.others

    def heal(self):
        for connection in self.others:
            connection.close()
        if self.others:
            self.others = []
            eventually(self.is_let_in)

    def is_let_in(self):
        try:
            self.database.rows("SELECT 1")
        except Exception:
            return False
        return True


class FullDisk(Cause):
    """The server's own error for a full disk, raised where it would be: by a trigger on the table, so that the disk stays usable.

    PostgreSQL raises it at COMMIT too (a deferred trigger).
    """

    def strike(self, operation):
        lock = f"full_{self.database.name}"
        self.holder = self.database.server.backend.connect(self.database.url)
        if self.kind == "mysql":
            self.database.server.backend.query(self.holder, f"SELECT GET_LOCK('{lock}', 5)")
        else:
            self.holder.execute("SELECT pg_advisory_lock(4711)")

    def prepare(self, operation):
        """Before anything is open: the triggers, which look at a lock that another session holds or not."""
        if self.kind == "mysql":
            self.database.rows(
                f"CREATE TRIGGER full_disk BEFORE INSERT ON t FOR EACH ROW"
                f" IF IS_USED_LOCK('full_{self.database.name}') IS NOT NULL"
                " THEN SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'The table ''t'' is full'; END IF"
            )
            return
        self.database.rows(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF EXISTS (SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.objid = 4711) THEN"
            " RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END IF;"
            " RETURN NEW; END $$"
        )
        when = (
            "CONSTRAINT TRIGGER full_disk AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED"
            if operation.commits
            else "TRIGGER full_disk BEFORE INSERT ON t"
        )
        self.database.rows(f"CREATE {when} FOR EACH ROW EXECUTE FUNCTION full_disk()")

    holder = None

    def heal(self):
        if self.holder is not None:
            self.holder.close()
            self.holder = None


class ReadOnly(Cause):
    """PostgreSQL: the transaction becomes read-only. MariaDB: the whole server does, for an account without privileges."""

    def strike(self, operation):
        if self.kind == "mysql":
            self.database.rows("SET GLOBAL read_only = 1")
        elif operation.conn is not None:
            self.run(self.of_driver(operation), "SET TRANSACTION READ ONLY")
        else:
            connection = self.of_driver(operation)
            self.run(connection, "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
            connection.commit()

            self.connection = connection

    connection = None

    def heal(self):
        if self.kind == "mysql":
            self.database.rows("SET GLOBAL read_only = 0")
        elif self.connection is not None:
            self.connection.rollback()
            self.run(self.connection, "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")
            self.connection.commit()
            self.connection = None


class Locked(Cause):
    """Another session holds the row that the program is about to write."""

    holder = None

    def arguments(self, library):
        if self.kind == "mysql":
            return {"init_command": "SET innodb_lock_wait_timeout = 1"}
        return {"options": "-c lock_timeout=300"}

    def strike(self, operation):
        self.holder = self.database.server.backend.connect(self.database.url, autocommit=False)
        with self.holder.cursor() as cursor:
            cursor.execute(f"INSERT INTO t (id, name) VALUES ({TWO}, 'of another')")

    def heal(self):
        if self.holder is not None:
            self.holder.rollback()
            self.holder.close()
            self.holder = None


class FileFull(Cause):
    """No file of this process may grow (RLIMIT_FSIZE): as a full disk, without filling one. Python ignores the signal for it."""

    bare = ("execute", "flush", "savepoint", "checkout", "pre_ping")
    before = None

    def strike(self, operation):
        self.before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, self.before[1]))

    def heal(self):
        if self.before:
            resource.setrlimit(resource.RLIMIT_FSIZE, self.before)
            self.before = None


class FileReadOnly(Cause):
    """The connection may only read (`PRAGMA query_only`), with the error of such a file: rights on it do not stop root."""

    connection = None

    def strike(self, operation):
        self.connection = self.of_driver(operation)
        self.run(self.connection, "PRAGMA query_only = 1")

    def heal(self):
        if self.connection is not None:
            self.run(self.connection, "PRAGMA query_only = 0")
            self.connection = None


class FileLocked(Cause):
    """Another connection writes; while a COMMIT waits, another reads."""

    bare = ("execute", "fetch", "flush", "savepoint", "checkout", "pre_ping")
    seconds = 0.1
    holder = None

    def arguments(self, library):
        return {"timeout": self.seconds}

    def strike(self, operation):
        # By the same library: two copies of SQLite in one process do not see each other's locks on a file.
        self.engine = operation.world.sa.create_engine(self.database.url)
        self.holder = self.engine.raw_connection()
        cursor = self.holder.cursor()
        if operation.name == "commit":
            self.reading = cursor
            cursor.execute("SELECT * FROM t")
            cursor.fetchone()
        else:
            cursor.execute("BEGIN EXCLUSIVE" if operation.name == "fetch" else "BEGIN IMMEDIATE")

    def heal(self):
        holder, self.holder = self.holder, None
        if holder is not None:
            self.reading = None
            holder.rollback()
            holder.close()
            self.engine.dispose()


class FileSlow(FileLocked):
    """The lock of another is released in time."""

    seconds = PATIENCE

    def strike(self, operation):
        super().strike(operation)
        self.thread = threading.Thread(target=self.release)
        self.thread.start()

    def release(self):
        time.sleep(0.3)
        super().heal()

    def arguments(self, library):
        return {"timeout": self.seconds, "check_same_thread": False}

    def heal(self):
        self.thread.join()


class FileCorrupt(Cause):
    """Every page but the first is overwritten."""

    bare = ("execute", "flush", "savepoint", "checkout", "pre_ping")
    keep = 4096
    saved = None

    def strike(self, operation):
        self.saved = self.database.path.read_bytes()
        with open(self.database.path, "r+b") as file:
            file.seek(self.keep)
            file.write(b"\xa5" * (len(self.saved) - self.keep))
            if self.keep:
                # The counter of changes: what a connection remembers of the file is not believed any more.
                file.seek(24)
                file.write(b"\x7f")

    def heal(self):
        if self.saved:
            # In place: a program that has the file open goes on with it.
            with open(self.database.path, "r+b") as file:
                file.write(self.saved)
                file.truncate()
            self.saved = None


class FileGarbage(FileCorrupt):
    """The whole file is something else."""

    bare = (*FileCorrupt.bare, "fetch")
    keep = 0


class NoMoreFiles(Cause):
    """This process may open no more files (RLIMIT_NOFILE)."""

    bare = ("execute", "flush", "savepoint", "checkout", "pre_ping")
    before = None

    def strike(self, operation):
        self.before = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, self.before[1]))

    def heal(self):
        if self.before:
            resource.setrlimit(resource.RLIMIT_NOFILE, self.before)
            self.before = None


# What makes a fault on a server, and on a file of SQLite.
ON_SERVERS = {
    "killed backend": Killed,
    "cut network": Cut,
    "silent server": Silent,
    "restart": Restart,
    "full disk": FullDisk,
    "read-only": ReadOnly,
    "locked": Locked,
    "too many connections": TooMany,
    "wrong answers": Garbage,
    "slow": Slow,
}
ON_FILES = {
    "full disk": FileFull,
    "read-only": FileReadOnly,
    "locked": FileLocked,
    "corrupt page": FileCorrupt,
    "too many connections": NoMoreFiles,
    "wrong answers": FileGarbage,
    "slow": FileSlow,
}
# Faults that need a server which nobody else uses.
PRIVATE = {
    ("restart", "postgresql"),
    ("restart", "mysql"),
    ("too many connections", "postgresql"),
    ("too many connections", "mysql"),
    ("read-only", "mysql"),
}
