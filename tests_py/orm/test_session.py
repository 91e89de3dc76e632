"""Session life cycle, transactions, object states."""

import gc
import threading
import weakref

import oxalchemy as sa
import pytest
from oxalchemy import event, exc
from oxalchemy.orm import (
    Session,
    declarative_base,
    make_transient,
    make_transient_to_detached,
    object_session,
    relationship,
    scoped_session,
    sessionmaker,
)
from oxalchemy.orm import exc as orm_exc

Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(30), unique=True)
    addresses = relationship("Address", back_populates="user", cascade="all, delete-orphan")


class Address(Base):
    __tablename__ = "addresses"
    id = sa.Column(sa.Integer, primary_key=True)
    user_id = sa.Column(sa.ForeignKey("users.id"))
    email = sa.Column(sa.String(50), nullable=False)
    user = relationship("User", back_populates="addresses")


@pytest.fixture
def engine(tmp_path):
    e = sa.create_engine(f"sqlite:///{tmp_path}/s.db")
    Base.metadata.create_all(e)
    yield e
    e.dispose()


def states(o):
    i = sa.inspect(o)
    return [n for n in ("transient", "pending", "persistent", "deleted", "detached") if getattr(i, n)]


def test_states_of_an_object(engine):
    s = Session(engine)
    u = User(name="ed")
    assert states(u) == ["transient"]
    s.add(u)
    assert states(u) == ["pending"] and u in s.new and u in s
    s.flush()
    assert states(u) == ["persistent"] and u.id == 1 and not s.new
    s.delete(u)
    s.flush()
    assert states(u) == ["deleted"] and u not in s
    s.rollback()
    assert states(u) == ["transient"]
    s.add(u)
    s.commit()
    s.close()
    assert states(u) == ["detached"]
    make_transient(u)
    assert states(u) == ["transient"]
    make_transient_to_detached(u)
    assert states(u) == ["detached"]


def test_rollback_restores_attributes_keys_and_deletions(engine):
    s = Session(engine)
    s.add_all([User(id=1, name="a"), User(id=2, name="b")])
    s.commit()
    a, b = s.get(User, 1), s.get(User, 2)
    a.name, a.id = "changed", 10
    s.delete(b)
    new = User(name="new")
    s.add(new)
    s.flush()
    assert sa.inspect(a).identity == (10,)
    s.rollback()
    assert sa.inspect(a).identity == (1,) and a.name == "a" and a.id == 1
    assert b in s and b.name == "b"
    assert new not in s and states(new) == ["transient"]


def test_savepoint_rollback_keeps_what_was_before(engine):
    s = Session(engine)
    u = User(name="outer")
    s.add(u)
    with pytest.raises(ZeroDivisionError):
        with s.begin_nested():
            s.add(User(name="inner"))
            u.name = "changed"
            s.flush()
            raise ZeroDivisionError
    assert u.name == "outer"
    s.commit()
    assert [x.name for x in s.query(User)] == ["outer"]


def test_failed_flush_leaves_nothing_and_needs_rollback(engine):
    s = Session(engine)
    s.add(User(name="dup"))
    s.commit()
    s.add_all([User(name="fine"), User(name="dup"), Address(email=None)])
    with pytest.raises(exc.IntegrityError):
        s.flush()
    with pytest.raises(exc.PendingRollbackError, match="first issue Session.rollback"):
        s.query(User).all()
    s.rollback()
    assert [u.name for u in s.query(User)] == ["dup"]
    s.add(User(name="after"))
    s.commit()
    with engine.connect() as c:
        assert c.scalar(sa.text("select count(*) from users")) == 2


def test_object_of_another_session_is_refused(engine):
    one, two = Session(engine), Session(engine)
    u = User(name="x")
    one.add(u)
    with pytest.raises(
        exc.InvalidRequestError, match=rf"already attached to session '{one.hash_key}' \(this is '{two.hash_key}'\)"
    ):
        two.add(u)
    assert object_session(u) is one


def test_identity_map_is_weak_but_keeps_changes(engine):
    s = Session(engine)
    s.add_all([User(name="a"), User(name="b")])
    s.commit()
    a, b = s.query(User).order_by(User.id)
    ref_a, ref_b = weakref.ref(a), weakref.ref(b)
    b.name = "changed"
    del a, b
    gc.collect()
    assert ref_a() is None and ref_b() is not None
    s.commit()
    gc.collect()
    assert ref_b() is None
    assert s.get(User, 2).name == "changed"


def test_cycles_through_objects_and_sessions_die(engine):
    s = Session(engine)
    u = User(name="x")
    s.add(u)
    u.session = s
    s.flush()
    u.name = "y"
    refs = weakref.ref(s), weakref.ref(u)
    del s, u
    gc.collect()
    assert [r() for r in refs] == [None, None]


def test_state_events(engine):
    s = Session(engine)
    seen = []
    for name in (
        "transient_to_pending",
        "pending_to_persistent",
        "persistent_to_deleted",
        "deleted_to_detached",
        "persistent_to_detached",
    ):
        event.listen(s, name, lambda session, o, name=name: seen.append((name, o)))
    u, v = User(name="u"), User(name="v")
    s.add(u)
    s.add(v)
    s.flush()
    s.delete(u)
    s.commit()
    s.close()
    assert [n for n, o in seen if o is u] == [
        "transient_to_pending",
        "pending_to_persistent",
        "persistent_to_deleted",
        "deleted_to_detached",
    ]
    assert [n for n, o in seen if o is v] == ["transient_to_pending", "pending_to_persistent", "persistent_to_detached"]


def test_sessionmaker_and_scoped_session(engine):
    maker = sessionmaker(engine, info={"a": 1})
    with maker.begin() as s:
        s.add(User(name="x"))
    with maker(info={"b": 2}) as s:
        assert s.info == {"a": 1, "b": 2} and s.query(User).count() == 1
    scoped = scoped_session(maker)
    mine = scoped()
    assert scoped() is mine and scoped.query(User).count() == 1
    others = []
    t = threading.Thread(target=lambda: others.append(scoped()))
    t.start()
    t.join()
    assert others[0] is not mine
    with pytest.raises(exc.InvalidRequestError, match="already present"):
        scoped(autoflush=False)
    scoped.remove()
    assert not scoped.registry.has()


def test_merge_copies_and_follows(engine):
    s = Session(engine)
    s.add(User(id=1, name="old", addresses=[Address(id=1, email="a"), Address(id=2, email="b")]))
    s.commit()
    s.close()
    given = User(id=1, name="new", addresses=[Address(id=2, email="b2"), Address(email="c")])
    merged = s.merge(given)
    assert merged is not given and given not in s and merged in s
    s.commit()
    assert merged.name == "new"
    assert sorted(a.email for a in merged.addresses) == ["b2", "c"]


def test_detached_object_cannot_load(engine):
    s = Session(engine)
    s.add(User(name="x"))
    s.commit()
    u = s.query(User).one()
    s.expire(u)
    s.expunge(u)
    with pytest.raises(orm_exc.DetachedInstanceError):
        u.name


def test_two_threads_with_a_session_each(engine):
    errors = []

    def work(n):
        try:
            for i in range(20):
                with Session(engine) as s:
                    s.add(User(name=f"{n}-{i}"))
                    s.commit()
        except Exception as e:
            errors.append(e)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(2)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert not errors
    assert Session(engine).query(User).count() == 40
