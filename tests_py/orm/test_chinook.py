"""The whole Chinook database through the ORM: loaded, changed, rolled back, committed, and compared row by row.

The reference is stdlib `sqlite3`, reading a copy of its own: two SQLite libraries in one process must not share a file.
"""

import decimal
import shutil
import sqlite3

import oxalchemy as sa
import pytest
from oxalchemy import orm


def rows_by_hand(path, folder):
    copy = folder / "by-hand.sqlite"
    shutil.copyfile(path, copy)
    con = sqlite3.connect(copy)
    names = [n for (n,) in con.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    rows = {n: sorted(con.execute(f'SELECT * FROM "{n}"')) for n in names}
    con.close()
    copy.unlink()
    return rows


def plain(value):
    """What SQLite stores for a value that the ORM loaded."""
    if isinstance(value, decimal.Decimal):
        return float(value)
    if hasattr(value, "strftime"):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return value


@pytest.fixture
def mapped(chinook):
    """(path, engine, {table name: mapped class}) for every table of the database."""
    engine = sa.create_engine(f"sqlite:///{chinook}")
    meta = sa.MetaData()
    meta.reflect(engine)
    registry = orm.registry()
    classes = {}
    for table in meta.tables.values():
        cls = type(table.name, (), {})
        registry.map_imperatively(cls, table)
        classes[table.name] = cls
    yield chinook, engine, classes
    registry.dispose()
    engine.dispose()


def rows_of_objects(session, classes):
    out = {}
    for name, cls in classes.items():
        keys = [c.key for c in sa.inspect(cls).local_table.columns]
        out[name] = sorted(tuple(plain(getattr(o, k)) for k in keys) for o in session.query(cls).all())
    return out


def test_every_row_of_every_table_is_loaded(mapped, tmp_path):
    path, engine, classes = mapped
    with orm.Session(engine) as session:
        ours = rows_of_objects(session, classes)
    theirs = rows_by_hand(path, tmp_path)
    assert len(theirs["PlaylistTrack"]) == 8715
    assert ours == theirs


def test_a_rolled_back_change_of_every_row_leaves_nothing(mapped, tmp_path):
    path, engine, classes = mapped
    before = rows_by_hand(path, tmp_path)
    with orm.Session(engine) as session:
        for track in session.query(classes["Track"]):
            track.Name = track.Name + "!"
            track.UnitPrice = track.UnitPrice + 1
        for line in session.query(classes["InvoiceLine"]).limit(500):
            session.delete(line)
        session.add(classes["Genre"]())
        session.flush()
        assert session.query(classes["Track"]).filter(classes["Track"].Name.like("%!")).count() == 3503
        session.rollback()
        assert rows_of_objects(session, classes) == before
    assert rows_by_hand(path, tmp_path) == before


def test_a_committed_change_is_exactly_what_was_asked(mapped, tmp_path):
    path, engine, classes = mapped
    expected = rows_by_hand(path, tmp_path)
    expected["Track"] = sorted((r[0], r[1].upper(), *r[2:]) for r in expected["Track"])
    expected["Genre"] = sorted([*expected["Genre"], (26, "Spoken ⚡ Word")])
    expected["PlaylistTrack"] = [r for r in expected["PlaylistTrack"] if r[0] != 1]
    with orm.Session(engine) as session:
        for track in session.query(classes["Track"]):
            track.Name = track.Name.upper()
        genre = classes["Genre"]()
        genre.Name = "Spoken ⚡ Word"
        session.add(genre)
        for link in session.query(classes["PlaylistTrack"]).filter_by(PlaylistId=1):
            session.delete(link)
        session.commit()
        assert genre.GenreId == 26
    assert rows_by_hand(path, tmp_path) == expected
