"""Pickling and copying of instances in their states, with options and collections; rows and MetaData."""

# ruff: noqa: F403, F405, F401, UP006, UP007, UP035, UP045, E701, E702, E731, F841, B023, B008, E741, E743, F811 - written for what it prints
import copy
import pickle
import sys
from typing import *

import oxalchemy.exc as sa_exc
from oxalchemy import *
from oxalchemy.ext.associationproxy import association_proxy
from oxalchemy.ext.hybrid import hybrid_property
from oxalchemy.ext.mutable import MutableDict, MutableList
from oxalchemy.ext.orderinglist import ordering_list
from oxalchemy.orm import *
from oxalchemy.orm import attribute_keyed_dict, attribute_mapped_collection


class Base(DeclarativeBase):
    pass


def rt(x):
    return pickle.loads(pickle.dumps(x))


m2m = Table("m2m", Base.metadata, Column("p", ForeignKey("p.id")), Column("g", ForeignKey("g.id")))


class P(Base):
    __tablename__ = "p"
    id: Mapped[int] = mapped_column(primary_key=True)
    nm: Mapped[Optional[str]]
    js: Mapped[Optional[dict]] = mapped_column(MutableDict.as_mutable(JSON))
    dfr: Mapped[Optional[str]] = mapped_column(deferred=True)
    ks: Mapped[List["K"]] = relationship(back_populates="p", order_by="K.pos", collection_class=ordering_list("pos"))
    kd: Mapped[Dict[str, "K"]] = relationship(collection_class=attribute_keyed_dict("nm"), viewonly=True)
    gs: Mapped[Set["G"]] = relationship(secondary=m2m, back_populates="ps")
    dyn: DynamicMapped["K"] = relationship(viewonly=True)
    wo: WriteOnlyMapped["K"] = relationship(viewonly=True)
    nms = association_proxy("ks", "nm")
    t: Mapped[str] = mapped_column(default="p")
    __mapper_args__ = {"polymorphic_on": "t", "polymorphic_identity": "p"}


class Q(P):
    __tablename__ = "q"
    id: Mapped[int] = mapped_column(ForeignKey("p.id"), primary_key=True)
    extra: Mapped[Optional[int]]
    __mapper_args__ = {"polymorphic_identity": "q"}


class K(Base):
    __tablename__ = "k"
    id: Mapped[int] = mapped_column(primary_key=True)
    p_id: Mapped[Optional[int]] = mapped_column(ForeignKey("p.id"))
    nm: Mapped[str]
    pos: Mapped[Optional[int]]
    p: Mapped[Optional[P]] = relationship(back_populates="ks")


class G(Base):
    __tablename__ = "g"
    id: Mapped[int] = mapped_column(primary_key=True)
    ps: Mapped[List[P]] = relationship(secondary=m2m, back_populates="gs")


e = create_engine("sqlite://")
Base.metadata.create_all(e)


def fresh():
    Base.metadata.drop_all(e)
    Base.metadata.create_all(e)
    s = Session(e)
    s.add_all(
        [P(id=1, nm="a", js={"x": 1}, dfr="d", ks=[K(id=1, nm="k1"), K(id=2, nm="k2")], gs={G(id=1)}), Q(id=2, nm="b", extra=5)]
    )
    s.commit()
    s.close()
    return s


def step(f):
    try:
        print(f.__name__, "->", f())
    except BaseException as ex:
        print(f.__name__, "!!", type(ex).__name__, str(ex).split("\n")[0][:260])
    return f


def keys(o):
    return sorted(k for k in o.__dict__ if k[0] != "_")


@step
def transient():
    p = P(id=1, nm="x", ks=[K(nm="q")])
    q = rt(p)
    i = inspect(q)
    return keys(q), i.transient, q.ks[0].p is q, list(q.nms), i.modified, i.attrs.nm.history, type(q.ks).__name__


@step
def persistent():
    s = fresh()
    p = s.get(P, 1)
    p.ks
    p.gs
    p.kd
    q = rt(p)
    i = inspect(q)
    s2 = Session(e)
    s2.add(q)
    r = (i.persistent, q.dfr, [k.nm for k in q.ks], sorted(q.kd), len(q.gs), i.identity, i.modified, q.js)
    q.js["y"] = 2
    return r, i.modified, q in s2.dirty


@step
def expired():
    s = fresh()
    p = s.get(P, 1)
    s.expire(p, ["nm"])
    q = rt(p)
    s.expire(p)
    z = rt(p)
    r = (keys(q), sorted(inspect(q).expired_attributes), keys(z), inspect(z).expired)
    try:
        z.nm
    except Exception as x:
        r += (type(x).__name__,)
    s2 = Session(e)
    s2.add(z)
    return r, z.nm


@step
def pending_deleted():
    s = fresh()
    n = K(nm="z")
    s.add(n)
    q = rt(n)
    p = s.get(P, 2)
    s.delete(p)
    s.flush()
    d = rt(p)
    return inspect(q).transient, inspect(d).detached, inspect(d).deleted, inspect(d).was_deleted, keys(d)


@step
def modified():
    s = fresh()
    p = s.get(P, 1)
    p.nm = "new"
    p.ks.append(K(nm="k3"))
    del p.js["x"]
    q = rt(p)
    i = inspect(q)
    return i.modified, tuple(i.attrs.nm.history), len(i.attrs.ks.history.added), [k.nm for k in q.ks]


@step
def options():
    s = fresh()
    r = []
    for opts in (
        [selectinload(P.ks)],
        [joinedload(P.ks).joinedload(K.p)],
        [lazyload(P.ks).selectinload(K.p)],
        [defer(P.nm)],
        [undefer(P.dfr)],
        [load_only(P.nm)],
        [selectinload(P.ks), raiseload("*")],
        [noload(P.gs)],
        [subqueryload(P.ks).load_only(K.nm)],
        [defaultload(P.ks).defer(K.nm)],
        [lazyload("*")],
        [undefer_group("x")],
        [Load(P).joinedload(P.gs)],
        [joinedload(P.ks.and_(K.nm == "k2"))],
        [with_expression(P.nm, literal("z"))] if False else [],
    ):
        p = s.scalars(select(P).where(P.id == 1).options(*opts)).unique().one()
        s.close()
        try:
            q = rt(p)
            s2 = Session(e)
            s2.add(q)
            s2.expire(q, ["ks"]) if "ks" in q.__dict__ else None
        except Exception as x:
            r.append((type(x).__name__, str(x)[:80]))
            s2.close()
            continue
        try:
            r.append((keys(q), [k.nm for k in q.ks], [sorted(k.__dict__)[-1] for k in q.ks][:1]))
        except Exception as x:
            r.append((type(x).__name__, str(x)[:80]))
        s2.close()
    return "\n   ".join(map(str, r))


@step
def rows():
    s = fresh()
    r = []
    for st in (
        select(P.id, P.nm),
        select(P),
        select(P.id.label("x"), K.nm).join(K, K.p_id == P.id),
        select(func.count().label("c")),
        text("select id, nm from p"),
        select(P, K).join(P.ks),
    ):
        row = s.execute(st).first()
        s.close()
        q = rt(row)
        r.append(
            (
                type(q).__name__,
                q._fields,
                q._mapping.keys() and list(q._mapping.keys()),
                len(q),
                q == row if not isinstance(row[0], P) else type(q[0]).__name__,
                copy.copy(row) == row,
                hash(q) == hash(row) if not isinstance(row[0], P) else 0,
            )
        )
    with e.connect() as c:
        row = c.execute(select(P.__table__.c.id, P.__table__.c.nm)).first()
        q = rt(row)
        r.append((q.id, q.nm, q._mapping["id"], type(q).__name__))
    return "\n   ".join(map(str, r))


@step
def metadata_():
    m = rt(Base.metadata)
    r = [
        sorted(m.tables),
        m.tables["k"].c.p_id.foreign_keys and list(m.tables["k"].c.p_id.foreign_keys)[0].column is m.tables["p"].c.id,
        repr(m.tables["p"].c.nm.type),
        m.tables["p"].primary_key.columns.keys(),
        len(m.sorted_tables),
    ]
    e2 = create_engine("sqlite://")
    m.create_all(e2)
    d = copy.deepcopy(Base.metadata) if False else None
    return r


@step
def copies():
    s = fresh()
    p = s.get(P, 1)
    p.ks
    c = copy.copy(p)
    r = [c is p, inspect(c) is inspect(p) if hasattr(c, "_sa_instance_state") else "nostate"]
    try:
        d = copy.deepcopy(P(nm="x", ks=[K(nm="z")]))
        r += [d.nm, d.ks[0].p is d, inspect(d).transient]
    except Exception as x:
        r.append((type(x).__name__, str(x)[:100]))
    r += [
        copy.copy(p.ks) == list(p.ks),
        type(copy.copy(p.ks)).__name__,
        type(copy.copy(p.gs)).__name__,
        type(copy.copy(p.kd)).__name__,
        type(pickle.loads(pickle.dumps(p.ks))).__name__,
    ]
    return r


@step
def sub_inst():
    s = fresh()
    q = s.get(P, 2)
    z = rt(q)
    s2 = Session(e)
    s2.add(z)
    return type(z).__name__, z.extra, z.nm, rt([q, q, q])[0] is rt([q, q])[0], (lambda l: l[0] is l[1])(rt([q, q]))


@step
def state():
    s = fresh()
    p = s.get(P, 1)
    i = inspect(p)
    z = rt(i)
    return type(z).__name__, z.key, z.obj() is None, z.class_.__name__


@step
def dynwo():
    s = fresh()
    p = s.get(P, 1)
    p.dyn
    p.wo
    q = rt(p)
    s2 = Session(e)
    s2.add(q)
    return q.dyn.count(), len(s2.scalars(q.wo.select()).all())
