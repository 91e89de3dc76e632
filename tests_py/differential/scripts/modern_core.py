"""Core in the 2.x style: SQL text, rows, results, transactions."""

import oxalchemy as sa
from oxalchemy import Column, ForeignKey, Integer, MetaData, String, Table, bindparam, case, cast, func, select, text

meta = MetaData()
users = Table("users", meta, Column("id", Integer, primary_key=True), Column("name", String(30)), Column("age", Integer))
addresses = Table(
    "addresses",
    meta,
    Column("id", Integer, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("email", String(50)),
)
u, a = users.c, addresses.c

sub = select(a.user_id, func.count().label("n")).group_by(a.user_id).subquery("s")
tree = select(u.id, u.name).where(u.id == 1).cte("tree", recursive=True)
tree = tree.union_all(select(u.id, u.name).where(u.id == tree.c.id + 1))
other = users.alias()
STATEMENTS = [
    select(users),
    select(u.id, u.name.label("who")).where(u.name == "x", u.age > 3).order_by(u.name.desc(), u.id),
    select(u.name, a.email).join_from(users, addresses),
    select(u.name).outerjoin(addresses, u.id == a.user_id).where(a.id.is_(None)),
    select(users).where(sa.or_(u.name.like("a%"), sa.and_(u.age.between(1, 5), ~u.name.in_(["x", "y"])))),
    select(func.count(), func.max(u.age)).select_from(users),
    select(sub).where(sub.c.n > 2),
    select(u.name, sub.c.n).join(sub, sub.c.user_id == u.id),
    select(tree),
    select(users, other).where(u.id < other.c.id),
    select(u.id).where(sa.exists().where(a.user_id == u.id)),
    select(u.name, select(func.count(a.id)).where(a.user_id == u.id).scalar_subquery().label("emails")),
    select(case((u.age > 17, "adult"), else_="child").label("kind"), cast(u.age, String)),
    select(u.name).union(select(a.email)).order_by("name").limit(3),
    select(u.name).distinct().limit(5).offset(2),
    select(func.row_number().over(partition_by=u.name, order_by=u.age)),
    select(u.id).where(u.name.contains("50%", autoescape=True)),
    select(u.id).where(sa.not_(sa.or_(u.id == 1, u.id == 2))),
    select((u.age + 2) * 3 - u.id / 4, -u.age, u.name + "!"),
    select(users).where(u.name == bindparam("who")),
    select(u.id, u.id, a.id).join(addresses),
    select(u.id, a.id).join(addresses).set_label_style(sa.LABEL_STYLE_TABLENAME_PLUS_COL),
    select(u.id).where(u.id.in_(select(a.user_id))),
    select(u.id).where(u.id.in_([])),
    select(text("1 AS one"), sa.literal("x"), sa.null(), sa.true(), sa.false()),
    sa.insert(users).values(name="n", age=1),
    sa.insert(users),
    sa.insert(users).from_select(["name"], select(a.email)),
    sa.update(users).where(u.id == 1).values(name="z", age=u.age + 1),
    sa.delete(users).where(u.id.in_([1, 2])),
    sa.insert(users).values([{"name": "a"}, {"name": "b"}]),
    sa.update(users).values(name=select(a.email).where(a.user_id == u.id).limit(1).scalar_subquery()),
    sa.schema.CreateTable(users),
    sa.schema.CreateTable(addresses),
    sa.schema.DropTable(users),
]
for statement in STATEMENTS:
    print(statement)
    print("--")

engine = sa.create_engine("sqlite://", echo=True)
meta.create_all(engine)
with engine.begin() as conn:
    r = conn.execute(users.insert().values(name="ann", age=30))
    print(r.inserted_primary_key, r.rowcount, r.lastrowid)
    r = conn.execute(users.insert(), [{"name": "bob", "age": 20}, {"name": "cid", "age": None}])
    print(r.rowcount)
    conn.execute(addresses.insert(), [{"user_id": 1, "email": "a@x"}, {"user_id": 2, "email": "b@x"}])
with engine.connect() as conn:
    result = conn.execute(select(users).order_by(u.id))
    print(result.keys(), result.returns_rows)
    rows = result.all()
    print(rows, rows[0].name, rows[0]._mapping["age"], rows[0]._mapping[u.name], rows[0]._asdict(), rows[1][0:2])
    print(conn.execute(select(u.name)).scalars().all(), conn.scalar(select(func.count()).select_from(users)))
    print(conn.execute(select(u.id, u.name)).mappings().all())
    print(conn.execute(select(u.id)).first(), conn.execute(select(u.id).where(u.id == 99)).one_or_none())
    print([list(p) for p in conn.execute(select(u.id)).partitions(2)])
    print(conn.execute(select(users).where(u.name == bindparam("who")), {"who": "bob"}).one())
    print(conn.execute(text("SELECT name FROM users WHERE id > :x"), {"x": 1}).all())
    print(conn.execute(sa.update(users).where(u.id > 1).values(age=u.age + 1)).rowcount)
    print(conn.execute(sa.delete(users).where(u.id == 3).returning(u.name)).all())
    conn.rollback()
    print(conn.execute(select(users.c.age).order_by(users.c.id)).scalars().all())
    print(conn.execute(select(u.id).where(u.id.in_([1, 3, 5]))).all(), conn.execute(select(u.id).where(u.id.in_([]))).all())
    conn.commit()
    with conn.begin():
        conn.execute(users.insert().values(name="eve"))
        nested = conn.begin_nested()
        conn.execute(users.insert().values(name="mallory"))
        nested.rollback()
    print(conn.execute(select(u.name, u.age)).all())
print(sa.inspect(engine).get_table_names())
meta.drop_all(engine)
