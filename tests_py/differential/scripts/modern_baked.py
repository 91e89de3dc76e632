"""ext.baked: steps run once for each code and key, results of every kind, spoiled queries, parameters and later criteria."""

from oxalchemy import Column, ForeignKey, Integer, String, bindparam, create_engine
from oxalchemy.ext import baked
from oxalchemy.orm import Session, declarative_base, relationship

Base = declarative_base()


class User(Base):
    __tablename__ = "user"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    addresses = relationship("Address", order_by="Address.id")


class Address(Base):
    __tablename__ = "address"
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey("user.id"))
    email = Column(String)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
session.add_all([User(id=i, name=n, addresses=[Address(email=n + "@x")]) for i, n in enumerate(("ed", "jack", "wendy"), 1)])
session.commit()
bakery = baked.bakery(size=3)
runs = []


def start(session):
    runs.append("start")
    return session.query(User)


def named(query):
    runs.append("named")
    return query.filter(User.name == bindparam("name")).order_by(User.id)


for name in ("ed", "jack", "nobody"):
    bq = bakery(start)
    bq += named
    print([u.id for u in bq(session).params(name=name)], bq(session).params({"name": name}).count(), len(runs) < 6)
    print(bq(session).params(name=name).first(), bq(session).params(name=name).one_or_none()) if name == "nobody" else None
bq = bakery(lambda s: s.query(User.name).order_by(User.id))
print(bq(session).all(), bq(session).first(), str(bq(session)))
more = bq + (lambda q: q.filter(User.id > 1))
print(more(session).all(), bq(session).all())
for method in ("one", "one_or_none", "scalar"):
    try:
        print(method, getattr(more(session), method)())
    except Exception as e:
        print(method, type(e).__name__, e)
print(bakery(lambda s: s.query(User))(session).get(2).name)
late = bakery(start)(session).with_post_criteria(lambda q: q.execution_options(x=1))
print([u.name for u in late], late.count())


def choose(limit):
    bq = bakery(start, limit)
    bq.add_criteria(lambda q: q.order_by(User.id))
    bq.spoil()
    bq.add_criteria(lambda q: q.limit(limit))
    return [u.name for u in bq(session)]


print(choose(1), choose(2), choose(1))
inner = bakery(lambda s: s.query(User.id).filter(User.name == "jack"))
outer = bakery(lambda s: s.query(Address))
outer += lambda q: q.filter(Address.user_id.in_(inner.to_query(q)))
print([a.email for a in outer(session)])
for wrong in (lambda: inner.to_query(5), lambda: outer(session).params(1, 2)):
    try:
        wrong()
    except Exception as e:
        print(type(e).__name__, e)
