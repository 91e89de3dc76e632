"""Objects whose foreign key was never set, parents whose collections are not loaded, identities that another object took.

What add, flush, remove, delete and histories make of them."""

import oxalchemy as sa
from oxalchemy import orm
from oxalchemy.orm import attributes


class Base(orm.DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "parent"
    id = orm.mapped_column(sa.Integer, primary_key=True)
    name = orm.mapped_column(sa.String(9))
    children = orm.relationship("Child", back_populates="parent", cascade="all, delete-orphan", order_by="Child.id")


class Child(Base):
    __tablename__ = "child"
    id = orm.mapped_column(sa.Integer, primary_key=True)
    name = orm.mapped_column(sa.String(9))
    parent_id = orm.mapped_column(sa.ForeignKey("parent.id"))
    parent = orm.relationship(Parent, back_populates="children")


engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
Base.metadata.create_all(engine)
log = []


@sa.event.listens_for(engine, "before_cursor_execute")
def note(connection, cursor, statement, parameters, context, many):
    log.append((statement.split()[0], parameters))


def shown(*objects):
    out = []
    for o in objects:
        state = sa.inspect(o)
        life = [w for w in ("transient", "pending", "persistent", "deleted", "detached") if getattr(state, w)]
        held = {k: type(v).__name__ if isinstance(v, Base) else v for k, v in sorted(o.__dict__.items()) if k[0] != "_"}
        held.pop("children", None)
        out.append((life, state.key and state.key[1], held))
    return out


def step(label, what=lambda: None, *objects):
    log.clear()
    try:
        answer = what()
    except Exception as e:
        answer = type(e).__name__
    print(label, answer, shown(*objects), log)


def child(**values):
    c = Child(name="c", **values)
    session.add(c)
    session.flush()
    return c


print("a new child of a parent whose collection is not loaded")
for committed in (False, True):
    for loaded in (False, True):
        session = orm.Session(engine)
        p = Parent(name="p")
        session.add(p)
        session.flush()
        if committed:
            session.commit()
        if loaded:
            print(p.children)
        c = Child(name="c", parent=p)
        step("add", lambda p=p: session.add(p), c)
        step("flush", session.flush, c)
        print(len(p.children))
        session.close()

print("a key that was never set")
session = orm.Session(engine)
for passive in (attributes.PASSIVE_NO_FETCH, attributes.PASSIVE_NO_INITIALIZE, attributes.PASSIVE_OFF):
    c = child()
    step("history", lambda c=c, p=passive: attributes.get_history(c, "parent", p) == attributes.History((), (), ()), c)
c = child()
step("read", lambda: c.parent, c)
c = child()
c.parent = None
step("flush", session.flush, c)
c = child()
session.commit()
c.parent = None
step("flush after commit", session.flush, c)
session.commit()
c.name  # loads
session.expire(c, ["parent_id"])
step("delete", lambda: session.delete(c), c)
step("flush", session.flush, c)
c = child()
session.delete(c)
step("flush of a deleted one", session.flush, c)
c = child()
p = Parent()
step("remove from a collection without it", lambda: p.children.remove(c), c)
session.close()


def displaced(label, what):
    """Two objects of one identity in a session: SQLite gives the second one the key of the first, whose row is not there."""
    global session
    session = orm.Session(engine)
    a, b = Parent(name="a"), Parent(name="b")
    session.add(a)
    session.flush()
    session.close()
    session.add_all([a, b])
    session.flush()
    step(label, lambda: what(a, b), a, b)
    print(a in session, b in session, len(session.identity_map), len(session.dirty))
    session.close()


print("displaced")
displaced("nothing", lambda a, b: None)
displaced("rollback", lambda a, b: session.rollback())
displaced("delete", lambda a, b: session.delete(a))
displaced("refresh", lambda a, b: session.refresh(a))
displaced("add", lambda a, b: session.add(a))
displaced("expunge", lambda a, b: session.expunge(a))
displaced("merge", lambda a, b: session.merge(a) is b)
displaced("change", lambda a, b: (setattr(a, "name", "z"), session.flush()))
displaced("commit", lambda a, b: session.commit())

print("the key of a parent that was rolled back")
session = orm.Session(engine)
p = Parent(name="p", children=[Child(name="c")])
c = p.children[0]
session.add(p)
session.flush()
session.rollback()
session.add(p)
p.id += 7
step("flush", session.flush, p, c)
