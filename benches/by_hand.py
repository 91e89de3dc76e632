"""The cases written by hand against a PEP 249 driver, without any mapping: what a careful script would do."""

from cases import INSERTS
from clock import timed

SELECT = "SELECT id, name, note, qty, price FROM item"


class Item:
    def __init__(self, id, name, note, qty, price):
        self.id, self.name, self.note, self.qty, self.price = id, name, note, qty, price


def connect(driver, url):
    """A connection of `sqlite3`, `psycopg`, `pymysql` or `MySQLdb`; `url` is a path for the first."""
    if driver == "sqlite3":
        import sqlite3

        return sqlite3.connect(url)
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(url)
    user, password, name = unquote(parts.username or ""), unquote(parts.password or ""), parts.path.lstrip("/")
    if driver == "psycopg":
        import psycopg

        return psycopg.connect(host=parts.hostname, port=parts.port or 5432, user=user, password=password or None, dbname=name)
    module = __import__(driver)
    more = {"charset": "utf8mb4"} if driver == "pymysql" else {}
    return module.connect(host=parts.hostname, port=parts.port or 3306, user=user, password=password, database=name, **more)


def run(driver, case, url):
    """Seconds of one case."""
    con = connect(driver, url)
    cursor = con.cursor()
    mark = "?" if driver == "sqlite3" else "%s"
    by_key = f"{SELECT} WHERE id = {mark}"
    if driver == "psycopg":
        cursor.execute(by_key, (1,), prepare=True)

    def fetchall(sql, parameters=()):
        cursor.execute(sql, parameters)
        return cursor.fetchall()

    def fetchone(sql, parameters):
        cursor.execute(sql, parameters)
        return cursor.fetchone()

    if case == "load objects":
        return timed(lambda: [Item(*row) for row in fetchall(SELECT)])
    if case in ("load columns", "core fetchall"):
        return timed(lambda: fetchall(SELECT))
    if case == "get by key":
        return timed(lambda: [Item(*fetchone(by_key, (i,))) for i in range(1, 2001)])
    if case == "get from identity map":
        known = {i: Item(i, "", "", 1, 1.0) for i in range(1, 101)}
        return timed(lambda: [known[i % 100 + 1] for i in range(20_000)])
    if case == "filtered first":
        cursor.execute("CREATE INDEX ix ON item (name)")
        one = f"{SELECT} WHERE name = {mark} LIMIT 1"
        return timed(lambda: [Item(*fetchone(one, (f"item {i}",))) for i in range(1, 1001)])
    if case == "insert objects":
        return insert(driver, con, cursor)
    if case == "update objects":
        items = [Item(*row) for row in fetchall(f"{SELECT} WHERE id <= 5000")]

        def update():
            for it in items:
                it.qty += 1
            cursor.executemany(f"UPDATE item SET qty = {mark} WHERE id = {mark}", [(it.qty, it.id) for it in items])
            con.commit()

        return timed(update)
    if case == "lazy load":
        cursor.execute("CREATE INDEX ixp ON item (parent_id)")
        return timed(lambda: [fetchall(f"{SELECT} WHERE parent_id = {mark}", (i,)) for i in range(1, 1001)])
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


def insert(driver, con, cursor):
    """Insert objects and give each its key, in the way that suits the driver."""
    items = [Item(None, f"n {i}", "note", i, 1.5) for i in range(INSERTS)]
    rows = [(it.name, it.note, it.qty, it.price) for it in items]
    sql = "INSERT INTO item (name, note, qty, price) VALUES "

    def one_by_one():
        for it, row in zip(items, rows, strict=False):
            cursor.execute(sql + "(?, ?, ?, ?)", row)
            it.id = cursor.lastrowid
        con.commit()

    def in_batches():
        for start in range(0, INSERTS, 1000):
            part = rows[start : start + 1000]
            cursor.execute(sql + ", ".join(["(%s, %s, %s, %s)"] * len(part)) + " RETURNING id", [v for row in part for v in row])
            for it, (key,) in zip(items[start:], cursor.fetchall(), strict=False):
                it.id = key
        con.commit()

    return timed(one_by_one if driver == "sqlite3" else in_batches)
