"""before_execute and after_execute around everything that a session sends: order, arguments, answers."""

import sqlalchemy as sa
from sqlalchemy import event, orm

Base = orm.declarative_base()


class A(Base):
    __tablename__ = "a"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String)
    bs = orm.relationship("B", order_by="B.id")


class B(Base):
    __tablename__ = "b"
    id = sa.Column(sa.Integer, primary_key=True)
    a_id = sa.Column(sa.ForeignKey("a.id"))


e = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
Base.metadata.create_all(e)
with orm.Session(e) as s:
    s.add_all([A(name="x", bs=[B(), B()]), A(name="y"), A(name="z")])
    s.commit()

change = None
look = None


def words(statement):
    return " ".join(str(statement).split(" RETURNING")[0].split())


@event.listens_for(e, "before_execute", retval=True)
def first(conn, statement, multi, params, options):
    return change(statement, multi, params) if change else (statement, multi, params)


@event.listens_for(e, "before_execute")
def deaf(conn, statement, multi, params, options):
    print("  before", words(statement), multi)
    return None


@event.listens_for(e, "after_execute")
def after(conn, statement, multi, params, options, result):
    kind = type(statement).__name__.replace("Annotated", "")
    print("  after", kind, words(statement), multi, type(result).__name__, result.returns_rows)
    if result.returns_rows:
        print("   ", list(result.keys()))
    if look:
        look(result)


def run(name, listener, work):
    global change
    print(name)
    change = listener
    with orm.Session(e) as s:
        try:
            print("  ->", work(s))
        except Exception as x:
            print("  !!", type(x).__name__, str(x).split("\n")[0])
    change = None


def names(s):
    change_now = globals()["change"]
    globals()["change"] = None
    s.expire_all()
    out = [a.name for a in s.query(A).order_by(A.id)]
    globals()["change"] = change_now
    return out


def where(s, m, p):
    return (s.where(A.id > 1), m, p) if isinstance(s, sa.Select) else (s, m, p)


run("nothing", None, names)
run("select", where, lambda s: [a.name for a in s.scalars(sa.select(A).order_by(A.id))])
run("rows", where, lambda s: s.execute(sa.select(A.id, A.name).order_by(A.id)).all())
run("limit", lambda s, m, p: (s.limit(1), m, p), lambda s: [a.name for a in s.query(A).order_by(A.id)])
run("yield_per", where, lambda s: [a.name for a in s.query(A).order_by(A.id).yield_per(1)])
run("get", lambda s, m, p: (s.where(A.name == "nope"), m, p), lambda s: s.get(A, 1))
run("joined", where, lambda s: [len(a.bs) for a in s.scalars(sa.select(A).options(orm.joinedload(A.bs))).unique()])
run("columns", lambda s, m, p: (sa.select(A.id), m, p), lambda s: s.execute(sa.select(A.id, A.name)).all())
run("hint", lambda s, m, p: (s.prefix_with("/* c */"), m, p), lambda s: s.execute(sa.select(A.name).order_by(A.id)).all())
run(
    "parameters",
    lambda s, m, p: (s, m, {"k": 2}),
    lambda s: s.execute(sa.select(A.name).where(A.id == sa.bindparam("k")), {"k": 1}).all(),
)
run("core", where, lambda s: s.connection().execute(sa.select(A.__table__.c.id)).all())


def loud(s, m, p):
    if isinstance(s, sa.Insert):
        m = [dict(x, name=x["name"] + "!") for x in m]
        p = dict(p, name=p["name"] + "!") if p else p
    return s, m, p


def add(*given):
    def work(s):
        s.add_all([A(name=n) for n in given])
        s.flush()
        return names(s)

    return work


run("insert one", loud, add("n1"))
run("insert two", loud, add("n1", "n2"))
run("save", loud, lambda s: (s.bulk_save_objects([A(name="k1"), A(name="k2")]), names(s)))
run("mappings", loud, lambda s: (s.bulk_insert_mappings(A, [{"name": "k1"}, {"name": "k2"}]), names(s)))
run("insert", loud, lambda s: (s.execute(sa.insert(A), [{"name": "k"}, {"name": "l"}]) and None, names(s)))
run("returning", loud, lambda s: [a.name for a in s.scalars(sa.insert(A).returning(A), [{"name": "k"}, {"name": "l"}])])


def up(s, m, p):
    if isinstance(s, sa.Update):
        if m:
            m = [dict(x, name="up") for x in m]
        elif p:
            p = dict(p, name="up")
        else:
            s = s.where(A.id == 1)
    return s, m, p


def rename(*keys):
    def work(s):
        found = [s.get(A, k) for k in keys]
        for a in found:
            a.name = "q"
        s.flush()
        return names(s)

    return work


run("update one", up, rename(1))
run("update two", up, rename(1, 2))
no = {"synchronize_session": False}
run("update all", up, lambda s: s.execute(sa.update(A).values(name="w"), execution_options=no).rowcount)
run("update by key", up, lambda s: (s.execute(sa.update(A), [{"id": 1, "name": "b"}, {"id": 2, "name": "c"}]), names(s))[1])
run("query update", up, lambda s: s.query(A).update({"name": "w"}, synchronize_session=False))


def keep_one(s, m, p):
    return (s.where(A.id != 1), m, p) if isinstance(s, sa.Delete) else (s, m, p)


run("delete all", keep_one, lambda s: s.execute(sa.delete(A), execution_options=no).rowcount)
run("query delete", keep_one, lambda s: s.query(A).delete(synchronize_session=False))


def boom(s, m, p):
    raise ValueError("no")


run("raises", boom, lambda s: s.scalars(sa.select(A)).all())
run("None", lambda s, m, p: None, lambda s: s.scalars(sa.select(A)).all())
run("two", lambda s, m, p: (s, m), lambda s: s.scalars(sa.select(A)).all())
run("four", lambda s, m, p: (s, m, p, 1), lambda s: s.scalars(sa.select(A)).all())
run("core None", lambda s, m, p: None, lambda s: s.connection().execute(sa.select(A.id)).all())
run(
    "DDL",
    lambda s, m, p: (sa.DDL("create table x1 (a integer)"), m, p),
    lambda s: s.connection().execute(sa.DDL("nonsense")).rowcount,
)
run("DDL None", lambda s, m, p: None, lambda s: s.connection().execute(sa.DDL("create table x2 (a integer)")))


# What a listener reads of the rows is gone.
def first_row(result):
    if result.returns_rows:
        print("    first", tuple(result.fetchone()))


def facts(result):
    print("    rowcount", result.rowcount, result.context.compiled is not None, result.context.isinsert)


look = first_row
run("fetchone", None, lambda s: s.execute(sa.select(A.id).order_by(A.id)).all())
look = facts
run("facts", None, lambda s: (s.execute(sa.select(A.id).order_by(A.id)).all(), add("n1")(s)))
look = None

# Answers of before_cursor_execute are taken apart in the same way.
answer = None


@event.listens_for(e, "before_cursor_execute", retval=True)
def cursor(conn, cursor, statement, parameters, context, many):
    return answer(statement, parameters) if answer else (statement, parameters)


answers = {
    "comment": lambda s, p: (s + " -- c", p),
    "no answer": lambda s, p: None,
    "one": lambda s, p: (s,),
    "three": lambda s, p: (s, p, 1),
}
for name in answers:
    answer = answers[name]
    run("cursor " + name, None, lambda s: s.execute(sa.select(A.id).order_by(A.id)).all())
