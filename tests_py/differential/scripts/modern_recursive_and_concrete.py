"""Loads that go on by themselves, to a depth or without end; hierarchies of concrete classes of which one has no table."""

# ruff: noqa: B006, E742, UP031, B008, B023, E402, E501, F401, F811, E701, E702, E711, E712, E721, E731, E741, F403, F405, I001, UP006, UP035, UP045
import oxalchemy as sa
from oxalchemy import *
from oxalchemy.orm import *
from oxalchemy import event, inspect
from oxalchemy.orm.util import identity_key
from oxalchemy.ext.declarative import ConcreteBase, AbstractConcreteBase


def tr(n, f):
    try:
        r = f()
        print(n, r if r is not None else "ok")
    except Exception as e:
        print(n, type(e).__name__, str(e).split("(Background")[0][:300])


LOG = []


def eng(b):
    e = create_engine("sqlite://")
    b.metadata.create_all(e)
    event.listen(e, "before_cursor_execute", lambda conn, cur, st, pa, ctx, many: LOG.append((st, pa)))
    return e


def log():
    for x in LOG:
        print("SQL", *x)
    LOG.clear()


class Base(DeclarativeBase):
    pass


class N(Base):
    __tablename__ = "n"
    id = mapped_column(Integer, primary_key=True)
    pid = mapped_column(ForeignKey("n.id"))
    kids = relationship("N", order_by="N.id")


e = eng(Base)
s = Session(e)


def tree(d, i):
    return N(id=i, kids=[tree(d - 1, i * 2), tree(d - 1, i * 2 + 1)] if d else [])


s.add(tree(3, 1))
s.commit()
s.expunge_all()
LOG.clear()
for o in (immediateload, selectinload):
    for d in (None, 1, 2, -1):
        s.expunge_all()

        def f():
            x = s.scalars(select(N).where(N.id == 1).options(o(N.kids, recursion_depth=d))).one()
            LOGn = len(LOG)
            q = [x]
            loaded = []
            while q:
                y = q.pop(0)
                if "kids" in y.__dict__:
                    loaded.append(y.id)
                    q += y.kids
            return LOGn, loaded

        tr((o.__name__, d), f)
        log()


class B2(DeclarativeBase):
    pass


class E1(ConcreteBase, B2):
    __tablename__ = "e1"
    id = mapped_column(Integer, primary_key=True)
    name = mapped_column(String)
    __mapper_args__ = {"polymorphic_identity": "e1", "concrete": True}


class E2(E1):
    __tablename__ = "e2"
    id = mapped_column(Integer, primary_key=True)
    name = mapped_column(String)
    x = mapped_column(Integer)
    __mapper_args__ = {"polymorphic_identity": "e2", "concrete": True}


class E3(E2):
    __tablename__ = "e3"
    id = mapped_column(Integer, primary_key=True)
    name = mapped_column(String)
    x = mapped_column(Integer)
    z = mapped_column(Integer)
    __mapper_args__ = {"polymorphic_identity": "e3", "concrete": True}


e = eng(B2)
s = Session(e)
s.add_all([E1(id=1, name="a"), E2(id=2, name="b", x=3), E3(id=3, name="c", x=4, z=5)])
s.commit()
s.expunge_all()
LOG.clear()
for c in (E1, E2):
    tr(c.__name__, lambda: [(type(x).__name__, x.id, x.name) for x in s.scalars(select(c).order_by(c.id))])
    log()
    s.expunge_all()


class B3(DeclarativeBase):
    pass


class Co(B3):
    __tablename__ = "co"
    id = mapped_column(Integer, primary_key=True)
    emps = relationship("Em", back_populates="co")


class Em(AbstractConcreteBase, B3):
    strict_attrs = True

    @declared_attr
    def cid(cls):
        return mapped_column(ForeignKey("co.id"))

    @declared_attr
    def co(cls):
        return relationship("Co", back_populates="emps")

    name = mapped_column(String)


class Mg(Em):
    __tablename__ = "mg"
    id = mapped_column(Integer, primary_key=True)
    b = mapped_column(Integer)
    __mapper_args__ = {"polymorphic_identity": "mg", "concrete": True}


class En(Em):
    __tablename__ = "en"
    id = mapped_column(Integer, primary_key=True)
    __mapper_args__ = {"polymorphic_identity": "en", "concrete": True}


tr("conf", configure_mappers)


def g():
    e = eng(B3)
    s = Session(e)
    s.add(Co(id=1, emps=[Mg(id=1, name="x", b=2), En(id=2, name="y")]))
    s.commit()
    s.expunge_all()
    LOG.clear()
    c = s.get(Co, 1)
    print(sorted((type(x).__name__, x.name) for x in c.emps))
    print([type(x).__name__ for x in s.scalars(select(Em).order_by(Em.name))], s.scalars(select(Mg)).one().co is c)
    print(str(select(Em)))
    tr("b", lambda: Em.b)
    s.expunge_all()
    print([(c.id, len(c.emps)) for c in s.scalars(select(Co).options(joinedload(Co.emps))).unique()])
    s.expunge_all()
    print([(c.id, len(c.emps)) for c in s.scalars(select(Co).options(selectinload(Co.emps)))])
    print(str(select(Co).join(Co.emps)))
    print(str(select(Em).join(Em.co)))


tr("abs", g)
log()
for c in (E1, E2, E3, Em, Mg):
    print(
        c.__name__,
        inspect(c).base_mapper,
        inspect(c).common_parent(inspect(E1)),
        inspect(c).isa(inspect(E1)),
        identity_key(c, 1)[0].__name__,
    )
