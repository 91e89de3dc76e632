"""Deep and endless things, each a function. `python deep.py NAME STACK` runs one of them, on a thread with a stack of STACK KB if
that is not 0, and prints how it ended. A file of its own, because what must not happen is the end of the process.
"""

import pickle
import sys
import threading

import oxalchemy as sa
from oxalchemy import orm
from oxalchemy.sql import util as sql_util
from oxalchemy.sql import visitors

TERMS = 5_000
LEVELS = 1_500
OBJECTS = 2_000


class Base(orm.DeclarativeBase):
    pass


class Node(Base):
    __tablename__ = "node"
    id = sa.Column(sa.Integer, primary_key=True)
    up_id = sa.Column(sa.ForeignKey("node.id"))
    up = orm.relationship("Node", remote_side=[id], cascade="all", back_populates="down")
    down = orm.relationship("Node", cascade="all", back_populates="up")


table = sa.Table("t", sa.MetaData(), sa.Column("x", sa.Integer), sa.Column("y", sa.Integer))
x = table.c.x


def engine():
    e = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool, connect_args={"check_same_thread": False})
    Base.metadata.create_all(e)
    return e


def everything(e):
    """What can be done with an expression: render, hash, compare, walk, copy, adapt, run."""
    statement = sa.select(x).where(e)
    again = sa.select(x).where(e.self_group())
    str(e), repr(e), str(statement), statement.compare(again), statement.compile(compile_kwargs={"literal_binds": True})
    sum(1 for _ in visitors.iterate(e))
    visitors.cloned_traverse(e, {}, {"bindparam": lambda b: None})
    sql_util.ClauseAdapter(table.alias()).traverse(e)
    statement.get_final_froms(), list(statement.subquery().c), str(sa.select(orm.aliased(Node)).where(e))
    for run in (lambda: pickle.dumps(statement), lambda: orm.Session(engine()).execute(statement)):
        try:
            run()
        except (RecursionError, sa.exc.OperationalError):
            pass


def built(step, n):
    e = x > 0
    for i in range(n):
        e = step(e, i)
    everything(e)


def conjunction():
    built(lambda e, i: sa.and_(e, x > i), 1_000)
    everything(sa.and_(*[x > i for i in range(TERMS)]))


def alternation():
    built(lambda e, i: sa.or_(sa.and_(x > i, e), x < i), LEVELS)


def sums():
    built(lambda e, i: e + i, LEVELS)


def functions():
    built(lambda e, i: sa.func.f(e), LEVELS)


def cases():
    built(lambda e, i: sa.case((e, 1), else_=0), LEVELS)
    everything(sa.case(*[(x == i, i) for i in range(TERMS)], else_=0) > 1)


def casts():
    built(lambda e, i: sa.type_coerce(sa.cast(sa.not_(sa.func.f(e)), sa.Integer), sa.String), LEVELS)


def scalars():
    built(lambda e, i: sa.exists(sa.select(table.c.y).where(sa.select(e).scalar_subquery() == i)), 300)


def subqueries():
    q = sa.select(table)
    for _ in range(300):
        q = sa.select(q.subquery().c.x)
    str(q), orm.Session(engine()).get_bind(clause=q)
    q.compare(q.where(sa.true()))


def unions():
    q = sa.select(table)
    for _ in range(LEVELS):
        q = q.union_all(sa.select(table))
    str(q), str(sa.union_all(*[sa.select(table)] * TERMS)), list(q.subquery().c)


def criteria():
    q = sa.select(table)
    for i in range(LEVELS):
        q = q.where(x > i).order_by(x + i)
    str(q)


def aliases():
    f = table
    for _ in range(LEVELS):
        f = f.alias()
    str(sa.select(sa.func.count()).select_from(f))


def joins():
    f = table
    for _ in range(500):
        f = f.join(table.alias(), sa.true())
    try:
        engine().connect().execute(sa.select(sa.func.count()).select_from(f))
    except sa.exc.OperationalError:
        pass


def chain():
    nodes = [Node() for _ in range(OBJECTS)]
    for a, b in zip(nodes, nodes[1:], strict=False):
        a.up = b
    return nodes


def cascades():
    with orm.Session(engine()) as s:
        nodes = chain()
        s.add(nodes[0])
        assert len(s.new) == OBJECTS
        s.expunge(nodes[0])
        assert not s.new
        s.add(nodes[-1])
        s.flush()
        s.refresh(nodes[-1])
        s.expire(nodes[0])
        s.delete(nodes[0])
        assert len(s.deleted) == OBJECTS
        s.flush()
        assert s.scalar(sa.select(sa.func.count(Node.id))) == 0


def merging():
    with orm.Session(engine()) as s:
        s.merge(chain()[0])


class Link(Base):
    __tablename__ = "link"
    id = sa.Column(sa.Integer, primary_key=True)
    up_id = sa.Column(sa.ForeignKey("link.id"))
    up = orm.relationship("Link", remote_side=[id])


def pickling():
    links = [Link() for _ in range(OBJECTS)]
    for a, b in zip(links, links[1:], strict=False):
        a.up = b
    pickle.dumps(links[0])


def stored():
    e = engine()
    with orm.Session(e) as s:
        s.execute(sa.insert(Node), [{"id": i, "up_id": i - 1 or None} for i in range(1, OBJECTS + 1)])
        s.commit()
    return e


def selectin():
    with orm.Session(stored()) as s:
        option = orm.selectinload(Node.up, recursion_depth=-1)
        node = s.scalars(sa.select(Node).where(Node.id == OBJECTS).options(option)).one()
        n = 0
        while node is not None:
            n += 1
            node = node.__dict__.get("up")
        assert n == OBJECTS


def options():
    option = orm.selectinload(Node.up)
    for _ in range(400):
        option = option.selectinload(Node.up)
    with orm.Session(stored()) as s:
        s.scalars(sa.select(Node).where(Node.id == OBJECTS).options(option)).one()


def self_joins():
    class Own(orm.DeclarativeBase):
        pass

    for lazy in ("joined", "selectin", "immediate"):

        class Part(Own):
            __tablename__ = "part_" + lazy
            id = sa.Column(sa.Integer, primary_key=True)
            of_id = sa.Column(sa.ForeignKey(f"part_{lazy}.id"))
            of = orm.relationship(lambda: Part, remote_side=[id], lazy=lazy, join_depth=100_000)  # noqa: B023

        e = engine()
        Own.metadata.create_all(e)
        with orm.Session(e) as s:
            try:
                s.scalars(sa.select(Part)).all()
            except RecursionError:
                assert lazy == "joined"


def keys_in_a_circle():
    m = sa.MetaData()
    tables = [sa.Table(f"t{i}", m, sa.Column("id", sa.ForeignKey(f"t{(i + 1) % 50}.id"), primary_key=True)) for i in range(50)]
    assert all(str(t.c.id.type) == "NULL" for t in tables)
    str(sa.select(tables[0]).where(tables[0].c.id == 1))


def keys_in_a_row():
    m = sa.MetaData()
    for i in range(OBJECTS):
        sa.Table(f"t{i}", m, sa.Column("id", sa.ForeignKey(f"t{i + 1}.id"), primary_key=True))
    sa.Table(f"t{OBJECTS}", m, sa.Column("id", sa.BigInteger, primary_key=True))
    assert str(m.tables["t0"].c.id.type) == "BIGINT"


class Itself:
    def __clause_element__(self):
        return self


class Ping:
    def __clause_element__(self):
        return Ping()


def elements():
    places = (sa.select, lambda e: sa.and_(e, e), lambda e: x == e, lambda e: sa.select(x).where(e), lambda e: table.join(e, e))
    for place in places:
        for thing in (Itself(), Ping()):
            try:
                place(thing)
            except (RecursionError, sa.exc.ArgumentError):
                pass
    with engine().connect() as c:
        for thing in (Itself(), Ping(), table, x, x == 1, table.alias(), Node, None, [sa.select(1)]):
            try:
                c.execute(thing)
            except sa.exc.ObjectNotExecutableError:
                continue
            raise AssertionError(thing)


class Fresh(sa.TypeDecorator):
    """On every dialect another one of its kind."""

    impl = sa.String
    cache_ok = True

    def load_dialect_impl(self, dialect):
        return Fresh()


class Wrapped(sa.TypeDecorator):
    impl = sa.String
    cache_ok = True

    def bind_expression(self, bindvalue):
        return sa.type_coerce(bindvalue, Wrapped())

    def column_expression(self, column):
        return sa.type_coerce(column, Wrapped())


def types():
    for cls in (Fresh, Wrapped):
        c = sa.column("c", cls())
        t = sa.Table("u", sa.MetaData(), sa.Column("c", cls()))
        e = engine()
        for f in (
            lambda: str(sa.select(c == "a").compile(dialect=e.dialect)),  # noqa: B023
            lambda: str(sa.cast(c, cls()).compile(dialect=e.dialect)),  # noqa: B023
            lambda: str(sa.schema.CreateTable(t)),  # noqa: B023
            lambda: e.connect().execute(sa.select(sa.literal("a", cls()))).all(),  # noqa: B023
        ):
            try:
                f()
            except (RecursionError, sa.exc.SQLAlchemyError):
                pass


def lists():
    value = []
    value.append(value)
    try:
        sa.ARRAY(sa.Integer).bind_processor(sa.create_engine("sqlite://").dialect)
        sa.select(sa.literal(value, sa.ARRAY(sa.Integer))).compile(compile_kwargs={"literal_binds": True})
    except (RecursionError, sa.exc.SQLAlchemyError):
        pass


def main(name, stack):
    ended = []

    def run():
        try:
            globals()[name]()
            ended.append("done")
        except RecursionError:
            ended.append("RecursionError")

    if stack:
        threading.stack_size(stack * 1024)
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    else:
        run()
    print(*ended)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
