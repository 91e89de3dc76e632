"""A registry that cannot be configured fails for its own classes and for those that refer to them, and for nobody else."""

import oxalchemy as sa
from oxalchemy import event, orm


def go(n, f):
    try:
        r = f()
        print(n, "ok" if r is None or "object at" in str(r) else str(r).replace("\n", " ")[:90])
    except Exception as ex:
        print(n, type(ex).__name__, str(ex).replace("\n", " ")[:210])


def good():
    class B(orm.DeclarativeBase):
        pass

    class G(B):
        __tablename__ = "g"
        id = sa.Column(sa.Integer, primary_key=True)
        hs = orm.relationship("H", backref="g")

    class H(B):
        __tablename__ = "h"
        id = sa.Column(sa.Integer, primary_key=True)
        gid = sa.Column(sa.ForeignKey("g.id"))

    return B, G, H


def bad():
    class B(orm.DeclarativeBase):
        pass

    class X(B):
        __tablename__ = "x"
        id = sa.Column(sa.Integer, primary_key=True)
        ys = orm.relationship("Nowhere")

    class Z(B):
        __tablename__ = "z"
        id = sa.Column(sa.Integer, primary_key=True)

    return B, X, Z


GB, G, H = good()
BB, X, Z = bad()
G2B, G2, H2 = good()
go("use good", lambda: G(hs=[H()]).hs[0].g and None)
go("use bad", lambda: X())
go("use bad again", lambda: X())
go("use bad sibling", lambda: Z())
go("bad attr", lambda: X.ys.property)
go("bad attr", lambda: X.ys.property.mapper)
go("bad any", lambda: X.ys.any())
go("use good2", lambda: G2(hs=[H2()]).hs[0].g and None)
go("good late", lambda: good()[1]())
go("query good", lambda: str(sa.select(G2)))
e = sa.create_engine("sqlite://")
go("create", lambda: GB.metadata.create_all(e))


def use():
    with orm.Session(e) as s:
        s.add(G(hs=[H()]))
        s.commit()
        return len(s.query(G).all()[0].hs)


go("session good", use)


go("configure_mappers", orm.configure_mappers)
go("configure_mappers", orm.configure_mappers)
go("registry good", lambda: GB.registry.configure())
go("registry bad", lambda: BB.registry.configure())
go("inspect bad", lambda: sa.inspect(X).relationships)
go("inspect bad attrs", lambda: list(sa.inspect(X).attrs.keys()))
go("inspect good", lambda: list(sa.inspect(G).attrs.keys()))
go("class_mapper bad", lambda: orm.class_mapper(X))
go("class_mapper good", lambda: orm.class_mapper(G))
go("aliased bad", lambda: orm.aliased(X))
go("aliased bad", lambda: str(sa.select(orm.aliased(X).id)))


# fix by adding class
class B3(orm.DeclarativeBase):
    pass


class L(B3):
    __tablename__ = "l"
    id = sa.Column(sa.Integer, primary_key=True)
    ms = orm.relationship("M")


go("L", lambda: L())


class M(B3):
    __tablename__ = "m"
    id = sa.Column(sa.Integer, primary_key=True)
    lid = sa.Column(sa.ForeignKey("l.id"))


go("L after M", lambda: L())
go("M", lambda: M())
go("new good after", lambda: good()[1]())


# event raising
class B4(orm.DeclarativeBase):
    pass


class E1(B4):
    __tablename__ = "e1"
    id = sa.Column(sa.Integer, primary_key=True)


n = [0]


@event.listens_for(E1, "before_mapper_configured")
def f(m, c):
    n[0] += 1
    raise ValueError("listener")


go("E1", lambda: E1())
go("E1", lambda: E1())
print(n)
go("good still", lambda: good()[1]())
BB.registry.dispose()
B3.registry.dispose()
B4.registry.dispose()
