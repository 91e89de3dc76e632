"""Whoever transfers: a thread, or the main thread, which signals interrupt."""

import random
import signal
import threading
import time
from collections import Counter

from oxalchemy import exc

from .trouble import Struck

# What a transfer may end with when there is trouble: a database's exception, the pool's, ours, or what follows from those.
EXPECTED = (exc.DBAPIError, exc.TimeoutError, exc.DisconnectionError, exc.InvalidRequestError, Struck)


class Worker:
    """Transfers until `stop` is set. `surprises` are exceptions that nobody expects."""

    def __init__(self, number, books, troubles, stop):
        self.number, self.books, self.troubles, self.stop = number, books, troubles, stop
        self.random = random.Random(number)
        self.done, self.failed, self.surprises = Counter(), Counter(), []
        self.last = time.monotonic()

    def run(self):
        while not self.stop.is_set():
            try:
                self.once()
            except Struck:
                self.failed["struck outside"] += 1  # by an exception from outside that came late

    def once(self):
        book = self.random.choice(self.books)
        trouble = self.troubles[book]
        name = None
        try:
            name, on_the_way = trouble.choose(self.random)
            work = self.random.choice([book.transfer_by_core, book.transfer_by_orm])
            if self.random.random() < 0.1:
                book.read(self.random)
            else:
                work(self.random, on_the_way)
            self.done[book.kind] += 1
        except EXPECTED as e:
            self.failed[f"{book.kind} {name}: {type(e).__name__}"] += 1
        except BaseException as e:
            self.surprises.append(e)
        finally:
            trouble.over()
            self.last = time.monotonic()


class Main(Worker):
    """The main thread: a timer's signal raises in it now and then."""

    def run(self):
        def handler(number, frame):
            raise Struck("signal")

        signal.signal(signal.SIGALRM, handler)
        super().run()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_IGN)

    def once(self):
        try:
            if self.random.random() < 0.3:
                signal.setitimer(signal.ITIMER_REAL, self.random.random() * 0.03 + 0.001)
            super().once()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def together(count, books, troubles, seconds):
    """Run `count` workers, one of them here, for `seconds`; returns them. A worker that stands still for a minute is an error."""
    stop = threading.Event()
    workers = [Worker(n, books, troubles, stop) for n in range(1, count)]
    threads = [threading.Thread(target=worker.run, daemon=True) for worker in workers]
    for thread in threads:
        thread.start()
    main = Main(0, books, troubles, stop)
    timer = threading.Timer(seconds, stop.set)
    timer.start()
    main.run()
    timer.join()
    for thread, worker in zip(threads, workers, strict=True):
        thread.join(60)
        if thread.is_alive():
            worker.surprises.append(TimeoutError("a thread hangs"))
    return [main, *workers]
