"""A MySQL server that folds the case of names (as it does on Windows and macOS)."""

import pytest
from oxalchemy import MetaData, Table, create_engine, exc, inspect, text
from servers.private import Unavailable
from servers.provision import BACKENDS, how


@pytest.fixture(scope="module")
def folding():
    backend = BACKENDS["mysql"]
    try:
        server = backend.Private(lower_case_table_names=1)
    except Unavailable as e:
        pytest.skip(f"no MariaDB server of our own ({e}): {how(backend)}")
    with create_engine(server.url).begin() as connection:
        connection.execute(text("CREATE DATABASE folded"))
    engine = create_engine(f"{server.url}folded")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE Parent (Id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE Child (Id INTEGER PRIMARY KEY, P INTEGER, FOREIGN KEY (P) REFERENCES PARENT (Id))"))
    yield engine
    engine.dispose()
    server.close()


def test_names_in_any_case(folding):
    insp = inspect(folding)
    assert insp.get_table_names() == ["child", "parent"]
    for name in ("Child", "child", "CHILD"):
        assert [c["name"] for c in insp.get_columns(name)] == ["Id", "P"]
        assert insp.has_table(name)
    assert [fk["referred_table"] for fk in insp.get_foreign_keys("CHILD")] == ["parent"]
    with pytest.raises(exc.NoSuchTableError):
        insp.get_columns("Nope")


def test_tables(folding):
    m = MetaData()
    child = Table("Child", m, autoload_with=folding)
    assert set(m.tables) == {"Child", "parent"}
    assert child.c.P.references(m.tables["parent"].c.Id)
