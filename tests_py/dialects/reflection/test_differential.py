"""What reflection says of a database with everything in it must be what SQLAlchemy says of it, on the same server.

Left out of the databases (`postgresql.sql`, `mysql.sql`, `sqlite.sql`), because the reference goes wrong there: domains over
types with arguments (it loses them, and the zone of a timestamp), and on MariaDB names with a backtick or a parenthesis, ignored
indexes, `inet4`, `inet6` and bit literals as defaults (it skips them, with or without a warning); on SQLite names of inline
references, unique constraints over names that need quotes, generated columns before others, and types with more arguments than
they take.
"""

import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent


def statements(name, **names):
    text = (HERE / name).read_text(encoding="utf-8")
    for key, value in names.items():
        text = text.replace(f"{{{key}}}", value)
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    return [s.strip() for s in ("\n".join(lines) + "\n").split(";\n") if s.strip()]


def report(library, url, *schemas):
    out = subprocess.run(
        [sys.executable, HERE / "report.py", library, url, *schemas], capture_output=True, text=True, timeout=100
    )
    assert out.returncode == 0, f"{library}: {out.stdout[-500:]}\n{out.stderr[-4000:]}"
    lines = out.stdout.splitlines()
    assert len(lines) > 300, "the report must say something"
    return lines


def compare(ours, theirs):
    only_ours = [line for line in ours if line not in set(theirs)]
    only_theirs = [line for line in theirs if line not in set(ours)]
    assert (only_ours, only_theirs) == ([], [])
    assert ours == theirs


@pytest.fixture(autouse=True)
def reference():
    pytest.importorskip("sqlalchemy", reason="SQLAlchemy 2.1.9 is the reference: pip install sqlalchemy==2.1.9, or `make test`")


def test_sqlite(tmp_path):
    import sqlite3

    for name, ddl in (("main", statements("sqlite.sql")), ("second", statements("sqlite.sql"))):
        connection = sqlite3.connect(tmp_path / f"{name}.sqlite")
        for statement in ddl:
            connection.execute(statement)
        connection.close()
    url = f"sqlite:///{tmp_path}/main.sqlite"
    compare(*(report(library, url, "-", "main", "second") for library in ("oxalchemy", "sqlalchemy")))


def test_postgresql(postgresql_database):
    if postgresql_database.rows("SHOW server_version_num")[0][0] < "150000":
        pytest.skip("the database uses NULLS NOT DISTINCT, which came with PostgreSQL 15")
    with postgresql_database.by_hand() as connection, connection.cursor() as cursor:
        for statement in statements("postgresql.sql"):
            cursor.execute(statement)
    url = postgresql_database.driver_url
    compare(*(report(library, url, "-", "public", "other", "Mixed Case") for library in ("oxalchemy", "sqlalchemy")))


@pytest.mark.parametrize("dialect", ["mysql", "mariadb"])
def test_mariadb(mysql_database, servers, dialect):
    if "MariaDB" not in mysql_database.rows("SELECT version()")[0][0]:
        pytest.skip("the database uses what only MariaDB has: sequences, uuid, system versioning")
    server, _ = servers.get("mysql")
    second = server.create_database()
    try:
        with mysql_database.by_hand() as connection, connection.cursor() as cursor:
            for statement in statements("mysql.sql", first=mysql_database.name, second=second.name):
                cursor.execute(statement)
        url = f"{dialect}+{mysql_database.driver_url.partition('+')[2]}"
        compare(*(report(library, url, "-", second.name) for library in ("oxalchemy", "sqlalchemy")))
    finally:
        # the two refer to each other
        with mysql_database.by_hand() as connection, connection.cursor() as cursor:
            cursor.execute("SET foreign_key_checks = 0")
            cursor.execute("DROP TABLE child")
        second.drop()
