"""Mapped classes are used first by several threads at once: one configures, the others wait and then find everything."""

import sys
import threading

import oxalchemy as sa
import pytest
from oxalchemy import event, orm

THREADS = 8


@pytest.fixture(autouse=True)
def switching():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def together(work):
    """`work(i)` on each thread, started at one moment; gives what was raised."""
    barrier, raised = threading.Barrier(THREADS), []

    def run(i):
        barrier.wait()
        try:
            work(i)
        except Exception as e:
            raised.append(e)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(THREADS)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(60)
    assert not any(t.is_alive() for t in threads)
    return raised


def ring(n=20):
    """Classes that refer to each other in a ring, with backrefs."""

    class Base(orm.DeclarativeBase):
        pass

    classes = []
    for j in range(n):
        k = (j + 1) % n
        body = {
            "__tablename__": f"c{j}",
            "id": sa.Column(sa.Integer, primary_key=True),
            "pid": sa.Column(sa.ForeignKey(f"c{k}.id")),
            "p": orm.relationship(f"C{k}", foreign_keys=f"C{j}.pid", remote_side=f"C{k}.id", backref=f"k{j}"),
        }
        classes.append(type(f"C{j}", (Base,), body))
    return Base, classes


def test_declarative_with_backrefs():
    for _ in range(8):
        _, classes = ring()

        def work(i, classes=classes):
            parent = classes[i + 1]()
            child = classes[i](p=parent)
            assert getattr(parent, f"k{i}") == [child]

        assert together(work) == []


def test_statements_aliases_and_inspection():
    for _ in range(4):
        base, classes = ring()
        e = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool, connect_args={"check_same_thread": False})
        base.metadata.create_all(e)
        work = [
            lambda c: str(sa.select(c).join(c.p)),
            lambda c: (lambda a: str(sa.select(a).options(orm.joinedload(a.p))))(orm.aliased(c)),
            lambda c: sa.inspect(c).relationships.keys(),
            lambda c: c.p.property.mapper,
            lambda c: str(c.p.any() if c.p.property.uselist else c.p.has()),
            lambda c: orm.class_mapper(c).attrs.keys(),
            lambda c: orm.configure_mappers(),
            lambda c, e=e: str(orm.Session(e).query(c).filter(c.p == None)),  # noqa: E711, B023
        ]
        assert together(lambda i, work=work, classes=classes: work[i](classes[i])) == []


def test_classical_mappings():
    for _ in range(5):
        registry = orm.registry()
        a = sa.Table("a", registry.metadata, sa.Column("id", sa.Integer, primary_key=True))
        b = sa.Table(
            "b", registry.metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("a_id", sa.ForeignKey("a.id"))
        )

        class A:
            pass

        class B:
            pass

        registry.map_imperatively(A, a, properties={"bs": orm.relationship(B, backref="a")})
        registry.map_imperatively(B, b)

        def work(i, A=A, B=B):
            if i % 2:
                x = A(bs=[B()])
                assert x.bs[0].a is x
            else:
                y = B(a=A())
                assert y.a.bs == [y]

        assert together(work) == []


def test_slow_listeners_and_classes_declared_meanwhile():
    base, classes = ring(6)
    late = []

    @event.listens_for(classes[0], "before_mapper_configured")
    def slow(mapper, cls):
        pause.wait(0.3)

        class Late(base):
            __tablename__ = "late"
            id = sa.Column(sa.Integer, primary_key=True)
            of_id = sa.Column(sa.ForeignKey("c1.id"))
            of = orm.relationship("C1", backref="late")

        late.append(Late)

    pause = threading.Event()

    def work(i):
        c = classes[i % 5]
        assert c(p=classes[i % 5 + 1]()).p is not None
        assert late and late[0](of=classes[1]()).of is not None

    assert together(work) == []
    assert len(late) == 1


def test_the_thread_that_configures_comes_again():
    _, classes = ring(4)

    @event.listens_for(classes[0], "mapper_configured")
    def again(mapper, cls):
        orm.configure_mappers()
        cls()

    assert together(lambda i: classes[i % 4]()) == []


def test_every_thread_is_told_that_a_mapper_failed():
    class Base(orm.DeclarativeBase):
        pass

    class Broken(Base):
        __tablename__ = "broken"
        id = sa.Column(sa.Integer, primary_key=True)
        other = orm.relationship("Nowhere")

    raised = together(lambda i: Broken())
    assert [type(e) for e in raised] == [sa.exc.InvalidRequestError] * THREADS
    assert sum(str(e).startswith("One or more mappers failed") for e in raised) == THREADS - 1
    Base.registry.dispose()


def test_shared_engine_tables_and_caches():
    base, classes = ring(8)
    e = sa.create_engine("sqlite:///file:shared_first_use?mode=memory&cache=shared&uri=true")
    with e.connect():
        base.metadata.create_all(e)

        def work(i):
            c = classes[i]
            for n in range(20):
                with e.connect() as connection:
                    assert connection.scalar(sa.select(sa.func.count()).select_from(c.__table__).where(c.id > n)) == 0
                    assert connection.execute(sa.select(c.__table__).where(c.pid.in_([1, 2, n]))).all() == []
                str(sa.select(c).options(orm.selectinload(c.p)).where(c.id == n))

        assert together(work) == []
