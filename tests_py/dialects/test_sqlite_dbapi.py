"""The built-in SQLite driver as a PEP 249 module, held against Python's ``sqlite3``: the same script, the same answers."""

import datetime
import decimal
import gc
import os
import sqlite3
import threading
import uuid
import weakref

import pytest
from oxalchemy.dialects.sqlite import dbapi


def outcome(module, fn):
    """What ``fn`` returned, or the class and text of what it raised."""
    try:
        return fn()
    except Exception as err:
        name = type(err).__name__
        return name, str(err), getattr(err, "sqlite_errorname", None)


def state(cursor):
    return cursor.rowcount, cursor.lastrowid, cursor.description, cursor.connection.in_transaction, cursor.fetchall()


class Text(str):
    pass


class Number(int):
    pass


class Point:
    def __conform__(self, protocol):
        return "1;2"


STATEMENTS = [
    "select 1;",
    "select 1; select 2",
    "select 1 as a, 'x' as b, null as c, 1.5 as d, x'00ff' as e",
    "create table t(a integer primary key, b text unique)",
    "insert into t values (5, 'x')",
    "select 1 where 0",
    "update t set b = 1",
    "/* c */ replace into t values (5, 'y')",
    "with q as (select 1) insert into t(b) select 'q'",
    "begin",
    "commit",
    "commit",
    "delete from t where a = 99",
    "select * from nope",
    "insert into t values (5, 'z')",
    "insert into t values (6, 'y')",
    "insert into t values ('a', 'b')",
    "pragma foreign_keys",
    "select",
]

PARAMETERS = [
    (1,),
    [1],
    "x",
    "xy",
    (1, 2),
    (),
    {"a": 1},
    5,
    (None,),
    (True,),
    (1.5,),
    ("häß\U0001f600",),
    (b"\0\xff",),
    (b"",),
    (bytearray(b"a"),),
    (memoryview(b"abc"),),
    (2**63 - 1,),
    (-(2**63),),
    (2**63,),
    ("\ud800",),
    (object(),),
    (1 + 2j,),
    (Text("sub"),),
    (Number(7),),
    (Point(),),
    (datetime.date(2020, 1, 2),),
    (datetime.datetime(2020, 1, 2, 3, 4, 5),),
    (datetime.datetime(2020, 1, 2, 3, 4, 5, 6),),
    (datetime.time(1, 2),),
    (decimal.Decimal(1),),
    (uuid.UUID(int=5),),
    range(1),
]


def run_statements(module):
    cursor = module.connect(":memory:").cursor()
    return [outcome(module, lambda s=s: state(cursor.execute(s))) for s in STATEMENTS]


def run_parameters(module):
    cursor = module.connect(":memory:").cursor()
    return [outcome(module, lambda p=p: cursor.execute("select ?", p).fetchall()) for p in PARAMETERS]


def run_named(module):
    cursor = module.connect(":memory:").cursor()
    sql = "select :a, @b, $c, ?7"
    tries = [{"a": 1, "b": 2, "c": 3}, range(7), {}, {"a": object()}]
    answers = [outcome(module, lambda p=p: cursor.execute(sql, p).fetchall()) for p in tries]
    answers.append(outcome(module, lambda: cursor.execute("select :a, :a", {"a": 3, "zz": 4}).fetchall()))
    return answers


def run_many(module):
    connection = module.connect(":memory:")
    cursor = connection.execute("create table t(a integer primary key, b)")
    sql = "insert into t(b) values (?)"
    answers = []
    for rows in ([(i,) for i in range(2500)], iter([("x",), ("y",)]), [], [(1,), (2, 3)], 5, [(1,), (object(),)]):
        answers.append(outcome(module, lambda rows=rows: cursor.executemany(sql, rows).rowcount))
        answers.append(connection.execute("select count(*), sum(b) from t").fetchall())
    answers.append(outcome(module, lambda: cursor.executemany("insert into t(b) values (:b)", [{"b": 1}]).rowcount))
    answers.append(outcome(module, lambda: cursor.executemany("select 1", [()])))
    answers.append(outcome(module, lambda: cursor.executemany("insert into t default values", [(), ()]).rowcount))
    answers.append(connection.total_changes)
    return answers


def run_transactions(module):
    connection = module.connect(":memory:")
    answers = [connection.isolation_level, connection.in_transaction]
    connection.execute("create table t(a)")
    answers.append(connection.in_transaction)
    with connection:
        connection.execute("insert into t values (1)")
        answers.append(connection.in_transaction)
    answers.append(connection.in_transaction)
    try:
        with connection:
            connection.execute("insert into t values (2)")
            raise KeyError
    except KeyError:
        pass
    answers.append(connection.execute("select * from t").fetchall())
    connection.isolation_level = "immediate"
    connection.execute("insert into t values (3)")
    answers.append(connection.isolation_level)
    connection.isolation_level = None
    answers += [connection.in_transaction, connection.isolation_level]
    connection.execute("insert into t values (4)")
    answers.append(connection.in_transaction)
    connection.isolation_level = ""
    connection.execute("insert into t values (5)")
    connection.executescript("insert into t values (6); select 1;")
    answers.append(connection.in_transaction)
    answers.append(outcome(module, lambda: setattr(connection, "isolation_level", "bad")))
    answers.append(outcome(module, lambda: setattr(connection, "isolation_level", 5)))
    return answers


def run_functions(module):
    connection = module.connect(":memory:")
    connection.execute("create table t(b)")
    connection.executemany("insert into t values (?)", [(1,), (2,), (3,)])
    query = lambda sql, *p: outcome(module, lambda: connection.execute(sql, *p).fetchall())  # noqa: E731

    class Product:
        def __init__(self):
            self.value = 1

        def step(self, x):
            self.value *= x

        def finalize(self):
            return self.value

    class Broken(Product):
        def step(self, x):
            raise ValueError

    class Unfinished(Product):
        def finalize(self):
            raise ValueError

    class Unborn:
        def __init__(self):
            raise ValueError

    connection.create_function("echo", 1, lambda x: x, deterministic=True)
    connection.create_function("boom", 0, lambda: 1 / 0)
    connection.create_function("odd", 0, lambda: object())
    connection.create_function("count_args", -1, lambda *a: len(a))
    for name, cls in (("product", Product), ("broken", Broken), ("unfinished", Unfinished), ("unborn", Unborn)):
        connection.create_aggregate(name, 1, cls)
    connection.create_collation("reversed", lambda a, b: (a < b) - (a > b))
    answers = [query("select echo(?)", (v,)) for v in (1, 1.5, "ä", b"x", None)]
    for call in ("boom()", "odd()", "count_args(1,2,3)", "echo(1,2)"):
        answers.append(query(f"select {call}"))
    for call in ("product(b)", "broken(b)", "unfinished(b)", "unborn(b)"):
        answers.append(query(f"select {call} from t"))
    answers.append(query("select product(b) from t where 0"))
    answers.append(query("select 'a' union select 'b' order by 1 collate reversed"))
    return answers


def run_rows(module):
    connection = module.connect(":memory:", detect_types=module.PARSE_DECLTYPES | module.PARSE_COLNAMES)
    connection.execute("create table t(d date, ts timestamp, n integer)")
    when = datetime.datetime(2020, 1, 2, 3, 4, 5, 600)
    connection.execute("insert into t values (?, ?, ?)", (when.date(), when, 1))
    cursor = connection.execute("select d, ts, n, '2021-03-04' as \"x [date]\" from t")
    answers = [cursor.description, cursor.fetchall()]
    connection.text_factory = bytes
    answers.append(connection.execute("select 'ä', 1").fetchone())
    connection.text_factory = lambda b: b.decode("latin-1")
    answers.append(connection.execute("select 'ä', 1").fetchone())
    connection.text_factory = str
    answers.append(outcome(module, lambda: connection.execute("select cast(x'ff' as text) as c").fetchone()))
    connection.row_factory = module.Row
    row = connection.execute("select 1 as a, 2 as B").fetchone()
    answers += [tuple(row), row["A"], row["b"], row[0], row[-1], row[0:1], row.keys(), len(row)]
    answers += [outcome(module, lambda: row["zz"]), outcome(module, lambda: row[5])]
    connection.row_factory = lambda cursor, row: dict(zip([d[0] for d in cursor.description], row, strict=False))
    answers.append(connection.execute("select 1 as a, 2 as b").fetchall())
    return answers


def run_fetching(module):
    connection = module.connect(":memory:")
    connection.execute("create table t(a)")
    connection.executemany("insert into t values (?)", [(i,) for i in range(3000)])
    cursor = connection.execute("select a from t order by a")
    answers = [cursor.fetchone(), cursor.fetchmany(), cursor.fetchmany(3), len(cursor.fetchmany(1000))]
    cursor.arraysize = 2
    answers += [cursor.fetchmany(), next(cursor), len(cursor.fetchall()), cursor.fetchone(), cursor.fetchall()]
    answers.append(sum(a for (a,) in connection.execute("select a from t")))
    cursor = connection.execute("select a from t order by a")
    cursor.fetchone()
    answers.append(connection.execute("select count(*) from t").fetchone())
    answers += [len(cursor.fetchall())]
    return answers


def run_closed(module):
    connection = module.connect(":memory:")
    cursor, other = connection.cursor(), connection.cursor()
    other.close()
    other.close()
    answers = [outcome(module, lambda: other.execute("select 1")), outcome(module, other.fetchone)]
    cursor.execute("select 1 union select 2")
    connection.close()
    connection.close()
    for fn in (
        lambda: connection.execute("select 1"),
        connection.commit,
        connection.cursor,
        cursor.fetchone,
        lambda: connection.in_transaction,
        lambda: connection.total_changes,
        connection.interrupt,
        connection.__enter__,
    ):
        answers.append(outcome(module, fn))
    return answers


def run_dump(module):
    connection = module.connect(":memory:")
    connection.executescript(
        """create table "a b" (id integer primary key autoincrement, "x""y" text, z blob);
        insert into "a b" ("x""y", z) values ('it''s', x'00ff'), (null, null);
        create index i on "a b" (z);
        create view v as select 1;"""
    )
    copy = module.connect(":memory:")
    copy.executescript("\n".join(connection.iterdump()))
    steps = []
    target = module.connect(":memory:")
    connection.backup(target, pages=1, progress=lambda status, remaining, total: steps.append((status, remaining)))
    return [
        copy.execute('select * from "a b"').fetchall(),
        copy.execute("select name from sqlite_master order by 1").fetchall(),
        target.execute('select count(*) from "a b"').fetchall(),
        steps[-1][1],
        outcome(module, lambda: connection.backup(connection)),
    ]


SCRIPTS = [
    run_statements,
    run_parameters,
    run_named,
    run_many,
    run_transactions,
    run_functions,
    run_rows,
    run_fetching,
    run_closed,
    run_dump,
]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda f: f.__name__[4:])
def test_same_answers_as_sqlite3(script):
    if script is run_parameters:
        sqlite3.register_adapter(Point, lambda p: "1;2")
    assert script(dbapi) == script(sqlite3)


def test_opening_fails_like_sqlite3():
    tries = [("/no/such/directory/x.db",), (5,), ("a\0b",), (":memory:", 5.0, 0, "foo")]
    for args in tries:
        assert outcome(dbapi, lambda a=args: dbapi.connect(*a)) == outcome(sqlite3, lambda a=args: sqlite3.connect(*a))


def test_uri_and_paths(tmp_path):
    path = tmp_path / "x.db"
    dbapi.connect(path).execute("create table t(a)")
    readonly = dbapi.connect(f"file:{path}?mode=ro", uri=True)
    assert readonly.execute("select name from sqlite_master").fetchall() == [("t",)]
    with pytest.raises(dbapi.OperationalError, match="readonly"):
        readonly.execute("insert into t values (1)")


def test_only_the_opening_thread_unless_told_otherwise():
    errors = []
    connection = dbapi.connect(":memory:")
    shared = dbapi.connect(":memory:", check_same_thread=False)

    def use():
        errors.append(outcome(dbapi, connection.cursor))
        errors.append(outcome(dbapi, lambda: shared.execute("select 1").fetchall()))

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert errors[0][0] == "ProgrammingError" and "can only be used in that same thread" in errors[0][1]
    assert errors[1] == [(1,)]


def test_a_long_query_leaves_other_threads_running_and_can_be_interrupted():
    connection = dbapi.connect(":memory:", check_same_thread=False)
    results = []
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    thread = threading.Thread(target=lambda: results.append(outcome(dbapi, lambda: connection.execute(endless))))
    thread.start()
    while not results:
        connection.interrupt()  # only reached because the query does not hold the GIL
        thread.join(0.01)
    assert results[0] == ("OperationalError", "interrupted", "SQLITE_INTERRUPT")


def test_a_function_may_use_its_own_connection_but_not_its_own_cursor():
    connection = dbapi.connect(":memory:")
    cursor = connection.cursor()
    connection.create_function("inner_query", 0, lambda: connection.execute("select 42").fetchone()[0])
    assert cursor.execute("select inner_query()").fetchone() == (42,)
    seen = []
    connection.create_function("recurse", 0, lambda: seen.append(outcome(dbapi, lambda: cursor.execute("select 1"))))
    cursor.execute("select recurse()")
    assert seen == [("ProgrammingError", "Recursive use of cursors not allowed.", None)]
    connection.create_function("shut", 0, connection.close)
    with pytest.raises(dbapi.OperationalError):
        connection.execute("select shut()")
    assert connection.execute("select 1").fetchone() == (1,)


def test_regexp_is_there():
    connection = dbapi.connect(":memory:")
    assert connection.execute("select 'abc' regexp 'b.', 'abc' regexp 'x', null regexp 'x'").fetchone() == (1, 0, None)
    with pytest.raises(dbapi.OperationalError):
        connection.execute("select 'abc' regexp '('")


def test_functions_are_removed_with_none():
    connection = dbapi.connect(":memory:")
    connection.create_function("f", 0, lambda: 1)
    connection.create_function("f", 0, None)
    with pytest.raises(dbapi.OperationalError, match="no such function: f"):
        connection.execute("select f()")


def test_trace_progress_and_limits():
    connection = dbapi.connect(":memory:")
    seen = []
    connection.set_trace_callback(seen.append)
    connection.execute("select ?", ("x",))
    connection.set_trace_callback(None)
    connection.execute("select 2")
    assert seen == ["select 'x'"]
    connection.set_progress_handler(lambda: 1, 100)
    with pytest.raises(dbapi.OperationalError, match="interrupted"):
        connection.execute("with recursive n(i) as (select 1 union all select i + 1 from n limit 100000) select sum(i) from n")
    connection.set_progress_handler(None, 100)
    length = connection.setlimit(0, 1000)
    assert connection.getlimit(0) == 1000 < length


def test_exceptions_are_attributes_of_the_connection_and_a_tree():
    connection = dbapi.connect(":memory:")
    assert connection.IntegrityError is dbapi.IntegrityError
    assert issubclass(dbapi.IntegrityError, dbapi.DatabaseError) and issubclass(dbapi.DatabaseError, dbapi.Error)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        connection.nothing


def test_cycles_through_factories_are_collected():
    class Factory:
        def __call__(self, cursor, row):
            return row

    connection = dbapi.connect(":memory:")
    factory = Factory()
    factory.connection = connection
    connection.row_factory = factory
    ref = weakref.ref(factory)
    del connection, factory
    gc.collect()
    assert ref() is None


def test_subclasses_and_factories():
    class Connection(dbapi.Connection):
        def cursor(self):
            return super().cursor(Cursor)

    class Cursor(dbapi.Cursor):
        def execute(self, sql, *args):
            return super().execute(sql.replace("zwei", "2"), *args)

    connection = dbapi.connect(":memory:", factory=Connection)
    assert connection.execute("select zwei").fetchall() == [(2,)]


def test_mathematical_functions_and_many_variables():
    connection = dbapi.connect(":memory:")
    assert connection.execute("select floor(1.5), ceil(1.5), pow(2, 3), mod(7, 3)").fetchone() == (1.0, 2.0, 8.0, 1.0)
    values = list(range(40_000))
    sql = f"select count(*) from (select 1 where 5 in ({','.join('?' * len(values))}))"
    assert connection.execute(sql, values).fetchone() == (1,)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_ends_without_touching_its_parents_connection(tmp_path):
    connection = dbapi.connect(tmp_path / "f.db")
    connection.execute("create table t(a)")
    connection.execute("begin immediate")
    held = connection.execute("select 1 union all select 2")
    child = os.fork()
    if child == 0:
        # Ending drops every object; closing would wait for a thread that the child does not have.
        connection.close()
        del connection, held
        gc.collect()
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    connection.execute("insert into t values (1)")
    connection.commit()
    assert dbapi.connect(tmp_path / "f.db").execute("select a from t").fetchall() == [(1,)]
