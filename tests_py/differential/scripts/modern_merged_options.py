"""Options that a listener adds to the loads of get() and merge(), and what is left of them afterwards."""

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


@event.listens_for(s, "do_orm_execute")
def dox(st):
    print("ev", st.is_relationship_load, st.is_column_load)
    if st.is_select and not st.is_column_load and not st.is_relationship_load:
        st.statement = st.statement.options(with_loader_criteria(A, lambda c: c.id > 21))


s.expunge_all()
x = s.get(U, 2)
print([a.id for a in x.ads])
log()
s.expunge_all()
x = s.merge(U(id=2))
print([a.id for a in x.ads])
log()
s.expunge_all()
x = s.merge(U(id=2, ads=[A(id=20)]))
print([a.id for a in x.ads])
log()
s.rollback()
s.expunge_all()
x = s.scalars(select(U).where(U.id == 2)).one()
y = s.merge(U(id=2, name="q"))
print([a.id for a in x.ads])
log()
s.rollback()
x.name
print([a.id for a in x.ads])
log()
s.expunge_all()
x = s.get(U, 2, options=[with_loader_criteria(A, A.id > 22)])
print([a.id for a in x.ads])
log()
s.expunge_all()
x = s.merge(U(id=2), options=[with_loader_criteria(A, A.id > 22)])
print([a.id for a in x.ads])
log()
s.expunge_all()
x = s.get(U, 2)
s.refresh(x)
print([a.id for a in x.ads])
log()
