"""In which order a flush writes the rows of classes: by relationships between classes that take part, then by the classes' names.

Whether the objects are linked, in which order classes were declared and objects added does not matter.
"""

import itertools
import random

import oxalchemy as sa
from oxalchemy import orm

NAMES = "ABCD"


def pk():
    return orm.mapped_column(sa.Integer, primary_key=True)


def written(base, objects):
    """Tables in the order in which rows are inserted, then deleted."""
    engine = sa.create_engine("sqlite://")
    base.metadata.create_all(engine)
    log = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def note(connection, cursor, statement, parameters, context, many):
        if not statement.startswith("SELECT"):
            log.append(" ".join(statement.split()[:3]))

    session = orm.Session(engine)
    session.add_all(objects)
    session.flush()
    inserted = log[:]
    session.commit()
    log.clear()
    for o in objects:
        session.delete(o)
    session.flush()
    return inserted, log


def world(declared, added, kinds, linked):
    """A class for each name, relationships of these kinds between them."""

    class Base(orm.DeclarativeBase):
        pass

    parts = {n: {"__tablename__": f"t{n.lower()}", "id": pk()} for n in declared}
    for (child, parent), kind in kinds.items():
        c, p = (sa.ForeignKey(f"t{n.lower()}.id") for n in (child, parent))
        if kind == "association":
            columns = sa.Column("c", c, primary_key=True), sa.Column("p", p, primary_key=True)
            parts[child][f"to_{parent}"] = orm.relationship(
                parent, secondary=sa.Table(f"{child}_{parent}", Base.metadata, *columns)
            )
            continue
        key = parts[child][f"key_{parent}"] = orm.mapped_column(p)
        holder, other = (child, parent) if kind == "reference" else (parent, child)
        parts[holder][f"to_{other}"] = orm.relationship(other, foreign_keys=key)
    classes = {n: type(n, (Base,), parts[n]) for n in declared}
    objects = {n: classes[n]() for n in declared}
    for child, parent in linked:
        kind = kinds[child, parent]
        if kind == "reference":
            setattr(objects[child], f"to_{parent}", objects[parent])
        elif kind == "association":
            getattr(objects[child], f"to_{parent}").append(objects[parent])
        else:
            getattr(objects[parent], f"to_{child}").append(objects[child])
    return written(Base, [objects[n] for n in added])


random.seed(11)
for _ in range(60):
    declared, added, ranked = (random.sample(NAMES, 4) for _ in range(3))
    some = random.choice([["reference"], ["collection"], ["association"], ["reference", "collection", "association"]])
    kinds = {pair: random.choice(some) for pair in itertools.combinations(ranked, 2) if random.random() < 0.4}
    linked = [pair for pair in kinds if random.random() < 0.5]
    print(declared, added, kinds, linked, world(declared, added, kinds, linked))


def unrelated(*specs):
    """Classes of these modules and names."""
    registry = orm.registry()
    objects = []
    for module, name, table in specs:
        cls = type(name, (), {"__module__": module})
        registry.map_imperatively(cls, sa.Table(table, registry.metadata, sa.Column("id", sa.Integer, primary_key=True)))
        objects.append(cls())
    return written(registry, objects)


print(unrelated(("zmod", "A", "t1"), ("amod", "B", "t2")), unrelated(("m", "a", "t1"), ("m", "B", "t2")))
print(unrelated(("m.x", "A", "t1"), ("m", "B", "t2")), unrelated(("m", "é", "t1"), ("m", "z", "t2")))


def hierarchy(linked, to_subclass, with_subclass):
    """A class that refers to a hierarchy, of which there is an object of the base class or the subclass."""

    class Base(orm.DeclarativeBase):
        pass

    class Top(Base):
        __tablename__ = "top"
        id = pk()
        kind = orm.mapped_column(sa.String(9))
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "top"}

    class Sub(Top):
        __tablename__ = "sub"
        id = orm.mapped_column(sa.ForeignKey("top.id"), primary_key=True)
        __mapper_args__ = {"polymorphic_identity": "sub"}

    class A(Base):
        __tablename__ = "a"
        id = pk()
        key = orm.mapped_column(sa.ForeignKey("sub.id" if to_subclass else "top.id"))
        to = orm.relationship(Sub if to_subclass else Top)

    a, other = A(), (Sub if with_subclass else Top)()
    if linked:
        a.to = other
    return written(Base, [a, other])


for linked, to_subclass, with_subclass in itertools.product((False, True), repeat=3):
    # Without a link an object of the subclass orders nothing for sure, nor does one that the relationship does not take.
    if linked and (with_subclass or not to_subclass) or not linked and to_subclass == with_subclass:
        print(linked, to_subclass, with_subclass, hierarchy(linked, to_subclass, with_subclass))
