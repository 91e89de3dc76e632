"""The extensions: hybrid, mutable, associationproxy, orderinglist."""

import json
import warnings

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.ext.hybrid import Comparator, hybrid_method, hybrid_property
from sqlalchemy.ext.mutable import Mutable, MutableDict, MutableList, MutableSet
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm.collections import attribute_keyed_dict

warnings.simplefilter("ignore")
Base = orm.declarative_base()


def show(label, f):
    try:
        print(label, f())
    except Exception as e:
        print(label, type(e).__name__, str(e).split("(Background")[0].split(" at 0x")[0])


class CaseInsensitive(Comparator):
    def __eq__(self, other):
        return sa.func.lower(self.__clause_element__()) == sa.func.lower(other)


class Interval(Base):
    __tablename__ = "interval"
    id = sa.Column(sa.Integer, primary_key=True)
    start = sa.Column(sa.Integer)
    end = sa.Column(sa.Integer)
    word = sa.Column(sa.String)

    def __init__(self, start, end, word="w"):
        self.start, self.end, self.word = start, end, word

    @hybrid_property
    def length(self):
        return self.end - self.start

    @length.setter
    def length(self, value):
        self.end = self.start + value

    @length.update_expression
    def length(cls, value):
        return [(cls.end, cls.start + value)]

    @hybrid_property
    def radius(self):
        return abs(self.length) / 2

    @radius.inplace.expression
    @classmethod
    def _radius(cls):
        return sa.func.abs(cls.length) / 2

    @hybrid_method
    def contains(self, point):
        return (self.start <= point) & (point <= self.end)

    @hybrid_property
    def insensitive(self):
        return self.word.lower()

    @insensitive.comparator
    def insensitive(cls):
        return CaseInsensitive(cls.word)


class Json(sa.TypeDecorator):
    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else json.dumps(sorted(value) if isinstance(value, set) else value)

    def process_result_value(self, value, dialect):
        return None if value is None else json.loads(value)


class Point(Mutable, dict):
    @classmethod
    def coerce(cls, key, value):
        return value if isinstance(value, cls) else cls(value) if isinstance(value, dict) else Mutable.coerce(key, value)

    def __setitem__(self, k, v):
        dict.__setitem__(self, k, v)
        self.changed()


class Doc(Base):
    __tablename__ = "doc"
    id = sa.Column(sa.Integer, primary_key=True)
    d = sa.Column(MutableDict.as_mutable(Json))
    items = sa.Column(MutableList.as_mutable(Json))
    tags = sa.Column(MutableSet.as_mutable(sa.PickleType))
    point = sa.Column(Point.as_mutable(Json))


class Slide(Base):
    __tablename__ = "slide"
    id = sa.Column(sa.Integer, primary_key=True)
    bullets = orm.relationship(
        "Bullet",
        order_by="Bullet.position",
        collection_class=ordering_list("position", count_from=1),
        cascade="all, delete-orphan",
    )
    texts = association_proxy("bullets", "text", creator=lambda t: Bullet(text=t))
    by_text = orm.relationship("Bullet", collection_class=attribute_keyed_dict("text"), viewonly=True)
    position_of = association_proxy("by_text", "position")


class Bullet(Base):
    __tablename__ = "bullet"
    id = sa.Column(sa.Integer, primary_key=True)
    slide_id = sa.Column(sa.ForeignKey("slide.id"))
    position = sa.Column(sa.Integer)
    text = sa.Column(sa.String)
    slide = orm.relationship("Slide", overlaps="bullets,by_text")
    slide_id_of = association_proxy("slide", "id")


engine = sa.create_engine("sqlite://")
Base.metadata.create_all(engine)
s = orm.Session(engine)

i = Interval(3, 10, "Word")
print(i.length, i.radius, i.contains(5), i.contains(11), i.insensitive)
i.length = 2
print(i.end)
s.add_all([i, Interval(0, 4), Interval(7, 9, "x")])
s.commit()
for label, q in (
    ("filter", s.query(Interval).filter(Interval.length > 2)),
    ("order", s.query(Interval).order_by(Interval.radius.desc(), Interval.id)),
    ("method", s.query(Interval).filter(Interval.contains(8))),
    ("comparator", s.query(Interval).filter(Interval.insensitive == "WORD")),
    ("column", s.query(Interval.length, Interval.radius).filter_by(length=2)),
    ("alias", s.query(orm.aliased(Interval, name="i2").length)),
):
    show(label, lambda q=q: q)
    show(label, lambda q=q: [getattr(r, "id", r) for r in q])
s.execute(sa.update(Interval).where(Interval.id == 1).values({Interval.length: 20}))
s.expire_all()
print(s.get(Interval, 1).end)
show("name", lambda: (Interval.length.key, sa.inspect(Interval).all_orm_descriptors.keys()))

doc = Doc(d={"a": 1}, items=[1, 2], tags={1}, point={"x": 1})
s.add(doc)
s.commit()
for label, change in (
    ("dict set", lambda: doc.d.__setitem__("b", 2)),
    ("dict update", lambda: doc.d.update(c=3)),
    ("dict pop", lambda: doc.d.pop("a")),
    ("dict setdefault", lambda: doc.d.setdefault("z", 9)),
    ("list append", lambda: doc.items.append(3)),
    ("list slice", lambda: doc.items.__setitem__(slice(0, 1), [9, 8])),
    ("list sort", lambda: doc.items.sort()),
    ("list remove", lambda: doc.items.remove(9)),
    ("list extend", lambda: doc.items.extend([5])),
    ("set add", lambda: doc.tags.add(2)),
    ("set update", lambda: doc.tags.update([3, 4])),
    ("set discard", lambda: doc.tags.discard(3)),
    ("own", lambda: doc.point.__setitem__("y", 4)),
):
    change()
    print(label, doc in s.dirty, end=" ")
    s.commit()
    print(doc.d, doc.items, sorted(doc.tags), doc.point)
show("coerce", lambda: Doc(d=5))
show("coerce", lambda: Doc(items=5))
print(type(doc.d).__name__, type(doc.items).__name__, isinstance(doc.d, dict))

slide = Slide()
slide.texts.append("one")
slide.texts.extend(["two", "three"])
print(slide.texts, [b.position for b in slide.bullets], len(slide.texts), "two" in slide.texts)
slide.texts.insert(1, "half")
print([(b.position, b.text) for b in slide.bullets])
slide.bullets.remove(slide.bullets[0])
print([(b.position, b.text) for b in slide.bullets])
slide.bullets[0:1] = [Bullet(text="new")]
print([(b.position, b.text) for b in slide.bullets])
slide.bullets.pop()
slide.texts[1] = "changed"
s.add(slide)
s.commit()
print([(b.position, b.text) for b in slide.bullets], slide.position_of, slide.position_of["new"])
for label, q in (
    ("contains", lambda: s.query(Slide).filter(Slide.texts.contains("new"))),
    ("any", lambda: s.query(Slide).filter(Slide.texts == "new")),
    ("scalar", lambda: s.query(Bullet).filter(Bullet.slide_id_of == 1).order_by(Bullet.id)),
):
    show(label, q)
    show(label, lambda q=q: [o.id for o in q()])
print(s.query(Bullet).first().slide_id_of, Bullet().slide_id_of)
slide.texts.clear()
s.commit()
print(slide.texts == [], s.query(Bullet).count())
show("like", lambda: s.query(Slide).filter(Slide.texts.like("n%")))
show("keywords", lambda: Slide.texts.any(text="new"))
show("criterion", lambda: Slide.texts.any(Bullet.position > 1))
