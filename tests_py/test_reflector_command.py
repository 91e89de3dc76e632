"""The `reflector` command: output, exit status, what goes to stderr."""

import json
import subprocess
import sys

import pytest


def reflector(*args):
    out = subprocess.run([sys.executable, "-m", "oxalchemy.reflector", *map(str, args)], capture_output=True, text=True)
    return out.returncode, out.stdout, out.stderr


def test_one_table(chinook):
    status, out, err = reflector(f"sqlite:///{chinook}", "Album")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == 'Table "Album"' and set(lines[1]) == {"="}
    assert any(line.split()[:2] == ["AlbumId", "INTEGER"] for line in lines)
    assert any("Artist" in line for line in lines), "the foreign key names its target"


def test_all_tables_in_dependency_order(chinook):
    status, out, _ = reflector(f"sqlite:///{chinook}")
    assert status == 0
    names = [line.split('"')[1] for line in out.splitlines() if line.startswith('Table "')]
    assert len(names) == 11
    assert names.index("Artist") < names.index("Album") < names.index("Track") < names.index("PlaylistTrack")
    assert reflector(f"sqlite:///{chinook}")[1] == out, "the same database gives the same bytes"


def test_json(chinook):
    status, out, _ = reflector("-f", "json", f"sqlite:///{chinook}")
    assert status == 0
    tables = {t["name"]: t for t in json.loads(out)["tables"]}
    assert tables["Track"]["primary_key"]["columns"] == ["TrackId"]


def test_a_missing_file_is_not_created(tmp_path):
    status, out, err = reflector(f"sqlite:///{tmp_path}/nofile.db")
    assert status == 2 and out == "" and err.startswith("*** Fatal error:")
    assert not (tmp_path / "nofile.db").exists()


@pytest.mark.parametrize(
    ("args", "status", "words"),
    [
        ([], 1, "***"),
        (["--nonsense"], 1, "***"),
        (["bogus"], 2, "Could not parse"),
        (["foo://x"], 2, "NoSuchModuleError"),
    ],
)
def test_wrong_arguments(args, status, words):
    got, out, err = reflector(*args)
    assert (got, out) == (status, "")
    assert words in err


def test_an_unknown_table_names_the_known_ones(chinook):
    status, out, err = reflector(f"sqlite:///{chinook}", "nope")
    assert (status, out) == (3, "")
    assert "No such table: nope" in err and "Album" in err
