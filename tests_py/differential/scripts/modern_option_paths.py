"""Which attribute follows which in the path of a loader option; strategies in conflict."""

from oxalchemy import ForeignKey, select
from oxalchemy.orm import (
    DeclarativeBase,
    Load,
    Mapped,
    aliased,
    contains_eager,
    defaultload,
    defer,
    joinedload,
    lazyload,
    mapped_column,
    raiseload,
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


ea = aliased(Eng)
pa = aliased(Person)
wp = with_polymorphic(Person, [Eng])
wpa = with_polymorphic(Person, [Eng], aliased=True)


def step(n, f):
    try:
        print(n, "->", str(f().compile()).replace("\n", " ")[:12])
    except Exception as ex:
        print(n, "!!", type(ex).__name__, ex)


F = select(Firm)
step(1, lambda: F.options(joinedload(Firm.staff).joinedload(Eng.tools)))
step(2, lambda: F.options(joinedload(Firm.staff).options(joinedload(Eng.tools))))
step(3, lambda: F.options(joinedload(Firm.staff.of_type(Eng)).joinedload(Person.pets)))
step(4, lambda: F.options(joinedload(Firm.staff.of_type(Eng)).joinedload(Mgr.cars)))
step(5, lambda: F.options(joinedload(Firm.staff).joinedload(pa.pets)))
step(6, lambda: F.options(joinedload(Firm.staff).joinedload(wp.pets)))
step(7, lambda: F.options(joinedload(Firm.staff).joinedload(wp.Eng.tools)))
step(8, lambda: F.options(joinedload(Firm.staff.of_type(wp)).joinedload(Person.pets)))
step(9, lambda: F.options(joinedload(Firm.staff.of_type(wp)).joinedload(Eng.tools)))
step(10, lambda: F.options(joinedload(Firm.staff.of_type(wpa)).joinedload(wpa.Eng.tools)))
step(11, lambda: F.options(joinedload(Firm.staff.of_type(wpa)).joinedload(wpa.pets)))
step(12, lambda: F.options(joinedload(Firm.staff.of_type(ea)).joinedload(ea.tools)))
step(13, lambda: F.options(joinedload(Firm.staff.of_type(ea)).joinedload(Eng.tools)))
step(14, lambda: F.options(joinedload(Firm.staff).load_only(Eng.lang)))
step(15, lambda: F.options(joinedload(Firm.staff).load_only(pa.kind)))
step(16, lambda: select(Person).options(Load(Person).joinedload(Eng.tools)))
step(17, lambda: select(Eng).options(Load(Eng).joinedload(Person.pets)))
step(18, lambda: select(Person).options(Load(Person).load_only(Eng.lang)))
step(19, lambda: select(Eng).options(Load(Eng).joinedload(Mgr.cars)))
step(20, lambda: select(Person).options(selectin_polymorphic(Person, [Eng]).options(joinedload(Eng.tools))))
step(21, lambda: select(Person).options(selectin_polymorphic(Person, [Eng]).joinedload(Eng.tools)))
step(22, lambda: select(wp).options(joinedload(Person.pets)))
step(23, lambda: select(wp).options(joinedload(wp.pets)))
step(24, lambda: select(wp).options(joinedload(Eng.tools)))
step(25, lambda: select(wpa).options(joinedload(wp.pets)))
step(26, lambda: select(Person).options(joinedload(wp.pets)))
step(27, lambda: select(Person).options(joinedload(wp.Eng.tools)))
step(
    28,
    lambda: select(Firm).options(
        joinedload(Firm.staff).joinedload(Person.pets), joinedload(Firm.staff).selectinload(Person.pets)
    ),
)
step(29, lambda: select(Firm).options(joinedload(Firm.staff), defaultload(Firm.staff).selectinload(Person.pets)))
step(30, lambda: select(Firm).options(joinedload(Firm.staff), lazyload(Firm.staff)))
step(31, lambda: select(Firm).options(joinedload(Firm.staff), joinedload(Firm.staff, innerjoin=True)))
step(32, lambda: select(Firm).options(joinedload(Firm.staff)).options(contains_eager(Firm.staff)))
step(33, lambda: select(Firm).options(raiseload(Firm.staff), raiseload(Firm.staff, sql_only=True)))
step(34, lambda: select(Firm).options(raiseload("*"), joinedload(Firm.staff)))
step(35, lambda: select(Firm).options(raiseload("*"), joinedload("*")))
step(36, lambda: select(Person).options(defer(Person.kind), undefer(Person.kind)))
step(38, lambda: select(Firm, Person).options(joinedload(Firm.staff), joinedload(Eng.tools)))
step(39, lambda: select(Firm.id).options(joinedload(Firm.staff)))
step(40, lambda: select(Firm.id, Person).options(joinedload(Firm.staff)))
step(42, lambda: select(Firm).options(joinedload(Person.pets).joinedload(Pet.id)))
step(43, lambda: select(Firm).options(selectinload(Person.pets).selectinload(Person.pets)))
step(44, lambda: select(Firm).options(selectinload(Person.pets).defer(Pet.id)))
step(45, lambda: select(Firm).options(Load(Person).load_only(Person.kind)))
step(46, lambda: select(Firm).options(defaultload(Person.pets).joinedload(Pet.id)))
