"""User code that comes back to us without end is stopped by Python's count of calls, not by the end of the machine's stack."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("returning.py")
# What a driver or a statement makes of a RecursionError in user code; `done`: the callback's exception is ignored, as in sqlite3.
EXPECTED = {"RecursionError", "StatementError", "OperationalError", "done"}


@pytest.mark.parametrize("stack", [0, 256, 128])
def test_it_is_stopped(stack):
    p = subprocess.run([sys.executable, "-W", "ignore", str(SCRIPT), str(stack)], capture_output=True, text=True, timeout=240)
    ends = dict(line.split() for line in p.stdout.splitlines() if " " in line.strip())
    assert p.returncode == 0, (p.stdout[-200:], p.stderr[-2000:])
    assert len(ends) == SCRIPT.read_text().count("@case")
    assert set(ends.values()) <= EXPECTED, ends
