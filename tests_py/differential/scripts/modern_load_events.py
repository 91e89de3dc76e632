"""do_orm_execute listeners are told of lazy loads, second statements and columns loaded again, and may change them."""

from oxalchemy import ForeignKey, create_engine, event, select
from oxalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    immediateload,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
    with_loader_criteria,
)


class Base(DeclarativeBase):
    pass


class P(Base):
    __tablename__ = "p"
    id: Mapped[int] = mapped_column(primary_key=True)
    nm: Mapped[str]
    big: Mapped[str | None] = mapped_column(deferred=True)
    ks: Mapped[list["K"]] = relationship(back_populates="p", order_by="K.id")


class K(Base):
    __tablename__ = "k"
    id: Mapped[int] = mapped_column(primary_key=True)
    p_id: Mapped[int] = mapped_column(ForeignKey("p.id"))
    x: Mapped[int] = mapped_column(default=1)
    p: Mapped[P] = relationship(back_populates="ks")


e = create_engine("sqlite://")
Base.metadata.create_all(e)
with Session(e) as s:
    s.add_all([P(id=1, nm="a", ks=[K(id=1), K(id=2, x=5)]), P(id=2, nm="b", ks=[K(id=3)])])
    s.commit()


def step(n, f):
    out = []
    with Session(e) as s:

        @event.listens_for(s, "do_orm_execute")
        def go(ctx):
            lp = ctx.loader_strategy_path
            further = ctx.is_relationship_load or ctx.is_column_load
            out.append(
                (
                    ctx.is_select,
                    ctx.is_orm_statement,
                    ctx.is_relationship_load,
                    ctx.is_column_load,
                    ctx.lazy_loaded_from is not None,
                    str(lp) if further else None,
                    [m.class_.__name__ for m in ctx.all_mappers],
                    ctx.bind_mapper.class_.__name__ if ctx.bind_mapper is not None else None,
                )
            )

        try:
            r = f(s)
        except Exception as ex:
            r = (type(ex).__name__, str(ex))
        print(n, r)
        for o in out:
            print("    ", o)


step("lazy o2m", lambda s: len(s.scalars(select(P)).first().ks))
step("lazy m2o", lambda s: s.scalars(select(K)).first().p.nm)
step("deferred", lambda s: s.scalars(select(P)).first().big)
step("selectin", lambda s: len(s.scalars(select(P).options(selectinload(P.ks))).first().ks))
step("immediate", lambda s: len(s.scalars(select(P).options(immediateload(P.ks))).first().ks))


def f(s):
    p = s.scalars(select(P)).first()
    s.expire(p)
    return p.nm


step("expired", f)


def f(s):
    p = s.scalars(select(P)).first()
    s.refresh(p)
    return p.nm


step("refresh", f)
step("get", lambda s: s.get(P, 1).nm)
step("joined", lambda s: len(s.scalars(select(P).options(joinedload(P.ks))).unique().first().ks))


def g(s):

    @event.listens_for(s, "do_orm_execute")
    def go(ctx):
        if ctx.is_select and (not ctx.is_column_load) and (not ctx.is_relationship_load):
            ctx.statement = ctx.statement.options(with_loader_criteria(K, K.x > 1))

    p = s.get(P, 1)
    return ([k.id for k in p.ks], [k.id for k in s.scalars(select(K))])


step("criteria", g)


def g(s):

    @event.listens_for(s, "do_orm_execute")
    def go(ctx):
        if ctx.is_relationship_load:
            ctx.statement = ctx.statement.where(K.x > 1)

    p = s.get(P, 1)
    return [k.id for k in p.ks]


step("where on lazy", g)
