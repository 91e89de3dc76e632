"""Keys that change: children that follow, by the database or by the flush; tables of joined classes."""

from oxalchemy import Column, ForeignKey, Integer, String, Table, create_engine, event, inspect, select
from oxalchemy.orm import Session, backref, declarative_base, relationship


def step(name, f):
    try:
        print(name, "->", f())
    except Exception as e:
        print(name, "!!", type(e).__name__, e)


def engine_of(base, foreign_keys):
    engine = create_engine("sqlite://")
    if foreign_keys:
        event.listen(engine, "connect", lambda connection, record: connection.execute("pragma foreign_keys=on"))
    base.metadata.create_all(engine)
    return engine


def related(passive, loaded):
    base = declarative_base()
    cascade = {"onupdate": "CASCADE"} if passive else {}

    class User(base):
        __tablename__ = "users"
        login = Column(String, primary_key=True)
        full = Column(String)
        mails = relationship("Mail", passive_updates=passive, order_by="Mail.id", back_populates="user")
        groups = relationship(
            "Group", secondary="links", passive_updates=passive, backref=backref("users", passive_updates=passive)
        )
        profile = relationship(
            "Profile", uselist=False, passive_updates=passive, backref=backref("user", passive_updates=passive)
        )

    class Mail(base):
        __tablename__ = "mails"
        id = Column(Integer, primary_key=True)
        login = Column(ForeignKey("users.login", **cascade))
        user = relationship(User, back_populates="mails", passive_updates=passive)
        x = Column(Integer)

    class Group(base):
        __tablename__ = "groups"
        name = Column(String, primary_key=True)

    Table(
        "links",
        base.metadata,
        Column("u", ForeignKey("users.login", **cascade), primary_key=True),
        Column("g", ForeignKey("groups.name", **cascade), primary_key=True),
    )

    class Profile(base):
        __tablename__ = "profiles"
        login = Column(ForeignKey("users.login", **cascade), primary_key=True)
        x = Column(Integer)
        notes = relationship("Note", passive_updates=passive)

    class Note(base):
        __tablename__ = "notes"
        id = Column(Integer, primary_key=True)
        login = Column(ForeignKey("profiles.login", **cascade))

    engine = engine_of(base, passive)
    s = Session(engine)
    user = User(login="a", mails=[Mail(), Mail()], profile=Profile(x=1, notes=[Note(), Note()]))
    user.groups = [Group(name="g1"), Group(name="g2")]
    s.add(user)
    s.commit()

    def rows():
        return [sorted(s.execute(select(t)).all(), key=str) for t in base.metadata.sorted_tables]

    def load():
        if loaded:
            return user.mails, user.groups, user.profile and user.profile.notes, [g.users for g in user.groups]

    def renamed():
        load()
        user.login = "b"
        s.flush()
        found = [m.__dict__.get("login") for m in user.mails] if loaded else None
        s.commit()
        return found, rows()

    def renamed_and_changed():
        load()
        user.login = "c"
        user.full = "f"
        user.mails[0].x = 7
        user.profile.x = 5
        s.commit()
        return rows()

    def appended():
        load()
        user.mails.append(Mail(id=9))
        user.login = "d"
        s.commit()
        return rows()

    def removed():
        load()
        user.mails.pop(0)
        user.login = "e"
        s.commit()
        return rows()

    for f in (renamed, renamed_and_changed, appended, removed):
        step(f"passive={passive} loaded={loaded} {f.__name__}", f)


for passive in (True, False):
    for loaded in (True, False):
        related(passive, loaded)


def joined(passive, below=True):
    base = declarative_base()
    cascade = {"onupdate": "CASCADE"} if passive else {}

    class P(base):
        __tablename__ = "p"
        k = Column(String, primary_key=True)
        kind = Column(String)
        a = Column(Integer)
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "p", "passive_updates": passive}

    class Q(P):
        __tablename__ = "q"
        k = Column(ForeignKey("p.k", **cascade), primary_key=True)
        b = Column(Integer)
        __mapper_args__ = {"polymorphic_identity": "q", **({"passive_updates": passive} if below else {})}

    class R(Q):
        __tablename__ = "r"
        rk = Column(ForeignKey("q.k", **cascade), primary_key=True)
        c = Column(Integer)
        __mapper_args__ = {"polymorphic_identity": "r", **({"passive_updates": passive} if below else {})}

    engine = engine_of(base, passive)
    log = []

    @event.listens_for(engine, "before_cursor_execute")
    def watch(conn, cursor, statement, parameters, context, many):
        if statement.startswith("UPDATE"):
            log.append((" ".join(statement.split()), parameters))

    def change(cls, **kw):
        with Session(engine) as s:
            o = cls(k="a", a=1)
            s.add(o)
            s.commit()
            o.k
            log.clear()
            for k, v in kw.items():
                setattr(o, k, v)
            s.commit()
            found = [s.execute(select(t)).all() for t in (P.__table__, Q.__table__, R.__table__)], o.k, inspect(o).identity
            s.delete(o)
            s.commit()
            return found, log

    step(f"joined {passive} key", lambda: change(Q, k="b"))
    step(f"joined {passive} key and column", lambda: change(Q, k="b", b=4))
    step(f"joined {passive} three tables", lambda: change(R, k="b"))
    step(f"joined {passive} all", lambda: change(R, k="b", a=2, b=3, c=4))
    step(f"joined {passive} column", lambda: change(R, c=4))
    step(f"joined {passive} base", lambda: change(P, k="z"))


for passive in (True, False):
    joined(passive)
    # what the base says holds for the classes below
    joined(passive, below=False)

Base = declarative_base()


class A(Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)


class B(A):
    __tablename__ = "b"
    bid = Column(ForeignKey("a.id"), primary_key=True)
    x = Column(Integer)


class C(B):
    __tablename__ = "c"
    cid = Column(ForeignKey("b.bid"), primary_key=True)
    y = Column(Integer)


with Session(engine_of(Base, True)) as s:
    c = C(x=1, y=2)
    s.add(c)
    s.flush()
    print("three names of one key", c.id, c.bid, c.cid)
    c.x, c.y = 3, 4
    s.commit()
    print(s.query(C.x, C.y).all())
