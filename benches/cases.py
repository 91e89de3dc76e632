"""What is measured: the cases, how many operations each does, the marks, and the table they work on."""

PARENTS = 1_000
INSERTS = 10_000
# Rows of `item` in each database.
ROWS = {"sqlite": 20_000, "postgresql": 50_000, "mysql": 50_000}

# name: (what one operation is, how many the case does: a number, or the rows of `item`)
SERVER_CASES = {
    "load objects": ("object", "rows"),
    "load columns": ("row", "rows"),
    "core fetchall": ("row", "rows"),
    "get by key": ("get", 2_000),
    "insert objects": ("object", INSERTS),
    "update objects": ("object", 5_000),
}
SQLITE_CASES = {
    "load objects": ("object", "rows"),
    "load columns": ("row", "rows"),
    "core fetchall": ("row", "rows"),
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
CASES = {"sqlite": SQLITE_CASES, "postgresql": SERVER_CASES, "mysql": SERVER_CASES}

# How many times SQLAlchemy's speed each case must reach; 1 where nothing is said.
MARKS = {
    "sqlite": {"load objects": 5.0, "insert objects": 5.0},
    "postgresql": {"load objects": 5.0, "get by key": 2.5, "insert objects": 2.0},
    "mysql": {"load objects": 5.0, "get by key": 2.5, "insert objects": 2.0},
}
# How many times the time of the fastest code by hand we may take.
HAND_MARKS = {
    "postgresql": {"core fetchall": 1.3, "get by key": 1.3},
    "mysql": {"core fetchall": 1.3, "get by key": 1.3},
}


def operations(database, case):
    """(unit, count) of a case."""
    unit, count = CASES[database][case]
    return unit, ROWS[database] if count == "rows" else count


KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgresql": "SERIAL PRIMARY KEY", "mysql": "INTEGER AUTO_INCREMENT PRIMARY KEY"}


def fill(connection, database):
    """Make and fill the tables through a DBAPI connection of whatever driver."""
    cursor = connection.cursor()
    cursor.execute(f"CREATE TABLE parent (id {KEY[database]}, name VARCHAR(40))")
    cursor.execute(
        f"CREATE TABLE item (id {KEY[database]}, name VARCHAR(40), note VARCHAR(80), qty INTEGER, price DOUBLE PRECISION,"
        " parent_id INTEGER REFERENCES parent (id))"
    )
    mark = "?" if database == "sqlite" else "%s"
    cursor.executemany(f"INSERT INTO parent VALUES ({mark}, {mark})", [(i, f"parent {i}") for i in range(1, PARENTS + 1)])
    rows = ROWS[database]
    cursor.executemany(
        f"INSERT INTO item (id, name, note, qty, price, parent_id) VALUES ({', '.join([mark] * 6)})",
        [(i, f"item {i}", f"a note about item {i}", i % 97, i * 0.5, i % PARENTS + 1) for i in range(1, rows + 1)],
    )
    if database == "postgresql":
        cursor.execute("SELECT setval('item_id_seq', %s)", (rows,))
        cursor.execute("CREATE INDEX ON item (parent_id)")
    connection.commit()
    if database != "sqlite":
        cursor.execute("VACUUM ANALYZE" if database == "postgresql" else "ANALYZE TABLE item")


def reset(connection, database):
    """Take away what the insert case left."""
    cursor = connection.cursor()
    cursor.execute("DELETE FROM item WHERE id > " + str(ROWS[database]))
    connection.commit()
