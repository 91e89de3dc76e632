"""Columns and relationships of subclasses by selectin_polymorphic(), of_type() and with_polymorphic()."""

from oxalchemy import ForeignKey, create_engine, event, select, text
from oxalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    joinedload,
    lazyload,
    load_only,
    mapped_column,
    relationship,
    selectin_polymorphic,
    selectinload,
    undefer,
    with_polymorphic,
)


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str | None]
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"))
    pets: Mapped[list["Pet"]] = relationship()
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "p"}


class Eng(Person):
    __tablename__ = "eng"
    id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    lang: Mapped[str | None]
    big: Mapped[str | None] = mapped_column(deferred=True)
    tools: Mapped[list["Tool"]] = relationship()
    __mapper_args__ = {"polymorphic_identity": "e"}


class Senior(Eng):
    __tablename__ = "senior"
    id: Mapped[int] = mapped_column(ForeignKey("eng.id"), primary_key=True)
    rank: Mapped[str | None]
    __mapper_args__ = {"polymorphic_identity": "s"}


class Single(Eng):
    flag: Mapped[str | None] = mapped_column()
    __mapper_args__ = {"polymorphic_identity": "x"}


class Mgr(Person):
    __tablename__ = "mgr"
    id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    title: Mapped[str | None]
    cars: Mapped[list["Car"]] = relationship(lazy="joined")
    __mapper_args__ = {"polymorphic_identity": "m"}


class Tool(Base):
    __tablename__ = "tool"
    id: Mapped[int] = mapped_column(primary_key=True)
    eng_id: Mapped[int] = mapped_column(ForeignKey("eng.id"))


class Car(Base):
    __tablename__ = "car"
    id: Mapped[int] = mapped_column(primary_key=True)
    m_id: Mapped[int] = mapped_column(ForeignKey("mgr.id"))


class Pet(Base):
    __tablename__ = "pet"
    id: Mapped[int] = mapped_column(primary_key=True)
    p_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class Firm(Base):
    __tablename__ = "firm"
    id: Mapped[int] = mapped_column(primary_key=True)
    staff: Mapped[list[Person]] = relationship(order_by=Person.id)


class Q(Base):
    __tablename__ = "q"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str | None]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "q", "polymorphic_load": "selectin"}


class Q1(Q):
    __tablename__ = "q1"
    id: Mapped[int] = mapped_column(ForeignKey("q.id"), primary_key=True)
    v: Mapped[int | None]
    __mapper_args__ = {"polymorphic_identity": "q1", "polymorphic_load": "selectin"}


class Q2(Q1):
    __tablename__ = "q2"
    id: Mapped[int] = mapped_column(ForeignKey("q1.id"), primary_key=True)
    w: Mapped[int | None]
    __mapper_args__ = {"polymorphic_identity": "q2", "polymorphic_load": "selectin"}


class Q3(Q):
    __tablename__ = "q3"
    id: Mapped[int] = mapped_column(ForeignKey("q.id"), primary_key=True)
    z: Mapped[int | None]
    __mapper_args__ = {"polymorphic_identity": "q3", "polymorphic_load": "inline"}


e = create_engine("sqlite://")
Base.metadata.create_all(e)
with Session(e) as s:
    s.add(
        Firm(
            id=1,
            staff=[
                Eng(id=1, lang="a", tools=[Tool()]),
                Senior(id=2, lang="b", rank="r"),
                Mgr(id=3, title="t", cars=[Car(), Car()]),
                Person(id=4),
                Single(id=5, lang="x"),
                Eng(id=6),
            ],
        )
    )
    s.add_all([Q(id=1), Q1(id=2, v=1), Q2(id=3, v=2, w=3), Q3(id=4, z=1)])
    s.commit()
log = []
event.listen(e, "before_cursor_execute", lambda c, cu, st, pa, ctx, m: log.append((" ".join(st.split()), pa)))


def st(o):
    return type(o).__name__ + str(sorted(k for k in o.__dict__ if k[0] != "_")) if o is not None else None


def step(n, q, f=lambda r: r):
    log.clear()
    with Session(e) as s:
        try:
            print(n, [st(x) for x in f(s.scalars(q()).unique().all())])
        except Exception as ex:
            print(n, type(ex).__name__, str(ex))
        for line in log:
            print("     ", line)


P = select(Person).order_by(Person.id)
F = select(Firm)


def fs(r):
    return r[0].staff


step("eng", lambda: P.options(selectin_polymorphic(Person, [Eng])))
step("eng mgr", lambda: P.options(selectin_polymorphic(Person, [Eng, Mgr])))
step("eng senior", lambda: P.options(selectin_polymorphic(Person, [Eng, Senior])))
step("single", lambda: P.options(selectin_polymorphic(Person, [Single])))
step("eng+selectin", lambda: P.options(selectin_polymorphic(Person, [Eng]), selectinload(Eng.tools)))
step("eng+joined", lambda: P.options(selectin_polymorphic(Person, [Eng]), joinedload(Eng.tools)))
step("eng.options", lambda: P.options(selectin_polymorphic(Person, [Eng]).options(selectinload(Eng.tools), undefer(Eng.big))))
step("eng+undefer", lambda: P.options(selectin_polymorphic(Person, [Eng]), undefer(Eng.big), selectinload(Person.pets)))
step("eng load_only", lambda: P.options(selectin_polymorphic(Person, [Eng]), load_only(Eng.lang)))
step("firm of_type eng", lambda: F.options(selectinload(Firm.staff.of_type(Eng))), fs)
step("firm of_type eng.tools", lambda: F.options(selectinload(Firm.staff.of_type(Eng)).selectinload(Eng.tools)), fs)
step("firm of_type eng.tools joined", lambda: F.options(selectinload(Firm.staff.of_type(Eng)).joinedload(Eng.tools)), fs)
step("joined firm of_type eng.tools", lambda: F.options(joinedload(Firm.staff.of_type(Eng)).selectinload(Eng.tools)), fs)
step("firm wp", lambda: F.options(selectinload(Firm.staff.of_type(with_polymorphic(Person, [Eng, Mgr])))), fs)


def wps():
    w = with_polymorphic(Person, [Eng, Mgr])
    return F.options(selectinload(Firm.staff.of_type(w)).selectinload(w.Eng.tools))


step("firm wp sub", wps, fs)


def wps():
    w = with_polymorphic(Person, [Eng, Mgr], aliased=True)
    return F.options(joinedload(Firm.staff.of_type(w)).joinedload(w.Eng.tools))


step("firm wp sub joined", wps, fs)
step("firm sp", lambda: F.options(selectinload(Firm.staff).selectin_polymorphic([Eng, Mgr])), fs)
step("firm sp joined", lambda: F.options(joinedload(Firm.staff).selectin_polymorphic([Eng, Mgr])), fs)
step(
    "firm sp opts",
    lambda: F.options(selectinload(Firm.staff).options(selectin_polymorphic(Person, [Eng, Mgr]), selectinload(Eng.tools))),
    fs,
)
step("q", lambda: select(Q).order_by(Q.id))
step("q1", lambda: select(Q1).order_by(Q1.id))


def wp():
    w = with_polymorphic(Person, "*")
    return select(w).order_by(w.id).options(selectinload(w.Eng.tools))


step("root wp", wp)
step("person+Eng.tools joined", lambda: P.options(joinedload(Eng.tools)))
step("eng seniors", lambda: select(Eng).order_by(Eng.id).options(selectin_polymorphic(Eng, [Senior])))
step("person + selectinload(Eng.tools)", lambda: P.options(selectinload(Eng.tools), lazyload(Mgr.cars)))


def acc(q):
    log.clear()
    with Session(e) as s:
        r = s.scalars(q).unique().all()
        print([[getattr(o, k, None) and len(getattr(o, k)) for k in ("tools", "cars")] for o in r])
        for line in log:
            print("     ", line)


acc(P)
acc(P.options(selectinload(Eng.tools)))
acc(P.options(selectinload(Eng.tools), lazyload(Mgr.cars)))

with Session(e) as s:
    s.execute(text("insert into person(id) values (20)"))
    s.execute(text("insert into person(id,kind) values (21,'zz')"))
    for f in (
        lambda: s.get(Person, 20),
        lambda: s.get(Person, 21),
        lambda: s.scalars(select(Person).where(Person.id == 20)).all(),
        lambda: s.get(Eng, 20),
        lambda: s.query(Person).filter_by(id=21).all(),
        lambda: s.get(Eng, 3),
        lambda: s.get(Mgr, 1),
        lambda: s.scalars(select(Eng).where(Eng.id == 3)).all(),
    ):
        try:
            print(f())
        except Exception as ex:
            print(type(ex).__name__, ex)
step(
    "of_type both",
    lambda: F.options(
        selectinload(Firm.staff.of_type(Eng)).selectinload(Eng.tools),
        selectinload(Firm.staff.of_type(Mgr)).selectinload(Mgr.cars),
    ),
    fs,
)
step(
    "of_type both joined",
    lambda: F.options(
        joinedload(Firm.staff.of_type(Eng)).selectinload(Eng.tools),
        joinedload(Firm.staff.of_type(Mgr)).selectinload(Mgr.cars),
    ),
    fs,
)
