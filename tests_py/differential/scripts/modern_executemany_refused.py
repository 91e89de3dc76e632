"""An executemany is of DML; a list of one set is none."""

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
c = s.connection()
t = U.__table__
tr(lambda: c.execute(select(t).where(t.c.id == bindparam("x")), [{"x": 1}, {"x": 2}]).all())
tr(lambda: c.execute(text("select :x"), [{"x": 1}, {"x": 2}]).all())
tr(lambda: c.execute(text("select :x").columns(a=Integer), [{"x": 1}, {"x": 2}]).all())
tr(lambda: c.exec_driver_sql("select ?", [(1,), (2,)]).all())
tr(lambda: s.execute(select(U).where(U.id == bindparam("x")), [{"x": 1}, {"x": 2}]).all())
tr(lambda: s.execute(select(U.id).where(U.id == bindparam("x")), [{"x": 1}]).all())
tr(lambda: c.execute(union(select(t.c.id), select(t.c.id)), [{}, {}]).all())
tr(lambda: c.execute(func.now(), [{}, {}]).all())
tr(
    lambda: c.execute(
        CreateTable(Table("zz", MetaData(), Column("a", Integer)))
        if 0
        else sa.schema.CreateTable(Table("zz", MetaData(), Column("a", Integer))),
        [{}, {}],
    )
)
tr(lambda: c.execute(sa.schema.CreateTable(Table("zz2", MetaData(), Column("a", Integer))), {"a": 1}))
tr(lambda: c.execute(t.insert().values([{"name": "a"}]), [{}, {}]))
tr(lambda: c.execute(t.insert().from_select(["name"], select(t.c.name)), [{}, {}]).rowcount)
tr(lambda: c.scalars(select(t.c.id), [{}, {}]).all())
tr(lambda: c.scalar(select(t.c.id), [{}, {}]))
log()
