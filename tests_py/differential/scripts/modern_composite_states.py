"""Composites: columns, history, values in all states, comparison, statements, mistakes."""

# ruff: noqa: F403, F405, F401, UP006, UP007, UP035, UP045, E701, E702, E731, F841, B023, B008, E741, E743, F811 - written for what it prints
import dataclasses
from typing import *

from oxalchemy import *
from oxalchemy.orm import *
from oxalchemy.orm.attributes import flag_modified, get_history


def step(f):
    try:
        print(f.__name__, "->", f())
    except BaseException as ex:
        print(f.__name__, "!!", type(ex).__name__, str(ex).split("\n")[0][:260])
    return f


@dataclasses.dataclass
class Pt:
    x: Optional[int]
    y: Optional[int]


class Old:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __composite_values__(self):
        return self.a, self.b

    def __eq__(self, o):
        return isinstance(o, Old) and (o.a, o.b) == (self.a, self.b)

    def __ne__(self, o):
        return not self == o

    def __repr__(self):
        return f"Old({self.a},{self.b})"


class B(DeclarativeBase):
    pass


class A(B):
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(primary_key=True)
    p: Mapped[Pt] = composite(mapped_column("px"), mapped_column("py"))
    n: Mapped[Optional[Pt]] = composite(mapped_column("nx"), mapped_column("ny"))
    s: Mapped[Pt] = composite("sx", "sy")
    sx: Mapped[Optional[int]]
    sy: Mapped[Optional[int]]
    o = composite(Old, mapped_column("oa", Integer), mapped_column("ob", Integer), active_history=True)
    d: Mapped[Optional[Pt]] = composite(mapped_column("dx"), mapped_column("dy"), deferred=True, group="g")
    c: Mapped[Pt] = composite(Pt, "sx", "sy")
    r: Mapped[Pt] = composite(mapped_column("rx"), mapped_column("ry"), return_none_on=lambda *a: all(v == 0 for v in a))


e = create_engine("sqlite://")
B.metadata.create_all(e)


def d(o):
    return sorted((k, str(v)) for k, v in o.__dict__.items() if k[0] != "_")


@step
def cols():
    return {
        k: (
            [c.name for c in v.columns],
            [p.key for p in v.props],
            v.composite_class.__name__,
            [type(a).__name__ for a in v.attrs],
        )
        for k, v in inspect(A).composites.items()
    }


@step
def hist():
    a = A(p=Pt(1, 2))
    r = [tuple(inspect(a).attrs[k].history) for k in "pnsodr"]
    return r


@step
def hist2():
    with Session(e) as s:
        a = A(p=Pt(1, 2), n=None, s=Pt(3, 4), o=Old(1, 2), r=Pt(0, 0))
        s.add(a)
        s.flush()
        r = [tuple(inspect(a).attrs[k].history) for k in "pnso"]
        s.commit()
        r.append([tuple(inspect(a).attrs[k].history) for k in "pn"])
        a.p
        r.append([tuple(inspect(a).attrs[k].history) for k in "pnso"])
        a.p = Pt(9, 9)
        a.n = Pt(1, None)
        a.s = None
        a.o = Old(3, 3)
        r.append([tuple(inspect(a).attrs[k].history) for k in "pnso"])
        r.append(get_history(a, "p"))
        a.px = 5
        r.append((a.p, d(a)[:3]))
        s.rollback()
        r.append((a.p, a.n, a.s, a.o, a.r))
        s.expire(a)
        r.append([k for k in a.__dict__ if k[0] != "_"])
        r.append((inspect(a).attrs.p.value, inspect(a).attrs.p.loaded_value))
        del a.p
        r.append((a.p, a.px))
        return "\n   ".join(map(str, r))


@step
def expr_err():
    return str(A.p == 5)


@step
def load():
    with Session(e) as s:
        a = s.query(A).first()
        r = [a.p, a.n, a.s, a.o, a.d, a.r]
        r.append(s.execute(select(A.p, A.id)).first())
        r.append(s.query(A.p).first())
        r.append("d" in inspect(a).unloaded)
        s.query(A).filter_by(p=Pt(1, 2)).update({A.p: Pt(7, 7)})
        r.append(a.p)
        s.execute(update(A).values(p=Pt(8, 8)))
        s.expire(a)
        r.append(a.p)
        return r


@step
def events():
    ev = []
    event.listen(A.p, "set", lambda t, v, o, i: ev.append((v, o)))
    a = A(p=Pt(1, 1))
    a.p = Pt(2, 2)
    a.p = None
    return ev


@step
def ins():
    with Session(e) as s:
        s.execute(insert(A), [{"id": 50, "px": 1, "py": 2}])
        s.execute(insert(A).values(id=51, p=Pt(5, 6), s=Pt(1, 1)))
        return s.execute(text("select px,py,sx from a where id=51")).first()


@step
def bad():
    class Z(B):
        __tablename__ = "z"
        id: Mapped[int] = mapped_column(primary_key=True)
        p: Mapped[int] = composite(mapped_column("q"))


@step
def bad2():
    class Z2(B):
        __tablename__ = "z2"
        id: Mapped[int] = mapped_column(primary_key=True)
        p = composite(mapped_column("q"))


@step
def bad3():
    class Z3(B):
        __tablename__ = "z3"
        id: Mapped[int] = mapped_column(primary_key=True)
        p: Mapped[Pt] = composite(mapped_column("q"), mapped_column("r"), mapped_column("t"))


@step
def bad4():
    a = A()
    a.p = 5


@step
def bad5():
    class Z4(B):
        __tablename__ = "z4"
        id: Mapped[int] = mapped_column(primary_key=True)
        p: Mapped[Pt] = composite("nope", "y2")

    configure_mappers()
