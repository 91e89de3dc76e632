"""What this process holds: memory, files, threads, Python objects by type."""

import gc
import os
import threading
from collections import Counter


def resident():
    """Megabytes of memory in use. 0 where the system does not say."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        return 0.0


def files():
    """Open files by what they are. Empty where the system does not say."""
    found = Counter()
    for number in os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else []:
        try:
            target = os.readlink(f"/proc/self/fd/{number}")
        except OSError:
            continue  # the folder's own
        found[target.split(":[")[0]] += 1
    return found


def threads():
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return threading.active_count()


def objects():
    """How many objects the collector knows, by type. What a program forgot is collected first, several times: the end of one
    thing may be the beginning of another's."""
    for _ in range(4):
        gc.collect()
    return Counter(f"{type(o).__module__}.{type(o).__qualname__}" for o in gc.get_objects())


def growth(before, after, least=1):
    """What has become more, and by how much."""
    return {name: after[name] - before[name] for name in after if after[name] - before[name] >= least}


class Usage:
    def __init__(self):
        self.objects = objects()
        self.files = files()
        self.threads = threads()
        self.resident = resident()
