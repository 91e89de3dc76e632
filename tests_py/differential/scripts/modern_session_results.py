"""Results of a session: unique(), portions, lone values, mappings, what is missing."""

from typing import Any

from oxalchemy import JSON, ForeignKey, Integer, PickleType, create_engine, func, literal, literal_column, null, select, text
from oxalchemy.orm import DeclarativeBase, Mapped, Session, contains_eager, joinedload, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class P(Base):
    __tablename__ = "p"
    id: Mapped[int] = mapped_column(primary_key=True)
    nm: Mapped[str | None]
    j: Mapped[dict | None] = mapped_column(JSON)
    pk: Mapped[Any] = mapped_column(PickleType, nullable=True)
    ks: Mapped[list["K"]] = relationship(order_by="K.id")


class K(Base):
    __tablename__ = "k"
    id: Mapped[int] = mapped_column(primary_key=True)
    p_id: Mapped[int] = mapped_column(ForeignKey("p.id"))


e = create_engine("sqlite://")
Base.metadata.create_all(e)
with Session(e) as s:
    s.add_all([P(id=1, nm="a", j={"a": 1}, ks=[K(id=1), K(id=2)]), P(id=2, nm="a", j={}, ks=[K(id=3)]), P(id=3, nm=None)])
    s.commit()


def sh(x):
    if isinstance(x, P):
        return f"P{x.id}"
    if isinstance(x, K):
        return f"K{x.id}"
    if isinstance(x, (list,)):
        return [sh(y) for y in x]
    if isinstance(x, tuple) or type(x).__name__ == "Row":
        return tuple(sh(y) for y in x)
    if hasattr(x, "items"):
        return {str(k).split(".")[-1]: sh(v) for k, v in x.items()}
    return x


def step(name, f):
    with Session(e) as s:
        try:
            print(name, "->", sh(f(s)))
        except Exception as ex:
            print(name, "!!", type(ex).__name__, str(ex).split("\n")[0])


ORDERED = select(P).order_by(P.id)
J = ORDERED.options(joinedload(P.ks))


def each(n, q):
    step(n + " unique.yield_per list", lambda s: list(s.scalars(q).unique().yield_per(2)))
    step(n + " yield_per.unique", lambda s: list(s.scalars(q).yield_per(2).unique()))
    step(n + " execute unique yp", lambda s: s.execute(q).unique().yield_per(2).all())
    step(n + " yield_per", lambda s: list(s.scalars(q).yield_per(2)))
    step(n + " opt yield_per", lambda s: list(s.scalars(q.execution_options(yield_per=2))))
    step(n + " opt yield_per unique", lambda s: list(s.scalars(q.execution_options(yield_per=2)).unique()))
    step(n + " partitions", lambda s: [list(x) for x in s.scalars(q).partitions(2)])
    step(n + " unique partitions", lambda s: [list(x) for x in s.scalars(q).unique().partitions(2)])
    step(n + " opt partitions", lambda s: [list(x) for x in s.execute(q.execution_options(yield_per=2)).partitions()])
    step(n + " fetchmany", lambda s: (lambda r: [r.fetchmany(2), r.fetchmany(2), r.fetchmany(2), r.closed])(s.scalars(q)))
    step(
        n + " uniq fetchmany",
        lambda s: (lambda r: [r.fetchmany(2), r.fetchmany(2), r.fetchmany(2), r.closed])(s.scalars(q).unique()),
    )
    step(n + " first closed", lambda s: (lambda r: [r.first(), r.closed])(s.scalars(q)))
    step(n + " first twice", lambda s: (lambda r: [r.first(), r.first()])(s.scalars(q)))
    step(n + " scalar", lambda s: (lambda r: [r.scalar(), r.closed])(s.execute(q)))
    step(n + " uniq scalar", lambda s: s.execute(q).unique().scalar())
    step(n + " one", lambda s: s.execute(q).one())
    step(n + " uniq one", lambda s: s.execute(q).unique().one())
    step(n + " scalar_one", lambda s: s.execute(q).scalar_one())
    step(n + " scalar_one_or_none", lambda s: s.execute(q).unique().scalar_one_or_none())
    step(n + " where1 uniq one", lambda s: s.scalars(q.where(P.id == 1)).unique().one())
    step(n + " where1 one", lambda s: s.scalars(q.where(P.id == 1)).one())
    step(n + " where0 one", lambda s: s.scalars(q.where(P.id == 0)).one())
    step(n + " where0 one_or_none", lambda s: s.scalars(q.where(P.id == 0)).one_or_none())
    step(n + " where0 all", lambda s: s.scalars(q.where(P.id == 0)).all())
    step(n + " where0 scalar", lambda s: s.execute(q.where(P.id == 0)).scalar())
    step(n + " mappings", lambda s: s.execute(q).mappings().all())
    step(n + " uniq mappings", lambda s: s.execute(q).unique().mappings().all())
    step(n + " mappings uniq", lambda s: s.execute(q).mappings().unique().first())
    step(n + " columns0", lambda s: s.execute(q).columns(0).unique().all())
    step(n + " scalars0", lambda s: s.execute(q).scalars(0).unique().all())
    step(n + " scalars1", lambda s: s.execute(q).scalars(1).all())
    step(n + " freeze", lambda s: [x for x in s.execute(q).unique().freeze()().scalars()])
    step(n + " freeze nouniq", lambda s: [x for x in s.execute(q).freeze()().scalars()])
    step(n + " merge", lambda s: s.execute(q).merge(s.execute(q)).unique().scalars().all())
    step(n + " tuples", lambda s: s.execute(q).tuples().unique().all())
    step(n + " keys", lambda s: list(s.execute(q).keys()))
    step(n + " iter", lambda s: [x for x in s.execute(q)])
    step(n + " unique strategy", lambda s: s.scalars(q).unique(lambda p: p.nm).all())
    step(n + " uniq2", lambda s: s.execute(q).unique().unique().all())
    step(n + " close", lambda s: (lambda r: [r.close(), r.closed, r.all()])(s.execute(q)))
    step(n + " after all", lambda s: (lambda r: [r.all(), r.all(), r.closed, r.fetchone()])(s.execute(q).unique()))
    step(n + " session.scalar", lambda s: s.scalar(q))
    step(n + " Query.first", lambda s: s.query(P).first())
    step(n + " ctx", lambda s: (lambda r: [r.__enter__() is r, r.__exit__(None, None, None), r.closed])(s.scalars(q)))


each("plain", ORDERED)
each("joined", J)
each("ce", ORDERED.join(P.ks).options(contains_eager(P.ks)))
each("cols", select(P.id, P.nm).order_by(P.id))
each("ent+col", select(P, P.nm).order_by(P.id))
each("pair", select(P, K).join(P.ks).order_by(P.id, K.id))
for n, c in {
    "json": P.j,
    "pickle": P.pk,
    "null": null(),
    "lit": literal(1),
    "litcol": literal_column("1"),
    "litcolint": literal_column("1", Integer),
    "func": func.max(P.id),
    "f2": func.lower(P.nm),
    "json elem": P.j["a"],
    "label": P.j.label("x"),
    "pk": P.pk,
}.items():
    step(n + " uniq", lambda s: s.execute(select(c)).unique().all())
    step(n + " scalars uniq", lambda s: s.scalars(select(c)).unique().all())
    step(n + " with P", lambda s: s.execute(select(P.id, c)).unique().all())
    step(n + " core uniq", lambda s: s.connection().execute(select(c)).unique().all())
    step(n + " query", lambda s: s.query(c).all())
    step(n + " query2", lambda s: s.query(P, c).all())
    step(n + " distinct", lambda s: s.query(P.id, c).distinct().all() and 1)
step("text uniq", lambda s: s.execute(text("select 1 as a union all select 1")).unique().all())
step("fs uniq", lambda s: s.scalars(select(P).from_statement(text("select * from p"))).unique().all())
step("row str key", lambda s: s.execute(select(P.id)).first()["id"])
step("row attr", lambda s: s.execute(select(P.id)).first().zz)
step("columns zz", lambda s: s.execute(select(P.id)).columns("zz").all())
step("int mapping", lambda s: s.execute(select(P.id)).first()._mapping[0])
step("mapping zz", lambda s: s.execute(select(P.id)).first()._mapping["zz"])
step("mapping attr", lambda s: s.execute(select(P)).first()._mapping[P])
step("mapping col", lambda s: s.execute(select(P)).first()._mapping[P.id])
step("scalars zz", lambda s: s.execute(select(P.id)).scalars("zz").all())
step("columns neg", lambda s: s.execute(select(P.id, P.nm)).columns(-1).all())
step("columns 5", lambda s: s.execute(select(P.id, P.nm)).columns(5).all())
step("fields", lambda s: s.execute(select(P.id, P)).first()._fields)
step("asdict", lambda s: s.execute(select(P.id, P)).first()._asdict())
step("t", lambda s: s.execute(select(P.id, P)).first()._tuple())
step("index", lambda s: s.execute(select(P.nm)).first().index("a"))
