"""A new object takes over the row of one that the same flush deletes: what it does not say stays as it is."""

from oxalchemy import Column, ForeignKey, Integer, String, create_engine, delete, event
from oxalchemy.orm import Session, backref, declarative_base, relationship

Base = declarative_base()


class T(Base):
    __tablename__ = "t"
    id = Column(Integer, primary_key=True)
    a = Column(Integer)
    b = Column(Integer, default=9)
    c = Column(String, server_default="sd")
    d = Column(Integer, onupdate=44)
    n = Column(Integer, nullable=False, default=0)


class P(Base):
    __tablename__ = "p"
    id = Column(Integer, primary_key=True)
    kind = Column(String)
    a = Column(Integer)
    v = Column(Integer, nullable=False)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "p", "version_id_col": v}


class C(P):
    __tablename__ = "c"
    id = Column(ForeignKey("p.id"), primary_key=True)
    x = Column(Integer)
    y = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "c"}


class K(Base):
    __tablename__ = "k"
    id = Column(Integer, primary_key=True)
    pid = Column(ForeignKey("p.id"))
    p = relationship(P, backref=backref("ks", cascade="all, delete-orphan"))


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
log = []


@event.listens_for(engine, "before_cursor_execute")
def watch(conn, cursor, statement, parameters, context, many):
    if not statement.startswith("SELECT"):
        log.append((" ".join(statement.split()), parameters))


def values(obj, *names):
    return {k: v for k, v in sorted(obj.__dict__.items()) if not k.startswith("_") and k not in names}


def single(**kw):
    s = Session(engine)
    s.execute(delete(T))
    s.add(T(id=1, a=1, b=2, c="x", d=3, n=7))
    s.commit()
    log.clear()
    s.delete(s.get(T, 1))
    t = T(id=1, **kw)
    s.add(t)
    s.flush()
    found = values(t), (t.a, t.b, t.c, t.d, t.n)
    s.commit()
    return found, s.query(T.a, T.b, T.c, T.d, T.n).all()


def joined(**kw):
    s = Session(engine)
    for cls in (K.__table__, C.__table__, P.__table__):
        s.execute(delete(cls))
    s.add(C(id=1, a=1, x=2, y=3, ks=[K(id=1)]))
    s.commit()
    log.clear()
    s.delete(s.get(P, 1))
    t = C(id=1, **kw)
    s.add(t)
    s.flush()
    found = values(t, "ks")
    s.commit()
    return found, s.query(C.a, C.x, C.y, C.v).all(), s.query(K.id, K.pid).all()


for name, run in {
    "unset": lambda: single(a=100),
    "same": lambda: single(a=1),
    "none": lambda: single(a=None),
    "nothing": lambda: single(),
    "all": lambda: single(a=5, b=5, c="y", d=5, n=5),
    "equal": lambda: single(a=1.0, b=2),
    "joined parent": lambda: joined(a=5),
    "joined child": lambda: joined(x=5),
    "joined children": lambda: joined(x=5, ks=[K(id=2)]),
    "joined same child": lambda: joined(x=5, ks=[K(id=1)]),
    "joined nothing": lambda: joined(),
}.items():
    print(name, run())
    for line in log:
        print("   ", *line)
