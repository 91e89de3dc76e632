"""What is done again and again leaves nothing: objects by type, open files and threads are what they were after a warm-up."""

import contextlib
import gc

import oxalchemy as sa
import pytest
from oxalchemy import orm
from soak import usage

ROUNDS = 60


class Base(orm.DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "parent"
    id = orm.mapped_column(sa.Integer, primary_key=True)
    name = orm.mapped_column(sa.String(20), unique=True)
    children = orm.relationship("Child", back_populates="parent", cascade="all, delete-orphan")


class Child(Base):
    __tablename__ = "child"
    id = orm.mapped_column(sa.Integer, primary_key=True)
    parent_id = orm.mapped_column(sa.ForeignKey("parent.id"))
    parent = orm.relationship("Parent", back_populates="children")


@pytest.fixture
def url(any_url):
    engine = sa.create_engine(any_url)
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all(Parent(name=f"p{i}", children=[Child(), Child()]) for i in range(5))
        session.commit()
    engine.dispose()
    return any_url


@pytest.fixture
def engine(url):
    engine = sa.create_engine(url)
    yield engine
    engine.dispose()


def assert_no_growth(work, rounds=ROUNDS):
    for _ in range(15):  # caches, first uses
        work()
    before = usage.Usage()
    for _ in range(rounds):
        work()
    after = usage.Usage()
    # What leaks does so in every round; lists of weak references are tidied now and then.
    assert usage.growth(before.objects, after.objects, least=rounds // 2) == {}
    assert usage.growth(before.files, after.files) == {}
    assert after.threads <= before.threads


def test_engines(url):
    def work():
        engine = sa.create_engine(url)
        sa.event.listen(engine, "before_cursor_execute", lambda *args: None)
        with engine.connect() as conn:
            conn.execute(sa.select(Parent.id)).all()
        engine.dispose()

    assert_no_growth(work, 50)


def test_engines_that_nobody_disposes(url):
    def work():
        conn = sa.create_engine(url).connect()
        conn.execute(sa.text("SELECT 1"))

    assert_no_growth(work, 50)


def test_sessions(engine):
    def work():
        with orm.Session(engine) as session:
            for parent in session.scalars(sa.select(Parent).options(orm.selectinload(Parent.children))):
                assert parent.children[0].parent is parent
            session.get(Parent, 1).name = "again"
            session.flush()
            session.rollback()

    assert_no_growth(work)


def test_sessions_that_nobody_closes(engine):
    def work():
        session = orm.Session(engine)
        parent = session.scalars(sa.select(Parent)).first()
        parent.children.append(Child())
        session.flush()
        del session, parent
        gc.collect()  # objects and session hold each other; SQLite's lock is held until then

    assert_no_growth(work, 20)


@pytest.mark.parametrize("listens", [False, True], ids=["plain", "watched"])
def test_failed_flushes(engine, listens):
    if listens:
        sa.event.listen(engine, "before_cursor_execute", lambda *args: None)
        sa.event.listen(engine, "handle_error", lambda context: None)

    def work():
        with orm.Session(engine) as session:
            session.add_all([Parent(name="p1", children=[Child()]), Parent(name="new")])
            with contextlib.suppress(sa.exc.IntegrityError):
                session.flush()
            session.rollback()
            with contextlib.suppress(sa.exc.IntegrityError):
                session.execute(sa.insert(Parent), [{"name": "x"}, {"name": "p2"}])

    assert_no_growth(work)


def test_failed_statements(engine):
    def work():
        with engine.connect() as conn:
            with contextlib.suppress(sa.exc.DBAPIError):
                conn.execute(sa.text("SELECT nonsense FROM nowhere"))
            conn.rollback()
            with contextlib.suppress(sa.exc.StatementError):
                conn.execute(sa.text("SELECT :a"), {"b": 1})

    assert_no_growth(work)


def test_reflection(engine, request):
    if engine.dialect.name == "mysql":
        request.applymarker(
            pytest.mark.xfail(strict=True, reason="types of tables with foreign keys that MariaDB told of are kept")
        )

    def work():
        metadata = sa.MetaData()
        metadata.reflect(engine)
        assert {"parent", "child"} <= set(metadata.tables)

    assert_no_growth(work, 40)


@pytest.mark.parametrize("how", ["declared", "imperative", "forgotten"])
def test_classes(how):
    """A class's end frees both ends of its relationships, and what was compiled of it."""

    def declare():
        class Own(orm.DeclarativeBase):
            pass

        class User(Own):
            __tablename__ = "user"
            id = orm.mapped_column(sa.Integer, primary_key=True)
            boss_id = orm.mapped_column(sa.ForeignKey("user.id"))
            boss = orm.relationship("User", remote_side=[id], backref="staff")
            addresses = orm.relationship("Address", back_populates="user")

        class Address(Own):
            __tablename__ = "address"
            id = orm.mapped_column(sa.Integer, primary_key=True)
            user_id = orm.mapped_column(sa.ForeignKey("user.id"))
            user = orm.relationship("User", back_populates="addresses")

        return Own.registry, User, Address

    def map_by_hand():
        registry = orm.registry()
        user = sa.Table("user", registry.metadata, sa.Column("id", sa.Integer, primary_key=True))
        address = sa.Table(
            "address",
            registry.metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("user_id", sa.ForeignKey("user.id")),
        )
        User, Address = type("User", (), {}), type("Address", (), {})
        registry.map_imperatively(Address, address)
        registry.map_imperatively(User, user, properties={"addresses": orm.relationship(Address, backref="user")})
        return registry, User, Address

    def work():
        registry, User, Address = map_by_hand() if how == "imperative" else declare()
        engine = sa.create_engine("sqlite://")
        registry.metadata.create_all(engine)
        with orm.Session(engine) as session:
            session.add(User(addresses=[Address()]) if how != "imperative" else made(User, Address))
            session.commit()
            assert session.scalars(sa.select(User).options(orm.joinedload(User.addresses))).unique().one().addresses
        engine.dispose()
        if how != "forgotten":
            registry.dispose()

    def made(User, Address):
        user = User()
        user.addresses.append(Address())
        return user

    assert_no_growth(work, 40)
