"""The collector may run inside `object.__new__` of our classes, when the object is there and its fields are not."""

import gc
import inspect
import itertools
import subprocess
import sys

import oxalchemy as sa
import pytest
from oxalchemy import _rs, orm
from oxalchemy.orm import collections

THRESHOLDS = (1, 2, 3, 4, 5, 6, 7, 8)


@pytest.fixture
def collecting():
    """`with collecting(n):` lets the collector run at every n-th allocation, with no free list that saves allocations."""
    before = gc.get_threshold()

    class Collecting:
        def __init__(self, threshold):
            self.threshold = threshold

        def __enter__(self):
            self.hoard = [[{} for _ in range(200)], [[] for _ in range(200)], [(i, i) for i in range(2500)]]
            gc.set_threshold(self.threshold, 1, 1)

        def __exit__(self, *_):
            gc.set_threshold(*before)

    yield Collecting
    gc.set_threshold(*before)


def exported():
    return sorted({c for c in vars(_rs).values() if inspect.isclass(c)}, key=lambda c: c.__qualname__)


def attempts(cls):
    """Whatever might make an object of `cls`, or of a Python class below it."""
    classes = [cls]
    try:
        classes.append(type(cls.__name__, (cls,), {}))
    except TypeError:
        pass
    table = sa.table("t", sa.column("a"))
    arguments = [(), (1,), ("a",), (table,), (table.c.a,), (None,), ("a", "b"), (table.c.a, 1), (lambda: 1,), ("sqlite://",)]
    for made, args in itertools.product(classes, arguments):
        for construct in (made, lambda *a, made=made: made.__new__(made, *a)):
            try:
                yield construct(*args)
            except Exception:  # most of them; what must not come is a PanicException, which is none
                continue


@pytest.mark.parametrize("cls", exported(), ids=lambda c: c.__qualname__)
def test_every_class_can_be_met_half_made(cls, collecting):
    for threshold in (1, 2, 3):
        with collecting(threshold):
            for made in attempts(cls):
                gc.get_referents(made)
                gc.is_tracked(made)
    gc.collect()


def mapped():
    registry = orm.registry()
    parent = sa.Table(
        "p",
        registry.metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("n", sa.Integer),
        sa.Column("k", sa.String(5)),
    )
    child = sa.Table(
        "c", registry.metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("p_id", sa.ForeignKey("p.id"))
    )

    class Parent:
        pass

    class Child:
        pass

    registry.map_imperatively(
        Parent,
        parent,
        properties={
            "children": orm.relationship(Child, backref="parent", collection_class=collections.attribute_keyed_dict("id")),
            "m": orm.synonym("n"),
            "double": orm.column_property(parent.c.n * 2),
        },
    )
    registry.map_imperatively(Child, child)
    return registry, Parent, Child


@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_mappings_are_made_and_disposed(threshold, collecting):
    with collecting(threshold):
        for _ in range(6):
            registry, parent, child = mapped()
            orm.configure_mappers()
            for face in (orm.class_mapper(parent), parent.children, parent.n, sa.inspect(parent).attrs.children):
                gc.get_referents(face)
            registry.dispose()


CLASSIC = """
import gc, sys
import oxalchemy as sa
from oxalchemy import orm
hoard = [{} for _ in range(300)]
for threshold in (1, 2, 3, 4, 5, 7):
    gc.set_threshold(threshold, 2, 2)
    for i in range(70):
        metadata = sa.MetaData()
        a = sa.Table("a", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("x", sa.Integer))
        b = sa.Table("b", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("a_id", sa.ForeignKey("a.id")))
        A, B = type("A", (), {}), type("B", (), {})
        orm.mapper(A, a, properties={"bs": orm.relationship(B, backref="a"), "y": orm.synonym("x")})
        orm.mapper(B, b)
        if i % 3:
            orm.configure_mappers()
        if i % 3 == 2:
            session = orm.Session(sa.create_engine("sqlite://"))
            metadata.create_all(session.get_bind())
            one = A()
            one.bs.append(B())
            session.add(one)
            session.commit()
            assert session.query(A).options(orm.joinedload(A.bs)).one() is one
        orm.clear_mappers()
print("done")
"""


def test_classical_mappings_are_made_and_cleared():
    # In a process of its own: clear_mappers() is for every mapping there is.
    out = subprocess.run([sys.executable, "-W", "ignore", "-c", CLASSIC], capture_output=True, text=True, timeout=300)
    assert (out.returncode, out.stdout.strip(), out.stderr) == (0, "done", "")


@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_objects_of_a_session_are_made(threshold, collecting):
    registry, parent, child = mapped()
    engine = sa.create_engine("sqlite://")
    registry.metadata.create_all(engine)
    with collecting(threshold):
        for _ in range(3):
            with orm.Session(engine) as session, session.begin_nested():
                one = parent()
                one.n = 3
                one.children[1] = child()
                session.add(one)
                session.flush()
                query = session.query(parent).filter(parent.n > 1)
                found = query.options(orm.joinedload(parent.children)).all()
                assert one in found
                made = [query, sa.inspect(one), sa.inspect(one).attrs.n, session, session.connection(), session.get_transaction()]
                for thing in (*made, session.connection().connection.cursor(), engine.pool, engine):
                    gc.get_referents(thing)
                session.rollback()
    registry.dispose()


def test_a_finalizer_in_a_cycle_finds_valid_objects(collecting):
    """What `tp_clear` leaves behind is used by finalizers of Python objects in the same cycle, and by weakref callbacks."""
    registry, parent, child = mapped()
    engine = sa.create_engine("sqlite://")
    registry.metadata.create_all(engine)
    seen = []

    class Last:
        def __del__(self):
            session, state, one = self.things
            for use in (
                lambda: state.identity_key,
                lambda: state.attrs.n.history,
                lambda: one.children,
                lambda: setattr(one, "n", 9),
                lambda: session.add(parent()),
                lambda: list(session.identity_map.values()),
                lambda: session.new,
                lambda: session.in_transaction(),
                lambda: session.close(),
            ):
                try:
                    use()
                except Exception:
                    pass
            seen.append(1)

    for _ in range(5):
        session = orm.Session(engine)
        one = parent()
        one.n = 1
        session.add(one)
        session.flush()
        last = Last()
        last.things = (session, sa.inspect(one), one)
        one.last = last
        session.info["last"] = last
        del session, one, last
        with collecting(1):
            gc.collect()
    assert len(seen) == 5
    registry.dispose()
