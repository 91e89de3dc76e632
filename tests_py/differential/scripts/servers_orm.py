"""The ORM on a database that the command line names: relationships, loading, inheritance, unit of work, bulk statements."""

import sys

import oxalchemy as sa
from oxalchemy import ForeignKey, String, create_engine, func, select
from oxalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    contains_eager,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
    subqueryload,
)


class Base(DeclarativeBase):
    pass


marks = sa.Table(
    "marks",
    Base.metadata,
    sa.Column("book_id", ForeignKey("book.id"), primary_key=True),
    sa.Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    books: Mapped[list["Book"]] = relationship(back_populates="author", cascade="all, delete-orphan", order_by="Book.id")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "author"}

    def __repr__(self):
        return f"{type(self).__name__}({self.id}, {self.name!r})"


class Poet(Author):
    __tablename__ = "poet"
    id: Mapped[int] = mapped_column(ForeignKey("author.id"), primary_key=True)
    metre: Mapped[str | None] = mapped_column(String(20))
    __mapper_args__ = {"polymorphic_identity": "poet"}


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(60))
    pages: Mapped[int] = mapped_column(default=10)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    author: Mapped[Author] = relationship(back_populates="books")
    tags: Mapped[list["Tag"]] = relationship(secondary=marks, order_by="Tag.id")

    def __repr__(self):
        return f"Book({self.id}, {self.title!r})"


class Tag(Base):
    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("tag.id"))
    children: Mapped[list["Tag"]] = relationship(order_by="Tag.id")

    def __repr__(self):
        return f"Tag({self.word})"


engine = create_engine(sys.argv[1])
Base.metadata.create_all(engine)
with Session(engine) as session:
    red = Tag(word="red")
    ann = Author(name="ann", books=[Book(title="one", tags=[red]), Book(title="two", pages=20)])
    session.add_all([ann, Tag(word="root", children=[Tag(word="leaf")])])
    session.add(Poet(name="pia", metre="iamb", books=[Book(title="three", tags=[red])]))
    session.commit()
    print(ann, ann.books, ann.books[0].tags)
    session.expunge_all()
    print(session.scalars(select(Author).order_by(Author.id)).all())
    print(session.scalars(select(Poet).where(Poet.metre == "iamb")).one().metre)
    for option in (joinedload, selectinload, subqueryload):
        got = session.scalars(select(Author).options(option(Author.books)).order_by(Author.id)).unique().all()
        print(option.__name__, [(a, a.books) for a in got])
        session.expunge_all()
    print(session.scalars(select(Author).options(joinedload(Author.books)).order_by(Author.name).limit(1)).unique().all())
    other = aliased(Book)
    print(session.execute(select(Book.title, other.title).join(other, Book.id < other.id).order_by(Book.id, other.id)).all())
    query = session.query(Author).join(Author.books).filter(Book.pages > 15).options(contains_eager(Author.books))
    print([(a, a.books) for a in query.populate_existing().all()])
    print(session.query(Author.name, func.count(Book.id)).join(Author.books).group_by(Author.name).order_by(Author.name).all())
    print(session.query(Book).filter(Book.tags.any(Tag.word == "red")).order_by(Book.id).all())
    print(session.query(Author).filter(Author.books.any(Book.title.like("t%"))).order_by(Author.id).all())
    session.expire_all()
    ann = session.query(Author).filter_by(name="ann").one()
    ann.name = "Ann"
    ann.books[0].tags = []
    del ann.books[1]
    session.commit()
    print(ann.name, ann.books, session.query(Book).count())
    with session.begin_nested() as nested:
        session.add(Author(name="nested"))
        session.flush()
        nested.rollback()
    try:
        session.add(Author(name="Ann"))
        session.flush()
    except sa.exc.IntegrityError as e:
        print(type(e).__name__, e.statement.split("(")[0])
        session.rollback()
    print(session.execute(sa.update(Book).where(Book.pages < 100).values(pages=Book.pages + 1)).rowcount)
    print(session.scalars(sa.insert(Tag).returning(Tag.id, sort_by_parameter_order=True), [{"word": "x"}, {"word": "y"}]).all())
    print(session.query(Tag).filter(Tag.word.in_(["x", "y"])).delete(synchronize_session="fetch"))
    session.rollback()
    session.delete(session.get(Author, ann.id))
    session.commit()
    print(session.query(Author).count(), session.query(Book).all())
Base.metadata.drop_all(engine)
