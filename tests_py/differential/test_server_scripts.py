"""One script, two libraries, one server: what it prints under SQLAlchemy and under oxalchemy must be the same.

`servers/postgresql_*.py` run beside SQLAlchemy 2.1.9 with psycopg, `servers/mysql_*.py` beside it with PyMySQL, each with the
URL of an empty database as its argument.
"""

import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
HELPERS = [HERE / "servers" / "round_trip.py"]

pytest.importorskip("sqlalchemy", reason="SQLAlchemy 2.1.9 is the reference: pip install sqlalchemy==2.1.9, or `make test`")


def run(source, folder, url):
    path = folder / "script.py"
    path.write_text(source, encoding="utf-8")
    out = subprocess.run(
        [sys.executable, "-W", "ignore", path, url],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=folder,
        env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8"},
    )
    assert out.returncode == 0, f"{folder.name} failed:\n{out.stdout[-2000:]}\n{out.stderr[-4000:]}"
    return out.stdout.replace("sqlalchemy", "oxalchemy").splitlines()


def scripts(kind):
    return sorted((HERE / "servers").glob(f"{kind}_*.py"))


def compare(path, url, reference_driver, tmp_path):
    printed = {}
    for package in ("sqlalchemy", "oxalchemy"):
        folder = tmp_path / package
        folder.mkdir()
        for helper in HELPERS:
            (folder / helper.name).write_text(helper.read_text(encoding="utf-8").replace("oxalchemy", package), encoding="utf-8")
        dialect, rest = url.split("://", 1)
        argument = f"{dialect.split('+')[0]}+{reference_driver}://{rest}" if package == "sqlalchemy" else url
        source = path.read_text(encoding="utf-8").replace("oxalchemy", package)
        printed[package] = run(source, folder, argument)
    theirs, ours = printed["sqlalchemy"], printed["oxalchemy"]
    assert len(theirs) > 3, "the script must print something to compare"
    different = [(a, b) for a, b in zip(theirs, ours, strict=False) if a != b]
    report = "\n".join(f"SQLAlchemy: {a}\noxalchemy:  {b}" for a, b in different)
    assert len(theirs) == len(ours) and not different, f"{len(different)} of {len(theirs)} lines differ:\n{report}"


@pytest.mark.parametrize("path", scripts("postgresql"), ids=lambda p: p.stem)
def test_postgresql(path, postgresql_url, tmp_path):
    pytest.importorskip("psycopg", reason="the reference driver: pip install psycopg[binary], or `make test`")
    compare(path, postgresql_url, "psycopg", tmp_path)


@pytest.mark.parametrize("path", scripts("mysql"), ids=lambda p: p.stem)
def test_mysql(path, mysql_url, tmp_path):
    pytest.importorskip("pymysql", reason="the reference driver: pip install pymysql, or `make test`")
    compare(path, mysql_url, "pymysql", tmp_path)
