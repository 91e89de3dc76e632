"""MariaDB: UPDATE and DELETE of the tables of a class and of its parents; keys that sequences give."""

import sys

from oxalchemy import (
    Column,
    ForeignKey,
    Integer,
    MetaData,
    Sequence,
    String,
    Table,
    create_engine,
    event,
    func,
    insert,
    select,
    update,
)
from oxalchemy.orm import Session, declarative_base, registry

engine = create_engine(sys.argv[1])
Base = declarative_base()


class P(Base):
    __tablename__ = "dml_p"
    id = Column(Integer, primary_key=True)
    p = Column(Integer)
    u = Column(Integer, default=1, onupdate=8)


class C(P):
    __tablename__ = "dml_c"
    cid = Column(ForeignKey("dml_p.id"), primary_key=True)
    t = Column(String(5))


Base.metadata.drop_all(engine)
Base.metadata.create_all(engine)
log = []


@event.listens_for(engine, "before_cursor_execute")
def watch(conn, cursor, statement, parameters, context, many):
    log.append(statement.split()[0].upper())


def show(name, f):
    log.clear()
    try:
        print(name, "->", f(), log)
    except Exception as e:
        print(name, "!!", type(e).__name__, str(e).split("\n")[0])


def synchronized(sync):
    with Session(engine) as s:
        c = C(id=1, p=1)
        s.add_all([c, P(id=2, p=1)])
        s.flush()
        q = s.query(C).filter(P.id == C.cid)
        show(f"update {sync}", lambda: q.update({"p": 3, "t": "x"}, synchronize_session=sync))
        print(
            "   ", c.p, c.t, s.execute(select(P.__table__).order_by(P.__table__.c.id)).all(), s.execute(select(C.__table__)).all()
        )
        show(f"update key {sync}", lambda: q.update({C.p: C.p + 1, C.t: "y"}, synchronize_session=sync))
        show(
            f"execute {sync}",
            lambda: (
                s.execute(
                    update(C).where(P.id == C.cid).values(p=9, t="z"), execution_options={"synchronize_session": sync}
                ).rowcount
            ),
        )
        print("   ", s.execute(select(P.__table__).order_by(P.__table__.c.id)).all(), s.execute(select(C.__table__)).all())
        show(f"delete {sync}", lambda: q.filter(P.p == 9).delete(synchronize_session=sync))
        print("   ", s.execute(select(P.__table__).order_by(P.__table__.c.id)).all(), s.execute(select(C.__table__)).all())


for sync in (False, "evaluate", "fetch", "auto"):
    synchronized(sync)

meta = MetaData()
tables = [
    Table("seq_a", meta, Column("id", Integer, Sequence("seq_a_id", start=5), primary_key=True), Column("n", Integer)),
    Table(
        "seq_b", meta, Column("id", Integer, Sequence("seq_b_id", start=5, optional=True), primary_key=True), Column("n", Integer)
    ),
    Table("seq_c", meta, Column("id", Integer, primary_key=True), Column("n", Integer, Sequence("seq_c_n", start=7))),
]
meta.drop_all(engine)
meta.create_all(engine)


def keys(t):
    with engine.begin() as c:
        show(f"{t.name} values", lambda: c.execute(insert(t).values(n=1)).inserted_primary_key)
        show(f"{t.name} parameters", lambda: c.execute(insert(t), {"n": 2}).inserted_primary_key)
        show(f"{t.name} nothing", lambda: c.execute(insert(t)).inserted_primary_key)
        show(f"{t.name} given", lambda: c.execute(insert(t).values(id=30)).inserted_primary_key)
        show(f"{t.name} inline", lambda: c.execute(insert(t).inline().values(n=1)).inserted_primary_key)
        show(f"{t.name} defaults", lambda: c.execute(insert(t).values(n=1).return_defaults()).inserted_primary_key)
        show(f"{t.name} returning", lambda: c.execute(insert(t).values(n=1).returning(t.c.id)).all())
        show(f"{t.name} many", lambda: c.execute(insert(t), [{"n": 3}, {"n": 4}]).rowcount)
        show(f"{t.name} rows", lambda: c.execute(insert(t).values([{"n": 3}, {"n": 4}])).rowcount)
        show(f"{t.name} function", lambda: c.execute(insert(t).values(n=func.abs(-3))).inserted_primary_key)
        print("   ", c.execute(select(t)).all())


for t in tables:
    keys(t)


class A:
    pass


registry().map_imperatively(A, tables[0])
with Session(engine) as s:
    a = A()
    s.add(a)
    s.flush()
    more = [A(), A()]
    s.add_all(more)
    s.flush()
    print(a.id, sorted(m.id for m in more), a.n)
Base.metadata.drop_all(engine)
meta.drop_all(engine)
