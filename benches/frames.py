"""Python frames of what should be straight: into Rust once, and back.

    PYTHONPATH=python python benches/frames.py

A frame is one call of a Python function inside the library, counted with ``sys.setprofile``; what runs in Rust has none. The
first run of each case sets things up (imports, configuration, caches) and is not counted.
"""

import pathlib
import sys

import oxalchemy as sa
from oxalchemy import orm

PACKAGE = str(pathlib.Path(sa.__file__).parent)


def frames(work):
    """How many of the library's functions ``work()`` enters, and how many calls into compiled code these make."""
    work()
    entered = calls = 0

    def watch(frame, event, arg):
        nonlocal entered, calls
        ours = frame.f_code.co_filename.startswith(PACKAGE)
        entered += event == "call" and ours
        calls += event == "c_call" and ours

    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(None)
    return entered, calls


Base = orm.declarative_base()


class User(Base):
    __tablename__ = "user"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String)


def table():
    sa.Table(
        "t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String), sa.Column("b", sa.Integer)
    )


def main():
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    Base.metadata.create_all(engine)
    session = orm.Session(engine)
    session.add_all([User(name="x"), User(name="y")])
    session.commit()
    cases = {
        "Table() with three columns": (table, 20),
        "autoload of one table": (lambda: sa.Table("user", sa.MetaData(), autoload_with=session.connection()), 60),
        "User.name == 'x'": (lambda: User.name == "x", 0),
        "session.execute(select(U).where(…)).scalars().all()": (
            lambda: session.execute(sa.select(User).where(User.name == "x")).scalars().all(),
            2,
        ),
        "session.query(U).filter(…).all()": (lambda: session.query(User).filter(User.name == "x").all(), None),
        "add, flush": (lambda: (session.add(User(name="z")), session.flush()), None),
    }
    print(f"{'case':<54}{'frames':>8}{'goal':>6}{'calls':>8}")
    for name, (work, goal) in cases.items():
        entered, calls = frames(work)
        print(f"{name:<54}{entered:>8}{'' if goal is None else goal:>6}{calls:>8}")


if __name__ == "__main__":
    main()
