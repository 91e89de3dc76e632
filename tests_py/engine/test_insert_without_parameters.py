"""`execute(insert(t))` with nothing to insert writes a row of defaults."""

import oxalchemy as sa


def test_insert_of_defaults():
    meta = sa.MetaData()
    t = sa.Table("t", meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.String, server_default="x"))
    engine = sa.create_engine("sqlite://")
    meta.create_all(engine)
    with engine.begin() as conn:
        assert conn.execute(t.insert()).inserted_primary_key == (1,)
        assert conn.execute(t.insert(), {}).inserted_primary_key == (2,)
        assert conn.execute(t.insert().values(n="y")).inserted_primary_key == (3,)
        assert conn.execute(sa.select(t)).all() == [(1, "x"), (2, "x"), (3, "y")]
