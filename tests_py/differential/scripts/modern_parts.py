"""Parts that join tables: classes of the user's, arguments of columns, what listeners see."""

import oxalchemy as sa
from oxalchemy import event

m = sa.MetaData()


class WithExtra(sa.Table):
    def __new__(cls, name, metadata, *args, **kw):
        print("new", name, len(args), sorted(kw))
        return super().__new__(cls, name, metadata, *args, sa.Column("extra", sa.Integer), **kw)


t = WithExtra("t", m, sa.Column("id", sa.Integer))
print(list(t.c.keys()), type(t).__name__)


class Announced(sa.Table):
    def __init__(self, name, metadata, *args, **kw):
        print("init", name, len(args), sorted(kw))
        super().__init__(name, metadata, *args, **kw)
        print("after", list(self.c.keys()))


u = Announced("u", m, sa.Column("id", sa.Integer))
print(u is Announced("u", m))
u = Announced("u", m, sa.Column("x", sa.Integer), extend_existing=True)
print(list(u.c.keys()))


class Own(sa.Column):
    inherit_cache = True

    def __init__(self, *args, **kw):
        print("column", len(args), sorted(kw))
        super().__init__(*args, **kw)

    def _set_parent(self, parent, **kw):
        print("joins", parent.name)
        super()._set_parent(parent, **kw)


c = Own("a", sa.Integer, nullable=False)
t.append_column(c)
print(type(t.c.a).__name__, t.c.a.nullable, t.c.a.table is t)


def attempt(what, make):
    try:
        print(what, make())
    except Exception as err:
        print(what, type(err).__name__, str(err).splitlines()[0])


attempt("keyword", lambda: sa.Column("x", sa.Integer, foo=1))
attempt("two names", lambda: sa.Column("x", sa.Integer, name="y"))
attempt("two types", lambda: sa.Column("x", sa.Integer, type_=sa.String))
attempt("quote", lambda: sa.Column(quote=True))
attempt("defaults", lambda: sa.Column("x", default=1, insert_default=2))
attempt("no metadata", lambda: sa.Table("x"))
attempt("option", lambda: sa.Table("x", m, foo=7))
print("x" in m.tables)
attempt("item", lambda: sa.Table("x", m, 7))
attempt("no name", lambda: sa.Table("x", m, sa.Column()))
attempt("index name", lambda: sa.Table("x", m, sa.Column("a", index="i")))
attempt("twice", lambda: sa.Table("x", m, sa.Column("a"), sa.Column("a")))
attempt("two parents", lambda: sa.Table("x", m, c))
print("x" in m.tables)

x = sa.Table(
    "x",
    m,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("b", sa.Integer, index=True),
    sa.Column("c", sa.ForeignKey("t.id", ondelete="CASCADE", name="fk_c", use_alter=True), unique=True),
    sa.Column("d", sa.String(5), sa.CheckConstraint("d > ''"), key="dd"),
    sa.UniqueConstraint("b", "dd", name="u"),
    info={"a": 1},
    comment="text",
    prefixes=["TEMP"],
    sqlite_strict=True,
)
print(x.info, x.comment, x._prefixes, [i.name for i in x.indexes], x.dialect_options["sqlite"]["strict"])
print(sorted(type(k).__name__ for k in x.constraints), x.primary_key.columns.keys(), list(x.columns.keys()))
(fk,) = x.foreign_keys
print(fk.target_fullname, fk.ondelete, fk.constraint.ondelete, fk.constraint.name, fk.constraint.use_alter, fk.parent is x.c.c)
print(len(x.c.dd.constraints), x.c.b.foreign_keys, x.alias().c.c.foreign_keys)

seen = []
event.listen(sa.Column, "before_parent_attach", lambda part, parent: seen.append(("before", part.name, parent.name)))
event.listen(sa.Column, "after_parent_attach", lambda part, parent: seen.append(("after", part.name, parent.name)))
sa.Table("y", m, sa.Column("a", sa.Integer, sa.ForeignKey("x.id")))
print(seen)

r = sa.Table("r", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True))
r.name = "rr"
print(r.name, r.fullname, r.key, sa.select(r))
r.schema = "s"
print(r.name, r.fullname, r.key, sa.select(r), sa.schema.CreateTable(r))

k = sa.Table("k", m, sa.Column("a", sa.Integer), sa.Column("b", sa.Integer), sa.Column("z", sa.String(3)))
attempt("index", lambda: sa.Index("i", k.c.a, sa.func.lower(k.c.z), unique=True, sqlite_where=k.c.a > 1).columns.keys())
attempt("index of nothing", lambda: sa.Index("i", 5))
attempt("index of two", lambda: sa.Index("i", k.c.a, x.c.b))
attempt("unique", lambda: sorted(sa.UniqueConstraint(k.c.a, "b", name="u", deferrable=True, initially="DEFERRED").columns.keys()))
attempt("unknown column", lambda: k.append_constraint(sa.UniqueConstraint("nope")))
attempt("check", lambda: str(sa.CheckConstraint(k.c.a > 5, "c", None, "x").sqltext))
attempt("check of nothing", lambda: sa.CheckConstraint())
attempt("keys of nothing", lambda: sa.ForeignKeyConstraint())
attempt("keys to nothing", lambda: sa.ForeignKeyConstraint(["a"]))
attempt("keys", lambda: sa.ForeignKeyConstraint(["a", "b"], ["x.id"]))
attempt("key", lambda: k.append_constraint(sa.ForeignKeyConstraint(["a"], ["x.id"], "fk", "CASCADE", link_to_name=True)))
attempt("several tables", lambda: k.append_constraint(sa.ForeignKeyConstraint(["a", "b"], ["x.id", "t.id"])))
attempt("option", lambda: sa.UniqueConstraint("a", foo=1))
attempt("dialect option", lambda: sa.UniqueConstraint("a", sqlite_foo=1))
print(sorted({str(c.name) for c in k.constraints}), sorted(str(i.name) for i in k.indexes))
for f in sorted(k.foreign_keys, key=lambda f: (f.target_fullname, str(f.onupdate))):
    print(f.target_fullname, f.onupdate, f.link_to_name, f.constraint.onupdate, f.constraint.column_keys)

late = sa.Column("late", sa.Integer)
waiting = sa.UniqueConstraint(late, name="w")
k.append_column(late)
print(waiting.table is k, waiting in k.constraints)
