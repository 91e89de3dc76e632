"""Both sides of joins: what entities bring, which sides fit, what of a join stays when the columns change."""

# ruff: noqa: B006, E742, UP031, B008, B023, E402, E501, F401, F811, E701, E702, E711, E712, E721, E731, E741, F403, F405, I001, UP006, UP035, UP045
from oxalchemy import *
from oxalchemy.orm import *


class Base(DeclarativeBase):
    pass


class T(Base):
    __tablename__ = "t"
    id = mapped_column(Integer, primary_key=True)


class B(Base):
    __tablename__ = "b"
    id = mapped_column(Integer, primary_key=True)
    kind = mapped_column(String)
    t_id = mapped_column(ForeignKey("t.id"))
    t = relationship(T, backref="bs")
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "b"}


class S(B):
    __mapper_args__ = {"polymorphic_identity": "s"}


class J(B):
    __tablename__ = "j"
    id = mapped_column(ForeignKey("b.id"), primary_key=True)
    jv = mapped_column(Integer)
    __mapper_args__ = {"polymorphic_identity": "j"}


class JS(J):
    __mapper_args__ = {"polymorphic_identity": "js"}


T.ss = relationship(S, viewonly=True)
T.js = relationship(JS, viewonly=True)


class N(Base):
    __tablename__ = "n"
    id = mapped_column(Integer, primary_key=True)
    up_id = mapped_column(ForeignKey("n.id"))
    kind = mapped_column(String)
    up = relationship("N", remote_side=[id], backref="kids")
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "n"}


class M(N):
    __mapper_args__ = {"polymorphic_identity": "m"}


N.mup = relationship(M, primaryjoin=M.id == foreign(N.up_id), remote_side=N.id, viewonly=True)


class Mix:
    gone = mapped_column(Boolean)


class X(Mix, Base):
    __tablename__ = "x"
    id = mapped_column(Integer, primary_key=True)
    xs = relationship("Y", backref="x")


class Y(Mix, Base):
    __tablename__ = "y"
    id = mapped_column(Integer, primary_key=True)
    x_id = mapped_column(ForeignKey("x.id"))


sa = aliased(S)
na = aliased(N)
ma = aliased(M)
ba = aliased(B)
xa = aliased(X)


def w(q):
    return " ".join(str(q).split())


T.nb = column_property(select(func.count(B.id)).where(B.t_id == T.id).scalar_subquery())
ot = Table("ot", Base.metadata, Column("t_id", ForeignKey("t.id")), Column("x_id", ForeignKey("x.id")), Column("flag", Integer))
T.xs = relationship(X, secondary=ot)
configure_mappers()
wT = with_loader_criteria(T, T.id > 7)
wB = with_loader_criteria(B, B.id > 8)
wS = with_loader_criteria(S, S.id > 8)
wx = with_loader_criteria(X, lambda c: c.gone == False)
ta = aliased(T)
qs = {
    "u1": lambda: update(T).where(T.id == 1).values(id=2).options(wT),
    "u2": lambda: update(T).where(exists().where(B.t_id == T.id)).values(id=2).options(wT, wB),
    "u3": lambda: update(T).where(select(B.id).where(B.t_id == T.id).exists()).values(id=2).options(wB),
    "d1": lambda: delete(T).where(T.bs.any()).options(wB, wT),
    "d2": lambda: delete(T).where(exists().where(T.id == B.t_id)).options(wT),
    "u4": lambda: update(T).values(id=select(func.max(B.id)).scalar_subquery()).options(wB),
    "i1": lambda: insert(T).from_select(["id"], select(B.id)).options(wB),
    "u5": lambda: update(S).values(kind="q").options(wB),
    "u6": lambda: update(T.__table__).where(exists().where(B.t_id == T.__table__.c.id)).values(id=1).options(wB),
    "u7": lambda: update(T).where(T.id == B.t_id).values(id=1).options(wT, wB),
    "u8": lambda: update(S).where(S.t_id == T.id).values(kind="z").options(wT),
    "np1": lambda: select(B.id).where(T.nb > 5),
    "np3": lambda: select(T.nb).options(wT),
    "np4": lambda: select(T.nb).options(wB),
    "np5": lambda: select(T.id, T.nb).options(wB, wT),
    "np6": lambda: select(ta.nb).options(wB),
    "np9": lambda: select(func.max(T.nb)).options(wB, wT),
    "sj1": lambda: select(T.id).select_from(join(T, S)),
    "sj2": lambda: select(T.id).select_from(outerjoin(T, S)),
    "sj3": lambda: select(T.id).select_from(join(T, S, T.bs)),
    "sj4": lambda: select(T.id).select_from(join(S, T)),
    "sj5": lambda: select(S.id).select_from(join(S, T)),
    "sj6": lambda: select(T.id).select_from(join(T, sa)),
    "sj7": lambda: select(T.id).select_from(join(T, B)).options(wB, wT),
    "sj8": lambda: select(T.id).select_from(outerjoin(T, S, S.t_id == T.id)),
    "sj9": lambda: select(S.id).select_from(join(T, S)),
    "sj10": lambda: select(S).select_from(outerjoin(T, S)),
    "sj11": lambda: select(T.id).select_from(join(join(T, S), N, true())),
    "oj1": lambda: Session().query(T, sa).outerjoin(sa),
    "oj3": lambda: select(T, sa).outerjoin(sa),
    "oj4": lambda: select(T.id).join(sa),
    "oj5": lambda: select(T.id).outerjoin(S),
    "oj6": lambda: select(T.id, S.id).join_from(T, S),
    "sec1": lambda: select(T.id).join(T.xs.and_(ot.c.flag == 1)),
    "sec2": lambda: select(T.id).where(T.xs.and_(ot.c.flag == 1).any()),
    "sec3": lambda: select(T).options(joinedload(T.xs.and_(ot.c.flag == 1))),
    "sec4": lambda: select(ta.id).join(ta.xs.and_(ot.c.flag == 1, X.id > 1)),
    "sec5": lambda: select(T.id).join(T.xs.of_type(xa).and_(ot.c.flag == 1)),
    "q1": lambda: select(B.id, S.id),
    "q2": lambda: select(Bundle("z", B.id, S.id)),
    "q3": lambda: select(S, B),
    "q4": lambda: select(Bundle("z", S.id)),
    "q5": lambda: select(Bundle("z", B.id, Bundle("y", S.id + 1))),
    "fs1": lambda: select(aliased(S, select(S).where(S.id > 1).subquery())).where(text("1")),
    "fs3": lambda: select(select(S).subquery()),
    "cf": lambda: select(B.id).where(exists().where(T.id == 1).correlate(False)),
    "cn": lambda: select(T.id).where(exists().where(T.id == 1).correlate(None)),
    "ce": lambda: select(T.id).where(select(B.id).where(B.t_id == T.id).correlate_except(None).exists()),
    "ce2": lambda: select(T.id).where(select(B.id).where(B.t_id == T.id).correlate_except(False).exists()),
    "ce3": lambda: select(T.id).where(select(B.id).where(B.t_id == T.id).correlate_except(B).exists()),
    "co": lambda: select(T.id).where(select(B.id).where(B.t_id == T.id).correlate(T).exists()),
    "co2": lambda: select(ta.id).where(select(B.id).where(B.t_id == ta.id).correlate(ta).exists()),
    "co3": lambda: select(T.id, B.id).where(select(J.id).where(J.t_id == T.id, J.jv == B.id).correlate(B).exists()),
    "co4": lambda: select(J.id).where(select(T.id).where(J.t_id == T.id).correlate(J).exists()),
    "co5": lambda: select(J.id).where(select(T.id).where(J.t_id == T.id).correlate_except(T).exists()),
    "co6": lambda: select(J.id).where(select(J.id).where(J.t_id == 1).correlate(B).exists()),
    "jf1": lambda: select(T.id).join_from(T, B, B.t).join_from(T, X, true()),
    "jf2": lambda: select(B.id).join_from(T, B.t),
    "jf3": lambda: select(T).join_from(ta, T.bs),
    "jf4": lambda: select(T).join(S, T.xs),
    "jf5": lambda: select(T).join_from(X, T.bs),
    "jf6": lambda: select(T).join(X, T.bs),
    "jf7": lambda: select(T).join(ta, T.bs),
    "jf8": lambda: select(T).join_from(T, B, ta.bs),
    "jf9": lambda: select(B.id, T.id).join_from(T, S),
}
for k, f in qs.items():
    try:
        print(k, "|", w(f()))
    except Exception as e:
        print(k, "!!", type(e).__name__, str(e).split("0x")[0][:160])


T.jr = relationship(J, viewonly=True)
J.own = relationship(T, viewonly=True, primaryjoin=lambda: J.jv == foreign(T.id), uselist=False)
configure_mappers()
ta = aliased(T)
ja = aliased(J)
sub = aliased(T, select(T).subquery())
qs = {
    "a1": lambda: select(T.id).where(T.bs.and_(B.id > 1).any()),
    "a2": lambda: select(T.id).where(T.xs.and_(X.id > 1).any()),
    "a3": lambda: select(B.id).where(B.t.and_(T.id > 1).has(T.id > 2)),
    "a4": lambda: select(N.id).where(N.kids.and_(N.id > 4).any(N.id > 5)),
    "a5": lambda: select(T.id).where(T.bs.of_type(S).and_(S.id > 1).any()),
    "a6": lambda: select(ta.id).where(ta.bs.and_(B.id > 1).any()),
    "j1": lambda: select(J.id).join_from(J, B.t),
    "j2": lambda: select(J.id).join_from(J, T, B.t),
    "j3": lambda: select(B.id).join_from(B, J.own),
    "j4": lambda: select(B.id).join_from(B, T, J.own),
    "j5": lambda: select(T.id).join(J, T.bs),
    "j6": lambda: select(T.id).join(B, T.jr),
    "j7": lambda: select(T.id).join(JS, T.jr),
    "j8": lambda: select(T.id).join(ja, T.bs),
    "j9": lambda: select(T.id).join(ba, T.jr),
    "j11": lambda: select(B.id).join(T.__table__, B.t),
    "j12": lambda: select(B.id).join(T.__table__.alias(), B.t),
    "j13": lambda: select(B.id).join(X.__table__, B.t),
    "j14": lambda: select(ba.id).join_from(ba, T, B.t),
    "j15": lambda: select(B.id).join_from(B.__table__, T, B.t),
    "j16": lambda: Session().query(T).join(X, T.bs),
    "j17": lambda: Session().query(J).join(T, B.t),
    "j18": lambda: select(B.id).select_from(X).join(T, B.t),
    "j19": lambda: select(ja.id).join_from(ja, ja.t),
    "j20": lambda: select(J.id).join_from(J, J.t),
    "j21": lambda: select(B.id).join(aliased(T, flat=True), B.t),
    "j22": lambda: select(T.id).join(select(B).subquery(), T.bs),
    "j23": lambda: select(T.id).join(S, T.bs.of_type(B)),
    "j24": lambda: select(T.id).join(sa, T.bs.of_type(sa)),
    "j25": lambda: select(T.id).join(sa, T.bs.of_type(S)),
    "wp1": lambda: select(T.id).join(with_polymorphic(B, [J]), T.bs),
    "wp2": lambda: select(T.id).join(T.bs.of_type(with_polymorphic(B, [J]))),
    "o1": lambda: select(T.id).select_from(join(T, B)).options(with_loader_criteria(T, T.id > 7)),
    "o2": lambda: select(T.id, B.id).select_from(join(T, B)).options(with_loader_criteria(B, B.id > 7)),
    "o3": lambda: select(literal(1)).select_from(join(S, T)),
    "o4": lambda: select(literal(1)).select_from(S),
    "o5": lambda: select(N.id).select_from(join(S, T)),
    "o6": lambda: select(N.id).select_from(join(join(S, T), X, true())),
    "o7": lambda: select(T.id).select_from(join(T, S.__table__)),
    "o8": lambda: select(T.id).select_from(join(sa, T)),
    "o9": lambda: select(T.id).select_from(join(T, N, true())).join(S, S.t_id == T.id),
    "o10": lambda: select(T.id).select_from(S.__table__.join(T.__table__)).where(S.id > 1),
    "o11": lambda: select(T.id).select_from(join(T, S)).where(S.id > 1),
    "o12": lambda: select(func.count()).select_from(join(T, S)),
}
for k, f in qs.items():
    try:
        print(k, "|", w(f()))
    except Exception as e:
        print(k, "!!", type(e).__name__, str(e).split("0x")[0][:160])


from oxalchemy import *
from oxalchemy.orm import *

Base = declarative_base()


class U(Base):
    __tablename__ = "u"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    ads = relationship("A", backref="user")
    os = relationship("O", backref="user")


class A(Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)
    u_id = Column(ForeignKey("u.id"))
    em = Column(String)
    ds = relationship("D", backref="a")


class D(Base):
    __tablename__ = "d"
    id = Column(Integer, primary_key=True)
    a_id = Column(ForeignKey("a.id"))


class O(Base):
    __tablename__ = "o"
    id = Column(Integer, primary_key=True)
    u_id = Column(ForeignKey("u.id"))
    a_id = Column(ForeignKey("a.id"))
    a = relationship(A)


configure_mappers()
e = create_engine("sqlite://")
Base.metadata.create_all(e)
s = Session(e)
u = U(name="x", ads=[A(em="e", ds=[D()])])
s.add(u)
s.commit()


def w(q):
    return " ".join(str(q).split())


aa = aliased(A)
ua = aliased(U)
u1 = select(U).subquery("u1")
u2 = select(U).subquery("u2")
c1 = select(U.__table__).subquery("c1")
c2 = select(U.__table__).subquery("c2")
L = {
    "we1": lambda: s.query(U).join(U.ads).with_entities(A.id),
    "we2": lambda: s.query(D).join(D.a).with_entities(D.id),
    "we3": lambda: s.query(U).join(U.ads).with_entities(D.id),
    "we4": lambda: s.query(U).join(A).with_entities(A.id).join(D),
    "we5": lambda: s.query(U.id).join(A).with_entities(U.name, A.em),
    "we6": lambda: s.query(U).join(U.ads).with_entities(func.count()),
    "we7": lambda: s.query(D.id).join(A).with_entities(A.id).join(U),
    "we8": lambda: select(U).join(U.ads).with_only_columns(A.id),
    "we9": lambda: select(D).join(D.a).with_only_columns(D.id),
    "we10": lambda: select(U).join(U.ads).with_only_columns(func.count()),
    "we11": lambda: select(U).join(U.ads).with_only_columns(D.id),
    "we12": lambda: select(U).join(A).with_only_columns(A.id).join(D),
    "we13": lambda: s.query(U).filter(U.id == 1).with_entities(A.id),
    "we14": lambda: s.query(U).with_entities(A.id).join(U),
    "we15": lambda: select(U.id).join(A).with_only_columns(A.em, maintain_column_froms=True),
    "wu1": lambda: s.query(D).join(D.a).union(s.query(D)).with_entities(D.id),
    "wu2": lambda: s.query(D).union(s.query(D)).join(D.a).with_entities(D.id),
    "wu3": lambda: s.query(D).union(s.query(D)).with_entities(D.id).join(A),
    "wu4": lambda: s.query(D.id).union(s.query(D.id)).join(A),
    "op1": lambda: s.query(U).join(U.os).join(O.a).join(U.os),
    "op2": lambda: s.query(U).join(U.os).join(U.ads).join(U.os),
    "op3": lambda: select(U).join(U.os).join(U.ads).join(U.os),
    "op4": lambda: s.query(U).join(U.ads).join(A.ds).join(U.ads),
    "rl1": lambda: select(u1.c.id, u1.c.name, u2.c.id, u2.c.name),
    "rl2": lambda: select(c1.c.id, c1.c.name, c2.c.id, c2.c.name),
    "rl3": lambda: select(ua.id, ua.name, U.id, U.name),
    "rl4": lambda: select(u1.c.id, U, u2.c.id),
    "rl5": lambda: select(aliased(U, u1).id, aliased(U, u2).id),
    "rl6": lambda: select(u1.c.id, u2.c.id).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL),
    "rl7": lambda: s.query(u1.c.id, u2.c.id),
    "rl8": lambda: s.query(u1, u2),
    "rl9": lambda: select(u1, u2),
    "rl10": lambda: select(U.__table__.c.id, U.id),
    "rl11": lambda: select(U.id, U.id),
    "rl12": lambda: select(U.id.label("q"), U.id.label("q")),
    "rl13": lambda: select(u1.c.id, U.id),
    "me1": lambda: s.query(aa).filter(aa.user != u),
    "me2": lambda: s.query(A).filter(A.user != u),
    "me3": lambda: s.query(aa).filter(aa.user == u),
    "me4": lambda: s.query(ua).filter(ua.ads.contains(u.ads[0])),
    "me5": lambda: s.query(A).filter(~(A.user == u)),
    "me6": lambda: s.query(A).filter(A.user == None),
    "me7": lambda: s.query(aa).filter(~(aa.user == u)),
    "me8": lambda: s.query(A).filter(or_(A.user != u, A.user != None)),
}
for k, f in L.items():
    try:
        q = f()
        t = w(q)
        r = s.execute(q) if not isinstance(q, Query) else None
        print(k, "|", t, list(r.keys()) if r is not None else [getattr(x, "_fields", None) for x in q.all()][:1])
    except Exception as ex:
        print(k, "!!", type(ex).__name__, str(ex).split("\n")[0].split("0x")[0][:170])
