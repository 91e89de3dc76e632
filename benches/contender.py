"""One contender runs one case and prints its seconds. See bench.py."""

import os
import sqlite3
import sys
import tempfile
import time

ROWS = 20_000
INSERTS = 10_000
# name: (what one operation is, how many the case does)
CASES = {
    "load objects": ("object", ROWS),
    "load columns": ("row", ROWS),
    "core fetchall": ("row", ROWS),
    "get by key": ("get", 2_000),
    "get from identity map": ("get", 20_000),
    "filtered first": ("query", 1_000),
    "insert objects": ("object", INSERTS),
    "update objects": ("object", 5_000),
    "lazy load": ("load", 1_000),
    "build select": ("statement", 10_000),
    "attribute get": ("get", 200_000),
    "attribute set": ("set", 200_000),
}


def database(path):
    con = sqlite3.connect(path)
    con.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY, name VARCHAR(40))")
    con.execute(
        "CREATE TABLE item (id INTEGER PRIMARY KEY, name VARCHAR(40), note VARCHAR(80), qty INTEGER, price FLOAT,"
        " parent_id INTEGER REFERENCES parent (id))"
    )
    con.executemany("INSERT INTO parent VALUES (?, ?)", [(i, f"parent {i}") for i in range(1, 1001)])
    con.executemany(
        "INSERT INTO item VALUES (?, ?, ?, ?, ?, ?)",
        [(i, f"item {i}", f"a note about item {i}", i % 97, i * 0.5, i % 1000 + 1) for i in range(1, ROWS + 1)],
    )
    con.commit()
    con.close()


def timed(fn):
    start = time.perf_counter()
    fn()
    return time.perf_counter() - start


def by_hand(case, path):
    con = sqlite3.connect(path)

    class Item:
        def __init__(self, id, name, note, qty, price):
            self.id, self.name, self.note, self.qty, self.price = id, name, note, qty, price

    class New(Item):
        pass

    sql = "SELECT id, name, note, qty, price FROM item"
    if case == "load objects":
        return timed(lambda: [Item(*row) for row in con.execute(sql)])
    if case in ("load columns", "core fetchall"):
        return timed(lambda: con.execute(sql).fetchall())
    if case == "get by key":
        return timed(lambda: [Item(*con.execute(sql + " WHERE id = ?", (i,)).fetchone()) for i in range(1, 2001)])
    if case == "get from identity map":
        known = {i: Item(i, "", "", 1, 1.0) for i in range(1, 101)}
        return timed(lambda: [known[i % 100 + 1] for i in range(20_000)])
    if case == "filtered first":
        one = sql + " WHERE name = ? LIMIT 1"
        con.execute("CREATE INDEX ix ON item (name)")
        return timed(lambda: [Item(*con.execute(one, (f"item {i}",)).fetchone()) for i in range(1, 1001)])
    if case == "insert objects":
        items = [Item(None, f"n {i}", "note", i, 1.5) for i in range(INSERTS)]

        def insert():
            for it in items:
                cur = con.execute(
                    "INSERT INTO item (name, note, qty, price) VALUES (?, ?, ?, ?)", (it.name, it.note, it.qty, it.price)
                )
                it.id = cur.lastrowid
            con.commit()

        return timed(insert)
    if case == "update objects":
        items = [Item(*row) for row in con.execute(sql + " LIMIT 5000")]

        def update():
            for it in items:
                it.qty += 1
            con.executemany("UPDATE item SET qty = ? WHERE id = ?", [(it.qty, it.id) for it in items])
            con.commit()

        return timed(update)
    if case == "lazy load":
        return timed(
            lambda: (
                [con.execute(sql + " WHERE parent_id = ?", (i,)).fetchall() for i in range(1, 1001)]
                if con.execute("CREATE INDEX ixp ON item (parent_id)")
                else None
            )
        )
    if case == "build select":
        return timed(lambda: [f"SELECT id, name FROM item WHERE qty = ? AND name LIKE ? ORDER BY {'id'}" for _ in range(10_000)])
    item = Item(1, "a", "b", 1, 1.0)
    if case == "attribute get":
        return timed(lambda: [item.name for _ in range(200_000)])
    if case == "attribute set":

        def write():
            for i in range(200_000):
                item.qty = i

        return timed(write)
    raise SystemExit(f"unknown case {case!r}")


def by_library(name, case, path):
    if name == "sqlalchemy":
        import sqlalchemy as sa
        from sqlalchemy import orm
    else:
        import oxalchemy as sa
        from oxalchemy import orm
    engine = sa.create_engine(f"sqlite:///{path}")
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
        loaded = session.query(Item).limit(5000).all()

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


def main():
    name, case = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "bench.sqlite")
        database(path)
        print(by_hand(case, path) if name == "by hand" else by_library(name, case, path))


if __name__ == "__main__":
    main()
