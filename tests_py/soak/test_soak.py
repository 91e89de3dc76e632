"""A short run of `make soak`."""

import os
import pathlib
import subprocess
import sys

import pytest

SECONDS = 20


@pytest.mark.skipif(not hasattr(__import__("signal"), "setitimer"), reason="no interval timer on this system: nothing interrupts")
def test_the_books_balance():
    tests = pathlib.Path(__file__).resolve().parents[1]
    path = os.pathsep.join([str(tests), *filter(None, [os.environ.get("PYTHONPATH")])])
    out = subprocess.run(
        [sys.executable, "-m", "soak", str(SECONDS)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert out.returncode == 0, out.stdout[-3000:] + out.stderr[-3000:]
    assert "WRONG" not in out.stdout
