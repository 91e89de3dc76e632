"""Relationships whose condition has a statement, a constant or both sides of one table in it, under every loader."""

# ruff: noqa: B006, E742, UP031, B008, B023, E402, E501, F401, F811, E701, E702, E711, E712, E721, E731, E741, F403, F405, I001, UP006, UP035, UP045
import logging
from oxalchemy import *
from oxalchemy.orm import *


class Base(DeclarativeBase):
    pass


class Well(Base):
    __tablename__ = "well"
    id = mapped_column(Integer, primary_key=True)
    up_id = mapped_column(ForeignKey("well.id"))
    flag = mapped_column(Integer, default=1)


class R(Base):
    __tablename__ = "r"
    id = mapped_column(Integer, primary_key=True)
    well_id = mapped_column(ForeignKey("well.id"))
    v = mapped_column(Integer)


class Tag(Base):
    __tablename__ = "tag"
    id = mapped_column(Integer, primary_key=True)


wt = Table(
    "wt", Base.metadata, Column("w", ForeignKey("well.id")), Column("t", ForeignKey("tag.id")), Column("on", Integer, default=1)
)
Well.last = relationship(
    R,
    primaryjoin=lambda: and_(
        Well.id == R.well_id,
        R.id == select(func.max(R.id)).where(R.well_id == Well.id).correlate(Well.__table__).scalar_subquery(),
    ),
    viewonly=True,
    uselist=False,
)
Well.last2 = relationship(
    R,
    primaryjoin=lambda: and_(
        Well.id == R.well_id, R.id == select(func.max(R.id)).where(R.well_id == Well.id).correlate_except(R).scalar_subquery()
    ),
    viewonly=True,
    uselist=False,
)
ra = aliased(R)
Well.last3 = relationship(
    R,
    primaryjoin=lambda: and_(
        Well.id == foreign(R.well_id), R.id == select(func.max(ra.id)).where(ra.well_id == Well.id).scalar_subquery()
    ),
    viewonly=True,
    uselist=False,
)
Well.big = relationship(R, primaryjoin=lambda: and_(Well.id == R.well_id, R.v > 10), viewonly=True, order_by=R.id)
Well.flagged = relationship(R, primaryjoin=lambda: and_(Well.id == R.well_id, Well.flag == 1), viewonly=True, order_by=R.id)
Well.rs = relationship(R, order_by=R.id, backref="well")
configure_mappers()
R.flagged = relationship(Well, primaryjoin=lambda: and_(Well.id == R.well_id, Well.flag == 1), viewonly=True)
configure_mappers()
Well.up = relationship(Well, remote_side=Well.id, backref="subs")
Well.tags = relationship(Tag, secondary=wt, order_by=Tag.id)
Well.ontags = relationship(
    Tag, secondary=wt, primaryjoin=lambda: and_(Well.id == wt.c.w, wt.c.on == 1), viewonly=True, order_by=Tag.id
)
Well.subs2 = relationship(
    Well, primaryjoin=lambda: and_(Well.id == foreign(remote(Well.up_id)), remote(Well.flag) == 1), viewonly=True
)
e = create_engine("sqlite://")
Base.metadata.create_all(e)
with Session(e) as s:
    s.add_all([Well(id=1), Well(id=2, up_id=1, flag=0), Well(id=3, up_id=1), Tag(id=1), Tag(id=2)])
    s.flush()
    s.add_all([R(id=1, well_id=1, v=5), R(id=2, well_id=2, v=20), R(id=3, well_id=1, v=30), R(id=4)])
    s.execute(wt.insert(), [dict(w=1, t=1, on=1), dict(w=1, t=2, on=0), dict(w=2, t=2, on=1)])
    s.commit()
stm = []


@event.listens_for(e, "before_cursor_execute")
def f(conn, cur, st, p, c, m):
    stm.append(" ".join(st.split()) + " " + str(p))


def ids(x):
    return [i.id for i in x] if isinstance(x, list) else x and x.id


for name in ("last", "last2", "last3", "big", "flagged", "rs", "up", "subs", "tags", "ontags", "subs2"):
    for ld in (lazyload, selectinload, joinedload, immediateload):
        with Session(e) as s:
            stm.clear()
            try:
                print(
                    name,
                    ld.__name__,
                    [
                        (w.id, ids(getattr(w, name)))
                        for w in s.scalars(select(Well).options(ld(getattr(Well, name))).order_by(Well.id)).unique()
                    ],
                )
            except Exception as ex:
                print(name, ld.__name__, type(ex).__name__, ex)
            if ld in (selectinload, joinedload):
                print("   ", stm[-1])
for name in ("well", "flagged"):
    for ld in (lazyload, selectinload, joinedload):
        with Session(e) as s:
            stm.clear()
            print(
                name,
                ld.__name__,
                [(w.id, ids(getattr(w, name))) for w in s.scalars(select(R).options(ld(getattr(R, name))).order_by(R.id))],
            )
            if ld in (selectinload, joinedload):
                print("   ", stm[-1])
wa = aliased(Well)
with Session(e) as s:
    for n in ("last", "last2", "last3", "big", "flagged", "subs2", "ontags"):
        for q in (
            select(wa.id).join(getattr(wa, n)),
            select(Well.id).where(getattr(Well, n).has() if not getattr(Well, n).property.uselist else getattr(Well, n).any()),
            select(wa.id).where(getattr(wa, n).has() if not getattr(Well, n).property.uselist else getattr(wa, n).any()),
        ):
            print(n, " ".join(str(q).split()), s.scalars(q).all())
