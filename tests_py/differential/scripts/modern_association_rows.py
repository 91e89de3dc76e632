"""Two association rows of the same objects, in every way to load them."""
# ruff: noqa: E711, E741, E742, E743, F821, F841

import oxalchemy as sa
from oxalchemy import orm

Base = orm.declarative_base()
ut = sa.Table("ut", Base.metadata, sa.Column("u_id", sa.ForeignKey("u.id")), sa.Column("t_id", sa.ForeignKey("t.id")))


class U(Base):
    __tablename__ = "u"
    id = sa.Column(sa.Integer, primary_key=True)
    ts = orm.relationship("T", secondary=ut, back_populates="us", order_by="T.id")
    one = orm.relationship("T", secondary=ut, uselist=False, viewonly=True)
    dyn = orm.relationship("T", secondary=ut, lazy="dynamic", viewonly=True)


class T(Base):
    __tablename__ = "t"
    id = sa.Column(sa.Integer, primary_key=True)
    us = orm.relationship("U", secondary=ut, back_populates="ts")


e = sa.create_engine("sqlite://")
Base.metadata.create_all(e)
with orm.Session(e, future=True) as s:
    s.add_all([U(id=1), U(id=2), T(id=1), T(id=2)])
    s.flush()
    s.execute(
        ut.insert(),
        [dict(u_id=1, t_id=1), dict(u_id=1, t_id=2), dict(u_id=1, t_id=1), dict(u_id=2, t_id=2), dict(u_id=2, t_id=2)],
    )
    s.commit()
for n, o in dict(
    lazy=[],
    sel=[orm.selectinload(U.ts)],
    sub=[orm.subqueryload(U.ts)],
    joined=[orm.joinedload(U.ts)],
    imm=[orm.immediateload(U.ts)],
).items():
    for pop in (0, 1):
        for where in (None, 1, 2):
            s = orm.Session(e, future=True)
            q = sa.select(U).order_by(U.id).options(*o)
            if where:
                q = q.where(U.id == where)
            if pop:
                q = q.execution_options(populate_existing=True)
            us = s.scalars(q).unique().all()
            print(n, pop, where, [[t.id for t in u.ts] for u in us])
            s.close()
    s = orm.Session(e, future=True)
    u = s.get(U, 1, options=o)
    print(n, "get", [t.id for t in u.ts])
    s.expire(u, ["ts"])
    print([t.id for t in u.ts])
    u.ts.remove(u.ts[0])
    try:
        s.flush()
        print(s.execute(sa.select(ut)).all())
    except Exception as ex:
        print(type(ex).__name__, str(ex)[:90])
    s.close()
s = orm.Session(e, future=True)
u = s.get(U, 1)
print([t.id for t in u.dyn], u.dyn.count(), u.one.id)
q = s.query(U).join(U.ts).options(orm.contains_eager(U.ts)).order_by(U.id, T.id)
print([[t.id for t in u.ts] for u in q.populate_existing()])
print([u.id for u in s.query(U).join(U.ts)], [t.id for t in s.query(T).filter(orm.with_parent(u, U.ts))])
