"""One script, two libraries: what it prints under SQLAlchemy and under oxalchemy must be the same.

`scripts/modern_*.py` run beside SQLAlchemy 2.1.9, `scripts/legacy_*.py` and the classic example beside 1.4.54, which lives in
an environment of its own (`make test` makes it and names its interpreter in OXALCHEMY_LEGACY_PYTHON). A script says
`oxalchemy`; for SQLAlchemy the word is replaced, as a user would who goes the other way.
"""

import os
import pathlib
import re
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LEGACY = os.environ.get("OXALCHEMY_LEGACY_PYTHON")

MODERN = sorted((HERE / "scripts").glob("modern_*.py"))
SERVERS = sorted((HERE / "scripts").glob("servers_*.py"))
ASYNC = sorted((HERE / "scripts").glob("asyncio_*.py"))
OLD = [*sorted((HERE / "scripts").glob("legacy_*.py")), ROOT / "examples" / "chinook_classic.py"]

NOISE = [
    (re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ", re.M), ""),
    # How long a text took to make, or how old it is, is statistics; which of the two depends on what is cached together.
    (re.compile(r"\[(generated in [0-9.e-]+s|cached since [0-9.e-]+s ago)"), "[…"),
    (re.compile(r"\[no key [0-9.e-]+s\]"), "[no key]"),
    (re.compile(r"\(Background on this error at: [^)]*\)"), "(background)"),
    (re.compile(r"0x[0-9a-f]+"), "0x"),
    (re.compile(r"oxalchemy"), "sqlalchemy"),
]


# The same class of exception has another module in each driver.
DRIVERS = re.compile(r"\((psycopg\.errors|pymysql\.err|MySQLdb|sqlalchemy\.dialects\.(postgresql\.errors|mysql\.dbapi))\.")


def run(python, source, folder, argument=None):
    path = folder / "script.py"
    path.write_text(source, encoding="utf-8")
    env = {k: v for k, v in os.environ.items() if not k.startswith("SQLALCHEMY")}
    out = subprocess.run(
        [python, "-W", "ignore", path, argument or ROOT / "data" / "chinook.sqlite"],
        capture_output=True,
        text=True,
        timeout=100,
        cwd=folder,
        env={**env, "PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8"},
    )
    assert out.returncode == 0, f"{python} failed:\n{out.stdout[-2000:]}\n{out.stderr[-4000:]}"
    text = out.stdout
    for pattern, replacement in NOISE:
        text = pattern.sub(replacement, text)
    return DRIVERS.sub("(", text).splitlines()


def compare(path, reference, tmp_path, argument=None):
    source = path.read_text(encoding="utf-8")
    (tmp_path / "theirs").mkdir()
    (tmp_path / "ours").mkdir()
    theirs = run(reference, source.replace("oxalchemy", "sqlalchemy"), tmp_path / "theirs", argument)
    ours = run(sys.executable, source, tmp_path / "ours", argument)
    assert len(theirs) > 3, "the script must print something to compare"
    assert ours == theirs


@pytest.mark.parametrize("path", MODERN, ids=lambda p: p.stem)
def test_modern(path, tmp_path):
    pytest.importorskip("sqlalchemy", reason="SQLAlchemy 2.1.9 is the reference: pip install sqlalchemy==2.1.9, or `make test`")
    compare(path, sys.executable, tmp_path)


@pytest.mark.parametrize("driver", ["postgresql+psycopg", "mysql+pymysql", "mysql+mysqldb"])
@pytest.mark.parametrize("path", SERVERS, ids=lambda p: p.stem)
def test_servers(path, driver, tmp_path, request):
    pytest.importorskip("sqlalchemy", reason="SQLAlchemy 2.1.9 is the reference: pip install sqlalchemy==2.1.9, or `make test`")
    kind, _, module = driver.partition("+")
    pytest.importorskip({"mysqldb": "MySQLdb"}.get(module, module), reason=f"the reference needs {module}")
    url = request.getfixturevalue(f"{kind}_url")
    compare(path, sys.executable, tmp_path, f"{driver}://{url.partition('://')[2]}")


@pytest.mark.parametrize("driver", ["sqlite+aiosqlite", "postgresql+asyncpg", "postgresql+psycopg", "mysql+aiomysql"])
@pytest.mark.parametrize("path", ASYNC, ids=lambda p: p.stem)
def test_asyncio(path, driver, tmp_path, request):
    pytest.importorskip("sqlalchemy", reason="SQLAlchemy 2.1.9 is the reference: pip install sqlalchemy==2.1.9, or `make test`")
    kind, _, module = driver.partition("+")
    for needed in ("greenlet", module):
        pytest.importorskip(needed, reason=f"the reference needs {needed}")
    where = f"/{tmp_path}/a.db" if kind == "sqlite" else request.getfixturevalue(f"{kind}_url").partition("://")[2]
    compare(path, sys.executable, tmp_path, f"{driver}://{where}")


# SQLAlchemy 1.4.54 cannot live beside 2.1.9, so it has its own environment.
@pytest.mark.skipif(
    not LEGACY, reason="OXALCHEMY_LEGACY_PYTHON names no interpreter with SQLAlchemy 1.4.54; `make test` makes one"
)
@pytest.mark.parametrize("path", OLD, ids=lambda p: p.stem)
def test_legacy(path, tmp_path):
    compare(path, LEGACY, tmp_path)
