"""composite(): values of several columns as one object."""

import dataclasses

from oxalchemy import ForeignKey, create_engine, event, insert, inspect, select, update
from oxalchemy.orm import (
    Bundle,
    CompositeProperty,
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    attributes,
    composite,
    configure_mappers,
    defer,
    joinedload,
    load_only,
    mapped_column,
    relationship,
)


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __composite_values__(self):
        return self.x, self.y

    def __eq__(self, other):
        return isinstance(other, Point) and (other.x, other.y) == (self.x, self.y)

    def __ne__(self, other):
        return not self == other

    def __repr__(self):
        return f"Point({self.x!r}, {self.y!r})"


@dataclasses.dataclass
class Vec:
    a: int | None
    b: int | None


class Cmp(CompositeProperty.Comparator):
    def __gt__(self, other):
        from oxalchemy import and_

        return and_(*[a > b for a, b in zip(self.__clause_element__().clauses, other.__composite_values__(), strict=False)])


class Base(DeclarativeBase):
    pass


class Graph(Base):
    __tablename__ = "graphs"
    id: Mapped[int] = mapped_column(primary_key=True)
    edges: Mapped[list["Edge"]] = relationship(back_populates="graph", order_by="Edge.id")


class Edge(Base):
    __tablename__ = "edges"
    id: Mapped[int] = mapped_column(primary_key=True)
    x1: Mapped[int | None]
    y1: Mapped[int | None]
    x2: Mapped[int | None]
    y2: Mapped[int | None]
    graph_id: Mapped[int | None] = mapped_column(ForeignKey("graphs.id"))
    start = composite(Point, "x1", "y1")
    end = composite(Point, "x2", "y2", comparator_factory=Cmp)
    graph: Mapped[Graph | None] = relationship(back_populates="edges")

    def __repr__(self):
        return f"Edge({self.start!r}, {self.end!r})"


class Thing(Base):
    __tablename__ = "things"
    id: Mapped[int] = mapped_column(primary_key=True)
    vec: Mapped[Vec] = composite(mapped_column("va"), mapped_column("vb"))
    opt: Mapped[Vec | None] = composite(
        mapped_column("oa"), mapped_column("ob"), return_none_on=lambda *v: all(x is None for x in v)
    )


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
s = Session(engine)


def t(label, f):
    print("#", label)
    try:
        print("->", f())
    except Exception as e:
        print("!!", type(e).__name__, str(e).split("\n")[0][:250])


g = Graph(edges=[Edge(start=Point(1, 2), end=Point(3, 4)), Edge(start=Point(5, 6), end=Point(7, 8))])
s.add(g)
print(g.edges[0].x1, g.edges[0].end)
s.commit()
e = g.edges[0]
t("loaded", lambda: (e.start, e.end, e.start is e.start))
t("query", lambda: s.scalars(select(Edge).where(Edge.start == Point(1, 2))).all())
for label, x in {
    "eq": lambda: Edge.start == Point(1, 2),
    "ne": lambda: Edge.start != Point(1, 2),
    "eq None": lambda: Edge.start == None,  # noqa: E711
    "ne None": lambda: Edge.start != None,  # noqa: E711
    "eq other": lambda: Edge.start == Edge.end,
    "lt": lambda: Edge.start < Point(1, 2),
    "le": lambda: Edge.start <= Point(1, 2),
    "gt": lambda: Edge.start > Point(1, 2),
    "ge": lambda: Edge.start >= Point(1, 2),
    "gt custom": lambda: Edge.end > Point(1, 2),
    "in": lambda: Edge.start.in_([Point(1, 2)]),
    "between": lambda: Edge.start.between(Point(1, 2), Point(3, 4)),
    "not": lambda: ~(Edge.start == Point(1, 2)),
    "alias": lambda: aliased(Edge, name="ea").start == Point(1, 2),
    "str": lambda: str(Edge.start),
    "repr prop": lambda: Edge.start.property.key,
    "select": lambda: select(Edge.start),
    "select both": lambda: select(Edge.id, Edge.start, Edge.end),
    "order_by": lambda: select(Edge.id).order_by(Edge.start),
    "order_by desc": lambda: select(Edge.id).order_by(Edge.start.desc()),
    "order_by asc": lambda: select(Edge.id).order_by(Edge.start.asc()),
    "group_by": lambda: select(Edge.start).group_by(Edge.start),
    "clauses": lambda: [c.key for c in Edge.start.clauses],
    "props": lambda: [p.key for p in Edge.start.property.props],
    "columns": lambda: [str(c) for c in Edge.start.property.columns],
    "attrs": lambda: [p.key for p in inspect(Edge).composites],
    "filter": lambda: select(Edge).where(Edge.start == Edge.start),
}.items():
    t(label, x)
t("rows", lambda: s.execute(select(Edge.id, Edge.start, Edge.end).order_by(Edge.id)).all())
t("row names", lambda: s.execute(select(Edge.start, Edge.id)).first()._fields)
t("query rows", lambda: s.query(Edge.start, Edge.end).order_by(Edge.id).all())
t("query tuple", lambda: s.query(Edge.start).order_by(Edge.id).first())
t("bundle", lambda: s.execute(select(Bundle("b", Edge.start, Edge.id)).order_by(Edge.id)).all())
t("scalars", lambda: s.scalars(select(Edge.start).order_by(Edge.id)).all())
e.start = Point(10, 11)
t("set", lambda: (e.x1, e.y1, s.is_modified(e), attributes.get_history(e, "start"), attributes.get_history(e, "x1")))
s.commit()
t("after", lambda: (e.start, s.scalars(select(Edge.x1).order_by(Edge.id)).all()))
e.start.x = 99
t("in place is not seen", lambda: (list(s.dirty), e.x1))
s.expire(e)
t("expire", lambda: e.start)
e.start = None
t("None", lambda: (e.x1, e.y1, e.start))
s.commit()
t("None loaded", lambda: (e.start, e.x1))
e.x1 = 5
t("column set", lambda: (e.start, e.x1))
s.commit()
t("column set loaded", lambda: e.start)
del e.end
t("del", lambda: (e.x2, e.y2, e.end))
s.commit()
t("del loaded", lambda: e.end)
n = Edge()
t("new", lambda: (n.start, n.x1))
n2 = Edge(x1=1, y1=2)
t("new from columns", lambda: (n2.start, n2.end))
th = Thing(vec=Vec(1, 2))
s.add(th)
s.commit()
t("dataclass", lambda: (th.vec, th.opt))
th.opt = Vec(None, 3)
s.commit()
t("opt", lambda: th.opt)
th.opt = None
s.commit()
t("opt None", lambda: th.opt)
t("dataclass where", lambda: s.scalars(select(Thing.id).where(Thing.vec == Vec(1, 2))).all())
t("update", lambda: s.execute(update(Edge).where(Edge.id == 2).values({Edge.start: Point(20, 21)})).rowcount)
t("update loaded", lambda: g.edges[1].start)
t("query update", lambda: s.query(Edge).filter(Edge.start == Point(20, 21)).update({Edge.end: Point(30, 31)}))
t("update end", lambda: g.edges[1].end)
t(
    "query update evaluate",
    lambda: s.query(Edge).filter(Edge.start == Point(20, 21)).update({Edge.start: Point(1, 1)}, synchronize_session="evaluate"),
)
t("update evaluate", lambda: g.edges[1].start)
t("update None", lambda: str(update(Edge).values({Edge.start: None})))
t("update str", lambda: str(update(Edge).values(start=Point(1, 2))))
t("insert", lambda: s.execute(insert(Edge).values({Edge.start: Point(1, 2)})).rowcount)
t("insert many", lambda: s.execute(insert(Edge), [{"x1": 1, "y1": 2}]) is not None)
s.rollback()
t("history", lambda: attributes.get_history(g.edges[1], "end"))
s.expire_all()
t(
    "defer",
    lambda: sorted(
        k for k in s.scalars(select(Edge).options(defer(Edge.start)).where(Edge.id == 2)).one().__dict__ if not k.startswith("_")
    ),
)
s.expunge_all()
t(
    "load_only",
    lambda: sorted(
        k
        for k in s.scalars(select(Edge).options(load_only(Edge.start)).where(Edge.id == 2)).one().__dict__
        if not k.startswith("_")
    ),
)
s.expunge_all()
t(
    "defer2",
    lambda: sorted(
        k for k in s.scalars(select(Edge).options(defer(Edge.start)).where(Edge.id == 2)).one().__dict__ if not k.startswith("_")
    ),
)
s.expunge_all()
t("joined", lambda: s.scalars(select(Graph).options(joinedload(Graph.edges))).unique().one().edges)
m = s.merge(Edge(id=2, start=Point(50, 51)))
t("merge", lambda: (m.start, m.x1, m.end))
t("refresh", lambda: (s.refresh(m), m.start)[1])
t("expire name", lambda: (s.expire(m, ["start"]), m.start)[1])


@event.listens_for(Edge.start, "set", retval=True)
def on_set(target, value, old, initiator):
    print("set", value, old)
    return Point(0, 0)


m.start = Point(3, 3)
t("event", lambda: (m.start, m.x1))
t("bad type", lambda: setattr(m, "end", 5))
t(
    "inspect",
    lambda: (
        inspect(Edge).attrs.start.key,
        type(inspect(Edge).attrs.start).__name__,
        inspect(Edge).all_orm_descriptors.start is Edge.start,
    ),
)


class Bad(Base):
    __tablename__ = "bad"
    id: Mapped[int] = mapped_column(primary_key=True)
    p = composite(Point, "zz", "id")


t("bad name", configure_mappers)
