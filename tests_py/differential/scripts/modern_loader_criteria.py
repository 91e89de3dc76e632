"""with_loader_criteria as it is executed: loads, get, count, DML, refresh, statements inside statements."""

# ruff: noqa: B006, E742, UP031, B008, B023, E402, E501, F401, F811, E701, E702, E711, E712, E721, E731, E741, F403, F405, I001, UP006, UP035, UP045
import warnings

warnings.simplefilter("ignore")
from oxalchemy import *
from oxalchemy.orm import *


class Base(DeclarativeBase):
    pass


class T(Base):
    __tablename__ = "t"
    id = mapped_column(Integer, primary_key=True)


class B(Base):
    __tablename__ = "b"
    id = mapped_column(Integer, primary_key=True)
    kind = mapped_column(String)
    t_id = mapped_column(ForeignKey("t.id"))
    t = relationship(T, backref="bs")
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "b"}


class S(B):
    __mapper_args__ = {"polymorphic_identity": "s"}


class J(B):
    __tablename__ = "j"
    id = mapped_column(ForeignKey("b.id"), primary_key=True)
    jv = mapped_column(Integer)
    __mapper_args__ = {"polymorphic_identity": "j"}


class JS(J):
    __mapper_args__ = {"polymorphic_identity": "js"}


T.ss = relationship(S, viewonly=True)
T.js = relationship(JS, viewonly=True)


class N(Base):
    __tablename__ = "n"
    id = mapped_column(Integer, primary_key=True)
    up_id = mapped_column(ForeignKey("n.id"))
    kind = mapped_column(String)
    up = relationship("N", remote_side=[id], backref="kids")
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "n"}


class M(N):
    __mapper_args__ = {"polymorphic_identity": "m"}


N.mup = relationship(M, primaryjoin=M.id == foreign(N.up_id), remote_side=N.id, viewonly=True)


class Mix:
    gone = mapped_column(Boolean)


class X(Mix, Base):
    __tablename__ = "x"
    id = mapped_column(Integer, primary_key=True)
    xs = relationship("Y", backref="x")


class Y(Mix, Base):
    __tablename__ = "y"
    id = mapped_column(Integer, primary_key=True)
    x_id = mapped_column(ForeignKey("x.id"))


sa = aliased(S)
na = aliased(N)
ma = aliased(M)
ba = aliased(B)
xa = aliased(X)


def w(q):
    return " ".join(str(q).split())


e = create_engine("sqlite://")
configure_mappers()
Base.metadata.create_all(e)
stm = []


@event.listens_for(e, "before_cursor_execute")
def f(conn, cur, st, p, c, m):
    stm.append(" ".join(st.split()) + " " + str(p))


with Session(e) as s:
    s.add_all(
        [
            T(id=1, bs=[B(id=1), S(id=2), J(id=3, jv=5)]),
            T(id=2, bs=[S(id=4)]),
            X(id=1, gone=False, xs=[Y(id=1, gone=True), Y(id=2, gone=False)]),
            X(id=2, gone=True, xs=[Y(id=3, gone=False)]),
        ]
    )
    s.commit()


def ids(x):
    return [i.id for i in x] if isinstance(x, list) else x and x.id


def go(name, f):
    with Session(e) as s:
        stm.clear()
        try:
            print(name, f(s))
        except Exception as ex:
            print(name, "!!", type(ex).__name__, str(ex)[:150])
        for x in stm:
            print("   ", x)


opts = {
    "B": with_loader_criteria(B, B.id > 1),
    "Bia": with_loader_criteria(B, B.id > 1, include_aliases=True),
    "S": with_loader_criteria(S, S.id > 2),
    "mix": with_loader_criteria(Mix, lambda c: c.gone == False),
    "mixia": with_loader_criteria(Mix, lambda c: c.gone == False, include_aliases=True),
    "Y": with_loader_criteria(Y, Y.gone == False),
    "lo": with_loader_criteria(B, B.id > 1, loader_only=True),
    "np": with_loader_criteria(B, B.id > 1, propagate_to_loaders=False),
    "T": with_loader_criteria(T, T.id > 1),
}
for n, o in opts.items():
    for ld in (lazyload, selectinload, joinedload):
        if n in ("mix", "mixia", "Y"):
            go(
                f"{n} {ld.__name__}",
                lambda s: [(x.id, ids(x.xs)) for x in s.scalars(select(X).options(ld(X.xs), o).order_by(X.id)).unique().all()],
            )
        else:
            go(
                f"{n} {ld.__name__}",
                lambda s: [(t.id, ids(t.bs)) for t in s.scalars(select(T).options(ld(T.bs), o).order_by(T.id)).unique().all()],
            )
            if ld is not joinedload:
                go(
                    f"{n} ss {ld.__name__}",
                    lambda s: [
                        (t.id, ids(t.ss)) for t in s.scalars(select(T).options(ld(T.ss), o).order_by(T.id)).unique().all()
                    ],
                )
    go(n + " m2o", lambda s: [(b.id, ids(b.t)) for b in s.scalars(select(B).options(o).order_by(B.id)).all()])
    go(n + " get", lambda s: (ids(s.get(B, 1, options=[o])), ids(s.get(B, 2, options=[o]))))
    go(
        n + " count",
        lambda s: (
            s.query(B).options(o).count(),
            s.query(Y).options(o).count(),
            s.query(S).options(o).count(),
            s.query(B.id).options(o).filter(B.id > 0).count(),
        ),
    )
    go(
        n + " upd",
        lambda s: (
            s.execute(update(B).values(t_id=B.t_id).options(o).execution_options(synchronize_session=False)).rowcount,
            s.execute(delete(Y).where(Y.id > 100).options(o)).rowcount,
        ),
    )
    go(
        n + " upd fetch",
        lambda s: s.execute(update(B).values(t_id=B.t_id).options(o).execution_options(synchronize_session="fetch")).rowcount,
    )

    def refresh(s):
        b = s.scalars(select(B).options(o).order_by(B.id)).first()
        s.expire(b)
        r = b.id
        s.refresh(b)
        return r, ids(b.t)

    go(n + " refresh", refresh)
    go(
        n + " exists",
        lambda s: (
            s.query(s.query(B).filter(B.id == 1).options(o).exists()).scalar(),
            s.query(T.id).filter(T.bs.any(B.id == 1)).options(o).all(),
            s.query(B).options(o).union(s.query(B)).count(),
            s.scalar(select(func.count()).select_from(select(B).subquery()).options(o)),
            s.scalars(select(B.id).from_statement(select(B)).options(o)).all() if 0 else "",
        ),
    )
