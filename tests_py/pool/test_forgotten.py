"""Connections that nobody closed."""

import gc

import oxalchemy as sa
import pytest
from oxalchemy import exc


def test_an_error_survives_the_end_of_the_connection_that_raised_it(tmp_path):
    """The temporary connection dies while its error is on the way: it goes back to the pool without touching the error."""
    engine = sa.create_engine(f"sqlite:///{tmp_path}/x.sqlite")
    t = sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True))

    def execute():
        engine.connect().execute(t.insert().values(nope=1))

    for _ in range(3):
        with pytest.raises(exc.CompileError, match="Unconsumed column names: nope"):
            execute()
    gc.collect()
    assert engine.pool.checkedout() == 0
