"""One contender runs one case in a process of its own and prints its seconds: `contender.py DATABASE CONTENDER CASE [URL]`.

CONTENDER is `oxalchemy`, `sqlalchemy` (with the default driver of SQLite), `sqlalchemy+DRIVER`, or the name of a driver: the case
by hand. SQLite needs no URL: a database is made for this run. See bench.py.
"""

import os
import sys
import tempfile

import by_hand
import by_library
import cases

HAND = {"sqlite3", "psycopg", "pymysql", "MySQLdb"}


def run(contender, case, url):
    if contender in HAND:
        return by_hand.run(contender, case, url.removeprefix("sqlite:///"))
    name, _, driver = contender.partition("+")
    if driver:
        scheme, rest = url.split("://", 1)
        url = f"{scheme}+{driver}://{rest}"
    return by_library.run(name, case, url)


def main():
    database, contender, case, *url = sys.argv[1:]
    if url:
        print(run(contender, case, url[0]))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "bench.sqlite")
        con = by_hand.connect("sqlite3", path)
        cases.fill(con, database)
        con.close()
        print(run(contender, case, f"sqlite:///{path}"))


if __name__ == "__main__":
    main()
