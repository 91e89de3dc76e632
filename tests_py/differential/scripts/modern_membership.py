"""Relationships as criteria: contains(), any(), has(), with_parent(), and their negations."""

from oxalchemy import Column, ForeignKey, Integer, MetaData, String, Table, and_, create_engine, not_, or_
from oxalchemy.orm import Session, aliased, registry, relationship, with_parent

r = registry()
meta = MetaData()
users = Table("users", meta, Column("id", Integer, primary_key=True), Column("name", String(30)))
keywords = Table("keywords", meta, Column("id", Integer, primary_key=True), Column("word", String))
links = Table("links", meta, Column("u", ForeignKey("users.id")), Column("k", ForeignKey("keywords.id")))
nodes = Table(
    "nodes", meta, Column("id", Integer, primary_key=True), Column("parent_id", ForeignKey("nodes.id")), Column("name", String)
)
n2n = Table("n2n", meta, Column("l", ForeignKey("nodes.id")), Column("r", ForeignKey("nodes.id")))


class User:
    pass


class Keyword:
    pass


class Node:
    pass


r.map_imperatively(
    User,
    users,
    properties={
        "keywords": relationship(Keyword, secondary=links, backref="users"),
        "kw": relationship(Keyword, secondary=links, uselist=False, viewonly=True),
    },
)
r.map_imperatively(Keyword, keywords)
r.map_imperatively(
    Node,
    nodes,
    properties={
        "peers": relationship(
            Node, secondary=n2n, primaryjoin=nodes.c.id == n2n.c.l, secondaryjoin=nodes.c.id == n2n.c.r, backref="rpeers"
        )
    },
)
s = Session(create_engine("sqlite://"))
meta.create_all(s.bind)
u, k, n = User(), Keyword(), Node()
s.add_all([u, k, n])
s.flush()
ua = aliased(User)
ka = aliased(Keyword)
for x in [
    lambda: s.query(User).filter(User.kw == k),
    lambda: s.query(User).filter(User.kw != k),
    lambda: s.query(User).filter(User.kw == None),  # noqa: E711
    lambda: s.query(User).filter(~(User.kw == k)),
    lambda: s.query(User).filter(User.keywords.contains(k)),
    lambda: s.query(User).filter(~User.keywords.contains(k)),
    lambda: s.query(User).filter(not_(User.keywords.contains(k))),
    lambda: s.query(ua).filter(ua.keywords.contains(k)),
    lambda: s.query(ua).filter(~ua.keywords.contains(k)),
    lambda: s.query(Node).filter(Node.peers.contains(n)),
    lambda: s.query(Node).filter(~Node.peers.contains(n)),
    lambda: s.query(Keyword).filter(with_parent(u, User.keywords)),
    lambda: s.query(ka).filter(with_parent(u, User.keywords, from_entity=ka)),
    lambda: s.query(ka).filter(with_parent(u, User.keywords.of_type(ka))),
    lambda: s.query(Node).filter(with_parent(n, Node.peers)),
    lambda: s.query(Node).filter(Node.peers.any(Node.name == "x")),
    lambda: s.query(User).filter(User.keywords.of_type(ka).any(ka.word == "x")),
    lambda: s.query(User).filter(User.kw.has(word="x")),
    lambda: s.query(User).filter(~User.kw.has(word="x")),
    lambda: s.query(User).filter(or_(User.keywords.contains(k), User.name == "x")),
    lambda: s.query(User).filter(and_(~User.keywords.contains(k), User.name == "x")),
]:
    try:
        print(x())
    except Exception as e:
        print(type(e).__name__, e)
    print("-")
