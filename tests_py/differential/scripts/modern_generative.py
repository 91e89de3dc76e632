"""The generative methods of select(), set operations and Query: the same arguments, the same statements."""

import warnings

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import mysql, postgresql

warnings.simplefilter("ignore")
Base = orm.declarative_base()


class User(Base):
    __tablename__ = "user"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String)


class Sub(User):
    __tablename__ = "sub"
    id = sa.Column(sa.ForeignKey("user.id"), primary_key=True)
    x = sa.Column(sa.Integer)


class Comp(Base):
    __tablename__ = "comp"
    id = sa.Column(sa.Integer, primary_key=True)
    a = sa.Column(sa.Integer)
    b = sa.Column(sa.Integer)
    ab = orm.composite(lambda a, b: (a, b), a, b)
    user_id = sa.Column(sa.ForeignKey("user.id"))
    user = orm.relationship(User)
    syn = orm.synonym("a")


Al = orm.aliased(User, name="u1")
t = User.__table__
engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
Base.metadata.create_all(engine)
s = orm.Session(engine)
s.add_all([User(name="x"), Sub(name="y", x=3)])
s.commit()
union = sa.union(sa.select(User.id), sa.select(Sub.id))


def show(name, make, dialect=None):
    try:
        made = make()
        text = getattr(made, "statement", made).compile(dialect=dialect) if dialect else made
        print(name, "|", " ".join(str(text).split()))
    except Exception as e:
        words = " ".join(str(e).split())
        print(name, "!!", type(e).__name__, words.split(" expected, got ")[0])


things = {
    "class": User,
    "subclass": Sub,
    "alias": Al,
    "mapper": sa.inspect(User),
    "table": t,
    "table alias": t.alias("ta"),
    "subquery": sa.select(User.id).subquery(),
    "scalar": sa.select(User.id).scalar_subquery(),
    "bundle": orm.Bundle("b", User.id, User.name),
    "composite": Comp.ab,
    "relationship": Comp.user,
    "synonym": Comp.syn,
    "string": "name",
    "None": None,
    "False": False,
    "True": True,
    "int": 1,
    "desc": sa.desc("name"),
    "text": sa.text("name"),
    "attribute desc": User.name.desc(),
    "label": User.name.label("q"),
    "object": object(),
}
for method in ("group_by", "order_by", "distinct", "having", "where"):
    for name, thing in things.items():
        show(f"select.{method}({name})", lambda method=method, thing=thing: getattr(sa.select(User.id), method)(thing))
        show(f"query.{method}({name})", lambda method=method, thing=thing: getattr(s.query(User.id), method)(thing))
        if method.endswith("_by"):
            show(f"union.{method}({name})", lambda method=method, thing=thing: getattr(union, method)(thing))
for name, thing in things.items():
    pg = postgresql.dialect()
    show(f"distinct on {name}", lambda thing=thing: sa.select(User.id).distinct(thing), pg)
    show(f"query distinct on {name}", lambda thing=thing: s.query(User.id).distinct(thing), pg)
    show(f"over {name}", lambda thing=thing: sa.select(sa.func.count().over(partition_by=thing)))
    show(f"over order {name}", lambda thing=thing: sa.select(sa.func.count().over(order_by=thing)))
    show(f"within {name}", lambda thing=thing: sa.select(sa.func.x().within_group(thing)))
for name, thing in {"class": User, "alias": Al, "table": t, "column": User.id, "several": [User, Al], "subclass": Sub}.items():
    show(f"for update of {name}", lambda thing=thing: sa.select(User.id).with_for_update(of=thing), postgresql.dialect())
    show(f"query for update of {name}", lambda thing=thing: s.query(User.id).with_for_update(of=thing), postgresql.dialect())
for name, thing in {"class": User, "alias": Al, "table": t, "subclass": Sub}.items():
    hint = (thing, "hint %(name)s", "mysql")
    show(f"hint {name}", lambda hint=hint: sa.select(User.id, Al.id).with_hint(*hint), mysql.dialect())
    show(f"query hint {name}", lambda hint=hint: s.query(User.id, Al.id).with_hint(*hint), mysql.dialect())
for bounds in [(0, 5), (2, None), (2, 5), (None, 5), (None, None), (5, 2)]:
    show(f"slice{bounds}", lambda b=bounds: sa.select(User.id).slice(*b))
    show(f"query.slice{bounds}", lambda b=bounds: s.query(User.id).slice(*b))
    show(f"offset, slice{bounds}", lambda b=bounds: sa.select(User.id).offset(10).limit(3).slice(*b))
    show(f"query offset, slice{bounds}", lambda b=bounds: s.query(User.id).offset(10).limit(3).slice(*b))
    show(f"fetch, slice{bounds}", lambda b=bounds: sa.select(User.id).fetch(10).slice(*b))
    show(f"union slice{bounds}", lambda b=bounds: union.slice(*b))
for kind, base in {"select": sa.select(User.id), "query": s.query(User.id), "union": union}.items():
    show(
        f"{kind} twice",
        lambda b=base: b.order_by(User.id).order_by(User.name).group_by(User.id).group_by(None).group_by(User.name),
    )
    show(f"{kind} two Nones", lambda b=base: b.order_by(None, None))
    show(f"{kind} nothing", lambda b=base: b.order_by(User.id).order_by().group_by())
for kind, base in {"select": sa.select(User.id), "query": s.query(User.id)}.items():
    show(f"{kind} distinct", lambda b=base: b.distinct().distinct(User.id).distinct(User.name), postgresql.dialect())
    show(f"{kind} words", lambda b=base: b.prefix_with("a", sa.text("b")).suffix_with("c").with_statement_hint("d"))
inner = sa.select(Al.id).where(Al.name == User.name)
for name, value in {
    "to": inner.correlate(User),
    "to two": inner.correlate(User).correlate(t.alias()),
    "but": inner.correlate_except(Al),
    "None": inner.correlate(None),
    "back": inner.correlate(None).correlate(User),
    "query": s.query(Al.id).filter(Al.name == User.name).correlate(User),
    "query None": s.query(Al.id).filter(Al.name == User.name).correlate(None),
    "query back": s.query(Al.id).filter(Al.name == User.name).correlate(None).correlate(User),
}.items():
    show(f"correlate {name}", lambda v=value: sa.select(User.id).where(User.id == v.scalar_subquery()))
print(s.execute(sa.select(User.name).group_by(User).order_by(User.id)).all())
print(s.execute(sa.select(Sub.name, sa.func.count()).group_by(Sub)).all())
print(s.execute(sa.select(Al.name).group_by(Al).order_by(Al.name.desc())).all())
print(s.query(sa.func.count(), Sub).group_by(Sub).all()[0][0], s.query(User.name).select_from(User).group_by(User).all())
