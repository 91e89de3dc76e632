"""``from_dml_column()``: a value of an INSERT or UPDATE that is made from what it sets for another column."""

import pytest
from oxalchemy import Column, Integer, MetaData, Table, column, create_engine, exc, from_dml_column, func, select, table

t = table("t", column("x", Integer), column("y", Integer), column("z", Integer))
x = from_dml_column(t.c.x)


@pytest.mark.parametrize(
    "statement, text",
    [
        (t.update().values(x=10, y=x + 5), "UPDATE t SET x=:x, y=(:x + :param_1)"),
        (t.update().values(y=x + 5), "UPDATE t SET y=(t.x + :param_1)"),
        (t.update().values(x=func.foo(3), y=x + 5, z=x), "UPDATE t SET x=foo(:foo_1), y=(foo(:foo_1) + :param_1), z=foo(:foo_1)"),
        (t.insert().values(x=10, y=x + 5), "INSERT INTO t (x, y) VALUES (:x, (:x + :param_1))"),
        (
            t.insert().values([{"x": 1, "y": x + 1}, {"x": 2, "y": x + 1}]),
            "INSERT INTO t (x, y) VALUES (:x_m0, (:x_m0 + :param_1)), (:x_m1, (:x_m1 + :param_2))",
        ),
    ],
)
def test_text(statement, text):
    assert str(statement) == text


def test_errors():
    with pytest.raises(exc.CompileError, match="Can't resolve referenced column name in INSERT statement: 'x'"):
        str(t.insert().values(y=x + 5))
    with pytest.raises(exc.CompileError, match="may only be used with compiled INSERT or UPDATE"):
        str(select(x))
    with pytest.raises(exc.CompileError, match="refers to itself"):
        str(t.update().values(x=from_dml_column(t.c.y), y=x))


def test_execution():
    m = MetaData()
    real = Table("r", m, Column("id", Integer, primary_key=True), Column("a", Integer), Column("b", Integer))
    engine = create_engine("sqlite://")
    with engine.begin() as conn:
        m.create_all(conn)
        conn.execute(real.insert().values(a=4, b=from_dml_column(real.c.a) * 10))
        assert conn.execute(select(real.c.a, real.c.b)).one() == (4, 40)
        conn.execute(real.update().values(a=real.c.a + 1, b=from_dml_column(real.c.a) * 10))
        assert conn.execute(select(real.c.a, real.c.b)).one() == (5, 50)
