"""Events of queries: before_compile, before_compile_update, before_compile_delete."""

from oxalchemy import Column, Integer, String, create_engine, event
from oxalchemy.orm import Query, declarative_base, sessionmaker

Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    deleted = Column(Integer, default=0)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
s = sessionmaker(engine)()
s.add_all([User(id=i, name=f"n{i}", deleted=i % 2) for i in range(1, 7)])
s.commit()


class Own(Query):
    pass


@event.listens_for(Query, "before_compile", retval=True)
def no_deleted(query):
    for d in query.column_descriptions:
        if d["entity"] is User:
            query = query.enable_assertions(False).filter(User.deleted == 0)
    return query


@event.listens_for(Own, "before_compile")
def only_tells(query):
    print("own", [d["name"] for d in query.column_descriptions])


@event.listens_for(Query, "before_compile_update", retval=True)
def before_update(query, context):
    print("update", type(context.query).__name__, context.mapper.class_.__name__, context.values)
    context.values = dict(context.values, name="changed")
    return query.filter(User.deleted == 0)


@event.listens_for(Query, "before_compile_delete", retval=True)
def before_delete(query, context):
    print("delete", context.query is query, context.session is s)
    return query.filter(User.deleted == 1)


@event.listens_for(s, "after_bulk_update")
def after_update(context):
    print("after update", context.result.rowcount, context.values)


@event.listens_for(s, "after_bulk_delete")
def after_delete(context):
    print("after delete", context.result.rowcount)


print([u.id for u in s.query(User).order_by(User.id)])
print(s.query(User).order_by(User.id.desc()).limit(2).all()[0].id)
print(s.query(User.id).count(), s.query(User).first().id, s.query(User).filter(User.id == 2).one().id)
print([u.id for u in Own([User], s).order_by(User.id)])
print(s.query(User).filter(User.id < 4).update({"deleted": 0}, synchronize_session=False))
print(s.query(User).filter(User.id > 2).delete(synchronize_session=False))
event.remove(Query, "before_compile", no_deleted)
print([(u.id, u.name, u.deleted) for u in s.query(User).order_by(User.id)])
