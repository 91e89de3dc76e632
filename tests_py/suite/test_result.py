"""Rows and results: the same shape whatever database they come from."""

import oxalchemy as sa
import pytest
from oxalchemy import exc


@pytest.fixture
def table(any_engine):
    meta = sa.MetaData()
    table = sa.Table("t", meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(20)))
    meta.create_all(any_engine)
    with any_engine.begin() as conn:
        conn.execute(table.insert(), [{"name": f"n{i}"} for i in range(1, 11)])
    return table


@pytest.fixture
def result(any_engine, table):
    with any_engine.connect() as conn:
        yield conn.execute(sa.select(table).order_by(table.c.id))


def test_rows(result, table):
    assert list(result.keys()) == ["id", "name"]
    row = result.fetchone()
    assert row == (1, "n1")
    assert (row.id, row[1], row._mapping["name"], row._mapping[table.c.id]) == (1, "n1", "n1", 1)
    assert row._asdict() == {"id": 1, "name": "n1"}
    with pytest.raises(AttributeError, match="nothing"):
        row.nothing  # noqa: B018
    assert [r.id for r in result.fetchmany(3)] == [2, 3, 4]
    assert len(result.fetchall()) == 6
    assert result.fetchone() is None
    assert result.fetchall() == []


def test_scalars_mappings_partitions(any_engine, table):
    with any_engine.connect() as conn:
        run = lambda: conn.execute(sa.select(table).order_by(table.c.id))  # noqa: E731
        assert run().scalars("name").all()[:2] == ["n1", "n2"]
        assert run().mappings().first() == {"id": 1, "name": "n1"}
        assert [len(p) for p in run().partitions(4)] == [4, 4, 2]
        assert run().columns("name", "id").first() == ("n1", 1)
        assert run().unique(lambda row: row.id % 2).all() == [(1, "n1"), (2, "n2")]
        frozen = run().freeze()
        assert frozen().all() == frozen().all()


def test_one_and_none(any_engine, table):
    with any_engine.connect() as conn:
        one = sa.select(table.c.name).where(table.c.id == 3)
        assert conn.execute(one).one() == ("n3",)
        assert conn.execute(one).scalar_one() == "n3"
        assert conn.execute(one.where(sa.false())).one_or_none() is None
        assert conn.execute(one.where(sa.false())).scalar() is None
        with pytest.raises(exc.NoResultFound):
            conn.execute(one.where(sa.false())).one()
        with pytest.raises(exc.MultipleResultsFound):
            conn.execute(sa.select(table)).one()


def test_rowcount(any_engine, table):
    with any_engine.begin() as conn:
        assert conn.execute(table.update().where(table.c.id <= 4).values(name="x")).rowcount == 4
        # Matched rows count, changed or not.
        assert conn.execute(table.update().where(table.c.id <= 4).values(name="x")).rowcount == 4
        assert conn.execute(table.delete().where(table.c.id > 8)).rowcount == 2
        assert conn.execute(table.delete().where(table.c.id > 100)).rowcount == 0
        many = table.update().where(table.c.id == sa.bindparam("i")).values(name=sa.bindparam("n"))
        assert conn.execute(many, [{"i": 1, "n": "a"}, {"i": 2, "n": "b"}]).rowcount == 2


def test_a_statement_without_rows(any_engine, table):
    with any_engine.begin() as conn:
        result = conn.execute(table.update().values(name="y"))
        assert not result.returns_rows
        with pytest.raises(exc.ResourceClosedError, match="does not return rows"):
            result.fetchall()


def test_equal_names(any_engine, table):
    other = table.alias()
    with any_engine.connect() as conn:
        row = conn.execute(sa.select(table, other).join(other, other.c.id == table.c.id + 1).order_by(table.c.id)).first()
        assert tuple(row) == (1, "n1", 2, "n2")
        assert row._mapping[other.c.name] == "n2"


def test_text_and_its_parameters(any_engine, table):
    with any_engine.connect() as conn:
        query = sa.text("SELECT name FROM t WHERE id = :i OR name = :n ORDER BY id")
        assert conn.scalars(query, {"i": 1, "n": "n9"}).all() == ["n1", "n9"]
        assert conn.scalar(sa.text("SELECT 'a:b %s \\:c' FROM t WHERE id = :i"), {"i": 1}) == "a:b %s :c"
        typed = sa.text("SELECT id, name FROM t WHERE id = 1").columns(table.c.id, table.c.name)
        assert conn.execute(typed).one()._mapping[table.c.name] == "n1"
        with pytest.raises(exc.StatementError, match="'i'"):
            conn.execute(query, {"n": "x"})


def test_limits_and_orders(any_engine, table):
    t = table.c
    with any_engine.connect() as conn:
        get = lambda s: conn.scalars(s).all()  # noqa: E731
        base = sa.select(t.id).order_by(t.id.desc())
        assert get(base.limit(2)) == [10, 9]
        assert get(base.limit(2).offset(3)) == [7, 6]
        assert get(base.offset(8)) == [2, 1]
        assert get(base.slice(1, 3)) == [9, 8]
        assert sorted(get(sa.union(sa.select(t.id).where(t.id < 3), sa.select(t.id).where(t.id == 2)))) == [1, 2]
        assert get(sa.select(t.id).where(t.name.like("n1%")).order_by(t.id)) == [1, 10]
        assert get(sa.select(t.id).where(t.name.icontains("N3"))) == [3]
        assert get(sa.select(t.id).where(t.name.startswith("n%", autoescape=True))) == []
        assert get(sa.select(t.id).where(t.id.in_([])).order_by(t.id)) == []
        assert get(sa.select(t.id).where(sa.tuple_(t.id, t.name).in_([(1, "n1"), (2, "x")]))) == [1]
        tree = sa.select(sa.literal(1).label("n")).cte("tree", recursive=True)
        tree = tree.union_all(sa.select(tree.c.n + 1).where(tree.c.n < 4))
        assert get(sa.select(tree.c.n).order_by(tree.c.n)) == [1, 2, 3, 4]
        ranked = sa.select(t.id, sa.func.row_number().over(order_by=t.id.desc()).label("r")).subquery()
        assert get(sa.select(ranked.c.id).where(ranked.c.r == 1)) == [10]
