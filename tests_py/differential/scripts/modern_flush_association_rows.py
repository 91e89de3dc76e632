"""Association rows of classes that are related to themselves: each row once, whichever side says so."""

from oxalchemy import Column, ForeignKey, Integer, Table, create_engine, delete, insert, select
from oxalchemy.orm import Session, declarative_base, relationship


def run(kind):
    base = declarative_base()
    links = Table(
        "links",
        base.metadata,
        Column("l", ForeignKey("nodes.id"), primary_key=True),
        Column("r", ForeignKey("nodes.id"), primary_key=True),
    )

    class Node(base):
        __tablename__ = "nodes"
        id = Column(Integer, primary_key=True)

    sides = {"primaryjoin": Node.id == links.c.l, "secondaryjoin": Node.id == links.c.r}
    if kind == "backref":
        Node.right = relationship(Node, secondary=links, backref="left", **sides)
    elif kind == "its own":
        Node.right = relationship(Node, secondary=links, back_populates="right", **sides)
    else:
        Node.right = relationship(Node, secondary=links, **sides)
    engine = create_engine("sqlite://")
    base.metadata.create_all(engine)

    def case(f, *rows):
        with Session(engine) as s:
            s.execute(delete(links))
            s.execute(delete(Node))
            nodes = [Node(id=i) for i in (1, 2, 3)]
            s.add_all(nodes)
            s.flush()
            if rows:
                s.execute(insert(links), [{"l": a, "r": b} for a, b in rows])
            s.commit()
            try:
                f(s, *nodes)
                s.commit()
                print(kind, f.__name__, sorted(s.execute(select(links)).all()), len(s.execute(select(Node)).all()))
            except Exception as e:
                print(kind, f.__name__, type(e).__name__, str(e).split("\n")[0])

    def all_of_them(s, a, b, c):
        a.right, b.right, c.right = [b, c], [a, c], [a, b]

    def itself(s, a, b, c):
        a.right = [a]

    def both_ways(s, a, b, c):
        a.right.append(b)
        b.right.append(a)

    def both_ways_in_two_flushes(s, a, b, c):
        a.right.append(b)
        s.flush()
        b.right.append(a)

    def new_ones(s, a, b, c):
        d, e = Node(id=4), Node(id=5)
        d.right = [e, a]
        e.right = [d]
        s.add(d)

    def emptied(s, a, b, c):
        a.right, b.right = [], []

    def turned(s, a, b, c):
        a.right.remove(b)
        b.right.append(a)

    def one_deleted(s, a, b, c):
        if hasattr(a, "left"):
            s.delete(b)
        else:
            b.right, a.right = [], []
            s.delete(b)

    def two_deleted(s, a, b, c):
        a.right, b.right
        s.delete(a)
        s.delete(b)

    for f in (all_of_them, itself, both_ways, both_ways_in_two_flushes, new_ones):
        case(f)
    case(emptied, (1, 2), (2, 1))
    case(turned, (1, 2))
    case(one_deleted, (1, 2), (2, 1), (2, 3))
    case(two_deleted, (1, 2), (2, 1))
    case(itself, (1, 2))
    if kind == "backref":

        def from_both_sides(s, a, b, c):
            a.right.append(b)
            a.left.append(b)
            c.left.append(a)

        def emptied_from_both_sides(s, a, b, c):
            a.right, a.left = [], []

        case(from_both_sides)
        case(emptied_from_both_sides, (1, 2), (2, 1))


for kind in ("backref", "plain", "its own"):
    run(kind)
