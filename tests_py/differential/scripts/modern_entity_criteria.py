"""Which entities of a statement bring criteria with them (single-table inheritance, with_loader_criteria), at every place
where an entity may stand, statements inside statements included."""

# ruff: noqa: E501, E702, E711, E712, E741, F403, F405
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


# single-table inheritance
qs = {
    "count": select(func.count(S.id)),
    "min": select(func.min(S.id)),
    "plus": select(S.id + 1),
    "label": select((S.id + 1).label("x")),
    "label2": select(S.id.label("x")),
    "where only": select(T.id).where(S.id == T.id),
    "where only2": select(B.id).where(S.id > 1),
    "order": select(T.id).order_by(S.id),
    "order2": select(B.id).order_by(S.kind),
    "group": select(B.kind).group_by(S.kind),
    "having": select(B.kind).having(S.kind == "q"),
    "two": select(S.id, B.id),
    "sub+base": select(B, S.id),
    "alias": select(func.count(sa.id)),
    "alias2": select(sa.id + 1),
    "case": select(case((S.id > 1, S.kind), else_="n")),
    "mix": select(S.id + T.id),
    "mix2": select(func.coalesce(S.id, sa.id, T.id)),
    "exists": select(T.id).where(exists().where(S.t_id == T.id)),
    "exists2": select(T.id).where(select(S.id).where(S.t_id == T.id).exists()),
    "exists3": select(T.id).where(exists(S.id).where(S.t_id == T.id)),
    "in": select(T.id).where(T.id.in_(select(S.t_id))),
    "in2": select(T.id).where(T.id.in_(select(func.max(S.t_id)))),
    "any": select(T.id).where(T.ss.any()),
    "any2": select(T.id).where(T.bs.of_type(S).any()),
    "any3": select(T.id).where(T.js.any()),
    "anyalias": select(T.id).where(T.bs.of_type(sa).any()),
    "scalar": select(T.id, select(func.count(S.id)).where(S.t_id == T.id).scalar_subquery()),
    "subq": select(select(S.id).subquery()),
    "subq2": select(select(func.count(S.id)).subquery()),
    "cte": select(select(S.id + 1).cte()),
    "union": union_all(select(S.id), select(S.id + 2)),
    "from": select(literal(1)).select_from(S),
    "countfrom": select(func.count()).select_from(S),
    "countfrom alias": select(func.count()).select_from(sa),
    "join": select(T.id).join(S, S.t_id == T.id),
    "join2": select(func.count(S.id)).join(T),
    "joinrel": select(T.id, func.count(S.id)).join(T.ss),
    "joinfrom": select(T.id).join_from(S, T),
    "outer": select(func.count(S.id)).select_from(T).outerjoin(T.ss),
    "js": select(func.count(JS.id)),
    "js2": select(JS.jv + 1),
    "js3": select(func.count(JS.kind)),
    "distinct": select(S.id).distinct(S.kind),
    "over": select(func.row_number().over(order_by=S.id)),
    "over2": select(func.sum(T.id).over(partition_by=S.id)),
    "cast": select(cast(S.id, String)),
    "tuple": select(T.id).where(tuple_(S.id, T.id).in_([(1, 2)])),
    "text": select(text("x"), S.id + 1),
    "core": select(S.__table__.c.id),
    "core2": select(S.__table__.c.id + 1, S.id),
    "filter": select(func.count(T.id).filter(S.id > 1)),
    "onlycols": select(S).with_only_columns(func.count(S.id)),
    "onlycols2": select(S).with_only_columns(func.count(), maintain_column_froms=True),
    "bundle": select(Bundle("b", S.id + 1)),
    "nested sc": select(select(S.id).scalar_subquery()),
    "type": select(type_coerce(S.id, String)),
    "notcol": select(~S.kind.is_(None)),
    "desc": select(S.id.desc()),
    "wherefn": select(T.id).where(func.abs(S.id) == T.id),
}
for k, q in qs.items():
    try:
        print(k, "|", w(q))
    except Exception as e:
        print(k, "!!", type(e).__name__, str(e)[:150])
ss = Session()
lq = {
    "q count": lambda s: s.query(func.count(S.id)),
    "q plus": lambda s: s.query(S.id + 1),
    "q where": lambda s: s.query(T.id).filter(S.id == T.id),
    "q exists": lambda s: s.query(T.id).filter(s.query(S).filter(S.t_id == T.id).exists()),
    "q existsplus": lambda s: s.query(T.id).filter(s.query(S.id + 1).filter(S.t_id == T.id).exists()),
    "q sub": lambda s: s.query(s.query(func.max(S.id)).subquery()),
    "q sf": lambda s: s.query(func.count("*")).select_from(S),
    "q union": lambda s: s.query(S.id).union(s.query(S.id + 1)),
    "q label": lambda s: s.query(func.count(S.id).label("x"), T.id).group_by(T.id),
}
for k, f in lq.items():
    try:
        print(k, "|", w(f(ss)))
    except Exception as e:
        print(k, "!!", type(e).__name__, str(e)[:150])

qs = {
    "rev": select(T.id).where(T.id == S.id),
    "and": select(T.id).where(T.id == 1, S.id == T.id),
    "or": select(T.id).where(or_(T.id == 1, S.id == 2)),
    "and2": select(T.id).where(and_(T.id == 1, T.id == S.id)),
    "isnull": select(T.id).where(S.id.is_(None)),
    "not": select(T.id).where(~(S.id == T.id)),
    "notin": select(T.id).where(S.id.in_([1])),
    "between": select(T.id).where(S.id.between(1, 2)),
    "rev between": select(T.id).where(T.id.between(S.id, S.t_id)),
    "plus": select(T.id).where(S.id + 1 == T.id),
    "plus2": select(T.id).where(T.id == S.id + 1),
    "func": select(T.id).where(func.f(S.id)),
    "func2": select(T.id).where(T.id == func.f(S.id)),
    "cast": select(T.id).where(cast(S.id, String) == "x"),
    "case": select(T.id).where(case((S.id == 1, True), else_=False)),
    "desc": select(T.id).where(S.kind),
    "lit": select(T.id).where(literal(1) == S.id),
    "alias": select(T.id).where(sa.id == 1),
    "alias2": select(T.id).where(T.id == sa.id, S.id == 2),
    "exists nested": select(T.id).where(exists().where(T.id == S.t_id)),
    "exists fn": select(T.id).where(exists().where(func.f(S.t_id) == T.id)),
    "exists fn2": select(T.id).where(exists(func.f(S.t_id))),
    "exists1": select(T.id).where(exists(select(literal(1)).where(S.t_id == T.id))),
    "core": select(T.__table__.c.id).where(S.id == T.__table__.c.id),
    "core2": select(T.__table__.c.id).where(T.__table__.c.id == S.id),
    "core3": select(literal(1)).where(S.id == 1),
    "core4": select(literal(1)).where(func.f(S.id)),
    "core5": select(text("x")).where(S.id == 1),
    "c1": select(T.id + S.id),
    "c2": select(func.coalesce(literal(1), S.id)),
    "c3": select(func.coalesce(T.id, S.id)),
    "c4": select(case((T.id > 1, S.id))),
    "c5": select(literal(1) + S.id),
    "c6": select(func.f(func.g(S.id))),
    "c7": select(-S.id),
    "c8": select(S.id == 1),
    "c9": select(and_(T.id == 1, S.id == 1)),
    "c10": select(func.f(S.id) == T.id),
    "c12": select((T.id == 1) | (S.id == 1)),
    "c13": select(func.row_number().over(partition_by=S.id)),
    "c14": select(func.max(S.id).over(partition_by=T.id)),
    "c15": select(func.count(T.id).filter(S.id > 1)),
    "c16": select(func.count(S.id).filter(T.id > 1)),
    "c17": select(func.f(S.id).label("x")),
    "c18": select(func.percentile_cont(0.5).within_group(S.id)),
    "c19": select(cast(S.id + 1, String)),
    "c20": select(extract("year", S.id)),
    "c21": select(func.count(distinct(S.id))),
    "c22": select(func.count(S.id.distinct())),
    "c23": select(nullslast(S.id)),
    "c24": select(S.id.collate("x")),
    "c25": select(type_coerce(S.id + 1, String)),
    "c26": select(func.f(T.id + S.id)),
    "c27": select(func.f(text("x"), S.id)),
    "c28": select(S.kind.op("->")("x")),
    "sc": select(T.id).where(T.id == select(S.id).scalar_subquery()),
    "sc2": select(T.id).where(T.id == select(func.f(S.id)).where(S.id == T.id).scalar_subquery()),
    "sc3": select(T.id).where(T.id == select(func.f(T.id)).where(S.id == T.id).scalar_subquery()),
    "joinon": select(T.id).join(B, S.id == T.id),
    "joinalias": select(T.id).join(ba, S.id == T.id),
    "orderby exists": select(T.id).order_by(exists().where(S.id == T.id)),
    "upd": update(T).where(S.id == T.id).values(id=1),
    "upd2": update(S).values(kind="x"),
    "upd3": update(B).where(S.kind == "x").values(kind="y"),
    "upd4": update(T).values(id=select(func.max(S.id)).scalar_subquery()),
    "upd5": update(T).where(exists().where(S.t_id == T.id)).values(id=1),
    "del": delete(T).where(T.id.in_(select(func.max(S.id)))),
    "del2": delete(S),
    "ins": insert(T).from_select(["id"], select(func.max(S.id))),
    "subq of T": select(T.id).join(select(S.t_id).subquery(), true()),
    "lateral": select(T.id, select(S.id).where(S.t_id == T.id).lateral()),
    "aliassubq": select(aliased(S, select(S).subquery())),
    "aliassubq2": select(aliased(S, select(B).subquery())),
    "aliassubq3": select(func.count(aliased(S, select(B).subquery()).id)),
    "wp": select(func.count(with_polymorphic(B, [S]).id)),
    "wp2": select(with_polymorphic(S, "*")),
    "two": select(func.count(S.id), func.count(sa.id)),
    "having": select(func.count(S.id)).having(func.count(sa.id) > 1),
    "distinct": select(T.id).distinct(),
    "core subq": select(T.__table__.c.id).where(T.__table__.c.id.in_(select(S.t_id))),
    "core exists": select(T.__table__).where(exists().where(S.t_id == T.__table__.c.id)),
    "core scalar": select(select(S.id).scalar_subquery()),
    "table ex": select(T.__table__).where(select(S).where(S.t_id == 1).exists()),
}
for k, q in qs.items():
    try:
        print(k, "|", w(q))
    except Exception as e:
        print(k, "!!", type(e).__name__, str(e)[:150])


# relationships as criteria; with_loader_criteria
def o(q):
    return q.options(with_loader_criteria(B, B.t_id > 7), with_loader_criteria(N, lambda c: c.id > 9, include_aliases=True))


qs = {
    "m has": select(N.id).where(N.mup.has()),
    "m has2": select(N.id).where(N.mup.has(M.id == 3)),
    "m has3": select(M.id).where(M.up.has(N.id == 3)),
    "m of": select(N.id).where(N.up.of_type(M).has(M.id == 1)),
    "m ofa": select(N.id).where(N.up.of_type(ma).has(ma.id == 1)),
    "ma": select(ma.id).where(ma.mup.has(M.id == 1)),
    "na": select(na.id).where(na.up.has(N.id == 1)),
    "any": select(N.id).where(N.kids.any(N.id == 5)),
    "has scal": select(N.id).where(N.up.has(N.id == select(M.id).scalar_subquery())),
    "over1": select(T.id, func.row_number().over(order_by=S.id)),
    "over2": select(T.id, func.row_number().over(partition_by=S.id)),
    "filt": select(T.id, func.count(T.id).filter(S.id > 1)),
    "ext": select(T.id, extract("year", S.id)),
    "wg": select(T.id, func.f(1).within_group(S.id)),
    "sc": select(T.id, literal(1) + select(S.id).scalar_subquery()),
    "coal": select(func.coalesce(T.id, JS.jv)),
    "coal2": select(func.coalesce(JS.jv, T.id)),
    "wj": select(T.id).where(JS.jv == T.id),
    "wj2": select(T.id).where(J.jv == T.id),
    "wj3": select(JS.id).where(J.jv == 1),
    "c J": select(func.count(J.jv)),
    "c J2": select(J.jv + 1),
    "c J3": select(T.id, J.jv),
    "whereJ fn": select(func.f(T.id)).where(J.jv == 1),
    "J case": select(case((J.jv == 1, T.id))),
    "join mid": select(T.id).join(T.bs).where(S.id == 1),
    "join mid2": select(T.id).join(T.bs.of_type(S)).where(S.id == 1),
    "ex sf": select(T.id).where(exists().select_from(S).where(S.t_id == T.id)),
    "ex sel": select(T.id).where(exists(select(1).select_from(S))),
    "ex tbl": select(T.id).where(exists().where(B.__table__.c.t_id == T.id)),
}
for k, q in qs.items():
    for n, f in (("", lambda x: x), (" wlc", o)):
        try:
            print(k + n, "|", w(f(q)))
        except Exception as e:
            print(k + n, "!!", type(e).__name__, str(e)[:150])

opts = {
    "N": with_loader_criteria(N, N.id > 7),
    "Na": with_loader_criteria(N, N.id > 7, include_aliases=True),
    "Nl": with_loader_criteria(N, lambda c: c.id > 7),
    "M": with_loader_criteria(M, M.id > 7),
    "na": with_loader_criteria(na, na.id > 7),
    "B": with_loader_criteria(B, B.id > 7),
    "Ba": with_loader_criteria(B, B.id > 7, include_aliases=True),
    "S": with_loader_criteria(S, S.id > 7),
    "J": with_loader_criteria(J, J.jv > 7),
    "T": with_loader_criteria(T, T.id > 7),
}
qs = {
    "kids any": (select(N.id).where(N.kids.any()), "N Na"),
    "bs any": (select(T.id).where(T.bs.any()), "B Ba T"),
    "ss any": (select(T.id).where(T.ss.any()), "B Ba S"),
    "js": (select(T.id).where(T.js.any()), "B Ba J"),
    "t has": (select(B.id).where(B.t.has()), "B Ba T"),
    "joinedN": (select(N).options(joinedload(N.up)), "N Na Nl"),
    "joinedT": (select(T).options(joinedload(T.bs)), "B Ba S"),
    "S": (select(S), "B Ba S"),
    "Sid": (select(S.id), "B Ba S"),
    "ba": (select(ba.id), "B Ba"),
    "na": (select(na.id), "N Na M na"),
    "J": (select(J), "B Ba J"),
    "J2": (select(J.jv), "B Ba J"),
    "J3": (select(func.count(J.id)), "B Ba J"),
    "B": (select(B), "S J B"),
    "join": (select(N.id).join(N.kids.of_type(na)), "N Na na"),
    "join2": (select(N.id).join(N.kids.of_type(ma)), "N Na M"),
    "table": (select(T.id).join(B.__table__), "B"),
    "sfrom": (select(literal(1)).select_from(join(T, B)), "B T"),
    "sfrom2": (select(literal(1)).select_from(T).join(T.bs), "B T"),
    "outer": (select(T).outerjoin(T.bs), "B"),
    "onclause": (select(T.id).join(B, B.t_id == T.id), "B T"),
    "order": (select(T.id).order_by(select(B.id).where(B.t_id == T.id).scalar_subquery()), "B"),
    "grp": (select(func.count(T.id)).group_by(select(B.id).scalar_subquery()), "B"),
    "having": (select(func.count(T.id)).having(exists().where(B.t_id == T.id)), "B"),
    "func sc": (select(func.f(select(B.id).scalar_subquery())), "B"),
    "core": (select(T.__table__).where(exists().where(B.t_id == T.__table__.c.id)), "B"),
    "core fn": (select(literal(1)).where(func.f(select(B.id).scalar_subquery())), "B"),
    "crit in crit": (select(T.id), "T"),
}
for k, (q, os) in qs.items():
    for n in [""] + os.split():
        try:
            print(k, n, "|", w(q.options(opts[n]) if n else q))
        except Exception as e:
            print(k, n, "!!", type(e).__name__, str(e)[:150])
for n, kw in (("", {}), ("ia", {"include_aliases": True})):
    m = with_loader_criteria(Mix, lambda c: c.gone == False, **kw)
    for k, q in {
        "X": select(X.id),
        "Xf": select(func.count(X.id)),
        "any": select(X.id).where(X.xs.any()),
        "join": select(X.id).join(X.xs),
        "jl": select(X.id, X).options(joinedload(X.xs)),
        "exists": select(X.id).where(exists().where(Y.x_id == X.id)),
        "alias": select(aliased(Y).id),
        "in": select(X.id).where(X.id.in_(select(Y.x_id))),
    }.items():
        print("mix", n, k, "|", w(q.options(m)))
nestopt = select(T.id).where(exists(select(B.id).options(opts["B"]).where(B.t_id == T.id)))
print("nestopt", w(nestopt))
print(w(select(B.id, select(B.id).options(opts["B"]).scalar_subquery())))
print(w(select(select(B.id).options(opts["B"]).subquery())))
print(w(select(B.id).where(T.id.in_(select(T.id).options(opts["B"])))))
print(w(union_all(select(B.id).options(opts["B"]), select(B.id))))
print(w(union_all(select(B.id), select(B.id)).options(opts["B"])))
cr = with_loader_criteria(T, T.id.in_(select(B.t_id)))
print(w(select(T.id).options(cr, opts["B"])))
cr = with_loader_criteria(T, T.id.in_(select(T.id).where(T.id > 5)))
try:
    print(w(select(T.id).options(cr)))
except RecursionError:
    print("rec")
cr = with_loader_criteria(T, lambda c: c.id.in_(select(c.id).where(c.id > 5)))
try:
    print(w(select(T.id).options(cr)))
except RecursionError:
    print("rec")

mx = with_loader_criteria(X, X.gone == False)
my = with_loader_criteria(Y, Y.gone == False)
mb = [mx, my]
mxa = with_loader_criteria(X, X.gone == False, include_aliases=True)
qs = {
    "a": select(literal(1)).where(Y.x_id == X.id),
    "b": select(literal(1)).where(X.id == Y.x_id),
    "c": select(X.id).where(exists().where(X.id == Y.x_id)),
    "d": select(X.id).where(exists().where(Y.x_id == X.id, Y.id == 1)),
    "e": select(X.id).where(exists().where(Y.id == 1, X.id == Y.x_id)),
    "e2": select(X.id).where(exists().where(X.id == 1)),
    "e3": select(xa.id).where(exists().where(X.id == xa.id)),
    "e4": select(Y.id).where(exists(select(X.id).where(Y.x_id == 1))),
    "f": select(X.id).where(exists(select(Y.id).where(X.id == Y.x_id))),
    "g": select(X.id).where(Y.x_id == 1),
    "h": select(X.id).where(X.xs.any(Y.id == X.id)),
    "i": select(X.id).where(X.xs.any()),
    "j": select(X.id, select(Y.id).where(Y.x_id == X.id).scalar_subquery()),
    "k": select(X.id, select(Y.id + X.id).where(Y.x_id == X.id).scalar_subquery()),
    "l": select(X.id, select(X.id + Y.id).where(Y.x_id == X.id).scalar_subquery()),
    "m": select(X.id, select(X.id, Y.id).where(Y.x_id == X.id).exists()),
    "n": select(X.id).where(exists().where(Y.x_id == X.id).correlate(X)),
    "o": select(X.id).where(exists().where(Y.x_id == X.id).correlate_except(Y)),
    "p": select(X.id).where(exists().select_from(Y).where(Y.x_id == X.id)),
    "q": select(X.id).where(exists().select_from(Y).where(X.id == Y.x_id).correlate(X)),
    "r": select(X.id, select(Y.id).where(Y.x_id == X.id).lateral()),
    "s": select(select(Y.id, X.id).where(Y.x_id == X.id).subquery()),
    "t": select(N.id).where(N.kids.any(N.id == 3)),
    "u": select(N.id).where(exists().where(N.id == 3)),
    "v": select(B.id).where(B.t.has(B.id == 3)),
}
for k, q in qs.items():
    for n, o in (
        ("x", mx),
        ("y", my),
        ("xa", mxa),
        ("nb", [with_loader_criteria(N, N.id > 7), with_loader_criteria(B, B.id > 7)]),
    ):
        s = w(q.options(*(o if isinstance(o, list) else [o])))
        if s != w(q):
            print(k, n, "|", s)
