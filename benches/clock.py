"""The stopwatch of the contenders."""

import time


def timed(fn):
    """Seconds that `fn()` takes."""
    start = time.perf_counter()
    fn()
    return time.perf_counter() - start
