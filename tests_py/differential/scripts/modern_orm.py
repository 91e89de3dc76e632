"""The ORM in the 2.x style: declarative, relationships, unit of work, session states."""

import oxalchemy as sa
from oxalchemy import ForeignKey, String, create_engine, func, select
from oxalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user_account"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30))
    fullname: Mapped[str | None]
    addresses: Mapped[list["Address"]] = relationship(back_populates="user", cascade="all, delete-orphan")

    def __repr__(self):
        return f"User({self.id}, {self.name!r})"


class Address(Base):
    __tablename__ = "address"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    user: Mapped["User"] = relationship(back_populates="addresses")

    def __repr__(self):
        return f"Address({self.id}, {self.email!r})"


for statement in [
    select(User),
    select(User.name, Address.email).join(User.addresses),
    select(User).join(User.addresses).where(Address.email.like("%x")),
    select(User).where(User.addresses.any(Address.email == "a")),
    select(Address).where(Address.user.has(name="ann")),
    select(User).options(joinedload(User.addresses)).limit(2),
    select(aliased(User, name="u2")),
]:
    print(statement)
    print("--")

engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
with Session(engine) as session:
    ann = User(name="ann", addresses=[Address(email="a@x"), Address(email="b@x")])
    bob = User(name="bob", fullname="Bob B")
    session.add_all([ann, bob])
    print(sa.inspect(ann).pending, ann in session, session.new == {ann, bob} | set(ann.addresses))
    session.commit()
    print(ann.id, ann.addresses, bob.fullname)
    bob.addresses.append(Address(email="c@x"))
    ann.name = "Ann"
    print(sorted(map(repr, session.dirty)), session.is_modified(ann))
    print(session.scalars(select(User).order_by(User.name)).all())
    session.rollback()
    print(ann.name, bob.addresses)
    print(session.execute(select(User.name, func.count(Address.id)).outerjoin(User.addresses).group_by(User.name)).all())
    session.expunge_all()
    print(session.scalars(select(User).options(selectinload(User.addresses)).order_by(User.id)).all()[0].addresses)
    print(session.scalars(select(User).options(joinedload(User.addresses)).order_by(User.id)).unique().all())
    ann = session.get(User, 1)
    print(ann is session.get(User, 1), session.get(User, 99))
    ann.addresses.remove(ann.addresses[0])
    session.commit()
    print(session.scalar(select(func.count()).select_from(Address)))
    session.delete(ann)
    session.commit()
    print(session.scalars(select(Address)).all())
    with session.begin_nested():
        session.add(User(name="nested"))
    session.commit()
    print(session.execute(sa.update(User).where(User.name == "bob").values(fullname="changed")).rowcount, bob in session)
    print(session.scalars(select(User.fullname)).all())
