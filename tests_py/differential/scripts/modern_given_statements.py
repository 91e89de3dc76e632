"""Eager loads of statements that were given: whose rows need unique()."""

from oxalchemy import ForeignKey, create_engine, select, text
from oxalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    contains_eager,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
    subqueryload,
)


class Base(DeclarativeBase):
    pass


class P(Base):
    __tablename__ = "p"
    id: Mapped[int] = mapped_column(primary_key=True)
    nm: Mapped[str]
    ks: Mapped[list["K"]] = relationship(order_by="K.id")


class K(Base):
    __tablename__ = "k"
    id: Mapped[int] = mapped_column(primary_key=True)
    p_id: Mapped[int] = mapped_column(ForeignKey("p.id"))
    p: Mapped[P] = relationship(viewonly=True)


e = create_engine("sqlite://")
Base.metadata.create_all(e)
with Session(e) as s:
    s.add(P(id=1, nm="a", ks=[K(id=1), K(id=2)]))
    s.commit()


def step(n, f):
    with Session(e) as s:
        try:
            print(n, f(s))
        except Exception as ex:
            print(n, type(ex).__name__, str(ex)[:150])


inner = select(P, K).join(P.ks)


def st(r):
    return [(x.id, [k.id for k in x.ks]) for x in r]


step("fs ce", lambda s: st(s.scalars(select(P).options(contains_eager(P.ks)).from_statement(inner)).all()))
step("fs ce unique", lambda s: st(s.scalars(select(P).options(contains_eager(P.ks)).from_statement(inner)).unique().all()))
step("fs joined", lambda s: st(s.scalars(select(P).options(joinedload(P.ks)).from_statement(inner)).unique().all()))
step(
    "fs text",
    lambda s: st(
        s.scalars(
            select(P)
            .options(contains_eager(P.ks))
            .from_statement(text("select p.id,p.nm,k.id,k.p_id from p join k on p.id=k.p_id").columns(P.id, P.nm, K.id, K.p_id))
        ).all()
    ),
)
step("q fs", lambda s: st(s.query(P).options(contains_eager(P.ks)).from_statement(inner).all()))
step("ce m2o", lambda s: [(k.id, k.p.id) for k in s.scalars(select(K).join(K.p).options(contains_eager(K.p))).all()])
step("joined m2o", lambda s: [(k.id, k.p.id) for k in s.scalars(select(K).options(joinedload(K.p))).all()])
step("fs selectin", lambda s: st(s.scalars(select(P).options(selectinload(P.ks)).from_statement(text("select * from p"))).all()))
step("fs subq", lambda s: st(s.scalars(select(P).options(subqueryload(P.ks)).from_statement(text("select * from p"))).all()))
