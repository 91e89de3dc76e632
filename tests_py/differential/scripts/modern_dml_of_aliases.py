"""UPDATE and DELETE of an alias: which loaded instances follow."""

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
ua = aliased(U)
aa = aliased(A)
for sync in ("auto", "evaluate", "fetch", False):
    for al in (A, aa):
        s.rollback()
        s.expunge_all()
        xs = s.scalars(select(A).where(A.uid == 2)).all()
        LOG.clear()
        tr(lambda: s.execute(delete(al).where(al.id < 22), execution_options={"synchronize_session": sync}) and None)
        print(sync, al is A, [inspect(x).persistent for x in xs], [inspect(x).deleted for x in xs], len(s.identity_map))
        log()
        s.rollback()
        s.expunge_all()
        xs = s.scalars(select(A).where(A.uid == 2)).all()
        LOG.clear()
        tr(
            lambda: (
                s.execute(update(al).where(al.id < 22).values(email="zz"), execution_options={"synchronize_session": sync})
                and None
            )
        )
        print(sync, al is A, [inspect(x).dict.get("email") for x in xs])
        log()
        s.rollback()
        s.expunge_all()
        xs = s.scalars(select(A).where(A.uid == 2)).all()
        LOG.clear()
        tr(lambda: s.query(al).filter(al.id < 22).delete(sync or False))
        print(sync, al is A, [inspect(x).persistent for x in xs], [inspect(x).deleted for x in xs])
        log()
aa = aliased(A)


def go(name, st, **opt):
    s.rollback()
    s.expunge_all()
    xs = s.scalars(select(A).where(A.uid == 2)).all()
    LOG.clear()
    print("--", name)

    def f():
        r = s.execute(st, execution_options=opt)
        if r.returns_rows:
            print(r.all())

    tr(f)
    print([inspect(x).persistent for x in xs], [inspect(x).dict.get("email") for x in xs])
    log()


go("upd from", update(aa).where(aa.id < 22).values(email="q"), synchronize_session="fetch", is_update_from=True)
go("nowhere", delete(aa))
go("nowhere upd", update(aa).values(email="q"))
go("nowhere eval", delete(aa), synchronize_session="evaluate")
go("nowhere upd eval", update(aa).values(email="q"), synchronize_session="evaluate")
