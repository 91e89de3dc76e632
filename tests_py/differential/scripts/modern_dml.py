"""INSERT, UPDATE and DELETE of mapped classes: strategies, RETURNING, what becomes of loaded objects."""

import logging
import sys

from oxalchemy import (
    ForeignKey,
    String,
    bindparam,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
    update,
)
from oxalchemy.dialects.sqlite import insert as upsert
from oxalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    mapped_column,
    relationship,
    synonym,
)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column("user_name", String(30))
    age: Mapped[int | None] = mapped_column(default=7)
    note: Mapped[str | None] = mapped_column(server_default="srv")
    login = synonym("name")
    addresses: Mapped[list["Address"]] = relationship()

    def __repr__(self):
        return f"User({self.__dict__.get('id')}, {self.__dict__.get('name')!r}, {self.__dict__.get('age')})"


class Address(Base):
    __tablename__ = "addresses"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Employee(Base):
    __tablename__ = "employees"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "e"}

    def __repr__(self):
        return f"{type(self).__name__}({self.__dict__.get('name')!r})"


class Engineer(Employee):
    __tablename__ = "engineers"
    id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True)
    lang: Mapped[str | None]
    __mapper_args__ = {"polymorphic_identity": "g"}


class Manager(Employee):
    team: Mapped[str | None] = mapped_column(nullable=True)
    __mapper_args__ = {"polymorphic_identity": "m"}


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(logging.Formatter("  %(message)s"))
logger = logging.getLogger("oxalchemy.engine.Engine")
logger.addHandler(handler)
logger.setLevel(logging.INFO)
logger.propagate = False
s = Session(engine)


def t(label, f):
    print("#", label)
    try:
        print("->", f())
    except Exception as e:
        print("!!", type(e).__name__, str(e).split("\n")[0][:250])


t("insert one", lambda: s.execute(insert(User).values(name="a")).inserted_primary_key)
t("insert dict", lambda: s.execute(insert(User), {"name": "b", "age": 1}) is not None)
t("insert many", lambda: s.execute(insert(User), [{"name": "c"}, {"name": "d"}]) is not None)
t(
    "insert many mixed",
    lambda: s.execute(insert(User), [{"name": "c2"}, {"name": "d2", "age": 3}, {"name": "e2", "age": 4}]) is not None,
)
t("insert returning entity", lambda: s.execute(insert(User).returning(User), [{"name": "e"}, {"name": "f"}]).scalars().all())
t(
    "insert returning entity sorted",
    lambda: s.scalars(insert(User).returning(User, sort_by_parameter_order=True), [{"name": "g"}, {"name": "h"}]).all(),
)
t("insert returning cols", lambda: s.execute(insert(User).returning(User.id, User.name), [{"name": "i"}, {"name": "j"}]).all())
t("insert returning both", lambda: s.execute(insert(User).values(name="k").returning(User, User.age + 1)).all())
t("insert synonym", lambda: s.execute(insert(User).values(login="n").returning(User.name)).all())
t(
    "insert expression",
    lambda: s.execute(insert(User).values(name="o", age=select(func.max(User.age)).scalar_subquery()).returning(User.age)).all(),
)
t("insert unknown", lambda: s.execute(insert(User).values(zz=1)))
t("insert unknown many", lambda: s.execute(insert(User), [{"name": "x", "zz": 1}]) is not None)
t(
    "insert raw",
    lambda: (
        s.execute(insert(User), [{"user_name": "raw"}, {"user_name": "raw2"}], execution_options={"dml_strategy": "raw"})
        is not None
    ),
)
t(
    "insert render_nulls",
    lambda: (
        s.execute(
            insert(User), [{"name": "rn", "note": None}, {"name": "rn2", "note": "x"}], execution_options={"render_nulls": True}
        )
        is not None
    ),
)
t("insert nulls", lambda: s.execute(insert(User), [{"name": "nn", "note": None}, {"name": "nn2", "note": "x"}]) is not None)
t("insert joined", lambda: s.execute(insert(Engineer), [{"name": "e1", "lang": "py"}, {"name": "e2", "lang": "rs"}]) is not None)
t("insert joined values", lambda: s.execute(insert(Engineer).values(name="e5")))
t("insert single", lambda: s.execute(insert(Manager), [{"name": "m1", "team": "t"}]) is not None)
t("insert single returning", lambda: s.scalars(insert(Manager).returning(Manager), [{"name": "m2"}]).all())
t("insert single values", lambda: s.execute(insert(Manager).values(name="m3").returning(Manager.kind)).all())
t("insert base", lambda: s.scalars(insert(Employee).returning(Employee), [{"name": "b1"}]).all())
t("employees", lambda: s.scalars(select(Employee).order_by(Employee.id)).all())
t(
    "upsert",
    lambda: s.scalars(
        upsert(User)
        .values(id=1, name="up")
        .on_conflict_do_update(index_elements=[User.id], set_=dict(user_name="upped"))
        .returning(User),
        execution_options={"populate_existing": True},
    ).all(),
)
t(
    "upsert many",
    lambda: s.scalars(upsert(User).on_conflict_do_nothing().returning(User), [{"id": 1, "name": "z"}, {"name": "new"}]).all(),
)
s.commit()

print("== update")
a, b = s.get(User, 1), s.get(User, 2)
u2 = aliased(User)
t("update evaluate", lambda: s.execute(update(User).where(User.name == "b").values(age=10)).rowcount)
print(a, b, len(s.dirty))
t("update expr", lambda: s.execute(update(User).where(User.id <= 2).values(age=User.age + 1)).rowcount)
print(a.__dict__.get("age"), b.__dict__.get("age"))
t("update func", lambda: s.execute(update(User).where(User.id <= 2).values(name=func.upper(User.name))).rowcount)
print("name" in a.__dict__, b.name)
t("update in_", lambda: s.execute(update(User).where(User.id.in_([1, 2])).values({User.age: 20})).rowcount)
print(a.age, b.age)
t(
    "update fetch",
    lambda: (
        s.execute(update(User).where(User.id <= 2).values(age=30), execution_options={"synchronize_session": "fetch"}).rowcount
    ),
)
print(a.age, b.age)
t(
    "update fetch expr",
    lambda: (
        s.execute(
            update(User).where(User.id <= 2).values(age=User.age + 5), execution_options={"synchronize_session": "fetch"}
        ).rowcount
    ),
)
print(a.age, b.age)
t("update auto not evaluable", lambda: s.execute(update(User).where(func.lower(User.name) == "b").values(age=40)).rowcount)
print(a.age, b.age)
t(
    "update evaluate not evaluable",
    lambda: s.execute(
        update(User).where(func.lower(User.name) == "b").values(age=40), execution_options={"synchronize_session": "evaluate"}
    ),
)
t(
    "update False",
    lambda: s.execute(update(User).where(User.id == 1).values(age=50), execution_options={"synchronize_session": False}).rowcount,
)
print(a.age)
t(
    "update subquery",
    lambda: s.execute(update(User).where(User.id.in_(select(u2.id).where(u2.age == 50))).values(age=51)).rowcount,
)
print(a.age)
t("update returning", lambda: s.execute(update(User).where(User.id <= 2).values(age=60).returning(User.id, User.age)).all())
print(a.age, b.age)
t("update returning entity", lambda: s.scalars(update(User).where(User.id <= 2).values(age=61).returning(User)).all())
print(a.age, b.age)
t(
    "update returning entity fetch",
    lambda: s.scalars(
        update(User).where(User.id <= 2).values(age=62).returning(User), execution_options={"synchronize_session": "fetch"}
    ).all(),
)
print(a.age, b.age)
t(
    "update returning fetch",
    lambda: s.execute(
        update(User).where(User.id <= 2).values(age=63).returning(User.name), execution_options={"synchronize_session": "fetch"}
    ).all(),
)
print(a.age, b.age)
t("update synonym", lambda: s.execute(update(User).where(User.login == "B").values(login="Bee")).rowcount)
print(b.name)
t("update string key", lambda: s.execute(update(User).where(User.id == 2).values({"age": 70})).rowcount)
t("update unknown", lambda: s.execute(update(User).values(zz=1)))
t("update bulk pk", lambda: s.execute(update(User), [{"id": 1, "age": 90}, {"id": 2, "age": 91, "name": "bb"}]) is not None)
print(a.age, b.age, b.name)
t("update bulk missing pk", lambda: s.execute(update(User), [{"age": 90}]))
t("update bulk where", lambda: s.execute(update(User).where(User.id == 1), [{"id": 1, "age": 90}]))
t("update bulk stale", lambda: s.execute(update(User), [{"id": 999, "age": 90}]))
t(
    "update core executemany",
    lambda: (
        s.connection()
        .execute(
            update(User).where(User.id == bindparam("u_id")).values(age=bindparam("ag")),
            [{"u_id": 1, "ag": 5}, {"u_id": 2, "ag": 6}],
        )
        .rowcount
    ),
)
t("update joined", lambda: s.execute(update(Engineer).where(Engineer.lang == "py").values(lang="python")).rowcount)
t("update joined bulk", lambda: s.execute(update(Engineer), [{"id": 1, "name": "E1", "lang": "x"}]) is not None)
t("update single", lambda: s.execute(update(Manager).where(Manager.name == "m1").values(team="tt")).rowcount)
t("update base crit", lambda: s.execute(update(Employee).where(Employee.name == "m1").values(name="M1")).rowcount)
t(
    "update ordered",
    lambda: s.execute(update(User).where(User.id == 1).ordered_values((User.age, 1), (User.name, "ord"))).rowcount,
)
t(
    "update correlated",
    lambda: (
        s.execute(
            update(User)
            .where(User.id == 1)
            .values(age=select(func.count(Address.id)).where(Address.user_id == User.id).scalar_subquery())
        ).rowcount
    ),
)
print(a.age)
t("update from", lambda: s.execute(update(User).where(User.id == Address.user_id).values(age=2)).rowcount)
a.name = "pending"
t("update autoflush", lambda: s.execute(update(User).where(User.name == "pending").values(age=99)).rowcount)
print(a.age)
t("bad sync", lambda: s.execute(update(User).values(age=1), execution_options={"synchronize_session": "zz"}))
s.expire(a)
t("update expired evaluate", lambda: s.execute(update(User).where(User.name == "pending").values(age=100)).rowcount)
print("age" in a.__dict__, a.age)

print("== query")
q = s.query(User)
t("q.update", lambda: q.filter(User.id == 1).update({"age": 1}))
print(a.age)
t("q.update attr", lambda: q.filter(User.id == 1).update({User.age: User.age + 1}, synchronize_session="evaluate"))
print(a.age)
t("q.update fetch", lambda: q.filter(User.id == 1).update({"age": 3}, synchronize_session="fetch"))
print(a.age)
t("q.update False", lambda: q.filter(User.id == 1).update({"age": 4}, False))
print(a.age)
t("q.update bad", lambda: q.update({"age": 4}, "zz"))
t("q.update unknown", lambda: q.update({"zz": 4}))
t("q.update limit", lambda: q.limit(1).update({"age": 4}))
t("q.update order", lambda: q.order_by(User.id).update({"age": 4}))
t("q.update join", lambda: q.join(User.addresses).update({"age": 4}))
t("q.update group", lambda: q.group_by(User.id).update({"age": 4}))
t("q.update distinct", lambda: q.distinct().update({"age": 4}))
t("q.update select_from", lambda: s.query(User).select_from(User).update({"age": 4}))
t("q.delete", lambda: q.filter(User.name == "c").delete())
t("q.delete fetch", lambda: q.filter(User.name == "d").delete(synchronize_session="fetch"))
t("q.delete False", lambda: q.filter(User.name == "e").delete(False))
t("q.delete limit", lambda: q.limit(1).delete())
t(
    "q.delete values",
    lambda: q.filter(User.id == 1).update([("age", 8), ("name", "pair")], update_args={"preserve_parameter_order": True}),
)

print("== delete")
t("delete evaluate", lambda: s.execute(delete(User).where(User.id == 1)).rowcount)
print(a in s, inspect(a).deleted, inspect(a).was_deleted)
t(
    "delete fetch",
    lambda: s.execute(delete(User).where(User.id == 2), execution_options={"synchronize_session": "fetch"}).rowcount,
)
print(b in s, inspect(b).deleted)
f = s.scalars(select(User).where(User.name == "f")).one()
t("delete returning", lambda: s.execute(delete(User).where(User.name == "f").returning(User.id, User.name)).all())
print(f in s)
g = s.scalars(select(User).where(User.name == "g")).one()
t("delete returning entity", lambda: s.scalars(delete(User).where(User.name == "g").returning(User)).all())
print(g in s)
h = s.scalars(select(User).where(User.name == "h")).one()
t("delete func", lambda: s.execute(delete(User).where(func.lower(User.name) == "h")).rowcount)
print(h in s)
t("delete joined", lambda: s.execute(delete(Engineer).where(Engineer.lang == "rs")).rowcount)
t("delete single", lambda: s.execute(delete(Manager).where(Manager.name == "m2")).rowcount)
t(
    "delete False",
    lambda: s.execute(delete(User).where(User.name == "i"), execution_options={"synchronize_session": False}).rowcount,
)
s.rollback()
print(a in s, a.name)

print("== events")


@event.listens_for(s, "after_bulk_update")
def after_update(ctx):
    print(
        "after_bulk_update",
        type(ctx.session).__name__,
        ctx.result.rowcount,
        ctx.values,
        [type(o).__name__ for o in getattr(ctx, "matched_objects", [])],
    )


@event.listens_for(s, "after_bulk_delete")
def after_delete(ctx):
    print("after_bulk_delete", ctx.session is s, ctx.result.rowcount, getattr(ctx, "matched_objects", None) is not None)


t("ev update", lambda: s.execute(update(User).where(User.id == 1).values(age=1)).rowcount)
t("ev q.update", lambda: q.filter(User.id == 1).update({"age": 2}))
t("ev delete", lambda: s.execute(delete(User).where(User.id == 99)).rowcount)
t("ev q.delete", lambda: q.filter(User.id == 99).delete())
