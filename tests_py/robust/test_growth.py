"""Nothing grows over many rounds. Counted in an interpreter of its own: what other tests have left moves the numbers."""

import pathlib
import subprocess
import sys

import pytest

CASES = pathlib.Path(__file__).with_name("growth_cases.py")


@pytest.mark.timeout(600)
def test_nothing_grows():
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(CASES)],
        capture_output=True,
        text=True,
        timeout=580,
        cwd=CASES.parents[2],
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
