"""ORM statements with parameters in which there is nothing."""

import warnings

from oxalchemy import Column, Integer, create_engine, delete, event, insert, select, update
from oxalchemy.orm import Session, declarative_base

Base = declarative_base()


class A(Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)
    n = Column(Integer)
    d = Column(Integer, default=3)


class P(Base):
    __tablename__ = "p"
    id = Column(Integer, primary_key=True)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
log = []


@event.listens_for(engine, "before_cursor_execute")
def watch(conn, cursor, statement, parameters, context, many):
    if not statement.startswith("INSERT"):
        log.append((" ".join(statement.split()), parameters))


def step(name, f):
    with Session(engine) as s:
        s.add(A(id=50, n=1))
        s.flush()
        log.clear()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                print(name, "->", f(s))
            except Exception as e:
                print(name, "!!", type(e).__name__, str(e).split("\n")[0])
        for line in log:
            print("   ", *line)
        print("   ", [(w.category.__name__, str(w.message)) for w in caught])
        if s.is_active:
            print("   ", [tuple(r) for c in (A.__table__, P.__table__) for r in s.execute(select(c))])


for cls in (A, P):
    name = cls.__name__
    for parameters in ([], (), {}, [{}], [{}, {}], None):
        step(f"{name} insert {parameters}", lambda s: s.execute(insert(cls), parameters) and None)
        step(f"{name} insert returning {parameters}", lambda s: s.execute(insert(cls).returning(cls.id), parameters).all())
        step(
            f"{name} insert returning object {parameters}", lambda s: len(s.scalars(insert(cls).returning(cls), parameters).all())
        )
    step(f"{name} values []", lambda s: s.execute(insert(cls).values([])) and None)
    step(f"{name} values [{{}}]", lambda s: s.execute(insert(cls).values([{}])) and None)
    step(f"{name} mappings []", lambda s: s.bulk_insert_mappings(cls, []))
    step(f"{name} mappings [{{}}, {{}}]", lambda s: s.bulk_insert_mappings(cls, [{}, {}]))
    step(f"{name} objects", lambda s: s.bulk_save_objects([cls(), cls()]))
    step(f"{name} flush", lambda s: (s.add_all([cls(), cls()]), s.flush())[1])
for parameters in ([], {}, None, [{"id": 50}], [{"n": 4}], [{"id": 50, "n": 5}], ()):
    step(f"update {parameters}", lambda s: s.execute(update(A), parameters) and None)
    step(f"update values {parameters}", lambda s: s.execute(update(A).values(n=5), parameters) and None)
    step(f"delete {parameters}", lambda s: s.execute(delete(A), parameters).rowcount)
step("update values {}", lambda s: s.execute(update(A).values({})).rowcount)
step("query {}", lambda s: s.query(A).update({}))
step("mappings update []", lambda s: s.bulk_update_mappings(A, []))
step("mappings update [{}]", lambda s: s.bulk_update_mappings(A, [{}]))
step("mappings update [id]", lambda s: s.bulk_update_mappings(A, [{"id": 50}]))
