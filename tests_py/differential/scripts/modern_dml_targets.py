"""What an UPDATE or DELETE is about: classes, aliases, tables, tables of subclasses."""

from oxalchemy import Column, ForeignKey, Integer, String, Table, create_engine, delete, event, select, update
from oxalchemy.dialects import mysql, postgresql
from oxalchemy.orm import Session, aliased, declarative_base

Base = declarative_base()


class T(Base):
    __tablename__ = "t"
    id = Column(Integer, primary_key=True)
    n = Column(Integer)
    m = Column(Integer, onupdate=5)
    kind = Column(String)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "t"}


class S(T):
    __mapper_args__ = {"polymorphic_identity": "s"}


class J(T):
    __tablename__ = "j"
    jid = Column(ForeignKey("t.id"), primary_key=True)
    x = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "j"}


other = Table(
    "other", Base.metadata, Column("id", Integer, primary_key=True), Column("n", Integer, onupdate=4), Column("k", Integer)
)
engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
log = []


@event.listens_for(engine, "before_cursor_execute")
def watch(conn, cursor, statement, parameters, context, many):
    log.append((" ".join(statement.split()), parameters))


def show(name, f):
    with Session(engine) as s:
        s.add_all([T(id=1, n=1), T(id=2, n=2), S(id=3, n=1), J(id=4, n=1, x=1)])
        s.flush()
        s.execute(other.insert(), [{"id": 1, "k": 1}, {"id": 2, "k": 2}])
        log.clear()
        try:
            print(name, "->", f(s))
        except Exception as e:
            print(name, "!!", type(e).__name__, str(e).split("\n")[0])
        for line in log:
            print("   ", *line)
        print("   ", s.execute(select(T.__table__.c.id, T.__table__.c.n)).all(), s.execute(select(J.__table__)).all())
        print("   ", s.execute(select(other)).all())


a, named = aliased(T), aliased(T, name="zz")
for sync in ("evaluate", "fetch", "auto", False):
    options = {"synchronize_session": sync}
    show(f"alias {sync}", lambda s: s.query(a).filter(a.n == 1).update({"n": 3}, synchronize_session=sync))
    show(f"alias {sync} all", lambda s: s.query(a).update({"n": 3}, synchronize_session=sync))
    show(f"alias {sync} delete", lambda s: s.query(a).filter(a.n == 2).delete(synchronize_session=sync))
    show(f"alias {sync} execute", lambda s: s.execute(update(a).where(a.n == 1).values(n=3), execution_options=options).rowcount)
show("alias key", lambda s: s.query(a).filter(a.n == 1).update({a.n: a.n + 3}))
show("alias, key of the class", lambda s: s.query(a).filter(a.n == 1).update({T.n: a.n + 3}))
show("named alias", lambda s: s.query(named).filter(named.n == 1).update({named.n: named.n + 3}))
show("alias ordered", lambda s: s.execute(update(a).where(a.n == 1).ordered_values((a.m, 1), ("n", 7))).rowcount)
show("alias returning", lambda s: s.execute(update(a).where(a.n == 2).values(n=3).returning(a.id)).all())
show("alias delete execute", lambda s: s.execute(delete(a).where(a.n == 2)).rowcount)
show("subclass", lambda s: s.query(S).filter(S.n == 1).update({"n": 3}))
show("joined", lambda s: s.query(J).filter(J.x == 1).update({"x": 3}))
show("joined, column of the parent", lambda s: s.query(J).filter(J.x == 1).update({"n": 3}))
show("joined, key of the parent", lambda s: s.query(J).filter(J.x == 1).update({J.n: 3}))
show("joined, both", lambda s: s.query(J).filter(J.x == 1).update({"n": 3, "x": 4}))
show("joined, criteria", lambda s: s.query(J).filter(J.n == 1, J.jid == T.id).update({"x": 3}))
show("joined delete", lambda s: s.query(J).filter(J.x == 1).delete())
show("joined delete, criteria", lambda s: s.query(J).filter(J.n == 1).delete())
for sync in ("auto", "fetch", "evaluate", False):
    show(f"table {sync}", lambda s: s.query(other).filter(other.c.k == 1).update({"n": 5}, synchronize_session=sync))
show("table key", lambda s: s.query(other).filter(other.c.k == 1).update({other.c.k: other.c.k + 1}))
show("table all", lambda s: s.query(other).update({"k": 5}))
show("table delete", lambda s: s.query(other).filter(other.c.k == 1).delete())
show("alias of a table", lambda s: s.query(other.alias("q")).update({"k": 5}))
show("column", lambda s: s.query(other.c.n).update({"k": 5}))
show("two", lambda s: s.query(T, J).update({"n": 5}))
show("two columns", lambda s: s.query(T.n, T.id).delete())
show("unknown name", lambda s: s.query(T).update({"nope": 5}))
show("no name", lambda s: s.query(T).update({5: 5}))

for dialect in (postgresql.dialect(), mysql.dialect()):
    for statement in (update(a).where(a.n == 1).values(n=3), delete(a).where(a.n == 1)):
        print(str(statement.compile(dialect=dialect)).replace("::INTEGER", ""))
print(update(J).where(J.n == 1).values(n=3, x=4).compile(dialect=mysql.dialect()))
print(update(J).where(J.id == J.jid).values({T.n: 3, J.x: 4}).compile(dialect=mysql.dialect()))
