"""The servers that tests run on: found in the documented order, of one's own, gone afterwards."""

import os
import subprocess
import sys

import pytest
from servers import mysql, postgresql
from servers.private import Unavailable
from servers.provision import BACKENDS, Server


def test_each_test_sees_an_empty_database(any_database):
    if any_database.kind == "sqlite":
        assert not any_database.path.exists()
        return
    schema = "public" if any_database.kind == "postgresql" else any_database.name
    query = f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{schema}'"
    assert any_database.rows(query) == []
    any_database.rows("CREATE TABLE left_behind (id INT PRIMARY KEY)")
    assert any_database.rows(query) == [("left_behind",)]
    any_database.clean()
    assert any_database.rows(query) == []


@pytest.mark.parametrize("kind", BACKENDS)
def test_a_database_is_made_and_dropped(servers, kind):
    server, _ = servers.get(kind)
    database = server.create_database()
    assert database.rows("SELECT 1") == [(1,)]
    session = database.server.backend.connect(database.url)
    assert database.count_sessions() == 1
    database.drop()  # a session that a test left open does not keep it
    with pytest.raises(Exception, match=database.name):
        database.rows("SELECT 1")
    session.close()


@pytest.mark.parametrize("backend", BACKENDS.values(), ids=BACKENDS)
def test_a_server_that_was_named_must_answer(backend, monkeypatch):
    monkeypatch.setenv(backend.VARIABLE, backend.EXAMPLE.replace("host", "127.0.0.1:1"))
    with pytest.raises(Exception, match=r"127\.0\.0\.1"):
        Server("mysql" if backend is mysql else "postgresql")


@pytest.mark.parametrize("kind", BACKENDS)
def test_without_a_server_a_private_one_is_started(private_servers, kind, monkeypatch):
    server = private_servers(kind)
    backend = BACKENDS[kind]
    monkeypatch.setattr(backend, "default_urls", list)
    monkeypatch.setattr(backend, "Private", lambda: server)
    monkeypatch.delenv(backend.VARIABLE, raising=False)
    assert Server(kind).origin == "private"
    server.restart()
    server.kill()
    with pytest.raises(Exception):  # noqa: B017 - whatever the driver says to a closed port
        server.ping()
    server.start()
    server.ping()


@pytest.mark.parametrize("kind", BACKENDS)
def test_what_cannot_be_had_says_how_to_get_it(kind, monkeypatch):
    backend = BACKENDS[kind]

    def nothing():
        raise Unavailable("none installed")

    monkeypatch.setattr(backend, "default_urls", list)
    monkeypatch.setattr(backend, "Private", nothing)
    monkeypatch.delenv(backend.VARIABLE, raising=False)
    with pytest.raises(Unavailable, match=f"{backend.NAME}.*set {backend.VARIABLE}=.*apt-get install"):
        Server(kind)


def test_a_missing_server_is_loud_and_in_ci_a_failure(tmp_path):
    (tmp_path / "conftest.py").write_text(
        "pytest_plugins = ['servers.fixtures']\nfrom servers import mysql\nfrom servers.private import Unavailable\n"
        "def nothing():\n    raise Unavailable('none installed')\nmysql.default_urls = list\nmysql.Private = nothing\n"
    )
    (tmp_path / "test_one.py").write_text("def test_one(mysql_url):\n    pass\n")
    env = {k: v for k, v in os.environ.items() if not k.startswith("OXALCHEMY_TEST")}
    env["PYTHONPATH"] = os.path.dirname(__file__)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", tmp_path, tmp_path]
    skipped = subprocess.run(command, env=env, capture_output=True, text=True, cwd=tmp_path)
    assert skipped.returncode == 0, skipped.stdout
    assert "NOT TESTED: mysql: no MariaDB server (none installed)" in skipped.stdout
    failed = subprocess.run(
        command, env=env | {"OXALCHEMY_TEST_REQUIRE_SERVERS": "1"}, capture_output=True, text=True, cwd=tmp_path
    )
    assert failed.returncode == 1, failed.stdout
    assert "1 error" in failed.stdout or "1 failed" in failed.stdout


def test_names_are_parallel():
    ours = {n for n in vars(postgresql) if not n.startswith("_")} - {"getpass", "shutil", "signal"}
    theirs = {n for n in vars(mysql) if not n.startswith("_")} - {"query", "sessions"}
    assert ours == theirs
