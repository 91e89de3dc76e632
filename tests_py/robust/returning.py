"""User code that comes back to us without end: `python returning.py STACK` runs each function below, on a thread with a stack of
STACK KB if that is not 0, and prints how each ended. A file of its own, because what must not happen is the end of the process.
"""

import sys
import threading

import oxalchemy as sa
from oxalchemy import event, orm

CASES = {}


def case(f):
    CASES[f.__name__] = f
    return f


def engine():
    return sa.create_engine("sqlite://", poolclass=sa.StaticPool, connect_args={"check_same_thread": False})


def connected():
    connection = engine().connect()
    return connection, connection.connection.dbapi_connection


def mapped():
    registry = orm.registry()

    class Row:
        pass

    registry.map_imperatively(
        Row, sa.Table("t", registry.metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("x", sa.Integer))
    )
    e = engine()
    registry.metadata.create_all(e)
    session = orm.Session(e)
    row = Row()
    row.id = row.x = 1
    session.add(row)
    session.commit()
    return Row, session, e


@case
def a_statement_in_before_cursor_execute():
    c, _ = connected()
    event.listen(c.engine, "before_cursor_execute", lambda conn, *a: conn.exec_driver_sql("select 1"))
    c.exec_driver_sql("select 2")


@case
def a_statement_in_before_execute():
    c, _ = connected()
    event.listen(c.engine, "before_execute", lambda conn, *a: conn.execute(sa.select(sa.literal(1))))
    c.execute(sa.select(sa.literal(2)))


@case
def a_statement_in_a_type():
    c, _ = connected()

    class Type(sa.TypeDecorator):
        impl = sa.Integer
        cache_ok = True

        def process_bind_param(self, value, dialect):
            return c.scalar(sa.select(sa.bindparam("x", value, type_=Type())))

    c.execute(sa.select(sa.bindparam("x", 1, type_=Type())))


@case
def a_statement_in_a_default():
    c, _ = connected()
    metadata = sa.MetaData()
    key = sa.Column("a", sa.Integer, primary_key=True)
    table = sa.Table("t", metadata, key, sa.Column("b", sa.Integer, default=lambda: c.execute(table.insert()).rowcount))
    metadata.create_all(c)
    c.execute(table.insert())


@case
def a_statement_in_a_function():
    c, raw = connected()
    raw.create_function("f", 1, lambda x: c.exec_driver_sql("select f(1)").scalar())
    c.exec_driver_sql("select f(1)").all()


@case
def a_statement_in_an_aggregate():
    c, raw = connected()

    class Sum:
        def step(self, value):
            pass

        def finalize(self):
            return c.exec_driver_sql("select f(1)").scalar()

    raw.create_aggregate("f", 1, Sum)
    c.exec_driver_sql("select f(1)").all()


@case
def a_statement_in_a_collation():
    c, raw = connected()
    query = "select 'a' union all select 'b' order by 1 collate k"
    raw.create_collation("k", lambda a, b: len(c.exec_driver_sql(query).all()))
    c.exec_driver_sql(query).all()


@case
def a_statement_in_a_progress_handler():
    c, raw = connected()
    raw.set_progress_handler(lambda: c.exec_driver_sql("select 1").all() and 0, 1)
    c.exec_driver_sql("select 1").all()


@case
def a_statement_in_a_trace_callback():
    c, raw = connected()
    raw.set_trace_callback(lambda statement: c.exec_driver_sql("select 1").all())
    c.exec_driver_sql("select 1").all()


@case
def a_connection_in_checkout():
    e = sa.create_engine("sqlite://", poolclass=sa.NullPool)
    event.listen(e, "checkout", lambda *a: e.connect())
    e.connect()


@case
def a_connection_in_its_creator():
    e = sa.create_engine("sqlite://", creator=lambda: e.raw_connection(), poolclass=sa.NullPool)
    e.connect()


@case
def a_load_in_a_load():
    Row, session, e = mapped()
    session.expunge_all()
    event.listen(Row, "load", lambda target, context: orm.Session(e).get(Row, 1))
    session.get(Row, 1)


@case
def a_refresh_in_a_refresh():
    Row, session, _ = mapped()
    event.listen(Row, "refresh", lambda target, *a: session.refresh(target))
    session.refresh(session.get(Row, 1))


@case
def a_change_in_a_change():
    Row, _, _ = mapped()
    event.listen(Row.x, "set", lambda target, value, *a: setattr(target, "x", value + 1))
    Row().x = 1


@case
def a_flush_in_a_flush():
    Row, session, e = mapped()

    def another(*a):
        other = orm.Session(e)
        other.add(Row())
        other.flush()

    event.listen(orm.Session, "before_flush", another)
    try:
        session.add(Row())
        session.flush()
    finally:
        event.remove(orm.Session, "before_flush", another)


@case
def a_statement_in_do_orm_execute():
    Row, session, _ = mapped()
    event.listen(session, "do_orm_execute", lambda state: session.execute(sa.select(Row)))
    session.execute(sa.select(Row))


@case
def an_instance_in_its_init():
    Row, _, _ = mapped()
    event.listen(Row, "init", lambda *a: Row())
    Row()


@case
def a_comparison_in_its_comparator():
    class Type(sa.TypeDecorator):
        impl = sa.Integer
        cache_ok = True

        class comparator_factory(sa.TypeDecorator.Comparator):
            def __eq__(self, other):
                return self.expr == other

    sa.column("a", Type()) == 1  # noqa: B015


@case
def an_append_in_an_append():
    class Base(orm.DeclarativeBase):
        pass

    class Kids(list):
        @orm.collections.collection.appender
        def append(self, kid):
            parent.kids.append(Kid())

    class Parent(Base):
        __tablename__ = "parent"
        id = sa.Column(sa.Integer, primary_key=True)
        kids = orm.relationship("Kid", collection_class=Kids)

    class Kid(Base):
        __tablename__ = "kid"
        id = sa.Column(sa.Integer, primary_key=True)
        parent_id = sa.Column(sa.ForeignKey("parent.id"))

    parent = Parent()
    parent.kids.append(Kid())


@case
def a_connection_in_get_bind():
    class Session(orm.Session):
        def get_bind(self, *a, **kw):
            return self.connection().engine

    Session().execute(sa.text("select 1"))


@case
def a_key_that_is_its_own():
    class Key:
        def __composite_values__(self):
            return self

    Row, session, _ = mapped()
    session.get(Row, Key())


def run():
    for name, f in CASES.items():
        print(name, end=" ", flush=True)
        try:
            f()
            print("done", flush=True)
        except Exception as e:
            print(type(e).__name__, flush=True)


if __name__ == "__main__":
    stack = int(sys.argv[1])
    if stack:
        threading.stack_size(stack * 1024)
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    else:
        run()
