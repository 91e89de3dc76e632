"""The hook classes of 0.5: MapperExtension, AttributeExtension, SessionExtension."""

import pytest
from oxalchemy import Column, ForeignKey, Integer, MetaData, String, Table, create_engine
from oxalchemy.orm import EXT_STOP, Session, column_property, mapper, relation
from oxalchemy.orm.interfaces import AttributeExtension, MapperExtension, SessionExtension


@pytest.fixture
def mapped():
    """Tables and two fresh classes, unmapped."""
    meta = MetaData()
    users = Table("users", meta, Column("id", Integer, primary_key=True), Column("name", String(20)))
    emails = Table(
        "emails",
        meta,
        Column("id", Integer, primary_key=True),
        Column("user_id", ForeignKey("users.id")),
        Column("text", String(20)),
    )

    class User:
        def __init__(self, name=None):
            if name is not None:
                self.name = name

    class Email:
        def __init__(self, text=None):
            self.text = text

    engine = create_engine("sqlite://")
    meta.create_all(engine)
    return engine, users, emails, User, Email


class Log(MapperExtension):
    def __init__(self):
        self.calls = []

    def instrument_class(self, mapper, class_):
        self.calls.append(("instrument_class", class_.__name__))

    def init_instance(self, mapper, class_, oldinit, instance, args, kwargs):
        self.calls.append(("init_instance", args))

    def reconstruct_instance(self, mapper, instance):
        self.calls.append(("reconstruct_instance", instance.name))

    def before_insert(self, mapper, connection, instance):
        self.calls.append(("before_insert", instance.name, instance.id))
        instance.name = instance.name.upper()

    def after_insert(self, mapper, connection, instance):
        self.calls.append(("after_insert", instance.name, instance.id))

    def before_update(self, mapper, connection, instance):
        self.calls.append(("before_update", instance.name))

    def after_update(self, mapper, connection, instance):
        self.calls.append(("after_update", instance.name))

    def before_delete(self, mapper, connection, instance):
        self.calls.append(("before_delete", instance.name))

    def after_delete(self, mapper, connection, instance):
        self.calls.append(("after_delete", instance.name))


def test_mapper_extension(mapped):
    engine, users, _, User, _ = mapped
    log = Log()
    mapper(User, users, extension=log)
    s = Session(engine)
    u = User("ann")
    s.add(u)
    s.commit()
    u.name = "bob"
    s.commit()
    s.expunge_all()
    u = s.query(User).one()
    s.delete(u)
    s.commit()
    assert log.calls == [
        ("instrument_class", "User"),
        ("init_instance", ("ann",)),
        ("before_insert", "ann", None),
        ("after_insert", "ANN", 1),
        ("before_update", "bob"),
        ("after_update", "bob"),
        ("reconstruct_instance", "bob"),
        ("before_delete", "bob"),
        ("after_delete", "bob"),
    ]


def test_ext_stop_ends_the_chain(mapped):
    engine, users, _, User, _ = mapped
    calls = []

    class First(MapperExtension):
        def before_insert(self, mapper, connection, instance):
            calls.append("first")
            return EXT_STOP

    class Second(MapperExtension):
        def before_insert(self, mapper, connection, instance):
            calls.append("second")

    mapper(User, users, extension=[First(), Second()])
    s = Session(engine)
    s.add(User("ann"))
    s.flush()
    assert calls == ["first"]


def test_mapper_extension_reaches_subclasses(mapped):
    engine, users, _, User, _ = mapped
    log = Log()

    class Admin(User):
        pass

    mapper(User, users, extension=log)
    mapper(Admin, inherits=User)
    s = Session(engine)
    s.add(Admin("root"))
    s.flush()
    assert ("before_insert", "root", None) in log.calls


class Upper(AttributeExtension):
    def set(self, state, value, oldvalue, initiator):
        return value.upper()


class Rules(AttributeExtension):
    """Refuses some members, remembers what happens."""

    def __init__(self):
        self.calls = []

    def append(self, state, value, initiator):
        self.calls.append(("append", value.text))
        if value.text == "bad":
            raise ValueError("no")
        return value

    def remove(self, state, value, initiator):
        self.calls.append(("remove", value.text))


def test_attribute_extension_of_a_column(mapped):
    engine, users, _, User, _ = mapped
    mapper(User, users, properties={"name": column_property(users.c.name, extension=Upper())})
    u = User("ann")
    assert u.name == "ANN"
    s = Session(engine)
    s.add(u)
    s.commit()
    u.name = "bob"
    assert u.name == "BOB"
    s.commit()
    assert s.query(User.name).scalar() == "BOB"


def test_attribute_extension_is_inherited(mapped):
    _, users, _, User, _ = mapped

    class Admin(User):
        pass

    mapper(User, users, properties={"name": column_property(users.c.name, extension=Upper())})
    mapper(Admin, inherits=User)
    assert Admin("root").name == "ROOT"


def test_attribute_extension_of_a_collection(mapped):
    engine, users, emails, User, Email = mapped
    rules = Rules()
    mapper(User, users, properties={"emails": relation(Email, extension=rules)})
    mapper(Email, emails)
    u = User("ann")
    one = Email("one")
    u.emails.append(one)
    u.emails.remove(one)
    with pytest.raises(ValueError):
        u.emails.append(Email("bad"))
    assert u.emails == []
    u.emails = [Email("two")]
    assert rules.calls == [("append", "one"), ("remove", "one"), ("append", "bad"), ("append", "two")]


def test_attribute_extension_of_an_object(mapped):
    engine, users, emails, User, Email = mapped
    calls = []

    class Watch(AttributeExtension):
        def set(self, state, value, oldvalue, initiator):
            calls.append((value.name if value is not None else None, oldvalue))
            return value

    mapper(User, users)
    mapper(Email, emails, properties={"user": relation(User, extension=[Watch()])})
    e = Email("x")
    ann = User("ann")
    e.user = ann
    e.user = None
    assert [c[0] for c in calls] == ["ann", None]
    assert calls[1][1] is ann


class SessionLog(SessionExtension):
    def __init__(self):
        self.calls = []

    def before_commit(self, session):
        self.calls.append("before_commit")

    def after_commit(self, session):
        self.calls.append("after_commit")

    def after_rollback(self, session):
        self.calls.append("after_rollback")

    def before_flush(self, session, flush_context, instances):
        self.calls.append(("before_flush", len(session.new)))

    def after_flush(self, session, flush_context):
        self.calls.append(("after_flush", len(session.new)))

    def after_flush_postexec(self, session, flush_context):
        self.calls.append(("after_flush_postexec", len(session.new)))

    def after_begin(self, session, transaction, connection):
        self.calls.append("after_begin")

    def after_attach(self, session, instance):
        self.calls.append(("after_attach", type(instance).__name__))

    def after_bulk_update(self, session, query, query_context, result):
        self.calls.append(("after_bulk_update", query_context, result.rowcount))

    def after_bulk_delete(self, session, query, query_context, result):
        self.calls.append(("after_bulk_delete", type(query).__name__, result.rowcount))


def test_session_extension(mapped):
    engine, users, _, User, _ = mapped
    mapper(User, users)
    log = SessionLog()
    s = Session(engine, extension=log)
    s.add(User("ann"))
    s.commit()
    s.query(User).update({"name": "bob"})
    s.query(User).delete()
    s.rollback()
    assert log.calls == [
        ("after_attach", "User"),
        "before_commit",
        ("before_flush", 1),
        "after_begin",
        ("after_flush", 1),
        ("after_flush_postexec", 0),
        "after_commit",
        "after_begin",
        ("after_bulk_update", None, 1),
        ("after_bulk_delete", "Query", 1),
        "after_rollback",
    ]


def test_several_session_extensions_and_only_what_they_override(mapped):
    engine, users, _, User, _ = mapped
    mapper(User, users)
    calls = []

    class One(SessionExtension):
        def before_commit(self, session):
            calls.append("one")

    class Two(SessionExtension):
        def before_commit(self, session):
            calls.append("two")

    s = Session(engine, extension=[One(), Two()])
    s.add(User("ann"))
    s.commit()
    assert calls == ["one", "two"]
