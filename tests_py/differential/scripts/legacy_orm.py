"""The ORM in the classic style: mapper(), relation, string joins, Query methods."""

from oxalchemy import Column, ForeignKey, Integer, MetaData, String, Table, create_engine, func
from oxalchemy.orm import backref, create_session, deferred, eagerload, mapper, relation, sessionmaker, synonym

engine = create_engine("sqlite://")
meta = MetaData()
# `bio` first: 1.4 selects columns that are named in `properties` before the others, 2.x in the order of the table
users = Table("users", meta, Column("bio", String), Column("id", Integer, primary_key=True), Column("name", String(30)))
addresses = Table(
    "addresses",
    meta,
    Column("id", Integer, primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id")),
    Column("email", String),
)
keywords = Table("keywords", meta, Column("id", Integer, primary_key=True), Column("word", String))
links = Table("links", meta, Column("u", ForeignKey("users.id")), Column("k", ForeignKey("keywords.id")))
nodes = Table(
    "nodes", meta, Column("id", Integer, primary_key=True), Column("parent_id", ForeignKey("nodes.id")), Column("name", String)
)


class User:
    def __init__(self, name):
        self.name = name


class Address:
    def __init__(self, email):
        self.email = email


class Keyword:
    def __init__(self, word):
        self.word = word


class Node:
    def __init__(self, name):
        self.name = name


mapper(
    User,
    users,
    properties={
        "addresses": relation(Address, backref="user", cascade="all, delete-orphan", order_by=addresses.c.id),
        "keywords": relation(Keyword, secondary=links, backref="users"),
        "bio": deferred(users.c.bio),
        "login": synonym("name"),
    },
)
mapper(Address, addresses)
mapper(Keyword, keywords)
mapper(Node, nodes, properties={"children": relation(Node, backref=backref("parent", remote_side=nodes.c.id))})
meta.create_all(engine)
session = sessionmaker(bind=engine)()
q = session.query(User)
for query in [
    q,
    q.filter_by(name="x"),
    q.filter(User.login == "y").order_by(User.id.desc()),
    q.join("addresses").filter(Address.email == "e"),
    session.query(User.id).join("addresses", "user"),
    q.outerjoin(User.addresses),
    q.join((Address, Address.user_id == User.id)),
    q.join("addresses", aliased=True).filter_by(email="x").reset_joinpoint().filter_by(name="q"),
    q.options(eagerload("addresses")),
    q.filter(User.addresses.any(email="x")),
    session.query(Address).filter(Address.user.has(name="n")),
    session.query(User, Address).filter(User.id == Address.user_id),
    q.from_self(),
    q.filter_by(name="x").from_self().filter_by(name="y").order_by(User.name),
    q.filter_by(name="x").from_self(User.id, Address.email).join(User.addresses),
    q.limit(3).from_self().join("addresses").filter(Address.email == "e"),
    q.join("addresses").from_self().filter(Address.email == "e"),
    q.from_self(func.count(User.id)),
    session.query(User, Address).join("addresses").from_self(),
    q.options(eagerload("addresses")).from_self(),
    q.filter_by(name="x").union(q.filter_by(name="y")),
    q.filter_by(name="x").union(q.filter_by(name="y"), q.filter_by(name="z")).order_by(User.name).limit(3),
    q.filter_by(name="x").union(q.filter_by(name="y")).union_all(q.filter_by(name="z")),
    q.filter_by(name="x").limit(3).union(q.filter_by(name="y").order_by(User.id)),
    q.filter_by(name="x").except_(q.filter_by(name="y")),
    q.union(q.filter_by(name="y")).options(eagerload("addresses")),
    session.query(User.id, User.name).union(session.query(Address.id, Address.email)),
    q.select_entity_from(users.select(users.c.id == 5)).filter(User.name == "x").join("addresses"),
    q.filter(User.keywords.contains(Keyword("x"))),
]:
    print(query)
    print("--")
ann = User("ann")
ann.addresses = [Address("a@x"), Address("b@x")]
ann.keywords.append(Keyword("red"))
bob = User("bob")
bob.keywords = [ann.keywords[0], Keyword("blue")]
root = Node("root")
root.children = [Node("left"), Node("right")]
root.children[0].children.append(Node("leaf"))
session.add_all([ann, bob, root])
session.flush()
print(ann.id, [a.user_id for a in ann.addresses], [k.word for k in bob.keywords], [n.id for n in root.children])
session.commit()
print([(u.name, len(u.addresses), sorted(k.word for k in u.keywords)) for u in q.order_by(User.name)])
print(q.filter_by(name="ann").one() is ann, q.get(2).name, q.count(), q[0].name, [u.name for u in q.order_by(User.id)[0:1]])
print([u.name for u in q.filter(User.name.in_(["ann", "zed"]))], q.filter_by(name="nobody").first())
# EXISTS over an association table lists its FROM clauses in another order in 2.x: the rows are what counts
print(sorted(u.name for u in q.filter(User.keywords.any(word="red"))), q.filter(User.keywords.any(word="blue")).one().name)
print(q.filter(~User.keywords.any(word="blue")).one().name, q.filter(~User.keywords.any()).count())
print(session.query(Keyword).filter(Keyword.users.any(User.name == "bob")).count())
print([u.name for u in q.filter_by(name="ann").union(q.filter_by(name="bob")).order_by(User.name.desc())])
print(
    [u.name for u in q.order_by(User.id).limit(1).from_self()],
    q.filter_by(name="ann").from_self().count(),
    q.union_all(q).count(),
)
red = session.query(Keyword).filter_by(word="red").one()
print(sorted(u.name for u in red.users))
leaf = session.query(Node).filter_by(name="leaf").one()
print(leaf.parent.name, leaf.parent.parent.name, leaf.parent.parent.parent)
del ann.addresses[0]
ann.name = "Ann"
print(session.dirty and len(session.dirty), session.query(Address).count())
session.rollback()
print(ann.name, len(ann.addresses))
bob.keywords.remove(red)
session.delete(ann)
session.commit()
print(session.query(Address).count(), session.query(Keyword).count(), session.execute(links.select()).fetchall())
print(session.query(func.count(User.id)).scalar(), session.query(User.name, User.id).all())
print(q.filter(User.id > 0).update({"name": "everyone"}), bob.name)
print(q.delete(), q.all())
one = create_session(bind=engine)
print(one.autoflush, one.autocommit, one.expire_on_commit, one.is_active)
one.add(User("eve"))
print(one.query(User).count(), len(one.new))
one.flush()
print(one.query(User).count(), len(one.new), one.query(User).filter_by(name="eve").one().id)
