"""History of a reference that was, or is, no object."""

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
x = s.get(U, 1)
x.mgr
h = lambda o, k: print(k, attributes.get_history(o, k), inspect(o).attrs[k].history)
h(x, "mgr")
y = U(id=9)
x.mgr = y
h(x, "mgr")
x.mgr = None
h(x, "mgr")
s.rollback()
x = s.get(U, 1)
x.mgr = s.get(U, 2)
h(x, "mgr")
s.rollback()
a = A()
a.u = None
h(a, "u")
a.u = x
h(a, "u")
a = A()
a.u = x
h(a, "u")
a.u = None
h(a, "u")
a = A()
h(a, "u")
a.u
h(a, "u")
x = s.get(U, 2)
x.mgr = None
h(x, "mgr")
x.name = None
h(x, "name")
s.rollback()
x = s.get(U, 2)
x.mgr
x.mgr = None
h(x, "mgr")
s.flush()
h(x, "mgr")
x.mgr = s.get(U, 3)
h(x, "mgr")
del x.mgr
h(x, "mgr")
s.rollback()
x = s.get(U, 2)
x.mgr
del x.mgr
h(x, "mgr")
s.rollback()
x = U()
x.name = None
h(x, "name")
x.name = "a"
h(x, "name")
x = U()
x.name
x.name = "a"
h(x, "name")
s.rollback()
with s.no_autoflush:
    z = s.get(U, 1)
    z.name
    z.name = None
    h(z, "name")
    s.flush()
    z.name = "q"
    h(z, "name")
log()
