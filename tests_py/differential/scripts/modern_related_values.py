"""Criteria about a related object take its values when they run, whatever became of the object."""
# ruff: noqa: E711, E741, E742, E743, F821, F841

import gc
import warnings

import oxalchemy as sa
from oxalchemy import orm

Base = orm.declarative_base()
m2 = sa.Table("m2", Base.metadata, sa.Column("p", sa.ForeignKey("p.id")), sa.Column("k", sa.ForeignKey("k.id")))


class P(Base):
    __tablename__ = "p"
    id = sa.Column(sa.Integer, primary_key=True)
    code = sa.Column(sa.String)
    n = sa.Column(sa.Integer)
    ks = orm.relationship("K", back_populates="p")
    mm = orm.relationship("K", secondary=m2, back_populates="pp")
    byc = orm.relationship("Q", primaryjoin="foreign(Q.pcode)==P.code", back_populates="p")
    one = orm.relationship("O", uselist=False)


class K(Base):
    __tablename__ = "k"
    id = sa.Column(sa.Integer, primary_key=True)
    pid = sa.Column(sa.ForeignKey("p.id"))
    p = orm.relationship("P", back_populates="ks")
    pp = orm.relationship("P", secondary=m2, back_populates="mm")


class Q(Base):
    __tablename__ = "q"
    id = sa.Column(sa.Integer, primary_key=True)
    pcode = sa.Column(sa.String)
    p = orm.relationship("P", primaryjoin="foreign(Q.pcode)==P.code", back_populates="byc")


class O(Base):
    __tablename__ = "o"
    id = sa.Column(sa.Integer, primary_key=True)
    pid = sa.Column(sa.ForeignKey("p.id"))


e = sa.create_engine("sqlite://")
Base.metadata.create_all(e)
with orm.Session(e, future=True) as s:
    k = K(id=1)
    s.add_all(
        [
            P(id=1, code="c1", ks=[k], mm=[k], one=O(id=1)),
            P(id=2, code="c2", ks=[K(id=2)]),
            Q(id=1, pcode="c1"),
            Q(id=2, pcode="c2"),
        ]
    )
    s.commit()
exprs = {
    "K.p==": lambda p: sa.select(K.id).where(K.p == p),
    "K.p!=": lambda p: sa.select(K.id).where(K.p != p),
    "Q.p==": lambda p: sa.select(Q.id).where(Q.p == p),
    "Q.p!=": lambda p: sa.select(Q.id).where(Q.p != p),
    "wp": lambda p: sa.select(K.id).where(orm.with_parent(p, P.ks)),
    "wpq": lambda p: sa.select(Q.id).where(orm.with_parent(p, P.byc)),
    "pp.contains": lambda p: sa.select(K.id).where(K.pp.contains(p)),
    "wpm": lambda p: sa.select(K.id).where(orm.with_parent(p, P.mm)),
    "not contains": lambda p: sa.select(K.id).where(~K.pp.contains(p)),
    "wp1": lambda p: sa.select(O.id).where(orm.with_parent(p, P.one)),
    "fb": lambda p: sa.select(K.id).filter_by(p=p),
    "any": lambda p: sa.select(P.id).where(P.ks.any(K.p == p)),
    "join": lambda p: sa.select(K.id).join(K.p).where(K.p == p),
    "alias": lambda p: (lambda a: sa.select(a.id).where(a.p == p))(orm.aliased(K)),
    "case": lambda p: sa.select(sa.case((K.p == p, 1), else_=0)).order_by(K.id),
    "or": lambda p: sa.select(K.id).where(sa.or_(K.p == p, K.id == 2)),
    "upd": lambda p: sa.update(K).where(K.p == p).values(pid=K.pid),
}


def mk(kind, s):
    if kind == "get":
        return s.get(P, 1)
    if kind == "transient":
        return P(id=1, code="c1")
    if kind == "noid":
        return P()
    if kind == "pendingnoid":
        p = P(n=1)
        s.add(p)
        return p
    if kind == "pending":
        p = P(id=9, code="c9")
        s.add(p)
        return p
    if kind == "expired":
        p = s.get(P, 1)
        s.expire(p)
        return p
    if kind == "detached":
        p = s.get(P, 1)
        s.expunge(p)
        return p
    if kind == "detached expired":
        p = s.get(P, 1)
        s.expire(p)
        s.expunge(p)
        return p
    if kind == "deleted":
        p = s.get(P, 1)
        p.ks = []
        p.mm = []
        s.delete(p)
        s.flush()
        return p
    if kind == "modified":
        p = s.get(P, 1)
        p.code = "c2"
        return p
    if kind == "none":
        return P(id=None, code=None)


after = {
    "nothing": lambda s, p: None,
    "drop": lambda s, p: None,
    "expire": lambda s, p: s.expire(p),
    "expunge": lambda s, p: s.expunge(p),
    "expire expunge": lambda s, p: (s.expire(p), s.expunge(p)),
    "change": lambda s, p: (setattr(p, "code", "c2"), setattr(p, "n", 5)),
    "rollback": lambda s, p: s.rollback(),
    "commit": lambda s, p: s.commit(),
    "commit close": lambda s, p: (s.commit(), s.close()),
    "changeid": lambda s, p: setattr(p, "id", 2),
    "chg expire": lambda s, p: (setattr(p, "code", "zz"), s.expire(p), s.expunge(p)),
    "delete": lambda s, p: (setattr(p, "ks", []), setattr(p, "mm", []), s.delete(p), s.flush()),
}
for kind in (
    "get",
    "transient",
    "noid",
    "pending",
    "pendingnoid",
    "expired",
    "detached",
    "detached expired",
    "deleted",
    "modified",
    "none",
):
    for en, ex in exprs.items():
        for an, af in after.items():
            if an not in ("nothing", "drop") and en not in ("K.p==", "Q.p==", "wpq", "K.p!="):
                continue
            if kind in ("noid", "pendingnoid", "expired", "detached expired", "none") and en == "upd":
                continue
            s = orm.Session(e, future=True, autoflush=False)
            try:
                with warnings.catch_warnings(record=True) as w:
                    warnings.simplefilter("always")
                    p = mk(kind, s)
                    st = ex(p)
                    af(s, p)
                    if an == "drop":
                        del p
                        gc.collect()
                    r = s.execute(st)
                    r = r.scalars().all() if en != "upd" else r.rowcount
                    r = (r, [str(x.message)[:60] for x in w])
            except Exception as exx:
                r = (
                    type(exx).__name__,
                    str(exx).split("\n")[0].split(" at 0x")[0][:100],
                    str(exx).split("; ")[-1][:70].split(chr(10))[0],
                )
            print(kind, "|", en, "|", an, "|", *r)
            s.rollback()
            s.close()
