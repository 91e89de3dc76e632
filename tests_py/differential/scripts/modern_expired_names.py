"""Which attributes wait to be loaded again: expired, refreshed, pickled."""

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
import pickle

x = s.get(U, 1)
print(sorted(inspect(x).expired_attributes), inspect(x).expired)
s.expire(x)
print(sorted(inspect(x).expired_attributes), inspect(x).expired)
x.name
print(sorted(inspect(x).expired_attributes))
x.ads
s.expire(x, ["ads"])
print(sorted(inspect(x).expired_attributes))
s.expire(x, ["ads", "name"])
print(sorted(inspect(x).expired_attributes))
y = pickle.loads(pickle.dumps(x))
print(sorted(inspect(y).expired_attributes), inspect(y).expired)
s.commit()
print(sorted(inspect(x).expired_attributes))
y = pickle.loads(pickle.dumps(x))
print(sorted(inspect(y).expired_attributes), inspect(y).expired, sorted(y.__dict__))
s.add(U(id=55))
s.flush()
z = s.get(U, 55)
print(sorted(inspect(z).expired_attributes))
print(sorted(inspect(z).unloaded))
z.name
print(sorted(inspect(z).unloaded))
s.refresh(x)
print(sorted(inspect(x).expired_attributes))
s.refresh(x, ["name"])
print(sorted(inspect(x).expired_attributes))
s.expire(x)
s.refresh(x, ["name"])
print(sorted(inspect(x).expired_attributes))
s.expire(x)
s.scalars(select(U).options(defer(U.name))).all()
print(sorted(inspect(x).expired_attributes))
x.name = 3
print(sorted(inspect(x).expired_attributes))
s.expire(x)
x.name = "e"
print(sorted(inspect(x).expired_attributes))
x.ads = []
print(sorted(inspect(x).expired_attributes))
x.mgr = None
print(sorted(inspect(x).expired_attributes))
p = lambda *a: print(*a, sorted(inspect(x).expired_attributes))
x = s.get(U, 2)
s.expire(x)
s.refresh(x)
p(1)
x.ads
p(2)
x.mgr
p(3)
x.reps
p(4)
s.expire(x)
s.refresh(x)
x.ads = []
p(5)
x.mgr = None
p(6)
s.flush()
p(7)
s.refresh(x)
p(8)
s.rollback()
p(9)
x.mid
p(10)
s.expire(x)
s.scalars(select(U).options(selectinload(U.ads))).unique().all()
p(13)
s.expire(x, ["ads", "mgr"])
p(14)
x.ads
s.expire(x, ["ads", "mgr", "name"])
p(15)
s.expire(x, ["reps"])
p(16)
x.name
p(17)
s.expire(x)
s.flush()
p(18)
x.name = "q"
p(19)
s.flush()
p(20)
x.ads
p(21)
s.expire(x)
s.refresh(x)
s.expunge(x)
p(22)
x = U(id=90)
s.add(x)
p(26)
s.flush()
p(27)
s.commit()
p(28)
s.refresh(x)
p(29)
s.expire_all()
p(30)
s.delete(x)
p(31)
s.flush()
p(32)
s.commit()
p(33)
x = s.get(U, 3)
s.expire(x)
x.ads.append(A(id=444))
p(34)
s.merge(U(id=3, name="z", ads=[]))
p(35)
s.expire(x)
attributes.set_committed_value(x, "ads", [])
p(41)
attributes.set_committed_value(x, "name", "f")
p(42)
attributes.flag_modified(x, "name")
p(43)
s.expire(x)
attributes.set_attribute(x, "mid", None)
p(44)
del x.mid
p(45)
