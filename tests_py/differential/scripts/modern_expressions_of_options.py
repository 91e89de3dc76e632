"""query_expression(), with_expression() and deferred columns: values, types, statements."""

from oxalchemy import ForeignKey, create_engine, event, exists, literal, select
from oxalchemy.orm import (
    DeclarativeBase,
    Load,
    Mapped,
    Session,
    defaultload,
    defer,
    immediateload,
    joinedload,
    lazyload,
    load_only,
    mapped_column,
    query_expression,
    raiseload,
    relationship,
    selectinload,
    undefer,
    undefer_group,
    with_expression,
)


class Base(DeclarativeBase):
    pass


class P(Base):
    __tablename__ = "p"
    id: Mapped[int] = mapped_column(primary_key=True)
    a: Mapped[int | None]
    b: Mapped[int | None]
    c: Mapped[int | None] = mapped_column(deferred=True, deferred_group="g")
    d: Mapped[int | None] = mapped_column(deferred=True, deferred_group="g")
    expr: Mapped[bool | None] = query_expression()
    e2: Mapped[int | None] = query_expression(literal(5))
    ks: Mapped[list["K"]] = relationship()


class K(Base):
    __tablename__ = "k"
    id: Mapped[int] = mapped_column(primary_key=True)
    p_id: Mapped[int] = mapped_column(ForeignKey("p.id"))
    x: Mapped[bool | None] = query_expression()


e = create_engine("sqlite://")
Base.metadata.create_all(e)
with Session(e) as s:
    s.add(P(id=1, a=1, b=2, c=3, d=4, ks=[K(id=1)]))
    s.commit()
log = []
event.listen(e, "before_cursor_execute", lambda c, cu, st, pa, ctx, m: log.append((" ".join(st.split()), pa)))


def step(n, f):
    log.clear()
    with Session(e) as s:
        try:
            print(n, f(s))
        except Exception as ex:
            print(n, type(ex).__name__, ex)
        for line in log:
            print("    ", line)


def acc(o):
    out = []
    for k in ("id", "a", "b", "c", "d", "expr", "e2"):
        try:
            out.append(getattr(o, k))
        except Exception as ex:
            out.append(str(ex))
    return out


Q = select(P)
for n, o in {
    "none": [],
    "defer* raise": [defer("*", raiseload=True)],
    "defer a raise": [defer(P.a, raiseload=True)],
    "load_only raise": [load_only(P.a, raiseload=True)],
    "Load defer*": [Load(P).defer("*", raiseload=True)],
    "undefer_group": [undefer_group("g")],
    "Load undefer_group": [Load(P).undefer_group("g")],
    "defer c raise": [defer(P.c, raiseload=True)],
    "defer pk": [defer(P.id)],
    "defer pk raise": [defer(P.id, raiseload=True)],
    "we": [with_expression(P.expr, P.a > 0)],
    "we exists": [with_expression(P.expr, exists().where(K.p_id == P.id))],
    "we e2": [with_expression(P.e2, P.a + 10)],
    "raise+undefer": [defer("*", raiseload=True), undefer(P.b)],
    "undefer c": [undefer(P.c)],
    "raise*": [raiseload("*")],
}.items():
    step(n, lambda s: acc(s.scalars(Q.options(*o)).one()))
    step(n + " query", lambda s: acc(s.query(P).options(*o).one()))
for n, f in {"sel": selectinload, "join": joinedload, "lazy": lazyload, "imm": immediateload, "def": defaultload}.items():
    step("rel " + n, lambda s: [k.x for k in s.scalars(Q.options(f(P.ks).with_expression(K.x, K.id > 0))).unique().one().ks])
    if n != "join":
        step(
            "rel ex " + n,
            lambda s: [
                k.x for k in s.scalars(Q.options(f(P.ks).with_expression(K.x, exists().where(P.id == K.p_id)))).unique().one().ks
            ],
        )


def pe(s):
    p = s.scalars(Q.options(with_expression(P.expr, P.a > 0))).one()
    a = p.expr
    s.scalars(Q).one()
    b = p.expr
    s.scalars(Q.execution_options(populate_existing=True)).one()
    s.expire(p)
    return (a, b, p.expr)


step("pe", pe)


def pe(s):
    p = s.scalars(Q.options(with_expression(P.expr, P.a > 0))).one()
    s.refresh(p)
    return p.expr


step("refresh", pe)


def pe(s):
    p = s.scalars(Q).one()
    s.scalars(Q.options(with_expression(P.expr, P.a > 0))).one()
    a = p.expr
    s.scalars(Q.options(with_expression(P.expr, P.a > 0)).execution_options(populate_existing=True)).one()
    return (a, p.expr)


step("again", pe)
