"""Run tests with the collector at every few allocations, under Python's checking allocator.

`make test-gc` sweeps the thresholds 1, 2, 3, 5, 7, …: which allocations meet the collector depends on it. The environment
reaches the processes that tests start, too. Arguments are pytest's; thresholds come from OXALCHEMY_TEST_GC (`"1 2 3"`).
"""

import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
# Left out: what has nothing of ours in it (type checkers), asserts what a process loads, or waits for servers to die.
IGNORED = ["typing", "faults", "test_import.py", "names"]


def run(threshold, arguments):
    """One round; the exit code of pytest (a signal's when the interpreter died)."""
    path = os.pathsep.join([str(HERE / "site"), *filter(None, [os.environ.get("PYTHONPATH")])])
    env = {**os.environ, "OXALCHEMY_TEST_GC": threshold, "PYTHONMALLOC": "debug", "PYTHONFAULTHANDLER": "1", "PYTHONPATH": path}
    ignored = [f"--ignore={HERE.parent / name}" for name in IGNORED]
    return subprocess.run([sys.executable, "-m", "pytest", "-q", "--timeout=600", *ignored, *arguments], env=env).returncode


def main():
    thresholds = os.environ.get("OXALCHEMY_TEST_GC", "1 2 3 5 7 11").split()
    failed = []
    for threshold in thresholds:
        print(f"collector threshold {threshold}", flush=True)
        if code := run(threshold, sys.argv[1:]):
            failed.append((threshold, code))
    for threshold, code in failed:
        print(f"collector threshold {threshold}: exit code {code}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
