"""`python -m soak SECONDS`: the run, and its report. Exit code 1 when something does not hold."""

import faulthandler
import gc
import pathlib
import sys
import tempfile
import threading
import traceback
from collections import Counter

from servers import provision
from servers.fixtures import SQLiteFile
from servers.private import Unavailable
from servers.watch import eventually

from . import usage
from .book import Book
from .trouble import Troubles, strike_for_ever
from .worker import together

THREADS = 8
WARM_UP = 0.2  # of the time: caches fill, threads' arenas grow


def databases(folder):
    """One of each kind that there is; a server that is missing is said."""
    yield SQLiteFile(pathlib.Path(folder) / "book.sqlite"), None
    for kind in provision.BACKENDS:
        try:
            server = provision.Server(kind)
        except Unavailable as e:
            print(f"!! without {kind}: {e}")
            continue
        yield server.create_database(), server


def round_of(books, seconds):
    """Transfers for a while, then everything at rest."""
    troubles = {book: Troubles(book) for book in books} if not hasattr(round_of, "troubles") else round_of.troubles
    round_of.troubles = troubles
    workers = together(THREADS, books, troubles, seconds)
    gc.collect()
    for book in books:
        if (left := book.engine.pool.checkedout()) != 0:
            workers[0].surprises.append(AssertionError(f"{book.kind}: {left} connections are checked out"))
        book.rest()
    gc.collect()
    return workers


def told(workers):
    done, failed = Counter(), Counter()
    for worker in workers:
        done += worker.done
        failed += worker.failed
    return done, failed


def run(seconds):
    faulthandler.enable()
    # A hang is told with where every thread stands.
    faulthandler.dump_traceback_later(seconds + 75, exit=True)
    threading.Thread(target=strike_for_ever, daemon=True).start()
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        places = list(databases(folder))
        books = [Book(database) for database, _ in places]
        try:
            wrong += check(round_of(books, seconds * WARM_UP))
            before = usage.Usage()
            workers = round_of(books, seconds * (1 - WARM_UP))
            after = usage.Usage()
            wrong += check(workers)
            wrong += [text for book in books for text in book.errors()]
            wrong += at_rest(books)
            wrong += grown(before, after)
            report(books, workers, before, after)
        finally:
            for database, server in places:
                if server:
                    database.drop()
                    server.close()
    for text in wrong:
        print("WRONG:", text)
    return not wrong


def check(workers):
    for worker in workers:
        for error in worker.surprises[:3]:
            traceback.print_exception(error)
    return [f"worker {worker.number}: {error!r}"[:500] for worker in workers for error in worker.surprises]


def at_rest(books):
    """No connection is left on the servers."""
    for book in books:
        if book.kind != "sqlite":
            try:
                eventually(lambda database=book.database: database.count_sessions() == 0)
            except AssertionError:
                yield f"{book.kind}: {book.database.count_sessions()} sessions are left on the server"


def grown(before, after):
    if more := usage.growth(before.files, after.files):
        yield f"more open files: {more}"
    if after.threads > before.threads:
        yield f"more threads: {before.threads}, then {after.threads}"
    # Counts of keys and of what failed grow; objects of ours and of the drivers must not.
    if more := {
        name: n for name, n in usage.growth(before.objects, after.objects, 20).items() if "oxalchemy" in name or "soak" in name
    }:
        yield f"more objects: {more}"


def report(books, workers, before, after):
    done, failed = told(workers)
    for book in books:
        print(f"{book.kind}: {len(book.confirmed)} transfers confirmed, {len(book.unsure)} unsure")
    print(f"{sum(done.values())} done, {sum(failed.values())} failed")
    for name, count in sorted(failed.items()):
        print(f"  {count:6} {name}")
    print(f"memory {before.resident:.0f} -> {after.resident:.0f} MB")
    print(f"files {sum(before.files.values())} -> {sum(after.files.values())}, threads {before.threads} -> {after.threads}")


if __name__ == "__main__":
    sys.exit(0 if run(float(sys.argv[1]) if len(sys.argv) > 1 else 600) else 1)
