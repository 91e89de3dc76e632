"""The ``reflector`` command."""

import json

import pytest
from oxalchemy import reflector


def run(capsys, *args):
    status = reflector.main(list(args))
    out = capsys.readouterr()
    return status, out.out, out.err


def test_text(chinook, capsys):
    status, out, err = run(capsys, f"sqlite:///{chinook}")
    assert status == 0 and err == ""
    assert 'Table "Album"\n=============\n' in out
    assert out.endswith("\n11 tables\n")
    assert "(unnamed): (ArtistId) -> Artist (ArtistId)" in out


def test_one_table_and_patterns(chinook, capsys):
    status, out, _ = run(capsys, f"sqlite:///{chinook}", "Play*")
    assert status == 0 and out.count("Table ") == 2


def test_json(chinook, capsys):
    status, out, _ = run(capsys, "-f", "json", f"sqlite:///{chinook}", "Album")
    document = json.loads(out)
    assert status == 0 and document["reflector"] == 1
    assert [c["name"] for c in document["tables"][0]["columns"]] == ["AlbumId", "Title", "ArtistId"]


@pytest.mark.parametrize(
    "args, status, words",
    [
        ([], 1, "*** no DSN given"),
        (["--zzz", "x"], 1, "*** unknown option --zzz"),
        (["-f", "xml", "x"], 1, "unknown format 'xml'"),
        (["bogus"], 2, "Could not parse"),
        (["foo://u:secret@host/x"], 2, "NoSuchModuleError"),
        (["sqlite:///nofile.db"], 2, "no such file"),
        (["sqlite://", "nope"], 3, "*** Fatal error: No such table: nope"),
        (["-o", "/nonexistent/x", "sqlite://"], 4, "*** Fatal error: cannot write"),
    ],
)
def test_errors(capsys, args, status, words):
    found, out, err = run(capsys, *args)
    assert (found, out) == (status, "")
    assert words in err and "secret" not in err


def test_empty_database(capsys):
    assert run(capsys, "sqlite://") == (0, "no tables\n", "")
