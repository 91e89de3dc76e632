# ruff: noqa: UP006, UP007, UP035, UP045, F821, F401 - old spellings of types, and names that nobody has, are part of the subject
"""Dataclass mapping: fields, defaults, mixins, relationships, composites, proxies."""

import dataclasses
import inspect as pyi
import re
from dataclasses import KW_ONLY, InitVar, dataclass, field
from typing import Annotated, ClassVar, Dict, List, Optional, Set

from oxalchemy import Column, ForeignKey, Integer, String, Table, create_engine, func, inspect
from oxalchemy.ext.associationproxy import AssociationProxy, association_proxy
from oxalchemy.ext.hybrid import hybrid_property
from oxalchemy.orm import (
    DeclarativeBase,
    DeclarativeBaseNoMeta,
    DynamicMapped,
    Mapped,
    MappedAsDataclass,
    Session,
    WriteOnlyMapped,
    attribute_keyed_dict,
    column_property,
    composite,
    configure_mappers,
    declared_attr,
    deferred,
    mapped_as_dataclass,
    mapped_column,
    query_expression,
    registry,
    relationship,
    synonym,
    unmapped_dataclass,
)


def step(f):
    try:
        print(f.__name__, "->", f())
    except Exception as ex:
        print(
            f.__name__, "!!", type(ex).__name__, re.sub(r"<class '[a-z]+\.orm[^']*'>", "<class of ours>", str(ex).split("\n")[0])
        )
    return f


def base(**kw):
    class Base(MappedAsDataclass, DeclarativeBase, **kw):
        pass

    return Base


def fl(c):
    missing = dataclasses.MISSING
    return [
        (
            f.name,
            f.init,
            f.repr,
            f.compare,
            f.kw_only,
            "M" if f.default is missing else repr(f.default),
            f.default_factory is missing,
        )
        for f in dataclasses.fields(c)
    ]


@step
def rel_nodefault():
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        ks: Mapped[List["K"]] = relationship()
        o: Mapped[Optional["K"]] = relationship(viewonly=True)

    class K(B):
        __tablename__ = "k"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        p_id: Mapped[int] = mapped_column(ForeignKey("p.id"), init=False)

    return fl(P), str(pyi.signature(P))


@step
def rel_bad_default():
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        ks: Mapped[List["K"]] = relationship(default=[])


@step
def rel_nonnull_default():
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        ks: Mapped["K"] = relationship(default=5)

    class K(B):
        __tablename__ = "k"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        p_id: Mapped[int] = mapped_column(ForeignKey("p.id"), init=False)

    return P()


@step
def rel_factory():
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        ks: Mapped[Set["K"]] = relationship(default_factory=set)
        kl: Mapped[List["K"]] = relationship(default_factory=list, viewonly=True, compare=False, kw_only=True, repr=False)

    class K(B):
        __tablename__ = "k"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        p_id: Mapped[int] = mapped_column(ForeignKey("p.id"), init=False)
        __hash__ = object.__hash__

    return fl(P), P(), type(P().ks).__name__


@step
def rel_factory_mismatch():
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        ks: Mapped[List["K"]] = relationship(default_factory=set)

    class K(B):
        __tablename__ = "k"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        p_id: Mapped[int] = mapped_column(ForeignKey("p.id"), init=False)

    return P()


@step
def both_class():
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        x: Mapped[int] = mapped_column(default=1, default_factory=list)


@step
def init_false_default():
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        a: Mapped[int] = mapped_column(init=False, default=4)
        b: Mapped[int] = mapped_column(init=False, default_factory=lambda: 6)
        c: Mapped[int] = mapped_column(init=False)
        d: Mapped[int] = mapped_column(init=False, insert_default=8)
        e: Mapped[int] = mapped_column(default=None, insert_default=9) if False else mapped_column(default=9)

    p = P()
    e = create_engine("sqlite://")
    B.metadata.create_all(e)
    d0 = dict((k, v) for k, v in p.__dict__.items() if k != "_sa_instance_state")
    p.c = 1
    with Session(e) as s:
        s.add(p)
        s.commit()
        r = (p.a, p.b, p.c, p.d, p.e)
    return (
        fl(P),
        d0,
        r,
        [
            (c.name, c.default and c.default.arg if not callable(getattr(c.default, "arg", None)) else "callable")
            for c in P.__table__.c
        ],
    )


@step
def order_error():
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, default=1)
        a: Mapped[int]


@step
def kw_only_cls():
    B = base(kw_only=True)

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, default=1)
        a: Mapped[int]
        b: Mapped[int] = mapped_column(kw_only=False)

    return str(pyi.signature(P)), P(3, a=4)


@step
def kw_only_marker():
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True)
        _: KW_ONLY
        a: Mapped[int]

    return str(pyi.signature(P)), P(3, a=4)


@step
def init_cls_false():
    B = base(init=False)

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, default=3)
        a: Mapped[Optional[int]]

    return P(a=3), P(), P.__init__ is not object.__init__


@step
def own_init():
    B = base()

    class P(B, init=False):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, default=3)

        def __init__(self, q):
            self.id = q

    return P(4)


@step
def eq_order():
    B = base()

    class P(B, order=True, unsafe_hash=True):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True)
        a: Mapped[int] = mapped_column(compare=False)
        h: Mapped[int] = mapped_column(hash=False, default=2)

    return (
        P(1, 2) < P(2, 1),
        P(1, 2) == P(1, 3),
        hash(P(1, 2)) == hash(P(1, 5)),
        P(1, 2, 3) == P(1, 2, 4),
        hash(P(1, 2, 3)) == hash(P(1, 2, 4)),
    )


@step
def match_args():
    B = base(match_args=False)

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True)

    B2 = base()

    class Q(B2):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped[int] = mapped_column(init=False)

    return hasattr(P, "__match_args__"), Q.__match_args__


@step
def plain_field():
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True)
        z: int = 5
        w: List[int] = field(default_factory=list)
        ctx: InitVar[str] = "q"
        cv: ClassVar[int] = 9

        def __post_init__(self, ctx):
            self.seen = ctx

    p = P(1, 2, [3], "k")
    return fl(P), p, p.seen, str(pyi.signature(P)), [a.key for a in inspect(P).attrs]


@step
def plain_unannotated():
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True)
        z = mapped_column(Integer)
        w = mapped_column(Integer, default=3)
        v = Column(Integer)

    return fl(P), str(pyi.signature(P)), P(4), P.__table__.c.keys()


@step
def plain_unann_opts():
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True)
        z = mapped_column(Integer, init=False)

    return fl(P)


@step
def unmapped_opts():
    class B(DeclarativeBase):
        pass

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)


@step
def unmapped_opts2():
    class B(DeclarativeBase):
        pass

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped[int] = mapped_column(init=False, repr=False, kw_only=True, default_factory=list)


@step
def unmapped_opts_rel():
    class B(DeclarativeBase):
        pass

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped[List["P"]] = relationship(default_factory=list)


@step
def unmapped_opts_proxy():
    class B(DeclarativeBase):
        pass

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: AssociationProxy[List[int]] = association_proxy("a", "b", default_factory=list)


@step
def mixin_dc():
    class Mx(MappedAsDataclass):
        created: Mapped[int] = mapped_column(default=3, kw_only=True)
        upd: Mapped[Optional[int]] = mapped_column(init=False)

    class B(DeclarativeBase):
        pass

    class P(Mx, B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        nm: Mapped[str]

    return fl(P), P("a"), str(pyi.signature(P)), P.__table__.c.keys()


@step
def mixin_nodc():
    class Mx:
        created: Mapped[int] = mapped_column(default=3)

    B = base()

    class P(Mx, B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)

    return fl(P), P()


@step
def mixin_nodc_kw():
    class Mx:
        created: Mapped[int] = mapped_column(init=False)

    B = base()

    class P(Mx, B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)

    return fl(P), P()


@step
def mixin_order():
    class Mx(MappedAsDataclass):
        a: Mapped[int]
        b: Mapped[int] = mapped_column(default=2)

    B = base()

    class P(Mx, B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        c: Mapped[int] = mapped_column(default=9)

    return fl(P), P(1), str(pyi.signature(P))


@step
def mixin_declared_attr():
    class Mx(MappedAsDataclass):
        @declared_attr
        def k(cls) -> Mapped[int]:
            return mapped_column(default=3, init=False) if False else mapped_column()

    B = base()

    class P(Mx, B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)

    return fl(P), P.__table__.c.keys()


@step
def abstract_dc():
    B = base()

    class A(B):
        __abstract__ = True
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        nm: Mapped[str] = mapped_column(default="z", kw_only=True)

    class P(A):
        __tablename__ = "p"
        q: Mapped[int]

    return fl(P), P(3), str(pyi.signature(P))


@step
def decorator():
    reg = registry()

    @reg.mapped_as_dataclass
    class P:
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        nm: Mapped[str] = mapped_column(default="z")

    @reg.mapped_as_dataclass(kw_only=True, repr=False)
    class Q:
        __tablename__ = "q"
        id: Mapped[int] = mapped_column(primary_key=True)
        nm: Mapped[str]

    return P(), str(pyi.signature(Q)), Q.__repr__ is object.__repr__


@step
def decorator_inh():
    reg = registry()

    @reg.mapped_as_dataclass
    class P:
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        t: Mapped[str] = mapped_column(init=False)
        nm: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "t", "polymorphic_identity": "p"}

    @reg.mapped_as_dataclass
    class Q(P):
        x: Mapped[Optional[int]] = mapped_column(default=None)
        __mapper_args__ = {"polymorphic_identity": "q"}

    return fl(Q), Q("a"), P("b")


@step
def sa_metadata_mixin():
    reg = registry()

    @dataclass
    class Mx:
        __sa_dataclass_metadata_key__ = "sa"
        id: int = field(init=False, metadata={"sa": Column(Integer, primary_key=True)})
        uid: int = field(default=3, metadata={"sa": lambda: Column(ForeignKey("u.id"))})
        u: Optional["U"] = field(default=None, metadata={"sa": lambda: relationship("U")})

    @dataclass
    class U:
        __tablename__ = "u"
        __sa_dataclass_metadata_key__ = "sa"
        id: int = field(init=False, metadata={"sa": Column(Integer, primary_key=True)})

    reg.mapped(U)

    @reg.mapped
    @dataclass
    class P(Mx):
        __tablename__ = "p"
        nm: str = field(default="q", metadata={"sa": Column(String(50))})

    configure_mappers()
    return P.__table__.c.keys(), P(), [a.key for a in inspect(P).attrs]


@step
def sa_imperative_table():
    reg = registry()

    @reg.mapped
    @dataclass
    class P:
        __table__ = Table("p", reg.metadata, Column("id", Integer, primary_key=True), Column("nm", String))
        id: int = field(init=False)
        nm: Optional[str] = None
        xs: List[int] = field(default_factory=list)
        __mapper_args__ = {"properties": {}}

    return P("a"), [a.key for a in inspect(P).attrs]


@step
def imperative_dc():
    reg = registry()

    @dataclass
    class P:
        id: int = field(init=False)
        nm: Optional[str] = None
        xs: List["P"] = field(default_factory=list)
        pid: Optional[int] = None

    t = Table("p", reg.metadata, Column("id", Integer, primary_key=True), Column("nm", String), Column("pid", ForeignKey("p.id")))
    reg.map_imperatively(P, t, properties={"xs": relationship(P)})
    return P("a"), P("a") == P("a"), len(P("x", [P()]).xs)


@step
def dc_before_map():
    B = base()

    @dataclass
    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True)


@step
def dc_already():
    reg = registry()

    @reg.mapped_as_dataclass
    @dataclass
    class P:
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True)


@step
def annotated_dc2():
    pk = Annotated[int, mapped_column(primary_key=True)]
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[pk] = mapped_column(init=False)
        nm: Mapped[Annotated[str, mapped_column(insert_default="r")]]

    return fl(P), P("x")


@step
def dc_callable():
    calls = []

    def mk(cls, **kw):
        calls.append((cls.__name__, sorted(kw.items())))
        return dataclass(cls, **kw)

    B = base(dataclass_callable=mk)

    class P(B, kw_only=True):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True)

    return calls, P(id=3)


@step
def dc_metadata():
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, dataclass_metadata={"a": 1})
        r: Mapped[List["P"]] = relationship(dataclass_metadata={"b": 1}, init=False)
        p_id: Mapped[Optional[int]] = mapped_column(ForeignKey("p.id"), init=False)

    return [dict(f.metadata) for f in dataclasses.fields(P)]


@step
def replace_asdict():
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True)
        nm: Mapped[str] = mapped_column(default="n")

    p = P(1)
    q = dataclasses.replace(p, nm="z")
    return dataclasses.asdict(p), q, dataclasses.astuple(q), inspect(q).transient, dataclasses.is_dataclass(P)


@step
def comp():
    @dataclass
    class Pt:
        x: int
        y: Optional[int] = 4

    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        a: Mapped[Pt] = composite(mapped_column("ax"), mapped_column("ay"))
        b: Mapped[Optional[Pt]] = composite(mapped_column("bx"), mapped_column("by"), default=None)
        c: Mapped[Pt] = composite("cx", "cy", default_factory=lambda: Pt(7), kw_only=True, repr=False)
        cx: Mapped[int] = mapped_column(init=False)
        cy: Mapped[Optional[int]] = mapped_column(init=False)

    p = P(Pt(1))
    e = create_engine("sqlite://")
    B.metadata.create_all(e)
    with Session(e) as s:
        s.add(p)
        s.commit()
        q = s.query(P).one()
        r = (q.a, q.b, q.c, q.cx, q)
    return fl(P), str(pyi.signature(P)), [(c.name, c.nullable) for c in P.__table__.c], r


@step
def comp_auto():
    @dataclass
    class Pt:
        x: int
        y: Optional[str]

    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        a: Mapped[Pt] = composite()

    return P(Pt(1, "2")), [(c.name, str(c.type), c.nullable) for c in P.__table__.c]


@step
def comp_cls_pos():
    @dataclass
    class Pt:
        x: int
        y: Optional[str]

    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        a = composite(Pt, mapped_column("q"), mapped_column("r"))

    return fl(P), [(c.name, str(c.type), c.nullable) for c in P.__table__.c]


@step
def proxies():
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        ks: Mapped[List["K"]] = relationship(default_factory=list, init=False)
        nms: AssociationProxy[List[str]] = association_proxy("ks", "nm", default_factory=list)
        nm2: AssociationProxy[List[str]] = association_proxy("ks", "nm", init=False, repr=False, compare=False)

    class K(B):
        __tablename__ = "k"
        nm: Mapped[str]
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        p_id: Mapped[int] = mapped_column(ForeignKey("p.id"), init=False)

    return fl(P), P(nms=["a", "b"]), P(["c"]).ks, list(P(["c"]).nm2), str(pyi.signature(P))


@step
def proxies_plain():
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        k: Mapped[Optional["K"]] = relationship(default=None)
        k_id: Mapped[Optional[int]] = mapped_column(ForeignKey("k.id"), init=False)
        nm: AssociationProxy[Optional[str]] = association_proxy("k", "nm", default=None)
        nm3 = association_proxy("k", "nm")

    class K(B):
        __tablename__ = "k"
        nm: Mapped[str]
        id: Mapped[int] = mapped_column(primary_key=True, init=False)

    return fl(P), P(), P(nm="z").k, P(k=K("r")).nm3


@step
def syn_hyb():
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        a: Mapped[int]
        b: Mapped[int] = synonym("a", default=5)
        c: Mapped[int] = synonym("a", init=False)
        d: Mapped[str] = column_property(func.lower("x"), init=False)
        e: Mapped[Optional[str]] = (
            deferred(mapped_column(), default=None) if False else mapped_column(deferred=True, default=None)
        )

        @hybrid_property
        def hy(self):
            return self.a + 1

    return fl(P), P(3), P(3, 4).a


@step
def inherits_joined():
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        t: Mapped[str] = mapped_column(init=False)
        nm: Mapped[str] = mapped_column(default="x")
        __mapper_args__ = {"polymorphic_on": "t", "polymorphic_identity": "p"}

    class Q(P):
        __tablename__ = "q"
        id: Mapped[int] = mapped_column(ForeignKey("p.id"), primary_key=True, init=False)
        z: Mapped[int] = mapped_column(default=0)
        __mapper_args__ = {"polymorphic_identity": "q"}

    class R(P, kw_only=True):
        __tablename__ = "r"
        id: Mapped[int] = mapped_column(ForeignKey("p.id"), primary_key=True, init=False)
        w: Mapped[int]
        __mapper_args__ = {"polymorphic_identity": "r"}

    return fl(Q), Q(), Q("a", 2), R("a", w=3), Q() == Q(), str(pyi.signature(R))


@step
def nondc_sub():
    class B(DeclarativeBase):
        pass

    class P(MappedAsDataclass, B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        nm: Mapped[str]

    class Q(B):
        __tablename__ = "q"
        id: Mapped[int] = mapped_column(primary_key=True)

    return P("x"), Q(id=3).id, fl(P)


@step
def repr_flag():
    B = base()

    class P(B, repr=False):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)

        def __repr__(self):
            return "me"

    class Q(B):
        __tablename__ = "q"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)

        def __repr__(self):
            return "qq"

    return P(), Q()


@step
def loaded_noinit():
    B = base()
    calls = []

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        x: Mapped[int] = mapped_column(default=3)

        def __post_init__(self):
            calls.append(self.x)

    e = create_engine("sqlite://")
    B.metadata.create_all(e)
    with Session(e) as s:
        s.add(P(9))
        s.commit()
    with Session(e) as s:
        return s.query(P).one(), calls


@step
def wo_dyn():
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        ks: WriteOnlyMapped["K"] = relationship(default_factory=list) if False else relationship(init=False)
        kd: DynamicMapped["K"] = relationship(init=False, viewonly=True)

    class K(B):
        __tablename__ = "k"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        p_id: Mapped[int] = mapped_column(ForeignKey("p.id"), init=False)

    return fl(P), type(P().ks).__name__


@step
def init_default_history():
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        a: Mapped[Optional[int]] = mapped_column(default=None)
        b: Mapped[Optional[int]] = mapped_column(init=False)
        k_id: Mapped[Optional[int]] = mapped_column(ForeignKey("p.id"), default=None)
        k: Mapped[Optional["P"]] = relationship(remote_side=[id], default=None)

    p = P(k_id=5)
    q = P()
    return (
        sorted(k for k in p.__dict__ if k[0] != "_"),
        {k: tuple(inspect(p).attrs[k].history) for k in ("a", "b", "k", "k_id", "id")},
        sorted(k for k in q.__dict__ if k[0] != "_"),
    )


for opt in (
    {"init": False},
    {"init": True},
    {"repr": False},
    {"repr": True},
    {"default": 3},
    {"default_factory": list},
    {"compare": False},
    {"kw_only": True},
    {"hash": True},
    {"dataclass_metadata": {"a": 1}},
    {"hash": None},
):

    def f():
        class B(DeclarativeBase):
            pass

        return type(
            "P",
            (B,),
            {
                "__tablename__": "p",
                "id": mapped_column(Integer, primary_key=True),
                "__annotations__": {"x": Mapped[int]},
                "x": mapped_column(**opt),
            },
        ).__table__.c.keys()

    f.__name__ = str(opt)
    step(f)
for opt in (
    {"default": None},
    {"default_factory": list},
    {"default": 3},
    {"init": False},
    {"default": None, "init": False},
    {"default_factory": list, "init": False},
    {"default": None, "default_factory": list},
    {"default_factory": set},
    {"kw_only": True},
):
    for ann in ("List['K']", "Optional['K']", "Set['K']", "'K'", "Dict[str,'K']"):

        def f():
            B = base()

            class K(B):
                __tablename__ = "k"
                id: Mapped[int] = mapped_column(primary_key=True, init=False)
                nm: Mapped[str]
                p_id: Mapped[int] = mapped_column(ForeignKey("p.id"), init=False)

            class P(B):
                __tablename__ = "p"
                id: Mapped[int] = mapped_column(primary_key=True, init=False)
                ks: Mapped[eval(ann)] = (
                    relationship(**opt) if "Dict" not in ann else relationship(collection_class=attribute_keyed_dict("nm"), **opt)
                )

            F = fl(P)[1]
            try:
                p = P()
            except TypeError:
                p = "TypeError"
            return F, p

        f.__name__ = f"{opt} {ann}"
        step(f)


@dataclass
class Pt:
    x: int
    y: Optional[int] = 4


for opt in (
    {},
    {"default": None},
    {"default": Pt(1, 2)},
    {"default_factory": lambda: Pt(5, 6)},
    {"init": False},
    {"default": None, "init": False},
    {"init": False, "default_factory": lambda: Pt(5, 6)},
):

    def f():
        B = base()

        class P(B):
            __tablename__ = "p"
            id: Mapped[int] = mapped_column(primary_key=True, init=False)
            a: Mapped[Optional[Pt]] = composite(mapped_column("ax"), mapped_column("ay"), **opt)

        try:
            p = P()
        except TypeError:
            return fl(P)[1], "TypeError"
        d = sorted((k, str(v)) for k, v in p.__dict__.items() if k[0] != "_")
        return fl(P)[1], p, d, P.__table__.c.ax.nullable

    f.__name__ = "comp " + str({k: (v if not callable(v) else "f") for k, v in opt.items()})
    step(f)
for opt in ({}, {"default": None}, {"default": 5}, {"default": 4}, {"init": False}, {"default_factory": list}):

    def f():
        B = base()

        class P(B):
            __tablename__ = "p"
            id: Mapped[int] = mapped_column(primary_key=True, init=False)
            a: Mapped[int] = mapped_column(default=4)
            s: Mapped[int] = synonym("a", **opt)

        return fl(P)[2], P()

    f.__name__ = "syn " + str(opt)
    step(f)
for opt in ({}, {"default": None}, {"default": 5}, {"init": False}, {"default_factory": lambda: 3}):
    for k in ("column_property", "deferred", "query_expression"):

        def f():
            B = base()

            class P(B):
                __tablename__ = "p"
                id: Mapped[int] = mapped_column(primary_key=True, init=False)
                a: Mapped[int] = mapped_column(default=4)
                s: Mapped[int] = (
                    column_property(func.abs(3), **opt)
                    if k == "column_property"
                    else deferred(mapped_column("zz", Integer), **opt)
                    if k == "deferred"
                    else query_expression(**opt)
                )

            return fl(P)[2], str(pyi.signature(P)), [(c.name, c.default) for c in P.__table__.c]

        f.__name__ = k + " " + str({k: (v if not callable(v) else "f") for k, v in opt.items()})
        step(f)


@step
def mro():
    class M0(MappedAsDataclass):
        a: Mapped[int] = mapped_column(kw_only=True)

    class M1(M0):
        b: Mapped[int] = mapped_column(default=1, kw_only=True)

    B = base()

    class P(M1, B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)

    return fl(P), dataclasses.is_dataclass(M0), fl(M0), [(f.name) for f in dataclasses.fields(M1)], dataclasses.is_dataclass(B)


@step
def unmapped():
    @unmapped_dataclass
    class M0:
        a: Mapped[int] = mapped_column(default=5, kw_only=True)

    reg = registry()

    @mapped_as_dataclass(reg)
    class P(M0):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)

    return fl(P), P(), fl(M0)


@step
def full_msg():
    class Mx:
        created: Mapped[int] = mapped_column(default=3)
        u: Mapped[int] = mapped_column(default=3)
        plain: int = 3

    B = base()
    try:

        class P(Mx, B):
            __tablename__ = "p"
            id: Mapped[int] = mapped_column(primary_key=True, init=False)
    except Exception as e:
        return str(e)


@step
def full_msg2():
    reg = registry()
    try:

        @reg.mapped_as_dataclass
        @dataclass
        class P:
            __tablename__ = "p"
            id: Mapped[int] = mapped_column(primary_key=True)
    except Exception as e:
        return str(e)


@step
def mixin_plain_noattrs():
    class Mx:
        plain: int = 3

        def hi(self):
            return 1

        @declared_attr
        def dd(cls) -> Mapped[int]:
            return mapped_column(default=7) if False else mapped_column()

    B = base()

    class P(Mx, B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)

    return fl(P)


@step
def da_opts():
    B = base()

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)

        @declared_attr
        def dd(cls) -> Mapped[int]:
            return mapped_column(default=7)

        @declared_attr
        def ks(cls) -> Mapped[List["P"]]:
            return relationship(remote_side=cls.id, init=False) if False else relationship(default_factory=list)

        p_id: Mapped[Optional[int]] = mapped_column(ForeignKey("p.id"), init=False)

    return fl(P), P()


@step
def future_strings():
    B = base()
    ns = {
        "__tablename__": "p",
        "__annotations__": {"id": "Mapped[int]", "nm": "Mapped[Optional[str]]", "z": "int", "cv": "ClassVar[int]"},
        "id": mapped_column(primary_key=True, init=False),
        "nm": mapped_column(default=None),
        "cv": 3,
        "__module__": __name__,
    }
    P = type("P", (B,), ns)
    return fl(P)


@step
def override_field():
    B = base()

    class A(B):
        __abstract__ = True
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        x: Mapped[int] = mapped_column(default=1)

    class P(A):
        __tablename__ = "p"
        x: Mapped[str] = mapped_column(default="q")

    return fl(P), P(), P.__table__.c.x.type


@step
def generic_args():
    B = base()

    class P(B, kw_only=True, eq=False, order=False, unsafe_hash=True):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True)

    return P(id=3) == P(id=3)


@step
def slots_badarg():
    B = base()

    class P(B, slots=True):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True)


@step
def nometa():
    class B(MappedAsDataclass, DeclarativeBaseNoMeta, kw_only=True):
        pass

    class P(B):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True)

    return P(id=3), type(P)


@step
def abstract_base_kw():
    class B(DeclarativeBase):
        pass

    class D(MappedAsDataclass, B):
        __abstract__ = True
        id: Mapped[int] = mapped_column(primary_key=True, init=False)

    class P(D):
        __tablename__ = "p"
        x: Mapped[int]

    return P(3), fl(D)
