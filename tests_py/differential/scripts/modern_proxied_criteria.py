"""Association proxies as criteria, over one relationship, two, and other proxies."""
# ruff: noqa: E711, E741, E742, E743, F821, F841

import oxalchemy as sa
from oxalchemy import orm
from oxalchemy.ext.associationproxy import association_proxy
from oxalchemy.ext.hybrid import hybrid_property

Base = orm.declarative_base()


class U(Base):
    __tablename__ = "u"
    id = sa.Column(sa.Integer, primary_key=True)
    oid = sa.Column(sa.ForeignKey("link.id"))
    links = orm.relationship("Link", foreign_keys="Link.u_id")
    one = orm.relationship("Link", foreign_keys=oid)
    c_col = association_proxy("links", "tag")
    s_col = association_proxy("one", "tag")
    c_m2o = association_proxy("links", "g")
    s_m2o = association_proxy("one", "g")
    c_o2m = association_proxy("links", "ks")
    s_o2m = association_proxy("one", "ks")
    c_ps = association_proxy("links", "g_nm")
    s_ps = association_proxy("one", "g_nm")
    c_pc = association_proxy("links", "k_nm")
    s_pc = association_proxy("one", "k_nm")
    c_po = association_proxy("links", "g_x")
    s_po = association_proxy("one", "g_x")
    c_hy = association_proxy("links", "hy")
    s_hy = association_proxy("one", "hy")
    c_no = association_proxy("links", "plain")
    s_no = association_proxy("one", "plain")
    c_3 = association_proxy("links", "g_xnm")


class Link(Base):
    __tablename__ = "link"
    id = sa.Column(sa.Integer, primary_key=True)
    u_id = sa.Column(sa.ForeignKey("u.id"))
    g_id = sa.Column(sa.ForeignKey("g.id"))
    tag = sa.Column(sa.String)
    g = orm.relationship("G")
    ks = orm.relationship("K")
    g_nm = association_proxy("g", "nm")
    k_nm = association_proxy("ks", "nm")
    g_x = association_proxy("g", "x")
    g_xnm = association_proxy("g", "xnm")
    plain = None

    @hybrid_property
    def hy(self):
        return self.tag + "!"


class G(Base):
    __tablename__ = "g"
    id = sa.Column(sa.Integer, primary_key=True)
    nm = sa.Column(sa.String)
    x_id = sa.Column(sa.ForeignKey("x.id"))
    x = orm.relationship("X")
    xnm = association_proxy("x", "nm")


class X(Base):
    __tablename__ = "x"
    id = sa.Column(sa.Integer, primary_key=True)
    nm = sa.Column(sa.String)


class K(Base):
    __tablename__ = "k"
    id = sa.Column(sa.Integer, primary_key=True)
    nm = sa.Column(sa.String)
    l_id = sa.Column(sa.ForeignKey("link.id"))


names = [n for n in vars(U) if n[:2] in ("c_", "s_")]
g, k, x = G(id=5), K(id=6), X(id=7)
ops = {
    "eq": lambda p: p == "v",
    "ne": lambda p: p != "v",
    "eqN": lambda p: p == None,
    "neN": lambda p: p != None,
    "is_": lambda p: p.is_(None),
    "isnot": lambda p: p.is_not(None),
    "contains": lambda p: p.contains("v"),
    "like": lambda p: p.like("v"),
    "in": lambda p: p.in_(["v"]),
    "gt": lambda p: p > "v",
    "eqg": lambda p: p == g,
    "eqk": lambda p: p == k,
    "eqx": lambda p: p == x,
    "neg": lambda p: p != g,
    "cong": lambda p: p.contains(g),
    "conk": lambda p: p.contains(k),
    "conx": lambda p: p.contains(x),
    "any": lambda p: p.any(),
    "has": lambda p: p.has(),
    "anykw": lambda p: p.any(nm="q"),
    "haskw": lambda p: p.has(nm="q"),
    "anyc": lambda p: p.any(G.nm == "q"),
    "hasc": lambda p: p.has(G.nm == "q"),
    "ni": lambda p: ~p.contains("v"),
    "startswith": lambda p: p.startswith("v"),
    "attr": lambda p: [str(a) for a in p.attr],
    "scalar": lambda p: p.scalar,
    "type": lambda p: type(p).__name__,
    "remote": lambda p: str(p.remote_attr),
    "local": lambda p: str(p.local_attr),
    "str": lambda p: str(p),
    "concat": lambda p: p + "x",
    "isdist": lambda p: p.is_distinct_from("v"),
    "between": lambda p: p.between("a", "b"),
    "kwcontains": lambda p: p.contains("v", autoescape=True),
    "desc": lambda p: p.desc(),
    "tcl": lambda p: (p.target_class.__name__, p.owning_class.__name__, p.target_collection, p.value_attr, p.collection_class),
    "inf": lambda p: p.info,
}
for n in names:
    for o, f in ops.items():
        # objects are no values of columns
        if o in ("eqg", "eqk", "eqx", "neg", "cong", "conk", "conx") and n[2:] in ("col", "hy", "ps", "pc", "3", "no"):
            continue
        if n[2:] == "hy" and o in ("contains", "ni", "startswith", "kwcontains"):
            continue
        try:
            r = f(getattr(U, n))
            if hasattr(r, "compile"):
                r = str(r.compile(compile_kwargs={"literal_binds": True}))
            r = " ".join(str(r).split())
        except Exception as ex:
            r = "{}: {}".format(type(ex).__name__, str(ex).split("\n")[0][:170])
        print(n, o, "|", r)
A = orm.aliased(U)
for n in names:
    for o in ("eq", "any", "eqN"):
        try:
            r = " ".join(str(ops[o](getattr(A, n)).compile(compile_kwargs={"literal_binds": True})).split())
        except Exception as ex:
            r = "{}: {}".format(type(ex).__name__, str(ex).split("\n")[0][:170])
        print("alias", n, o, "|", r)
