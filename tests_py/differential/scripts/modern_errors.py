"""Bad input: which exception, with which message."""

import oxalchemy as sa
from oxalchemy import Column, ForeignKey, Integer, MetaData, String, Table, create_engine, select, text
from oxalchemy.orm import Session, registry, relationship


def attempt(label, fn):
    try:
        print(label, "->", fn())
    except Exception as e:
        print(label, "->", type(e).__name__, "|", str(e).split("\n")[0])


meta = MetaData()
t = Table("t", meta, Column("id", Integer, primary_key=True), Column("name", String(10), nullable=False, unique=True))
child = Table("child", meta, Column("id", Integer, primary_key=True), Column("t_id", ForeignKey("t.id")))
engine = create_engine("sqlite://")
meta.create_all(engine)
attempt("dsn", lambda: create_engine("bogus"))
attempt("dialect", lambda: create_engine("foo://x"))
attempt("keyword", lambda: create_engine("sqlite://", nonsense=1))
attempt("missing dir", lambda: create_engine("sqlite:////no/such/dir/x.db").connect())
conn = engine.connect()
attempt("syntax", lambda: conn.execute(text("SELEKT 1")))
attempt("no table", lambda: conn.execute(text("select * from nope")))
attempt("missing bind", lambda: conn.execute(text("select :a")))
attempt("not executable", lambda: conn.execute(object()))
conn.execute(t.insert().values(name="a"))
attempt("unique", lambda: conn.execute(t.insert().values(name="a")))
attempt("not null", lambda: conn.execute(t.insert().values(name=None)))
attempt("unknown column", lambda: conn.execute(t.insert().values(zz=1)))
attempt("begin twice", lambda: conn.begin())
row = conn.execute(select(t)).first()
attempt("row attr", lambda: row.zz)
attempt("row key", lambda: row._mapping["zz"])
attempt("none", lambda: conn.execute(select(t).where(t.c.id == 99)).one())
result = conn.execute(t.insert().values(name="b"))
attempt("no rows", lambda: result.fetchone())
conn.close()
attempt("closed", lambda: conn.execute(select(t)))
attempt("bool", lambda: bool(t.c.id > 1))
attempt("attr", lambda: t.c.zz)
attempt("item", lambda: t.c["zz"])
attempt("str where", lambda: select(t).where("id = 1"))
attempt("table again", lambda: Table("t", meta, Column("x", Integer)))
attempt("no metadata", lambda: Table("t"))
attempt("bad fk", lambda: Table("bad", meta, Column("x", ForeignKey("nope.id"))).c.x.foreign_keys.copy().pop().column)
attempt("no join", lambda: t.join(Table("lonely", MetaData(), Column("id", Integer))))
attempt("dup column", lambda: Table("dup", MetaData(), Column("x", Integer), Column("x", Integer)))
attempt("no such table", lambda: Table("absent", MetaData(), autoload_with=engine))


class A:
    pass


class B:
    pass


class C:
    pass


class Nope:
    pass


reg = registry()
attempt("no pk", lambda: reg.map_imperatively(C, Table("nopk", MetaData(), Column("x", Integer))))
reg.map_imperatively(A, t, properties={"children": relationship(B)})
reg.map_imperatively(B, child)
attempt("mapped twice", lambda: reg.map_imperatively(A, t))
session = Session(engine)
attempt("unmapped add", lambda: session.add(Nope()))
attempt("unmapped query", lambda: session.query(Nope).all())
attempt("unknown attr", lambda: session.query(A).filter_by(zz=1).all())
attempt("filter str", lambda: session.query(A).filter("x"))
attempt("one", lambda: session.query(A).filter_by(name="zz").one())
a = A()
session.add(a)
attempt("flush", lambda: session.flush())
session.rollback()
a.name = "fine"
session.add(a)
session.commit()
print("usable:", session.query(A.name).all())
other = Session(engine)
attempt("two sessions", lambda: other.add(a))
dup = A()
dup.name = "fine"
session.add(dup)
attempt("unique flush", lambda: session.commit())
attempt("pending rollback", lambda: session.query(A).all())
session.rollback()
print("usable again:", session.query(A.name).all())
attempt("delete transient", lambda: session.delete(A()))
attempt("refresh transient", lambda: session.refresh(A()))
attempt("get arity", lambda: session.get(A, (1, 2)))
session.expunge(a)
attempt("not list", lambda: setattr(A(), "children", None))
attempt("inspect", lambda: sa.inspect(object()))
