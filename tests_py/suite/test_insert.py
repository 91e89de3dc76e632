"""Inserts: generated keys, many rows at once with their keys in order, defaults, RETURNING, upserts."""

import oxalchemy as sa
import pytest
from oxalchemy import exc


@pytest.fixture
def table(any_engine):
    meta = sa.MetaData()
    table = sa.Table(
        "t",
        meta,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(40), unique=True),
        sa.Column("n", sa.Integer, default=7),
        sa.Column("made", sa.Integer, server_default="5"),
    )
    meta.create_all(any_engine)
    return table


def test_one_row_gives_its_key(any_engine, table):
    with any_engine.begin() as conn:
        first = conn.execute(table.insert().values(name="a"))
        assert first.inserted_primary_key == (1,)
        assert conn.execute(table.insert(), {"name": "b"}).inserted_primary_key == (2,)
        assert conn.execute(table.insert().values(id=50, name="c")).inserted_primary_key == (50,)
        assert first.last_inserted_params()["n"] == 7
        assert conn.execute(sa.select(table).where(table.c.id == 1)).one() == (1, "a", 7, 5)


def test_no_values_at_all(any_engine, table):
    with any_engine.begin() as conn:
        assert conn.execute(table.insert()).inserted_primary_key == (1,)
        assert conn.execute(sa.select(table)).one() == (1, None, 7, 5)


def test_many_rows(any_engine, table):
    rows = [{"name": f"n{i}"} for i in range(2500)]
    with any_engine.begin() as conn:
        result = conn.execute(table.insert(), rows)
        assert result.rowcount in (2500, -1)
        got = conn.execute(sa.select(table.c.name, table.c.n, table.c.made).order_by(table.c.id)).all()
    assert [r.name for r in got] == [r["name"] for r in rows]
    assert {(r.n, r.made) for r in got} == {(7, 5)}


def test_many_rows_give_their_keys_in_order(any_engine, table):
    rows = [{"name": f"n{i}"} for i in range(2500)]
    with any_engine.begin() as conn:
        statement = table.insert().returning(table.c.id, table.c.name, sort_by_parameter_order=True)
        got = conn.execute(statement, rows).all()
        assert [r.name for r in got] == [r["name"] for r in rows]
        assert [r.id for r in got] == sorted(r.id for r in got)
        stored = dict(conn.execute(sa.select(table.c.name, table.c.id)).all())
        assert stored == {r.name: r.id for r in got}


def test_multi_values(any_engine, table):
    with any_engine.begin() as conn:
        conn.execute(table.insert().values([{"name": "a", "n": 1}, {"name": "b", "n": 2}]))
        assert conn.execute(sa.select(table.c.name, table.c.n).order_by(table.c.id)).all() == [("a", 1), ("b", 2)]


def test_insert_from_select(any_engine, table):
    with any_engine.begin() as conn:
        conn.execute(table.insert(), [{"name": "a", "n": 1}, {"name": "b", "n": 2}])
        source = sa.select(table.c.name + "!", table.c.n * 10).where(table.c.n > 1)
        conn.execute(table.insert().from_select(["name", "n"], source))
        assert conn.execute(sa.select(table.c.name, table.c.n).order_by(table.c.id)).all()[-1] == ("b!", 20)


def test_one_bad_row_of_many_leaves_none(any_engine, table):
    rows = [{"name": f"n{i}"} for i in range(1500)]
    rows[1400]["name"] = "n3"
    with any_engine.connect() as conn:
        with pytest.raises(exc.IntegrityError):
            conn.execute(table.insert(), rows)
        conn.rollback()
        assert conn.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_rows_of_different_shape_are_refused(any_engine, table):
    with any_engine.connect() as conn, pytest.raises(exc.StatementError, match="'n'"):
        conn.execute(table.insert(), [{"name": "a", "n": 1}, {"name": "b"}])


def test_returning(any_engine, table):
    with any_engine.begin() as conn:
        got = conn.execute(table.insert().values(name="a").returning(table.c.id, table.c.n, table.c.made)).one()
        assert got == (1, 7, 5)
        if any_engine.dialect.name == "mysql":  # MariaDB: DELETE, but no UPDATE … RETURNING
            return
        updated = table.update().values(n=table.c.n + 1).returning(table.c.id, table.c.n)
        assert conn.execute(updated).all() == [(1, 8)]
        assert conn.execute(table.delete().returning(table.c.name)).scalars().all() == ["a"]


def test_upsert(any_engine, table):
    if any_engine.dialect.name in ("mysql", "mariadb"):
        from oxalchemy.dialects.mysql import insert

        statement = insert(table).values(name="a", n=1)
        statement = statement.on_duplicate_key_update(n=table.c.n + statement.inserted.n)
    else:
        if any_engine.dialect.name == "postgresql":
            from oxalchemy.dialects.postgresql import insert
        else:
            from oxalchemy.dialects.sqlite import insert

        statement = insert(table).values(name="a", n=1)
        statement = statement.on_conflict_do_update(index_elements=["name"], set_={"n": table.c.n + statement.excluded.n})
    with any_engine.begin() as conn:
        for _ in range(3):
            conn.execute(statement)
        assert conn.execute(sa.select(table.c.name, table.c.n)).all() == [("a", 3)]


def test_update_and_delete_over_tables(any_engine, table):
    other = sa.Table("other", table.metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("t_id", sa.Integer))
    other.create(any_engine)
    with any_engine.begin() as conn:
        conn.execute(table.insert(), [{"name": "a"}, {"name": "b"}, {"name": "c"}])
        conn.execute(other.insert(), [{"t_id": 1}, {"t_id": 3}])
        linked = sa.exists().where(other.c.t_id == table.c.id)
        assert conn.execute(table.update().where(linked).values(n=0)).rowcount == 2
        best = sa.select(sa.func.max(other.c.t_id)).scalar_subquery()
        conn.execute(table.update().where(table.c.id == 2).values(n=best))
        assert conn.scalars(sa.select(table.c.n).order_by(table.c.id)).all() == [0, 3, 0]
        assert conn.execute(table.delete().where(~linked)).rowcount == 1


def test_key_by_sequence(postgresql_url):
    engine = sa.create_engine(postgresql_url)
    meta = sa.MetaData()
    numbers = sa.Sequence("numbers", start=100, increment=5)
    table = sa.Table("s", meta, sa.Column("id", sa.Integer, numbers, primary_key=True), sa.Column("x", sa.Integer))
    meta.create_all(engine)
    with engine.begin() as conn:
        assert conn.execute(table.insert().values(x=1)).inserted_primary_key == (100,)
        conn.execute(table.insert(), [{"x": 2}, {"x": 3}])
        assert conn.scalars(sa.select(table.c.id).order_by(table.c.id)).all() == [100, 105, 110]
        assert conn.scalar(numbers) == 115
        assert conn.execute(sa.select(numbers.next_value())).scalar() == 120
    meta.drop_all(engine)
    assert not sa.inspect(engine).has_sequence("numbers")
    engine.dispose()


def test_identity_and_computed(any_engine):
    meta = sa.MetaData()
    table = sa.Table(
        "c",
        meta,
        sa.Column("id", sa.Integer, sa.Identity(start=10), primary_key=True),
        sa.Column("side", sa.Integer),
        sa.Column("area", sa.Integer, sa.Computed("side * side", persisted=True)),
    )
    meta.create_all(any_engine)
    with any_engine.begin() as conn:
        key = conn.execute(table.insert().values(side=4)).inserted_primary_key
        assert key == ((10,) if any_engine.dialect.name == "postgresql" else (1,))
        assert conn.scalar(sa.select(table.c.area)) == 16
