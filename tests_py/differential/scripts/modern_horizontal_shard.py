"""ShardedSession: where rows are written, on which shards statements run, tokens of identities, options that name a shard."""

from oxalchemy import Column, Float, ForeignKey, Integer, String, create_engine, delete, inspect, pool, select, update
from oxalchemy.exc import ArgumentError
from oxalchemy.ext.horizontal_shard import ShardedSession, set_shard_id
from oxalchemy.orm import declarative_base, deferred, relationship, sessionmaker

Base = declarative_base()


class Place(Base):
    __tablename__ = "place"
    id = Column(Integer, primary_key=True)
    continent = Column(String)
    city = deferred(Column(String))
    reports = relationship("Report", backref="place", order_by="Report.id")


class Report(Base):
    __tablename__ = "report"
    id = Column(Integer, primary_key=True)
    place_id = Column(ForeignKey("place.id"))
    degrees = Column(Float)


engines = {name: create_engine("sqlite://", poolclass=pool.StaticPool) for name in ("north", "east", "south")}
for engine in engines.values():
    Base.metadata.create_all(engine)
HOMES = {"America": "north", "Asia": "east", "Africa": "south"}
asked = []


def shard_chooser(mapper, instance, clause=None):
    return HOMES[instance.continent] if isinstance(instance, Place) else shard_chooser(mapper, instance.place)


def identity_chooser(mapper, primary_key, *, lazy_loaded_from, execution_options, bind_arguments, **kw):
    return list(engines) if lazy_loaded_from is None else [lazy_loaded_from.identity_token]


def execute_chooser(context):
    asked.append((context.is_select, context.is_select and context.is_relationship_load))
    if context.is_select and context.lazy_loaded_from:
        return [context.lazy_loaded_from.identity_token]
    return list(engines)


make = sessionmaker(class_=ShardedSession)
make.configure(
    shards=engines, shard_chooser=shard_chooser, identity_chooser=identity_chooser, execute_chooser=execute_chooser
)  # fmt: skip
s = make()


def place(continent, city):
    return Place(continent=continent, city=city, reports=[Report(degrees=1.0)])


s.add_all([place("America", "Lima"), place("Asia", "Tokyo"), place("Africa", "Accra"), place("Africa", "Lagos")])
s.commit()
for name, engine in engines.items():
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT place.*, report.id FROM place JOIN report ON place.id = place_id").fetchall()
        print(name, rows)
print(sorted((p.city, inspect(p).key[1:], inspect(p).identity_token, p.reports[0].degrees) for p in s.query(Place)))
s.expunge_all()
print(sorted(p.city for p in s.scalars(select(Place).where(Place.city.like("%o")))))
print(sorted(p.city for p in s.scalars(select(Place).options(set_shard_id("south")))))
print(sorted(p.city for p in s.query(Place).set_shard("south")))
print(sorted(p.city for p in s.execute(select(Place), bind_arguments={"shard_id": "east"}).scalars()))
print(sorted(p.city for p in s.execute(select(Place), execution_options={"identity_token": "east"}).scalars()))
tokyo = s.scalars(select(Place).where(Place.city == "Tokyo")).one()
print(s.get(Place, 1, identity_token="east") is tokyo, s.get(Place, 2, identity_token="south").city)
asked.clear()
s.expire_all()
print(tokyo.city, tokyo.reports[0].place is tokyo)
tokyo.city = "Edo"
s.commit()
print(tokyo.city, inspect(tokyo).key[1:])
with engines["east"].connect() as connection:
    print(connection.exec_driver_sql("SELECT city FROM place").fetchall())
print(sorted(s.execute(select(Place.city)).all()))
print(s.execute(update(Report).values(degrees=5.0)).rowcount, sorted({r.degrees for r in s.query(Report)}))
print(s.execute(delete(Report).where(Report.degrees > 9)).rowcount)
s.delete(s.query(Place).filter(Place.city == "Accra").one())
s.commit()
print(sorted(p.city for p in s.query(Place)))
print(s.connection_callable(Place.__mapper__, tokyo).engine is engines["east"])
for missing in ("identity_chooser", "execute_chooser"):
    given = {"identity_chooser": identity_chooser, "execute_chooser": execute_chooser}
    del given[missing]
    try:
        ShardedSession(shard_chooser, shards=engines, **given)
    except ArgumentError as e:
        print(e)
