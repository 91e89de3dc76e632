"""A run that hooks have seen is freed with its result, and with it the connection."""

import gc
import weakref

import oxalchemy as sa
import oxalchemy.orm
import pytest


@pytest.mark.parametrize("event", ["before_cursor_execute", "after_cursor_execute"])
def test_connection_and_context_go_with_the_last_reference(event):
    engine = sa.create_engine("sqlite://")
    seen = []

    @sa.event.listens_for(engine, event)
    def look(conn, cursor, statement, parameters, context, executemany):
        context.mark = "here"
        seen.extend([weakref.ref(conn), weakref.ref(context)])

    gc.disable()
    try:
        with engine.connect() as conn:
            result = conn.execute(sa.text("SELECT 1"))
            assert result.context.mark == "here"
            assert result.context is seen[1]()
        del conn, result
        assert [ref() for ref in seen] == [None, None]
    finally:
        gc.enable()


def test_an_error_while_rows_arrive_is_told_as_of_the_library_when_hooks_listen(postgresql_url):
    """The rows of an entity: the server fails after it has begun to answer."""

    class Base(sa.orm.DeclarativeBase):
        pass

    class Number(Base):
        __tablename__ = "number"
        id = sa.orm.mapped_column(sa.Integer, primary_key=True)

    engine = sa.create_engine(postgresql_url)
    sa.event.listen(engine, "before_cursor_execute", lambda *args: None)
    Base.metadata.create_all(engine)
    with sa.orm.Session(engine) as session:
        session.add_all(Number(id=i) for i in range(2000))
        session.commit()
        with pytest.raises(sa.exc.DataError, match="division by zero"):
            session.scalars(sa.select(Number).where(1000 / (1500 - Number.id) != 7).order_by(Number.id)).all()
    Base.registry.dispose()
    engine.dispose()
