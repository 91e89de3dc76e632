"""The faults: what may go wrong with one transfer."""

import ctypes
import os
import queue
import threading
import time

import oxalchemy as sa
from servers.watch import SESSION

# To look for the fault behind a failure: SOAK_FAULTS=kill,listen makes no other, SOAK_FAULTS=none makes none.
ONLY = os.environ.get("SOAK_FAULTS", "").split(",") if os.environ.get("SOAK_FAULTS") else []


class Struck(Exception):
    """Raised by us, where a program's own code would raise, or from outside at any instruction."""


class Troubles:
    """Makes trouble for a transfer on one book. `local.plan` says what the listeners of this thread do."""

    def __init__(self, book):
        self.book = book
        self.local = threading.local()
        engine = book.engine
        sa.event.listen(engine, "before_cursor_execute", lambda *args: self.listener("before_cursor_execute"))
        sa.event.listen(engine, "after_cursor_execute", lambda *args: self.listener("after_cursor_execute"))
        sa.event.listen(engine, "commit", lambda *args: self.listener("commit"))
        sa.event.listen(engine, "rollback", lambda *args: self.listener("rollback"))
        sa.event.listen(engine, "begin", lambda *args: self.listener("begin"))
        sa.event.listen(engine, "checkout", self.checkout)
        sa.event.listen(engine, "checkin", lambda *args: self.listener("checkin"))

    def over(self):
        """The transfer has ended, one way or the other."""
        self.local.plan = None
        strike, self.local.strike = getattr(self.local, "strike", None), None
        if strike is not None:
            strike.over()

    def listener(self, name):
        if getattr(self.local, "plan", None) == name:
            self.local.plan = None
            raise Struck(name)

    def checkout(self, *args):
        if getattr(self.local, "plan", None) == "disconnection":
            self.local.plan = None
            raise sa.exc.DisconnectionError("so says a listener")
        self.listener("checkout")

    def choose(self, random):
        """A fault's name and a function that is called on the way, or (None, nothing)."""
        if random.random() < 0.5:
            return None, lambda conn: None
        faults = [self.raise_in_between, self.listen, self.invalidate, self.dispose, self.strike_later, self.time_out]
        if self.book.kind != "sqlite":
            faults += [self.kill, self.kill_later, self.cancel_later]
        if ONLY:
            faults = [fault for fault in faults if fault.__name__ in ONLY]
            if not faults:
                return None, lambda conn: None
        fault = random.choice(faults)
        return fault.__name__, fault(random)

    def raise_in_between(self, random):
        chance = random.random()

        def on_the_way(conn):
            if random.random() < chance:
                raise Struck("in between")

        return on_the_way

    def listen(self, random):
        names = [
            "before_cursor_execute",
            "after_cursor_execute",
            "commit",
            "rollback",
            "begin",
            "checkout",
            "checkin",
            "disconnection",
        ]
        self.local.plan = random.choice(names)
        return lambda conn: None

    def invalidate(self, random):
        return lambda conn: conn.invalidate()

    def dispose(self, random):
        def on_the_way(conn):
            self.book.engine.dispose(close=random.random() < 0.8)

        return on_the_way

    def strike_later(self, random):
        """An exception from outside, at whatever this thread does then."""
        self.local.strike = Strike(random.random() * 0.02)
        return lambda conn: None

    def time_out(self, random):
        """A statement that the server ends, or that waits for nothing."""

        def on_the_way(conn):
            if self.book.kind == "postgresql":
                conn.exec_driver_sql("SET LOCAL statement_timeout = 20")
                conn.exec_driver_sql("SELECT pg_sleep(5)")
            elif self.book.kind == "mysql":
                conn.exec_driver_sql("SET STATEMENT max_statement_time = 0.02 FOR SELECT count(*), sleep(5) FROM account")
            else:
                conn.connection.dbapi_connection.interrupt()

        return on_the_way

    def session_of(self, conn):
        return conn.exec_driver_sql(SESSION[self.book.kind]).scalar()

    def kill_session(self, number, how):
        text = f"SELECT {how}({number})" if self.book.kind == "postgresql" else f"{how} {number}"
        try:
            with self.book.administration.connect() as conn:
                conn.exec_driver_sql(text)
        except sa.exc.DBAPIError:
            pass  # it had ended by itself

    def kill(self, random):
        how = "pg_terminate_backend" if self.book.kind == "postgresql" else "KILL"
        return lambda conn: self.kill_session(self.session_of(conn), how)

    def kill_later(self, random):
        how = "pg_terminate_backend" if self.book.kind == "postgresql" else "KILL"
        return self.later(random, how)

    def cancel_later(self, random):
        how = "pg_cancel_backend" if self.book.kind == "postgresql" else "KILL QUERY"
        return self.later(random, how)

    def later(self, random, how):
        def on_the_way(conn):
            number = self.session_of(conn)
            timer = threading.Timer(random.random() * 0.01, self.kill_session, (number, how))
            timer.daemon = True
            timer.start()

        return on_the_way


class Strike:
    """`Struck` raised in a thread in a while, at whatever instruction it has reached, unless that is `over` before."""

    def __init__(self, seconds):
        self.thread = threading.get_ident()
        self.lock = threading.Lock()
        self.ended = False
        self.due = time.monotonic() + seconds
        STRIKES.put(self)

    def strike(self):
        time.sleep(max(0.0, self.due - time.monotonic()))
        with self.lock:
            if not self.ended:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.thread), ctypes.py_object(Struck))

    def over(self):
        with self.lock:
            self.ended = True
        for _ in range(100):  # instructions at which one that is on its way arrives
            pass


# One thread strikes for all: starting one would be struck as well.
STRIKES = queue.SimpleQueue()


def strike_for_ever():
    while True:
        STRIKES.get().strike()
