"""Members of collections: None, duplicates, those that left before their parent went; proxies and mutable types in odd places."""
# ruff: noqa: E711, E741, E742, E743, F821, F811, F841, E731

import gc
import json
import warnings

import oxalchemy as sa
from oxalchemy import orm
from oxalchemy.ext.associationproxy import association_proxy
from oxalchemy.ext.mutable import MutableDict

open_ = []


def new(e, **kw):
    while open_:
        open_.pop().close()
    open_.append(orm.Session(e, future=True, **kw))
    return open_[0]


def t(n, f):
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter("always")
        try:
            r = f()
        except Exception as ex:
            r = type(ex).__name__ + ": " + str(ex).split("\n")[0]
        print(n, "|", r, [str(x.message)[:200] for x in w])


# None members
for casc in ("save-update, merge", "all", "all, delete-orphan"):
    for kind in ("o2m", "m2m"):
        Base = orm.declarative_base()
        sec = sa.Table("sec", Base.metadata, sa.Column("p", sa.ForeignKey("p.id")), sa.Column("c", sa.ForeignKey("c.id")))

        class P(Base):
            __tablename__ = "p"
            id = sa.Column(sa.Integer, primary_key=True)
            cs = orm.relationship("C", cascade=casc, secondary=sec if kind == "m2m" else None, single_parent=True, backref="p")

        class C(Base):
            __tablename__ = "c"
            id = sa.Column(sa.Integer, primary_key=True)
            if kind == "o2m":
                pid = sa.Column(sa.ForeignKey("p.id"))

        e = sa.create_engine("sqlite://")
        Base.metadata.create_all(e)

        def a():
            s = new(e)
            p = P(cs=[None])
            s.add(p)
            s.flush()

        def b():
            s = new(e)
            p = P()
            s.add(p)
            s.flush()
            p.cs.append(None)
            s.flush()

        def c():
            s = new(e)
            p = P(cs=[C(), None])
            s.add(p)
            s.commit()
            return len(p.cs)

        def d():
            s = new(e)
            p = P(cs=[C(), C()])
            s.add(p)
            s.flush()
            del p.cs[0]
            s.delete(p)
            s.flush()
            return s.execute(sa.text("select count(*) from c")).scalar(), s.execute(sa.text("select count(*) from p")).scalar()

        def d2():
            s = new(e)
            p = P(cs=[C(), C()])
            s.add(p)
            s.flush()
            p.cs = []
            s.delete(p)
            s.flush()
            return s.execute(sa.text("select count(*) from c")).scalar(), s.execute(sa.text("select count(*) from p")).scalar()

        def g():
            s = new(e)
            p = P(cs=[C()])
            s.add(p)
            s.flush()
            p.cs.append(None)
            p.cs.remove(None)
            s.flush()
            return len(p.cs)

        for f in (a, b, c, d, d2, g):
            t(f"{casc} {kind} {f.__name__}", f)
# duplicates pending
Base = orm.declarative_base()
sec = sa.Table("sec", Base.metadata, sa.Column("p", sa.ForeignKey("p.id")), sa.Column("c", sa.ForeignKey("c.id")))


class P(Base):
    __tablename__ = "p"
    id = sa.Column(sa.Integer, primary_key=True)
    cs = orm.relationship("C", secondary=sec, back_populates="ps")


class C(Base):
    __tablename__ = "c"
    id = sa.Column(sa.Integer, primary_key=True)
    ps = orm.relationship("P", secondary=sec, back_populates="cs")
    x = association_proxy("id", "foo")


e = sa.create_engine("sqlite://")
Base.metadata.create_all(e)


def f():
    s = new(e, autoflush=False)
    p = P(id=1)
    c = C(id=1)
    s.add_all([p, c])
    s.commit()
    p.cs.append(c)
    p.cs.append(c)
    r = [len(p.cs), len(c.ps)]
    s.expire(c, ["ps"])
    r.append(len(c.ps))
    s.expire(p, ["cs"])
    r.append(len(p.cs))
    return r


t("dup", f)


def f():
    s = new(e, autoflush=False)
    p = P(id=2)
    c = C(id=2)
    s.add_all([p, c])
    s.commit()
    p.cs.append(c)
    p.cs.append(c)
    s.flush()
    return s.execute(sa.text("select count(*) from sec where p=2")).scalar()


t("dup2", f)


def f():
    s = new(e, autoflush=False)
    p = P(id=3)
    c = C(id=3)
    s.add_all([p, c])
    s.commit()
    p.cs.append(c)
    p.cs.append(c)
    p.cs.remove(c)
    r = [len(p.cs), len(c.ps)]
    p.cs.remove(c)
    r.append(len(c.ps))
    return r


t("dup3", f)


# gc owner
def f():
    p = P()
    l = p.cs
    del p
    gc.collect()
    l.append(C())


t("deref", f)


def f():
    s = new(e)
    p = s.get(P, 1)
    l = p.cs
    del p
    gc.collect()
    l.append(C())


t("deref2", f)


def f():
    s = new(e)
    p = s.get(P, 1)
    l = p.cs
    s.expire(p)
    l.append(C())


t("inval", f)


def f():
    s = new(e)
    p = s.get(P, 1)
    l = p.cs
    s.refresh(p)
    l.append(C())


t("inval2", f)


def f():
    s = new(e)
    p = s.get(P, 1)
    l = p.cs
    p.cs = []
    l.append(C())


t("inval3", f)
t("proxy nonrel", lambda: C.x)
t("proxy nonrel set", lambda: setattr(C(), "x", 1))
t("proxy nonrel get", lambda: C().x)
t("excl", lambda: association_proxy("a", "b", cascade_scalar_deletes=True, create_on_none_assignment=True))


class B2(Base):
    __tablename__ = "b2"
    id = sa.Column(sa.Integer, primary_key=True)
    ss = orm.relationship("S2", collection_class=set)
    sw = association_proxy("ss", "w")
    ls = orm.relationship("S2", viewonly=True)
    lw = association_proxy("ls", "w")


class S2(Base):
    __tablename__ = "s2"
    id = sa.Column(sa.Integer, primary_key=True)
    b = sa.Column(sa.ForeignKey("b2.id"))
    w = sa.Column(sa.String)

    def __init__(self, w):
        self.w = w


for op in (
    "__ior__",
    "__iand__",
    "__isub__",
    "__ixor__",
    "__or__",
    "__and__",
    "__sub__",
    "__xor__",
    "__lt__",
    "__le__",
    "__gt__",
    "__ge__",
):
    for v in ([1], {"a"}, frozenset(["a"]), "a", 5, None):
        b = B2(sw={"a", "b"})
        t(
            f"{op} {v!r}",
            lambda: (lambda r: sorted(r) if r is not NotImplemented and not isinstance(r, bool) else r)(getattr(b.sw, op)(v)),
        )
t("select proxy", lambda: sa.select(B2.sw))
t("where", lambda: sa.select(B2).where(B2.sw))
t("order", lambda: str(sa.select(B2.id).order_by(B2.sw)).replace("\n", " "))
t("func", lambda: str(sa.func.max(B2.sw)))


class Un:
    z = association_proxy("a", "b")


t("unmapped cls", lambda: Un.z)
t("unmapped inst", lambda: Un().z)


class Mix:
    z = association_proxy("ss", "w")


t("mixin", lambda: repr(Mix.z))


class Sub(B2):
    pass


t("sub", lambda: (Sub.sw.owning_class.__name__, sorted(Sub(sw={"q"}).sw)))


class Mx2:
    @orm.declared_attr
    def zz(cls):
        return association_proxy("ss", "w")


class B3(Mx2, Base):
    __tablename__ = "b3"
    id = sa.Column(sa.Integer, primary_key=True)
    ss = orm.relationship("S3", collection_class=set)


class S3(Base):
    __tablename__ = "s3"
    id = sa.Column(sa.Integer, primary_key=True)
    b = sa.Column(sa.ForeignKey("b3.id"))
    w = sa.Column(sa.String)

    def __init__(self, w):
        self.w = w


class B3s(B3):
    pass


t("declared", lambda: (sorted(B3(zz={"a"}).zz), sorted(B3s(zz={"a"}).zz), B3s.zz.owning_class.__name__))


# mutable with copied types
class JT(sa.TypeDecorator):
    impl = sa.VARCHAR
    cache_ok = True

    def process_bind_param(self, v, d):
        return None if v is None else json.dumps(v)

    def process_result_value(self, v, d):
        return None if v is None else json.loads(v)


class Abs(Base):
    __abstract__ = True
    id = sa.Column(sa.Integer, primary_key=True)
    data = sa.Column(MutableDict.as_mutable(JT))
    plain = sa.Column(JT)


class Mixin3:
    d2 = sa.Column(MutableDict.as_mutable(JT))
    d4 = sa.Column(MutableDict.as_mutable(sa.JSON))
    d5 = sa.Column(MutableDict.as_mutable(sa.PickleType))


class F1(Mixin3, Abs):
    __tablename__ = "f1"


class F2(Mixin3, Abs):
    __tablename__ = "f2"


Base.metadata.create_all(e)


def f():
    s = new(e)
    o = F1(data={"a": 1}, plain={"a": 1}, d2={"b": 1}, d4={}, d5={})
    o2 = F2(data={"z": 1}, d2={})
    s.add_all([o, o2])
    s.commit()
    o.data["x"] = 1
    o.d2["x"] = 1
    o.d4["x"] = 1
    o.d5["x"] = 1
    o2.data["q"] = 1
    o2.d2["q"] = 2
    try:
        o.plain["x"] = 1
    except Exception as ex:
        print(ex)
    s.commit()
    return o.data, o.d2, o.d4, o.d5, o.plain, o2.data, o2.d2, type(o.plain).__name__


t("mutable copies", f)
