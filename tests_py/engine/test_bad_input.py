"""Bad input of the outside world: files, locks, corruption. Each is a documented exception and leaves nothing half done."""

import sqlite3

import oxalchemy as sa
import pytest
from oxalchemy import exc, orm


@pytest.mark.parametrize("dsn", ["bogus", "", "://", "sqlite"])
def test_malformed_dsn(dsn):
    with pytest.raises(exc.ArgumentError, match="Could not parse"):
        sa.create_engine(dsn)


def test_unknown_dialect():
    with pytest.raises(exc.NoSuchModuleError, match="foo"):
        sa.create_engine("foo://x")


def test_missing_directory(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path}/no/such/dir/x.sqlite")
    with pytest.raises(exc.OperationalError, match="unable to open database file") as caught:
        engine.connect()
    assert caught.value.orig is not None


def test_corrupt_file(tmp_path):
    path = tmp_path / "corrupt.sqlite"
    path.write_bytes(b"this is not a database, not even nearly" * 100)
    engine = sa.create_engine(f"sqlite:///{path}")
    with pytest.raises(exc.DatabaseError, match="file is not a database"), engine.connect() as conn:
        conn.execute(sa.text("SELECT * FROM t")).all()


def test_locked_database(chinook):
    holder = sa.create_engine(f"sqlite:///{chinook}")
    other = sa.create_engine(f"sqlite:///{chinook}", connect_args={"timeout": 0.05})
    with holder.connect() as conn:
        conn.exec_driver_sql("BEGIN EXCLUSIVE")
        with pytest.raises(exc.OperationalError, match="database is locked"), other.connect() as blocked:
            blocked.exec_driver_sql("UPDATE Artist SET Name = 'x'")
        conn.exec_driver_sql("ROLLBACK")
    with other.begin() as conn:
        assert conn.exec_driver_sql("UPDATE Artist SET Name = 'x' WHERE ArtistId = 1").rowcount == 1


def test_violation_in_the_middle_of_a_flush(tmp_path):
    meta = sa.MetaData()
    t = sa.Table("t", meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("v", sa.Integer, unique=True))
    engine = sa.create_engine(f"sqlite:///{tmp_path}/f.sqlite")
    meta.create_all(engine)

    class T:
        def __init__(self, v):
            self.v = v

    registry = orm.registry()
    registry.map_imperatively(T, t)
    session = orm.Session(engine)
    session.add_all([T(i) for i in (1, 2, 3, 2, 4)])
    with pytest.raises(exc.IntegrityError, match="UNIQUE constraint failed: t.v") as caught:
        session.commit()
    assert "INSERT INTO t" in caught.value.statement
    with pytest.raises(exc.PendingRollbackError):
        session.query(T).all()
    session.rollback()
    assert session.query(T).all() == []
    session.add(T(7))
    session.commit()
    con = sqlite3.connect(f"file:{tmp_path}/f.sqlite?mode=ro&immutable=1", uri=True)
    assert con.execute("SELECT v FROM t").fetchall() == [(7,)]
    con.close()
    registry.dispose()


@pytest.mark.parametrize(
    ("type_", "value", "error"),
    [
        (sa.Date, "2020-01-01", TypeError),
        (sa.DateTime, "2020-01-01", TypeError),
        (sa.Boolean, 5, ValueError),
        (sa.Boolean, "true", TypeError),
        (sa.LargeBinary, "text", TypeError),
    ],
)
def test_wrong_type_in_value(type_, value, error):
    t = sa.Table("t", sa.MetaData(), sa.Column("v", type_))
    engine = sa.create_engine("sqlite://")
    t.metadata.create_all(engine)
    with engine.connect() as conn:
        with pytest.raises(exc.StatementError) as caught:
            conn.execute(t.insert().values(v=value))
        assert isinstance(caught.value.orig, error)
        assert conn.execute(t.select()).all() == []


def test_integer_beyond_64_bits():
    t = sa.Table("t", sa.MetaData(), sa.Column("v", sa.Integer))
    engine = sa.create_engine("sqlite://")
    t.metadata.create_all(engine)
    with engine.connect() as conn, pytest.raises(OverflowError):
        conn.execute(t.insert().values(v=2**70))


def test_use_after_close():
    engine = sa.create_engine("sqlite://")
    conn = engine.connect()
    result = conn.exec_driver_sql("SELECT 1")
    result.close()
    with pytest.raises(exc.ResourceClosedError, match="This result object is closed"):
        result.fetchone()
    conn.close()
    with pytest.raises(exc.ResourceClosedError, match="This Connection is closed"):
        conn.exec_driver_sql("SELECT 1")
