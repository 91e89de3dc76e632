"""expire() and refresh(): which attributes, in which statement, with what pending."""

import logging
import sys

from oxalchemy import ForeignKey, create_engine
from oxalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    x: Mapped[int | None]
    bio: Mapped[str | None] = mapped_column(deferred=True)
    g1: Mapped[str | None] = mapped_column(deferred=True, deferred_group="g")
    g2: Mapped[str | None] = mapped_column(deferred=True, deferred_group="g")
    ads: Mapped[list["Ad"]] = relationship()
    adj: Mapped[list["Ad"]] = relationship(lazy="joined", viewonly=True)


class Ad(Base):
    __tablename__ = "ads"
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[int] = mapped_column(ForeignKey("users.id"))


e = create_engine("sqlite://")
Base.metadata.create_all(e)
s = Session(e)
u = User(name="a", ads=[Ad()])
s.add(u)
s.commit()
handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(logging.Formatter("%(message)s"))
logger = logging.getLogger("oxalchemy.engine.Engine")
logger.addHandler(handler)
logger.setLevel(logging.INFO)
logger.propagate = False


def d():
    print(sorted(k for k in u.__dict__ if not k.startswith("_")))


print(u.name)
d()
print("refresh name")
s.refresh(u, ["name"])
d()
print("expire all, name")
s.expire(u)
print(u.name)
d()
print("bio")
print(u.bio)
d()
print("expire, name with bio loaded before")
s.expire(u)
print(u.name)
d()
print("expire bio")
s.expire(u, ["bio"])
d()
print(u.name)
d()
print(u.bio)
d()
print("g1")
print(u.g1)
d()
s.expire(u, ["name", "g1"])
d()
print(u.g1)
d()
print(u.name)
d()
print("dirty refresh")
u.name = "dirty"
s.refresh(u)
d()
print(u.name, list(s.dirty))
u.name = "dirty"
s.refresh(u, ["x"])
print(u.name, len(s.dirty))
u.name = "dirty2"
s.refresh(u, ["name"])
print(u.name, len(s.dirty))
u.name = "dirty3"
s.expire(u, ["name"])
print(u.name, len(s.dirty))
u.name = "dirty3"
s.expire(u)
print(u.name, len(s.dirty))
print("refresh ads")
s.refresh(u, ["ads"])
d()
print("refresh adj")
s.refresh(u, ["adj"])
d()
print("refresh ads+name")
s.refresh(u, ["ads", "name"])
d()
print("refresh pending")
u2 = User(name="p")
s.add(u2)
s.refresh(u)
d()
print(len(s.new))
with s.no_autoflush:
    u.name = "naf"
    s.refresh(u)
    print(u.name)
s.rollback()
