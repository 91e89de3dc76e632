"""`Mapped[]` and its relatives: what annotations of declarative classes are made of."""

from __future__ import annotations

from typing import Any, ClassVar, Generic, Protocol, TypeVar

_T = TypeVar("_T")


class Mapped(Generic[_T]):
    """Annotation of a mapped attribute: ``name: Mapped[str]``. Since 2.0.

    At class level the attribute is an SQL expression, on an instance the value of type ``T``. The class carries no data;
    instrumented attributes are registered as its virtual subclasses.
    """

    __slots__ = ()
    __module__ = "oxalchemy.orm.base"

    def __class_getitem__(cls, item):
        return super().__class_getitem__(item)


class _DeclarativeMapped(Mapped[_T]):
    """What declarative maps from a class body: it counts as ``Mapped[]`` and completes itself by its annotation."""

    __slots__ = ()


class Unmapped(Generic[_T]):
    """Annotation of a column that the table has and the class has not: ``old: Unmapped[str]``. Since 2.1.5."""

    __slots__ = ()

    def __class_getitem__(cls, item):
        return super().__class_getitem__(item)


class _MappedAttribute(Generic[_T]):
    __slots__ = ()


class DynamicMapped(Mapped[_T]):
    """Annotation of a ``lazy="dynamic"`` relationship. Since 2.0."""

    __slots__ = ()


class WriteOnlyMapped(Mapped[_T]):
    """Annotation of a ``lazy="write_only"`` relationship. Since 2.0."""

    __slots__ = ()


class SQLORMExpression(Generic[_T]):
    """Typing base of ORM expressions. Since 2.0."""

    __slots__ = ()


class MappedClassProtocol(Protocol[_T]):
    """What a checker may ask of any mapped class. Since 2.0."""

    __mapper__: ClassVar[Any]
    __table__: ClassVar[Any]

    def __call__(self, **kw: Any) -> _T: ...


ORMDescriptor = Mapped
MAPPED_CONTAINERS: tuple[Any, ...] = (Mapped, DynamicMapped, WriteOnlyMapped)
