"""A session that says itself where statements go is shown each statement."""

import oxalchemy as sa
from oxalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload


class Base(DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "parent"
    id: Mapped[int] = mapped_column(primary_key=True)
    children: Mapped[list["Child"]] = relationship(back_populates="parent")


class Child(Base):
    __tablename__ = "child"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("parent.id"))
    parent: Mapped[Parent | None] = relationship(back_populates="children")


def test_every_read_and_write_names_its_statement():
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    Base.metadata.create_all(engine)
    asked = []

    class Routing(Session):
        def get_bind(self, mapper=None, *, clause=None, **kw):
            asked.append((type(clause).__name__, mapper is not None and mapper.class_.__name__, self._flushing))
            return engine

    def seen(act):
        asked.clear()
        act()
        return list(asked)

    with Routing() as s:
        parent = Parent(id=1, children=[Child(id=1), Child(id=2)])
        s.add(parent)
        assert {(clause, flushing) for clause, _, flushing in seen(s.commit)} == {("NoneType", True)}
        assert seen(lambda: parent.id) == [("Select", "Parent", False)]
        assert seen(lambda: parent.children) == [("Select", "Child", False)]
        assert seen(lambda: s.refresh(parent)) == [("Select", "Parent", False)]
        s.expunge_all()
        assert seen(lambda: s.get(Parent, 1)) == [("Select", "Parent", False)]
        assert seen(lambda: s.query(Parent).all()) == [("Select", "Parent", False)]
        assert seen(lambda: s.query(Child.id).first()) == [("Select", "Child", False)]
        assert seen(lambda: s.query(Child).count()) == [("Select", "Child", False)]
        assert ("Select", "Parent", False) in seen(
            lambda: s.scalars(sa.select(Parent).options(selectinload(Parent.children))).all()
        )
        assert seen(
            lambda: s.execute(sa.update(Child).values(parent_id=None), execution_options={"synchronize_session": False})
        ) == [("Update", "Child", False)]
        assert seen(lambda: s.execute(sa.text("select 1"))) == [("TextClause", False, False)]
