"""What join() takes, and what it refuses: a relationship says by itself what it joins on."""

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
cond = U.id == A.uid
aa = aliased(A)
J = [("join", lambda q, *a, **k: q.join(*a, **k)), ("outerjoin", lambda q, *a, **k: q.outerjoin(*a, **k))]
Q = [
    ("select", lambda: select(U)),
    ("query", lambda: s.query(U)),
    ("core", lambda: select(U.__table__)),
    ("selid", lambda: select(U.id)),
]
args = [
    ("relcond", (U.ads, cond)),
    ("relrel", (U.ads, U.ads)),
    ("relon kw", (U.ads,), dict(onclause=cond)),
    ("A cond", (A, cond)),
    ("A rel", (A, U.ads)),
    ("aa rel", (aa, U.ads)),
    ("aa.u", (aa.u,)),
    ("two rel", (U.ads, A.u)),
    ("str", ("ads",)),
    ("A text", (A, text("1=1"))),
    ("A true", (A, true())),
    ("A pyTrue", (A, True)),
    ("A None", (A, None)),
    ("int", (5,)),
    ("table", (A.__table__,)),
    ("table cond", (A.__table__, cond)),
    ("list", ([A, aa],)),
    ("noargs", ()),
    ("mgr", (U.mgr,)),
    ("of_type", (U.ads.of_type(aa),)),
    ("of_type cond", (U.ads.of_type(aa), cond)),
    ("and_", (U.ads.and_(A.id > 1),)),
    ("A and_", (A, U.ads.and_(A.id > 1))),
    ("aa and_", (aa, U.ads.and_(A.id > 1))),
    ("sub", (select(A).subquery(), cond)),
    ("lat", (lateral(select(A).where(A.uid == U.id)), true())),
    ("obj", (U(),)),
    ("wrong left", (A.u,)),
    ("cond first", (cond, A)),
    ("cond", (cond,)),
    ("bool kw", (A,), dict(isouter=True)),
    ("aliased kw", (U.ads,), dict(aliased=True)),
    ("from_joinpoint", (U.ads,), dict(from_joinpoint=True)),
    ("rel2rel", (A, U.mgr)),
]
for qn, mkq in Q:
    for jn, j in J:
        for a in args:
            if qn == "query" and a[0] in ("relrel", "two rel", "str", "aliased kw", "from_joinpoint"):
                continue
            print("==", qn, jn, a[0], end=" ")
            tr(lambda: print(str(j(mkq(), *a[1], **(a[2] if len(a) > 2 else {}))).replace("\n", " ")))
for qn, mkq in (("select", lambda: select(func.count())), ("selA", lambda: select(A.id))):
    for a in [
        ("u a", (U, A)),
        ("u a cond", (U, A, cond)),
        ("u rel", (U, U.ads)),
        ("u rel cond", (U, U.ads, cond)),
        ("a rel", (A, U.ads)),
        ("u a rel", (U, A, U.ads)),
        ("u aa rel", (U, aa, U.ads)),
        ("t t", (U.__table__, A.__table__)),
        ("t t cond", (U.__table__, A.__table__, cond)),
        ("u str", (U, "ads")),
        ("one", (U,)),
        ("int", (3, A)),
        ("u int", (U, 3)),
    ]:
        for n in ("join_from", "outerjoin_from"):
            print("==", qn, n, a[0], end=" ")
            tr(lambda: print(str(getattr(mkq(), n)(*a[1])).replace("\n", " ")))
for st in (update(U), delete(U), insert(U)):
    tr(lambda: st.join(A))
