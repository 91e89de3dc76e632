"""Every Python example of the README and of the pages in `docs` runs and prints what its comment says."""

import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLES = [
    pytest.param(source, id=f"{page.stem}-{n}")
    for page in PAGES
    for n, source in enumerate(re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.S))
]


@pytest.mark.parametrize("source", EXAMPLES)
def test_example(source, tmp_path):
    expected = re.findall(r"print\(.*\)\s+# (.*)$", source, re.M)
    assert expected, "an example must say what it prints"
    out = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, cwd=tmp_path)
    assert out.returncode == 0, out.stderr
    assert out.stdout.splitlines() == expected
