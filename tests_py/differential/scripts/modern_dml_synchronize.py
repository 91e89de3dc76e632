"""What an UPDATE or DELETE leaves in the objects of the session, strategy by strategy."""

from oxalchemy import Column, FetchedValue, ForeignKey, Integer, String, create_engine, func, inspect, select, text, update
from oxalchemy.orm import Session, declarative_base

Base = declarative_base()


class T(Base):
    __tablename__ = "t"
    id = Column(Integer, primary_key=True)
    n = Column(Integer)
    c = Column(Integer, default=1, onupdate=5)
    f = Column(Integer, default=1, onupdate=lambda: 6)
    q = Column(Integer, default=1, onupdate=text("7"))
    so = Column(Integer, default=1, server_onupdate=FetchedValue())
    o = Column(Integer)
    kind = Column(String)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "t"}


class S(T):
    __mapper_args__ = {"polymorphic_identity": "s"}


class J(T):
    __tablename__ = "j"
    jid = Column(ForeignKey("t.id"), primary_key=True)
    x = Column(Integer, default=0)
    ju = Column(Integer, default=1, onupdate=lambda context: context.get_current_parameters()["x"] * 2)
    __mapper_args__ = {"polymorphic_identity": "j"}


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)


def show(name, f, cls=T):
    with Session(engine) as s:
        o, other = cls(id=1, n=1, o=0), T(id=2, n=9)
        s.add_all([o, other])
        s.flush()
        try:
            print(name, "->", f(s))
        except Exception as e:
            print(name, "!!", type(e).__name__, str(e).split("\n")[0])
        loaded = {k: v for k, v in sorted(o.__dict__.items()) if not k.startswith("_")}
        print("   ", loaded, sorted(inspect(o).expired_attributes), o in s.dirty, o in s, other in s)
        if o in s:
            print("   ", [getattr(o, k) for k in o.__mapper__.column_attrs.keys()])


for sync in ("evaluate", "fetch", "auto", False):
    q = {"synchronize_session": sync}
    e = {"execution_options": q}
    show(f"{sync} query", lambda s: s.query(T).filter(T.n == 1).update({"n": 3}, **q))
    show(f"{sync} execute", lambda s: s.execute(update(T).where(T.n == 1).values(n=3), **e).rowcount)
    show(f"{sync} expression", lambda s: s.execute(update(T).values(n=T.n + 3), **e).rowcount)
    show(f"{sync} function", lambda s: s.execute(update(T).values(n=func.abs(-3)), **e).rowcount)
    show(f"{sync} given", lambda s: s.execute(update(T).values(n=3, c=9, q=9), **e).rowcount)
    show(f"{sync} returning", lambda s: s.execute(update(T).where(T.n == 1).values(n=3).returning(T.id), **e).all())
    show(f"{sync} subclass", lambda s: s.query(S).filter(S.n == 1).update({"n": 3}, **q), S)
    show(f"{sync} joined", lambda s: s.query(J).filter(J.x == 0).update({"x": 3}, **q), J)
    show(f"{sync} base", lambda s: s.query(T).update({"n": 3}, **q), J)
    show(f"{sync} subquery", lambda s: s.query(T).filter(T.id.in_(select(T.id).where(T.n == 1))).update({"n": 3}, **q))
    show(f"{sync} delete", lambda s: s.query(T).filter(T.n == 1).delete(**q))
show("rows", lambda s: s.execute(update(T), [{"id": 1, "n": 4}]) and None)
show("mappings", lambda s: s.bulk_update_mappings(T, [{"id": 1, "n": 4}]))
show("table", lambda s: s.execute(update(T.__table__).values(n=3)).rowcount)
show("bad", lambda s: s.execute(update(T).values(n=3), execution_options={"synchronize_session": "xx"}).rowcount)
