"""lazy='dynamic' and lazy='write_only'."""

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import attributes

sa_warnings = __import__("warnings")
sa_warnings.simplefilter("ignore")


def show(label, f):
    try:
        print(label, f())
    except Exception as e:
        print(label, type(e).__name__, str(e).split("(Background")[0].split(" at 0x")[0])


def mapping(lazy, **kw):
    Base = orm.declarative_base()
    ab = sa.Table(
        "ab",
        Base.metadata,
        sa.Column("aid", sa.ForeignKey("a.id"), primary_key=True),
        sa.Column("bid", sa.ForeignKey("b.id"), primary_key=True),
    )

    class A(Base):
        __tablename__ = "a"
        id = sa.Column(sa.Integer, primary_key=True)
        name = sa.Column(sa.String)
        bs = orm.relationship("B", lazy=lazy, order_by="B.id", backref="a", **kw)
        ms = orm.relationship("B", lazy=lazy, secondary=ab, backref="as_")

    class B(Base):
        __tablename__ = "b"
        id = sa.Column(sa.Integer, primary_key=True)
        x = sa.Column(sa.Integer)
        aid = sa.Column(sa.ForeignKey("a.id"))

        def __repr__(self):
            return f"B({self.x})"

    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    return A, B, orm.Session(engine)


ORPHANS = {"cascade": "all, delete-orphan"}
for lazy in ("dynamic", "write_only"):
    for kw in ({}, ORPHANS, {"passive_deletes": True}, {"cascade": "all"}):
        print("==", lazy, kw)
        A, B, s = mapping(lazy, **kw)

        def history(passive=attributes.PASSIVE_OFF):
            return attributes.get_history(a, "bs", passive)

        a = A(name="n", bs=[B(x=1), B(x=2)])
        show("history", history)
        show("iterate", lambda: list(a.bs))
        show("delete attribute", lambda: delattr(a, "bs"))
        s.add(a)
        print(sorted(o.x for o in s.new if isinstance(o, B)))
        s.commit()
        show("history", history)
        show("history, no load", lambda: history(attributes.PASSIVE_NO_INITIALIZE))
        if lazy == "write_only":
            show("select", lambda: a.bs.select())
            show("select many to many", lambda: a.ms.select().where(B.x == 2))
            show("update", lambda: a.bs.update().values(x=3))
            show("update many to many", lambda: a.ms.update().values(x=3))
            show("delete", lambda: a.bs.delete().where(B.x == 1))
            show("insert many to many", lambda: a.ms.insert())
            s.execute(a.bs.insert(), [{"x": 7}, {"x": 8}])
            s.execute(a.bs.update().values(x=B.x + 100).where(B.x > 7))
            show("rows", lambda: s.scalars(a.bs.select()).all())
            s.execute(a.bs.delete().where(B.x > 100))
            show("rows", lambda: s.scalars(a.bs.select()).all())
        else:
            show("text", lambda: a.bs.filter(B.x == 1).limit(2))
            show("text", lambda: a.ms)
            show("rows", lambda: (a.bs.all(), a.bs[0], a.bs[1:], a.bs.count(), a.bs.filter_by(x=2).one(), a.bs.first()))
            show("again", lambda: a.bs.join(A).filter(A.name == "n").order_by(None).order_by(B.x.desc()).all())
        s.commit()
        show("replace", lambda: setattr(a, "bs", [B(x=5)]))
        show("history", history)
        show("flush", s.flush)
        s.rollback()
        b = s.query(B).filter_by(x=1).one()
        show("remove", lambda: a.bs.remove(b))
        print(b.a)
        show("flush", s.flush)
        print(b in s, b.aid)
        s.rollback()
        c = B(x=33)
        c.a = a
        print(c in s)
        s.add(c)
        show("flush", s.flush)
        s.commit()
        show("add", lambda: a.ms.add(c))
        print(len(c.as_))
        s.commit()
        show("take", lambda: a.ms.remove(c))
        s.commit()
        print(c.as_)
        show("merge", lambda: s.merge(A(id=a.id, name="q")).name)
        show("merge", lambda: s.merge(A(id=a.id, name="q", bs=[B(id=1, x=50)])).name)
        show("flush", s.flush)
        s.rollback()
        show("joined load", lambda: s.query(A).options(orm.joinedload(A.bs)).all())
        show("lazy load", lambda: len(s.query(A).options(orm.lazyload(A.bs)).all()))
        show("delete", lambda: (s.delete(a), s.flush())[1])
        show("left", lambda: s.query(B.x, B.aid).order_by(B.id).all())
        s.rollback()
        s.expunge_all()
        show("detached", lambda: a.bs.filter_by(x=1))

for uselist in (True, False):
    Base = orm.declarative_base()

    class C(Base):
        __tablename__ = "c"
        id = sa.Column(sa.Integer, primary_key=True)
        did = sa.Column(sa.ForeignKey("d.id"))
        d = orm.relationship("D", lazy="dynamic", uselist=uselist)

    class D(Base):
        __tablename__ = "d"
        id = sa.Column(sa.Integer, primary_key=True)

    show("many to one", orm.configure_mappers)
    Base.registry.dispose()
