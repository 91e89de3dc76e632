"""Arguments of a mapped_column() inside Annotated: what the attribute takes from it, and what is warned about."""

import warnings
from typing import Annotated

from oxalchemy import FetchedValue, inspect
from oxalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

ARGUMENTS = [
    {"name": "q"}, {"key": "q"}, {"init": False}, {"default": 5}, {"default_factory": list}, {"kw_only": True}, {"repr": False},
    {"compare": True}, {"hash": True}, {"dataclass_metadata": {}}, {"deferred": True}, {"deferred_group": "x"},
    {"deferred_raiseload": True}, {"active_history": True}, {"sort_order": 5}, {"use_existing_column": True},
    {"insert_default": 4},
    {"quote": True}, {"autoincrement": False}, {"system": True}, {"nullable": True}, {"primary_key": True}, {"index": True},
    {"unique": True}, {"comment": "c"}, {"info": {"a": 1}}, {"doc": "d"}, {"server_default": "s"}, {"onupdate": 3},
    {"server_onupdate": FetchedValue()},
]  # fmt: skip


def declare(arguments, bases):
    Base = type(DeclarativeBase)("Base", bases, {}) if len(bases) == 1 else type(bases[0])("Base", bases, {})
    kind = Annotated[int, mapped_column(**arguments)]

    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        d: Mapped[kind]

    column = A.__table__.c[1] if len(A.__table__.c) > 1 else A.__table__.c[0]
    print(*(getattr(column, n) for n in ("name", "key", "nullable", "default", "index", "unique", "comment", "info", "doc")))
    print(
        *(getattr(column, n) for n in ("server_default", "onupdate", "autoincrement", "system")), [c.name for c in A.__table__.c]
    )
    prop = inspect(A).attrs.d
    print(prop.deferred, prop.group, prop.raiseload, prop.active_history)
    if len(bases) > 1:
        print(A(3, 4).d)


for arguments in ARGUMENTS:
    for bases in ((DeclarativeBase,), (MappedAsDataclass, DeclarativeBase)):
        print("--", list(arguments), len(bases))
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            try:
                declare(arguments, bases)
            except Exception as e:
                print(type(e).__name__, e if "init" not in str(e) else "")
        for w in warned:
            print(w.category.__name__, w.message)
