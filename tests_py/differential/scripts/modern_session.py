"""Every method and property of Session that is documented for 2.x."""

import warnings

from oxalchemy import (
    ForeignKey,
    String,
    bindparam,
    create_engine,
    delete,
    func,
    insert,
    inspect,
    orm,
    select,
    text,
    update,
)
from oxalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    close_all_sessions,
    joinedload,
    make_transient,
    make_transient_to_detached,
    mapped_column,
    object_session,
    relationship,
    scoped_session,
    sessionmaker,
    undefer,
)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30))
    bio: Mapped[str | None] = mapped_column(deferred=True)
    addresses: Mapped[list["Address"]] = relationship(back_populates="user", cascade="all, delete-orphan", order_by="Address.id")

    def __repr__(self):
        return f"User({self.__dict__.get('id')}, {self.__dict__.get('name')!r})"


class Address(Base):
    __tablename__ = "addresses"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    user: Mapped[User | None] = relationship(back_populates="addresses")

    def __repr__(self):
        return f"Address({self.__dict__.get('id')}, {self.__dict__.get('email')!r})"


class Pair(Base):
    __tablename__ = "pairs"
    a: Mapped[int] = mapped_column(primary_key=True)
    b: Mapped[int] = mapped_column(primary_key=True)
    v: Mapped[str | None]


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)


def t(f, *a, **k):
    """The value or the error of a call."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            print("->", f(*a, **k))
        except Exception as e:
            print("!!", type(e).__name__, str(e).split("\n")[0][:250])
    for w in caught:
        print("  warning", w.category.__name__, str(w.message)[:200])


def section(name):
    print("##", name)


section("construction")
for kw in [
    dict(zz=1),
    dict(future=False),
    dict(join_transaction_mode="x"),
    dict(autobegin=False),
    dict(enable_baked_queries=False),
    dict(info={"a": 1}),
    dict(binds={User: engine}),
    dict(binds={5: engine}),
    dict(query_cls=orm.Query),
    dict(execution_options={"a": 1}),
    dict(close_resets_only=False),
    dict(twophase=True),
]:
    t(lambda kw=kw: type(Session(engine, **kw)).__name__)
s = Session(engine, info={"a": 1})
print(
    s.info,
    s.autoflush,
    s.expire_on_commit,
    s.bind is engine,
    s.twophase,
    s.hash_key > 0,
    s.enable_baked_queries,
    dict(s.execution_options),
)
print(s.in_transaction(), s.in_nested_transaction(), s.get_transaction(), s.get_nested_transaction(), s.is_active)

section("add")
ann = User(name="ann", addresses=[Address(email="a@x"), Address(email="a@y")])
t(s.add, ann)
print(
    s.in_transaction(),
    s.get_transaction().origin.name,
    ann in s,
    ann.addresses[0] in s,
    len(s.new),
    len(s.dirty),
    len(s.deleted),
    inspect(ann).pending,
)
t(s.add, object())
t(s.add, None)
t(s.add_all, [User(name="bob"), 5])
s2 = Session(engine)
t(s.add, ann)
t(lambda: User.__name__ in s)
t(lambda: 5 in s)

section("flush")
t(s.flush)
print(ann.id, inspect(ann).persistent, list(s.new), sorted(map(repr, s)), s.identity_map.keys() if False else len(s.identity_map))
ann.name = "Ann"
print(list(s.dirty), s.is_modified(ann), s.is_modified(ann, include_collections=False))
ann.name = "ann"
print(list(s.dirty), s.is_modified(ann))
t(s.flush)
t(s.flush, [ann])
t(s.is_modified, object())
s.commit()
print(s.in_transaction())

section("get")
t(s.get, User, 1)
t(s.get, User, 99)
t(s.get, User, (1,))
t(s.get, User, {"id": 1})
t(s.get, User, {"x": 1})
t(s.get, User, (1, 2))
t(s.get, User, None)
t(s.get, Pair, (1, 2))
t(s.get, Pair, {"a": 1})
t(s.get, Pair, 1)
t(s.get, object, 1)
t(s.get, User, 1, options=[joinedload(User.addresses)])
t(s.get, User, 1, populate_existing=True)
t(s.get, User, 1, with_for_update=True)
t(s.get, User, 1, with_for_update={"nowait": True})
t(s.get, User, 1, identity_token="tok")
t(s.get, User, 1, execution_options={"populate_existing": True})
t(s.get, User, 1, bind_arguments={"bind": engine})
t(s.get, "x", 1)
t(s.get_one, User, 1)
t(s.get_one, User, 99)
t(lambda: s.get(User, "1"))
t(lambda: s.get(inspect(User), 1))

section("identity")
print(
    s.identity_key(User, 1),
    s.identity_key(User, (1,)),
    s.identity_key(instance=ann),
    Session.identity_key(User, 5, identity_token="q"),
)
t(lambda: s.identity_key(User, row=s.execute(select(User.__table__)).first()))
t(s.identity_key)
t(s.identity_key, User)
print(object_session(ann) is s, Session.object_session(ann) is s, object_session(User(name="x")))
t(object_session, 5)
print((User, (1,), None) in s.identity_map, s.identity_map.get((User, (1,), None)) is ann)

section("expire and refresh")
s.expire(ann)
print("name" in ann.__dict__, ann.name)
s.expire(ann, ["name"])
print("name" in ann.__dict__, "id" in ann.__dict__)
t(s.expire, ann, ["zz"])
t(s.expire, User(name="x"))
t(s.expire, object())
t(s.refresh, ann, ["zz"])
t(s.refresh, User(name="x"))
s.execute(text("update users set name = 'changed', bio = 'bbb' where id = 1"))
print(ann.name)
s.refresh(ann, ["name"])
print(ann.name, "bio" in ann.__dict__)
s.refresh(ann, ["bio"])
print(ann.bio)
s.refresh(ann, ["addresses"])
print(ann.addresses)
t(s.refresh, ann, with_for_update=True)
t(s.refresh, ann, with_for_update={"read": True})
ann.name = "dirty"
s.refresh(ann)
print(ann.name, list(s.dirty))
s.expire_all()
print(sorted(k for k in ann.__dict__ if not k.startswith("_")))
s.execute(text("delete from users where id = 2"))
bob = s.get(User, 2)
t(lambda: bob)
s.rollback()

section("expunge")
t(s.expunge, User(name="x"))
t(s.expunge, object())
s.expunge(ann)
print(ann in s, inspect(ann).detached, ann.addresses[0] in s if "addresses" in ann.__dict__ else None)
t(lambda: ann.addresses)
t(lambda: ann.name)
s.add(ann)
print(ann.name, ann.addresses)
s.expunge_all()
print(len(s.identity_map), inspect(ann).detached)

section("merge")
m = s.merge(ann)
print(m is ann, m.name, m.addresses)
t(s.merge, object())
n = s.merge(User(id=1, name="merged"))
print(n is m, m.name, m.addresses)
print(s.merge(User(name="fresh")).id, len(s.new))
print(s.merge(User(id=77, name="given")), len(s.new))
detached = User(id=1, name="noload")
make_transient_to_detached(detached)
t(lambda: s.merge(detached, load=False).name)
t(lambda: s.merge(User(id=1, name="q"), load=False))
detached.name = "changed"
t(lambda: s.merge(detached, load=False))
t(lambda: [type(x).__name__ for x in s.merge_all([User(id=1, name="w"), User(id=78, name="v")])])
t(lambda: s.merge(User(id=1), options=[undefer(User.bio)]))
s.rollback()

section("delete")
u = s.get(User, 1)
t(s.delete, User(name="x"))
t(s.delete, object())
s.delete(u)
print(list(s.deleted), u in s, inspect(u).persistent, inspect(u).deleted)
s.flush()
print(list(s.deleted), u in s, inspect(u).deleted, inspect(u).detached, s.scalar(select(func.count(Address.id))))
t(s.add, u)
s.rollback()
print(u in s, inspect(u).persistent, u.name, len(u.addresses))
t(s.delete_all, [u])
s.rollback()

section("transactions")
t(s.begin)
t(s.begin)
s.rollback()
with s.begin() as tx:
    print(type(tx).__name__, tx.is_active, tx.origin.name, tx.nested, tx.parent, s.get_transaction() is tx)
    s.add(User(name="tx"))
print(tx.is_active, s.in_transaction())
t(tx.commit)
t(tx.rollback)
try:
    with s.begin():
        s.add(User(name="gone"))
        s.flush()
        raise RuntimeError("x")
except RuntimeError:
    pass
print(s.scalar(select(func.count()).where(User.name == "gone")))
with s.begin_nested() as sp:
    print(
        sp.nested, sp.parent is s.get_transaction(), s.in_nested_transaction(), s.get_nested_transaction() is sp, sp.origin.name
    )
    s.add(User(name="in sp"))
print(s.in_nested_transaction(), s.in_transaction())
sp = s.begin_nested()
x = User(name="rolled")
s.add(x)
s.flush()
sp.rollback()
print(x in s, inspect(x).transient, s.in_transaction())
sp = s.begin_nested()
s.begin_nested()
t(s.commit)
print(s.in_transaction())
sp = s.begin_nested()
t(s.rollback)
print(s.in_transaction())
s.begin()
s.add(Address(email="a@x"))
t(s.flush)
t(lambda: s.scalars(select(User)).all())
t(s.commit)
print(s.is_active)
t(s.rollback)
print(s.is_active, s.in_transaction())
t(s.commit)
t(s.rollback)
t(s.prepare)
s.rollback()
t(lambda: s.connection().in_transaction())
t(lambda: s.connection(execution_options={"stream_results": True}).get_execution_options())
t(lambda: s.connection(bind_arguments={"mapper": User}) is s.connection())
s.close()
print(s.in_transaction(), len(s.identity_map))
final = Session(engine, close_resets_only=False)
final.close()
t(lambda: final.scalars(select(User)).all())
t(final.reset)
nb = Session(engine, autobegin=False)
t(lambda: nb.scalars(select(User)).all())
t(nb.add, User(name="x"))
t(nb.commit)
nb.begin()
t(lambda: len(nb.scalars(select(User)).all()))
nb.close()

section("execute")
s = Session(engine)
t(lambda: s.execute(select(User.name).order_by(User.id)).all())
t(lambda: s.execute(select(User).order_by(User.id)).scalars().all())
t(lambda: s.scalars(select(User).order_by(User.id)).first())
t(lambda: s.scalar(select(User.name).order_by(User.id)))
t(lambda: s.execute("select 1"))
t(lambda: s.execute(text("select :x"), {"x": 1}).scalar())
t(lambda: s.execute(5))
t(lambda: s.execute(select(func.count()).select_from(User), execution_options={"autoflush": False}).scalar())
t(lambda: s.execute(select(User).where(User.name == bindparam("n")), {"n": "ann"}).scalars().all())
t(lambda: s.execute(insert(User), [{"name": "i1"}, {"name": "i2"}]) is not None)
t(lambda: s.execute(insert(User).returning(User), [{"name": "i3"}]).scalars().all())
t(lambda: s.scalars(insert(User).returning(User.id), [{"name": "i4"}, {"name": "i5"}]).all())
t(lambda: s.execute(update(User).where(User.name == "i1").values(name="u1")).rowcount)
t(lambda: s.execute(update(User), [{"id": 1, "name": "bulk"}]) is not None)
t(lambda: s.execute(update(User), [{"name": "bulk"}]))
t(lambda: s.execute(delete(User).where(User.name.like("i%"))).rowcount)
t(lambda: s.execute(update(User).where(User.name == "u1").values(name="u2").returning(User.id, User.name)).all())
t(lambda: s.execute(update(User).values(zz=1)))
for sync in ["auto", "evaluate", "fetch", False, "bad", None]:
    one = s.scalars(select(User).where(User.name.in_(["u2", "sync"]))).first()
    t(
        lambda one=one, sync=sync: (
            s.execute(
                update(User).where(User.id == one.id).values(name="sync"), execution_options={"synchronize_session": sync}
            ).rowcount
        )
    )
    print(one.__dict__.get("name"))
    one.name = "u2"
    s.flush()
t(lambda: s.execute(delete(User).where(func.lower(User.name) == "u2"), execution_options={"synchronize_session": "evaluate"}))
t(lambda: s.execute(delete(User).where(User.name == "u2"), execution_options={"synchronize_session": "fetch"}).rowcount)
print(one in s)
s.rollback()

section("bulk")
t(lambda: s.bulk_insert_mappings(User, [{"name": "b1"}, {"name": "b2", "bio": "x"}]))
maps = [{"name": "b3"}]
t(lambda: s.bulk_insert_mappings(User, maps, return_defaults=True))
print("id" in maps[0])
t(lambda: s.bulk_update_mappings(User, [{"id": 1, "name": "b-upd"}]))
t(lambda: s.bulk_update_mappings(User, [{"name": "nokey"}]))
t(lambda: s.scalars(select(User)).all())
s.rollback()
objs = [User(name="o1"), User(name="o2")]
t(lambda: s.bulk_save_objects(objs))
print([o.id for o in objs], [inspect(o).transient for o in objs])
t(lambda: s.bulk_save_objects(objs, return_defaults=True))
print([o.id is not None for o in objs])
print(s.scalars(select(User.name).order_by(User.id)).all())
s.rollback()

section("no_autoflush")
s.add(User(name="pending"))
with s.no_autoflush as same:
    print(same is s, s.scalar(select(func.count()).where(User.name == "pending")), s.autoflush)
print(s.autoflush, s.scalar(select(func.count()).where(User.name == "pending")))
s.rollback()

section("binds")
un = Session()
t(lambda: un.scalars(select(User)).all())
t(un.get_bind)
t(lambda: un.get_bind(User))
t(lambda: un.execute(text("select 1")))
un.bind_mapper(User, engine)
t(lambda: un.get_bind(User) is engine)
t(lambda: un.get_bind(Address))
un.bind_table(Address.__table__, engine)
t(lambda: un.get_bind(Address) is engine)
t(lambda: un.get_bind(clause=select(Address)) is engine)
t(lambda: len(un.binds))
t(lambda: un.bind_mapper(5, engine))
t(lambda: un.get_bind(object))

section("states")
tr = User(name="tr")
s.add(tr)
s.flush()
key = tr.id
make_transient(tr)
print(inspect(tr).transient, tr.id == key, object_session(tr))
t(make_transient_to_detached, tr)
print(inspect(tr).detached)
s.rollback()
s.enable_relationship_loading(User(id=1, name="z"))
lone = Address(user_id=1, email="lone")
s.enable_relationship_loading(lone)
t(lambda: lone.user.id)
s.close()

section("makers")
maker = sessionmaker(engine, expire_on_commit=False, info={"m": 1})
print(
    maker,
    maker().expire_on_commit,
    maker(expire_on_commit=True).expire_on_commit,
    maker(info={"n": 2}).info == {"m": 1, "n": 2},
    maker.kw["bind"] is engine,
    issubclass(maker.class_, Session),
)
maker.configure(autoflush=False)
print(maker().autoflush)
with maker.begin() as ms:
    ms.add(User(name="made"))
with maker() as ms:
    print(ms.scalar(select(func.count()).where(User.name == "made")))
print(Session.object_session, maker.identity_key(User, 1)) if False else print(maker.identity_key(User, 1))
ss = scoped_session(maker)
print(ss() is ss(), ss.registry.has(), ss.bind is engine, ss.autoflush, ss.info, ss.is_active)
t(lambda: ss(autoflush=True))
t(lambda: ss.configure(autoflush=True))
t(lambda: ss.query(User.name).filter_by(name="made").all())
t(lambda: ss.scalars(select(User.name).where(User.name == "made")).all())
ss.add(User(name="scoped"))
print(len(ss.new), len(ss.dirty), len(ss.deleted), [type(o).__name__ for o in ss], ss.no_autoflush is not None)
ss.flush()
ss.rollback()
ss.autoflush = True
print(ss().autoflush)
User.query = ss.query_property()
t(lambda: User.query.filter_by(name="made").count())
ss.remove()
print(ss.registry.has())
reg = scoped_session(maker, scopefunc=lambda: 1)
reg()
print(reg.registry.has(), type(reg.registry).__name__, reg.session_factory is maker)
reg.remove()
for name in [
    "add",
    "add_all",
    "begin",
    "begin_nested",
    "close",
    "commit",
    "connection",
    "delete",
    "execute",
    "expire",
    "expire_all",
    "expunge",
    "expunge_all",
    "flush",
    "get",
    "get_one",
    "get_bind",
    "is_modified",
    "bulk_save_objects",
    "bulk_insert_mappings",
    "bulk_update_mappings",
    "merge",
    "query",
    "refresh",
    "rollback",
    "scalar",
    "scalars",
    "reset",
    "merge_all",
    "delete_all",
    "identity_key",
    "object_session",
    "no_autoflush",
]:
    print(name, hasattr(Session, name), hasattr(scoped_session, name))
close_all_sessions()
print(object_session(ann))
