"""Elements of a document as values of a type: the database converts them."""

# ruff: noqa: B006, E742, UP031, B008, B023, E402, E501, F401, F811, E701, E702, E711, E712, E721, E731, E741, F403, F405, I001, UP006, UP035, UP045
import oxalchemy as sa
from oxalchemy import *
from oxalchemy.orm import *
from oxalchemy import event, exc, inspect


def tr(f, *a):
    try:
        r = f()
        print(r if r is not None else "ok")
    except RecursionError:
        print("RecursionError")
    except Exception as e:
        print(type(e).__name__, str(e).split("(Background")[0][:400])


class Base(DeclarativeBase):
    pass


class U(Base):
    __tablename__ = "u"
    id = mapped_column(Integer, primary_key=True)
    name = mapped_column(String)
    mid = mapped_column(ForeignKey("u.id"))
    mgr = relationship("U", remote_side=[id], backref="reps")
    ads = relationship("A", back_populates="u", order_by="A.id")


class A(Base):
    __tablename__ = "a"
    id = mapped_column(Integer, primary_key=True)
    uid = mapped_column(ForeignKey("u.id"))
    email = mapped_column(String)
    u = relationship("U", back_populates="ads")


e = create_engine("sqlite://")
Base.metadata.create_all(e)
LOG = []


@event.listens_for(e, "before_cursor_execute")
def _bce(conn, cur, stmt, params, ctx, many):
    LOG.append((stmt, params, many))


def log():
    for x in LOG:
        print("SQL", *x)
    LOG.clear()


s = Session(e)
m = U(id=1, name="boss")
s.add(m)
s.add_all([U(id=i, name=f"n{i}", mgr=m, ads=[A(id=i * 10 + j, email=f"e{i}{j}") for j in range(4)]) for i in (2, 3)])
s.commit()
LOG.clear()


class B(DeclarativeBase):
    pass


class J(B):
    __tablename__ = "j"
    id = mapped_column(Integer, primary_key=True)
    data = mapped_column(JSON)


B.metadata.create_all(e)
s.add(J(id=1, data={"k": [1, {"z": 2, "f": 1.5, "s": "q", "b": True}], "n": None}))
s.commit()
LOG.clear()
for x in (J.data["k"], J.data["k"][1], J.data["k"][1]["z"], J.data[("k", 1, "z")]):
    for m in ("as_integer", "as_string", "as_float", "as_boolean", "as_json"):
        tr(lambda: s.execute(select(getattr(x, m)())).all())
        log()
tr(lambda: s.execute(select(J.data["k"][1]["f"].as_numeric(10, 2))).all())
log()
tr(lambda: s.execute(select(J.id).where(J.data["k"][1]["z"].as_integer() == 2)).all())
log()
tr(lambda: s.execute(select(J.id).where(J.data["k"][1]["z"].as_integer() + 1 == 3)).all())
log()
from oxalchemy.dialects import postgresql, mysql

for d in (postgresql.dialect(), mysql.dialect()):
    for x in (J.data["k"], J.data["k"][1]["z"], J.data[("k", 1, "z")]):
        for m in ("as_integer", "as_string", "as_float", "as_boolean", "as_json"):
            tr(lambda: print(str(select(getattr(x, m)()).compile(dialect=d)).replace("\n", " ")))


class C(B):
    __tablename__ = "com"
    id = mapped_column(Integer, primary_key=True)
    up = mapped_column(ForeignKey("com.id"))
    reps = relationship("C", join_depth=2, lazy="selectin", order_by=id)


C.__table__.create(e)
s.add_all([C(id=1), C(id=2, reps=[C(id=3, reps=[C(id=4, reps=[C(id=5, reps=[C(id=6)])])])])])
s.flush()
s.commit()
LOG.clear()
import gc

gc.collect()
print(len(s.identity_map))
r = s.scalars(select(C).where(C.up == None).order_by(C.id)).all()
print([sorted(k for k in x.__dict__ if k[0] != "_") for x in s.identity_map.values()])
log()
s.expunge_all()
r = None
for d in (1, 2, 3):
    C.reps.property.join_depth = d
    r = s.scalars(select(C).where(C.up == None).order_by(C.id)).all()
    log()
    s.expunge_all()
