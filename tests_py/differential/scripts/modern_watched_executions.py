"""What listeners are told of executions: one set of parameters or many, batches, savepoints."""

# ruff: noqa: B006, E742, UP031, B008, B023, E402, E501, F401, F811, E701, E702, E711, E712, E721, E731, E741, F403, F405, I001, UP006, UP035, UP045
import oxalchemy as sa
from oxalchemy import *
from oxalchemy.orm import *
from oxalchemy import event, exc, inspect


def tr(f, *a):
    try:
        r = f()
        print(r if r is not None else "ok")
    except RecursionError:
        print("RecursionError")
    except Exception as e:
        print(type(e).__name__, str(e).split("(Background")[0][:400])


class Base(DeclarativeBase):
    pass


class U(Base):
    __tablename__ = "u"
    id = mapped_column(Integer, primary_key=True)
    name = mapped_column(String)
    mid = mapped_column(ForeignKey("u.id"))
    mgr = relationship("U", remote_side=[id], backref="reps")
    ads = relationship("A", back_populates="u", order_by="A.id")


class A(Base):
    __tablename__ = "a"
    id = mapped_column(Integer, primary_key=True)
    uid = mapped_column(ForeignKey("u.id"))
    email = mapped_column(String)
    u = relationship("U", back_populates="ads")


e = create_engine("sqlite://")
Base.metadata.create_all(e)
LOG = []


@event.listens_for(e, "before_cursor_execute")
def _bce(conn, cur, stmt, params, ctx, many):
    LOG.append((stmt, params, many))


def log():
    for x in LOG:
        print("SQL", *x)
    LOG.clear()


s = Session(e)
m = U(id=1, name="boss")
s.add(m)
s.add_all([U(id=i, name=f"n{i}", mgr=m, ads=[A(id=i * 10 + j, email=f"e{i}{j}") for j in range(4)]) for i in (2, 3)])
s.commit()
LOG.clear()
for many in (1, 2, 3):
    s.add_all([U(name=f"x{i}") for i in range(many)])
    s.flush()
    log()
s.add_all([U() for i in range(2)])
s.flush()
log()


class I(Base):
    __tablename__ = "i"
    id = mapped_column(Integer, primary_key=True)


class SD(Base):
    __tablename__ = "sd"
    id = mapped_column(Integer, primary_key=True)
    v = mapped_column(Integer, server_default="4")
    __mapper_args__ = {"eager_defaults": True}


Base.metadata.create_all(e)
LOG.clear()
s.add(I())
s.flush()
log()
s.add_all([SD(v=1), SD(v=2), SD(v=3)])
s.flush()
log()
s.execute(insert(U), [{"name": "a"}, {"name": "b"}])
log()
s.execute(insert(U).returning(U.id), [{"name": "a"}, {"name": "b"}]).all()
log()
s.execute(insert(U).returning(U.id, sort_by_parameter_order=True), [{"name": "a"}, {"name": "b"}]).all()
log()
s.execute(insert(U).returning(U.id), [{"name": "a"}]).all()
log()
c = s.connection()
c.execute(U.__table__.insert(), [{"name": "a"}])
log()
c.execute(U.__table__.insert(), {"name": "a"})
log()
c.execute(U.__table__.insert().returning(U.__table__.c.id), [{"name": "a"}, {"name": "b"}])
log()
c.execute(U.__table__.insert().returning(U.__table__.c.id), [{"name": "a"}])
log()
c.execute(U.__table__.insert())
log()
c.execute(U.__table__.update().where(U.__table__.c.id == bindparam("q")), [{"q": 1, "name": "a"}])
log()
s.bulk_insert_mappings(U, [{"name": "a"}, {"name": "b"}])
log()
s.bulk_insert_mappings(U, [{"name": "a"}, {"name": "b"}], return_defaults=True)
log()
s.bulk_save_objects([U(name="a"), U(name="b")])
log()
s.bulk_save_objects([U(name="a"), U(name="b")], return_defaults=True)
log()
c = s.connection()
t = U.__table__


@event.listens_for(e, "before_execute")
def be(conn, el, mp, p, eo):
    print("be", mp, sorted(p.items()))


for p in ([{"name": "a"}], ({"name": "a"},), {"name": "a"}, [{"name": "a"}, {"name": "b"}], {}, [{}], [{}, {}]):

    def f():
        r = c.execute(t.insert(), p)
        try:
            print(
                r.inserted_primary_key,
                r.context.executemany,
                r.rowcount,
                r.lastrowid,
                r.context.isinsert,
                r.last_inserted_params() if 0 else "",
            )
        except Exception as x:
            print(type(x).__name__, str(x)[:100])
        try:
            print(r.last_inserted_params())
        except Exception as x:
            print(type(x).__name__, str(x)[:100])
        try:
            print(r.inserted_primary_key_rows)
        except Exception as x:
            print(type(x).__name__, str(x)[:100])

    print("==", p)
    tr(f)
    log()
for p in ([{"q": 1, "name": "z"}], {"q": 1, "name": "z"}, [{"q": 1, "name": "z"}] * 2):

    def f():
        r = c.execute(t.update().where(t.c.id == bindparam("q")), p)
        print(r.rowcount, r.context.executemany)
        try:
            print(r.last_updated_params())
        except Exception as x:
            print(type(x).__name__, str(x)[:100])

    tr(f)
    log()
tr(lambda: c.exec_driver_sql("insert into u(name) values (?)", [("a",)]).rowcount)
log()
tr(lambda: c.exec_driver_sql("insert into u(name) values (?)", ("a",)).rowcount)
log()
tr(lambda: c.exec_driver_sql("insert into u(name) values (?)", [("a",), ("b",)]).rowcount)
log()
tr(lambda: c.exec_driver_sql("select ?", [("a",)]).all())
log()
tr(lambda: c.execute(text("insert into u(name) values (:n)"), [{"n": "a"}]).rowcount)
log()
tr(lambda: c.execute(text("insert into u(name) values (:n)"), [{"n": "a"}, {"n": "b"}]).rowcount)
log()
for n in (
    "before_execute",
    "after_execute",
    "before_cursor_execute",
    "after_cursor_execute",
    "savepoint",
    "rollback_savepoint",
    "release_savepoint",
    "begin",
    "commit",
    "rollback",
):

    def f(n=n):
        if n.endswith("cursor_execute"):

            def g(conn, cur, st, p, ctx, many):
                print(n, st, p, many)
        elif n == "before_execute":

            def g(conn, el, mp, p, eo):
                print(n, type(el).__name__, el, mp, sorted(p.items()))
        elif n == "after_execute":

            def g(conn, el, mp, p, eo, r):
                print(n, type(el).__name__, el, mp, sorted(p.items()), type(r).__name__)
        elif n in ("begin", "commit", "rollback"):

            def g(conn):
                print(n)
        elif n == "savepoint":

            def g(conn, name):
                print(n, name)
        else:

            def g(conn, name, ctx):
                print(n, name, ctx)

        event.listen(e, n, g)

    f()
s.close()
with e.begin() as c:
    with c.begin_nested():
        c.execute(text("select 1"))
    sp = c.begin_nested()
    sp.rollback()
    c.exec_driver_sql("select 2")
    c.scalar(func.now().select().with_only_columns(literal(1)))
with Session(e) as s2:
    with s2.begin_nested():
        s2.add(U(id=40))
    s2.rollback()


@event.listens_for(e, "handle_error")
def he(ctx):
    print("he", ctx.statement)
