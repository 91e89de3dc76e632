"""Rows that need each other: the error says which, in a flush and in the helpers that sort."""

import pickle
import re
import warnings

from oxalchemy import Column, ForeignKey, Integer, MetaData, Table, create_engine, select
from oxalchemy.exc import CircularDependencyError
from oxalchemy.orm import Session, declarative_base, relationship
from oxalchemy.schema import sort_tables
from oxalchemy.util import topological

Base = declarative_base()


class N(Base):
    __tablename__ = "n"
    id = Column(Integer, primary_key=True)
    up = Column(ForeignKey("n.id"))
    parent = relationship("N", remote_side=[id])


class X(Base):
    __tablename__ = "x"
    id = Column(Integer, primary_key=True)
    y_id = Column(ForeignKey("y.id"))
    y = relationship("Y", foreign_keys=[y_id])


class Y(Base):
    __tablename__ = "y"
    id = Column(Integer, primary_key=True)
    x_id = Column(ForeignKey("x.id"))
    x = relationship("X", foreign_keys=[x_id])


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)


def words(thing):
    return sorted(re.sub(r"0x\w+", "0x", repr(t)) for t in thing)


def show(name, f):
    try:
        print(name, f())
    except CircularDependencyError as e:
        text = str(e)
        print(name, text.partition(" (")[0], words(e.cycles), words(e.edges), type(e.cycles).__name__, len(e.args), e.code)
        # the message lists what the cycles are
        print("  ", text.count("State("), text.count("'"))


def itself():
    with Session(engine) as s:
        a = N(id=1)
        a.parent = a
        s.add(a)
        s.flush()


def pair():
    with Session(engine) as s:
        a, b = N(id=1), N(id=2)
        a.parent, b.parent = b, a
        s.add(a)
        s.flush()


def two_tables():
    with Session(engine) as s:
        a, b = X(id=1), Y(id=1)
        a.y, b.x = b, a
        s.add(a)
        s.flush()


def deleted_pair():
    with Session(engine) as s:
        s.execute(N.__table__.insert(), [{"id": 1, "up": 2}, {"id": 2, "up": 1}])
        for n in s.scalars(select(N)):
            n.parent
            s.delete(n)
        s.flush()


for f in (itself, pair, two_tables, deleted_pair):
    show(f.__name__, f)
letters = list("abcde")
show("sort", lambda: list(topological.sort([("a", "b"), ("b", "c"), ("c", "a")], letters)))
show("sort itself", lambda: list(topological.sort([("a", "a")], ["a"])))
show("sorted", lambda: list(topological.sort([("a", "b"), ("b", "c"), ("a", "c")], ["d", "c", "b", "a"])))
show("subsets", lambda: [sorted(x) for x in topological.sort_as_subsets([("a", "b"), ("b", "c"), ("a", "c")], letters)])
show("cycles", lambda: sorted(topological.find_cycles([("a", "b"), ("b", "c"), ("c", "a"), ("d", "d"), ("c", "e")], letters)))

made = CircularDependencyError("text", {1, 2}, [(1, 2)])
print(made, made.cycles, made.edges, repr(made))
made = CircularDependencyError("text", {1, 2}, [(1, 2)], msg="other")
again = pickle.loads(pickle.dumps(made))
print(made, again, again.cycles, again.edges, repr(again))

meta = MetaData()
t1 = Table("t1", meta, Column("id", Integer, primary_key=True), Column("o", ForeignKey("t2.id")))
t2 = Table("t2", meta, Column("id", Integer, primary_key=True), Column("o", ForeignKey("t1.id")))
t3 = Table(
    "t3", meta, Column("id", Integer, primary_key=True), Column("o", ForeignKey("t1.id")), Column("s", ForeignKey("t3.id"))
)
for f in (
    lambda: sort_tables([t3, t2, t1]),
    lambda: meta.sorted_tables,
    lambda: sort_tables([t1, t2, t3], skip_fn=lambda fk: fk.parent.table.name == "t1"),
    lambda: sort_tables([t1, t2, t3], extra_dependencies=[(t3, t1)]),
):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        print([t.name for t in f()])
    print([(w.category.__name__, str(w.message)) for w in caught])
