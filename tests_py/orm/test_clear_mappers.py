"""`clear_mappers()` ends every mapping of the process, so each test has a process of its own."""

import subprocess
import sys
import textwrap


def run(source):
    out = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(source)], capture_output=True, text=True, timeout=60
    )
    assert out.returncode == 0, out.stderr
    return out.stdout


HEAD = """
from oxalchemy import Column, ForeignKey, Integer, MetaData, String, Table, create_engine, inspect
from oxalchemy.exc import NoInspectionAvailable
from oxalchemy.orm import clear_mappers, mapper, relation, sessionmaker
from oxalchemy.orm.exc import UnmappedInstanceError

meta = MetaData()
users = Table("users", meta, Column("id", Integer, primary_key=True), Column("name", String(20)))
emails = Table("emails", meta, Column("id", Integer, primary_key=True), Column("user_id", ForeignKey("users.id")))


class User:
    def __init__(self, name):
        self.name = name


class Email:
    pass


def map_all():
    mapper(User, users, properties={"emails": relation(Email, backref="user")})
    mapper(Email, emails)


engine = create_engine("sqlite://")
meta.create_all(engine)
"""


def test_classes_are_plain_again_and_may_be_mapped_anew():
    assert (
        run(
            HEAD
            + """
map_all()
s = sessionmaker(bind=engine)()
s.add(User("ann"))
s.commit()
s.close()
clear_mappers()
assert not hasattr(User, "id") and not hasattr(User, "emails") and not hasattr(Email, "user")
assert inspect(User, raiseerr=False) is None
plain = User("bob")
assert vars(plain) == {"name": "bob"}, vars(plain)
try:
    s.add(plain)
except UnmappedInstanceError:
    print("unmapped")
map_all()
s = sessionmaker(bind=engine)()
ann = s.query(User).one()
ann.emails.append(Email())
s.commit()
print(ann.name, ann.emails[0].user is ann)
"""
        )
        == "unmapped\nann True\n"
    )


def test_before_anything_is_configured():
    # relationships that were never resolved, and one that cannot be
    assert (
        run(
            HEAD
            + """
mapper(User, users, properties={"emails": relation("Nobody")})
clear_mappers()
map_all()
print(sessionmaker(bind=engine)().query(User).all())
"""
        )
        == "[]\n"
    )


def test_without_mappings_it_does_nothing():
    assert run(HEAD + "clear_mappers()\nclear_mappers()\nprint('ok')") == "ok\n"
