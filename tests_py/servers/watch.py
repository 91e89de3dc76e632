"""Looking at a test's own time and at other sessions of its database."""

import contextlib
import time


@contextlib.contextmanager
def within(seconds):
    """The block ends in time. Generous: it tells an answer from a hang, not fast from slow."""
    start = time.monotonic()
    yield
    took = time.monotonic() - start
    assert took < seconds, f"took {took:.1f} s, at most {seconds} were allowed"


def eventually(condition, seconds=15.0):
    """Wait until `condition()` is true; fails when it is not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{condition} is not so after {seconds} s"
        time.sleep(0.05)


def running(database, text):
    """Session numbers of the statements that contain `text` and run in `database` now."""
    if database.kind == "postgresql":
        rows = database.rows(
            f"SELECT pid FROM pg_stat_activity WHERE datname = '{database.name}' AND state = 'active'"
            f" AND query LIKE '%{text}%' AND pid <> pg_backend_pid()"
        )
    else:
        rows = database.rows(
            f"SELECT id FROM information_schema.processlist WHERE db = '{database.name}' AND info LIKE '%{text}%'"
            " AND id <> connection_id()"
        )
    return [row[0] for row in rows]


def kill(database, session):
    """End a session from outside, as an administrator would."""
    database.rows(f"SELECT pg_terminate_backend({session})" if database.kind == "postgresql" else f"KILL {session}")


SLEEP = {"postgresql": "SELECT pg_sleep({})", "mysql": "SELECT SLEEP({})"}
SESSION = {"postgresql": "SELECT pg_backend_pid()", "mysql": "SELECT connection_id()"}
