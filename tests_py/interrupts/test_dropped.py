"""An exception that comes out of user code in the middle of our call (a signal handler, a timeout, Ctrl-C) reaches the caller.

Every Python function that our calls enter is made to raise once, in turn; then a signal handler raises at random moments. After
each, the session is rolled back and the rows are compared with an account book: all of a commit, or nothing of it.
"""

import gc
import random
import signal
import sys
import threading

import oxalchemy as sa
import pytest
from oxalchemy import event, orm
from oxalchemy._rs import _PanicException as PanicException


class Stop(BaseException):
    """No `Exception`: nothing wraps it."""


class Timeout(Exception):
    """What many timeout helpers raise."""


def panic():
    """What is a panic in the Rust frame that meets it, and a `DefectError` where that one was called."""
    return BaseException.__new__(PanicException, "now")


class Money:
    def __init__(self, amount):
        self.amount = amount

    def __eq__(self, other):
        return isinstance(other, Money) and other.amount == self.amount

    def __hash__(self):
        return hash(self.amount)


class MoneyType(sa.TypeDecorator):
    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else value.amount

    def process_result_value(self, value, dialect):
        return None if value is None else Money(value)


@pytest.fixture(scope="module")
def classes():
    class Base(orm.DeclarativeBase):
        pass

    class Account(Base):
        __tablename__ = "account"
        id = sa.Column(sa.Integer, primary_key=True)
        x = sa.Column(sa.Integer)
        y = sa.Column(MoneyType)
        z = sa.Column(sa.String(20))
        stamp = sa.Column(sa.Integer, default=lambda: 1, onupdate=lambda: 2)
        version = sa.Column(sa.Integer, nullable=False)
        lines = orm.relationship("Line", back_populates="account", cascade="all, delete-orphan", order_by="Line.id")
        __mapper_args__ = {"version_id_col": version}

        @orm.validates("x")
        def check(self, key, value):
            return value

    class Line(Base):
        __tablename__ = "line"
        id = sa.Column(sa.Integer, primary_key=True)
        account_id = sa.Column(sa.ForeignKey("account.id"))
        n = sa.Column(sa.Integer)
        account = orm.relationship("Account", back_populates="lines")

    for name in ("before_insert", "after_insert", "before_update", "after_update", "before_delete", "after_delete"):
        event.listen(Account, name, lambda *a: None)
    return Base, Account, Line


@pytest.fixture
def engine(classes, tmp_path):
    # A file: a connection that was interrupted is not used again.
    engine = sa.create_engine(f"sqlite:///{tmp_path}/account.db")
    classes[0].metadata.create_all(engine)
    yield engine
    engine.dispose()


def fill(engine, classes):
    """The same rows before each try."""
    base, account, line = classes
    with engine.begin() as connection:
        for table in reversed(base.metadata.sorted_tables):
            connection.execute(table.delete())
    with orm.Session(engine) as session:
        session.add_all(account(id=i, x=0, y=Money(0), z="0", lines=[line(n=i), line(n=i + 1)]) for i in range(1, 5))
        session.commit()


def book(engine, classes):
    _, account, line = classes
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("select id, x, y, z from account order by id").all()
        lines = connection.exec_driver_sql("select account_id, n from line order by id").all()
        return [tuple(r) for r in rows], sorted(map(tuple, lines))


def change(session, objects, classes):
    _, account, line = classes
    for one in objects:
        value = one.x + 1
        one.x, one.y, one.z = value, Money(value), str(value)
    objects[0].lines.append(line(n=9))
    objects[1].lines.pop()
    session.delete(objects[2])
    session.add(account(x=7, y=Money(7), z="7"))
    session.commit()


def load(session, objects, classes):
    _, account, line = classes
    session.query(account).options(orm.joinedload(account.lines)).filter(account.x >= 0).order_by(account.id).all()
    session.scalars(sa.select(account).options(orm.selectinload(account.lines)).where(account.y != Money(4))).all()
    session.execute(sa.select(account.x, account.y).where(account.id.in_([1, 2]))).all()
    session.get(account, 1).lines
    session.refresh(objects[0])
    session.query(account).filter_by(x=3).count()
    session.query(line).filter(line.account == objects[0]).all()
    session.merge(account(id=2, x=3, version=1))
    session.query(account).join(account.lines).filter(line.n > 1).all()
    session.expire_all()
    objects[1].x


def core(session, objects, classes):
    _, account, line = classes
    connection = session.connection()
    connection.execute(sa.insert(line.__table__), [{"n": 1}, {"n": 2}])
    connection.execute(sa.insert(account.__table__).values(x=1, y=Money(1), version=1))
    connection.execute(sa.text("select :a"), {"a": 1}).mappings().all()
    connection.execute(sa.update(account.__table__).where(account.x == 0).values(x=1))
    str(sa.select(account))
    session.rollback()


# Exceptions in these are none of the caller's: the interpreter has nobody to give them to, or they belong to a cleanup of the
# pool, which reports and goes on as SQLAlchemy's does when it is an `Exception`.
ELSEWHERE = {"__del__", "do_rollback", "do_close", "do_terminate", "_handle_fromlist", "parent"}


def entered(work, engine, classes, at, kind):
    """Run `work` with the `at`-th Python function raising when it is entered: what came out, where, how many were entered."""
    fill(engine, classes)
    session = orm.Session(engine)
    objects = session.query(classes[1]).order_by(classes[1].id).all()
    for one in objects:
        one.lines
    engine.clear_compiled_cache()
    count, place = 0, None

    def hook(frame, what, _):
        nonlocal count, place
        if what != "call" or frame.f_code.co_name in ELSEWHERE or frame.f_code is work.__code__:
            return
        count += 1
        if count == at:
            place = f"{frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_name}"
            raise panic() if kind is sa.exc.DefectError else kind("now")

    came = None
    sys.setprofile(hook)
    try:
        work(session, objects, classes)
    except BaseException as e:
        came = e
    finally:
        sys.setprofile(None)
    return came, place, count, session


def carries(e, kind):
    while e is not None:
        if isinstance(e, kind):
            return True
        e = e.__cause__ or e.__context__
    return False


@pytest.mark.parametrize("kind", [Stop, Timeout, sa.exc.DefectError])
@pytest.mark.parametrize("work", [change, load, core])
def test_every_python_function_that_is_entered_may_raise(work, kind, classes, engine):
    gc.disable()
    try:
        for _ in range(3):  # what is imported and compiled once
            _, _, total, session = entered(work, engine, classes, -1, kind)
            session.close()
        assert total > 10
        fill(engine, classes)
        nothing = book(engine, classes)
        session = entered(work, engine, classes, -1, kind)[3]
        session.close()
        everything = book(engine, classes)
        dropped = []
        for at in range(1, total + 1):
            came, place, _, session = entered(work, engine, classes, at, kind)
            if place is not None and not carries(came, (kind, PanicException)):
                dropped.append((place, repr(came)))
            try:
                session.rollback()
            except sa.exc.InvalidRequestError:  # the transaction was committed already
                pass
            session.close()
            if work is change:
                assert book(engine, classes) in (nothing, everything), place
        assert dropped == []
    finally:
        gc.enable()


# A moment may fall into a finalizer or a weak reference's callback, whose exceptions Python itself can only print.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="signals of a timer")
@pytest.mark.parametrize("kind", [KeyboardInterrupt, Timeout])
def test_a_signal_handler_raises_at_any_moment(kind, classes, tmp_path):
    assert threading.current_thread() is threading.main_thread()
    base, account, _ = classes
    engine = sa.create_engine(f"sqlite:///{tmp_path}/book.db")
    base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all(account(id=i, x=0, y=Money(0), z="0") for i in range(1, 41))
        session.commit()
    armed = []

    def handler(*_):
        if armed:
            armed.clear()
            raise kind("timer")

    before = signal.signal(signal.SIGALRM, handler)
    moments = random.Random(7)
    value, hits = 0, 0
    try:
        for _ in range(150):
            session = orm.Session(engine)
            objects = session.query(account).all()
            new = objects[0].x + 1
            for one in objects:
                one.x, one.y, one.z = new, Money(new), str(new)
            committed = False
            try:
                armed.append(1)
                signal.setitimer(signal.ITIMER_REAL, moments.random() * 0.02 + 1e-5)
                session.commit()
                committed = True
                session.query(account).all()
            except (kind, sa.exc.SQLAlchemyError) as e:
                assert carries(e, kind)
                hits += 1
            finally:
                armed.clear()
                signal.setitimer(signal.ITIMER_REAL, 0)
            try:
                session.rollback()
            except sa.exc.InvalidRequestError:
                pass
            session.close()
            rows = {(r[1], r[2], int(r[3])) for r in book(engine, classes)[0]}
            assert len(rows) == 1, rows
            (found,) = rows
            assert len(set(found)) == 1
            assert found[0] in ((new,) if committed else (new, value))
            value = found[0]
    finally:
        signal.signal(signal.SIGALRM, before)
        engine.dispose()
    assert hits


@pytest.mark.parametrize("watched", [False, True], ids=["plain", "watched"])
def test_values_are_converted_once(engine, watched):
    """A conversion that raises is not tried again: the second try might not raise. A listener changes nothing about it."""
    calls = []
    if watched:
        event.listen(engine, "before_cursor_execute", lambda *a: None)

    class Once(sa.TypeDecorator):
        impl = sa.Integer
        cache_ok = True

        def process_bind_param(self, value, dialect):
            calls.append(value)
            if value == 3 and calls.count(3) == 1:
                raise Timeout("at the first try")
            return value

    registry = orm.registry()
    table = sa.Table("once", registry.metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("v", Once))

    class Row:
        pass

    registry.map_imperatively(Row, table)
    registry.metadata.create_all(engine)
    for several in (False, True):
        calls.clear()
        with orm.Session(engine) as session:
            for value in (1, 2, 3) if several else (3,):
                row = Row()
                row.v = value
                session.add(row)
            with pytest.raises(sa.exc.StatementError) as raised:
                session.flush()
            assert isinstance(raised.value.orig, Timeout)
            session.rollback()
        assert calls.count(3) == 1
    registry.dispose()


class Key:
    """A value of a primary key, whose `__eq__` uses the session that compares it."""

    use = None

    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        if Key.use:
            Key.use()
        return isinstance(other, Key) and other.n == self.n

    def __hash__(self):
        return hash(self.n)


class KeyType(sa.TypeDecorator):
    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else value.n

    def process_result_value(self, value, dialect):
        return None if value is None else Key(value)


@pytest.mark.parametrize("action", ["query", "add", "get", "map", "expunge", "raise"])
def test_keys_that_use_the_session_while_it_compares_them(action, engine):
    registry = orm.registry()
    table = sa.Table("keyed", registry.metadata, sa.Column("id", KeyType, primary_key=True), sa.Column("v", sa.Integer))

    class Row:
        pass

    registry.map_imperatively(Row, table)
    registry.metadata.create_all(engine)
    session = orm.Session(engine, autoflush=False)
    for n in range(3):
        row = Row()
        row.id, row.v = Key(n), n
        session.add(row)
    session.commit()
    deep = []

    def use():
        if len(deep) > 3:
            return
        deep.append(1)
        try:
            if action == "query":
                session.query(Row).all()
            elif action == "add":
                other = Row()
                other.id, other.v = Key(100 + len(session.new)), 1
                session.add(other)
            elif action == "get":
                session.get(Row, Key(2))
            elif action == "map":
                [list(session.identity_map.keys()), list(session), session.dirty]
            elif action == "expunge":
                for one in list(session.new):
                    session.expunge(one)
            else:
                raise Stop("compared")
        finally:
            deep.pop()

    Key.use = use
    try:
        if action == "raise":
            with pytest.raises(Stop):
                session.get(Row, Key(1))
        else:
            rows = session.query(Row).all()
            assert session.get(Row, Key(1)) in rows
            assert sorted(r.v for r in rows) == [0, 1, 2]
    finally:
        Key.use = None
        session.close()
        registry.dispose()
