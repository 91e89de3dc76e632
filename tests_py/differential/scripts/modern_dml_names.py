"""Names in `values()` and in rows: hybrids, composites, synonyms. A second statement of the same form has values of its own."""

import dataclasses

from oxalchemy import create_engine, insert, text, update
from oxalchemy.ext.hybrid import hybrid_property
from oxalchemy.orm import DeclarativeBase, Mapped, Session, aliased, composite, mapped_column, synonym


class Base(DeclarativeBase):
    pass


@dataclasses.dataclass
class Point:
    x: int
    y: int


class P(Base):
    __tablename__ = "p"
    id: Mapped[int] = mapped_column(primary_key=True)
    hours: Mapped[int] = mapped_column("h_col", default=0)
    x: Mapped[int | None] = mapped_column(default=0)
    y: Mapped[int | None] = mapped_column(default=0)
    pt: Mapped[Point] = composite(Point, "x", "y")
    syn = synonym("hours")
    synpt = synonym("pt")

    @hybrid_property
    def days(self):
        return self.hours / 24

    @days.inplace.update_expression
    @classmethod
    def _days_update(cls, value):
        return [(cls.hours, value * 24)]

    @days.inplace.bulk_dml
    @classmethod
    def _days_rows(cls, mapping, value):
        mapping["hours"] = value * 24

    @hybrid_property
    def hh(self):
        return self.hours

    @hybrid_property
    def double(self):
        return self.hours * 2


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
a = aliased(P)


def step(name, f):
    with Session(engine) as s:
        p = P(id=1, hours=1)
        s.add(p)
        s.flush()
        try:
            print(name, "->", f(s), (p.hours, p.x, p.y), s.execute(text("select * from p")).all())
        except Exception as e:
            print(name, "!!", type(e).__name__, str(e).split("\n")[0])


def both(name, make, *values):
    for value in values:
        step(f"{name} {value}", lambda s: s.execute(make(value)) and None)


both("insert", lambda v: insert(P).values(id=2, days=v), 3, 4)
both("insert key", lambda v: insert(P).values({P.id: 2, P.days: v}), 3, 4)
both("insert simple", lambda v: insert(P).values(id=2, hh=v), 3, 4)
both("insert rows", lambda v: insert(P).values([{"id": 2, "days": v}, {"id": 3, "days": v + 1}]), 3, 5)
both("insert composite", lambda v: insert(P).values(id=2, pt=v), Point(3, 4), Point(5, 6))
both("update", lambda v: update(P).values(days=v), 2, 3, 4)
both("update key", lambda v: update(P).values({P.days: v}), 2, 3)
both("update simple", lambda v: update(P).where(P.hh == 1).values(hh=P.hh + v), 2, 3)
both("update composite", lambda v: update(P).values(pt=v), Point(5, 6), Point(7, 8), None)
both("update composite key", lambda v: update(P).values({P.pt: v}), Point(5, 6), Point(7, 8), None)
both("update synonym", lambda v: update(P).values(syn=v), 5, 6)
both("update synonym of a composite", lambda v: update(P).values(synpt=v), Point(5, 6), Point(7, 8))
both("update ordered", lambda v: update(P).ordered_values(("days", v), (P.pt, Point(v, 8)), ("id", 1)), 2, 3)
both("update expression", lambda v: update(P).values(days=P.hours + v), 2, 3)
both("update no column", lambda v: update(P).values(double=v), 2)
both("update alias", lambda v: update(a).values(days=v), 2, 3)
for value in (2, 3):
    step(f"query {value}", lambda s: s.query(P).update({"days": value}))
    step(f"query key {value}", lambda s: s.query(P).update({P.days: P.hours + value}))
    step(f"query composite {value}", lambda s: s.query(P).update({"pt": Point(value, 2)}))
    step(f"query composite fetch {value}", lambda s: s.query(P).update({P.pt: Point(1, value)}, synchronize_session="fetch"))
    step(f"query synonym {value}", lambda s: s.query(P).update({"syn": value}))
    step(f"query synonym key {value}", lambda s: s.query(P).update({P.syn: value}))
for name, value in {"days": 3, "hh": 3, "double": 3, "pt": Point(3, 4), "zzz": 3}.items():
    step(f"rows insert {name}", lambda s: s.execute(insert(P), [{"id": 2, name: value}, {"id": 3, name: value}]) and None)
    step(f"rows update {name}", lambda s: s.execute(update(P), [{"id": 1, name: value}]) and None)
    step(f"mappings insert {name}", lambda s: s.bulk_insert_mappings(P, [{"id": 2, name: value}]))
    step(f"mappings update {name}", lambda s: s.bulk_update_mappings(P, [{"id": 1, name: value}]))
step("rows with values", lambda s: s.execute(update(P).values(x=5), [{"id": 1, "hours": 3}, {"id": 1, "y": 4}]) and None)
