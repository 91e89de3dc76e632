"""The order of primary keys, what joins make of them; names of synonyms; composites under labels."""

# ruff: noqa: B006, E742, UP031, B008, B023, E402, E501, F401, F811, E701, E702, E711, E712, E721, E731, E741, F403, F405, I001, UP006, UP035, UP045
from oxalchemy import *
from oxalchemy.orm import *

m = MetaData()
a = Table("a", m, Column("x", Integer), Column("y", Integer), Column("z", Integer), PrimaryKeyConstraint("y", "x"))
b = Table(
    "b",
    m,
    Column("bid", Integer, primary_key=True),
    Column("ax", Integer),
    Column("ay", Integer),
    ForeignKeyConstraint(["ax", "ay"], ["a.x", "a.y"]),
)
c = Table(
    "c",
    m,
    Column("y", Integer),
    Column("x", Integer),
    Column("w", Integer),
    PrimaryKeyConstraint("x", "y"),
    ForeignKeyConstraint(["x", "y"], ["a.x", "a.y"]),
)
d = Table("d", m, Column("x", Integer, ForeignKey("c.w"), primary_key=True), Column("k", Integer, primary_key=True))


def n(f):
    return [str(q) for q in f.primary_key]


print(
    n(a),
    n(a.alias()),
    n(select(a).subquery()),
    n(select(a.c.y, a.c.x).subquery()),
    n(a.join(b)),
    n(a.join(c)),
    n(c.join(a)),
    n(b.join(a)),
    n(a.outerjoin(c)),
    n(c.join(d, c.c.w == d.c.x)),
    n(a.join(c).join(b, b.c.ax == a.c.x)),
    n(join(a, b, and_(a.c.x == b.c.bid, a.c.y == b.c.ay))),
    n(select(a).cte()),
    n(a.alias().join(b, true())),
    n(a.select().lateral()),
    n(union(select(a), select(a)).subquery()),
    n(a.tablesample(1)),
)
print(
    [c.name for c in a.primary_key.columns],
    [c.name for c in a.columns],
    a.primary_key.columns.keys(),
    [c.name for c in inspect(a).primary_key],
)
Base = declarative_base(metadata=m)


class A(Base):
    __table__ = a


class C(A):
    __table__ = c


class V(Base):
    __tablename__ = "v"
    p = Column(Integer, primary_key=True)
    q = Column(Integer, primary_key=True)
    r = Column(Integer)
    __mapper_args__ = {"primary_key": [q, p]}


class J(Base):
    __table__ = a.join(b, and_(a.c.x == b.c.ax, a.c.y == b.c.ay))
    __mapper_args__ = {"exclude_properties": []}


class Sub(Base):
    __table__ = select(a).subquery()


class Sub2(Base):
    __table__ = select(a.c.y, a.c.x).subquery("s2")


for k in (A, C, V, J, Sub, Sub2):
    print(k.__name__, [str(c) for c in inspect(k).primary_key], [str(c) for c in k.__mapper__.primary_key])
e = create_engine("sqlite://")
m.create_all(e)
s = Session(e)
s.add(A(x=1, y=2))
s.add(C(x=5, y=6))
s.add(V(p=1, q=2))
s.commit()
print(
    inspect(s.get(A, (2, 1))).identity,
    s.get(A, (1, 2)),
    s.get(A, {"x": 1, "y": 2}) is not None,
    inspect(s.get(C, (6, 5))).identity,
    s.get(C, (5, 6)),
    s.get(V, (2, 1)) is not None,
    s.get(V, (1, 2)),
)
print(s.query(Sub).all()[0].__dict__["x"], s.get(Sub, (1, 2)) is not None, s.get(Sub, (2, 1)) is not None)
print(inspect(e).get_pk_constraint("a")["constrained_columns"])
from oxalchemy.schema import CreateTable

print(CreateTable(a))
t2 = Table("t2", MetaData(), Column("q", Integer, primary_key=True), Column("p", Integer, primary_key=True))
t2.append_column(Column("o", Integer, primary_key=True))
print(n(t2), [c.name for c in t2.primary_key])
t3 = Table("t3", MetaData(), Column("q", Integer), Column("p", Integer))
t3.append_constraint(PrimaryKeyConstraint(t3.c.p, t3.c.q))
print(n(t3), n(t3.to_metadata(MetaData())))
s.execute(insert(a).values(x=7, y=8))
r = s.execute(insert(a).values(x=9, y=8))
print(r.inserted_primary_key)
m2 = MetaData()
print(n(Table("a", m2, autoload_with=s.connection())))


from oxalchemy import *
from oxalchemy.orm import *
import warnings

warnings.simplefilter("ignore")


class Base(DeclarativeBase):
    pass


class Q(Base):
    __tablename__ = "q"
    id = mapped_column(Integer, primary_key=True)
    p_id = mapped_column(ForeignKey("p.id"))


class P(Base):
    __tablename__ = "p"
    id = mapped_column(Integer, primary_key=True)
    last = mapped_column("lst", String)
    plain = mapped_column(String)
    nick = synonym("last")
    nn = synonym("nick")
    pp = synonym("plain")
    qs = relationship(Q)
    sq = synonym("qs")
    up = column_property(func.upper(plain))
    su = synonym("up")

    @property
    def desc(self):
        return "d" + str(self.last)

    desc = synonym("last", descriptor=desc)


pa = aliased(P)


def w(q):
    return " ".join(str(q).split())


for n, f in {
    "nick": lambda: select(P.nick),
    "both": lambda: select(P.nick, P.last, P.nn),
    "alias": lambda: select(pa.nick, pa.nn),
    "label": lambda: select(P.nick.label("z")),
    "where": lambda: select(P.id).where(P.nick == "x", pa.nn == "y"),
    "order": lambda: select(P.nick).order_by(P.nick, P.nn.desc()),
    "cnt": lambda: select(func.count(P.nick)),
    "rel": lambda: select(P.id).join(P.sq),
    "rela": lambda: select(pa.id).join(pa.sq),
    "any": lambda: select(P.id).where(P.sq.any()),
    "expr": lambda: select(P.nick + "x"),
    "desc": lambda: select(P.desc),
    "pp": lambda: select(P.pp),
    "group": lambda: select(P.nick).group_by(P.nick),
    "union": lambda: union(select(P.nick), select(P.last)),
    "dist": lambda: select(P.nick).distinct(),
    "fb": lambda: select(P).filter_by(nick="x"),
    "bundle": lambda: select(Bundle("b", P.nick, P.pp)),
    "load_only": lambda: select(P).options(load_only(P.last)),
}.items():
    try:
        q = f()
        print(
            n,
            "|",
            [d["name"] for d in q.column_descriptions] if hasattr(q, "column_descriptions") else "",
            q.selected_columns.keys(),
            q.subquery().c.keys(),
            w(q),
        )
    except Exception as ex:
        print(n, "!!", type(ex).__name__, str(ex)[:200])
print(
    P.nick.key,
    P.nick,
    pa.nick,
    P.nick.property.key,
    P.nn.property.key,
    P.sq.property.key,
    P.nick.name if hasattr(P.nick, "name") else "",
    P.nick.expression.key,
    P.nick.class_.__name__,
    P.nick.parent,
    pa.nick.key,
)
e = create_engine("sqlite://")
Base.metadata.create_all(e)
s = Session(e)
s.add(P(nick="x", pp="y", sq=[Q()]))
s.commit()
for q in (
    s.query(P.nick),
    s.query(P.nick, P.last),
    s.query(pa.nn),
    s.query(P.nick.label("k"), P.desc),
    s.query(P).filter_by(nn="x"),
    s.query(P.nick).order_by(P.nick),
    s.query(P).join(P.sq),
):
    print(w(q), [r._fields if hasattr(r, "_fields") else r.nick for r in q], [d["name"] for d in q.column_descriptions])
print(
    s.execute(select(P.nick, P.pp)).mappings().all(),
    s.execute(update(P).where(P.nick == "x").values(nn="z")).rowcount,
    s.scalars(select(P.last)).all(),
    s.execute(insert(P).values(nick="u")).rowcount,
    inspect(P).synonyms.keys(),
    inspect(s.query(P).first()).attrs.keys(),
)


from oxalchemy import *
from oxalchemy.orm import *

Base = declarative_base()


class Pt:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __composite_values__(self):
        return self.x, self.y

    def __repr__(self):
        return "Pt(%s,%s)" % (self.x, self.y)

    def __eq__(self, o):
        return isinstance(o, Pt) and (o.x, o.y) == (self.x, self.y)


class V(Base):
    __tablename__ = "v"
    id = Column(Integer, primary_key=True)
    x1 = Column(Integer)
    y1 = Column(Integer)
    x2 = Column(Integer)
    y2 = Column(Integer)
    x3 = Column(Integer)
    y3 = Column(Integer)
    a = composite(Pt, x1, y1)
    b = composite(Pt, x2, y2, deferred=True)
    c = composite(Pt, x3, y3, deferred=True, group="g")


e = create_engine("sqlite://")
Base.metadata.create_all(e)
s = Session(e)
s.add(V(a=Pt(1, 2), b=Pt(3, 4), c=Pt(5, 6)))
s.commit()
s.close()


def w(q):
    return " ".join(str(q).split())


v = s.query(V).one()
print(sorted(v.__dict__)[1:])
print(v.b, sorted(v.__dict__)[1:], v.c, sorted(v.__dict__)[1:])
s.close()
v = s.query(V).options(undefer(V.b)).one()
print(sorted(v.__dict__)[1:])
s.close()
v = s.query(V).options(undefer_group("g")).one()
print(sorted(v.__dict__)[1:])
s.close()
v = s.query(V).options(defer(V.a)).one()
print(sorted(v.__dict__)[1:])
s.close()
v = s.query(V).options(load_only(V.b)).one()
print(sorted(v.__dict__)[1:])
va = aliased(V)
for f in (
    lambda: s.query(V.a.label("z")),
    lambda: s.query(V.a),
    lambda: s.query(va.a),
    lambda: s.query(va.a.label("q"), V.id),
    lambda: s.query(V.b.label("z")).order_by(V.b),
    lambda: select(V.a.label("z")),
    lambda: select(V.a),
):
    try:
        q = f()
        r = s.execute(q).all() if not hasattr(q, "all") else q.all()
        print(w(q), r, r[0]._fields)
    except Exception as ex:
        print(type(ex).__name__, ex)
try:
    print([d["name"] for d in s.query(V.a.label("z")).column_descriptions])
except Exception as ex:
    print(type(ex).__name__, ex)

# foreign keys by name, and INSERT … SELECT with defaults
late = Table("late", MetaData(), Column("x", ForeignKey("nowhere.id")))
print([f.target_fullname for f in late.alias().c.x.foreign_keys], [f.target_fullname for f in late.c.x.foreign_keys])
held = Table(
    "held",
    MetaData(),
    Column("v", String),
    Column("w", String, default="q"),
    Column("z", Integer, default=lambda: 1),
    Column("sd", Integer, server_default="4"),
)
src = table("s", column("v"))
for q in (
    select(src.c.v).union_all(select(src.c.v)),
    select(src.c.v),
    select(src.c.v).union_all(select(src.c.v)).subquery().select(),
):
    for kw in ({}, {"include_defaults": False}):
        try:
            print(held.insert().from_select(["v"], q, **kw))
        except Exception as error:
            print(type(error).__name__, error)
