"""Values that change in place are seen through loads, merges, pickles, rollbacks and shared use."""
# ruff: noqa: E711, E741, E742, E743, F821, F841

import copy
import gc
import pickle

import oxalchemy as sa
from oxalchemy import orm
from oxalchemy.ext.mutable import Mutable, MutableComposite, MutableDict, MutableList, MutableSet

Base = orm.declarative_base()


class JT(sa.TypeDecorator):
    impl = sa.String
    cache_ok = True

    def process_bind_param(self, v, d):
        import json

        return None if v is None else json.dumps(v, sort_keys=True)

    def process_result_value(self, v, d):
        import json

        return None if v is None else json.loads(v)


class Point(MutableComposite):
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __setattr__(self, k, v):
        object.__setattr__(self, k, v)
        self.changed()

    def __composite_values__(self):
        return self.x, self.y

    def __getstate__(self):
        return self.x, self.y

    def __setstate__(self, s):
        object.__setattr__(self, "x", s[0])
        object.__setattr__(self, "y", s[1])

    def __eq__(self, o):
        return isinstance(o, Point) and (self.x, self.y) == (o.x, o.y)

    def __repr__(self):
        return f"Pt({self.x},{self.y})"

    @classmethod
    def coerce(cls, key, value):
        if isinstance(value, tuple):
            return Point(*value)
        return MutableComposite.coerce(key, value)


class MyDict(MutableDict):
    pass


class A(Base):
    __tablename__ = "a"
    id = sa.Column(sa.Integer, primary_key=True)
    d = sa.Column(MutableDict.as_mutable(sa.PickleType))
    l = sa.Column(MutableList.as_mutable(sa.PickleType))
    t = sa.Column(MutableSet.as_mutable(sa.PickleType))
    j = sa.Column(MutableDict.as_mutable(JT))
    jj = sa.Column(MutableDict.as_mutable(JT(50)))
    js = sa.Column(MutableList.as_mutable(sa.JSON))
    df = orm.deferred(sa.Column(MutableDict.as_mutable(sa.PickleType)))
    md = sa.Column(MyDict.as_mutable(sa.PickleType))
    dd = sa.Column(MutableDict.as_mutable(sa.PickleType), default=lambda: {"def": 1})
    sd = sa.Column(MutableDict.as_mutable(JT), server_default='{"s": 1}')
    x = sa.Column(sa.Integer)
    y = sa.Column(sa.Integer)
    p = orm.composite(Point, x, y)
    kind = sa.Column(sa.String)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "a"}


class Sub(A):
    __mapper_args__ = {"polymorphic_identity": "s"}
    __tablename__ = "sub"
    id = sa.Column(sa.ForeignKey("a.id"), primary_key=True)
    e = sa.Column(MutableDict.as_mutable(sa.PickleType))


e = sa.create_engine("sqlite://")
Base.metadata.create_all(e)
cols = ["d", "l", "t", "j", "jj", "js", "df", "md", "dd", "sd"]


def mk(cls=A):
    return cls(d={"a": 1}, l=[1, 2], t={1}, j={"q": 1}, jj={"q": 2}, js=[1], df={"z": 1}, md={"m": 1}, p=Point(1, 2))


def chg(o, c):
    v = getattr(o, c)
    if isinstance(v, dict):
        v["n"] = len(v)
    elif isinstance(v, list):
        v.append(9)
    elif isinstance(v, set):
        v.add(9)
    elif isinstance(v, Point):
        v.x = v.x + 10


def T(name, f):
    s = orm.Session(e, future=True)
    o = mk()
    s.add(o)
    s.commit()
    try:
        r = f(s, o)
        o = r if r is not None else o
        out = []
        for c in cols + ["p"]:
            s.commit()
            getattr(o, c)
            try:
                chg(o, c)
            except Exception as ex:
                out.append((c, type(ex).__name__))
                continue
            dirty = o in s.dirty
            s.commit()
            out.append((c, type(getattr(o, c)).__name__, dirty, getattr(o, c) if c != "t" else sorted(getattr(o, c))))
        print(name)
        for x in out:
            print("    ", *x)
    except Exception as ex:
        print(name, "EXC", type(ex).__name__, str(ex)[:200])
    s.rollback()
    s.close()


T("plain", lambda s, o: None)
T("refresh", lambda s, o: s.refresh(o))
T("expire", lambda s, o: s.expire(o))
T("flush", lambda s, o: s.flush())


def pk(s, o):
    for c in cols + ["p"]:
        getattr(o, c)
    s.expunge(o)
    o2 = pickle.loads(pickle.dumps(o))
    s.add(o2)
    return o2


T("pickle", pk)


def pk2(s, o):
    for c in cols + ["p"]:
        getattr(o, c)
    s.expunge(o)
    o2 = pickle.loads(pickle.dumps([o.d, o, o.l]))[1]
    s.add(o2)
    return o2


T("pickle2", pk2)


def pkm(s, o):
    for c in cols + ["p"]:
        getattr(o, c)
    s.expunge(o)
    return s.merge(pickle.loads(pickle.dumps(o)))


T("pickle merge", pkm)


def mg(load):
    def f(s, o):
        for c in cols + ["p"]:
            getattr(o, c)
        s.expunge(o)
        return s.merge(o, load=load)

    return f


T("merge", mg(True))
T("merge noload", mg(False))


def mg2(load):
    def f(s, o):
        for c in cols + ["p"]:
            getattr(o, c)
        s.expunge(o)
        q = s.get(A, o.id)
        m = s.merge(o, load=load)
        assert m is q
        return m

    return f


T("merge exist", mg2(True))
T("merge exist noload", mg2(False))


def assign(s, o):
    for c in cols:
        setattr(
            o,
            c,
            copy.copy(
                {
                    "d": {"k": 1},
                    "l": [5],
                    "t": {5},
                    "j": {"k": 1},
                    "jj": {},
                    "js": [],
                    "df": {"k": 1},
                    "md": {},
                    "dd": {},
                    "sd": {},
                }[c]
            ),
        )
    o.p = Point(5, 6)


T("assign", assign)


def rb(s, o):
    for c in cols + ["p"]:
        chg(o, c)
    s.rollback()


T("rollback", rb)


def fl(s, o):
    for c in cols + ["p"]:
        chg(o, c)
    s.flush()


T("flushchg", fl)


def nested(s, o):
    n = s.begin_nested()
    for c in cols + ["p"]:
        chg(o, c)
    n.rollback()


T("nested", nested)


def popx(s, o):
    s.execute(sa.select(A).execution_options(populate_existing=True)).scalars().all()


T("popx", popx)
# shared value
s = orm.Session(e, future=True)
a, b = mk(), mk()
v = MutableDict({"s": 1})
a.d = v
b.d = v
s.add_all([a, b])
s.commit()
s.refresh(a)
a = mk()
b = mk()
a.d = v
b.d = v
s.add_all([a, b])
s.flush()
v["x"] = 1
print("shared", a in s.dirty, b in s.dirty)
b.d = {"o": 1}
s.flush()
v["y"] = 1
print(a in s.dirty, b in s.dirty)
for bad in (5, "x", [1], None):
    try:
        a.d = bad
        print("ok", a.d)
    except Exception as ex:
        print(type(ex).__name__, ex)
    try:
        a.p = bad
        print("ok", a.p, a.x)
    except Exception as ex:
        print(type(ex).__name__, ex)
a.p = (7, 8)
print(a.p, a.x, type(a.p).__name__)
s.commit()
sub = Sub(d={"a": 1}, e={"q": 1})
s.add(sub)
s.commit()
sub.e["w"] = 1
print("sub", sub in s.dirty)
s.commit()
sub.d["w"] = 1
print(sub in s.dirty)
s.commit()
print(sub.e, sub.d)
# detached changes
s.refresh(sub)
s.expunge(sub)
sub.d["det"] = 1
print("detached", sa.inspect(sub).modified, sa.inspect(sub).attrs.d.history)
s.add(sub)
print(sub in s.dirty)
s.commit()
print(sub.d)
# no instance
d = sub.d
s.expunge(sub)
del sub
gc.collect()
d["x"] = 1
print("gone ok")
print(
    MutableDict({"a": 1}) | {"b": 2},
    type(MutableDict({"a": 1}) | {"b": 2}).__name__,
    type(MutableDict({"a": 1}).copy()).__name__,
    type(MutableList([1])[:]).__name__,
    MutableList([1]) + [2],
    type(copy.copy(MutableDict({"a": 1}))).__name__,
    type(copy.deepcopy(MutableList([1]))).__name__,
    pickle.loads(pickle.dumps(MutableSet({1}))),
    type(pickle.loads(pickle.dumps(MutableDict(a=1)))).__name__,
)


# every method flags
def meths(o, c, calls):
    for m, args in calls:
        s.commit()
        v = getattr(o, c)
        try:
            r = getattr(v, m)(*args)
        except Exception as ex:
            r = type(ex).__name__
        print(
            c,
            m,
            args,
            repr(r) if not isinstance(r, (set,)) else sorted(r),
            o in s.dirty,
            sorted(v.items()) if isinstance(v, dict) else sorted(v),
        )


o = mk()
s.add(o)
s.commit()
meths(
    o,
    "d",
    [
        ("__setitem__", ("x", 1)),
        ("setdefault", ("x", 2)),
        ("setdefault", ("n", 2)),
        ("update", ({"u": 1},)),
        ("update", ()),
        ("pop", ("u",)),
        ("pop", ("nope",)),
        ("pop", ("nope", 5)),
        ("popitem", ()),
        ("__delitem__", ("x",)),
        ("__delitem__", ("zz",)),
        ("__ior__", ({"w": 1},)),
        ("clear", ()),
        ("clear", ()),
    ],
)
meths(
    o,
    "l",
    [
        ("append", (3,)),
        ("extend", ([4],)),
        ("extend", ([],)),
        ("insert", (0, 9)),
        ("pop", ()),
        ("pop", (99,)),
        ("remove", (9,)),
        ("remove", (77,)),
        ("sort", ()),
        ("reverse", ()),
        ("__setitem__", (0, 5)),
        ("__setitem__", (slice(0, 1), [7, 8])),
        ("__delitem__", (0,)),
        ("__iadd__", ([1],)),
        ("__imul__", (2,)),
        ("clear", ()),
    ],
)
meths(
    o,
    "t",
    [
        ("add", (3,)),
        ("add", (3,)),
        ("update", ([4],)),
        ("discard", (99,)),
        ("discard", (4,)),
        ("remove", (3,)),
        ("remove", (99,)),
        ("__ior__", ({5},)),
        ("__iand__", ({5, 1},)),
        ("__isub__", ({5},)),
        ("__ixor__", ({6},)),
        ("intersection_update", ({6},)),
        ("difference_update", ({1},)),
        ("symmetric_difference_update", ({8},)),
        ("pop", ()),
        ("clear", ()),
        ("pop", ()),
    ],
)
# events order / set
print(o.l == [] and type(o.l).__name__, MutableList.coerce("k", [1]), MutableSet.coerce("k", {1}))
for cls in (MutableList, MutableSet, MutableDict):
    for v in (1, "a", (1,), None):
        try:
            print(cls.coerce("k", v))
        except Exception as ex:
            print(type(ex).__name__, ex)


class Obj(Mutable):
    pass


try:
    Obj.coerce("k", 3)
except Exception as ex:
    print(type(ex).__name__, ex)
