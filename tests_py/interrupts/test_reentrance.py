"""User code that runs inside our calls uses the same session, collection and engine.

What SQLAlchemy allows works, what it refuses may be refused, and nothing is a panic, a SystemError or "already borrowed".
"""

import pathlib
import subprocess
import sys

import pytest

SCRIPT = pathlib.Path(__file__).with_name("reentrance_script.py")

# Allowed there, refused here, as (hook, action); "*" is any hook.
STRICTER = {
    # What a flush wrote comes back into a session that was emptied during the flush.
    ("*", "expunge"),
    # A commit between a statement and its cursor ends the transaction of the flush that runs it.
    ("before_cursor_execute", "commit"),
    ("after_cursor_execute", "commit"),
    ("after_flush_postexec", "rollback"),
    ("do_orm_execute", "delete"),
}


def outcomes(tmp_path, library):
    path = tmp_path / f"script_{library}.py"
    path.write_text(SCRIPT.read_text(encoding="utf-8").replace("oxalchemy", library), encoding="utf-8")
    out = subprocess.run([sys.executable, "-X", "faulthandler", path], capture_output=True, text=True, timeout=280, cwd=tmp_path)
    assert out.returncode == 0, out.stderr[-3000:]
    found = {}
    for line in out.stdout.splitlines():
        hook, action, _, *steps = line.split(" ")
        found[hook, action] = steps
    return found


@pytest.mark.timeout(600)
def test_hooks_and_what_they_do(tmp_path):
    pytest.importorskip("sqlalchemy", reason="SQLAlchemy 2.1.9 is the reference: pip install sqlalchemy==2.1.9, or `make test`")
    ours, theirs = outcomes(tmp_path, "oxalchemy"), outcomes(tmp_path, "sqlalchemy")
    assert len(ours) > 700 and ours.keys() == theirs.keys()
    assert {case: steps for case, steps in ours.items() if "BROKEN" in steps} == {}
    assert {
        case: steps
        for case, steps in ours.items()
        if set(theirs[case]) == {"ok"} and set(steps) != {"ok"} and case not in STRICTER and ("*", case[1]) not in STRICTER
    } == {}
