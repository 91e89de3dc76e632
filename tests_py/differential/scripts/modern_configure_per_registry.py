"""Registries are set up one by one: a broken mapper stops its own registry, and those that depend on it once."""

import oxalchemy as sa
from oxalchemy.orm import (
    Bundle,
    Mapped,
    Session,
    aliased,
    class_mapper,
    configure_mappers,
    joinedload,
    mapped_column,
    registry,
    relationship,
    with_parent,
)

whole, broken, dependent = registry(), registry(), registry()
engine = sa.create_engine("sqlite://")


@whole.mapped
class Good:
    __tablename__ = "good"
    id: Mapped[int] = mapped_column(primary_key=True)


@broken.mapped
class Early:
    __tablename__ = "early"
    id: Mapped[int] = mapped_column(primary_key=True)


print(Early(id=1).id)


@broken.mapped
class Bad:
    __tablename__ = "bad"
    id: Mapped[int] = mapped_column(primary_key=True)
    others = relationship("Nowhere")


whole.metadata.create_all(engine)
broken.metadata.create_all(engine)
session = Session(engine)


def attempt(name, f):
    try:
        print(name, "->", f())
    except sa.exc.SQLAlchemyError as e:
        print(name, "->", type(e).__name__, str(e))


attempt("select of the good", lambda: str(sa.select(Good)))
attempt("statement alone", lambda: type(sa.select(Bad)).__name__)
attempt("criterion alone", lambda: str(Bad.id == 1))
attempt("column text", lambda: str(sa.select(Bad.id)))
attempt("again", lambda: str(sa.select(Bad.id)))
attempt("bundle", lambda: str(sa.select(Bundle("b", Bad.id))))
attempt("function", lambda: str(sa.select(sa.func.count(Bad.id))))
attempt("text", lambda: str(sa.select(Bad)))
attempt("where only", lambda: str(sa.select(sa.literal(1)).where(Bad.id == 1)))
attempt("of the same registry", lambda: str(sa.select(Early)))
attempt("instance of the good", lambda: Good(id=1).id)
attempt("instance", lambda: Bad(id=1).id)
attempt("aliased", lambda: str(sa.select(aliased(Bad))))
attempt("query of the good", lambda: session.query(Good).all())
attempt("query", lambda: session.query(Bad))
attempt("query of a column", lambda: type(session.query(Bad.id)).__name__)
attempt("execute of the good", lambda: session.execute(sa.select(Good)).all())
attempt("execute", lambda: session.execute(sa.select(Bad)).all())
attempt("get of the good", lambda: session.get(Good, 1))
attempt("get", lambda: session.get(Bad, 1))
attempt("attributes", lambda: sa.inspect(Bad).attrs.keys())
attempt("relationships", lambda: sa.inspect(Bad).relationships.keys())
attempt("class_mapper", lambda: class_mapper(Bad))
attempt("class_mapper, as it is", lambda: class_mapper(Bad, configure=False))
attempt("insert", lambda: str(sa.insert(Bad)))
attempt("update", lambda: str(sa.update(Bad).values(id=3)))
attempt("delete", lambda: str(sa.delete(Bad)))
attempt("with_parent", lambda: str(with_parent(Good(), Bad.others)))
attempt("option", lambda: str(sa.select(Bad).options(joinedload(Bad.others))))
attempt("all", configure_mappers)
attempt("whole", whole.configure)
attempt("broken", broken.configure)


@whole.mapped
class Late:
    __tablename__ = "late"
    id: Mapped[int] = mapped_column(primary_key=True)
    good_id: Mapped[int] = mapped_column(sa.ForeignKey("good.id"))
    good: Mapped[Good] = relationship()


attempt("a later class of the good", lambda: Late(good=Good(id=5)).good.id)


@dependent.mapped
class Dependent:
    __tablename__ = "dependent"
    id: Mapped[int] = mapped_column(primary_key=True)
    bad_id: Mapped[int] = mapped_column(sa.ForeignKey(Bad.__table__.c.id))
    bad: Mapped[Bad] = relationship(Bad)


attempt("dependent", lambda: Dependent(id=1).id)
attempt("its own mappers are done", lambda: str(sa.select(Dependent)))
attempt("dependent again", lambda: Dependent(id=1).id)
attempt("without those that it depends on", dependent.configure)
attempt("with them", lambda: dependent.configure(cascade=True))
