"""Defaults of many rows: each sees its own row, and the first row says which columns have values."""

import itertools
import warnings

from oxalchemy import Column, Integer, MetaData, String, Table, bindparam, create_engine, literal, select, text

warnings.simplefilter("ignore")
counter = itertools.count(1)
seen = []


def of_row(context):
    row = context.get_current_parameters()
    seen.append((dict(row), dict(context.current_parameters)))
    return f"{row.get('v')}!"


def changed(context):
    seen.append(dict(context.get_current_parameters()))
    return f"changed {context.get_current_parameters().get('v')}"


meta = MetaData()
t = Table(
    "t",
    meta,
    Column("id", Integer, primary_key=True),
    Column("v", String),
    Column("w", String, default=of_row, onupdate=changed),
    Column("d", Integer, default=7),
    Column("n", Integer, default=lambda: next(counter)),
    Column("sq", Integer, default=select(literal(5)).scalar_subquery()),
    Column("sd", String, server_default="sd"),
    Column("v_m1", String),
)
plain = Table("plain", meta, Column("id", Integer, primary_key=True))
engine = create_engine("sqlite://")
meta.create_all(engine)
insert = t.insert()


def run(name, f):
    seen.clear()
    with engine.begin() as c:
        try:
            print(name, "->", f(c))
        except Exception as e:
            print(name, "!!", type(e).__name__, str(e).split("\n")[0])
        for s in seen:
            print("   ", s)
        print("   ", *c.execute(select(t).order_by(t.c.id)).all())
        c.execute(t.delete())


def several(*rows):
    return lambda c: c.execute(insert.values(list(rows))).rowcount


def many(*rows):
    return lambda c: c.execute(insert, list(rows)).rowcount


run("values", several({"v": "x"}, {"v": "y"}, {"v": "z"}))
run("values, more in the second", several({"v": "x"}, {"v": "y", "d": 3}))
run("values, more in the first", several({"v": "x", "d": 3}, {"v": "y"}))
run("values, none", several({"v": "x", "d": None}, {"v": None, "d": None}))
run("values, given", several({"v": "x", "w": "1"}, {"v": "y", "w": "2"}))
run("values, server default", several({"v": "x"}, {"v": "y", "sd": "1"}))
run("values, name like that of a row", several({"v": "x", "v_m1": "p"}, {"v": "y", "v_m1": "q"}))
run("values, twelve", several(*({"v": str(i)} for i in range(12))))
run("values, empty", several({}, {}))
run("values returning", lambda c: c.execute(insert.values([{"v": "x"}, {"v": "y"}]).returning(t.c.w, t.c.d)).all())
run("many", many({"v": "x"}, {"v": "y"}, {"v": "z"}))
for name, value in {"d": 2, "w": "given", "n": 99, "sq": 99, "sd": "given", "zz": 2}.items():
    run(f"many, {name} in the second", many({"v": "x"}, {"v": "y", name: value}))
run("many, none in the first", many({"v": "x", "d": None}, {"v": "y", "d": 2}))
run("many returning", lambda c: c.execute(insert.returning(t.c.v, t.c.w, t.c.d, t.c.n), [{"v": "x"}, {"v": "y", "d": 3}]).all())
run("many with values", lambda c: c.execute(insert.values(v="k"), [{"d": 1}, {"d": 2}]).rowcount)
run("one", lambda c: c.execute(insert, {"v": "x", "d": 1}).inserted_primary_key)
run("one, parameters", lambda c: sorted(c.execute(insert, {"v": "x"}).last_inserted_params().items()))


def update(c, *rows):
    c.execute(insert, [{"v": "x"}, {"v": "y"}])
    seen.clear()
    return c.execute(t.update().where(t.c.v == bindparam("b_v")), list(rows)).rowcount


run("update", lambda c: update(c, {"b_v": "x", "v": "x2"}, {"b_v": "y", "v": "y2"}))
run("update, more in the second", lambda c: update(c, {"b_v": "x", "v": "x2"}, {"b_v": "y", "v": "y2", "w": "given", "d": 4}))
for parameters in ([], (), {}, [{}], [{}, {}], None):
    run(f"insert {parameters}", lambda c: c.execute(insert, parameters).rowcount)
    run(f"update {parameters}", lambda c: (c.execute(insert, {"v": "x"}), c.execute(t.update(), parameters).rowcount)[1])
    run(f"text {parameters}", lambda c: c.execute(text("insert into t (v) values ('k')"), parameters).rowcount)


def bare(name, f):
    with engine.begin() as c:
        try:
            print(name, f(c), c.execute(select(plain)).all())
        except Exception as e:
            print(name, type(e).__name__, str(e).split("\n")[0])
        c.execute(plain.delete())


for parameters in ([], {}, [{}], [{}, {}, {}]):
    bare(f"bare {parameters}", lambda c: c.execute(plain.insert(), parameters).rowcount)
    bare(f"bare returning {parameters}", lambda c: c.execute(plain.insert().returning(plain.c.id), parameters).all())
    bare(
        f"bare defaults {parameters}",
        lambda c: len(c.execute(plain.insert().return_defaults(), parameters).inserted_primary_key_rows),
    )
bare("bare keys", lambda c: c.execute(plain.insert(), [{}, {}, {}]).inserted_primary_key_rows)
bare("bare values", lambda c: c.execute(plain.insert().values([{}, {}])).rowcount)
