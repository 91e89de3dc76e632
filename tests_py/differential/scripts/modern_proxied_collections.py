"""Association proxies as collections: what is made, what stays, what each method gives."""
# ruff: noqa: E711, E741, E742, E743, F821, F841

import oxalchemy as sa
from oxalchemy import orm
from oxalchemy.ext.associationproxy import association_proxy
from oxalchemy.orm.collections import attribute_mapped_collection

Base = orm.declarative_base()


class B(Base):
    __tablename__ = "b"
    id = sa.Column(sa.Integer, primary_key=True)
    ls = orm.relationship("L", cascade="all, delete-orphan", order_by="L.id")
    ss = orm.relationship("S", collection_class=set, cascade="all, delete-orphan")
    ds = orm.relationship("D", collection_class=attribute_mapped_collection("k"), cascade="all, delete-orphan")
    o = orm.relationship("O", uselist=False, cascade="all, delete-orphan")
    lw = association_proxy("ls", "word")
    sw = association_proxy("ss", "word")
    dw = association_proxy("ds", "word", creator=lambda k, v: D(k=k, word=v))
    ow = association_proxy("o", "word")
    owc = association_proxy("o", "word", cascade_scalar_deletes=True)
    own = association_proxy("o", "word", create_on_none_assignment=True)


def child(name, **kw):
    d = dict(
        __tablename__=name.lower(),
        id=sa.Column(sa.Integer, primary_key=True),
        bid=sa.Column(sa.ForeignKey("b.id")),
        word=sa.Column(sa.String),
        k=sa.Column(sa.String),
    )

    def init(self, word=None, k=None):
        self.word = word
        self.k = k
        made.append((name, k, word))

    d["__init__"] = init
    d["__repr__"] = lambda self: f"{name}({self.word})"
    globals()[name] = type(name, (Base,), d)


made = []
for n in "LSDO":
    child(n)
e = sa.create_engine("sqlite://")
Base.metadata.create_all(e)


def T(n, f):
    made.clear()
    try:
        r = f()
    except Exception as ex:
        r = (type(ex).__name__, str(ex)[:100])
    print(n, r, made)


def fresh():
    global b, s
    s = orm.Session(e, future=True, autoflush=False)
    b = B()
    s.add(b)
    b.lw = ["a", "b", "c"]
    b.sw = {"a", "b"}
    b.dw = {"x": "1", "y": "2"}
    s.flush()


def st():
    return (
        [repr(x) + str(id(x) in ids) for x in b.ls],
        sorted(repr(x) + str(id(x) in ids) for x in b.ss),
        {k: repr(x) + str(id(x) in ids) for k, x in sorted(b.ds.items(), key=lambda i: str(i[0]))},
    )


def do(n, f):
    fresh()
    global ids
    ids = {id(x) for x in [*b.ls, *b.ss, *b.ds.values()]}
    keep = [*b.ls, *b.ss, *b.ds.values()]
    T(n, f)
    print("    ", st(), len(s.deleted))
    s.flush()
    s.rollback()


def seta(a, v):
    return lambda: setattr(b, a, v)


do("l same", seta("lw", ["a", "b", "c"]))
do("l other", seta("lw", ["b", "c", "d", "b"]))
do("l empty", seta("lw", []))
do("l tuple", seta("lw", ("a", "z")))
do("l gen", seta("lw", (x for x in "ab")))
do("l None", seta("lw", None))
do("l dict", seta("lw", {"a": 1}))
do("l str", seta("lw", "ab"))
do("s diff", lambda: seta("sw", {"b", "c"})())
do("s list", lambda: seta("sw", ["b", "c"])())
do("s None", seta("sw", None))
do("d diff", seta("dw", {"y": "2", "z": "3"}))
do("d change", seta("dw", {"y": "9", "x": "1"}))
do("d list", seta("dw", ["a"]))
do("d pairs", seta("dw", [("y", "3"), ("q", "1")]))
do("d None", seta("dw", None))
do("self assign l", lambda: setattr(b, "lw", b.lw))


def iadd():
    b.lw += ["q"]


do("iadd", iadd)


def imul():
    b.lw *= 2


do("imul", imul)


def imul0():
    b.lw *= 0


do("imul0", imul0)


def ior():
    b.sw |= {"a", "n"}


do("ior", ior)


def iand():
    b.sw &= {"a", "n"}


do("iand", iand)


def isub():
    b.sw -= {"a", "n"}


do("isub", isub)


def ixor():
    b.sw ^= {"a", "n"}


do("ixor", ixor)
do("assign other's", lambda: setattr(b, "lw", B(lw=["c", "d"]).lw))
do("assign other's s", lambda: setattr(b, "sw", B(sw=["b", "d"]).sw))
do("assign other's d", lambda: setattr(b, "dw", B(dw={"x": "5"}).dw))
for name in ("lw", "sw", "dw"):
    for meth, args in dict(
        append=("n",),
        extend=(["n", "a"],),
        insert=(1, "n"),
        pop=(),
        remove=("a",),
        clear=(),
        index=("b",),
        count=("a",),
        reverse=(),
        sort=(),
        copy=(),
        add=("n",),
        discard=("a",),
        update=({"n": "7"},),
        difference=(["a"],),
        union=(["q"],),
        intersection=(["a"],),
        symmetric_difference=(["a"],),
        issubset=(["a", "b", "c"],),
        issuperset=(["a"],),
        isdisjoint=(["q"],),
        difference_update=(["a"],),
        intersection_update=(["a"],),
        symmetric_difference_update=(["a"],),
        get=("x",),
        setdefault=("x", "n"),
        keys=(),
        values=(),
        items=(),
        popitem=(),
        has_key=("x",),
        fromkeys=(["x"],),
    ).items():

        def call():
            try:
                r = getattr(getattr(b, name), meth)(*args)
            except NotImplementedError as e:
                # SQLAlchemy's has no message; ours says why.
                return type(e).__name__
            if hasattr(r, "__next__") or meth in ("keys", "values", "items"):
                r = sorted(r)
            elif isinstance(r, (set, frozenset)):
                r = sorted(r)
            return r

        if name == "lw" or meth != "pop":
            do(f"{name}.{meth}", call)
    do(name + " pop0", lambda: getattr(b, name).pop(0))
    do(name + " popx", lambda: getattr(b, name).pop("x", "dflt"))
    do(name + " setdefault", lambda: getattr(b, name).setdefault("new", "v"))
    do(name + " setdefault1", lambda: getattr(b, name).setdefault("new"))
    do(name + " [0]", lambda: getattr(b, name)[0])
    do(name + " [-1]", lambda: getattr(b, name)[-1])
    do(name + " [1:]", lambda: getattr(b, name)[1:])
    do(name + " [::2]", lambda: getattr(b, name)[::2])
    do(name + " [x]", lambda: getattr(b, name)["x"])

    def si(i, v):
        def f():
            getattr(b, name)[i] = v

        return f

    def dl(i):
        def f():
            del getattr(b, name)[i]

        return f

    do(name + " set0", si(0, "z"))
    do(name + " set9", si(9, "z"))
    do(name + " setsl", si(slice(0, 2), ["z"]))
    do(name + " setsl2", si(slice(0, None, 2), ["z", "y"]))
    do(name + " setsl3", si(slice(0, None, 2), ["z"]))
    do(name + " setx", si("x", "z"))
    do(name + " setq", si("q", "z"))
    do(name + " del0", dl(0))
    do(name + " delsl", dl(slice(0, 2)))
    do(name + " delx", dl("x"))
    do(name + " in", lambda: ("a" in getattr(b, name), "x" in getattr(b, name), "q" in getattr(b, name)))
    do(
        name + " eq",
        lambda: (
            getattr(b, name) == ["a", "b", "c"],
            getattr(b, name) == {"a", "b"},
            getattr(b, name) == {"x": "1", "y": "2"},
            getattr(b, name) == getattr(b, name),
        ),
    )
    do(name + " cmp2", lambda: getattr(b, name) <= {"a", "b", "c"})
    do(name + " add", lambda: getattr(b, name) + ["b"])
    do(name + " radd", lambda: ["b"] + getattr(b, name))
    do(name + " mul", lambda: getattr(b, name) * 2)
    do(name + " or", lambda: sorted(getattr(b, name) | {"b"}))
    do(name + " and", lambda: sorted(getattr(b, name) & {"b"}))
    do(name + " sub", lambda: sorted(getattr(b, name) - {"b"}))
    do(name + " xor", lambda: sorted(getattr(b, name) ^ {"b", "q"}))
    do(
        name + " repr",
        lambda: (
            len(getattr(b, name)),
            bool(getattr(b, name)),
            type(getattr(b, name)).__name__,
            isinstance(getattr(b, name), (list, set, dict)),
        ),
    )
    do(name + " repr2", lambda: repr(getattr(b, name)) if name != "sw" else "")
    do(name + " hash", lambda: hash(getattr(b, name)))
    do(name + " ident", lambda: getattr(b, name) is getattr(b, name))
    do(name + " copy", lambda: type(getattr(b, name).copy()).__name__)

    def dela():
        delattr(b, name)

    do(name + " delattr", dela)


def sc(n, f):
    fresh()
    b.o = O("w0")
    s.flush()
    o = b.o
    T(n, f)
    print("   ", b.o, b.o is o, b.ow)
    s.rollback()


sc("ow set", seta("ow", "n"))
sc("ow none", seta("ow", None))
sc("owc none", seta("owc", None))
sc("own none", seta("own", None))


def sn(n, f):
    fresh()
    T(n, f)
    print("   ", b.o, b.ow)
    s.rollback()


sn("ow set", seta("ow", "n"))
sn("ow none", seta("ow", None))
sn("owc none", seta("owc", None))
sn("own none", seta("own", None))


def da(a):
    def f():
        delattr(b, a)

    return f


sc("del ow", da("ow"))
sc("del owc", da("owc"))
sn("del ow", da("ow"))
sn("del owc", da("owc"))
print(B.ow.scalar, B.lw.scalar, type(B.ow).__name__, type(B.lw).__name__)
