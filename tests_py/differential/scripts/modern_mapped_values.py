"""Mapped instances and FROM elements are no values; what relationships can be compared with."""

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
u = U(id=5)
P = lambda n, f: (print("==", n, end=" "), tr(lambda: print(str(f()).replace("\n", " "))))
P(1, lambda: select(U).where(U.id == u))
P(2, lambda: select(U).where(u == U.id))
P(3, lambda: U.id != u)
P(4, lambda: U.id.in_([u]))
P(5, lambda: U.id > u)
P(6, lambda: U.id + u)
P(7, lambda: U.__table__.c.id == u)
P(8, lambda: U.id == object())
P(9, lambda: U.id == [1])
P(10, lambda: U.id == {})
P(11, lambda: U.id == U)
P(12, lambda: U.id == U.__table__)
P(13, lambda: U.id == select(U.id))
P(14, lambda: U.id == U.ads)
P(15, lambda: U.id == text("x"))
for op in (
    "__gt__",
    "__lt__",
    "__ge__",
    "__le__",
    "__add__",
    "__sub__",
    "__mul__",
    "__mod__",
    "__and__",
    "__or__",
    "__invert__",
    "__neg__",
    "__contains__",
    "__getitem__",
    "__eq__",
    "__ne__",
    "__lshift__",
    "__rshift__",
    "__truediv__",
    "__floordiv__",
):
    for r in (U.ads, U.mgr):
        for v in (1, u, None, U.id, A, [u], "x"):
            P((op, r.key, type(v).__name__), lambda: getattr(r, op)(*(() if op in ("__invert__", "__neg__") else (v,))))
for m in (
    "in_",
    "not_in",
    "is_",
    "like",
    "ilike",
    "contains",
    "startswith",
    "between",
    "has",
    "any",
    "asc",
    "desc",
    "op",
    "concat",
    "distinct",
    "collate",
    "match",
    "is_distinct_from",
):
    for r in (U.ads, U.mgr):
        for v in ((1,), (u,), (None,), ([u],), (U.id == 1,)):
            if m in ("asc", "desc", "distinct"):
                v = ()
            if m == "between":
                v = (1, 2)
            P((m, r.key, [type(x).__name__ for x in v]), lambda: getattr(r, m)(*v))
import operator

for op in (operator.gt, operator.lt, operator.add):
    P(op.__name__, lambda: op(U.ads, 1))
    P(op.__name__, lambda: op(1, U.ads))
P("neg", lambda: -U.ads)
P("inv", lambda: ~U.ads)
t = U.__table__
for st in (update(t), insert(t), update(U), insert(U)):
    for v in (t, A.__table__, A.id, select(A.id), 1, None):
        P((type(st).__name__, str(v)[:20]), lambda: st.values(name=v))
t = U.__table__
for n, f in dict(
    a=lambda: insert(t).values(),
    b=lambda: insert(t).values({}),
    c=lambda: insert(t).values([]),
    d=lambda: insert(U).values({}),
    e=lambda: insert(t),
    f=lambda: insert(t).values({U.ads: 1}),
    g=lambda: t.insert().values({}).compile(dialect=e.dialect),
    h=lambda: func.foo(U(id=1)),
    i=lambda: case((U.id == 1, U(id=2)), else_=1),
    j=lambda: select(U(id=1)),
    k=lambda: func.coalesce(U.id, U(id=3)),
    l=lambda: literal(U(id=4)),
    m=lambda: U.id.between(U(), 3),
    o=lambda: and_(U(), True),
    p=lambda: or_(U.id == 1, U()),
    q=lambda: not_(U()),
    r=lambda: cast(U(), Integer),
    s=lambda: select(U).where(U()),
    t=lambda: select(U).order_by(U()),
    u=lambda: select(U).group_by(U()),
    v=lambda: select(U).filter_by(id=U()),
    w=lambda: select(U).filter_by(mgr=3),
    x=lambda: select(U).filter_by(ads=U()),
    y=lambda: select(A).filter_by(uid=U()),
    z=lambda: bindparam("x", U()),
).items():
    print("==", n, end=" ")
    tr(lambda: print(f()))
tr(lambda: s.execute(select(U).where(U.id == bindparam("q")), {"q": U(id=1)}))
tr(lambda: s.get(U, U(id=1)))
tr(lambda: s.scalars(select(U).where(U.mgr != s.get(U, 1)).order_by(U.id)).all().__len__())
