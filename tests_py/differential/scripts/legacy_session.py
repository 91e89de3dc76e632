"""Sessions of the classic kind: create_session(), autocommit=True, subtransactions."""

import logging

from oxalchemy import Column, ForeignKey, Integer, MetaData, String, Table, create_engine, func, select
from oxalchemy.orm import Session, create_session, mapper, relation, scoped_session, sessionmaker

meta = MetaData()
users = Table("users", meta, Column("id", Integer, primary_key=True), Column("name", String(30)))
addresses = Table(
    "addresses",
    meta,
    Column("id", Integer, primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id")),
    Column("email", String),
)


class User:
    def __init__(self, name):
        self.name = name


class Address:
    def __init__(self, email):
        self.email = email


mapper(User, users, properties={"addresses": relation(Address, backref="user", cascade="all, delete-orphan")})
mapper(Address, addresses)
engine = create_engine("sqlite://", echo=False)
meta.create_all(engine)


class Writes(logging.Handler):
    """What changes the database; SELECTs are named otherwise in 2.x."""

    def emit(self, record):
        text = record.getMessage()
        if not text.startswith(("SELECT", "[")):
            print("  ", text)


logger = logging.getLogger("oxalchemy.engine.Engine")
logger.addHandler(Writes())
logger.setLevel(logging.INFO)
logger.propagate = False
engine.echo = True


def t(f):
    """The value or the error of a call."""
    try:
        value = f()
    except Exception as e:
        print(type(e).__name__, str(e)[:300])
    else:
        print("->", value if isinstance(value, (int, str, list, type(None))) else "done")


s = create_session(bind=engine)
print(s.autoflush, s.autocommit, s.expire_on_commit, s.transaction, s.is_active, s.in_transaction(), s.get_transaction())
u = User("ann")
s.add(u)
t(s.flush)
print(u.id, s.transaction, s.is_active)
t(lambda: s.query(User).all())
t(s.commit)
t(s.rollback)
t(s.prepare)
u.name = "b"
t(lambda: s.query(User).filter_by(name="b").all())
t(lambda: s.execute(users.select()).fetchall())
t(lambda: s.execute(users.insert(), {"name": "x"}).rowcount)
t(lambda: s.scalar(select([func.count()]).select_from(users)))
t(s.flush)
tr = s.begin()
print(type(tr).__name__, tr.is_active, s.is_active, tr.nested, tr.parent, s.transaction is tr)
u.name = "c"
t(s.flush)
t(s.begin)
sub = s.begin(subtransactions=True)
print(sub.parent is tr, sub.nested, s.transaction is sub)
u.name = "d"
t(s.commit)
print(s.transaction is tr)
t(s.rollback)
print(u.name, s.transaction)
tr = s.begin()
sub = s.begin(subtransactions=True)
u.name = "e"
t(s.rollback)
print(s.is_active, s.transaction is tr)
t(lambda: s.query(User).all())
t(s.commit)
t(s.rollback)
t(lambda: s.query(User).all())
with s.begin():
    u.addresses.append(Address("a"))
print(s.transaction, u.addresses[0].id)
try:
    with s.begin():
        u.name = "zz"
        raise ValueError("x")
except ValueError:
    pass
print(u.name)
tr = s.begin(nested=False)
n = s.begin_nested()
u.name = "nn"
n.rollback()
print(u.name, s.transaction is tr)
t(tr.commit)
t(s.begin_nested)
print(s.transaction)
t(s.close)
s.delete(u)
t(s.flush)
t(lambda: s.query(User).count())
s = create_session(engine)
s.add(User("q"))
t(lambda: s.query(User).first())
print(len(s.new))
s.begin()
t(s.commit)
print(len(s.new), s.query(User).first().name)
s.close()
# Session(autocommit=True)
s = Session(engine, autocommit=True)
s.add(User("auto"))
t(lambda: s.query(User).filter_by(name="auto").one().name)
t(lambda: s.connection())
t(s.flush)
s.close()
# subtransactions without autocommit
s = Session(engine)
print(s.transaction is not None)
t(lambda: s.begin(subtransactions=True))
print(s.transaction.parent is not None)
s.add(User("sub"))
t(s.commit)
print(s.transaction.parent if s.transaction else None)
t(s.commit)
t(s.commit)
s.begin()
t(s.begin)
s.begin(subtransactions=True)
s.query(User).all()
t(s.rollback)
print(s.is_active)
t(lambda: s.query(User).all())
t(s.rollback)
t(lambda: s.query(User).count())
s.close()
sm = sessionmaker(autocommit=True, bind=engine)
s = sm()
t(lambda: s.query(User.name).all())
s.begin()
t(lambda: s.query(User.name).all())
s.commit()
with sm() as s:
    s.add(User("w"))
    s.flush()
ss = scoped_session(sessionmaker(bind=engine, autocommit=True))
ss.add(User("sc"))
ss.flush()
print(ss.query(User).filter_by(name="sc").one().name)
ss.remove()
