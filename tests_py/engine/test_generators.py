"""Default generators as statements, and what a session refuses to execute."""

import oxalchemy as sa
import pytest
from oxalchemy.orm import Session


def test_default_generators_have_values():
    engine = sa.create_engine("sqlite://")
    with Session(engine) as session:
        for default, value in ((5, 5), (lambda: 6, 6), (sa.func.abs(-7), 7)):
            generator = sa.ColumnDefault(default)
            assert session.scalar(generator) == value
            assert session.connection().scalar(generator) == value
            with pytest.warns(sa.exc.SADeprecationWarning, match="please use the .scalar"):
                assert session.execute(generator) == value


def test_sequence_has_a_next_value(postgresql_url):
    engine = sa.create_engine(postgresql_url)
    sequence = sa.Sequence("generator_test_seq")
    sequence.create(engine)
    with Session(engine) as session, pytest.warns(sa.exc.SADeprecationWarning, match="please use the .scalar"):
        assert session.scalar(sequence) == 1
        assert session.execute(sequence) == 2
        assert session.scalar(sequence.next_value()) == 3
    sequence.drop(engine)


@pytest.mark.parametrize(
    "thing",
    [sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer)), sa.column("a"), None, object(), sa.literal(1)],
    ids=["table", "column", "none", "object", "literal"],
)
def test_a_session_refuses_what_is_no_statement(thing):
    with Session(sa.create_engine("sqlite://")) as session:
        with pytest.raises(sa.exc.ArgumentError, match=r"Executable SQL or text\(\) construct expected, got "):
            session.execute(thing)
