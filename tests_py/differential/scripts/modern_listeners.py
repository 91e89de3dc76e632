"""Listeners of the ORM: on classes, mappers and bases, before and after they are used; removal."""

# ruff: noqa: F403, F405, F401, UP006, UP007, UP035, UP045, E701, E702, E731, F841, B023, B008, E741, E743, F811 - written for what it prints
import gc
from typing import *

import oxalchemy.orm as o
from oxalchemy import *
from oxalchemy.orm import *
from oxalchemy.orm import Mapper


def step(f):
    try:
        print(f.__name__, "->", f())
    except BaseException as ex:
        print(f.__name__, "!!", type(ex).__name__, str(ex).split("\n")[0][:260])
    return f


def mk():
    class B(DeclarativeBase):
        pass

    class A(B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped[Optional[int]]
        ks: Mapped[List["K"]] = relationship(back_populates="a")
        t: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "t", "polymorphic_identity": "a"}

    class S(A):
        y: Mapped[Optional[int]]
        __mapper_args__ = {"polymorphic_identity": "s"}

    class K(B):
        __tablename__ = "k"
        id: Mapped[int] = mapped_column(primary_key=True)
        a_id: Mapped[Optional[int]] = mapped_column(ForeignKey("a.id"))
        a: Mapped[Optional[A]] = relationship(back_populates="ks")

    e = create_engine("sqlite://")
    B.metadata.create_all(e)
    s = Session(e)
    s.add_all([A(id=1, ks=[K(id=1)]), S(id=2)])
    s.commit()
    s.close()
    return B, A, S, K, e, s


@step
def load_late():
    B, A, S, K, e, s = mk()
    ev = []
    s.query(A).all()
    s.close()
    q = select(A)
    s.scalars(q).all()
    s.close()

    def fn(t, c):
        ev.append(("load", type(t).__name__, c is not None))

    event.listen(A, "load", fn)
    s.scalars(q).all()
    s.close()
    r = list(ev)
    ev.clear()
    event.listen(A, "load", lambda t, c: ev.append("prop " + type(t).__name__), propagate=True)
    s.scalars(q).all()
    s.close()
    r += ev
    ev.clear()
    event.remove(A, "load", fn)
    s.scalars(q).all()
    s.close()
    return r, ev


@step
def targets():
    B, A, S, K, e, s = mk()
    ev = []
    for n, t in {"A": A, "mapper": inspect(A), "B": B}.items():
        for name in ("before_insert", "load", "init", "before_update", "refresh", "after_delete"):
            for prop in (False, True):
                try:
                    event.listen(t, name, lambda *a, n=n, name=name, prop=prop: ev.append(f"{n}.{name}.{prop}"), propagate=prop)
                except Exception as ex:
                    ev.append(f"{n}.{name} {type(ex).__name__}")
    r = []
    s.add(A(id=5))
    s.flush()
    r.append(sorted(ev))
    ev.clear()
    s.add(S(id=6))
    s.flush()
    r.append(sorted(ev))
    ev.clear()
    s.commit()
    s.close()
    a = s.get(A, 5)
    r.append(sorted(ev))
    ev.clear()
    a.x = 3
    s.flush()
    r.append(sorted(ev))
    ev.clear()
    s.refresh(a)
    r.append(sorted(ev))
    ev.clear()
    s.delete(a)
    s.flush()
    r.append(sorted(ev))
    ev.clear()

    class N(B):
        __tablename__ = "n"
        id: Mapped[int] = mapped_column(primary_key=True)

    N()
    r.append(sorted(ev))
    return "\n   ".join(map(str, r))


@step
def base_late():
    ev = []

    class B(DeclarativeBase):
        pass

    class Mx:
        pass

    event.listen(Mx, "init", lambda t, a, k: ev.append("mx init"), propagate=True)
    event.listen(Mx, "before_insert", lambda m, c, t: ev.append("mx bi"), propagate=True)
    event.listen(Mx, "load", lambda t, c: ev.append("mx load np"))

    class A(Mx, B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)

    event.listen(Mx, "init", lambda t, a, k: ev.append("mx init late"), propagate=True)
    event.listen(Mx, "before_insert", lambda m, c, t: ev.append("mx bi late"), propagate=True)
    h = lambda m, c, t: ev.append("removed?")
    event.listen(Mx, "before_insert", h, propagate=True)
    event.remove(Mx, "before_insert", h)

    class C(A):
        pass

    event.listen(B, "instrument_class", lambda m, c: ev.append("ic " + c.__name__), propagate=True)

    class D(B):
        __tablename__ = "d"
        id: Mapped[int] = mapped_column(primary_key=True)

    e = create_engine("sqlite://")
    B.metadata.create_all(e)
    with Session(e) as s:
        s.add(A())
        s.flush()
        s.add(C())
        s.flush()
    return ev, event.contains(Mx, "before_insert", h)


@step
def base_attr_events():
    ev = []

    class B(DeclarativeBase):
        pass

    class A(B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped[Optional[int]]

    class S(A):
        pass

    a = A()
    a.x = 1
    f = lambda t, v, o, i: ev.append(("set", v))
    event.listen(A.x, "set", f)
    event.listen(A.x, "set", lambda t, v, o, i: ev.append(("prop", v)), propagate=True)
    a.x = 2
    S().x = 3
    event.remove(A.x, "set", f)
    a.x = 4
    return ev


@step
def session_targets():
    B, A, S, K, e, s = mk()
    ev = []
    s2 = Session(e)
    SM = sessionmaker(e)
    class_ = type("MyS", (Session,), {})
    s3 = class_(e)
    sm3 = sessionmaker(e, class_=class_)
    ss = scoped_session(SM)
    for n, t in {"Session": Session, "SM": SM, "MyS": class_, "s2": s2, "ss": ss, "sm3": sm3}.items():
        event.listen(t, "before_flush", lambda *a, n=n: ev.append(n))
        event.listen(t, "do_orm_execute", lambda st, n=n: ev.append(n + "x"))
        event.listen(t, "loaded_as_persistent", lambda se, i, n=n: ev.append(n + "l"))
    r = []
    for x in (s2, SM(), s3, sm3(), ss(), Session(e)):
        x.add(K(id=50 + len(r)))
        x.flush()
        x.rollback()
        x.scalars(select(K)).all()
        x.close()
        r.append(list(ev))
        ev.clear()
    return "\n   ".join(map(str, r))


@step
def restore_ctx():
    B, A, S, K, e, s = mk()
    ev = []

    @event.listens_for(A, "load", restore_load_context=True)
    def l(t, c):
        ev.append((t.id, [k.id for k in t.ks]))

    s.scalars(select(A)).all()
    s.close()
    event.remove(A, "load", l)

    @event.listens_for(A, "load")
    def l2(t, c):
        try:
            ev.append(len(t.ks))
        except Exception as x:
            ev.append(type(x).__name__)

    import warnings

    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter("always")
        s.scalars(select(A)).all()
        ev.append([str(x.message)[:120] for x in w])
    return ev


@step
def raw_retval():
    B, A, S, K, e, s = mk()
    ev = []
    event.listen(A, "load", lambda st, c: ev.append(type(st).__name__), raw=True)
    event.listen(A.x, "set", lambda t, v, o, i: (v or 0) + 100, retval=True)
    event.listen(A.ks, "append", lambda t, v, i: ev.append(("app", type(v).__name__)) or v, retval=True)
    event.listen(A.ks, "remove", lambda t, v, i: ev.append("rem"))
    event.listen(A.ks, "bulk_replace", lambda t, v, i: ev.append(("br", len(v))))
    a = s.get(A, 1)
    a.x = 5
    a.ks = [K(), a.ks[0]]
    a.ks.pop()
    return ev, a.x


@step
def named_once():
    B, A, S, K, e, s = mk()
    ev = []
    event.listen(A, "load", lambda **kw: ev.append(sorted(kw)), named=True)
    event.listen(A, "load", lambda t, c: ev.append("once"), once=True)
    event.listen(A, "load", lambda t, c: ev.append("first"), insert=True)
    event.listen(A, "before_insert", lambda **kw: ev.append(sorted(kw)), named=True)
    s.scalars(select(A)).all()
    s.add(A(id=9))
    s.flush()
    return ev


@step
def registry_ev():
    ev = []

    class B(DeclarativeBase):
        pass

    event.listen(B.registry, "before_configured", lambda r: ev.append(("bc", r is B.registry)))
    event.listen(B.registry, "after_configured", lambda r: ev.append("ac"))
    event.listen(Mapper, "before_configured", lambda: ev.append("mbc"))
    event.listen(Mapper, "after_configured", lambda: ev.append("mac"))
    event.listen(Mapper, "mapper_configured", lambda m, c: ev.append(("mc", c.__name__)) if c.__name__ in "AZ" else None)
    event.listen(Mapper, "before_mapper_configured", lambda m, c: ev.append(("bmc", c.__name__)) if c.__name__ in "AZ" else None)
    event.listen(Mapper, "after_mapper_constructed", lambda m, c: ev.append(("amc", c.__name__)) if c.__name__ in "AZ" else None)
    event.listen(B, "mapper_configured", lambda m, c: ev.append(("Bmc", c.__name__)), propagate=True)

    class A(B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)

    A()
    configure_mappers()
    configure_mappers()
    return ev
