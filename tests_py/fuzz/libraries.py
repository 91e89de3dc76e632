"""The two libraries under one name each, with the same three mapped classes on a database of their own."""

import importlib


class Library:
    """`oxalchemy` or `sqlalchemy`, with classes `Parent`, `Child` and `Tag` and an empty SQLite database."""

    def __init__(self, name):
        self.name = name
        self.sa = importlib.import_module(name)
        self.orm = importlib.import_module(f"{name}.orm")
        self.declare()

    def declare(self):
        sa, orm = self.sa, self.orm

        class Base(orm.DeclarativeBase):
            pass

        child_tag = sa.Table(
            "child_tag",
            Base.metadata,
            sa.Column("child_id", sa.ForeignKey("child.id"), primary_key=True),
            sa.Column("tag_id", sa.ForeignKey("tag.id"), primary_key=True),
        )

        class Parent(Base):
            __tablename__ = "parent"
            id = orm.mapped_column(sa.Integer, primary_key=True)
            name = orm.mapped_column(sa.String(20), default="made")
            children = orm.relationship("Child", back_populates="parent", cascade="all, delete-orphan", order_by="Child.id")

        class Child(Base):
            __tablename__ = "child"
            id = orm.mapped_column(sa.Integer, primary_key=True)
            name = orm.mapped_column(sa.String(20))
            parent_id = orm.mapped_column(sa.ForeignKey("parent.id"))
            parent = orm.relationship("Parent", back_populates="children")
            tags = orm.relationship("Tag", secondary=child_tag, back_populates="children", order_by="Tag.id")

        class Tag(Base):
            __tablename__ = "tag"
            id = orm.mapped_column(sa.Integer, primary_key=True)
            name = orm.mapped_column(sa.String(20), unique=True)
            children = orm.relationship("Child", secondary=child_tag, back_populates="tags", order_by="Child.id")

        self.base, self.classes = Base, (Parent, Child, Tag)

    def engine(self):
        """A database in memory with empty tables."""
        engine = self.sa.create_engine("sqlite://", poolclass=self.sa.pool.StaticPool)
        self.base.metadata.create_all(engine)
        return engine


def both():
    """SQLAlchemy, then oxalchemy."""
    return Library("sqlalchemy"), Library("oxalchemy")
