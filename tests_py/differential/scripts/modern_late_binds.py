"""A bindparam() without a type takes that of what it stands beside, so its value is converted."""

from oxalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    and_,
    bindparam,
    case,
    create_engine,
    exists,
    func,
    not_,
    or_,
    select,
    text,
)


class Marked(TypeDecorator):
    impl = String
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else f"Y{value}"


t = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("v", Marked), Column("n", Integer))
engine = create_engine("sqlite://")
t.create(engine)
with engine.begin() as c:
    c.execute(t.insert().values(v=bindparam("q")), {"q": 1})
    c.execute(t.insert().values(id=2, v="a", n=5))
    c.execute(t.update().where(t.c.id == bindparam("i")).values(v=bindparam("q")), [{"q": 3, "i": 1}, {"q": 4, "i": 2}])
    print(c.execute(text("select v from t order by id")).all())
    a, b, q = bindparam("a"), bindparam("b"), bindparam("q")
    for criterion, values in (
        (t.c.v == q, {"q": 3}),
        (t.c.v != q, {"q": 3}),
        (q == t.c.v, {"q": 3}),
        (t.c.v.in_(q), {"q": [3, 4]}),
        (t.c.v.not_in(bindparam("q", expanding=True)), {"q": [3]}),
        (t.c.v.between(a, b), {"a": 3, "b": 4}),
        (~t.c.v.between(a, b), {"a": 3, "b": 3}),
        (t.c.v.like(q), {"q": "3"}),
        (t.c.v.startswith(q), {"q": "3"}),
        (t.c.v.op("=")(q), {"q": 3}),
        (t.c.v.bool_op("=")(q), {"q": 3}),
        (t.c.v.is_distinct_from(q), {"q": 3}),
        (case((t.c.v == q, 1), else_=0) == 1, {"q": 3}),
        (func.coalesce(t.c.v, q) == "3", {"q": 3}),
    ):
        statement = select(t.c.id).where(criterion)
        print(" ".join(str(criterion).split()), c.execute(statement, values).all())
        print([type(x.type).__name__ for x in statement.compile().bind_names])
    for e in (
        not_(and_(t.c.id == 1, t.c.n == 5)),
        not_(or_(t.c.id == 1, t.c.n == 5)),
        ~(t.c.id == 1),
        ~exists().where(t.c.id == 9),
    ):
        print(repr(e.type), c.execute(select(e).select_from(t).order_by(t.c.id)).all())
