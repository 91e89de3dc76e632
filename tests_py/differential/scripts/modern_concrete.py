"""Concrete inheritance loaded from a union; bases that are mapped after their subclasses; deferred reflection."""

from oxalchemy import Column, Integer, MetaData, String, Table, create_engine, inspect, select, text
from oxalchemy.ext.declarative import AbstractConcreteBase, ConcreteBase, DeferredReflection
from oxalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    configure_mappers,
    declarative_base,
    mapped_column,
    polymorphic_union,
    registry,
    relationship,
)

reg = registry()
meta = reg.metadata
plain = Table("plain", meta, Column("id", Integer, primary_key=True), Column("name", String))
special = Table("special", meta, Column("id", Integer, primary_key=True), Column("name", String), Column("extra", String))
union = polymorphic_union({"p": plain, "s": special}, "type", "pjoin")


class Plain:
    pass


class Special(Plain):
    pass


reg.map_imperatively(
    Plain, plain, with_polymorphic=("*", union), polymorphic_on=union.c.type, polymorphic_identity="p"
)  # fmt: skip
reg.map_imperatively(Special, special, inherits=Plain, concrete=True, polymorphic_identity="s")
engine = create_engine("sqlite://")
meta.create_all(engine)
with Session(engine) as s:
    a, b = Plain(), Special()
    a.id, a.name, b.id, b.name, b.extra = 1, "a", 1, "b", "x"
    s.add_all([a, b])
    s.commit()
    print([(type(x).__name__, x.name) for x in s.scalars(select(Plain).order_by(union.c.name))])
    s.expunge_all()
    print([(type(x).__name__, x.name) for x in s.scalars(select(Plain).order_by(union.c.name))])
    print(len(s.identity_map), s.get(Special, 1).extra)
print(select(Plain))


class Base(DeclarativeBase):
    pass


class Animal(ConcreteBase, Base):
    __tablename__ = "animal"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    __mapper_args__ = {"polymorphic_identity": "animal", "concrete": True}


class Dog(Animal):
    __tablename__ = "dog"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    bark: Mapped[str]
    __mapper_args__ = {"polymorphic_identity": "dog", "concrete": True}


Base.metadata.create_all(engine)
with Session(engine) as s:
    s.add_all([Animal(id=1, name="a"), Dog(id=1, name="d", bark="w")])
    s.commit()
    print([(type(x).__name__, x.name) for x in s.scalars(select(Animal).order_by(Animal.name))])
print(select(Animal))

Old = declarative_base()


class Shape(AbstractConcreteBase, Old):
    pass


class Circle(Shape):
    __tablename__ = "circle"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    radius = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "circle", "concrete": True}


class Square(Shape):
    __tablename__ = "square"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    side = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "square", "concrete": True}


configure_mappers()
Old.metadata.create_all(engine)
with Session(engine) as s:
    s.add_all([Circle(id=1, name="c", radius=2), Square(id=1, name="s", side=3)])
    s.commit()
    print([(type(x).__name__, x.name) for x in s.query(Shape).order_by(Shape.name)])
print(inspect(Circle).inherits is inspect(Shape), sorted(inspect(Shape).attrs.keys()))

with engine.begin() as c:
    c.execute(text("create table foo (id integer primary key, type varchar(20), data varchar)"))
    c.execute(text("create table bar (id integer primary key references foo(id), more varchar)"))
    c.execute(text("create table link (foo_id integer references foo(id), tag_id integer references tag(id))"))
    c.execute(text("create table tag (id integer primary key)"))

Late = declarative_base(cls=DeferredReflection)


class Foo(Late):
    __tablename__ = "foo"
    id = Column(Integer, primary_key=True)
    tags = relationship("Tag", secondary="link")
    __mapper_args__ = {"polymorphic_on": "type", "polymorphic_identity": "foo"}


class Bar(Foo):
    __tablename__ = "bar"
    __mapper_args__ = {"polymorphic_identity": "bar"}


class One(Foo):
    __mapper_args__ = {"polymorphic_identity": "one"}


class Tag(Late):
    __tablename__ = "tag"


Late.prepare(engine)
with Session(engine) as s:
    s.add_all([Foo(data="f", tags=[Tag()]), Bar(data="b", more="z"), One(data="o")])
    s.commit()
    print([(type(x).__name__, x.data, len(x.tags)) for x in s.query(Foo).order_by(Foo.id)], Bar.__table__.c.keys())
print(Foo.tags.property.secondaryjoin, MetaData.__name__)
