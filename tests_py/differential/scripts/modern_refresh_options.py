"""Loader options after a refresh: which stay with an instance, what they load again, in which statements."""

from oxalchemy import ForeignKey, create_engine, event, select
from oxalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    contains_eager,
    defaultload,
    defer,
    immediateload,
    joinedload,
    lazyload,
    load_only,
    mapped_column,
    noload,
    raiseload,
    relationship,
    selectinload,
    subqueryload,
    undefer,
    undefer_group,
)


class Base(DeclarativeBase):
    pass


class P(Base):
    __tablename__ = "p"
    id: Mapped[int] = mapped_column(primary_key=True)
    nm: Mapped[str]
    big: Mapped[str | None] = mapped_column(deferred=True, deferred_group="g")
    big2: Mapped[str | None] = mapped_column(deferred=True, deferred_group="g")
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
    s.add(P(id=2, nm="y", ks=[K(id=3, nm="c")]))
    s.commit()
log = []
event.listen(e, "before_cursor_execute", lambda c, cu, st, pa, ctx, m: log.append((" ".join(st.split()), pa)))
ka, pa = (aliased(K), aliased(P))


def opts():
    return {
        "none": (select(P), []),
        "ce": (select(P).join(P.ks).where(K.id == 1), [contains_eager(P.ks)]),
        "ce alias": (select(P).join(P.ks.of_type(ka)).where(ka.id == 1), [contains_eager(P.ks.of_type(ka))]),
        "ce alias=": (select(P).join(ka, P.ks).where(ka.id == 1), [contains_eager(P.ks, alias=ka)]),
        "ce.joined": (select(P).join(P.ks).where(K.id == 1), [contains_eager(P.ks).joinedload(K.gs)]),
        "ce.selectin": (select(P).join(P.ks).where(K.id == 1), [contains_eager(P.ks).selectinload(K.gs)]),
        "ce alias.selectin": (
            select(P).join(P.ks.of_type(ka)).where(ka.id == 1),
            [contains_eager(P.ks.of_type(ka)).selectinload(ka.gs)],
        ),
        "ce.load_only": (select(P).join(P.ks).where(K.id == 1), [contains_eager(P.ks).load_only(K.nm)]),
        "joined alias": (select(P), [joinedload(P.ks.of_type(ka))]),
        "joined alias.sub": (select(P), [joinedload(P.ks.of_type(ka)).joinedload(ka.gs)]),
        "selectin alias": (select(P), [selectinload(P.ks.of_type(ka)).joinedload(ka.gs)]),
        "lazy alias": (select(P), [lazyload(P.ks.of_type(ka)).joinedload(ka.gs)]),
        "joined and": (select(P), [joinedload(P.ks.and_(K.id == 1))]),
        "selectin and": (select(P), [selectinload(P.ks.and_(K.id == 1))]),
        "lazy and": (select(P), [lazyload(P.ks.and_(K.id == 1))]),
        "load_only": (select(P), [load_only(P.big)]),
        "defer": (select(P), [defer(P.nm)]),
        "undefer": (select(P), [undefer(P.big)]),
        "undefer_group": (select(P), [undefer_group("g")]),
        "defer raise": (select(P), [defer(P.nm, raiseload=True)]),
        "raise*": (select(P), [raiseload("*")]),
        "lazy*": (select(P), [lazyload("*")]),
        "selectin*": (select(P), [selectinload("*")]),
        "joined*": (select(P), [joinedload("*")]),
        "root alias": (select(pa), [joinedload(pa.ks)]),
        "root alias load_only": (
            select(pa),
            [load_only(pa.nm).selectinload(pa.ks) if hasattr(load_only(pa.nm), "selectinload") else load_only(pa.nm)],
        ),
        "immediate": (select(P), [immediateload(P.ks).joinedload(K.gs)]),
        "subq": (select(P), [subqueryload(P.ks).joinedload(K.gs)]),
        "noload": (select(P), [noload(P.ks)]),
        "default.joined": (select(P), [defaultload(P.ks).joinedload(K.gs)]),
    }


def st(o):
    return sorted(k for k in o.__dict__ if k[0] != "_")


def ks(p):
    try:
        return [(k.id, st(k), [g.id for g in k.gs]) for k in p.ks]
    except Exception as ex:
        return type(ex).__name__ + " " + str(ex).split("\n")[0]


for n in opts():
    for how in (
        "expire",
        "refresh",
        "refresh nm",
        "refresh ks",
        "refresh lock",
        "expire ks",
        "expire nm",
        "expire child",
        "get pe",
        "big",
    ):
        with Session(e) as s:
            q, o = opts()[n]
            try:
                p = s.scalars(q.options(*o)).unique().first()
                first = st(p)
                log.clear()
                if how == "expire":
                    s.expire(p)
                    p.id
                elif how == "refresh":
                    s.refresh(p)
                elif how == "refresh nm":
                    s.refresh(p, ["nm"])
                elif how == "refresh ks":
                    s.refresh(p, ["ks"])
                elif how == "refresh lock":
                    s.refresh(p, with_for_update=True)
                elif how == "expire ks":
                    s.expire(p, ["ks"])
                    p.ks
                elif how == "expire nm":
                    s.expire(p, ["nm"])
                    p.nm
                elif how == "expire child":
                    k = p.ks[0]
                    s.expire(k)
                    k.nm
                elif how == "get pe":
                    s.get(P, 1, populate_existing=True)
                elif how == "big":
                    p.big
                print(n, "|", how, "|", first, st(p))
                r = ks(p)
                print("   ", r)
            except Exception as ex:
                print(n, "|", how, "!!", type(ex).__name__, str(ex).split("\n")[0])
            for line in log:
                print("      ", line)
