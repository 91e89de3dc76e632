"""What a checker must refuse. Each line that ends in `# error: CODE` gives exactly this error, and no other line gives one."""

from oxalchemy import create_engine, exc, select
from oxalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


engine = create_engine(5)  # error: arg-type
engine.no_such_method()  # error: attr-defined
user = User(name="x")
user.nmae  # error: attr-defined
User.nmae  # error: attr-defined
text: str = user.id  # error: assignment
select(User).wehre(User.id == 1)  # error: attr-defined
select(User).where("id = 1")  # error: arg-type
select(User).where(User.name)  # error: arg-type
with Session(engine) as session:
    session.get(User)  # error: call-arg
    number: int = session.scalars(select(User.name)).one()  # error: assignment
    found: User = session.get(User, 1)  # error: assignment
    session.comit()  # error: attr-defined
raise exc.NoSuchError("x")  # error: attr-defined
