"""Chinook as its authors publish it: loaded from the dump, reflected, mapped, changed, rolled back and compared."""

import pathlib
import re
import shutil

import oxalchemy as sa
import pytest
from oxalchemy import orm

DATA = pathlib.Path(__file__).resolve().parents[2] / "data"


def statements(path):
    """The dump's statements, without comments and without the lines that make and choose a database."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
    for statement in re.split(r";\s*\n", text):
        statement = statement.strip()
        if statement and not re.match(r"(DROP|CREATE) DATABASE|USE |\\c ", statement):
            yield statement


@pytest.fixture
def chinook(any_database, any_engine):
    """(database, engine) with Chinook in it, loaded through oxalchemy where a dump is text."""
    if any_database.kind == "sqlite":
        shutil.copyfile(DATA / "chinook.sqlite", any_database.path)
    else:
        with any_engine.begin() as conn:
            for statement in statements(DATA / f"chinook_{any_database.kind}.sql"):
                conn.exec_driver_sql(statement, execution_options={"no_parameters": True})
    return any_database, any_engine


@pytest.fixture
def mapped(chinook):
    database, engine = chinook
    meta = sa.MetaData()
    meta.reflect(engine)
    registry = orm.registry()
    classes = {}
    for table in meta.tables.values():
        # PostgreSQL's dump says invoice_line where the others say InvoiceLine.
        name = table.name.replace("_", "").lower()
        classes[name] = type(name, (), {})
        registry.map_imperatively(classes[name], table)
    yield database, engine, classes
    registry.dispose()


def by_hand(database, classes):
    """Every row of every table, as another driver sees it."""
    quote = {"mysql": "`"}.get(database.kind, '"')
    return {
        n: sorted(map(plain, database.rows(f"SELECT * FROM {quote}{table(c).name}{quote}")), key=str) for n, c in classes.items()
    }


def table(cls):
    return sa.inspect(cls).local_table


def plain(row):
    """SQLite's file keeps dates as text and decimals as floats."""
    values = []
    for value in row:
        if hasattr(value, "strftime"):
            value = value.strftime("%Y-%m-%d %H:%M:%S")
        elif hasattr(value, "as_tuple"):
            value = float(value)
        values.append(value)
    return tuple(values)


def by_objects(session, classes):
    rows = {}
    for name, cls in classes.items():
        keys = [c.key for c in table(cls).columns]
        rows[name] = sorted((plain(getattr(o, k) for k in keys) for o in session.query(cls)), key=str)
    return rows


def attribute(cls, name):
    """The attribute that is called TrackId or track_id."""
    (key,) = (k for k in sa.inspect(cls).columns.keys() if k.replace("_", "").lower() == name)
    return getattr(cls, key)


def test_every_row_of_every_table(mapped):
    database, engine, classes = mapped
    truth = by_hand(database, classes)
    assert sorted((name, len(rows)) for name, rows in truth.items()) == [
        *(("album", 347), ("artist", 275), ("customer", 59), ("employee", 8), ("genre", 25), ("invoice", 412)),
        *(("invoiceline", 2240), ("mediatype", 5), ("playlist", 18), ("playlisttrack", 8715), ("track", 3503)),
    ]
    with orm.Session(engine) as session:
        assert by_objects(session, classes) == truth
    with engine.connect() as conn:
        for name, cls in classes.items():
            assert sorted((plain(r) for r in conn.execute(sa.select(table(cls)))), key=str) == truth[name]


def test_the_reflected_schema(mapped):
    _, engine, classes = mapped
    keys = {n: len(table(c).primary_key.columns) for n, c in classes.items()}
    assert {n for n, k in keys.items() if k == 2} == {"playlisttrack"}
    foreign = {n: sorted(f.column.table.name.replace("_", "").lower() for f in table(c).foreign_keys) for n, c in classes.items()}
    assert foreign == {
        "album": ["artist"],
        "artist": [],
        "customer": ["employee"],
        "employee": ["employee"],
        "genre": [],
        "invoice": ["customer"],
        "invoiceline": ["invoice", "track"],
        "mediatype": [],
        "playlist": [],
        "playlisttrack": ["playlist", "track"],
        "track": ["album", "genre", "mediatype"],
    }
    total = attribute(classes["invoice"], "total").type
    assert (total.precision, total.scale) == (10, 2)
    assert isinstance(attribute(classes["invoice"], "invoicedate").type, sa.DateTime)


def test_a_rolled_back_change_of_every_track_leaves_nothing(mapped):
    database, engine, classes = mapped
    before = by_hand(database, classes)
    track, line = classes["track"], classes["invoiceline"]
    name, price = attribute(track, "name"), attribute(track, "unitprice")
    with orm.Session(engine) as session:
        for one in session.query(track):
            setattr(one, name.key, getattr(one, name.key)[:150] + "!")
            setattr(one, price.key, getattr(one, price.key) + 1)
        for one in session.query(line).order_by(attribute(line, "invoicelineid")).limit(500):
            session.delete(one)
        session.flush()
        assert session.query(track).filter(name.like("%!")).count() == 3503
        session.rollback()
        assert by_objects(session, classes) == before
    assert by_hand(database, classes) == before


def test_a_committed_change_is_exactly_what_was_asked(mapped):
    database, engine, classes = mapped
    expected = by_hand(database, classes)
    expected["genre"] = sorted([(i, n.upper() + " ⚡") for i, n in expected["genre"]] + [(26, "Spoken Word")], key=str)
    expected["playlisttrack"] = [r for r in expected["playlisttrack"] if r[0] != 1]
    genre, link = classes["genre"], classes["playlisttrack"]
    key, name = attribute(genre, "genreid").key, attribute(genre, "name").key
    with orm.Session(engine) as session:
        for one in session.query(genre):
            setattr(one, name, getattr(one, name).upper() + " ⚡")
        new = genre()
        setattr(new, key, 26)
        setattr(new, name, "Spoken Word")
        session.add(new)
        for one in session.query(link).filter(attribute(link, "playlistid") == 1):
            session.delete(one)
        session.commit()
    assert by_hand(database, classes) == expected
