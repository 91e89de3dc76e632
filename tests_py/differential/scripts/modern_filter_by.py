"""filter_by(): what a name means, by kind of attribute and by where the statement selects from."""

import dataclasses
import re

from oxalchemy import Column, ForeignKey, Integer, MetaData, Table, column, delete, func, select, table, update
from oxalchemy.ext.associationproxy import association_proxy
from oxalchemy.ext.hybrid import hybrid_property
from oxalchemy.orm import (
    Bundle,
    DeclarativeBase,
    Mapped,
    Query,
    aliased,
    column_property,
    composite,
    join,
    mapped_column,
    relationship,
    synonym,
)


class Base(DeclarativeBase):
    pass


@dataclasses.dataclass
class Size:
    width: int
    height: int


class Shelf(Base):
    __tablename__ = "shelf"
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column("lbl")
    boxes: Mapped[list["Box"]] = relationship(back_populates="shelf")


class Box(Base):
    __tablename__ = "box"
    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int] = mapped_column(ForeignKey("shelf.id"))
    weight: Mapped[int]
    shelf: Mapped[Shelf] = relationship(back_populates="boxes")
    mass = synonym("weight")
    size: Mapped[Size] = composite(mapped_column("w"), mapped_column("h"))
    absolute: Mapped[int] = column_property(func.abs("weight"))
    shelf_label = association_proxy("shelf", "label")
    constant = 5

    @hybrid_property
    def double(self):
        return self.weight * 2


class Tool(Base):
    __tablename__ = "tool"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("tool.id"))
    owner: Mapped["Tool | None"] = relationship(remote_side=[id])
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "t"}


class Saw(Tool):
    __tablename__ = "saw"
    id: Mapped[int] = mapped_column(ForeignKey("tool.id"), primary_key=True)
    teeth: Mapped[int]
    __mapper_args__ = {"polymorphic_identity": "s"}


meta = MetaData()
one = Table("one", meta, Column("id", Integer, primary_key=True), Column("a", Integer, key="akey"))
two = Table("two", meta, Column("id", Integer, primary_key=True), Column("one_id", ForeignKey("one.id")), Column("c", Integer))
again, other_shelf = aliased(Box), aliased(Shelf, name="other")


def show(name, made):
    try:
        text = " ".join(str(made()).split())
        text = text.partition("WHERE")[2] or text
    except Exception as error:
        text = f"{type(error).__name__}: {str(error).splitlines()[0]}"
        # the entities of a message come from a set
        text = re.sub(
            r"(entities:|entities \()(.*?)(\)\. Use|$)",
            lambda m: m[1] + " ".join(sorted(re.split(", ?", m[2].strip()))) + m[3],
            text,
        )
    print(name, "|", text)


KINDS = {
    "column": {"weight": 1},
    "null": {"weight": None},
    "foreign key": {"shelf_id": 1},
    "name in the database": {"lbl": "x"},
    "name of the attribute": {"label": "x"},
    "object": {"shelf": Shelf(id=5)},
    "no object": {"shelf": None},
    "collection": {"boxes": Box(id=1)},
    "synonym": {"mass": 1},
    "composite": {"size": Size(1, 2)},
    "proxy": {"shelf_label": "x"},
    "hybrid": {"double": 4},
    "class attribute": {"constant": 5},
    "unknown": {"nix": 1},
    "several": {"weight": 1, "shelf_id": 2},
    "both have it": {"id": 1},
    "nothing": {},
}
STATEMENTS = {
    "entity": lambda: select(Box),
    "attribute": lambda: select(Box.id),
    "composite": lambda: select(Box.size),
    "alias": lambda: select(again),
    "attribute of an alias": lambda: select(again.id),
    "expression": lambda: select(Box.weight + 1),
    "label": lambda: select(Box.weight.label("z")),
    "function": lambda: select(func.max(Box.weight)),
    "bundle": lambda: select(Bundle("b", Box.id, Box.weight)),
    "table": lambda: select(Box.__table__),
    "select_from": lambda: select(func.count()).select_from(Box),
    "join by attribute": lambda: select(Box.id).join(Box.shelf),
    "join by class": lambda: select(Shelf).join(Box),
    "join to an alias": lambda: select(Box).join(other_shelf, Box.shelf),
    "join of_type": lambda: select(Box).join(Box.shelf.of_type(other_shelf)),
    "join_from": lambda: select(func.count()).join_from(Shelf, Box),
    "joined entities": lambda: select(Box.id).select_from(join(Box, Shelf)),
    "two entities": lambda: select(Box, Shelf),
    "an entity in WHERE": lambda: select(Shelf.id).where(Box.shelf_id == Shelf.id),
    "subquery": lambda: select(select(Box.id, Box.weight).subquery("sq")),
    "alias of a subquery": lambda: select(aliased(Box, select(Box).where(Box.weight > 3).subquery("sq"))),
    "update": lambda: update(Box).values(weight=1),
    "update with another": lambda: update(Shelf).values(label="x").where(Shelf.id == Box.shelf_id),
    "delete": lambda: delete(Box),
    "delete with another": lambda: delete(Shelf).where(Shelf.id == Box.shelf_id),
    "nothing": lambda: select(func.now()),
    "Query entity": lambda: Query([Box]),
    "Query attribute": lambda: Query([Box.id]),
    "Query alias": lambda: Query([again]),
    "Query expression": lambda: Query([Box.weight + 1]),
    "Query bundle": lambda: Query([Bundle("b", Box.id)]),
    "Query column": lambda: Query([Box.__table__.c.weight]),
    "Query two entities": lambda: Query([Box, Shelf]),
    "Query select_from": lambda: Query([func.count()]).select_from(Box),
    "Query join by attribute": lambda: Query([Box]).join(Box.shelf),
    "Query join by class": lambda: Query([Shelf]).join(Box),
    "Query join to an alias": lambda: Query([Box]).join(other_shelf, Box.shelf),
    "Query reset": lambda: Query([Box]).join(Box.shelf).reset_joinpoint(),
}
for name, statement in STATEMENTS.items():
    for kind, criteria in KINDS.items():
        if name == "bundle" and kind not in ("column", "several", "both have it"):
            continue  # the message names an address
        if name == "alias of a subquery" and kind == "unknown":
            continue
        show(f"{name}, {kind}", lambda: statement().filter_by(**criteria))

print("--- tables")
TABLES = {
    "table": lambda: select(one),
    "column": lambda: select(one.c.id),
    "alias": lambda: select(one.alias("x")),
    "join": lambda: select(one).join(two),
    "join_from": lambda: select(func.count()).join_from(one, two),
    "joined": lambda: select(func.count()).select_from(one.join(two)),
    "two": lambda: select(one, two),
    "update": lambda: update(one),
    "delete": lambda: delete(one).where(one.c.id == two.c.one_id),
    "lightweight": lambda: select(table("l", column("c"), column("id"))),
    "Query": lambda: Query([one]),
    "Query column": lambda: Query([one.c.id]),
    "Query joined": lambda: Query([func.count()]).select_from(one.join(two)),
}
for name, statement in TABLES.items():
    for criteria in ({"id": 1}, {"akey": 1}, {"a": 1}, {"c": None}, {"two_c": 2}, {"columns": 1}):
        show(f"{name}, {criteria}", lambda: statement().filter_by(**criteria))

print("--- inheritance")
INHERITING = {
    "base": lambda: select(Tool),
    "sub": lambda: select(Saw),
    "attribute of the sub": lambda: select(Saw.teeth),
    "inherited attribute": lambda: select(Saw.kind),
    "joined to itself": lambda: select(Tool).join(aliased(Tool, name="o"), Tool.owner),
    "delete": lambda: delete(Saw),
    "Query": lambda: Query([Saw]),
    "Query joined to itself": lambda: Query([Tool]).join(aliased(Tool, name="o"), Tool.owner),
}
for name, statement in INHERITING.items():
    for criteria in ({"id": 1}, {"kind": "x"}, {"teeth": 3}, {"owner": Tool(id=3)}):
        show(f"{name}, {list(criteria)}", lambda: statement().filter_by(**criteria))

print("--- chains")
show("select", lambda: select(Box).filter_by(weight=1).join(Box.shelf).filter_by(label="x"))
show("Query", lambda: Query([Box]).filter_by(weight=1).join(Box.shelf).filter_by(label="x"))
show("Query, last joined", lambda: Query([Box]).join(Box.shelf).filter_by(id=1))
show("select, ambiguous", lambda: select(Box).join(Box.shelf).filter_by(id=1))
show("two aliases", lambda: select(again, aliased(Box)).filter_by(weight=1))
show("with_entities", lambda: Query([Box]).with_entities(Shelf).filter_by(label=1))
show("limit", lambda: Query([Box]).limit(1).filter_by(weight=1))
print(str(Box.id.expression), str(select(Box.id).selected_columns.id), str(again.id.expression))
