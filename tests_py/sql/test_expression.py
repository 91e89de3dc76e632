"""Expressions: what operators build, what objects show, and what errors say."""

import copy
import gc
import pickle
import weakref

import oxalchemy as sa
import pytest
from oxalchemy.sql import elements, operators, selectable

t = sa.table("t", sa.column("x", sa.Integer), sa.column("b", sa.Boolean), sa.column("s", sa.String))


@pytest.mark.parametrize(
    "make, text",
    [
        (lambda: t.c.x == None, "t.x IS NULL"),  # noqa: E711
        (lambda: t.c.x != None, "t.x IS NOT NULL"),  # noqa: E711
        (lambda: 5 - t.c.x, ":x_1 - t.x"),
        (lambda: t.c.x - (t.c.x - 1), "t.x - (t.x - :x_1)"),
        (lambda: ~(t.c.x == 5), "t.x != :x_1"),
        (lambda: ~t.c.b, "NOT t.b"),
        (lambda: ~sa.and_(t.c.b, t.c.x > 1), "NOT (t.b AND t.x > :x_1)"),
        (lambda: sa.and_(sa.or_(t.c.x == 1, t.c.x == 2), t.c.b), "(t.x = :x_1 OR t.x = :x_2) AND t.b"),
        (lambda: t.c.s + "a" + t.c.s, "t.s || :s_1 || t.s"),
        (lambda: t.c.s.contains("a%", autoescape=True), "t.s LIKE '%' || :s_1 || '%' ESCAPE '/'"),
        (lambda: t.c.x.in_([1, 2]), "t.x IN (__[POSTCOMPILE_x_1])"),
        (lambda: t.c.x.between(1, 2), "t.x BETWEEN :x_1 AND :x_2"),
        (lambda: t.c.x**2, "pow(t.x, :pow_1)"),
        (lambda: sa.case((t.c.x == 1, "a"), else_="b"), "CASE WHEN (t.x = :x_1) THEN :param_1 ELSE :param_2 END"),
        (lambda: 5 > t.c.x, "t.x < :x_1"),
    ],
)
def test_operators_render_as_documented(make, text):
    assert str(make()) == text


def test_parts_are_the_objects_they_were_made_of():
    expr = t.c.x == 5
    assert expr.left is t.c.x
    assert expr.right.value == 5
    assert expr.operator is operators.eq
    assert isinstance(expr, elements.BinaryExpression)
    assert isinstance(expr.right, elements.BindParameter)


def test_truth_of_expressions():
    assert bool(t.c.x == t.c.x)
    assert not bool(t.c.x == t.c.b)
    with pytest.raises(TypeError, match="Boolean value of this clause is not defined"):
        bool(t.c.x > 5)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: sa.select("x"), "Textual column expression 'x' should be explicitly declared with text"),
        (lambda: sa.select(t).where("x"), "Textual SQL expression 'x' should be explicitly declared as text"),
        (lambda: t.c.x.in_(5), "IN expression list, SELECT construct, or bound parameter object expected, got 5"),
        (lambda: t.c.x < None, "operators can be used with None/True/False"),
        (lambda: sa.select(object()), "Column expression, FROM clause, or other columns clause element expected"),
    ],
)
def test_errors_name_what_was_expected(make, message):
    with pytest.raises(sa.exc.ArgumentError, match=message):
        make()


def test_a_face_dies_with_its_last_reference():
    # Nodes remember their faces weakly: a statement must not keep Python objects of its parts alive.
    expr = t.c.x + 1
    stmt = sa.select(expr)
    ref = weakref.ref(expr)
    del expr
    gc.collect()
    assert ref() is None
    assert "t.x + " in str(stmt)


def test_pickle_and_copy():
    expr = sa.and_(sa.column("q") == 5, sa.func.foo(1).in_([1, 2]))
    assert str(pickle.loads(pickle.dumps(expr))) == str(expr)
    stmt = sa.select(t).where(t.c.x == 5).order_by(t.c.s)
    assert str(pickle.loads(pickle.dumps(stmt))) == str(stmt)
    assert copy.copy(stmt) is stmt


def test_user_construct_sets_its_own_type():
    class Thing(elements.ColumnElement):
        inherit_cache = True

        def __init__(self):
            self.type = sa.Integer()

    assert isinstance(Thing().type, sa.Integer)
    assert isinstance((Thing() + 1).type, sa.Integer)


def test_column_and_table_are_clauses():
    table = sa.Table("u", sa.MetaData(), sa.Column("id", sa.Integer))
    assert isinstance(table.c.id, elements.ColumnClause)
    assert isinstance(table, selectable.TableClause)
    assert isinstance(table.alias(), selectable.Alias)


def test_bound_statement_executes():
    engine = sa.create_engine("sqlite://")
    meta = sa.MetaData()
    meta.bind = engine
    table = sa.Table("u", meta, sa.Column("id", sa.Integer, primary_key=True))
    meta.create_all(engine)
    table.insert().execute(id=3)
    assert sa.select([table.c.id]).scalar() == 3
    with pytest.raises(sa.exc.UnboundExecutionError):
        sa.select(sa.column("q")).execute()
