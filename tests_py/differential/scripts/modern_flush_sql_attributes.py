"""SQL expressions over a row after a flush: what is read again, what is kept, what stays out until it is asked for."""

from oxalchemy import Column, Integer, Table, create_engine, event, func, inspect, literal_column, select
from oxalchemy.orm import Session, column_property, declarative_base

Base = declarative_base()


class T(Base):
    __table__ = Table("t", Base.metadata, Column("id", Integer, primary_key=True), Column("w", Integer), Column("o", Integer))
    twice = column_property(__table__.c.w * 2)
    kept = column_property(__table__.c.w * 3, expire_on_flush=False)
    late = column_property(__table__.c.w * 4, deferred=True)
    count = column_property(select(func.count(literal_column("*"))).scalar_subquery())


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
log = []


@event.listens_for(engine, "before_cursor_execute")
def watch(conn, cursor, statement, parameters, context, many):
    if statement.startswith("SELECT"):
        log.append((" ".join(statement.split()), parameters))


def step(name, f):
    log.clear()
    print(name, "->", f())
    for line in log:
        print("   ", *line)


s = Session(engine)
t, more = T(w=4), [T(w=n) for n in range(3)]


def flushed(**kw):
    for k, v in kw.items():
        setattr(t, k, v)
    s.flush()
    return {k: v for k, v in sorted(t.__dict__.items()) if not k.startswith("_")}, sorted(inspect(t).unloaded)


s.add_all([t, *more])
step("inserted", flushed)
for name in ("twice", "kept", "late", "count"):
    step(name, lambda: getattr(t, name))
step("one of many", lambda: [m.twice for m in more])
step("updated", lambda: flushed(w=5))
step("read again", lambda: (t.twice, t.kept, t.late, t.count))
step("updated elsewhere", lambda: flushed(o=5))
step("pending", lambda: T(w=1).twice)
