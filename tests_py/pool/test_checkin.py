"""What raises while a connection returns: it is told, and the place in the pool is free."""

import oxalchemy as sa
import pytest


class Told(Exception):
    pass


@pytest.mark.parametrize("how", ["listener", "option"])
def test_the_place_is_free_when_something_raises_at_checkin(tmp_path, how):
    engine = sa.create_engine(f"sqlite:///{tmp_path}/x.sqlite", pool_size=1, max_overflow=0, pool_timeout=1)
    plan = []

    def fail(*args):
        if plan:
            raise plan.pop()

    if how == "listener":
        sa.event.listen(engine, "checkin", fail)
    for _ in range(3):
        conn = engine.connect()
        if how == "option":
            conn.connection._connection_record.finalize_callback.append(fail)
        plan.append(Told())
        with pytest.raises(Told):
            conn.close()
        assert engine.pool.checkedout() == 0
    with engine.connect() as conn:
        assert conn.scalar(sa.text("SELECT 1")) == 1
    engine.dispose()
