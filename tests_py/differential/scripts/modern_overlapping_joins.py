"""Joins between classes that share a table, and rows of concrete classes out of one union."""

# ruff: noqa: B006, E742, UP031, B008, B023, E402, E501, F401, F811, E701, E702, E711, E712, E721, E731, E741, F403, F405, I001, UP006, UP035, UP045
from oxalchemy import *
from oxalchemy.orm import *
import warnings

Base = declarative_base()


class T(Base):
    __tablename__ = "t"
    id = Column(Integer, primary_key=True)
    kind = Column(String)
    nm = Column(String)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "t"}


class A(T):
    __tablename__ = "a"
    id = Column(ForeignKey("t.id"), primary_key=True)
    av = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "a"}


class B(T):
    __tablename__ = "b"
    id = Column(ForeignKey("t.id"), primary_key=True)
    a_id = Column(ForeignKey("a.id"))
    bv = Column(Integer)
    a = relationship(A, foreign_keys=[a_id], backref="bs")
    t_id = Column(ForeignKey("t.id"))
    t = relationship(T, foreign_keys=[t_id])
    __mapper_args__ = {"polymorphic_identity": "b", "inherit_condition": id == T.id}


class O(Base):
    __tablename__ = "o"
    id = Column(Integer, primary_key=True)
    b_id = Column(ForeignKey("b.id"))
    b = relationship(B)


e = create_engine("sqlite://")
Base.metadata.create_all(e)
s = Session(e)
s.add(O(b=B(nm="bb", bv=1, a=A(av=5, nm="x"), t=T(nm="tt"))))
s.commit()


def w(q):
    return " ".join(str(q).split())


aa = aliased(A)
fa = aliased(A, flat=True)
L = {
    "f25": lambda: s.query(B).join(B.a).filter(A.av == 5),
    "sel": lambda: select(B.id).join(B.a).where(A.av == 5, A.nm == "x"),
    "cols": lambda: select(B.id, A.av).join(B.a),
    "ent": lambda: select(B, A).join(B.a),
    "order": lambda: select(B.id).join(B.a).order_by(A.nm, B.nm),
    "outer": lambda: select(B.id).outerjoin(B.a).where(A.id == None),
    "on": lambda: select(B.id).join(A, B.a_id == A.id),
    "on2": lambda: select(B.id).join(A, B.a),
    "implicit": lambda: s.query(B).join(A, A.id == B.a_id).filter(A.nm == "x"),
    "aliased": lambda: select(B.id).join(aa, B.a).where(aa.av == 5),
    "flat": lambda: select(B.id).join(fa, B.a).where(fa.av == 5),
    "ofty": lambda: select(B.id).join(B.a.of_type(aa)),
    "rev": lambda: select(A.id).join(A.bs).where(B.bv == 1),
    "chain": lambda: select(O.id).join(O.b).join(B.a).where(A.av == 5),
    "chain2": lambda: select(O.id).join(O.b).join(A, B.a).where(A.av == 5, B.nm == "bb"),
    "base": lambda: select(B.id).join(B.t).where(T.nm == "tt"),
    "base2": lambda: select(B.id).join(T, B.t_id == T.id),
    "base3": lambda: select(B, T).join(B.t),
    "from": lambda: select(O.id).join(O.b),
    "O b": lambda: select(O.id, B.nm).join(O.b),
    "any": lambda: select(B.id).where(B.a.has(A.av == 5)),
    "any2": lambda: select(B.id).where(B.a.has(A.nm == "x")),
    "any3": lambda: select(B.id).where(B.t.has(T.nm == "tt")),
    "group": lambda: select(A.nm, func.count(B.id)).select_from(B).join(B.a).group_by(A.nm),
    "ce": lambda: s.query(B).join(B.a).options(contains_eager(B.a)),
    "jl": lambda: s.query(B).options(joinedload(B.a)),
    "lit": lambda: select(B.id).join(B.a).where(A.__table__.c.av == 5),
    "sub": lambda: select(select(B.id).join(B.a).where(A.av == 5).subquery()),
    "count": lambda: select(func.count(A.id)).select_from(B).join(B.a),
    "ts": lambda: select(T.id).join(A, A.id == T.id),
    "nest": lambda: select(O).options(joinedload(O.b).joinedload(B.a)),
    "filter_by": lambda: s.query(B).join(B.a).filter_by(av=5),
    "sel2": lambda: select(B.nm, A.nm, A.av).join_from(B, A, B.a),
}
for k, f in L.items():
    with warnings.catch_warnings(record=True) as ws:
        warnings.simplefilter("always")
        try:
            q = f()
            t = w(q)
            rows = q.all() if hasattr(q, "all") else s.execute(q).unique().all()
            print(k, "|", t, len(rows), [str(x.message).split("(Back")[0][:90] for x in ws][:1])
        except Exception as ex:
            print(k, "!!", type(ex).__name__, str(ex).split("\n")[0][:150])


from oxalchemy import *
from oxalchemy.orm import *
import warnings

warnings.simplefilter("ignore")
meta = MetaData()
emp = Table("emp", meta, Column("id", Integer, primary_key=True), Column("nm", String))
eng = Table("eng", meta, Column("id", Integer, primary_key=True), Column("nm", String), Column("lang", String))
mgr = Table("mgr", meta, Column("id", Integer, primary_key=True), Column("nm", String), Column("rank", Integer))


class Emp:
    pass


class Eng(Emp):
    pass


class Mgr(Emp):
    pass


pu = polymorphic_union({"emp": emp, "eng": eng, "mgr": mgr}, "kind", "pjoin")
reg = registry()
reg.map_imperatively(Emp, emp, with_polymorphic=("*", pu), polymorphic_on=pu.c.kind, polymorphic_identity="emp")
reg.map_imperatively(Eng, eng, inherits=Emp, concrete=True, polymorphic_identity="eng")
reg.map_imperatively(Mgr, mgr, inherits=Emp, concrete=True, polymorphic_identity="mgr")
e = create_engine("sqlite://")
meta.create_all(e)
s = Session(e)
s.add_all([Emp(), Eng(), Eng(), Mgr()])
s.commit()
print(pu.c.keys(), w(pu))
for q in (
    select(Emp),
    select(Emp.id),
    select(func.count(Emp.id)),
    select(Eng),
    select(Emp).where(Emp.nm == "x"),
    select(Emp.nm).order_by(Emp.id),
    select(aliased(Emp)),
    select(aliased(Emp).nm),
    select(func.count()).select_from(Emp),
    select(Emp).limit(2),
    select(Emp.id).where(exists().where(Emp.nm == "q")),
):
    try:
        print(w(q))
    except Exception as ex:
        print(type(ex).__name__, str(ex)[:200])
print(
    sorted((type(x).__name__, x.id, x.nm) for x in s.query(Emp)),
    s.query(Emp).count(),
    s.query(Eng).count(),
    s.scalar(select(func.count(Emp.id))),
)
print(w(s.query(Emp)))
print(s.get(Eng, 1).__class__.__name__)
print(w(select(with_polymorphic(Emp, [Eng]))) if 0 else "")
s.close()
for x in s.query(Emp).order_by(Emp.id):
    print(type(x).__name__, sorted(k for k in x.__dict__ if k != "_sa_instance_state"), getattr(x, "lang", "-"))
print(
    inspect(Emp).polymorphic_on,
    [m.class_.__name__ for m in inspect(Emp).with_polymorphic_mappers],
    sorted(m.class_.__name__ for m in inspect(Emp).self_and_descendants),
    inspect(Eng).concrete,
)
