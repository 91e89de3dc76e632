"""Instances travel through pickle with their collections, backrefs and proxies."""
# ruff: noqa: E711, E741, E742, E743, F821, F841

import copy
import pickle

import oxalchemy as sa
from oxalchemy import orm
from oxalchemy.ext.associationproxy import association_proxy
from oxalchemy.ext.mutable import MutableDict
from oxalchemy.orm.collections import attribute_mapped_collection

Base = orm.declarative_base()


def mkd(k, v):
    return D(n=k)


def mks(n):
    return S(n=n)


class MyList(list):
    def extra(self):
        return len(self)


class P(Base):
    __tablename__ = "p"
    id = sa.Column(sa.Integer, primary_key=True)
    d = sa.Column(MutableDict.as_mutable(sa.PickleType))
    ks = orm.relationship("K", back_populates="p")
    ss = orm.relationship("S", collection_class=set, back_populates="p")
    ds = orm.relationship("D", collection_class=attribute_mapped_collection("n"), back_populates="p")
    ml = orm.relationship("M", collection_class=MyList, back_populates="p")
    un = orm.relationship("U")
    kn = association_proxy("ks", "n")
    sn = association_proxy("ss", "n", creator=mks)
    dn = association_proxy("ds", "n", creator=mkd)
    self_id = sa.Column(sa.ForeignKey("p.id"))
    children = orm.relationship("P", backref=orm.backref("parent", remote_side=[id]))


def mkc(name, br=True):
    d = dict(
        __tablename__=name.lower(),
        id=sa.Column(sa.Integer, primary_key=True),
        pid=sa.Column(sa.ForeignKey("p.id")),
        n=sa.Column(sa.String),
    )
    if br:
        d["p"] = orm.relationship("P", back_populates={"K": "ks", "S": "ss", "D": "ds", "M": "ml"}[name])
    globals()[name] = type(name, (Base,), d)


for n in "KSDM":
    mkc(n)
mkc("U", False)
e = sa.create_engine("sqlite://")
Base.metadata.create_all(e)


def mk():
    return P(d={"a": 1}, ks=[K(n="k1"), K(n="k2")], ss={S(n="s")}, ds={"x": D(n="x")}, ml=MyList([M(n="m")]), children=[P(), P()])


def chk(q, n):
    print(
        n,
        [k.n for k in q.ks],
        [s.n for s in q.ss],
        {k: v.n for k, v in q.ds.items()},
        [m.n for m in q.ml],
        type(q.ml).__name__,
        type(q.ss).__name__,
        type(q.ds).__name__,
        len(q.children),
        list(q.kn),
        list(q.sn),
        dict(q.dn),
        q.ks[0].p is q,
        list(q.ss)[0].p is q,
        q.ds["x"].p is q,
        q.children[0].parent is q,
        len(q.un),
    )
    k = K(n="new")
    q.ks.append(k)
    print(k.p is q, sa.inspect(q).attrs.ks.history.added == [k])
    q.ss.add(S(n="t"))
    q.ds["y"] = D(n="y")
    q.ml.append(M(n="m2"))
    q.kn.append
    q.sn.add("z")
    q.un.append(U(n="u"))
    q.dn["w"] = 1
    print(
        [s.p is q for s in q.ss],
        [d.p is q for d in q.ds.values()],
        [m.p is q for m in q.ml],
        sorted(q.ds),
        q.ml.extra(),
        orm.collections.collection_adapter(q.ks).owner_state is sa.inspect(q),
        q.ks._sa_adapter.attr.key,
    )
    q.d["z"] = 1
    print(sa.inspect(q).modified, "d" in sa.inspect(q).committed_state)


for proto in range(2, 6):
    p = mk()
    list(p.kn)
    list(p.sn)
    dict(p.dn)
    p.un
    chk(pickle.loads(pickle.dumps(p, proto)), f"transient{proto}")
s = orm.Session(e, future=True)
p = mk()
s.add(p)
s.commit()
for a in ("ks", "ss", "ds", "ml", "children", "un", "d"):
    getattr(p, a)
for k in [*p.ks, *p.ss, *p.ds.values(), *p.ml]:
    k.p
for k in p.children:
    k.parent
list(p.kn)
data = pickle.dumps(p)
s.close()
q = pickle.loads(data)
chk(q, "detached")
s = orm.Session(e, future=True)
s.add(q)
s.commit()
print(s.execute(sa.text("select n,pid from k")).all(), s.execute(sa.text("select count(*) from d")).scalar(), sorted(q.d))
s.expunge_all()
q = pickle.loads(data)
m = s.merge(q)
print(len(m.ks), m is not q)
m = s.merge(pickle.loads(data), load=False)
print(len(m.ks))
s.rollback()
# through a child, a collection, the proxy
for thing in ("k", "coll", "sset", "dd", "proxy", "two"):
    p = mk()
    list(p.kn)
    list(p.sn)
    dict(p.dn)
    x = {
        "k": lambda: p.ks[0],
        "coll": lambda: p.ks,
        "sset": lambda: p.ss,
        "dd": lambda: p.ds,
        "proxy": lambda: p.kn,
        "two": lambda: [p.kn, p, p.ks],
    }[thing]()
    try:
        y = pickle.loads(pickle.dumps(x))
        if thing == "k":
            print(thing, y.n, y.p.ks[0] is y, len(y.p.ks))
            y.p.ks.remove(y)
            print(y.p)
        elif thing in ("coll", "sset"):
            print(thing, type(y).__name__, len(y), list(y)[0].p.ks is y or list(y)[0].p.ss is y)
        elif thing == "dd":
            print(thing, type(y).__name__, sorted(y), y["x"].p.ds is y)
        elif thing == "proxy":
            print(thing, type(y).__name__, list(y))
        else:
            print(thing, list(y[0]), y[1].kn is y[0], y[1].ks is y[2])
    except Exception as ex:
        print(thing, type(ex).__name__, str(ex)[:100])
p = mk()
c = copy.copy(p.ks)
print(type(c).__name__, len(c))
