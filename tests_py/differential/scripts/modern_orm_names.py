"""Keys of the rows of ORM statements, names or none."""

from oxalchemy import Integer, String, case, cast, create_engine, func, literal, literal_column, null, select, text, union
from oxalchemy.orm import Bundle, DeclarativeBase, Mapped, Session, aliased, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user_account"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column("nm")


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
session.add(User(name="x"))
session.commit()
other = aliased(User)
STATEMENTS = [
    select(null()),
    select(User, null(), null()),
    select(literal(1), literal(2)),
    select(User.name, other.name).where(User.id == other.id),
    select(func.count(User.id)),
    select(func.count(), func.count()),
    select(User.id + 1, User.id + 1),
    select(User.name.label("q"), text("1"), literal_column("2")),
    select(Bundle("b", User.id, User.name)),
    select(case((User.id == 1, 2), else_=3)),
    select(cast(User.name, String), cast(User.id, Integer)),
    select(-User.id, User.name.desc()),
    select(User.__table__),
    union(select(User.id), select(User.id)),
]
for statement in STATEMENTS:
    result = session.execute(statement)
    keys, row = list(result.keys()), result.first()
    print(keys, row._fields, len(row), [name for name, value in row._mapping.items()])

QUERIES = [
    session.query(null()),
    session.query(User.id, func.count(User.name)).group_by(User.id),
    session.query(User.name, User.id + 1),
    session.query(User.name.label("q"), func.max(User.id).label("m")),
]
for query in QUERIES:
    row = query.first()
    print(row._fields, tuple(row), list(row._mapping), [d["name"] for d in query.column_descriptions])
