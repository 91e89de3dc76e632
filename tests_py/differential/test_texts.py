"""One construct, two libraries: the SQL and DDL of each dialect must be the same text, to the character.

`texts/*.py` say what to compile; nothing is executed, so no server is needed.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
CASES = sorted(p for p in (HERE / "texts").glob("*.py") if p.stem != "showing")

pytest.importorskip("sqlalchemy", reason="SQLAlchemy 2.1.9 is the reference: pip install sqlalchemy==2.1.9, or `make test`")

# The address of the error page and the name of the library in messages.
NOISE = re.compile(r"\n?\(Background on this error at: [^)]*\)")

# Values that SQLAlchemy cannot write inline, or forgets to, may be written here.
MORE = re.compile(r"CompileError: (No literal value renderer is available|Could not render literal value)")


def compared(label, theirs):
    """Is the text one that we want to have too?"""
    return not MORE.match(theirs) and not ("inline" in label and "\n-- {'" in theirs)


def texts(path, package, folder):
    folder.mkdir()
    for source in (path, HERE / "texts" / "showing.py"):
        (folder / source.name).write_text(source.read_text(encoding="utf-8").replace("oxalchemy", package), encoding="utf-8")
    out = subprocess.run(
        [sys.executable, path.name],
        capture_output=True,
        text=True,
        timeout=100,
        cwd=folder,
        env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8"},
    )
    assert out.returncode == 0, f"{package} failed:\n{out.stderr[-4000:]}"
    pairs = [json.loads(line) for line in out.stdout.splitlines()]
    result = {label: NOISE.sub("", text).replace("sqlalchemy", "oxalchemy") for label, text in pairs}
    assert len(result) == len(pairs), "two cases have the same label"
    return result


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_texts(path, tmp_path):
    theirs = texts(path, "sqlalchemy", tmp_path / "theirs")
    ours = texts(path, "oxalchemy", tmp_path / "ours")
    assert len(theirs) > 3, "the file must show something to compare"
    assert list(ours) == list(theirs)
    different = [label for label in theirs if ours[label] != theirs[label] and compared(label, theirs[label])]
    report = "\n".join(f"== {d}\n-- SQLAlchemy\n{theirs[d]}\n-- oxalchemy\n{ours[d]}" for d in different)
    assert not different, f"{len(different)} of {len(theirs)} texts differ:\n{report}"
