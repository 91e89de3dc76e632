"""merge(): what is copied, found, made, warned of and sent; with and without loading."""
# ruff: noqa: E711, E741, E742, E743, F821, F841

import warnings

import oxalchemy as sa
from oxalchemy import event, orm
from oxalchemy.ext.mutable import MutableDict

Base = orm.declarative_base()


class P(Base):
    __tablename__ = "p"
    id = sa.Column(sa.Integer, primary_key=True)
    n = sa.Column(sa.Integer)
    d = sa.Column(MutableDict.as_mutable(sa.PickleType))
    ks = orm.relationship("K", cascade="all, delete-orphan", back_populates="p")
    km = orm.relationship("K", viewonly=True)
    o = orm.relationship("O", uselist=False, back_populates="p")
    ss = orm.relationship("S", collection_class=set, back_populates="p")
    ds = orm.relationship("D", collection_class=orm.collections.attribute_mapped_collection("k"))
    nm = orm.relationship("N", cascade="save-update")


class K(Base):
    __tablename__ = "k"
    id = sa.Column(sa.Integer, primary_key=True)
    pid = sa.Column(sa.ForeignKey("p.id"))
    n = sa.Column(sa.Integer)
    p = orm.relationship("P", back_populates="ks")

    def __repr__(self):
        return f"K{self.id}:{self.n}"


for name, extra in (("O", 1), ("S", 1), ("D", 0), ("N", 0)):
    attrs = dict(
        __tablename__=name.lower(),
        id=sa.Column(sa.Integer, primary_key=True),
        pid=sa.Column(sa.ForeignKey("p.id")),
        k=sa.Column(sa.String),
        __repr__=lambda self: f"{type(self).__name__}{self.id}",
    )
    if extra:
        attrs["p"] = orm.relationship("P", back_populates={"O": "o", "S": "ss"}[name])
    globals()[name] = type(name, (Base,), attrs)
e = sa.create_engine("sqlite://")
Base.metadata.create_all(e)
log = []
event.listen(
    e, "before_cursor_execute", lambda c, cu, st, pa, ctx, m: log.append((" ".join(st.split()).replace(" AS p_id", "")[:60], pa))
)


def show(p):
    d = p.__dict__
    return {
        k: (d[k] if not isinstance(d[k], (K, O)) else repr(d[k])) if k in d else "-"
        for k in ("id", "n", "d", "ks", "o", "ss", "ds", "nm", "km")
    }


def T(name):
    def deco(f):
        with warnings.catch_warnings(record=True) as w:
            warnings.simplefilter("always")
            s = orm.Session(e, future=True, autoflush=False)
            log.clear()
            print("==", name)
            try:
                f(s)
            except Exception as ex:
                print("EXC", type(ex).__name__, str(ex).split("\n")[0][:150])
            for x in w:
                if 1:
                    print("WARN", str(x.message)[:150])
            print("  sql", len(log), sorted(l[0][:20] for l in log))
            s.rollback()
            s.close()

    return deco


@T("dups")
def _(s):
    m = s.merge(P(id=1, ks=[K(id=5), K(id=5)]))
    print(m.ks, m.ks[0] is m.ks[1])
    s.flush()
    print(s.execute(sa.text("select count(*) from k")).scalar())


@T("same twice")
def _(s):
    k = K(id=5)
    m = s.merge(P(id=1, ks=[k, k]))
    print(m.ks, m.ks[0] is m.ks[1])


@T("nokey")
def _(s):
    k = K()
    m = s.merge(P(ks=[k, K()]))
    print(m.ks, len(m.ks))
    s.flush()
    print(m.ks)


@T("set dup")
def _(s):
    m = s.merge(P(id=1, ss={S(id=1), S(id=1)}))
    print(len(m.ss))


@T("dict")
def _(s):
    m = s.merge(P(id=1, ds={"a": D(id=1, k="a"), "b": D(id=1, k="b")}))
    print({k: v.id for k, v in m.ds.items()})


s0 = orm.Session(e, future=True, expire_on_commit=False)
s0.add(P(id=1, n=3, d={"a": 1}, ks=[K(id=1, n=1), K(id=2, n=2)], o=O(id=1), ss={S(id=1)}, ds={"x": D(id=1, k="x")}, nm=[N(id=1)]))
s0.commit()
s0.close()


def det(load=("ks", "o", "ss", "ds", "d", "nm")):
    s = orm.Session(e, future=True)
    p = s.get(P, 1)
    for l in load:
        getattr(p, l)
    s.close()
    log.clear()
    return p


@T("load existing")
def _(s):
    p = det()
    m = s.merge(p)
    print(show(m))
    print(s.dirty == set(), m in s.dirty, len(s.dirty))


@T("load changed")
def _(s):
    p = det()
    p.ks.pop(0)
    p.ks.append(K(id=9, n=9))
    p.n = 7
    p.o = None
    p.ds = {}
    m = s.merge(p)
    print(show(m))
    s.flush()
    print(s.execute(sa.text("select * from k")).all())


@T("noload")
def _(s):
    p = det()
    m = s.merge(p, load=False)
    print(show(m), len(s.dirty))
    m.d["z"] = 1
    print(m in s.dirty)
    s.flush()
    print(s.execute(sa.select(P.d)).scalar())


@T("noload existing")
def _(s):
    q = s.get(P, 1)
    q.ks
    p = det()
    m = s.merge(p, load=False)
    print(m is q, show(m), len(s.dirty))
    m.d["z"] = 1
    print(m in s.dirty)


@T("noload existing dirty")
def _(s):
    q = s.get(P, 1)
    q.n = 99
    q.d["t"] = 1
    p = det()
    m = s.merge(p, load=False)
    print(m is q, show(m), len(s.dirty))


@T("noload dirty")
def _(s):
    p = det()
    p.n = 8
    m = s.merge(p, load=False)


@T("noload dirty mut")
def _(s):
    p = det()
    p.d["q"] = 8
    m = s.merge(p, load=False)


@T("noload transient")
def _(s):
    s.merge(P(id=1), load=False)


@T("noload child transient")
def _(s):
    p = det()
    p.ks.append(K(id=33))
    s.merge(p, load=False)


@T("expired source")
def _(s):
    p = det(())
    orm.Session(e).close()
    s2 = orm.Session(e, future=True)
    p = s2.get(P, 1)
    s2.expire(p, ["n", "ks"])
    q = s.get(P, 1)
    q.ks
    m = s.merge(p)
    print(show(m))
    print(m.n)


@T("expired source noload")
def _(s):
    s2 = orm.Session(e, future=True)
    p = s2.get(P, 1)
    s2.expire(p, ["n", "ks"])
    q = s.get(P, 1)
    q.ks
    m = s.merge(p, load=False)
    print(show(m))
    print(m.n, m.ks)


@T("pending in session")
def _(s):
    p = P(id=50)
    s.add(p)
    m = s.merge(p)
    print(m is p)
    k = K(id=51, p=p)
    m = s.merge(k)
    print(m is k, m.p is p)


@T("same obj persistent")
def _(s):
    p = s.get(P, 1)
    p.ks.append(K(id=60))
    m = s.merge(p)
    print(m is p, m.ks, [k in s for k in m.ks])


@T("m2o unknown")
def _(s):
    k = K(id=70, p=P(id=71, n=4))
    m = s.merge(k)
    print(m.p.id, m.p.ks, m in s.new, m.p in s.new)


@T("m2o none")
def _(s):
    m = s.merge(K(id=1, p=None))
    print(m.p, m.n)
    s.flush()
    print(s.execute(sa.text("select * from k")).all())


@T("no attr")
def _(s):
    m = s.merge(K(id=1))
    print(m.__dict__.get("p", "-"), m.n, m in s.dirty)


@T("pk none")
def _(s):
    m = s.merge(K(id=None, n=4))
    print(m, m in s.new)


@T("cycle")
def _(s):
    p = P(id=80)
    k = K(id=81, p=p)
    m = s.merge(p)
    print(m.ks, m.ks[0].p is m)


@T("two same key in graph")
def _(s):
    a = P(id=90, n=1, ks=[K(id=91, n=1)])
    b = P(id=90, n=2, ks=[K(id=91, n=2)])
    ms = [s.merge(a), s.merge(b)]
    print(ms[0] is ms[1], ms[0].n, ms[0].ks)


@T("merge_all")
def _(s):
    ms = s.merge_all([P(id=90, n=1), P(id=90, n=2)])
    print(ms[0] is ms[1], ms[0].n)


@T("options")
def _(s):
    p = det(())
    m = s.merge(p, options=[orm.selectinload(P.ks)])
    print(show(m))


@T("deleted in db")
def _(s):
    p = P(id=1)
    q = s.get(P, 1)
    s.delete(q)
    m = s.merge(P(id=1, n=4))
    print(m is q, m in s.deleted, sa.inspect(m).persistent)


@T("detached deleted")
def _(s):
    p = s.get(P, 1)
    s.delete(p)
    s.flush()
    m = s.merge(P(id=1, n=4))
    print(m is p, m in s.new)


@T("event load")
def _(s):
    def l(t, c):
        print("load", t.id, t.n, c is None)

    event.listen(P, "load", l)
    event.listen(P, "refresh", lambda t, c, a: print("refresh", t.id, a and sorted(a)))
    p = det(())
    s.merge(p, load=False)
    s.expunge_all()
    s.merge(P(id=77, n=1))
    s.merge(p)
