"""Objects that are deleted and then changed, and collections that hold what is no instance: what flush and merge make of them."""

import oxalchemy as sa
from oxalchemy import orm


class Base(orm.DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "parent"
    id = orm.mapped_column(sa.Integer, primary_key=True)
    name = orm.mapped_column(sa.String(9))
    children = orm.relationship("Child", back_populates="parent", cascade="all, delete-orphan")


class Child(Base):
    __tablename__ = "child"
    id = orm.mapped_column(sa.Integer, primary_key=True)
    parent_id = orm.mapped_column(sa.ForeignKey("parent.id"))
    parent = orm.relationship(Parent, back_populates="children")


engine = sa.create_engine("sqlite://")
Base.metadata.create_all(engine)
session = orm.Session(engine)


def shown(o):
    state = sa.inspect(o)
    life = [w for w in ("transient", "pending", "persistent", "deleted", "detached") if getattr(state, w)]
    return life, state.modified, o in session.dirty, len(session.dirty)


gone, kept = Parent(id=1, name="a"), Parent(id=2, name="b")
session.add_all([gone, kept])
session.commit()
session.delete(gone)
session.flush()
print(shown(gone))
gone.name = "x"
print(shown(gone), session.is_modified(gone))
kept.name = "y"
session.flush()
print(shown(gone), gone.name)
session.rollback()
print(shown(gone), gone.name)
session.delete(gone)
session.flush()
gone.name = "z"
session.commit()
print(shown(gone), gone.__dict__.get("name"))

# A deleted child moves to another parent: nothing that the next flush would do.
parent = Parent(children=[Child()])
child = parent.children[0]
session.add(parent)
session.flush()
session.delete(parent)
session.flush()
another = Parent()
another.children.append(child)
print(session.get(Parent, 99), shown(parent)[0], shown(child)[0])
session.rollback()


def attempt(label, what):
    try:
        print(label, what())
    except Exception as e:
        print(label, type(e).__name__, e)


odd = Parent()
odd.children.append(None)
attempt("merge", lambda: session.merge(odd))
odd = Parent(id=2)
odd.children.append(None)
attempt("merge onto a row", lambda: session.merge(odd))
session.rollback()
for name in ("merge", "delete", "expunge", "refresh", "expire", "add"):
    attempt(name, lambda name=name: getattr(session, name)(None))
