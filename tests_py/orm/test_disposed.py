"""Mappings that end: what was planned for a class does not keep it."""

import gc
import weakref

import oxalchemy as sa
from oxalchemy import orm


def test_plans_of_a_disposed_mapping_do_not_keep_its_class():
    def use():
        registry = orm.registry()
        t = sa.Table(
            "t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("parent_id", sa.ForeignKey("t.id"))
        )
        node = type("Node", (), {})
        registry.map_imperatively(node, t, properties={"parent": orm.relationship(node, remote_side=t.c.id)})
        engine = sa.create_engine("sqlite://")
        t.metadata.create_all(engine)
        with orm.Session(engine) as session:
            session.execute(t.insert(), [{"id": 1, "parent_id": None}, {"id": 2, "parent_id": 1}])
            session.add(node())
            session.commit()
            assert session.get(node, 2).parent.id == 1
        registry.dispose()
        return weakref.ref(node)

    seen = use()
    gc.collect()
    assert seen() is None
