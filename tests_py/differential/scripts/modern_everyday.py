"""Soft deletion, merges, detached instances, an audit, composite keys: everyday things."""

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
from oxalchemy.orm import with_loader_criteria


class SoftDel:
    deleted = mapped_column(Boolean, default=False)


class B(DeclarativeBase):
    pass


class Pa(SoftDel, B):
    __tablename__ = "pa"
    id = mapped_column(Integer, primary_key=True)
    n = mapped_column(String)
    ch = relationship("Ch", back_populates="pa", order_by="Ch.id")


class Ch(SoftDel, B):
    __tablename__ = "ch"
    id = mapped_column(Integer, primary_key=True)
    pid = mapped_column(ForeignKey("pa.id"))
    pa = relationship(Pa, back_populates="ch")
    n = mapped_column(String)


B.metadata.create_all(e)
s.add_all([Pa(id=1, n="a", ch=[Ch(id=1, n="x"), Ch(id=2, deleted=True, n="y")]), Pa(id=2, n="b", deleted=True, ch=[Ch(id=3)])])
s.commit()
LOG.clear()


@event.listens_for(s, "do_orm_execute")
def dox(st):
    if st.is_select and not st.execution_options.get("all") and not st.is_column_load and not st.is_relationship_load:
        st.statement = st.statement.options(with_loader_criteria(SoftDel, lambda c: c.deleted == False, include_aliases=True))


print([p.id for p in s.scalars(select(Pa))])
print([c.id for p in s.scalars(select(Pa)) for c in p.ch])
log()
for o in (joinedload, selectinload, subqueryload, immediateload):
    s.expunge_all()
    print(o.__name__, [(p.id, [c.id for c in p.ch]) for p in s.scalars(select(Pa).options(o(Pa.ch))).unique()])
LOG.clear()
al = aliased(Ch)
print(s.execute(select(Pa.id, al.id).outerjoin(al, Pa.ch)).all())
log()
print(s.query(Pa).filter(Pa.ch.any()).count())
log()
print(s.get(Pa, 2))
s.expunge_all()
print(s.get(Pa, 2), s.get(Pa, 1).ch[0].id)
log()
print(s.scalars(select(Ch).execution_options(all=True)).all().__len__())
s.execute(select(func.count()).select_from(Pa)).scalar()
log()
print(s.execute(select(Ch.n).join(Ch.pa)).all())
log()
print(s.execute(select(Pa).where(Pa.id.in_(select(Ch.pid)))).all().__len__())
log()
print(s.execute(union(select(Pa.id), select(Ch.id))).all())
log()
# merges
s.expunge_all()
m1 = s.merge(Pa(id=1, n="new", ch=[Ch(id=1, n="c1"), Ch(n="fresh")]))
print(s.dirty.__len__(), s.new.__len__())
s.flush()
log()
print([(c.id, c.n) for c in m1.ch])
s.rollback()
LOG.clear()
m2 = s.merge(Pa(id=1), load=True)
print(m2.n, inspect(m2).modified)
tr(lambda: s.merge(Pa(id=1), load=False))
det = s.get(Pa, 1)
det.ch
s.expunge_all()
m3 = s.merge(det, load=False)
print(m3 is det, len(m3.ch), inspect(m3).modified)
log()
# detached
s.expunge_all()
x = s.get(Pa, 1)
s.expunge(x)
tr(lambda: x.ch)
s.add(x)
print(len(x.ch))
s.close()
tr(lambda: x.n)
s.expire_on_commit = True
s.add(x)
s.commit()
s.expunge(x)
tr(lambda: x.n)
make_transient(x)


# audit
@event.listens_for(Session, "before_flush")
def bf(ss, ctx, inst):
    for o in ss.dirty:
        for a in inspect(o).attrs:
            h = a.history
            if h.has_changes():
                print(
                    "audit",
                    type(o).__name__,
                    a.key,
                    list(h.deleted) if a.key not in ("ch", "pa") else len(h.deleted),
                    list(h.added) if a.key not in ("ch", "pa") else len(h.added),
                )


s.close()
x = s.get(Pa, 1)
x.n = "zzz"
x.ch.append(Ch(id=77))
s.flush()
x.ch[0].n = "k"
x.n = "zzz"
s.flush()
s.rollback()
LOG.clear()


# schema translate
# composite pk & values
class CK(B):
    __tablename__ = "ck"
    a = mapped_column(Integer, primary_key=True)
    b = mapped_column(String, primary_key=True)
    v = mapped_column(Integer, server_default=text("7"), server_onupdate=FetchedValue())
    c = mapped_column(Integer, Computed("v*2"))


B.metadata.create_all(e, tables=[CK.__table__])
s.add_all([CK(a=1, b="x"), CK(a=1, b="y", v=3)])
s.flush()
LOG.clear()
print([(k.a, k.b, k.v, k.c) for k in s.scalars(select(CK).order_by(CK.b))])
k = s.get(CK, (1, "x"))
print(s.get(CK, {"a": 1, "b": "y"}).c, s.get(CK, (9, "q")))
k.v = 50
s.flush()
print(k.c)
k.b = "zz"
s.flush()
print(s.get(CK, (1, "zz")) is k)
log()
tr(lambda: s.get(CK, 1))
tr(lambda: s.get(CK, (1, 2, 3)))
tr(lambda: s.get(CK, {"a": 1}))
print(s.execute(select(CK).where(tuple_(CK.a, CK.b).in_([(1, "y"), (2, "z")]))).scalars().all().__len__())
LOG.clear()
# legacy Query
