"""Hooks of the user's that run inside our calls, times what they do there: the outcome must be that of SQLAlchemy."""

import gc
import itertools
import warnings

import oxalchemy as sa
from oxalchemy import event, orm

warnings.simplefilter("ignore")


class Value:
    """Compared, hashed and shown by user code."""

    run = None

    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        fire("eq")
        return isinstance(other, Value) and other.n == self.n

    def __hash__(self):
        fire("hash")
        return hash(self.n)


HOOK, ACTION, DEPTH, COUNT = None, None, 0, 0


def fire(name):
    global DEPTH, COUNT
    if name != HOOK or DEPTH or COUNT > 3:
        return
    DEPTH += 1
    COUNT += 1
    try:
        ACTION()
    finally:
        DEPTH -= 1


class ValueType(sa.TypeDecorator):
    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value, dialect):
        fire("bind")
        return None if value is None else value.n

    def process_result_value(self, value, dialect):
        fire("result")
        return None if value is None else Value(value)

    def compare_values(self, x, y):
        fire("compare")
        return x == y


class Base(orm.DeclarativeBase):
    pass


class OwnList(list):
    def append(self, item):
        fire("append")
        list.append(self, item)

    def remove(self, item):
        fire("remove")
        list.remove(self, item)


class Parent(Base):
    __tablename__ = "parent"
    id = sa.Column(sa.Integer, primary_key=True)
    v = sa.Column(ValueType)
    d = sa.Column(sa.Integer, default=lambda: fire("default"), onupdate=lambda: fire("onupdate"))
    children = orm.relationship("Child", back_populates="parent", collection_class=OwnList, cascade="all, delete-orphan")

    @orm.validates("v", "children")
    def check(self, key, value):
        fire("validate")
        return value

    @orm.reconstructor
    def again(self):
        fire("reconstruct")


class Child(Base):
    __tablename__ = "child"
    id = sa.Column(sa.Integer, primary_key=True)
    parent_id = sa.Column(sa.ForeignKey("parent.id"))
    n = sa.Column(sa.Integer)
    parent = orm.relationship("Parent", back_populates="children")


for target, names in {
    Parent: ["before_insert", "after_insert", "before_update", "after_update", "before_delete", "after_delete"],
    orm.Session: [
        "before_flush",
        "after_flush",
        "after_flush_postexec",
        "before_commit",
        "after_commit",
        "after_begin",
        "do_orm_execute",
    ],
}.items():
    for name in names:
        event.listen(target, name, lambda *a, name=name: fire(name))
for name in ("load", "refresh", "expire", "init"):
    event.listen(Parent, name, lambda *a, name=name: fire(name))
event.listen(Parent.v, "set", lambda *a: fire("set"))
event.listen(Parent.children, "append", lambda *a: fire("appended"))
event.listen(Parent.children, "remove", lambda *a: fire("removed"))
event.listen(sa.Engine, "before_cursor_execute", lambda *a: fire("before_cursor_execute"))
event.listen(sa.Engine, "after_cursor_execute", lambda *a: fire("after_cursor_execute"))

HOOKS = [
    "eq",
    "hash",
    "bind",
    "result",
    "compare",
    "append",
    "remove",
    "default",
    "onupdate",
    "validate",
    "reconstruct",
    "before_insert",
    "after_insert",
    "before_update",
    "after_update",
    "before_delete",
    "after_delete",
    "before_flush",
    "after_flush",
    "after_flush_postexec",
    "before_commit",
    "after_commit",
    "after_begin",
    "do_orm_execute",
    "load",
    "refresh",
    "expire",
    "init",
    "set",
    "appended",
    "removed",
    "before_cursor_execute",
    "after_cursor_execute",
]


def actions(session, engine, one):
    def add():
        session.add(Child(n=50))

    return {
        "query": lambda: session.query(Child).filter(Child.n > 0).all(),
        "core": lambda: session.connection().exec_driver_sql("select 1").all(),
        "other": lambda: orm.Session(engine).query(Parent).count(),
        "add": add,
        "flush": lambda: session.flush(),
        "commit": lambda: session.commit(),
        "rollback": lambda: session.rollback(),
        "expire": lambda: session.expire_all(),
        "expunge": lambda: session.expunge_all(),
        "close": lambda: session.close(),
        "refresh": lambda: session.refresh(one),
        "collection": lambda: one.children.append(Child(n=60)),
        "clear": lambda: one.children.clear(),
        "replace": lambda: setattr(one, "children", []),
        "value": lambda: setattr(one, "v", Value(77)),
        "delattr": lambda: delattr(one, "v"),
        "delete": lambda: session.delete(one),
        "merge": lambda: session.merge(Parent(id=2)),
        "begin_nested": lambda: session.begin_nested(),
        "history": lambda: sa.inspect(one).attrs.children.history,
        "collect": gc.collect,
        "dispose": lambda: engine.dispose(),
        "bulk": lambda: session.execute(sa.update(Child).values(n=Child.n + 1)),
        "identity": lambda: [list(session), list(session.identity_map.values()), list(session.new), list(session.dirty)],
    }


def work(session, one):
    yield lambda: session.query(Parent).order_by(Parent.id).all()
    yield lambda: setattr(one, "v", Value(5))
    yield lambda: one.children.append(Child(n=3))
    yield lambda: one.children.remove(one.children[0])
    yield lambda: session.add(Parent(v=Value(8), children=[Child(n=1)]))
    yield lambda: session.flush()
    yield lambda: session.query(Parent).options(orm.selectinload(Parent.children)).populate_existing().all()
    yield lambda: session.execute(sa.select(Parent.v, Parent.id)).unique().all()
    yield lambda: session.refresh(one)
    yield lambda: session.delete(one)
    yield lambda: session.commit()


BAD = ("PanicException", "SystemError", "BorrowError", "BorrowMutError")


def outcome(f):
    try:
        f()
        return "ok"
    except BaseException as e:
        name = type(e).__name__
        if name in BAD or "borrowed" in str(e):
            return "BROKEN " + name + " " + str(e)[:150]
        return name


def case(hook, action):
    global HOOK, ACTION, COUNT
    HOOK = None
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    Base.metadata.create_all(engine)
    with orm.Session(engine) as s:
        s.add_all([Parent(v=Value(n), children=[Child(n=n), Child(n=n + 1)]) for n in range(3)])
        s.commit()
    session = orm.Session(engine)
    one = session.get(Parent, 1)
    one.children
    ACTION = actions(session, engine, one)[action]
    HOOK = hook
    COUNT = 0
    out = [outcome(f) for f in work(session, one)]
    HOOK = None
    out.append(outcome(session.rollback))
    out.append(outcome(session.close))
    n = COUNT
    engine.dispose()
    return n, out


names = list(actions(None, None, None))
for hook, action in itertools.product(HOOKS, names):
    n, out = case(hook, action)
    print(hook, action, min(n, 1), " ".join(out), flush=True)
