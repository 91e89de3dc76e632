"""Names of hybrids: in rows, in the text, in descriptions and of the attribute itself."""

# ruff: noqa: B006, E742, UP031, B008, B023, E402, E501, F401, F811, E701, E702, E711, E712, E721, E731, E741, F403, F405, I001, UP006, UP035, UP045
import oxalchemy as sa
from oxalchemy import *
from oxalchemy.orm import *
from oxalchemy import event, exc, inspect
from oxalchemy.ext.hybrid import hybrid_property, hybrid_method, Comparator


def tr(f, *a):
    try:
        r = f()
        print(r if r is not None else "ok")
    except RecursionError:
        print("RecursionError")
    except Exception as e:
        print(type(e).__name__, str(e).split("(Background")[0][:300])


class Base(DeclarativeBase):
    pass


class U(Base):
    __tablename__ = "u"
    id = mapped_column(Integer, primary_key=True)
    name = mapped_column(String)

    @hybrid_property
    def up(self):
        return self.name.upper()

    @up.expression
    def up(cls):
        return func.upper(cls.name)

    @up.update_expression
    def up(cls, v):
        return [(cls.name, func.lower(v))]

    @hybrid_property
    def plain(self):
        return self.name

    @plain.inplace.setter
    def _plain_set(self, v):
        self.name = v

    @hybrid_property
    def plus(self):
        return self.id + 1

    @hybrid_property
    def sub(self):
        return 1

    @sub.expression
    def sub(cls):
        return select(func.count(A.id)).where(A.uid == cls.id).correlate_except(A).scalar_subquery()

    @hybrid_property
    def subl(self):
        return 1

    @subl.expression
    def subl(cls):
        return select(func.count(A.id)).where(A.uid == cls.id).label("total")

    @hybrid_property
    def cmpd(self):
        return self.name

    @cmpd.comparator
    def cmpd(cls):
        return CI(cls.name)

    @hybrid_method
    def meth(self, x):
        return self.id + x

    @meth.expression
    def meth(cls, x):
        return func.foo(cls.id, x)

    @hybrid_property
    def rel(self):
        return 1

    @rel.expression
    def rel(cls):
        return cls.name.label("lab")


class CI(Comparator):
    def __eq__(self, o):
        return func.lower(self.__clause_element__()) == func.lower(o)


class A(Base):
    __tablename__ = "a"
    id = mapped_column(Integer, primary_key=True)
    uid = mapped_column(ForeignKey("u.id"))


e = create_engine("sqlite://")
Base.metadata.create_all(e)
s = Session(e)
s.add(U(id=1, name="bo"))
s.add(A(id=1, uid=1))
s.commit()
ua = aliased(U)
for c in (U, ua):
    for n in ("up", "plain", "plus", "sub", "subl", "cmpd", "rel"):
        print("==", n)
        tr(lambda: print(select(getattr(c, n))))
        tr(lambda: s.execute(select(getattr(c, n))).keys())
        tr(lambda: s.execute(select(getattr(c, n))).first()._fields)
        if n not in ("sub", "subl"):
            tr(lambda: s.query(getattr(c, n)).first()._fields)
        if n not in ("sub", "subl"):
            tr(lambda: [(d["name"], type(d["expr"]).__name__, d["type"]) for d in s.query(getattr(c, n)).column_descriptions])
        tr(lambda: [(d["name"], d["type"]) for d in select(getattr(c, n)).column_descriptions])
        tr(lambda: select(c.id, getattr(c, n)).subquery().c.keys())
        tr(lambda: select(c.id, getattr(c, n).label("zz")).subquery().c.keys())
        tr(lambda: str(s.query(getattr(c, n))))
        if n != "sub":
            tr(lambda: str(s.query(c.id, getattr(c, n)).subquery().select()))
        tr(lambda: getattr(c, n).__name__)
        tr(lambda: getattr(c, n).key)
        tr(lambda: getattr(c, n).property)
        tr(lambda: getattr(c, n).type)
        tr(lambda: type(getattr(c, n)).__name__)
        if n != "cmpd":
            tr(lambda: str(select(c.id).order_by(getattr(c, n).desc()).where(getattr(c, n) == "x").group_by(getattr(c, n))))
        tr(lambda: str(select(getattr(c, n)).union_all(select(getattr(c, n)))))
        tr(lambda: sorted(k for k in inspect(getattr(c, n)).info))
        tr(lambda: inspect(U).all_orm_descriptors[n].__name__)
        tr(lambda: str(getattr(c, n) == c.id))
        tr(lambda: getattr(c, n).class_.__name__)
        tr(lambda: getattr(c, n).parent)
for n in ("up", "plain", "plus", "cmpd"):
    tr(lambda: print(update(U).values({getattr(U, n): "X"})))
    tr(lambda: s.execute(update(U).values({getattr(U, n): "X"}), execution_options={"synchronize_session": "fetch"}).rowcount)
    tr(lambda: s.execute(update(U).values({n: "Y"})).rowcount)
    tr(lambda: s.execute(update(U).values({getattr(U, n): select(func.max(A.id)).scalar_subquery()})).rowcount)
    tr(lambda: s.query(U).update({getattr(U, n): select(func.max(A.id)).scalar_subquery()}))
    tr(lambda: s.query(U.name).all())
tr(lambda: str(select(U.meth(3))))
tr(lambda: s.query(U.meth(3)).column_descriptions[0]["name"])
tr(lambda: U.meth.__name__)
U.up.info


@hybrid_property
def later(self):
    return self.name


later.info["k"] = 1
U.later = later
print(U.later.info, inspect(U).all_orm_descriptors.keys())
