"""index_property: elements of JSON documents and arrays, on instances, in expressions, through aliases, and what is missing."""

from oxalchemy import JSON, Column, Integer, create_engine, inspect, select
from oxalchemy.dialects import postgresql
from oxalchemy.ext.indexable import index_property
from oxalchemy.orm import Session, aliased, declarative_base

Base = declarative_base()


class text_property(index_property):
    """One that knows the type of its element."""

    def expr(self, model):
        return super().expr(model).as_string()


class Doc(Base):
    __tablename__ = "doc"
    id = Column(Integer, primary_key=True)
    data = Column(JSON)
    numbers = Column(postgresql.ARRAY(Integer).with_variant(JSON, "sqlite"))
    name = text_property("data", "name")
    colour = index_property("data", "colour", default="grey")
    fixed = index_property("data", "name", mutable=False)
    second = index_property("numbers", 1)
    second_from_zero = index_property("numbers", 1, onebased=False)
    deep = index_property("data", "deep", datatype=lambda: {"made": True})
    fourth = index_property("data", 3)


def attempt(label, fn):
    try:
        print(label, fn())
    except Exception as e:
        print(label, type(e).__name__, e)


def delete(obj, name):
    return lambda: delattr(obj, name)


print(select(Doc.name, Doc.second, Doc.second_from_zero).compile(dialect=postgresql.dialect()))
print(select(aliased(Doc, name="d").name))
print(Doc.name == "x", "|", Doc.second > 3)
doc = Doc()
attempt("nothing", lambda: doc.name)
print(doc.colour)
attempt("delete of nothing", delete(doc, "name"))
doc.name = "one"
print(doc.data, doc.fixed, doc.colour)
attempt("fixed", lambda: setattr(doc, "fixed", 1))
attempt("fixed", delete(doc, "fixed"))
del doc.name
print(doc.data)
attempt("twice", delete(doc, "name"))
attempt("get", lambda: doc.name)
other = Doc()
other.deep = 1
print(other.data)
listed = Doc()
listed.fourth = 5
print(listed.data)
short = Doc(numbers=[])
attempt("short", lambda: short.second)
attempt("short", lambda: setattr(short, "second", 2))
attempt("short", delete(short, "second"))
print(Doc.__dict__["name"].info, inspect(Doc).all_orm_descriptors["name"].extension_type.name)

engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    row = Doc(data={"name": "q"}, numbers=[1, 2])
    session.add(row)
    session.commit()
    print(session.scalars(select(Doc).where(Doc.name == "q")).one() is row, row.second)
    row.name = "z"
    print(row in session.dirty)
    session.commit()
    print(row.data)
    del row.name
    session.commit()
    print(row.data)
