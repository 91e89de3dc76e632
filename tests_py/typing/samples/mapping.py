"""Ways to map: dataclasses, mixins, hybrids, proxies, composites, decorators, other collections."""

import enum
import uuid
from decimal import Decimal
from typing import Any, Optional, assert_type

from oxalchemy import Column, DateTime, Enum, ForeignKey, Integer, MetaData, Numeric, Select, String, Table, Uuid, func, select
from oxalchemy.ext.associationproxy import AssociationProxy, association_proxy
from oxalchemy.ext.hybrid import hybrid_method, hybrid_property
from oxalchemy.orm import (
    DeclarativeBase,
    DynamicMapped,
    InstrumentedAttribute,
    Mapped,
    MappedAsDataclass,
    Mapper,
    Session,
    WriteOnlyMapped,
    column_property,
    composite,
    contains_eager,
    deferred,
    load_only,
    mapped_column,
    object_session,
    registry,
    relationship,
    synonym,
    validates,
)
from oxalchemy.sql.elements import ColumnElement, SQLColumnExpression


class Kind(enum.Enum):
    SMALL = "small"
    LARGE = "large"


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention={"ix": "ix_%(column_0_label)s"})
    type_annotation_map = {str: String(50)}


class Point:
    def __init__(self, x: int, y: int) -> None:
        self.x, self.y = x, y


class Keyword(Base):
    __tablename__ = "keyword"
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column("the_word", unique=True, index=True)
    item_id: Mapped[Optional[int]] = mapped_column(ForeignKey("item.id"))  # noqa: UP045 - as many scripts write it


class Item(Base):
    __tablename__ = "item"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[uuid.UUID] = mapped_column(Uuid(), default=uuid.uuid4)
    kind: Mapped[Kind] = mapped_column(Enum(Kind))
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    updated = mapped_column(DateTime, onupdate=func.now())
    text: Mapped[str] = deferred(mapped_column(String))
    double: Mapped[int] = column_property(id * 2)
    origin: Mapped[Point] = composite(Point, mapped_column("x"), mapped_column("y"))
    same: Mapped[int] = synonym("id")
    keywords: Mapped[set[Keyword]] = relationship()
    written: WriteOnlyMapped[Keyword] = relationship(viewonly=True)
    queried: DynamicMapped[Keyword] = relationship(viewonly=True)
    words: AssociationProxy[list[str]] = association_proxy("keywords", "word")

    @hybrid_property
    def cents(self) -> int:
        return int(self.price * 100)

    @hybrid_method
    def is_cheaper(self, limit: Decimal) -> bool:
        return self.price < limit

    @validates("price")
    def not_negative(self, key: str, value: Decimal) -> Decimal:
        return value


item = Item(kind=Kind.SMALL)
assert_type(Item.kind, InstrumentedAttribute[Kind])
assert_type(item.key, uuid.UUID)
assert_type(item.price, Decimal)
assert_type(item.origin, Point)
assert_type(item.double, int)
assert_type(item.keywords, set[Keyword])
assert_type(item.words, list[str])
assert_type(item.cents, int)
assert_type(Item.cents, SQLColumnExpression[int])
assert_type(Item.cents > 5, ColumnElement[bool])
assert_type(item.is_cheaper(Decimal(5)), bool)
assert_type(select(Item.cents), Select[tuple[int]])
assert_type(object_session(item), Session | None)
select(Item).join(Item.keywords).options(contains_eager(Item.keywords), load_only(Item.price)).where(Item.price > 5)
select(Item.kind, func.count(Item.id)).group_by(Item.kind).having(func.count(Item.id) > 1)


class DataBase(MappedAsDataclass, DeclarativeBase):
    pass


class Point3(DataBase):
    __tablename__ = "point3"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    x: Mapped[int]
    y: Mapped[int] = mapped_column(default=0)


assert_type(Point3(x=1).y, int)
Point3(1, 2)

reg = registry()


@reg.mapped
class Decorated:
    __tablename__ = "decorated"
    id: Mapped[int] = mapped_column(primary_key=True)


assert_type(Decorated.id, InstrumentedAttribute[int])


class Imperative:
    pass


assert_type(
    reg.map_imperatively(Imperative, Table("imperative", reg.metadata, Column("id", Integer, primary_key=True))),
    Mapper[Imperative],
)


def count(session: Session, *criteria: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Item).where(*criteria)) or 0


def page(statement: Select[tuple[Item]], number: int) -> Select[tuple[Item]]:
    return statement.offset(number * 10).limit(10)


def any_of(values: list[Any]) -> ColumnElement[bool]:
    return Item.id.in_(values) | Item.key.is_(None) & ~(Item.price == 5)
