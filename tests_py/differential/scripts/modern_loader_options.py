"""Loader options: on which attributes, along which paths, of which entities; what is refused, and how."""

from oxalchemy import ForeignKey, create_engine, select, text
from oxalchemy.orm import (
    DeclarativeBase,
    Load,
    Mapped,
    Session,
    WriteOnlyMapped,
    aliased,
    contains_eager,
    defaultload,
    defer,
    immediateload,
    joinedload,
    lazyload,
    load_only,
    mapped_column,
    noload,
    query_expression,
    raiseload,
    relationship,
    selectin_polymorphic,
    selectinload,
    subqueryload,
    undefer,
    undefer_group,
    with_expression,
    with_polymorphic,
)


class Base(DeclarativeBase):
    pass


class P(Base):
    __tablename__ = "p"
    id: Mapped[int] = mapped_column(primary_key=True)
    nm: Mapped[str]
    kind: Mapped[str] = mapped_column(default="p")
    ks: Mapped[list["K"]] = relationship(back_populates="p")
    expr: Mapped[int | None] = query_expression()
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "p"}


class S(P):
    __tablename__ = "s"
    id: Mapped[int] = mapped_column(ForeignKey("p.id"), primary_key=True)
    sx: Mapped[str | None]
    gs: Mapped[list["G"]] = relationship()
    __mapper_args__ = {"polymorphic_identity": "s"}


class K(Base):
    __tablename__ = "k"
    id: Mapped[int] = mapped_column(primary_key=True)
    nm: Mapped[str]
    p_id: Mapped[int] = mapped_column(ForeignKey("p.id"))
    p: Mapped[P] = relationship(back_populates="ks")
    dy = relationship("G", lazy="dynamic")
    wo: WriteOnlyMapped["G"] = relationship(viewonly=True)


class G(Base):
    __tablename__ = "g"
    id: Mapped[int] = mapped_column(primary_key=True)
    s_id: Mapped[int | None] = mapped_column(ForeignKey("s.id"))
    k_id: Mapped[int | None] = mapped_column(ForeignKey("k.id"))


e = create_engine("sqlite://")
Base.metadata.create_all(e)
with Session(e) as s:
    s.add(P(id=1, nm="p", ks=[K(id=1, nm="k")]))
    s.add(S(id=2, nm="s", sx="x", gs=[G(id=1)]))
    s.commit()
pa, ka, sa = (aliased(P), aliased(K), aliased(S))
pn = aliased(P, name="nn")
wp = with_polymorphic(P, "*")


def step(name, f):
    with Session(e) as s:
        try:
            print(name, "->", f(s))
        except Exception as ex:
            # A wildcard meets the two that cannot be loaded eagerly in the order of a set.
            text = str(ex).replace("'K.wo' does not support", "'K.dy' does not support") if name.endswith(" star") else str(ex)
            print(name, "!!", type(ex).__name__, text)


def st(o):
    return sorted(k for k in o.__dict__ if k[0] != "_")


def run(*o, q=None):

    def f(s):
        r = (
            s.execute((select(P).order_by(P.id) if q is None else q).options(*[x() if callable(x) else x for x in o]))
            .unique()
            .all()
        )
        return [[st(x) if hasattr(x, "__table__") else x for x in row] for row in r]

    return f


for fn in (joinedload, selectinload, subqueryload, lazyload, immediateload, noload, raiseload, contains_eager, defaultload):
    n = fn.__name__
    step(n + " str", run(lambda: fn("ks")))
    step(n + " col", run(lambda: fn(P.nm)))
    step(n + " class", run(lambda: fn(P)))
    step(n + " none", run(lambda: fn(None)))
    step(n + " other root", run(lambda: fn(K.p)))
    step(n + " alias root", run(lambda: fn(pa.ks)))
    step(n + " named alias root", run(lambda: fn(pn.ks)))
    step(n + " plain on alias", run(lambda: fn(P.ks), q=select(pa).order_by(pa.id)))
    step(n + " cols only", run(lambda: fn(P.ks), q=select(P.id).order_by(P.id)))
    step(n + " text only", run(lambda: fn(P.ks), q=select(text("1"))))
    if n == "contains_eager":
        continue
    step(n + " star", run(lambda: fn("*")))
    step(n + " star alias", run(lambda: getattr(Load(pa), n)("*"), q=select(pa).order_by(pa.id)))
    step(n + " table col", run(lambda: fn(P.__table__.c.nm)))
    step(n + " sub", run(lambda: fn(S.gs)))
    step(n + " chain bad", run(lambda: fn(P.ks).joinedload(P.ks)))
    step(n + " chain col", run(lambda: fn(P.ks).joinedload(K.nm)))
    step(n + " chain alias", run(lambda: fn(P.ks).joinedload(ka.p)))
    step(n + " chain str", run(lambda: fn(P.ks).joinedload("p")))
    step(n + " chain from col", run(lambda: load_only(P.nm).joinedload(P.ks)))
    if n != "immediateload":
        step(n + " dyn", run(lambda: fn(K.dy), q=select(K)))
        step(n + " wo", run(lambda: fn(K.wo), q=select(K)))
    step(n + " of_type sub", run(lambda: fn(K.p.of_type(S)), q=select(K)))
    step(n + " two entities", run(lambda: fn(P.ks), lambda: fn(K.p), q=select(P, K)))
    step(n + " and", run(lambda: fn(P.ks.and_(K.id > 5))))
for fn in (defer, undefer, load_only):
    n = fn.__name__
    step(n + " rel", run(lambda: fn(P.ks)))
    step(n + " class", run(lambda: fn(P)))
    step(n + " none", run(lambda: fn(None)))
    step(n + " other", run(lambda: fn(K.nm)))
    step(n + " alias", run(lambda: fn(pa.nm)))
    step(n + " cols", run(lambda: fn(P.nm), q=select(P.id)))
    step(n + " tablecol", run(lambda: fn(P.__table__.c.nm)))
    step(n + " pk", run(lambda: fn(P.id)))
    step(n + " plain on alias", run(lambda: fn(P.nm), q=select(pa)))
    step(n + " sub", run(lambda: fn(S.sx)))
    step(n + " disc", run(lambda: fn(P.kind)))
    step(n + " chain", run(lambda: getattr(defaultload(P.ks), n)(P.nm)))
    step(n + " chain2", run(lambda: getattr(selectinload(P.ks), n)(K.nm)))
    step(n + " Load", run(lambda: getattr(Load(P), n)(K.nm)))
    step(n + " Load alias", run(lambda: getattr(Load(pa), n)(P.nm), q=select(pa)))
step("Load bad", run(lambda: Load(K).defer(K.nm)))
step("Load nothing", run(lambda: Load(P)))
step("Load str", run(lambda: Load("P")))
step("Load none", run(lambda: Load(None)))
step("Load chain", run(lambda: Load(P).joinedload(K.p)))
step("Load alias mix", run(lambda: Load(pa).joinedload(P.ks)))
step("undefer_group unknown", run(lambda: undefer_group("zz")))
step("undefer_group Load", run(lambda: Load(P).undefer_group("zz")))
step("with_expression", run(lambda: with_expression(P.expr, P.id + 1)))
step("with_expression bad", run(lambda: with_expression(P.nm, P.id + 1)))
step("with_expression rel", run(lambda: with_expression(P.ks, P.id + 1)))
step("selectin_poly", run(lambda: selectin_polymorphic(P, [S])))
step("selectin_poly bad", run(lambda: selectin_polymorphic(P, [K])))
step("selectin_poly other", run(lambda: selectin_polymorphic(K, [S])))
step("selectin_poly empty", run(lambda: selectin_polymorphic(P, [])))
step("options()", run(lambda: selectinload(P.ks).options(joinedload(K.p), defer(K.nm))))
step("options() bad", run(lambda: selectinload(P.ks).options(joinedload(P.ks))))
step("options() bad2", run(lambda: Load(P).options(joinedload(K.p))))
step("options() nest", run(lambda: Load(P).options(selectinload(P.ks).options(defer(K.nm)))))
step("not an option", run(lambda: P))
step("not an option2", run(5))
step("not an option3", run("x"))
step("none option", run(None))
step("conflict", run(lambda: joinedload(P.ks), lambda: selectinload(P.ks)))
step("conflict2", run(lambda: joinedload(P.ks).load_only(K.nm), lambda: joinedload(P.ks).load_only(K.p_id)))
step("conflict of_type", run(lambda: joinedload(P.ks.of_type(ka)), lambda: selectinload(P.ks)))
step("session.get opts", lambda s: st(s.get(P, 1, options=[joinedload(P.ks)])))
step("session.get bad", lambda s: st(s.get(P, 1, options=[joinedload(K.p)])))
step("query bad", lambda s: s.query(P).options(joinedload(K.p)).all())
step("query col", lambda s: s.query(P.id).options(joinedload(P.ks)).all())
step("wp", run(lambda: joinedload(wp.S.gs), q=select(wp).order_by(wp.id)))
step("wp plain", run(lambda: joinedload(S.gs), q=select(wp).order_by(wp.id)))
step("wp load_only", run(lambda: load_only(wp.S.sx), q=select(wp).order_by(wp.id)))
step("alias sub", run(lambda: joinedload(sa.gs), q=select(sa)))
step("sub root base opt", run(lambda: joinedload(P.ks), q=select(S)))
step("sub alias base opt", run(lambda: joinedload(P.ks), q=select(sa)))
step("join opts", run(lambda: contains_eager(P.ks), q=select(P).join(P.ks)))
step("join opts alias", run(lambda: contains_eager(P.ks.of_type(ka)), q=select(P).join(P.ks.of_type(ka))))
step("ce alias kw", run(lambda: contains_eager(P.ks, alias=ka), q=select(P).join(ka, P.ks)))
step("ce alias str", run(lambda: contains_eager(P.ks, alias="zz"), q=select(P).join(P.ks)))
step("ce chain", run(lambda: contains_eager(K.p).contains_eager(P.ks), q=select(K).join(K.p)))
