"""Declaring and reflecting a table run in Rust: Python is entered for what the user's own classes do, and to begin.

Each count is taken in an interpreter of its own: listeners that other tests have registered are frames too."""

import subprocess
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


def declared():
    metadata = ox.MetaData()
    ox.Table("x", metadata, ox.Column("id", ox.Integer, primary_key=True))

    def declare():
        if "t" in metadata.tables:
            metadata.remove(metadata.tables["t"])
        id_ = ox.Column("id", ox.Integer, primary_key=True)
        ox.Table("t", metadata, id_, ox.Column("a", ox.String(50)), ox.Column("b", ox.ForeignKey("x.id")))

    return frames(declare)


def reflected():
    with ox.create_engine("sqlite://").connect() as connection:
        connection.exec_driver_sql("create table t (id integer primary key, a varchar(50) not null, b integer)")
        return frames(lambda: ox.Table("t", ox.MetaData(), autoload_with=connection))


def in_its_own_interpreter(name):
    """The frames of one of the functions above, a line each."""
    run = subprocess.run([sys.executable, __file__, name], capture_output=True, text=True, check=True, timeout=60)
    return run.stdout.split("\n")[:-1]


def test_a_table_is_declared_in_rust():
    assert len(in_its_own_interpreter("declared")) <= 20


def test_a_table_is_reflected_by_one_call():
    assert len(in_its_own_interpreter("reflected")) <= 60


if __name__ == "__main__":
    print("".join(f"{frame}\n" for frame in globals()[sys.argv[1]]()), end="")
