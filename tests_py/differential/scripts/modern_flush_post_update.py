"""`post_update` and versions: a row that the flush inserts keeps its first version, each UPDATE of another makes a new one."""

from oxalchemy import Column, ForeignKey, Integer, String, create_engine, event, update
from oxalchemy.orm import Session, declarative_base, relationship

Base = declarative_base()


class Q(Base):
    __tablename__ = "q"
    id = Column(Integer, primary_key=True)


class P(Base):
    __tablename__ = "p"
    id = Column(Integer, primary_key=True)
    ver = Column(Integer)
    t = Column(String)
    qid = Column(ForeignKey("q.id"))
    q = relationship(Q, post_update=True)
    ou = Column(Integer, onupdate=5)
    __mapper_args__ = {"version_id_col": ver}


class A(Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)
    ver = Column(Integer)
    bs = relationship("B", post_update=True, backref="a", order_by="B.id")
    __mapper_args__ = {"version_id_col": ver}


class B(Base):
    __tablename__ = "b"
    id = Column(Integer, primary_key=True)
    ver = Column(Integer)
    x = Column(Integer)
    aid = Column(ForeignKey("a.id"))
    __mapper_args__ = {"version_id_col": ver}


class G(Base):
    __tablename__ = "g"
    id = Column(Integer, primary_key=True)
    ver = Column(String)
    gid = Column(ForeignKey("g.id"))
    g = relationship("G", remote_side=[id], post_update=True)
    __mapper_args__ = {"version_id_col": ver, "version_id_generator": lambda v: (v or "") + "v"}


class F(Base):
    __tablename__ = "f"
    id = Column(Integer, primary_key=True)
    ver = Column(Integer)
    fid = Column(ForeignKey("f.id"))
    f = relationship("F", remote_side=[id], post_update=True)
    __mapper_args__ = {"version_id_col": ver, "version_id_generator": False}


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
log = []


@event.listens_for(engine, "before_cursor_execute")
def watch(conn, cursor, statement, parameters, context, many):
    if statement.startswith(("UPDATE", "DELETE")):
        log.append((" ".join(statement.split()), parameters))


def step(name, f):
    log.clear()
    try:
        print(name, "->", f())
    except Exception as e:
        print(name, "!!", type(e).__name__, e)
    for line in log:
        print("   ", *line)


s = Session(engine)
p = P(q=Q())
s.add(p)


def flushed():
    s.flush()
    found = sorted((k, v) for k, v in p.__dict__.items() if k in ("ver", "qid", "ou"))
    s.commit()
    return found, p.ver


def both():
    p.t = "x"
    p.q = Q()
    return flushed()


def key_alone():
    p.q = Q()
    return flushed()


def none():
    p.q = None
    return flushed()


def column_alone():
    p.t = "y"
    return flushed()


def given_onupdate():
    p.q = Q()
    p.ou = 77
    return flushed()


def stale():
    s.execute(update(P.__table__).values(ver=55))
    p.q = Q()
    return flushed()


for f in (flushed, both, key_alone, none, column_alone, given_onupdate, stale):
    step(f.__name__, f)
s.rollback()
p.q = Q()
s.commit()


def deleted_both():
    s.delete(p.q)
    s.delete(p)
    s.commit()


step("deleted both", deleted_both)

a = A(bs=[B(), B()])


def versions():
    s.commit()
    return [(b.ver, b.aid) for b in s.query(B).order_by(B.id)], a.ver


def appended():
    a.bs.append(B())
    a.bs[0].x = 4
    return versions()


def removed():
    a.bs.pop(0).x = 9
    return versions()


def parent_deleted():
    s.delete(a)
    s.commit()
    return s.query(B.ver, B.aid).order_by(B.id).all()


s.add(a)
step("one to many", versions)
for f in (appended, removed, parent_deleted):
    step(f.__name__, f)

g1, g2 = G(), G()
g1.g, g2.g = g2, g1


def circle():
    s.commit()
    return g1.ver, g2.ver


def switched():
    g1.g = g1
    return circle()


def circle_deleted():
    s.delete(g1)
    s.delete(g2)
    s.commit()
    return s.query(G).count()


s.add(g1)
for f in (circle, switched, circle_deleted):
    step("generator " + f.__name__, f)

f1, f2 = F(ver=1), F(ver=1)
f1.f = f2


def given(**kw):
    for k, v in kw.items():
        setattr(f1, k, v)
    s.commit()
    return f1.ver, f2.ver


s.add(f1)
step("given versions", given)
step("given versions changed", lambda: given(f=f1, ver=4))
step("given versions kept", lambda: given(f=f2))
