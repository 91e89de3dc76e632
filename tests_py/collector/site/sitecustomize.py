"""Every Python process of a stressed test run collects at each few allocations: see `tests_py/collector/stress.py`."""

import gc
import os

threshold = os.environ.get("OXALCHEMY_TEST_GC")
if threshold:
    # Objects from free lists do not count as allocations: without them more places are reached.
    gc.set_threshold(int(threshold), 3, 3)
