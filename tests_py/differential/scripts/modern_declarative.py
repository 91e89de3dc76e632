# ruff: noqa: UP006, UP007, UP035, UP042, UP045, F821, F401, F841 - old spellings of types, and names that nobody has, are part of the subject
"""Declarative: mixins, declared_attr, annotations and their types, names of classes."""

import datetime
import decimal
import enum
import uuid
from typing import Annotated, Any, ClassVar, Dict, List, Literal, NewType, Optional, Type, TypeVar, Union

from oxalchemy import (
    JSON,
    Column,
    DateTime,
    Enum,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    PickleType,
    String,
    UniqueConstraint,
    func,
    inspect,
    select,
)
from oxalchemy.orm import (
    DeclarativeBase,
    DeclarativeMeta,
    Mapped,
    Mapper,
    as_declarative,
    column_property,
    configure_mappers,
    declarative_base,
    declared_attr,
    foreign,
    has_inherited_table,
    mapped_column,
    relationship,
    synonym,
    synonym_for,
)


def step(f):
    try:
        print(f.__name__, "->", f())
    except Exception as ex:
        print(f.__name__, "!!", type(ex).__name__, str(ex).split("\n")[0])
    return f


@step
def own_da():
    class B(DeclarativeBase):
        pass

    class A(B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)

        @declared_attr
        def x(cls) -> Mapped[datetime.datetime]:
            return mapped_column()

    return A.__table__.c.x.type


@step
def abstract_da():
    class B(DeclarativeBase):
        pass

    class Ab(B):
        __abstract__ = True

        @declared_attr
        def x(cls) -> Mapped[Optional[str]]:
            return mapped_column()

        @declared_attr
        def y(cls):
            return mapped_column(Integer)

    class A(Ab):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)

    return [(c.name, c.type, c.nullable) for c in A.__table__.c]


@step
def casc_tablename():
    class B(DeclarativeBase):
        pass

    class Mx:
        @declared_attr.directive
        def __tablename__(cls):
            return None if has_inherited_table(cls) else cls.__name__.lower()

        @declared_attr.directive
        def __mapper_args__(cls):
            return {"polymorphic_identity": cls.__name__, **({} if has_inherited_table(cls) else {"polymorphic_on": "t"})}

        id: Mapped[int] = mapped_column(primary_key=True)
        t: Mapped[str]

    class A(Mx, B):
        pass

    class C(A):
        x: Mapped[Optional[int]]

    return C.__table__, C.__mapper__.polymorphic_identity, A.__table__.c.keys()


@step
def casc_override():
    class B(DeclarativeBase):
        pass

    class Mx:
        @declared_attr.cascading
        def id(cls) -> Mapped[int]:
            return (
                mapped_column(Integer, ForeignKey("a.id") if has_inherited_table(cls) else None, primary_key=True)
                if has_inherited_table(cls)
                else mapped_column(primary_key=True)
            )

    class A(Mx, B):
        __tablename__ = "a"

    class C(A):
        __tablename__ = "c"
        id: Mapped[str] = mapped_column(ForeignKey("a.id"), primary_key=True)

    class D(C):
        __tablename__ = "d"

    return C.__table__.c.id.type, D.__table__.c.id.type


@step
def casc_mapped():
    class B(DeclarativeBase):
        pass

    class A(B):
        __tablename__ = "a"

        @declared_attr.cascading
        def id(cls) -> Mapped[int]:
            return mapped_column(primary_key=True)


@step
def mixin_over():
    class B(DeclarativeBase):
        pass

    class M1:
        x: Mapped[int]

        @declared_attr
        def y(cls) -> Mapped[int]:
            return mapped_column()

    class M2(M1):
        x: Mapped[str]
        y = None

    class A(M2, B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)

    return [(c.name, c.type) for c in A.__table__.c]


@step
def mixin_order():
    class B(DeclarativeBase):
        pass

    class M1:
        id: Mapped[int] = mapped_column(primary_key=True)
        created: Mapped[int] = mapped_column(sort_order=10)
        first: Mapped[int] = mapped_column(sort_order=-1)

    class A(M1, B):
        __tablename__ = "a"
        n: Mapped[int]
        m: Mapped[str]

    return A.__table__.c.keys()


@step
def col_ref_mixin():
    class B(DeclarativeBase):
        pass

    class M1:
        a = Column(Integer)
        b: Mapped[int] = mapped_column()

        @declared_attr
        def c(cls):
            return column_property(cls.a + cls.b)

        @declared_attr.directive
        def __table_args__(cls):
            return (Index("ix_" + cls.__tablename__, cls.a, cls.b), UniqueConstraint("a", "b"))

    class A(M1, B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)

    return [i.columns.keys() for i in A.__table__.indexes]


@step
def rel_mixin():
    class B(DeclarativeBase):
        pass

    class T(B):
        __tablename__ = "t"
        id: Mapped[int] = mapped_column(primary_key=True)

    class M1:
        t_id: Mapped[int] = mapped_column(ForeignKey("t.id"))

        @declared_attr
        def t(cls) -> Mapped["T"]:
            return relationship()

        @declared_attr
        def t2(cls) -> Mapped[T]:
            return relationship(primaryjoin=lambda: T.id == foreign(cls.t_id), viewonly=True)

    class A(M1, B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)

    class C(M1, B):
        __tablename__ = "c"
        id: Mapped[int] = mapped_column(primary_key=True)

    return str(select(A).join(A.t)), str(A.t2.property.primaryjoin), str(C.t.property.primaryjoin)


@step
def prop_mixin_err():
    class B(DeclarativeBase):
        pass

    class M1:
        t = relationship("T")

    class A(M1, B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)


@step
def fk_mixin():
    class B(DeclarativeBase):
        pass

    class T(B):
        __tablename__ = "t"
        id: Mapped[int] = mapped_column(primary_key=True)

    class M1:
        t_id = Column(Integer, ForeignKey("t.id"))

    class A(M1, B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)

    class C(M1, B):
        __tablename__ = "c"
        id: Mapped[int] = mapped_column(primary_key=True)

    return A.__table__.foreign_keys, C.__table__.foreign_keys


@step
def fkcol_mixin():
    class B(DeclarativeBase):
        pass

    class T(B):
        __tablename__ = "t"
        id: Mapped[int] = mapped_column(primary_key=True)

    class M1:
        t_id = Column(Integer, ForeignKey(T.id))

    class A(M1, B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)

    class C(M1, B):
        __tablename__ = "c"
        id: Mapped[int] = mapped_column(primary_key=True)

    return A.__table__.foreign_keys, C.__table__.foreign_keys


@step
def use_existing():
    class B(DeclarativeBase):
        pass

    class A(B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        t: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "t", "polymorphic_identity": "a"}

    class A1(A):
        x: Mapped[Optional[int]] = mapped_column(use_existing_column=True)
        __mapper_args__ = {"polymorphic_identity": "1"}

    class A2(A):
        x: Mapped[Optional[int]] = mapped_column(use_existing_column=True)
        __mapper_args__ = {"polymorphic_identity": "2"}

    class A3(A):
        @declared_attr
        def x(cls):
            return cls.__table__.c.get("x", Column(Integer))

        __mapper_args__ = {"polymorphic_identity": "3"}

    return (
        A.__table__.c.keys(),
        A1.x.property.columns[0] is A2.x.property.columns[0],
        "x" in inspect(A3).attrs,
        "x" in inspect(A).attrs,
    )


@step
def conflict():
    class B(DeclarativeBase):
        pass

    class A(B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        t: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "t", "polymorphic_identity": "a"}

    class A1(A):
        x: Mapped[Optional[int]]
        __mapper_args__ = {"polymorphic_identity": "1"}

    class A2(A):
        x: Mapped[Optional[int]]
        __mapper_args__ = {"polymorphic_identity": "2"}


@step
def table_args_forms():
    out = []
    for ta in (
        (),
        {},
        None,
        ("x",),
        "s",
        [1],
        ({"schema": "q"},),
        (UniqueConstraint("id"), {"schema": "q"}),
        {"mysql_engine": "x"},
        ({"a": 1}, UniqueConstraint("id")),
    ):

        class B(DeclarativeBase):
            pass

        try:
            A = type("A", (B,), {"__tablename__": "a", "id": mapped_column(Integer, primary_key=True), "__table_args__": ta})
            out.append((A.__table__.schema, len(A.__table__.constraints)))
        except Exception as e:
            out.append((type(e).__name__, str(e)[:70]))
    return out


@step
def no_table():
    class B(DeclarativeBase):
        pass

    class A(B):
        id: Mapped[int] = mapped_column(primary_key=True)


@step
def no_pk():
    class B(DeclarativeBase):
        pass

    class A(B):
        __tablename__ = "a"
        x: Mapped[int]


@step
def reserved():
    class B(DeclarativeBase):
        pass

    class A(B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        metadata: Mapped[int]


@step
def registry_attr():
    class B(DeclarativeBase):
        pass

    class A(B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        registry: Mapped[int]


@step
def noanno():
    class B(DeclarativeBase):
        pass

    class A(B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        x = mapped_column()

    return A.__table__.c.x.type


@step
def bad_anno():
    class B(DeclarativeBase):
        pass

    class A(B):
        __tablename__ = "a"
        id: int = mapped_column(primary_key=True)


@step
def bad_anno2():
    class B(DeclarativeBase):
        pass

    class A(B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped[list]


@step
def bad_anno3():
    class B(DeclarativeBase):
        pass

    class A(B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: "Mapped[NotThere]"


@step
def bad_anno4():
    class B(DeclarativeBase):
        pass

    class A(B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped["NotThere"]


@step
def bad_anno5():
    class B(DeclarativeBase):
        pass

    class A(B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped["NotThere"] = mapped_column(Integer)
        y: Mapped["List[Zz]"] = mapped_column(JSON)

    return A.__table__.c.keys()


@step
def allow_unmapped():
    class B(DeclarativeBase):
        __allow_unmapped__ = True

    class A(B):
        __tablename__ = "a"
        id: int = Column(Integer, primary_key=True)
        x: List["A"] = relationship("A")
        pid: int = Column(ForeignKey("a.id"))
        z: str

    configure_mappers()
    return A.__table__.c.keys(), [a.key for a in inspect(A).attrs]


@step
def classvar():
    class B(DeclarativeBase):
        pass

    class A(B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: ClassVar[int] = 5
        y: "ClassVar[str]" = "q"
        z: "typing.ClassVar" = 4

    return A.__table__.c.keys(), A.x


@step
def types():
    class E(enum.Enum):
        a = 1
        bb = 2

    class SE(str, enum.Enum):
        x = "x"

    class IE(enum.IntEnum):
        x = 1

    NT = NewType("NT", str)
    NTI = NewType("NTI", NT)
    out = []
    for a in (
        int,
        str,
        bytes,
        bool,
        float,
        decimal.Decimal,
        uuid.UUID,
        datetime.date,
        datetime.datetime,
        datetime.time,
        datetime.timedelta,
        E,
        SE,
        IE,
        Literal["a", "bb"],
        Literal[1, 2],
        NT,
        NTI,
        Optional[NT],
        Union[int, str],
        Union[int, None],
        int | None,
        int | str,
        Any,
        dict,
        List[int],
        Dict[str, Any],
        Annotated[str, 5],
        Annotated[str, mapped_column(String(5))],
        Optional[Annotated[str, mapped_column(String(5))]],
        Annotated[Optional[str], mapped_column(String(5))],
        Annotated[int, mapped_column(nullable=True)],
        Type[int],
        object,
        None,
        type(None),
        TypeVar("T"),
        complex,
        Literal["a", None],
        Optional[Literal["a", "b"]],
    ):

        class B(DeclarativeBase):
            pass

        try:
            A = type(
                "A",
                (B,),
                {"__tablename__": "a", "id": mapped_column(Integer, primary_key=True), "__annotations__": {"x": Mapped[a]}},
            )
            out.append((repr(A.__table__.c.x.type), A.__table__.c.x.nullable))
        except Exception as e:
            out.append((type(e).__name__, str(e)[:100]))
    return "\n   ".join(map(str, out))


@step
def tmap():
    class E(enum.Enum):
        a = 1
        bb = 2

    NT = NewType("NT", str)

    class Sub(str):
        pass

    class B0:
        pass

    class B1(B0):
        pass

    m = {
        str: String(9),
        NT: String(3),
        E: Enum(E, native_enum=False, length=33),
        Optional[decimal.Decimal]: Numeric(3, 1),
        Union[int, str]: JSON,
        Dict[str, Any]: JSON,
        List[int]: JSON(),
        B0: LargeBinary,
        Literal: Enum(enum.Enum, native_enum=False),
        datetime.datetime: DateTime(timezone=True),
        list: PickleType,
        float: None,
        bool: Integer,
    }
    out = []
    for a in (
        str,
        NT,
        Optional[NT],
        E,
        Optional[E],
        decimal.Decimal,
        Optional[decimal.Decimal],
        Union[int, str],
        Union[str, int],
        Union[int, str, None],
        int | str,
        Dict[str, Any],
        dict,
        Dict[str, int],
        List[int],
        Optional[List[int]],
        list[int],
        B0,
        B1,
        Sub,
        Literal["q"],
        datetime.datetime,
        list,
        List,
        float,
        bool,
        List[str],
    ):

        class B(DeclarativeBase):
            type_annotation_map = m

        try:
            A = type(
                "A",
                (B,),
                {"__tablename__": "a", "id": mapped_column(Integer, primary_key=True), "__annotations__": {"x": Mapped[a]}},
            )
            out.append((str(a)[-30:], repr(A.__table__.c.x.type), A.__table__.c.x.nullable))
        except Exception as e:
            out.append((str(a)[-30:], type(e).__name__, str(e)[:100]))
    return "\n   ".join(map(str, out))


@step
def anno_extra():
    ts = Annotated[
        datetime.datetime,
        mapped_column(nullable=False, server_default=func.CURRENT_TIMESTAMP(), index=True, comment="c", deferred=True),
    ]
    fk = Annotated[int, mapped_column(ForeignKey("t.id", ondelete="CASCADE"), unique=True)]
    pk = Annotated[int, mapped_column("the_pk", primary_key=True)]

    class B(DeclarativeBase):
        pass

    class T(B):
        __tablename__ = "t"
        id: Mapped[pk]

    class A(B):
        __tablename__ = "a"
        id: Mapped[pk]
        ts: Mapped[ts]
        ts2: Mapped[Optional[ts]]
        f: Mapped[fk]
        f2: Mapped[Optional[fk]] = mapped_column(String(3), unique=False, info={"a": 1})
        ts3: Mapped[ts] = mapped_column(nullable=True, index=False, server_default="x")

    return [
        (
            c.name,
            c.key,
            str(c.type),
            c.nullable,
            c.index,
            c.unique,
            c.server_default is not None,
            c.comment,
            len(c.foreign_keys),
            c.info,
        )
        for c in A.__table__.c
    ], [(a.key, a.deferred) for a in inspect(A).column_attrs]


@step
def synonyms_etc():
    class B(DeclarativeBase):
        pass

    class A(B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped[int]
        y: Mapped[int] = synonym("x")
        z = x

        @synonym_for("x")
        @property
        def w(self):
            return self.x + 1

    return [a.key for a in inspect(A).all_orm_descriptors]


@step
def late():
    class B(DeclarativeBase):
        pass

    class A(B):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)

    A.x = mapped_column(Integer)
    A.y = Column("yy", String)
    A.z = column_property(A.x + 1)
    A.r = relationship("A", remote_side=A.id)
    A.s = synonym("x")
    A.p_id = mapped_column(ForeignKey("a.id"))
    A.q = 5
    configure_mappers()
    return A.__table__.c.keys(), [a.key for a in inspect(A).attrs], A.q


@step
def decl_base_args():
    class Meta(DeclarativeMeta):
        def __init__(cls, n, b, d, **kw):
            cls.tag = n
            super().__init__(n, b, d, **kw)

    class Cls:
        """doc"""

        def hi(self):
            return 1

        @declared_attr
        def __tablename__(cls):
            return cls.__name__.lower()

        id = Column(Integer, primary_key=True)

    calls = []

    def mp(*a, **k):
        calls.append(a[0].__name__)
        return Mapper(*a, **k)

    reg = {}
    B = declarative_base(cls=Cls, metaclass=Meta, mapper=mp, name="Bs", class_registry=reg, constructor=None)

    class A(B):
        x = Column(Integer)

    return A.__table__, A.tag, calls, sorted(k for k in reg if k[0] != "_"), B.__doc__, B.__name__, A().hi()


@step
def as_decl():
    @as_declarative()
    class Base:
        @declared_attr
        def __tablename__(cls):
            return cls.__name__.lower()

        id = Column(Integer, primary_key=True)

    class A(Base):
        pass

    return A.__table__.c.keys(), Base.__name__, A(id=3).id


@step
def modpath():
    class B(DeclarativeBase):
        pass

    A = type("A", (B,), {"__tablename__": "a1", "__module__": "pk.m1", "id": mapped_column(Integer, primary_key=True)})
    A2 = type(
        "A",
        (B,),
        {
            "__tablename__": "a2",
            "__module__": "pk.m2",
            "id": mapped_column(Integer, primary_key=True),
            "fk": mapped_column(ForeignKey("a1.id")),
        },
    )
    C = type(
        "C",
        (B,),
        {
            "__tablename__": "c",
            "__module__": "pk.m3",
            "id": mapped_column(Integer, primary_key=True),
            "a": mapped_column(ForeignKey("a1.id")),
            "b": mapped_column(ForeignKey("a2.id")),
            "ra": relationship("pk.m1.A"),
            "rb": relationship("m2.A", foreign_keys="C.b"),
        },
    )
    configure_mappers()
    r = (C.ra.property.mapper.class_ is A, C.rb.property.mapper.class_ is A2)
    try:
        D = type(
            "D",
            (B,),
            {
                "__tablename__": "d",
                "id": mapped_column(Integer, primary_key=True),
                "a": mapped_column(ForeignKey("a1.id")),
                "ra": relationship("A"),
            },
        )
        configure_mappers()
    except Exception as e:
        return r, str(e)[:200]
