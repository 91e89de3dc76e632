"""Statements with options that meet instances the session has: what counts for their next access."""

from oxalchemy import ForeignKey, create_engine, event, select
from oxalchemy.orm import (
    DeclarativeBase,
    Load,
    Mapped,
    Session,
    aliased,
    defaultload,
    defer,
    joinedload,
    lazyload,
    mapped_column,
    noload,
    raiseload,
    relationship,
    selectinload,
)


class Base(DeclarativeBase):
    pass


class P(Base):
    __tablename__ = "p"
    id: Mapped[int] = mapped_column(primary_key=True)
    nm: Mapped[str]
    big: Mapped[str | None] = mapped_column(deferred=True)
    ks: Mapped[list["K"]] = relationship(order_by="K.id", back_populates="p")


class K(Base):
    __tablename__ = "k"
    id: Mapped[int] = mapped_column(primary_key=True)
    p_id: Mapped[int] = mapped_column(ForeignKey("p.id"))
    nm: Mapped[str]
    p: Mapped[P] = relationship(back_populates="ks")
    gs: Mapped[list["G"]] = relationship(order_by="G.id")


class G(Base):
    __tablename__ = "g"
    id: Mapped[int] = mapped_column(primary_key=True)
    k_id: Mapped[int] = mapped_column(ForeignKey("k.id"))


e = create_engine("sqlite://")
Base.metadata.create_all(e)
with Session(e) as s:
    s.add(P(id=1, nm="x", ks=[K(id=1, nm="a", gs=[G(id=1), G(id=2)]), K(id=2, nm="b", gs=[G(id=3)])]))
    s.commit()
log = []
event.listen(e, "before_cursor_execute", lambda c, cu, st, pa, ctx, m: log.append((" ".join(st.split()), pa)))
pa = aliased(P)
OPTIONS = {
    "none": [],
    "raise": [raiseload(P.ks)],
    "raisesql": [raiseload(P.ks, sql_only=True)],
    "raise*": [raiseload("*")],
    "Load(P).raise*": [Load(P).raiseload("*")],
    "lazy": [lazyload(P.ks)],
    "lazy.joined": [lazyload(P.ks).joinedload(K.gs)],
    "default.joined": [defaultload(P.ks).joinedload(K.gs)],
    "lazy.and": [lazyload(P.ks.and_(K.id == 1))],
    "noload": [noload(P.ks)],
    "joined": [joinedload(P.ks)],
    "selectin": [selectinload(P.ks)],
    "deferraise": [defer(P.nm, raiseload=True)],
    "deferbig": [defer(P.big, raiseload=True)],
}


def st(o):
    return sorted(k for k in o.__dict__ if k[0] != "_")


def ks(p):
    log.clear()
    try:
        r = [(k.id, st(k)) for k in p.ks]
    except Exception as ex:
        r = type(ex).__name__ + " " + str(ex).split("\n")[0]
    return (r, list(log))


def big(p):
    try:
        return p.big
    except Exception as ex:
        return type(ex).__name__ + " " + str(ex).split("\n")[0]


for a in OPTIONS:
    for b in OPTIONS:
        for how in ("again", "pe", "expire1", "expire2"):
            with Session(e) as s:
                try:
                    p = s.scalars(select(P).options(*OPTIONS[a])).unique().one()
                    if how == "expire1":
                        s.expire(p)
                    s.scalars(select(P).options(*OPTIONS[b]).execution_options(populate_existing=how == "pe")).unique().one()
                    if how == "expire2":
                        s.expire(p)
                        p.id
                    print(a, b, how, st(p))
                    print("   ", *ks(p), "" if "deferb" not in a + b else big(p))
                except Exception as ex:
                    print(a, b, how, type(ex).__name__, str(ex).split("\n")[0])
