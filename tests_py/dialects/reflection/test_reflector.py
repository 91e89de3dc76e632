"""The `reflector` command on servers."""

import json

import pytest
from oxalchemy import MetaData, create_engine, reflector, text

DDL = {
    "postgresql": [
        "CREATE TYPE mood AS ENUM ('sad', 'ok')",
        "CREATE TABLE parent (id SERIAL PRIMARY KEY, a VARCHAR(30) NOT NULL DEFAULT 'x', m mood, CONSTRAINT u_a UNIQUE (a))",
        "COMMENT ON TABLE parent IS 'the parents'",
        """CREATE TABLE child (id INT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, p INT, q INT[], odd POINT, b TEXT,
            twice INT GENERATED ALWAYS AS (p * 2) STORED, CONSTRAINT ck CHECK (p > 3),
            CONSTRAINT fk FOREIGN KEY (p) REFERENCES parent ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED)""",
        "CREATE INDEX ix ON child USING btree (p DESC, lower(b) text_pattern_ops) INCLUDE (id) WHERE p > 5",
        "CREATE VIEW v AS SELECT a FROM parent",
    ],
    "mysql": [
        "CREATE TABLE parent (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(30) NOT NULL DEFAULT 'x', m "
        "ENUM('sad','ok'), CONSTRAINT u_a UNIQUE (a)) "
        "COMMENT='the parents'",
        """CREATE TABLE child (id INT PRIMARY KEY, p INT UNSIGNED, q INT, odd POINT, b TEXT,
            twice INT GENERATED ALWAYS AS (q * 2) STORED, CONSTRAINT ck CHECK (q > 3),
            CONSTRAINT fk FOREIGN KEY (q) REFERENCES parent (id) ON DELETE CASCADE)""",
        "CREATE INDEX ix ON child (p, b(10))",
        "CREATE FULLTEXT INDEX ft ON child (b)",
        "CREATE VIEW v AS SELECT a FROM parent",
        "CREATE TABLE gone (a INT)",
        "CREATE VIEW broken AS SELECT a FROM gone",
        "DROP TABLE gone",
    ],
}
EXPECTED = {
    "postgresql": """\
Table "parent"
==============
  -- the parents
  Column  Type         Null      Default                             Notes
  id      INTEGER      not null  nextval('parent_id_seq'::regclass)  pk, auto
  a       VARCHAR(30)  not null  'x'::character varying              unique
  m       mood         null      -
Primary key:
  parent_pkey (id)
Unique constraints:
  u_a (a)
Referenced by:
  child (p)

Table "child"
=============
  Column  Type       Null      Default  Notes
  id      INTEGER    not null  -        pk, identity
  p       INTEGER    null      -        fk -> parent.id
  q       INTEGER[]  null      -
  odd     point?     null      -
  b       TEXT       null      -
  twice   INTEGER    null      -        computed ((p * 2), stored)
Primary key:
  child_pkey (id)
Foreign keys:
  fk: (p) -> parent (id) on delete cascade deferrable initially deferred
Check constraints:
  ck: p > 3
Indexes:
  ix (p desc, lower(b) text_pattern_ops) where (p > 5) include (id)

2 tables
""",
    "mysql": """\
Table "parent"
==============
  -- the parents
  Column  Type              Null      Default  Notes
  id      INTEGER(11)       not null  -        pk, auto
  a       VARCHAR(30)       not null  'x'      unique
  m       ENUM('sad','ok')  null      -
Primary key:
  (unnamed) (id)
Indexes:
  u_a unique (a)
Options:
  mysql_collate=utf8mb4_general_ci
  mysql_comment=the parents
  mysql_default charset=utf8mb4
  mysql_engine=InnoDB
Referenced by:
  child (q)

Table "child"
=============
  Column  Type                  Null      Default  Notes
  id      INTEGER(11)           not null  -        pk
  p       INTEGER(10) UNSIGNED  null      -
  q       INTEGER(11)           null      -        fk -> parent.id
  odd     point?                null      -
  b       TEXT                  null      -
  twice   INTEGER(11)           null      -        computed ((`q` * 2), stored)
Primary key:
  (unnamed) (id)
Foreign keys:
  fk: (q) -> parent (id) on delete cascade
Check constraints:
  ck: `q` > 3
Indexes:
  fk (q)
  ft fulltext (b)
  ix (p, b(10))
Options:
  mysql_collate=utf8mb4_general_ci
  mysql_default charset=utf8mb4
  mysql_engine=InnoDB

2 tables
""",
}


@pytest.fixture(params=["postgresql", "mysql"])
def url(request):
    url = request.getfixturevalue(f"{request.param}_url")
    engine = create_engine(url)
    with engine.begin() as connection:
        for ddl in DDL[request.param]:
            connection.execute(text(ddl))
        if request.param == "mysql":
            connection.execute(text("ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"))
    engine.dispose()
    return url


def run(capsys, *args):
    status = reflector.main(list(args))
    out = capsys.readouterr()
    return status, out.out, out.err


def kind(url):
    return url.partition(":")[0].partition("+")[0]


@pytest.mark.filterwarnings("ignore:Did not recognize type")
def test_text(url, capsys):
    status, out, err = run(capsys, url)
    assert (status, err) == (0, "warning: type 'point' is not known\n")
    assert out == EXPECTED[kind(url)]
    assert run(capsys, url)[1] == out, "the same database gives the same bytes"


@pytest.mark.filterwarnings("ignore:Did not recognize type")
def test_views_and_json(url, capsys):
    status, out, err = run(capsys, "-f", "json", "--views", url)
    assert status == 0
    assert ("warning: view broken cannot be read" in err) == (kind(url) == "mysql")
    document = json.loads(out)
    assert document["dialect"] == kind(url) and document["server_version"]
    assert [t["name"] for t in document["tables"]] == ["parent", "child"]
    assert [v["name"] for v in document["views"]] == ["v"] and "parent" in document["views"][0]["definition"]
    (fk,) = document["tables"][1]["foreign_keys"]
    assert (fk["name"], fk["on_delete"], fk["referred_columns"]) == ("fk", "CASCADE", ["id"])


@pytest.mark.filterwarnings("ignore:Did not recognize type")
def test_schemas_of_the_server_itself_are_hidden(url, capsys):
    status, out, _ = run(capsys, "--all-schemas", url, "*parent", "*child")
    assert status == 0 and "information_schema" not in out
    schema = "public" if kind(url) == "postgresql" else url.rpartition("/")[2]
    assert f'Table "{schema}.parent"' in out


def test_a_table_that_is_not_there(url, capsys):
    status, out, err = run(capsys, url, "nope")
    assert (status, out) == (3, "")
    assert err == "*** Fatal error: No such table: nope\nAvailable tables:\n  child\n  parent\n"


@pytest.mark.parametrize("dsn", ["postgresql://u:s%40cret!@127.0.0.1:1/x", "mysql://u:s%40cret!@127.0.0.1:1/x"])
def test_nobody_answers(dsn, capsys):
    status, out, err = run(capsys, dsn)
    assert (status, out) == (2, "")
    assert err.startswith("*** Fatal error: OperationalError: ") and err.count("\n") == 1
    assert "cret" not in err


@pytest.mark.parametrize("kind", ["postgresql", "mysql"])
def test_a_wrong_password_is_not_shown(kind, private_servers, capsys):
    from urllib.parse import urlsplit, urlunsplit

    server = private_servers(kind)
    parts = urlsplit(server.guarded_url if hasattr(server, "guarded_url") else server.url)
    host = parts.netloc.rpartition("@")[2]
    dsn = urlunsplit(parts._replace(netloc=f"guarded:not-the-pass@{host}"))
    status, out, err = run(capsys, dsn)
    assert "not-the-pass" not in err + out
    assert status == 2 and err.startswith("*** Fatal error: ")


@pytest.mark.filterwarnings("ignore:Did not recognize type")
def test_a_reflected_database_is_what_the_report_is_of(url):
    engine = create_engine(url)
    m = MetaData()
    m.reflect(engine)
    assert [t.name for t in m.sorted_tables] == ["parent", "child"]
    engine.dispose()
