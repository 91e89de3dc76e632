"""ext.serializer: statements about tables and mapped columns, read in terms of the reader's MetaData."""

from oxalchemy import Column, Integer, MetaData, String, Table, and_, create_engine, func, select, text
from oxalchemy.ext import serializer
from oxalchemy.orm import Session, class_mapper, declarative_base, scoped_session, sessionmaker

Base = declarative_base()


class User(Base):
    __tablename__ = "user"
    id = Column(Integer, primary_key=True)
    name = Column(String)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
users = User.__table__
other = MetaData()
users_elsewhere = Table("user", other, Column("id", Integer, primary_key=True), Column("name", String))
registry = scoped_session(sessionmaker(engine))


def again(obj, metadata=Base.metadata, **kw):
    return serializer.loads(serializer.dumps(obj, -1), metadata, **kw)


print(again(users) is users, again(users.c.name) is users.c.name, sorted(again(Base.metadata).tables))
print(again(users, other) is users_elsewhere, again(users.c.name, other) is users_elsewhere.c.name)
print(again(class_mapper(User)) is class_mapper(User), again(User.name) is User.name, again(class_mapper(User).attrs.name).key)
print(again(engine, engine=engine) is engine, again(Session(engine), scoped_session=registry) is registry())
statement = select(users.c.id, func.upper(users.c.name)).where(and_(users.c.name.like("a%"), users.c.id > 5)).order_by(users.c.id)
for metadata in (Base.metadata, other):
    read = again(statement, metadata)
    print(read, read.compile().params)
    print(all(c.table is metadata.tables["user"] for c in read.get_final_froms()[0].c))
print(again(text("x = :y").bindparams(y=5)), again(users.join(users.alias("b"), users.c.id == users.c.id)))
print(*again([users.c.id == 5, users.c.name.desc()]))
