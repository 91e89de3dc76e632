"""Declaring and reflecting a table run in Rust: Python is entered for what the user's own classes do, and to begin."""

import sys

import oxalchemy as ox


def frames(operation):
    """Functions that one call of ``operation`` enters, without its own; a first call has imported what it needs."""
    operation()
    entered = []
    sys.setprofile(lambda frame, event, arg: entered.append(frame.f_code.co_qualname) if event == "call" else None)
    try:
        operation()
    finally:
        sys.setprofile(None)
    return entered[1:]


def test_a_table_is_declared_in_rust():
    metadata = ox.MetaData()
    ox.Table("x", metadata, ox.Column("id", ox.Integer, primary_key=True))

    def declare():
        if "t" in metadata.tables:
            metadata.remove(metadata.tables["t"])
        id_ = ox.Column("id", ox.Integer, primary_key=True)
        ox.Table("t", metadata, id_, ox.Column("a", ox.String(50)), ox.Column("b", ox.ForeignKey("x.id")))

    assert len(frames(declare)) <= 20


def test_a_table_is_reflected_by_one_call():
    with ox.create_engine("sqlite://").connect() as connection:
        connection.exec_driver_sql("create table t (id integer primary key, a varchar(50) not null, b integer)")
        assert len(frames(lambda: ox.Table("t", ox.MetaData(), autoload_with=connection))) <= 60
