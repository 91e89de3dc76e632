"""What a flush writes, and in which order."""

import oxalchemy as sa
import pytest
from oxalchemy import event, exc
from oxalchemy.orm import Session, backref, declarative_base, relationship
from oxalchemy.orm import exc as orm_exc


@pytest.fixture
def base():
    return declarative_base()


class Log:
    def __init__(self, engine):
        self.lines = []
        event.listen(engine, "before_cursor_execute", self.note)

    def note(self, conn, cursor, statement, parameters, context, executemany):
        self.lines.append(" ".join(statement.split()))

    def take(self, *words):
        out, self.lines = [line for line in self.lines if line.split()[0] in (words or ("INSERT", "UPDATE", "DELETE"))], []
        return out


@pytest.fixture
def session(base):
    engine = sa.create_engine("sqlite://")

    def make():
        base.metadata.create_all(engine)
        s = Session(engine)
        s.log = Log(engine)
        return s

    return make


def parent_child(base, **kw):
    class Parent(base):
        __tablename__ = "parent"
        id = sa.Column(sa.Integer, primary_key=True)
        name = sa.Column(sa.String(20))
        children = relationship("Child", backref="parent", **kw)

    class Child(base):
        __tablename__ = "child"
        id = sa.Column(sa.Integer, primary_key=True)
        parent_id = sa.Column(sa.ForeignKey("parent.id"))
        name = sa.Column(sa.String(20))

    return Parent, Child


def test_parents_first_children_first(base, session):
    Parent, Child = parent_child(base, cascade="all")
    s = session()
    p = Parent(name="p", children=[Child(name="a"), Child(name="b")])
    s.add(p)
    s.flush()
    assert [line.split()[2] for line in s.log.take()] == ["parent", "child", "child"]
    assert [c.parent_id for c in p.children] == [p.id, p.id]
    s.delete(p)
    s.flush()
    assert s.log.take() == ["DELETE FROM child WHERE child.id = ?", "DELETE FROM parent WHERE parent.id = ?"]


def test_only_changed_columns(base, session):
    Parent, Child = parent_child(base)
    s = session()
    p = Parent(name="p")
    s.add(p)
    s.commit()
    assert p.name == "p"
    p.name = "q"
    p.name = "p"
    assert p in s.dirty and not s.is_modified(p)
    s.flush()
    assert s.log.take("UPDATE") == []
    p.name = "r"
    s.flush()
    assert s.log.take("UPDATE") == ["UPDATE parent SET name=? WHERE parent.id = ?"]


def test_children_are_set_free_or_deleted(base, session):
    Parent, Child = parent_child(base)
    s = session()
    a, b = Child(name="a"), Child(name="b")
    p = Parent(children=[a, b])
    s.add(p)
    s.commit()
    p.children.remove(a)
    s.flush()
    assert a.parent_id is None
    s.delete(p)
    s.commit()
    assert b.parent_id is None and s.query(Child).count() == 2


def test_delete_orphan(base, session):
    Parent, Child = parent_child(base, cascade="all, delete-orphan")
    s = session()
    p = Parent(children=[Child(name="a"), Child(name="b")])
    s.add(p)
    s.commit()
    p.children.pop()
    s.commit()
    assert s.query(Child).count() == 1


def test_self_referential_rows(base, session):
    class Node(base):
        __tablename__ = "node"
        id = sa.Column(sa.Integer, primary_key=True)
        parent_id = sa.Column(sa.ForeignKey("node.id"))
        name = sa.Column(sa.String(20))
        children = relationship("Node", backref=backref("parent", remote_side=[id]), cascade="all")

    s = session()
    root = Node(name="root", children=[Node(name="a", children=[Node(name="aa")]), Node(name="b")])
    s.add_all([root.children[0].children[0], root])
    s.commit()
    assert root.children[0].children[0].parent_id == root.children[0].id
    s.delete(root)
    s.commit()
    assert s.query(Node).count() == 0


def test_mutually_dependent_rows_with_post_update(base, session):
    class Person(base):
        __tablename__ = "person"
        id = sa.Column(sa.Integer, primary_key=True)
        favourite_id = sa.Column(sa.ForeignKey("ball.id", name="fk_fav", use_alter=True))
        balls = relationship("Ball", primaryjoin="Ball.person_id == Person.id", backref="person")
        favourite = relationship("Ball", primaryjoin="Person.favourite_id == Ball.id", post_update=True)

    class Ball(base):
        __tablename__ = "ball"
        id = sa.Column(sa.Integer, primary_key=True)
        person_id = sa.Column(sa.ForeignKey("person.id"))

    s = session()
    ball = Ball()
    p = Person(balls=[ball, Ball()], favourite=ball)
    s.add(p)
    s.commit()
    assert p.favourite_id == ball.id
    for b in list(p.balls):
        s.delete(b)
    s.delete(p)
    s.commit()
    assert s.query(Ball).count() == s.query(Person).count() == 0


def test_many_to_many(base, session):
    link = sa.Table(
        "link",
        base.metadata,
        sa.Column("l", sa.ForeignKey("lefts.id"), primary_key=True),
        sa.Column("r", sa.ForeignKey("rights.id"), primary_key=True),
    )

    class Left(base):
        __tablename__ = "lefts"
        id = sa.Column(sa.Integer, primary_key=True)
        rights = relationship("Right", secondary=link, backref="lefts")

    class Right(base):
        __tablename__ = "rights"
        id = sa.Column(sa.Integer, primary_key=True)

    s = session()
    a, b, c = Right(), Right(), Right()
    left = Left(rights=[a, b])
    c.lefts.append(left)
    s.add(left)
    s.commit()
    count = sa.select(sa.func.count()).select_from(link)
    assert s.scalar(count) == 3
    left.rights.remove(a)
    s.commit()
    assert s.scalar(count) == 2
    s.delete(left)
    s.commit()
    assert s.scalar(count) == 0 and s.query(Right).count() == 3


def test_blanked_out_primary_key(base, session):
    class A(base):
        __tablename__ = "a"
        id = sa.Column(sa.Integer, primary_key=True)
        b = relationship("B")

    class B(base):
        __tablename__ = "b"
        id = sa.Column(sa.ForeignKey("a.id"), primary_key=True)

    s = session()
    a = A(b=[B()])
    s.add(a)
    s.commit()
    s.delete(a)
    with pytest.raises(AssertionError, match="Dependency rule on column 'a.id' tried to blank-out primary key column 'b.id'"):
        s.flush()
    s.rollback()
    assert a in s


def test_versions(base, session):
    class V(base):
        __tablename__ = "v"
        id = sa.Column(sa.Integer, primary_key=True)
        name = sa.Column(sa.String(20))
        version = sa.Column(sa.Integer, nullable=False)
        __mapper_args__ = {"version_id_col": version}

    s = session()
    v = V(name="a")
    s.add(v)
    s.commit()
    v.name = "b"
    s.commit()
    assert v.version == 2
    s.execute(sa.update(V.__table__).values(version=9))
    v.__dict__["version"] = 2
    v.name = "c"
    with pytest.raises(
        orm_exc.StaleDataError, match=r"UPDATE statement on table 'v' expected to update 1 row\(s\); 0 were matched."
    ):
        s.flush()
    s.rollback()


def test_joined_inheritance_writes_both_tables(base, session):
    class Person(base):
        __tablename__ = "people"
        id = sa.Column(sa.Integer, primary_key=True)
        kind = sa.Column(sa.String(20))
        name = sa.Column(sa.String(20))
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "person"}

    class Engineer(Person):
        __tablename__ = "engineers"
        id = sa.Column(sa.ForeignKey("people.id"), primary_key=True)
        language = sa.Column(sa.String(20))
        __mapper_args__ = {"polymorphic_identity": "engineer"}

    s = session()
    s.add_all([Engineer(name="e", language="rust"), Person(name="p")])
    s.commit()
    assert [(type(x).__name__, x.name) for x in s.query(Person).order_by(Person.name)] == [("Engineer", "e"), ("Person", "p")]
    e = s.query(Engineer).one()
    e.language = "python"
    s.log.take()
    s.flush()
    assert s.log.take() == ["UPDATE engineers SET language=? WHERE engineers.id = ?"]
    s.delete(e)
    s.flush()
    assert s.log.take() == ["DELETE FROM engineers WHERE engineers.id = ?", "DELETE FROM people WHERE people.id = ?"]


def test_replaced_row_is_updated(base, session):
    Parent, Child = parent_child(base)
    s = session()
    s.add(Parent(id=1, name="old"))
    s.commit()
    s.delete(s.get(Parent, 1))
    s.add(Parent(id=1, name="new"))
    s.log.take()
    s.flush()
    assert s.log.take() == ["UPDATE parent SET name=? WHERE parent.id = ?"]
    s.commit()
    assert s.get(Parent, 1).name == "new"


def test_defaults_and_expressions(base, session):
    class D(base):
        __tablename__ = "d"
        id = sa.Column(sa.Integer, primary_key=True)
        n = sa.Column(sa.Integer, default=3)
        c = sa.Column(sa.Integer, default=lambda: 4)
        s = sa.Column(sa.Integer, server_default="5")
        u = sa.Column(sa.Integer, onupdate=7)

    s = session()
    d = D()
    s.add(d)
    s.flush()
    assert (d.n, d.c, d.s, d.u) == (3, 4, 5, None)
    d.n = D.n + 10
    s.flush()
    assert (d.n, d.u) == (13, 7)


def test_ten_thousand_rows(base, session):
    Parent, Child = parent_child(base)
    s = session()
    rows = [Parent(name=f"n{i}") for i in range(10_000)]
    s.add_all(rows)
    s.commit()
    assert [r.id for r in (rows[0], rows[-1])] == [1, 10_000]
    assert s.query(Parent).count() == 10_000


def test_null_identity(base, session):
    class T(base):
        __tablename__ = "t"
        a = sa.Column(sa.String(10), primary_key=True)

    s = session()
    s.add(T())
    with pytest.raises((orm_exc.FlushError, exc.IntegrityError)):
        s.flush()
    s.rollback()
