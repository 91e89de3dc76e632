"""Expressions that are older than the table of their columns; aliases inside expressions that are turned to other aliases."""

from typing import Optional

from oxalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    case,
    create_engine,
    exists,
    func,
    select,
    update,
)
from oxalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    column_property,
    mapped_column,
    query_expression,
    relationship,
)


def show(q):
    print(" ".join(str(q).split()))


c, d = Column("x", Integer), Column("y", String)
older = [
    c > 5,
    func.lower(d),
    c + 1,
    c.label("l"),
    case((c == 1, d), else_="q"),
    d.desc(),
    c.in_([1, 2]),
    ~(c == 2),
    func.sum(c).over(order_by=d),
    exists().where(c == 3),
]
t = Table("t", MetaData(), c, d, CheckConstraint(c > 0), Index("low", func.lower(d)))
for e in older:
    show(select(e))
    show(select(t).where(e) if not str(e).endswith("DESC") else select(t).order_by(e))
    show(select(t.alias().c.x, e) if not str(e).endswith("DESC") else select(t).group_by(e))
show(update(t).values({c: older[2]}).where(older[0]))
show(select(t.alias("o")).where(older[0]))
print(
    [str(x) for i in t.indexes for x in i.expressions], [str(k.sqltext) for k in t.constraints if isinstance(k, CheckConstraint)]
)


class Base(DeclarativeBase):
    pass


class Mail(Base):
    __tablename__ = "mail"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    size: Mapped[int] = mapped_column(default=1)


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    nm: Mapped[str | None] = mapped_column(String(20))
    boss_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    mails: Mapped[int] = column_property(select(func.count(Mail.id)).where(Mail.user_id == id).scalar_subquery())
    named: Mapped[str] = column_property(func.coalesce(nm, "?") + "/")
    has_mail: Mapped[bool] = column_property(exists().where(Mail.user_id == id))
    twice: Mapped[int] = query_expression(id * 2)
    boss: Mapped[Optional["User"]] = relationship(primaryjoin=boss_id == id, remote_side=id)
    team: Mapped[list["User"]] = relationship(primaryjoin=id == boss_id, remote_side=boss_id, viewonly=True)


Named = column_property(select(func.max(Mail.size)).where(Mail.user_id == User.id).correlate(User.__table__).scalar_subquery())
User.biggest = Named
User.small = column_property(
    select(func.min(Mail.size)).where(Mail.user_id == User.id).correlate(User).scalar_subquery(), deferred=True
)
User.rest = column_property(
    select(func.sum(Mail.size)).where(Mail.user_id == User.id).correlate_except(Mail).scalar_subquery(), deferred=True
)
keys = ("mails", "named", "has_mail", "twice", "biggest", "small", "rest")
ua, ub = aliased(User), aliased(User, name="ub")
for entity in (User, ua, ub):
    for k in keys:
        show(select(getattr(entity, k)))
        show(select(entity.id, getattr(entity, k)).order_by(getattr(entity, k)))
show(select(ua, ub.mails).join(ub, ua.boss))
e = create_engine("sqlite://")
Base.metadata.create_all(e)
with Session(e) as s:
    s.add(User(id=1, nm="top", team=[]))
    s.add_all([User(id=2, nm="mid", boss_id=1), User(id=3, boss_id=2), User(id=4, nm="low", boss_id=2)])
    s.add_all([Mail(user_id=2, size=3), Mail(user_id=2, size=5), Mail(user_id=4)])
    s.commit()
    for q in (
        User.boss.has(User.boss.has(User.nm == "top")),
        User.team.any(User.team.any(User.nm == "low")),
        User.boss.has(User.team.any(User.nm == "mid")),
        User.team.any(User.boss.has(User.nm == "top")),
        ~User.team.any(~User.team.any()),
        User.boss.has(and_(User.nm == "mid", User.boss.has(User.boss.has()))),
        User.boss.has(User.mails == 2),
        User.boss.has(User.boss == None),  # noqa: E711
        User.boss.has(User.id == select(func.max(Mail.user_id)).scalar_subquery()),
        User.boss.has(User.boss.has(User.boss_id.is_(None)) | User.team.any(User.biggest > 1)),
    ):
        show(select(User.id).where(q))
        print(s.scalars(select(User.id).where(q).order_by(User.id)).all())
    for q in (
        ua.boss.has(User.boss.has(User.nm == "top")),
        ua.boss.of_type(ub).has(ub.boss.has()),
        ua.team.any(User.team.any(User.id == ua.id)),
        ua.boss.of_type(User).has(User.boss.has()),
    ):
        show(select(ua.id).where(q))
        print(s.scalars(select(ua.id).where(q).order_by(ua.id)).all())
    print([(u.id, u.mails, u.named, u.has_mail, u.biggest, u.small, u.rest) for u in s.scalars(select(User).order_by(User.id))])
    print(
        [tuple(r) for r in s.execute(select(ua.id, ua.mails, ub.biggest, ub.rest).outerjoin(ua.boss.of_type(ub)).order_by(ua.id))]
    )
