"""Relationships to an alias over a subquery: each way of loading joins the alias that it made itself."""

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


def ids(rel, opt, order=True):
    s.expunge_all()
    out = [(u.id, sorted(a.id for a in getattr(u, rel))) for u in s.scalars(select(U).options(opt).order_by(U.id)).unique()]
    print(rel, out, len(LOG))
    LOG.clear()


subq = select(A, func.row_number().over(order_by=A.id.desc(), partition_by=A.uid).label("rn")).subquery()
TA = aliased(A, subq)
U.top = relationship(TA, primaryjoin=and_(U.id == TA.uid, subq.c.rn <= 2), viewonly=True)
sub2 = select(A).order_by(A.id).limit(5).subquery("five")
TB = aliased(A, sub2)
U.tb = relationship(TB, primaryjoin=U.id == sub2.c.uid, viewonly=True, order_by=sub2.c.id.desc())
assoc = Table("ua", Base.metadata, Column("uid", ForeignKey("u.id")), Column("aid", ForeignKey("a.id")))
assoc.create(e)
with e.begin() as c:
    c.execute(assoc.insert(), [{"uid": 1, "aid": 20}, {"uid": 1, "aid": 33}, {"uid": 2, "aid": 33}])
U.many = relationship(
    TA,
    secondary=assoc,
    primaryjoin=U.id == assoc.c.uid,
    secondaryjoin=and_(assoc.c.aid == subq.c.id, subq.c.rn < 4),
    viewonly=True,
)
LOG.clear()
for rel in ("top", "tb", "many"):
    r = getattr(U, rel)
    for o in (joinedload, selectinload, lazyload, immediateload):
        ids(rel, o(r))
    ids(rel, joinedload(r, innerjoin=True))
    print(select(U).options(joinedload(r)))
    print(select(U).join(r))
    print(select(U).where(r.any()))
    print(select(U).options(joinedload(r)).limit(2))
    ua = aliased(U)
    print(select(ua).options(joinedload(getattr(ua, rel))))
    print(select(U).options(joinedload(U.reps).joinedload(r)))
    print(select(U).options(joinedload(r).joinedload(TA.u if rel != "tb" else TB.u)) if 0 else "")
    s.expunge_all()
    print(
        sorted(
            (u.id, sorted(a.id for v in u.reps for a in getattr(v, rel)))
            for u in s.scalars(select(U).options(joinedload(U.reps).joinedload(r))).unique()
        ),
        len(LOG),
    )
    LOG.clear()
