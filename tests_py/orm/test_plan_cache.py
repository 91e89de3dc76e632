"""ORM statements are compiled once per structure: values, options and entities stay those of the statement at hand."""

import logging

import oxalchemy as sa
import pytest
from oxalchemy.orm import Session, aliased, declarative_base, joinedload, relationship, selectinload, with_loader_criteria


@pytest.fixture
def mapped():
    Base = declarative_base()

    class User(Base):
        __tablename__ = "users"
        id = sa.Column(sa.Integer, primary_key=True)
        name = sa.Column(sa.String)
        addresses = relationship("Address", order_by="Address.id")

    class Address(Base):
        __tablename__ = "addresses"
        id = sa.Column(sa.Integer, primary_key=True)
        email = sa.Column(sa.String)
        user_id = sa.Column(sa.ForeignKey("users.id"))

    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        s.add_all([User(name=f"u{i}", addresses=[Address(email=f"a{i}{j}") for j in range(2)]) for i in range(4)])
        s.commit()
    yield engine, User, Address
    Base.registry.dispose()


def words(caplog):
    return [r.getMessage().split(" ", 1)[0][1:] for r in caplog.records if r.getMessage().startswith("[")]


def logged(engine, caplog, run, values):
    """Run once for each value with the log on; the first word of each statement's brackets, and what `run` returned."""
    out = []
    with caplog.at_level(logging.INFO, "oxalchemy.engine.Engine"):
        for v in values:
            with Session(engine) as s:
                out.append(run(s, v))
    return words(caplog), out


def test_values_are_the_statements_own(mapped, caplog):
    engine, User, _ = mapped
    got = logged(engine, caplog, lambda s, n: s.query(User).filter_by(name=n).first().id, ["u1", "u2"])
    assert got == (["generated", "cached"], [2, 3])


def test_expanding_in(mapped, caplog):
    engine, User, _ = mapped

    def run(s, names):
        return [u.name for u in s.scalars(sa.select(User).where(User.name.in_(names)).order_by(User.id))]

    assert logged(engine, caplog, run, [["u1"], ["u2", "u3"]]) == (["generated", "cached"], [["u1"], ["u2", "u3"]])


def test_joined_eager_load_around_a_limit(mapped, caplog):
    engine, User, _ = mapped

    def run(s, n):
        return [a.email for a in s.query(User).options(joinedload(User.addresses)).filter_by(name=n).limit(1).one().addresses]

    assert logged(engine, caplog, run, ["u1", "u2"]) == (["generated", "cached"], [["a10", "a11"], ["a20", "a21"]])


def test_aliases_made_anew_find_their_statement_and_their_columns(mapped, caplog):
    engine, User, Address = mapped

    def run(s, n):
        a = aliased(Address)
        row = s.execute(sa.select(User, a).join(User.addresses.of_type(a)).where(a.email == n)).one()
        return row[User].name, row[a].email, row._mapping[a].email

    assert logged(engine, caplog, run, ["a11", "a20"]) == (["generated", "cached"], [("u1", "a11", "a11"), ("u2", "a20", "a20")])


def test_two_aliases_are_not_one(mapped):
    engine, User, _ = mapped
    with Session(engine) as s:
        a, b = aliased(User), aliased(User)
        s.execute(sa.select(a.id, b.id).where(a.id == b.id)).all()
        assert len(s.execute(sa.select(a.id, b.id).where(a.id == 1, a.id == a.id)).all()) == 4
        assert len(s.execute(sa.select(a.id, b.id).where(a.id == 1, a.id == b.id)).all()) == 1


def test_criteria_in_options_keep_their_values(mapped):
    engine, User, Address = mapped

    def run(s, mail):
        users = s.query(User).options(selectinload(User.addresses.and_(Address.email == mail))).order_by(User.id)
        return [a.email for u in users for a in u.addresses]

    def criteria(s, mail):
        users = s.query(User).options(with_loader_criteria(Address, Address.email == mail)).order_by(User.id)
        return [a.email for u in users for a in u.addresses]

    for way in (run, criteria):
        for mail in ("a10", "a31"):
            with Session(engine) as s:
                assert way(s, mail) == [mail], way


def test_expressions_of_the_statement_at_hand_address_its_rows(mapped):
    engine, User, _ = mapped
    for n in ("u1", "u2"):
        with Session(engine) as s:
            f = sa.func.count(User.id)
            row = s.execute(sa.select(f, User.name).where(User.name == n).group_by(User.name)).one()
            assert (row._mapping[f], row._mapping[User.name]) == (1, n)


def test_an_attribute_added_later_is_loaded(mapped):
    engine, User, Address = mapped
    with Session(engine) as s:
        s.query(User).first()
    User.first_letter = sa.orm.column_property(sa.func.substr(User.__table__.c.name, 1, 1))
    with Session(engine) as s:
        assert s.query(User).first().__dict__["first_letter"] == "u"


def test_cache_switched_off(mapped, caplog):
    engine, User, _ = mapped
    off = sa.create_engine("sqlite://", query_cache_size=0, poolclass=sa.pool.StaticPool)
    User.metadata.create_all(off)
    got, _ = logged(off, caplog, lambda s, n: s.query(User).filter_by(name=n).all(), ["u1", "u1"])
    assert [w for w in got if w != "no"] == ["caching", "caching"]
    caplog.clear()

    def run(s, n):
        s.connection(execution_options={"compiled_cache": None})
        return s.query(User).filter_by(name=n).one().name

    assert logged(engine, caplog, run, ["u1", "u2"]) == (["caching", "caching"], ["u1", "u2"])


def test_plans_do_not_outgrow_the_cache(mapped):
    _, User, _ = mapped
    small = sa.create_engine("sqlite://", query_cache_size=4, poolclass=sa.pool.StaticPool)
    User.metadata.create_all(small)
    with Session(small) as s:
        for i in range(30):
            q = sa.select(User)
            for _ in range(i):
                q = q.where(User.id > 0)
            s.scalars(q).all()
    assert len(small._compiled_cache) <= 6
    small.clear_compiled_cache()
    assert len(small._compiled_cache) == 0
