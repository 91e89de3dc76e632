"""Mappings without a database: instrumentation, history, backrefs, collections, join conditions, garbage."""

import gc
import weakref

import pytest
from oxalchemy import Column, ForeignKey, Integer, MetaData, String, Table, exc, inspect
from oxalchemy.orm import (
    attribute_keyed_dict,
    attributes,
    configure_mappers,
    mapper,
    relationship,
    synonym,
    validates,
)
from oxalchemy.orm.decl_api import default_registry


@pytest.fixture
def tables():
    m = MetaData()
    users = Table("users", m, Column("id", Integer, primary_key=True), Column("name", String))
    addresses = Table(
        "addresses",
        m,
        Column("id", Integer, primary_key=True),
        Column("user_id", ForeignKey("users.id")),
        Column("email", String),
    )
    yield users, addresses
    # Only what this test mapped: clear_mappers() would unmap the classes of other modules too.
    default_registry().dispose()


@pytest.fixture
def classes(tables):
    class User:
        pass

    class Address:
        pass

    users, addresses = tables
    mapper(User, users, properties={"addresses": relationship(Address, backref="user")})
    mapper(Address, addresses)
    configure_mappers()
    return User, Address


def test_both_sides_of_a_backref_agree(classes):
    User, Address = classes
    u, v, a = User(), User(), Address()
    u.addresses.append(a)
    assert a.user is u
    a.user = v
    assert u.addresses == [] and v.addresses == [a]
    v.addresses = []
    assert a.user is None


def test_history_of_scalars_and_collections(classes):
    User, Address = classes
    u = User()
    u.name = "a"
    assert inspect(u).attrs.name.history == (["a"], (), ())
    attributes.instance_state(u)._commit_all(u.__dict__)
    u.name = "b"
    assert inspect(u).attrs.name.history == (["b"], (), ["a"])
    u.name = "a"
    assert inspect(u).attrs.name.history == ((), ["a"], ())
    a = Address()
    u.addresses.append(a)
    assert inspect(u).attrs.addresses.history.added == [a]


def test_an_unset_collection_enters_the_instance_with_its_first_change(classes):
    User, Address = classes
    u = User()
    assert u.addresses == [] and "addresses" not in u.__dict__
    u.addresses.append(Address())
    assert len(u.__dict__["addresses"]) == 1


def test_wrong_collection_and_wrong_member(classes):
    User, Address = classes
    u = User()
    with pytest.raises(TypeError, match="Incompatible collection type: None is not list-like"):
        u.addresses = None
    with pytest.raises(AttributeError, match="_sa_instance_state"):
        u.addresses.append(5)


def test_join_condition_errors_name_the_relationship(tables):
    users, addresses = tables
    lonely = Table("lonely", users.metadata, Column("id", Integer, primary_key=True))

    class A:
        pass

    class B:
        pass

    mapper(A, users, properties={"bs": relationship(B)})
    mapper(B, lonely)
    with pytest.raises(exc.NoForeignKeysError, match="on relationship A.bs - there are no foreign keys"):
        configure_mappers()
    with pytest.raises(exc.InvalidRequestError, match="One or more mappers failed to initialize"):
        configure_mappers()


def test_a_failed_mapping_leaves_the_class_as_it_was(tables):
    users, _ = tables

    class A:
        pass

    with pytest.raises(exc.ArgumentError):
        mapper(A, users, properties={"x": 5})
    assert not hasattr(A, "_sa_class_manager")
    mapper(A, users)
    assert A.name.key == "name"


def test_validators_synonyms_and_keyed_dicts(tables):
    users, addresses = tables

    class User:
        @validates("name")
        def check(self, key, value):
            return value.upper()

    class Address:
        def __init__(self, email):
            self.email = email

    mapper(
        User,
        users,
        properties={
            "addresses": relationship(Address, collection_class=attribute_keyed_dict("email")),
            "title": synonym("name"),
        },
    )
    mapper(Address, addresses)
    u = User()
    u.title = "x"
    assert u.name == "X"
    a = Address("e")
    u.addresses.set(a)
    assert u.addresses == {"e": a}


def test_cycles_through_history_and_backrefs_are_collected(classes):
    User, Address = classes

    def cycle():
        u, a, old = User(), Address(), User()
        a.user = old
        attributes.instance_state(a)._commit_all(a.__dict__)
        a.user = u  # the state of a keeps the old user as history
        old.addresses = [a]
        u.addresses.append(Address())
        return weakref.ref(u), weakref.ref(a), weakref.ref(old)

    refs = cycle()
    gc.collect()
    assert [r() for r in refs] == [None, None, None]


def test_plain_instances_die_without_the_collector(classes):
    User, _ = classes
    gc.disable()
    try:
        u = User()
        u.name = "x"
        ref = weakref.ref(u)
        del u
        assert ref() is None
    finally:
        gc.enable()


def test_values_that_change_in_place_are_written(tables):
    from oxalchemy import PickleType, create_engine
    from oxalchemy.ext.mutable import MutableDict
    from oxalchemy.orm import Session

    users, _ = tables
    t = Table("docs", users.metadata, Column("id", Integer, primary_key=True), Column("data", MutableDict.as_mutable(PickleType)))

    class Doc:
        pass

    mapper(Doc, t)
    engine = create_engine("sqlite://")
    users.metadata.create_all(engine)
    with Session(engine) as session:
        doc = Doc()
        doc.data = {"a": 1}
        session.add(doc)
        session.commit()
        doc.data["b"] = 2
        assert doc in session.dirty
        session.commit()
        assert doc.data == {"a": 1, "b": 2}
