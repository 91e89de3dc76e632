"""What a program does when the fault strikes: one class an operation, the same ones for every database and library.

`begin()` brings the program to the moment before, `act()` is what meets the fault; `undo()` and `again()` are what a program does
about it: roll back, then go on with the same connection or session.
Each writes rows 10001 and 10002 in one transaction, so that all of it or nothing must be there.
"""

import contextlib

ONE, TWO = 10001, 10002


class Operation:
    """`bare`: the fault must strike before the transaction has written anything (it locks out writers)."""

    # What may be there after a failure: neither row; both where the answer to a COMMIT may have been lost.
    after = ((),)
    # Whether success means that both rows are there.
    commits = False
    pre_ping = False

    is_session = False

    def __init__(self, world, name, bare=False):
        self.world, self.name, self.bare = world, name, bare
        self.engine = world.engine
        self.conn = None

    def begin(self):
        self.conn = self.engine.connect()
        if self.bare:
            self.look(self.conn)
            self.conn.rollback()
        else:
            self.insert(ONE)

    def insert(self, key):
        self.conn.execute(self.world.table.insert(), {"id": key, "name": self.world.name})

    def look(self, conn):
        assert conn.scalar(self.world.sa.text("SELECT 1")) == 1

    def act(self):
        raise NotImplementedError

    def undo(self):
        if self.conn is not None:
            self.conn.rollback()

    def again(self):
        if self.conn is not None:
            return self.write_missing(self.conn)
        with self.engine.connect() as conn:
            self.write_missing(conn)

    def write_missing(self, conn):
        here = set(conn.scalars(self.world.sa.select(self.world.table.c.id).where(self.world.table.c.id > 10000)))
        missing = [{"id": key, "name": self.world.name} for key in (ONE, TWO) if key not in here]
        if missing:
            conn.execute(self.world.table.insert(), missing)
        conn.commit()

    def close(self):
        if self.conn is not None:
            with contextlib.suppress(self.world.sa.exc.DBAPIError):  # of the rollback on a connection that is dead
                self.conn.close()


class Connect(Operation):
    """A first connection is made."""

    def begin(self):
        # The dialect has seen the server; the connection is new all the same.
        self.engine.connect().close()
        self.engine.dispose()

    def act(self):
        self.conn = self.engine.connect()


class Execute(Operation):
    """A statement runs in a transaction that has written."""

    def act(self):
        if self.bare:
            self.insert(ONE)
        self.insert(TWO)


class Fetch(Operation):
    """A result is being read, row by row, while the database still makes it."""

    def begin(self):
        self.conn = self.engine.connect()
        if self.bare:
            return
        self.start()
        assert len(self.result.fetchmany(50)) == 50

    def start(self):
        self.result = self.conn.exec_driver_sql(self.world.many, execution_options={"yield_per": 50})

    def act(self):
        if self.bare:
            self.start()
        seen = sum(1 for _ in self.result)
        assert seen == self.world.many_rows - (0 if self.bare else 50), "the result ended early and nobody said so"


class Flush(Operation):
    """A session writes what it holds."""

    is_session = True

    def begin(self):
        self.session = self.conn = self.world.orm.Session(self.engine)
        if self.bare:
            self.look(self.session)
            self.session.rollback()
        else:
            self.session.add(self.world.Thing(id=ONE, name=self.world.name))
            self.session.flush()

    def act(self):
        if self.bare:
            self.session.add(self.world.Thing(id=ONE, name=self.world.name))
        self.session.add(self.world.Thing(id=TWO, name=self.world.name))
        self.session.flush()

    def undo(self):
        self.session.rollback()
        assert not self.session.new and not self.session.dirty

    def again(self):
        self.session.add_all([self.world.Thing(id=ONE, name=self.world.name), self.world.Thing(id=TWO, name=self.world.name)])
        self.session.commit()


class Commit(Operation):
    """A transaction of two rows ends."""

    after = ((), (ONE, TWO))
    commits = True

    def begin(self):
        super().begin()
        if not self.bare:
            self.insert(TWO)

    def act(self):
        if self.bare:
            self.insert(ONE)
            self.insert(TWO)
        self.conn.commit()


class Savepoint(Operation):
    """A row is written inside a savepoint, and the savepoint released."""

    def act(self):
        if self.bare:
            self.insert(ONE)
        with self.conn.begin_nested():
            self.insert(TWO)


class Checkout(Operation):
    """A connection that waited in the pool is taken out and used."""

    def begin(self):
        with self.engine.connect() as conn:
            self.look(conn)

    def act(self):
        self.conn = self.engine.connect()
        self.insert(TWO)


class Ping(Checkout):
    """The same with `pool_pre_ping`."""

    pre_ping = True


OPERATIONS = {
    "connect": Connect,
    "execute": Execute,
    "fetch": Fetch,
    "flush": Flush,
    "commit": Commit,
    "savepoint": Savepoint,
    "checkout": Checkout,
    "pre_ping": Ping,
}
