"""The stubs: held to the package, and seen by a user's type checker as the documentation says."""

import os
import pathlib
import re
import subprocess
import sys

import oxalchemy as sa
import pytest

HERE = pathlib.Path(__file__).parent
PACKAGE = pathlib.Path(sa.__file__).parent


def mypy(module, *arguments, cache):
    """Run mypy or stubtest where the package is found as this process finds it; what it printed."""
    env = {**os.environ, "MYPYPATH": str(PACKAGE.parent), "MYPY_CACHE_DIR": str(cache), "PYTHONPATH": str(PACKAGE.parent)}
    if "site-packages" in PACKAGE.parts:
        # mypy finds an installed package by its py.typed, and refuses site-packages in its own path
        del env["MYPYPATH"], env["PYTHONPATH"]
    done = subprocess.run([sys.executable, "-m", module, *arguments], capture_output=True, text=True, env=env, cwd=HERE)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module", autouse=True)
def _needs_mypy():
    pytest.importorskip("mypy", reason="the type checks need mypy (pip install mypy)")


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("mypy")


@pytest.mark.timeout(600)
def test_stubs_describe_the_package(cache):
    code, out = mypy(
        "mypy.stubtest", "oxalchemy", "--concise", "--mypy-config-file", str(HERE / "stubtest.ini"),
        "--allowlist", str(HERE / "stubtest-allowlist.txt"), cache=cache,
    )  # fmt: skip
    assert code == 0, out


@pytest.mark.timeout(600)
@pytest.mark.parametrize("sample", ["modern.py", "mapping.py", "classic.py", "asyncio_session.py"])
def test_a_checker_sees_the_documented_types(sample, cache):
    code, out = mypy("mypy", "--config-file", str(HERE / "mypy.ini"), str(HERE / "samples" / sample), cache=cache)
    assert code == 0, out


@pytest.mark.timeout(600)
def test_a_checker_refuses_what_is_wrong(cache):
    path = HERE / "samples" / "wrong.py"
    marked = enumerate(path.read_text().splitlines(), 1)
    expected = {(n, m[1]) for n, line in marked if (m := re.search(r"# error: ([a-z-]+)$", line))}
    _, out = mypy("mypy", "--config-file", str(HERE / "mypy.ini"), str(path), cache=cache)
    found = {(int(m[1]), m[2]) for m in re.finditer(r"wrong\.py:(\d+): error: .*\[([a-z-]+)\]$", out, re.M)}
    assert found == expected, out


def test_the_stubs_are_shipped():
    assert (PACKAGE / "py.typed").exists()
    missing = [m for m in ("__init__", "_rs", "orm/__init__", "sql/expression", "types") if not (PACKAGE / f"{m}.pyi").exists()]
    assert not missing
