"""automap: classes from tables, relationships from foreign keys, associations, names of one's own, classes declared before."""

from oxalchemy import Column, Integer, MetaData, create_engine, inspect, pool, select
from oxalchemy.ext.automap import automap_base, generate_relationship
from oxalchemy.orm import Session, aliased, backref, class_mapper, configure_mappers, interfaces, relationship

engine = create_engine("sqlite://", poolclass=pool.StaticPool)
with engine.begin() as connection:
    for text in (
        "CREATE TABLE user (id INTEGER PRIMARY KEY, name VARCHAR(20))",
        "CREATE TABLE address (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, email VARCHAR, "
        "FOREIGN KEY(user_id) REFERENCES user (id) ON DELETE CASCADE)",
        "CREATE TABLE keyword (id INTEGER PRIMARY KEY, word VARCHAR)",
        "CREATE TABLE user_keyword (user_id INTEGER REFERENCES user (id), keyword_id INTEGER REFERENCES keyword (id), "
        "PRIMARY KEY (user_id, keyword_id))",
        "CREATE TABLE node (id INTEGER PRIMARY KEY, parent_id INTEGER, FOREIGN KEY(parent_id) REFERENCES node (id) "
        "ON DELETE SET NULL)",
        "CREATE TABLE keyless (a INTEGER)",
        "CREATE TABLE admin (id INTEGER PRIMARY KEY REFERENCES user (id), level INTEGER)",
    ):
        connection.exec_driver_sql(text)


def show(title, base):
    configure_mappers()
    print(title, sorted(base.classes.keys()))
    for mapper in sorted(base.registry.mappers, key=str):
        print(" ", mapper.class_.__name__, mapper.class_.__module__, mapper.inherits, sorted(set(mapper.columns.keys())))
        for r in sorted(mapper.relationships, key=lambda r: r.key):
            print("   ", r.key, r.direction.name, r.mapper.class_.__name__, r.uselist, r.passive_deletes, sorted(r.cascade))
            print("     ", sorted(x.key for x in r._reverse_property), r.primaryjoin, r.collection_class)


def attempt(label, fn):
    try:
        print(label, fn())
    except Exception as e:
        print(label, type(e).__name__, str(e).partition("; ")[0])


# -- all by itself
Plain = automap_base()
Plain.prepare(autoload_with=engine)
show("plain", Plain)
session = Session(engine)
user = Plain.classes.user(name="x", address_collection=[Plain.classes.address(email="e")])
user.keyword_collection.append(Plain.classes.keyword(word="w"))
session.add(user)
session.commit()
print(
    session.query(Plain.classes.address).one().user is user, session.query(Plain.classes.keyword).one().user_collection == [user]
)
session.delete(user)
session.commit()
print(session.query(Plain.classes.address).count())
Plain.prepare(autoload_with=engine)
show("again", Plain)

# -- with classes declared before
Base = automap_base()


class User(Base):
    __tablename__ = "user"
    words = relationship("keyword", secondary="user_keyword", backref="owners")
    mails = relationship("Address", foreign_keys="Address.user_id", back_populates="owner", cascade="all, delete-orphan")


class Address(Base):
    __tablename__ = "address"
    extra = Column("email", Integer)
    owner = relationship("User", back_populates="mails", overlaps="user,address_collection")


class Admin(User):
    __tablename__ = "admin"


for label, fn in (
    ("select", lambda: select(User)),
    ("inspect", lambda: inspect(User)),
    ("alias", lambda: aliased(User)),
    ("mapper", lambda: class_mapper(User)),
    ("get", lambda: Session(engine).get(User, 1)),
):
    attempt(label, fn)


def no_address(base, direction, fn, name, local, referred, **kw):
    if "address" in (local.__name__.lower(), referred.__name__.lower()):
        return None
    return generate_relationship(base, direction, fn, name, local, referred, **kw)


class Renamed(Base):
    __tablename__ = "node"
    number = Column("id", Integer, primary_key=True)


Base.prepare(
    autoload_with=engine,
    generate_relationship=no_address,
    name_for_collection_relationship=lambda base, local, referred, constraint: "auto_" + referred.__name__.lower(),
    name_for_scalar_relationship=lambda base, local, referred, constraint: "one_" + referred.__name__.lower(),
    collection_class=set,
)
show("declared", Base)

# -- names of one's own, modules, a MetaData that is there
seen = []


def note(base, direction, fn, name, local, referred, **kw):
    seen.append((direction.name, fn.__name__, name, local.__name__, referred.__name__, sorted(kw)))
    return generate_relationship(base, direction, fn, name, local, referred, **kw)


metadata = MetaData()
metadata.reflect(engine, only=["user", "address", "node"])
Named = automap_base(metadata=metadata)
Named.prepare(
    classname_for_table=lambda base, name, table: name.title(),
    modulename_for_table=lambda base, name, table: "shop.people" if name == "user" else None,
    generate_relationship=note,
)
show("named", Named)
print(*sorted(map(str, seen)), sep="\n")
print(Named.by_module.shop.people.User, "user" in Named.classes, "Address" in Named.classes)
attempt("unknown function", lambda: generate_relationship(Named, interfaces.ONETOMANY, print, "x", User, User))
print(generate_relationship(Named, interfaces.ONETOMANY, backref, "x", User, User, lazy="raise"))
