"""The cases through SQLAlchemy's API: the same code for SQLAlchemy and for oxalchemy."""

from cases import INSERTS
from clock import timed


def run(name, case, url):
    """Seconds of one case; `name` is "sqlalchemy" or "oxalchemy"."""
    if name == "sqlalchemy":
        import sqlalchemy as sa
        from sqlalchemy import orm
    else:
        import oxalchemy as sa
        from oxalchemy import orm
    engine = sa.create_engine(url)
    registry = orm.registry()
    meta = registry.metadata
    parents = sa.Table("parent", meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(40)))
    items = sa.Table(
        "item",
        meta,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(40)),
        sa.Column("note", sa.String(80)),
        sa.Column("qty", sa.Integer),
        sa.Column("price", sa.Float),
        sa.Column("parent_id", sa.ForeignKey("parent.id")),
    )

    class Parent:
        pass

    class Item:
        def __init__(self, name, note, qty, price):
            self.name, self.note, self.qty, self.price = name, note, qty, price

    registry.map_imperatively(Parent, parents, properties={"items": orm.relationship(Item)})
    # Five mapped columns, as by hand.
    registry.map_imperatively(Item, items, exclude_properties=["parent_id"] if case != "lazy load" else [])
    session = orm.Session(engine)
    session.query(Item).limit(1).all()  # connection and configuration are not part of any case
    session.execute(sa.select(items.c.id).limit(1)).all()
    session.expunge_all()
    columns = [items.c[n] for n in ("id", "name", "note", "qty", "price")]
    if case == "load objects":
        return timed(lambda: session.query(Item).all())
    if case == "load columns":
        return timed(lambda: session.query(Item.id, Item.name, Item.note, Item.qty, Item.price).all())
    if case == "core fetchall":
        with engine.connect() as conn:
            return timed(lambda: conn.execute(sa.select(*columns)).fetchall())
    if case == "get by key":
        return timed(lambda: [session.get(Item, i) for i in range(1, 2001)])
    if case == "get from identity map":
        keep = session.query(Item).filter(Item.id <= 100).all()
        elapsed = timed(lambda: [session.get(Item, i % 100 + 1) for i in range(20_000)])
        assert len(keep) == 100
        return elapsed
    if case == "filtered first":
        with engine.begin() as conn:
            conn.exec_driver_sql("CREATE INDEX ix ON item (name)")
        return timed(lambda: [session.query(Item).filter_by(name=f"item {i}").first() for i in range(1, 1001)])
    if case == "insert objects":
        new = [Item(f"n {i}", "note", i, 1.5) for i in range(INSERTS)]

        def insert():
            session.add_all(new)
            session.commit()

        return timed(insert)
    if case == "update objects":
        loaded = session.query(Item).filter(Item.id <= 5000).all()

        def update():
            for it in loaded:
                it.qty += 1
            session.commit()

        return timed(update)
    if case == "lazy load":
        session.execute(sa.text("CREATE INDEX ixp ON item (parent_id)"))
        loaded = session.query(Parent).all()
        return timed(lambda: [p.items for p in loaded])
    if case == "build select":
        sel, c = sa.select, items.c
        return timed(lambda: [sel(c.id, c.name).where(c.qty == i, c.name.like("x%")).order_by(c.id) for i in range(10_000)])
    item = session.get(Item, 1)
    if case == "attribute get":
        return timed(lambda: [item.name for _ in range(200_000)])
    if case == "attribute set":

        def write():
            for i in range(200_000):
                item.qty = i

        return timed(write)
    raise SystemExit(f"unknown case {case!r}")
