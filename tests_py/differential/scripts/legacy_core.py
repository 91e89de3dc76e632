"""Core in the classic style: bound metadata, connectionless execution, list-form select."""

from oxalchemy import (
    Column,
    ForeignKey,
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
    text,
)

engine = create_engine("sqlite://")
meta = MetaData(engine)
users = Table("users", meta, Column("id", Integer, primary_key=True), Column("name", String(30)))
addresses = Table(
    "addresses",
    meta,
    Column("id", Integer, primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id")),
    Column("email", String),
)
meta.create_all()
print(sorted(engine.table_names()), users.exists(), meta.is_bound())
print(engine.execute(users.insert(), name="ann").inserted_primary_key)
engine.execute(users.insert(), {"name": "bob"}, {"name": "cid"})
engine.execute("INSERT INTO addresses (user_id, email) VALUES (?, ?)", (1, "a@x"))
engine.execute("INSERT INTO addresses (user_id, email) VALUES (?, ?)", [(2, "b@x"), (2, "c@x")])
for statement in [
    select([users.c.id], users.c.name == "x", order_by=[users.c.id], limit=3, distinct=True),
    select([users.c.id], use_labels=True),
    select([users, addresses.c.email], users.c.id == addresses.c.user_id),
    select([users.c.id]).column(users.c.name),
    users.select(users.c.id == 1),
    users.update(users.c.id == 1, values={"name": "z"}),
    users.delete(users.c.id == 5),
    exists([users.c.id], users.c.id == 5),
    case([(users.c.id == 1, "x")], else_="y"),
    select([func.count(users.c.id)]),
    users.join(addresses),
]:
    print(statement)
    print("--")
result = users.select().order_by(users.c.id).execute()
for row in result:
    print(row["name"], row[users.c.id], row.name, dict(row), row.keys(), result.keys())
print(select([func.count(users.c.id)]).scalar(), engine.scalar(select([func.max(users.c.id)])))
print(users.update().where(and_(users.c.id > 1, users.c.name != "zz")).values(name="changed").execute().rowcount)
print(select([users.c.name]).execute().fetchall())
print(engine.execute(text("select :x + 1"), x=4).scalar())
reflected = Table("addresses", MetaData(engine), autoload=True)
print([c.name for c in reflected.columns], [str(f.column) for f in reflected.foreign_keys])
with engine.begin() as conn:
    conn.execute(users.delete())
print(users.select().execute().fetchall())
meta.drop_all()
print(engine.table_names())
