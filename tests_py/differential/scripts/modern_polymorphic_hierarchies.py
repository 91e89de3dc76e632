"""Joined hierarchies loaded in every form: all tables, some, a join of the user's, an alias of it, a union; what is missing is
read from the tables of the subclasses, together."""

import re
import warnings

from oxalchemy import (
    LABEL_STYLE_TABLENAME_PLUS_COL,
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    create_engine,
    event,
    exc,
    inspect,
    or_,
)
from oxalchemy.orm import (
    Session,
    aliased,
    configure_mappers,
    joinedload,
    polymorphic_union,
    registry,
    relationship,
    selectinload,
    with_polymorphic,
)

warnings.simplefilter("error", exc.SAWarning)


class Keywords:
    def __init__(self, **values):
        for name, value in values.items():
            setattr(self, name, value)


# What a base row did not bring: the order of its columns and tables is no one's promise.
MISSING = re.compile(r" WHERE \? = (managers|engineers|bosses)\.")


def hierarchy(kind):
    reg = registry()
    md = reg.metadata
    companies = Table("companies", md, Column("cid", Integer, primary_key=True), Column("name", String))
    people = Table(
        "people",
        md,
        Column("pid", Integer, primary_key=True),
        Column("cid", ForeignKey("companies.cid")),
        Column("name", String),
        Column("type", String),
    )
    engineers = Table("engineers", md, Column("pid", ForeignKey("people.pid"), primary_key=True), Column("lang", String))
    managers = Table("managers", md, Column("pid", ForeignKey("people.pid"), primary_key=True), Column("status", String))
    bosses = Table("bosses", md, Column("bid", ForeignKey("managers.pid"), primary_key=True), Column("golf", String))
    machines = Table("machines", md, Column("mid", Integer, primary_key=True), Column("pid", ForeignKey("engineers.pid")))

    class Company(Keywords):
        pass

    class Person(Keywords):
        pass

    class Engineer(Person):
        pass

    class Manager(Person):
        pass

    class Boss(Manager):
        pass

    class Machine(Keywords):
        pass

    on, load, of_engineer, of_manager = people.c.type, {}, {}, {}
    joined = people.outerjoin(engineers).outerjoin(managers)
    if kind == "all":
        load = {"with_polymorphic": "*"}
    elif kind == "join":
        load = {"with_polymorphic": ("*", joined)}
    elif kind == "alias":
        inner = joined.select().set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).alias("inner_")
        load, on = {"with_polymorphic": ("*", inner)}, inner.c.people_type
    elif kind == "union":
        plain = people.select().where(people.c.type == "person").subquery()
        parts = {"engineer": people.join(engineers), "manager": people.join(managers), "person": plain}
        union = polymorphic_union(parts, None, "pjoin")
        load, on = {"with_polymorphic": ("*", union)}, union.c.type
        of_engineer = {"with_polymorphic": ([Engineer], people.join(engineers))}
        of_manager = {"with_polymorphic": ([Manager], people.join(managers))}
    reg.map_imperatively(Company, companies, properties={"employees": relationship(Person, order_by=people.c.pid)})
    reg.map_imperatively(Machine, machines)
    reg.map_imperatively(Person, people, polymorphic_on=on, polymorphic_identity="person", **load)
    reg.map_imperatively(
        Engineer, engineers, inherits=Person, polymorphic_identity="engineer",
        properties={"machines": relationship(Machine, order_by=machines.c.mid)}, **of_engineer,
    )  # fmt: skip
    reg.map_imperatively(Manager, managers, inherits=Person, polymorphic_identity="manager", **of_manager)
    reg.map_imperatively(Boss, bosses, inherits=Manager, polymorphic_identity="boss")
    configure_mappers()
    return md, Company, Person, Engineer, Manager, Boss, Machine


def described(p):
    return (type(p).__name__, p.name, getattr(p, "lang", 0), getattr(p, "status", 0), getattr(p, "golf", 0))


for kind in ("none", "all", "join", "alias", "union"):
    md, Company, Person, Engineer, Manager, Boss, Machine = hierarchy(kind)
    print("#", kind, *([m.class_.__name__ for m in inspect(c).with_polymorphic_mappers] for c in (Person, Manager)))
    engine = create_engine("sqlite://")
    md.create_all(engine)
    s = Session(engine)
    first = [
        Engineer(name="e", lang="j", machines=[Machine()]),
        Manager(name="m", status="s"),
        Boss(name="b", status="t", golf="g"),
    ]
    s.add(Company(name="c", employees=[*first, Person(name="p")]))
    s.add(Company(name="d", employees=[Engineer(name="e2", lang="k")]))
    s.commit()
    sent = []
    event.listen(engine, "before_cursor_execute", lambda c, cursor, statement, *rest: sent.append(statement))

    def run(label, fn):
        s.expunge_all()
        sent.clear()
        try:
            print(label, fn(), len(sent))
        except exc.SAWarning:
            print(label, "SAWarning")
        for sql in sent:
            text = " ".join(sql.split())
            print("   ", "(missing columns)" if MISSING.search(text) else text)

    def all_of(query):
        return [described(p) for p in query]

    def machines(query):
        return [len(p.machines) for p in query if isinstance(p, Engineer)]

    def staff(query):
        return [all_of(c.employees) for c in query.order_by(Company.cid)]

    people, companies = s.query(Person).order_by(Person.pid), s.query(Company)
    run("all", lambda: all_of(people))
    run("get", lambda: described(s.get(Person, 3)))
    run("get manager", lambda: described(s.get(Manager, 3)))
    run("get boss", lambda: described(s.get(Boss, 3)))
    run("joined below", lambda: machines(people.options(joinedload(Engineer.machines))))
    run("selectin below", lambda: machines(people.options(selectinload(Engineer.machines))))
    run("lazy", lambda: all_of(companies.order_by(Company.cid).first().employees))
    run("joined", lambda: staff(companies.options(joinedload(Company.employees))))
    run("joined of_type", lambda: staff(companies.options(joinedload(Company.employees.of_type(Engineer)))))
    run("selectin", lambda: staff(companies.options(selectinload(Company.employees))))
    run(
        "join of_type", lambda: [c.name for c in companies.join(Company.employees.of_type(Engineer)).filter(Engineer.lang == "k")]
    )
    run("any of_type", lambda: [c.name for c in companies.filter(Company.employees.of_type(Engineer).any(Engineer.lang == "k"))])
    run("any", lambda: [c.name for c in companies.filter(Company.employees.any(Engineer.lang == "k"))])
    run("any negated", lambda: [c.name for c in companies.filter(~Company.employees.any(Engineer.lang == "k"))])
    run("subclass in filter", lambda: [p.name for p in people.filter(Engineer.lang == "k")])
    run("own filter", lambda: [p.name for p in s.query(Engineer).filter(Engineer.lang == "k")])
    run("two subclasses", lambda: [p.name for p in people.filter(or_(Engineer.lang == "k", Manager.status == "s"))])
    run("count", lambda: s.query(Person).filter(Person.name != "x").count())
    alias = aliased(Person)
    run("alias", lambda: [p.name for p in s.query(alias).filter(alias.name == "e")])
    some = with_polymorphic(Person, [Engineer, Manager])
    criteria = or_(some.Engineer.lang == "j", some.Manager.status == "t")
    run("with_polymorphic", lambda: all_of(s.query(some).filter(criteria).order_by(some.pid)))
    every = with_polymorphic(Person, "*", aliased=True)
    through = companies.join(Company.employees.of_type(every)).filter(every.Engineer.lang == "j")
    run("joined alias", lambda: all_of(through.with_entities(every)))
