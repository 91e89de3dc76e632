"""Lazy loads of targets with eager loads of their own; refreshes that lead back."""

from oxalchemy import ForeignKey, create_engine, event, select
from oxalchemy.orm import DeclarativeBase, Mapped, Session, lazyload, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class P(Base):
    __tablename__ = "p"
    id: Mapped[int] = mapped_column(primary_key=True)
    ks: Mapped[list["K"]] = relationship(back_populates="p", lazy="joined")
    es: Mapped[list["E"]] = relationship(lazy="selectin", back_populates="p")
    fs: Mapped[list["F"]] = relationship(back_populates="p")


class K(Base):
    __tablename__ = "k"
    id: Mapped[int] = mapped_column(primary_key=True)
    p_id: Mapped[int] = mapped_column(ForeignKey("p.id"))
    p: Mapped[P] = relationship(back_populates="ks")


class E(Base):
    __tablename__ = "e"
    id: Mapped[int] = mapped_column(primary_key=True)
    p_id: Mapped[int] = mapped_column(ForeignKey("p.id"))
    p: Mapped[P] = relationship(back_populates="es")


class F(Base):
    __tablename__ = "f"
    id: Mapped[int] = mapped_column(primary_key=True)
    p_id: Mapped[int] = mapped_column(ForeignKey("p.id"))
    p: Mapped[P] = relationship(back_populates="fs", lazy="joined")


class N(Base):
    __tablename__ = "n"
    id: Mapped[int] = mapped_column(primary_key=True)
    up_id: Mapped[int | None] = mapped_column(ForeignKey("n.id"))
    up: Mapped["N | None"] = relationship(remote_side=[id], back_populates="down", lazy="joined", join_depth=2)
    down: Mapped[list["N"]] = relationship(back_populates="up", order_by=id)


class M(Base):
    __tablename__ = "m"
    id: Mapped[int] = mapped_column(primary_key=True)
    up_id: Mapped[int | None] = mapped_column(ForeignKey("m.id"))
    up: Mapped["M | None"] = relationship(remote_side=[id], back_populates="down")
    down: Mapped[list["M"]] = relationship(back_populates="up", order_by=id, lazy="joined", join_depth=2)


e = create_engine("sqlite://")
Base.metadata.create_all(e)
with Session(e) as s:
    s.add(P(id=1, ks=[K(id=1), K(id=2)], es=[E(id=1)], fs=[F(id=1), F(id=2)]))
    s.add_all([N(id=i, up_id=i - 1 or None) for i in range(1, 6)])
    s.add_all([M(id=i, up_id=i // 2 or None) for i in range(1, 8)])
    s.commit()
log = []
event.listen(e, "before_cursor_execute", lambda c, cu, st, pa, ctx, m: log.append((" ".join(st.split()), pa)))


def st(o):
    return sorted(k for k in o.__dict__ if k[0] != "_") if o is not None else None


def step(n, f):
    log.clear()
    with Session(e) as s:
        try:
            print(n, f(s))
        except Exception as ex:
            print(n, type(ex).__name__, str(ex))
        for line in log:
            print("     ", line)


step("k.p", lambda s: st(s.get(K, 1).p))
step("e.p", lambda s: st(s.get(E, 1).p))
step("f.p", lambda s: st(s.get(F, 1).p))
step("f.p lazy", lambda s: st(s.get(F, 1, options=[lazyload(F.p)]).p))
step("p.fs", lambda s: [st(f) for f in s.get(P, 1).fs])
step("p.fs,p", lambda s: [st(f.p) for f in s.get(P, 1).fs])
step("n5.up", lambda s: [st(s.get(N, 5)), st(s.get(N, 5).up.up.up)])
step("n5.up lazy", lambda s: st(s.get(N, 5, options=[lazyload(N.up)]).up))
step("n2.down", lambda s: [st(x) for x in s.get(N, 2).down])
step("n2.down.joined", lambda s: [st(x) for x in s.get(N, 2, options=[lazyload(N.down).joinedload(N.down)]).down])
step("m7.up", lambda s: st(s.get(M, 7).up))
step("m1", lambda s: [st(d) for d in s.get(M, 1).down])
step("m1 lazy", lambda s: [st(d) for d in s.get(M, 1, options=[lazyload(M.down)]).down])
step("m1 deep", lambda s: [[[st(y) for y in x.down] for x in d.down] for d in s.get(M, 1).down])
step("k.p opts", lambda s: st(s.scalars(select(K).where(K.id == 1).options(lazyload(K.p).joinedload(P.ks))).one().p))
step("k.p opts2", lambda s: st(s.scalars(select(K).where(K.id == 1).options(lazyload(K.p).lazyload(P.ks))).one().p))
step("k refresh", lambda s: (lambda k: (k.p, s.refresh(k), st(k))[2])(s.get(K, 1)))
step("p refresh", lambda s: (lambda k: (k.fs, s.refresh(k), st(k), [st(f) for f in k.fs])[2:])(s.get(P, 1)))
step("f expire", lambda s: (lambda k: (k.p, s.expire(k), k.id, st(k))[2:])(s.get(F, 1)))
step("p refresh fs", lambda s: (lambda k: (k.fs, s.refresh(k, ["fs"]), st(k))[2:])(s.get(P, 1)))
step("p refresh es,ks", lambda s: (lambda k: (k.fs, s.refresh(k, ["es", "ks"]), st(k))[2:])(s.get(P, 1)))
