"""The unit of work on every database: relationships, cascades, cycles, inheritance, versions."""

import gc

import oxalchemy as sa
import pytest
from oxalchemy import exc, orm


@pytest.fixture
def base():
    registry = orm.registry()
    yield registry.generate_base()
    registry.dispose()


@pytest.fixture
def library(base, any_engine):
    """Authors write books, books carry tags, a tag may lie under another."""
    marks = sa.Table(
        "marks",
        base.metadata,
        sa.Column("book_id", sa.ForeignKey("book.id"), primary_key=True),
        sa.Column("tag_id", sa.ForeignKey("tag.id"), primary_key=True),
    )

    class Author(base):
        __tablename__ = "author"
        id = sa.Column(sa.Integer, primary_key=True)
        name = sa.Column(sa.String(50), nullable=False)
        books = orm.relationship("Book", back_populates="author", cascade="all, delete-orphan", order_by="Book.title")

    class Book(base):
        __tablename__ = "book"
        id = sa.Column(sa.Integer, primary_key=True)
        title = sa.Column(sa.String(80), nullable=False)
        pages = sa.Column(sa.Integer, default=100)
        author_id = sa.Column(sa.ForeignKey("author.id"), nullable=False)
        author = orm.relationship("Author", back_populates="books")
        tags = orm.relationship("Tag", secondary=marks, backref="books", order_by="Tag.id")

    class Tag(base):
        __tablename__ = "tag"
        id = sa.Column(sa.Integer, primary_key=True)
        word = sa.Column(sa.String(30), unique=True)
        parent_id = sa.Column(sa.ForeignKey("tag.id"))
        children = orm.relationship("Tag", backref=orm.backref("parent", remote_side=[id]), order_by="Tag.id")

    base.metadata.create_all(any_engine)
    return Author, Book, Tag


def fill(engine, library):
    Author, Book, Tag = library
    with orm.Session(engine) as session:
        red, blue = Tag(word="red"), Tag(word="blue")
        red.children = [Tag(word="pink"), Tag(word="rose")]
        for i in range(1, 6):
            author = Author(name=f"author {i}")
            for j in range(i):
                author.books.append(Book(title=f"book {i}.{j}", tags=[red] if j % 2 else [red, blue]))
            session.add(author)
        session.commit()


def test_one_flush_in_the_order_of_dependence(any_engine, library):
    Author, Book, Tag = library
    fill(any_engine, library)
    with orm.Session(any_engine) as session:
        authors = session.scalars(sa.select(Author).order_by(Author.id)).all()
        assert [a.name for a in authors] == [f"author {i}" for i in range(1, 6)]
        assert [len(a.books) for a in authors] == [1, 2, 3, 4, 5]
        assert [b.pages for b in authors[2].books] == [100] * 3
        assert [t.word for t in authors[2].books[0].tags] == ["red", "blue"]
        red = session.query(Tag).filter_by(word="red").one()
        assert [t.word for t in red.children] == ["pink", "rose"]
        assert red.children[0].parent is red
        assert len(red.books) == 15


@pytest.mark.parametrize("load", ["lazyload", "joinedload", "selectinload", "subqueryload", "immediateload"])
def test_loading_strategies_load_the_same(any_engine, library, load):
    Author, Book, Tag = library
    fill(any_engine, library)
    option = getattr(orm, load)
    with orm.Session(any_engine) as session:
        query = sa.select(Author).options(option(Author.books)).order_by(Author.id.desc())
        got = session.execute(query).unique().scalars().all()
        assert [(a.name, [b.title for b in a.books]) for a in got] == [
            (f"author {i}", [f"book {i}.{j}" for j in range(i)]) for i in range(5, 0, -1)
        ]
        session.expunge_all()
        query = session.query(Author).options(option(Author.books), option(Author.books, Book.tags)).order_by(Author.id)
        two = query.limit(2).offset(1).all()
        assert [len(b.tags) for a in two for b in a.books] == [2, 1, 2, 1, 2]


def test_contains_eager_and_aliased(any_engine, library):
    Author, Book, Tag = library
    fill(any_engine, library)
    with orm.Session(any_engine) as session:
        query = sa.select(Author).join(Author.books).where(Book.title.like("%.1")).options(orm.contains_eager(Author.books))
        got = session.scalars(query.order_by(Author.id)).unique().all()
        assert [[b.title for b in a.books] for a in got] == [[f"book {i}.1"] for i in range(2, 6)]
        other = orm.aliased(Book)
        pairs = sa.select(Book.title, other.title).join(other, Book.author_id == other.author_id).where(Book.id < other.id)
        assert len(session.execute(pairs).all()) == 0 + 1 + 3 + 6 + 10
        counted = sa.select(Author.name, sa.func.count(Book.id)).outerjoin(Author.books).group_by(Author.id, Author.name)
        assert session.execute(counted.having(sa.func.count(Book.id) > 4)).all() == [("author 5", 5)]
        assert session.query(Author).filter(Author.books.any(Book.tags.any(Tag.word == "blue"))).count() == 5
        assert session.query(Book).filter(Book.author.has(name="author 3")).count() == 3
        assert session.query(Book).filter(~Book.tags.any(Tag.word == "blue")).count() == 6


def test_changes_of_every_kind_in_one_flush(any_engine, library):
    Author, Book, Tag = library
    fill(any_engine, library)
    with orm.Session(any_engine) as session:
        a1, a2, a3, a4, a5 = session.scalars(sa.select(Author).order_by(Author.id)).all()
        a1.name = "renamed"
        assert len(a2.books) == 2
        moved = a5.books.pop(0)
        a2.books.append(moved)
        del a3.books[0]  # an orphan is deleted, with its marks
        session.delete(a4)
        green = Tag(word="green")
        for book in a5.books:
            book.tags = [green]
            book.pages += 1
        session.commit()
    with orm.Session(any_engine) as session:
        got = session.scalars(sa.select(Author).order_by(Author.id)).all()
        assert [(a.name, len(a.books)) for a in got] == [("renamed", 1), ("author 2", 3), ("author 3", 2), ("author 5", 4)]
        assert {(b.pages, b.tags[0].word, len(b.tags)) for b in got[3].books} == {(101, "green", 1)}
        assert session.scalar(sa.select(sa.func.count()).select_from(Book)) == 10
        marks = Book.tags.property.secondary
        assert session.scalar(sa.select(sa.func.count()).select_from(marks)) == sum(len(b.tags) for a in got for b in a.books)


def test_rollback_restores_objects(any_engine, library):
    Author, Book, Tag = library
    fill(any_engine, library)
    with orm.Session(any_engine) as session:
        author = session.get(Author, 2)
        author.name = "x"
        author.books.append(Book(title="new"))
        session.flush()
        with session.begin_nested() as nested:
            author.name = "y"
            session.flush()
            nested.rollback()
        assert author.name == "x"
        assert len(author.books) == 3
        session.rollback()
        assert author.name == "author 2"
        assert len(author.books) == 2
        assert not session.dirty
        assert not session.new


def test_a_violation_in_the_middle_of_a_flush_leaves_nothing(any_engine, library):
    Author, Book, Tag = library
    fill(any_engine, library)
    with orm.Session(any_engine) as session:
        session.get(Author, 1).name = "changed"
        session.add_all([Tag(word="new"), Tag(word="red")])
        with pytest.raises(exc.IntegrityError):
            session.commit()
        with pytest.raises(exc.PendingRollbackError):
            session.query(Tag).all()
        session.rollback()
        assert session.query(Tag).count() == 4
        assert session.get(Author, 1).name == "author 1"


def test_bulk_update_and_delete_keep_the_session_in_step(any_engine, library):
    Author, Book, Tag = library
    fill(any_engine, library)
    with orm.Session(any_engine) as session:
        books = session.query(Book).order_by(Book.id).all()
        for how in ("evaluate", "fetch"):
            statement = sa.update(Book).where(Book.pages > 0).values(pages=Book.pages + 1)
            assert session.execute(statement, execution_options={"synchronize_session": how}).rowcount == 15
        assert {b.pages for b in books} == {102}
        session.query(Book).filter(Book.id == 1).one().tags.clear()
        session.flush()
        assert session.query(Book).filter(Book.id == 1).delete(synchronize_session="fetch") == 1
        assert books[0] not in session
        session.execute(sa.insert(Tag), [{"word": f"w{i}"} for i in range(50)])
        got = session.scalars(sa.insert(Tag).returning(Tag, sort_by_parameter_order=True), [{"word": "p"}, {"word": "q"}]).all()
        assert [t.word for t in got] == ["p", "q"]
        session.execute(sa.update(Tag), [{"id": got[0].id, "word": "pp"}, {"id": got[1].id, "word": "qq"}])
        session.commit()
        assert [t.word for t in got] == ["pp", "qq"]


def test_many_objects_get_their_own_keys(any_engine, library):
    Author, Book, Tag = library
    with orm.Session(any_engine) as session:
        tags = [Tag(word=f"tag {i}") for i in range(3000)]
        session.add_all(tags)
        session.commit()
        stored = dict(session.execute(sa.select(Tag.id, Tag.word)).all())
        assert len(stored) == 3000
        assert all(stored[t.id] == t.word for t in tags)


def test_rows_that_point_at_each_other(any_engine, base):
    class Node(base):
        __tablename__ = "node"
        id = sa.Column(sa.Integer, primary_key=True)
        best_id = sa.Column(sa.ForeignKey("node.id", name="fk_best", use_alter=True))
        best = orm.relationship("Node", remote_side=[id], post_update=True)

    base.metadata.create_all(any_engine)
    with orm.Session(any_engine) as session:
        a, b, c = Node(), Node(), Node()
        a.best, b.best, c.best = b, c, a
        session.add_all([a, b, c])
        session.commit()
        assert a.best.best.best is a
        for node in (a, b, c):
            session.delete(node)
        session.commit()
        assert session.query(Node).count() == 0
    base.metadata.drop_all(any_engine)


def test_a_chain_is_inserted_from_its_root(any_engine, library):
    Author, Book, Tag = library
    with orm.Session(any_engine) as session:
        leaf = tag = Tag(word="leaf")
        for i in range(30):
            tag.parent = Tag(word=f"level {i}")
            tag = tag.parent
        session.add(leaf)
        session.commit()
        depth, tag = 0, session.query(Tag).filter_by(word="leaf").one()
        while tag.parent:
            depth, tag = depth + 1, tag.parent
        assert depth == 30
        session.query(Tag).filter_by(word="leaf").one()
        everything = session.query(Tag).all()
        for tag in everything:
            session.delete(tag)
        session.commit()
        assert session.query(Tag).count() == 0


@pytest.mark.parametrize("style", ["joined", "single", "concrete"])
def test_inheritance(any_engine, base, style):
    class Person(base):
        __tablename__ = "person"
        id = sa.Column(sa.Integer, primary_key=True)
        kind = sa.Column(sa.String(20))
        name = sa.Column(sa.String(50))
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "person"} if style != "concrete" else {}

    class Engineer(Person):
        if style == "joined":
            __tablename__ = "engineer"
            id = sa.Column(sa.ForeignKey("person.id"), primary_key=True)
            language = sa.Column(sa.String(50))
        elif style == "concrete":
            __tablename__ = "engineer"
            id = sa.Column(sa.Integer, primary_key=True)
            kind = sa.Column(sa.String(20))
            name = sa.Column(sa.String(50))
            language = sa.Column(sa.String(50))
        else:
            language = sa.Column(sa.String(50))
        __mapper_args__ = {"polymorphic_identity": "engineer"} if style != "concrete" else {"concrete": True}

    base.metadata.create_all(any_engine)
    with orm.Session(any_engine) as session:
        session.add_all([Person(name="ann"), Engineer(name="bob", language="Rust"), Engineer(name="eve", language="Ada")])
        session.commit()
        session.expunge_all()
        everybody = session.query(Person).order_by(Person.id).all()
        if style == "concrete":
            assert [type(p).__name__ for p in everybody] == ["Person"]
        else:
            assert [type(p).__name__ for p in everybody] == ["Person", "Engineer", "Engineer"]
            assert everybody[1].language == "Rust"
        assert [e.name for e in session.query(Engineer).filter_by(language="Ada")] == ["eve"]
        eve = session.query(Engineer).filter_by(name="eve").one()
        eve.name, eve.language = "EVE", "C"
        session.commit()
        assert session.execute(sa.select(Engineer.name, Engineer.language).order_by(Engineer.id)).all()[-1] == ("EVE", "C")
        session.delete(eve)
        session.commit()
        assert session.query(Engineer).count() == 1


def test_version_counter(any_engine, base):
    class Document(base):
        __tablename__ = "document"
        id = sa.Column(sa.Integer, primary_key=True)
        text = sa.Column(sa.String(50))
        version = sa.Column(sa.Integer, nullable=False)
        __mapper_args__ = {"version_id_col": version}

    base.metadata.create_all(any_engine)
    with orm.Session(any_engine) as one, orm.Session(any_engine) as two:
        one.add(Document(text="a"))
        one.commit()
        stale = two.get(Document, 1)
        assert stale.version == 1
        two.commit()
        one.get(Document, 1).text = "b"
        one.commit()
        two.execute(sa.text("SELECT 1"))
        orm.attributes.set_committed_value(stale, "version", 1)
        orm.attributes.set_committed_value(stale, "text", "a")
        orm.attributes.set_committed_value(stale, "id", 1)
        stale.text = "c"
        with pytest.raises(orm.exc.StaleDataError):
            two.commit()
        two.rollback()
        assert two.get(Document, 1).text == "b"


def test_merge_refresh_expire(any_engine, library):
    Author, Book, Tag = library
    fill(any_engine, library)
    with orm.Session(any_engine) as session:
        detached = session.get(Author, 3)
        assert len(detached.books) == 3
        session.expunge_all()
        detached.name = "merged"
        merged = session.merge(detached)
        assert merged is not detached
        session.commit()
        assert session.get(Author, 3).name == "merged"
        with any_engine.begin() as conn:
            conn.execute(sa.update(Author).where(Author.id == 3).values(name="elsewhere"))
        assert merged.name == "merged"
        session.rollback()
        session.refresh(merged)
        assert merged.name == "elsewhere"
        session.expire(merged, ["name"])
        assert merged.name == "elsewhere"
        assert session.get(Author, 999) is None


def test_the_identity_map_lets_go(any_engine, library):
    Author, Book, Tag = library
    fill(any_engine, library)
    with orm.Session(any_engine) as session:
        assert len(session.query(Book).all()) == 15
        gc.collect()
        assert len(session.identity_map) == 0
        keep = session.query(Book).all()
        assert session.query(Book).all() == keep
        assert len(session.identity_map) == 15
