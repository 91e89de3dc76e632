"""The last border: a panic of the Rust core is an exception like any other, and leaves nothing locked.

A panic is not at hand (there should be none), but a raw `PanicException` of user code is one in the Rust frame that meets it.
`interrupts/test_dropped.py` does so at every place where user code is called.
"""

import pickle
import sys
import threading

import oxalchemy as sa
import pytest
from oxalchemy import event, exc, orm
from oxalchemy._rs import _PanicException as PanicException


def test_a_panic_is_an_exception_of_ours():
    e = PanicException("impossible")  # as Rust makes it
    assert type(e) is exc.DefectError and issubclass(exc.DefectError, exc.SQLAlchemyError)
    assert str(e) == "impossible"
    again = pickle.loads(pickle.dumps(e))
    assert type(again) is exc.DefectError and again.args == e.args


def panic(*_):
    raise BaseException.__new__(PanicException, "impossible")


def test_callbacks_of_sqlite():
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)

    class Sum:
        def __init__(self):
            self.n = 0

        def step(self, value):
            panic()

        def finalize(self):
            return self.n

    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        raw.create_function("f", 1, panic)
        raw.create_aggregate("g", 1, Sum)
        raw.create_collation("c", panic)
        for statement in ("select f(1)", "select g(1)", "select 'a' union select 'b' order by 1 collate c"):
            try:
                connection.exec_driver_sql(statement).all()
            except exc.SQLAlchemyError:
                connection.rollback()
            assert connection.exec_driver_sql("select 1").scalar() == 1


def test_a_session_goes_on():
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    registry = orm.registry()
    table = sa.Table("t", registry.metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("x", sa.Integer))

    class Row:
        pass

    registry.map_imperatively(Row, table)
    registry.metadata.create_all(engine)
    armed = [True]

    @event.listens_for(Row, "before_insert")
    def impossible(*_):
        if armed:
            panic()

    session = orm.Session(engine)
    session.add(Row())
    with pytest.raises(exc.DefectError, match="^impossible$"):
        session.commit()
    session.rollback()
    armed.clear()
    session.add(Row())
    session.commit()
    assert session.query(Row).count() == 1
    session.close()
    registry.dispose()


def test_rows_are_not_lost_between_threads():
    """A result that a thread is fetching from is not at its end for another one: that one gets an error, or the next rows."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool, connect_args={"check_same_thread": False})
    numbers = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000) select i from n"
    try:
        with engine.connect() as connection:
            result = connection.exec_driver_sql(numbers)
            got = []

            def fetch():
                while True:
                    try:
                        rows = result.fetchmany(7)
                    except exc.SQLAlchemyError:
                        continue
                    if not rows:
                        return
                    got.extend(row[0] for row in rows)

            threads = [threading.Thread(target=fetch) for _ in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert sorted(got) == list(range(1, 3001))
    finally:
        sys.setswitchinterval(interval)
