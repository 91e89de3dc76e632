"""The ORM on a server: what it sends, and what comes back."""

import datetime
import decimal
import enum
import sys

from oxalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    exc,
    func,
    insert,
    null,
    select,
    update,
)
from oxalchemy.orm import (
    DeclarativeBase,
    Session,
    aliased,
    joinedload,
    relationship,
    selectinload,
    subqueryload,
)

engine = create_engine(sys.argv[1])
sent = []
event.listen(engine, "before_cursor_execute", lambda c, cursor, sql, params, context, many: sent.append((sql, many)))


class Base(DeclarativeBase):
    pass


class Colour(enum.Enum):
    red = 1
    blue = 2


tags = Table(
    "orm_item_tag",
    Base.metadata,
    Column("item_id", ForeignKey("orm_item.id"), primary_key=True),
    Column("tag_id", ForeignKey("orm_tag.id"), primary_key=True),
)


class Owner(Base):
    __tablename__ = "orm_owner"
    id = Column(Integer, primary_key=True)
    name = Column(String(30), nullable=False)
    boss_id = Column(ForeignKey("orm_owner.id"))
    boss = relationship("Owner", remote_side=[id], backref="staff")
    items = relationship("Item", back_populates="owner", cascade="all, delete-orphan", order_by="Item.id")


class Item(Base):
    __tablename__ = "orm_item"
    id = Column(Integer, primary_key=True)
    owner_id = Column(ForeignKey("orm_owner.id"))
    title = Column(String(40))
    price = Column(Numeric(10, 2))
    weight = Column(Float)
    flag = Column(Boolean)
    day = Column(Date)
    moment = Column(DateTime)
    blob = Column(LargeBinary)
    data = Column(JSON)
    colour = Column(Enum(Colour, native_enum=False))
    notes = Column(Text, server_default="none")
    version = Column(Integer, nullable=False)
    owner = relationship("Owner", back_populates="items")
    tags = relationship("Tag", secondary=tags, order_by="Tag.id")
    __mapper_args__ = {"version_id_col": version}


class Tag(Base):
    __tablename__ = "orm_tag"
    id = Column(String(10), primary_key=True)


NAMES = ("orm_item_tag", "orm_item", "orm_tag", "orm_owner")
for name in NAMES:
    with engine.begin() as conn:
        conn.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
Base.metadata.create_all(engine, checkfirst=False)


def show(label, value):
    print(f"{label}: {value!r}")


with Session(engine) as session:
    print("-- insert")
    boss = Owner(name="boss")
    worker = Owner(name="worker", boss=boss)
    item = Item(
        title="thing",
        price=decimal.Decimal("12.50"),
        weight=0.25,
        flag=True,
        day=datetime.date(2020, 2, 29),
        moment=datetime.datetime(2021, 3, 4, 5, 6, 7),
        blob=b"\x00\xff%",
        data={"a": [1, None, "ü"]},
        colour=Colour.blue,
        owner=worker,
        tags=[Tag(id="x"), Tag(id="y")],
    )
    session.add_all([boss, worker, item])
    session.flush()
    show("ids", (boss.id, worker.id, item.id, item.version))
    show("server default", item.notes)
    session.commit()
    show("sent", sorted(sql.split(" (")[0] for sql, many in sent))
    del sent[:]
    print("-- read back")
    show("item", (item.title, item.price, item.weight, item.flag, item.day, item.moment, item.blob, item.data, item.colour))
    show("tags", [t.id for t in item.tags])
    show("boss", item.owner.boss.name)
    print("-- many")
    session.add_all([Item(title=f"i{n}", owner=boss) for n in range(5)])
    session.flush()
    show("sent", [(sql.partition("VALUES")[0].partition("SELECT")[0], sql.partition("RETURNING")[2]) for sql, _ in sent[-1:]])
    show("ids", [i.id for i in boss.items])
    show("json of nothing", session.scalars(select(func.count()).where(Item.data.is_(null()))).all())
    print("-- update")
    del sent[:]
    item.price += 1
    boss.name = "boss's"
    session.flush()
    show("sent", [sql for sql, _ in sent])
    show("version", item.version)
    for i in boss.items:
        i.weight = i.id / 2
    session.commit()
    print("-- stale")
    session.execute(update(Item).where(Item.id == item.id).values(version=77), execution_options={"synchronize_session": False})
    item.title = "again"
    try:
        session.flush()
    except Exception as e:
        show("stale", (type(e).__name__, str(e)))
    session.rollback()
    print("-- loads")
    for option in (joinedload, selectinload, subqueryload):
        session.expunge_all()
        owners = session.scalars(select(Owner).options(option(Owner.items)).order_by(Owner.id)).unique().all()
        show(option.__name__, [(o.name, len(o.items)) for o in owners])
    other = aliased(Owner)
    show("join", session.execute(select(Owner.name, other.name).join(other, Owner.boss)).all())
    show("get", session.get(Owner, 1).name)
    show("get none", session.get(Owner, 999))
    show("count", session.query(Item).filter(Item.title.like("i%")).count())
    show("sum", session.scalar(select(func.sum(Item.weight))))
    show("paging", [i.title for i in session.query(Item).order_by(Item.id.desc())[1:3]])
    show("exists", session.scalar(select(Item.id).where(Item.tags.any(Tag.id == "x"))))
    print("-- bulk")
    session.execute(insert(Tag), [{"id": f"t{n}"} for n in range(3)])
    session.execute(update(Item), [{"id": 2, "title": "two", "version": 2}, {"id": 3, "title": "three", "version": 2}])
    session.execute(update(Item).where(Item.title == "two").values(weight=Item.weight * 2))
    show("titles", session.scalars(select(Item.title).order_by(Item.id)).all())
    session.execute(delete(Tag).where(Tag.id.like("t%")))
    if engine.dialect.insert_returning:
        made = session.scalars(insert(Owner).returning(Owner, sort_by_parameter_order=True), [{"name": "p"}, {"name": "q"}]).all()
        show("returned", [(o.id, o.name) for o in made])
    print("-- errors")
    session.add(Owner())
    try:
        session.flush()
    except exc.DBAPIError as e:
        show("failed", (type(e).__name__, e.params))
    session.rollback()
    session.add(Tag(id="x"))
    try:
        session.flush()
    except exc.IntegrityError as e:
        show("duplicate", (type(e).__name__, e.params))
    session.rollback()
    print("-- savepoints and deletes")
    with session.begin_nested():
        session.add(Tag(id="kept"))
    try:
        with session.begin_nested():
            session.add(Tag(id="kept"))
            session.flush()
    except exc.IntegrityError:
        print("duplicate in a savepoint")
    session.delete(session.get(Item, 1))
    boss = session.get(Owner, 1)
    boss.items.pop()
    session.flush()
    session.commit()
    show("left", session.scalars(select(Item.title).order_by(Item.id)).all())
    show("tags", session.scalars(select(Tag.id).order_by(Tag.id)).all())
for name in NAMES:
    with engine.begin() as conn:
        conn.exec_driver_sql(f"DROP TABLE {name}")
engine.dispose()
