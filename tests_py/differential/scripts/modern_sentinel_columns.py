"""Sentinel columns are in the table and in no statement; mapped classes have no such attribute."""

from oxalchemy import Column, Integer, String, Table, create_engine, insert, insert_sentinel, inspect, select
from oxalchemy import ForeignKey as FK
from oxalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, orm_insert_sentinel


class Base(DeclarativeBase):
    pass


class A(Base):
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[str]
    type: Mapped[str]
    _sentinel: Mapped[int] = orm_insert_sentinel()
    __mapper_args__ = {"polymorphic_identity": "a", "polymorphic_on": "type"}


class B(A):
    __tablename__ = "b"
    id: Mapped[int] = mapped_column(FK("a.id"), primary_key=True)
    more: Mapped[str]
    _sentinel: Mapped[int] = orm_insert_sentinel()
    __mapper_args__ = {"polymorphic_identity": "b"}


plain = Table("plain", Base.metadata, Column("id", Integer, primary_key=True), Column("x", String), insert_sentinel("s"))
kept = Table("kept", Base.metadata, Column("id", Integer, primary_key=True), insert_sentinel("s", omit_from_statements=False))


class Plain(Base):
    __table__ = plain


print(inspect(A).attrs.keys(), inspect(B).attrs.keys(), inspect(Plain).attrs.keys(), [c.name for c in A.__table__.c])
for statement in (select(A), select(B), select(Plain), select(plain), insert(plain), insert(Plain).values(x="1"), select(kept)):
    print(statement)
print(select(plain.c.s), plain.c.keys())
engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all([B(data="x", more="q"), B(data="y", more="q"), Plain(x="1")])
    session.commit()
    print(session.scalars(select(B.data)).all(), session.get(B, 1).data)
    rows = [{"data": "d", "more": "b"}, {"data": "e", "more": "c"}]
    made = session.scalars(insert(B).returning(B, sort_by_parameter_order=True), rows)
    print([(b.data, b.more) for b in made])
