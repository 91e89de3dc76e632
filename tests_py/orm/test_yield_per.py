"""Rows in portions cannot be made unique."""

import pytest
from oxalchemy import Column, Integer, MetaData, Table, create_engine, select
from oxalchemy.exc import InvalidRequestError
from oxalchemy.orm import Session, registry


class Item:
    pass


def test_unique_with_yield_per():
    mapper_registry = registry(metadata=MetaData())
    table = Table("item", mapper_registry.metadata, Column("id", Integer, primary_key=True))
    mapper_registry.map_imperatively(Item, table)
    assert Item.__table__ is table
    engine = create_engine("sqlite://")
    mapper_registry.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Item(), Item()])
        session.flush()
        for statement in (select(Item), select(Item.id)):
            with pytest.raises(InvalidRequestError, match="yield_per feature in conjunction with unique"):
                session.execute(statement, execution_options={"yield_per": 1}).unique().all()
            assert len(session.execute(statement, execution_options={"yield_per": 1}).all()) == 2
            assert len(session.execute(statement).unique().all()) == 2
    mapper_registry.dispose()
