"""Children stay in the session, and living rows stay in the database, whatever way they came and went."""

import itertools

import oxalchemy as sa
from oxalchemy import event, orm


def model(cascade, *, backref=True, uselist=True, collection_class=None, single_parent=False):
    """Parent, child and grandchild; the relationship to the child as told."""
    Base = orm.declarative_base()

    class P(Base):
        __tablename__ = "p"
        id = sa.Column(sa.Integer, primary_key=True)
        x = sa.Column(sa.Integer)
        cs = orm.relationship(
            "C",
            back_populates="p" if backref else None,
            cascade=cascade,
            uselist=uselist,
            collection_class=collection_class,
            single_parent=single_parent,
        )

    class C(Base):
        __tablename__ = "c"
        id = sa.Column(sa.Integer, primary_key=True)
        pid = sa.Column(sa.ForeignKey("p.id"))
        n = sa.Column(sa.Integer)
        ds = orm.relationship("D", cascade="all, delete-orphan")
        if backref:
            p = orm.relationship("P", back_populates="cs")

        def __repr__(self):
            return f"C{self.id}"

    class D(Base):
        __tablename__ = "d"
        id = sa.Column(sa.Integer, primary_key=True)
        cid = sa.Column(sa.ForeignKey("c.id"))

    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    return engine, P, C, D


def count(session, table):
    return session.execute(sa.text(f"select count(*) from {table}")).scalar()


def standing(session, obj):
    names = ("transient", "pending", "persistent", "deleted", "detached")
    return [n for n in names if getattr(sa.inspect(obj), n)], obj in session


def refresh_and_expire():
    print("-- pending children of a parent that is refreshed or expired")
    words = (
        "all",
        "all, delete-orphan",
        "save-update, refresh-expire",
        "refresh-expire",
        "delete, delete-orphan, refresh-expire",
    )
    for cascade, backref, uselist in itertools.product(words, (True, False), (True, False)):
        engine, P, C, D = model(cascade, backref=backref, uselist=uselist)
        for loaded, what in itertools.product((True, False), ("expire", "refresh")):
            session = orm.Session(engine, autoflush=False)
            p = P()
            session.add(p)
            session.flush()
            c = C(ds=[D()])
            session.add(c)
            if loaded:
                _ = p.cs
            if uselist:
                p.cs.append(c)
            else:
                p.cs = c
            getattr(session, what)(p)
            print(cascade, backref, uselist, loaded, what, c in session.new, c.ds[0] in session.new)
            session.close()


def assigned():
    print("-- members that a backref put there, assigned again")
    for kind, cascade in itertools.product((list, set), ("save-update, merge", "all, delete-orphan", "merge")):
        engine, P, C, D = model(cascade, collection_class=kind)
        log = []

        def listen(name, log=log):
            return lambda target, value, initiator, **kw: log.append((name, value, initiator.op.name, initiator.key))

        orm.configure_mappers()
        for name in ("append", "append_wo_mutation", "remove"):
            event.listen(P.cs, name, listen(name))
        session = orm.Session(engine, autoflush=False)
        p, q, c, d = P(), P(), C(id=1), C(id=2)
        session.add_all([p, q])
        c.p = p
        print(kind.__name__, cascade, standing(session, c))
        p.cs = kind([c])
        print("same", standing(session, c))
        p.cs = kind([c, d])
        print("more", standing(session, c), standing(session, d))
        q.cs = kind([c])
        print("moved", standing(session, c), len(p.cs), len(q.cs), c.p is q)
        q.cs = kind([c])
        print("again", standing(session, c))
        if kind is set:
            q.cs.add(c)
        print(*log, sep="\n")
        session.commit()
        print(count(session, "c"))
        session.close()


def one_more_time():
    print("-- the same object twice in a list")
    engine, P, C, D = model("save-update")
    log = []
    orm.configure_mappers()
    for name in ("append", "append_wo_mutation", "remove"):
        event.listen(P.cs, name, lambda t, v, i, name=name: log.append((name, v, i.op.name, len(t.cs))))
    a, b, c = C(id=1), C(id=2), C(id=3)
    p = P()
    p.cs = [a, b, a]
    p.cs = [b, c, b, a, c]
    p.cs = [a, a, b]
    p.cs += [c]
    print(p.cs)
    print(*log, sep="\n")


def removed():
    print("-- removed from the parent, then forgotten")

    def expire_both(s, p, k):
        s.expire_all()

    def load_both(s, p, k):
        s.expire_all()
        _ = p.cs

    def savepoint(s, p, k):
        s.begin_nested().rollback()

    def away_and_back(s, p, k):
        s.expunge(k)
        s.add(k)

    ways = {
        "nothing": lambda s, p, k: None,
        "expire child": lambda s, p, k: s.expire(k),
        "expire column": lambda s, p, k: s.expire(k, ["n"]),
        "expire parent": lambda s, p, k: s.expire(p),
        "expire collection": lambda s, p, k: s.expire(p, ["cs"]),
        "expire all": expire_both,
        "expire all, load": load_both,
        "refresh child": lambda s, p, k: s.refresh(k),
        "refresh parent": lambda s, p, k: s.refresh(p),
        "rollback": lambda s, p, k: s.rollback(),
        "savepoint": savepoint,
        "commit": lambda s, p, k: s.commit(),
        "expunge": lambda s, p, k: s.expunge(k),
        "expunge, add": away_and_back,
        "append": lambda s, p, k: p.cs.append(k),
    }
    for backref, (name, way) in itertools.product((True, False), ways.items()):
        engine, P, C, D = model("all, delete-orphan", backref=backref, single_parent=True)
        session = orm.Session(engine, autoflush=False)
        p, q = P(cs=[C(), C()]), P()
        session.add_all([p, q])
        session.commit()
        k = p.cs[0]
        p.cs.remove(k)
        way(session, p, k)
        try:
            k.n = 1
            session.flush()
            print(backref, name, count(session, "c"), end=" ")
        except sa.exc.SQLAlchemyError as e:
            print(type(e).__name__, end=" ")
        session.rollback()
        session.expire_all()
        if not p.cs:
            print("gone")
            continue
        k = p.cs[0]
        try:
            q.cs.append(k)
            print("moved", end=" ")
        except sa.exc.InvalidRequestError as e:
            print(type(e).__name__, end=" ")
        try:
            way(session, p, k)
            q.cs.append(k)
            print("moved")
        except sa.exc.InvalidRequestError as e:
            print(type(e).__name__)
        session.close()


def pending_orphans():
    print("-- a pending object that loses its parent takes with it what it would expunge")
    for cascade, uselist in itertools.product(("all, delete-orphan", "save-update, delete, delete-orphan", "all"), (True, False)):
        engine, P, C, D = model(cascade, uselist=uselist)
        session = orm.Session(engine)
        p = P()
        session.add(p)
        session.commit()
        c = C(ds=[D()])
        if uselist:
            p.cs.append(c)
            p.cs.remove(c)
        else:
            p.cs = c
            p.cs = None
        print(cascade, uselist, standing(session, c), standing(session, c.ds[0]))
        session.commit()
        print(count(session, "c"), count(session, "d"))


def one_to_one():
    print("-- the old object of a one-to-one is loaded when it is asked for, not when it is replaced")
    for cascade, active in itertools.product(("save-update", "all, delete-orphan"), (True, False)):
        Base = orm.declarative_base()

        class P(Base):
            __tablename__ = "p"
            id = sa.Column(sa.Integer, primary_key=True)
            c = orm.relationship("C", back_populates="p", cascade=cascade, uselist=False, active_history=active)

        class C(Base):
            __tablename__ = "c"
            id = sa.Column(sa.Integer, primary_key=True)
            pid = sa.Column(sa.ForeignKey("p.id"))
            p = orm.relationship("P", back_populates="c")

            def __repr__(self):
                return f"C{self.id}"

        engine = sa.create_engine("sqlite://")
        Base.metadata.create_all(engine)
        log = []
        event.listen(
            engine, "before_cursor_execute", lambda c, cu, st, pa, ctx, m, log=log: log.append((" ".join(st.split()), pa))
        )

        def show(what, log=log):
            print(what, *log, sep="\n   ")
            log.clear()

        orm.configure_mappers()
        event.listen(P.c, "set", lambda t, v, o, i: print("   set", v, o))
        session = orm.Session(engine)
        p = P(id=1, c=C(id=1))
        session.add(p)
        session.commit()
        show("made")
        p.c = C(id=2)
        show(f"set, {cascade}, {active}")
        print(sa.inspect(p).attrs.c.history)
        show("history")
        session.commit()
        show("commit")
        for way in ("none", "del", "other side", "other parent", "expired"):
            if way == "none":
                p.c = None
            elif way == "del":
                del p.c
            elif way == "other side":
                session.get(C, 2).p = None
            elif way == "other parent":
                session.get(C, 2).p = P(id=2)
            else:
                c = p.c
                p.c = None
                session.expire(c)
            show(way)
            session.flush()
            show("flush")
            print(session.execute(sa.text("select * from c")).all())
            session.rollback()
            log.clear()


def expired_reads_flush():
    print("-- an expired or deferred column is read after what is pending is written; deleted objects after a commit")
    Base = orm.declarative_base()

    class A(Base):
        __tablename__ = "a"
        id = sa.Column(sa.Integer, primary_key=True)
        n = sa.Column(sa.Integer)
        d = orm.deferred(sa.Column(sa.Integer))

    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    for expire in (True, False):
        session = orm.Session(engine, expire_on_commit=expire)
        a = A(n=1)
        session.add(a)
        session.commit()
        for what in ("n", "d"):
            session.expire(a, [what])
            b = A(n=2)
            session.add(b)
            getattr(a, what)
            print(expire, what, standing(session, b))
            session.expire(a, [what])
            c = A(n=3)
            session.add(c)
            with session.no_autoflush:
                getattr(a, what)
            print(standing(session, c))
            session.rollback()
        session.delete(a)
        session.commit()
        print(standing(session, a))
        b = A(n=2)
        session.add(b)
        session.flush()
        session.delete(b)
        session.flush()
        session.rollback()
        print(standing(session, b))
        session.close()


refresh_and_expire()
assigned()
one_more_time()
removed()
pending_orphans()
one_to_one()
expired_reads_flush()
