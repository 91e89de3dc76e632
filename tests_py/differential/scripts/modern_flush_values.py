"""What a flush leaves in instances: Python-side values of UPDATE, versions, and what listeners hear of both."""

import logging
import sys

from oxalchemy import create_engine, event, inspect, select
from oxalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(logging.Formatter("  %(message)s"))
logger = logging.getLogger("oxalchemy.engine.Engine")
logger.addHandler(handler)
logger.propagate = False

counter = iter(range(100, 200))


class Base(DeclarativeBase):
    pass


class A(Base):
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(primary_key=True)
    x: Mapped[int | None]
    n: Mapped[int | None] = mapped_column(default=lambda: next(counter), onupdate=lambda: next(counter))
    c: Mapped[str | None] = mapped_column(default="const", onupdate="changed")
    s: Mapped[str | None] = mapped_column(server_default="srv")


class V(Base):
    __tablename__ = "v"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


for cls in (A, V):

    @event.listens_for(cls, "refresh_flush")
    def refresh_flush(target, context, attrs):
        print("refresh_flush", type(target).__name__, type(context).__name__, sorted(attrs))

    @event.listens_for(cls, "refresh")
    def refresh(target, context, attrs):
        print("refresh", type(target).__name__, type(context).__name__, attrs if attrs is None else sorted(attrs))

    @event.listens_for(cls, "load")
    def load(target, context):
        print("load", type(target).__name__, type(context).__name__)


@event.listens_for(A, "expire")
def expire(target, attrs):
    print("expire", attrs if attrs is None else sorted(attrs))


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
s = Session(engine)
logger.setLevel(logging.INFO)


def d(o):
    print({k: v for k, v in sorted(o.__dict__.items()) if not k.startswith("_")})


print("# insert")
one = A(x=1)
s.add(one)
s.flush()
d(one)
two, three = A(x=2), A(x=3, n=5, c="own")
s.add_all([two, three])
s.flush()
d(two)
d(three)
print("# update")
one.x = 10
s.flush()
d(one)
two.x = 20
s.flush()
d(two)
one.n = 77
s.flush()
d(one)
print("# SQL")
one.x = A.x + 1
s.flush()
d(one)
print(one.x)
print("# versions")
v = V(name="a")
s.add(v)
s.flush()
d(v)
v.name = "b"
s.flush()
d(v)
v1, v2 = V(name="c"), V(name="d")
s.add_all([v1, v2])
s.flush()
v1.name, v2.name = "e", "f"
s.flush()
d(v1)
print("# refresh")
s.refresh(one, ["x"])
s.refresh(one, ["x", "n"])
s.expire(one, ["c", "s"])
one.c
s.commit()
one.x
s.scalars(select(A).where(A.id == 2)).all()
s.expire(one, ["n"])
s.scalars(select(A).where(A.id == 1)).all()
s.scalars(select(A).order_by(A.id).execution_options(populate_existing=True)).all()
s.expunge_all()
s.scalars(select(A)).all()
print(s.get(V, 1).version)
print("# no value given")
n = A(id=30)
n.x
d(n)
s.add(n)
s.flush()
d(n)
v = V(id=30, name="x")
s.add(v)
s.flush()
print("# changes of listeners")


@event.listens_for(A, "load")
@event.listens_for(A, "refresh")
def change(target, *args):
    target.c = "by a listener"


s.expire(n)
print(n.c, n in s.dirty, inspect(n).attrs.c.history)
s.expunge_all()
n = s.scalars(select(A).where(A.id == 30)).one()
print(n.c, n in s.dirty, inspect(n).attrs.c.history)
s.close()
