"""However deep a statement or a chain of objects is: it is dealt with, or `RecursionError`; the stack is never the limit."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("deep.py")
# What Python itself cannot do deeper than its limit ends in RecursionError, as in SQLAlchemy.
LIMITED = {"merging", "pickling"}
CASES = [
    "conjunction", "alternation", "sums", "functions", "cases", "casts", "scalars", "subqueries", "unions", "criteria", "aliases",
    "joins", "cascades", "merging", "pickling", "selectin", "options", "self_joins", "keys_in_a_circle", "keys_in_a_row",
    "elements", "types", "lists",
]  # fmt: skip


def ended(name, stack):
    p = subprocess.run(
        [sys.executable, "-W", "ignore", str(SCRIPT), name, str(stack)], capture_output=True, text=True, timeout=110
    )
    return p.returncode, p.stdout.strip(), p.stderr[-2000:]


@pytest.mark.parametrize("name", CASES)
def test_on_the_main_thread(name):
    code, how, errors = ended(name, 0)
    assert (code, errors) == (0, "")
    assert how == "done" or (name in LIMITED and how == "RecursionError")


@pytest.mark.parametrize("name", CASES)
def test_on_a_small_stack(name):
    code, how, errors = ended(name, 256)
    assert (code, errors) == (0, "")
    assert how in ("done", "RecursionError")
