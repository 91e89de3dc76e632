"""Every method of Query that is documented for 2.x, its SQL and its rows."""

from oxalchemy import (
    Column,
    ForeignKey,
    String,
    Table,
    bindparam,
    column,
    create_engine,
    desc,
    false,
    func,
    inspect,
    literal_column,
    select,
    text,
    true,
)
from oxalchemy.orm import (
    Bundle,
    DeclarativeBase,
    Mapped,
    Query,
    Session,
    aliased,
    contains_eager,
    defer,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
    with_parent,
)


class Base(DeclarativeBase):
    pass


links = Table(
    "links",
    Base.metadata,
    Column("u", ForeignKey("users.id"), primary_key=True),
    Column("k", ForeignKey("keywords.id"), primary_key=True),
)


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30))
    age: Mapped[int | None]
    addresses: Mapped[list["Address"]] = relationship(back_populates="user", order_by="Address.id")
    keywords: Mapped[list["Keyword"]] = relationship(secondary=links, back_populates="users", order_by="Keyword.id")

    def __repr__(self):
        return f"User({self.id}, {self.name!r})"


class Address(Base):
    __tablename__ = "addresses"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    user: Mapped[User | None] = relationship(back_populates="addresses")

    def __repr__(self):
        return f"Address({self.id}, {self.email!r})"


class Keyword(Base):
    __tablename__ = "keywords"
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str]
    users: Mapped[list[User]] = relationship(secondary=links, back_populates="keywords")

    def __repr__(self):
        return f"Keyword({self.word!r})"


class Node(Base):
    __tablename__ = "nodes"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("nodes.id"))
    children: Mapped[list["Node"]] = relationship(back_populates="parent", order_by="Node.id")
    parent: Mapped["Node | None"] = relationship(back_populates="children", remote_side=id)

    def __repr__(self):
        return f"Node({self.name!r})"


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
ann = User(id=1, name="ann", age=30, addresses=[Address(id=1, email="a@x"), Address(id=2, email="a@y")])
bob = User(id=2, name="bob", age=40, addresses=[Address(id=3, email="b@x")])
cid = User(id=3, name="cid")
red, blue = Keyword(id=1, word="red"), Keyword(id=2, word="blue")
ann.keywords = [red, blue]
bob.keywords = [red]
root = Node(id=1, name="root", children=[Node(id=2, name="left", children=[Node(id=4, name="leaf")]), Node(id=3, name="right")])
session.add_all([ann, bob, cid, root])
session.commit()
q = session.query(User)


def show(label, make):
    """The SQL of a query and what it gives; or the error."""
    print("#", label)
    try:
        made = make()
    except Exception as e:
        print(type(e).__name__, str(e).split("\n")[0][:300])
        return
    if isinstance(made, Query):
        try:
            print(made)
        except Exception as e:
            print(type(e).__name__, str(e).split("\n")[0][:300])
            return
        try:
            print(made.all())
        except Exception as e:
            print(type(e).__name__, str(e).split("\n")[0][:300])
    else:
        print(made)


ua, ub = aliased(User), aliased(User, name="ub")
cases = {
    "all": lambda: q.order_by(User.id),
    "several": lambda: session.query(User, Address).filter(User.id == Address.user_id).order_by(Address.id),
    "columns": lambda: session.query(User.id, User.name.label("n"), Address.email).join(User.addresses).order_by(Address.id),
    "mapper": lambda: session.query(inspect(User)).order_by(User.id),
    "table": lambda: session.query(User.__table__).order_by(User.id),
    "expression": lambda: session.query(func.count(User.id), func.max(User.age)),
    "literal": lambda: session.query(literal_column("1").label("one")),
    "none": lambda: session.query(),
    "none.all": lambda: session.query().all(),
    "bad": lambda: session.query("x"),
    "bad2": lambda: session.query(object()),
    "bad3": lambda: session.query(User.id, 5),
    "add_columns": lambda: q.add_columns(User.age, func.lower(User.name)).order_by(User.id),
    "add_column": lambda: q.add_column(User.age).order_by(User.id),
    "add_entity": lambda: q.add_entity(Address).join(User.addresses).order_by(Address.id),
    "add_entity alias": lambda: q.add_entity(ua).filter(ua.id == User.id).order_by(User.id),
    "with_entities": lambda: q.filter(User.id > 1).with_entities(User.name).order_by(User.id),
    "with_entities join": lambda: q.join(User.addresses).with_entities(Address.email).order_by(Address.id),
    "apply_labels": lambda: q.apply_labels().statement,
    "with_labels": lambda: q.with_labels().subquery().c.keys(),
    "label style": lambda: (q.get_label_style().name, q.set_label_style(q.get_label_style()).get_label_style().name),
    "as_scalar": lambda: session.query(q.with_entities(func.count(User.id)).as_scalar()),
    "scalar_subquery": lambda: session.query(
        User.name, session.query(func.count(Address.id)).filter(Address.user_id == User.id).scalar_subquery()
    ).order_by(User.id),
    "label": lambda: session.query(
        User.name, session.query(func.count(Address.id)).filter(Address.user_id == User.id).correlate(User).label("c")
    ).order_by(User.id),
    "column_descriptions": lambda: [
        (
            d["name"],
            d["type"] if isinstance(d["type"], type) else type(d["type"]).__name__,
            d["aliased"],
            d["entity"] if not d["aliased"] else "alias",
        )
        for d in session.query(User, ua, User.id, func.count(User.id).label("c"), Address.email).column_descriptions
    ],
    "correlate": lambda: (
        session.query(Address)
        .filter(q.filter(User.id == Address.user_id, User.name == "ann").correlate(Address).exists())
        .order_by(Address.id)
    ),
    "correlate none": lambda: str(
        session.query(Address).filter(q.with_entities(User.id).filter(User.id == Address.user_id).correlate(None).exists())
    ),
    "count": lambda: (
        q.count(),
        q.filter(User.id > 1).count(),
        q.limit(2).count(),
        q.join(User.addresses).count(),
        session.query(User.name).distinct().count(),
        q.group_by(User.age).count(),
    ),
    "cte": lambda: session.query(q.filter(User.id > 1).cte("older")),
    "cte recursive": lambda: (
        lambda c: session.query(c.union_all(session.query(Node.id, Node.parent_id).join(c, Node.parent_id == c.c.id))).order_by(
            column("id")
        )
    )(session.query(Node.id, Node.parent_id).filter(Node.id == 2).cte("tree", recursive=True)),
    "distinct": lambda: session.query(Address.user_id).distinct().order_by(Address.user_id),
    "distinct entity": lambda: q.join(User.addresses).distinct().order_by(User.id),
    "except_": lambda: q.except_(q.filter(User.name == "bob")).order_by(User.id),
    "except_all": lambda: str(q.except_all(q.filter(User.name == "bob"))),
    "intersect": lambda: q.intersect(q.filter(User.name == "bob")),
    "intersect_all": lambda: str(q.intersect_all(q)),
    "union": lambda: q.filter(User.id == 1).union(q.filter(User.id == 2)).order_by(User.name.desc()),
    "union3": lambda: q.filter(User.id == 1).union(q.filter(User.id == 2), q.filter(User.id == 3)).order_by(User.id),
    "union_all": lambda: q.filter(User.id == 1).union_all(q.filter(User.id == 1)),
    "union cols": lambda: session.query(User.name).union(session.query(Address.email)).order_by(User.name),
    "union lit": lambda: session.query(User.name, literal_column("'u'").label("kind")).union_all(
        session.query(Keyword.word, literal_column("'k'"))
    ),
    "union eager": lambda: (
        q.filter(User.id == 1).union(q.filter(User.id == 2)).options(joinedload(User.addresses)).order_by(User.id)
    ),
    "union limit": lambda: q.union(q.filter(User.id == 2)).order_by(User.id).limit(2),
    "union of union": lambda: (
        q.filter(User.id == 1).union(q.filter(User.id == 2)).union(q.filter(User.id == 3)).order_by(User.id)
    ),
    "union filter": lambda: q.filter(User.id < 3).union(q.filter(User.id == 2)).filter(User.name == "bob"),
    "union join": lambda: q.filter(User.id < 3).union(q.filter(User.id == 2)).join(User.addresses).filter(Address.email == "b@x"),
    "union count": lambda: q.filter(User.id < 3).union(q.filter(User.id == 2)).count(),
    "execution_options": lambda: (
        q.execution_options(foo=1).execution_options(bar=2).get_execution_options(),
        q.get_execution_options(),
    ),
    "exists": lambda: session.query(q.filter(User.id == 9).exists()),
    "exists scalar": lambda: session.query(q.filter(User.id == 1).exists()).scalar(),
    "filter": lambda: q.filter(User.id > 1, User.name != "cid"),
    "filter bool": lambda: q.filter(true(), false()),
    "filter None": lambda: q.filter(User.age == None),  # noqa: E711
    "filter str": lambda: q.filter("id = 1"),
    "filter obj": lambda: q.filter(object()),
    "filter text": lambda: q.filter(text("users.id = 2")),
    "filter params": lambda: q.filter(User.id == bindparam("i")).params(i=2),
    "filter params dict": lambda: q.filter(text("users.id = :i")).params({"i": 3}),
    "filter params missing": lambda: q.filter(text("users.id = :i")),
    "filter_by": lambda: q.filter_by(name="ann", age=30),
    "filter_by join": lambda: q.join(User.addresses).filter_by(email="b@x"),
    "filter_by reset": lambda: q.join(User.addresses).filter_by(email="b@x").reset_joinpoint().filter_by(name="bob"),
    "filter_by bad": lambda: q.filter_by(zz=1),
    "filter_by rel": lambda: session.query(Address).filter_by(user=ann).order_by(Address.id),
    "filter_by alias": lambda: session.query(ua).filter_by(name="ann"),
    "filter_by column entity": lambda: session.query(User.id).filter_by(name="ann"),
    "filter_by func": lambda: session.query(func.count(User.id)).filter_by(name="ann"),
    "filter_by select_from": lambda: session.query(func.count()).select_from(User).filter_by(name="ann"),
    "first": lambda: (
        q.order_by(User.id).first(),
        q.filter(User.id == 9).first(),
        session.query(User.id).order_by(User.id).first(),
    ),
    "from_statement": lambda: q.from_statement(text("select * from users where id > :i order by id desc")).params(i=1),
    "from_statement select": lambda: q.from_statement(select(User).where(User.id == 2)),
    "from_statement cols": lambda: session.query(User.name, User.id).from_statement(
        text("select name, id from users order by id")
    ),
    "from_statement textual": lambda: q.from_statement(text("select id, name from users").columns(User.id, User.name)),
    "from_statement criterion": lambda: q.filter(User.id == 1).from_statement(text("x")),
    "from_statement then filter": lambda: q.from_statement(text("select * from users")).filter(User.id == 1),
    "get": lambda: (q.get(1), q.get(9), q.get({"id": 2}), q.get((3,))),
    "get bad": lambda: q.get((1, 2)),
    "get bad dict": lambda: q.get({"x": 1}),
    "get criterion": lambda: q.filter(User.id == 1).get(1),
    "get several": lambda: session.query(User, Address).get(1),
    "get options": lambda: q.options(joinedload(User.addresses)).get(1).addresses,
    "get None": lambda: q.get(None),
    "group_by": lambda: session.query(Address.user_id, func.count()).group_by(Address.user_id).order_by(Address.user_id),
    "group_by having": lambda: session.query(Address.user_id).group_by(Address.user_id).having(func.count(Address.id) > 1),
    "group_by label": lambda: session.query(func.lower(User.name).label("low"), func.count()).group_by("low").order_by("low"),
    "group_by none": lambda: q.group_by(User.id).group_by(None),
    "having str": lambda: q.having("x"),
    "is_single_entity": lambda: (
        q.is_single_entity,
        session.query(User, Address).is_single_entity,
        session.query(User.id).is_single_entity,
    ),
    "join rel": lambda: q.join(User.addresses).order_by(Address.id),
    "join entity": lambda: q.join(Address).order_by(Address.id),
    "join on": lambda: q.join(Address, Address.user_id == User.id).order_by(Address.id),
    "join on rel": lambda: q.join(Address, User.addresses).order_by(Address.id),
    "join alias": lambda: (lambda a: q.join(a, User.addresses).filter(a.email == "b@x"))(aliased(Address)),
    "join of_type": lambda: (lambda a: q.join(User.addresses.of_type(a)).filter(a.email == "b@x"))(aliased(Address)),
    "join and_": lambda: q.join(User.addresses.and_(Address.email == "a@y")),
    "join m2m": lambda: q.join(User.keywords).filter(Keyword.word == "red").order_by(User.id),
    "join chain": lambda: session.query(Keyword.word).join(Keyword.users).join(User.addresses).order_by(Keyword.id, Address.id),
    "join outer": lambda: session.query(User.name, Address.email).outerjoin(User.addresses).order_by(User.id, Address.id),
    "join isouter": lambda: (
        session.query(User.name, Address.email).join(User.addresses, isouter=True).order_by(User.id, Address.id)
    ),
    "join full": lambda: str(q.join(User.addresses, full=True)),
    "join select_from": lambda: session.query(Address.email).select_from(User).join(Address).order_by(Address.id),
    "join table": lambda: q.join(Address.__table__).order_by(Address.__table__.c.id),
    "join subquery": lambda: (lambda s: q.join(s, s.c.user_id == User.id).order_by(User.id))(
        session.query(Address.user_id).group_by(Address.user_id).subquery()
    ),
    "join self": lambda: (lambda n: session.query(Node.name, n.name).join(n, Node.parent).order_by(Node.id))(aliased(Node)),
    "join none": lambda: q.join(Keyword),
    "join column": lambda: q.join(User.name),
    "limit": lambda: q.order_by(User.id).limit(2),
    "limit offset": lambda: q.order_by(User.id).limit(2).offset(1),
    "limit none": lambda: q.order_by(User.id).limit(2).limit(None),
    "limit expr": lambda: q.order_by(User.id).limit(literal_column("1")),
    "limit str": lambda: q.limit("x"),
    "limit numeric str": lambda: q.limit("2"),
    "limit obj": lambda: q.limit(object()),
    "limit then filter": lambda: q.limit(1).filter(User.id == 1),
    "limit then order": lambda: q.limit(1).order_by(User.id),
    "limit then join": lambda: q.limit(1).join(User.addresses),
    "limit assertions": lambda: q.limit(1).enable_assertions(False).filter(User.id == 2),
    "slice": lambda: q.order_by(User.id).slice(1, 3),
    "slice none": lambda: q.order_by(User.id).slice(None, 2),
    "slice of slice": lambda: q.order_by(User.id).slice(1, 3).slice(1, 2),
    "index": lambda: (
        q.order_by(User.id)[0],
        q.order_by(User.id)[1:3],
        q.order_by(User.id)[1:],
        q.order_by(User.id)[:2],
        q.order_by(User.id)[0:3:2],
        q[2:1],
        q[0:-1],
    ),
    "index beyond": lambda: q[10],
    "index negative": lambda: q[-1],
    "slice negative": lambda: q[-3:-1],
    "bool": lambda: bool(q),
    "iter": lambda: list(q.order_by(User.id)),
    "merge_result": lambda: list(q.merge_result(q.order_by(User.id).all())),
    "one": lambda: q.filter_by(name="ann").one(),
    "one none": lambda: q.filter_by(name="zz").one(),
    "one many": lambda: q.one(),
    "one_or_none": lambda: (q.filter_by(name="ann").one_or_none(), q.filter_by(name="zz").one_or_none()),
    "one_or_none many": lambda: q.one_or_none(),
    "only_return_tuples": lambda: q.filter_by(id=1).only_return_tuples(True).all()[0]._fields,
    "options": lambda: q.options(joinedload(User.addresses), selectinload(User.keywords)).order_by(User.id),
    "options limit": lambda: q.options(joinedload(User.addresses)).order_by(User.id).limit(2),
    "options wrong": lambda: q.options(joinedload(Address.user)),
    "options defer": lambda: q.options(defer(User.age)),
    "options contains_eager": lambda: (
        q.join(User.addresses).options(contains_eager(User.addresses)).order_by(Address.id.desc()).populate_existing()
    ),
    "enable_eagerloads": lambda: q.options(joinedload(User.addresses)).enable_eagerloads(False),
    "order_by": lambda: q.order_by(User.name.desc(), User.id),
    "order_by str": lambda: q.order_by("name"),
    "order_by desc str": lambda: session.query(User.name.label("n")).order_by(desc("n")),
    "order_by bad str": lambda: q.order_by("zz"),
    "order_by None": lambda: q.order_by(User.id).order_by(None),
    "order_by False": lambda: q.order_by(User.id).order_by(False).order_by(User.name),
    "order_by nulls": lambda: q.order_by(User.age.nulls_last(), User.id),
    "populate_existing": lambda: q.populate_existing().filter(User.id == 1),
    "prefix_with": lambda: q.prefix_with("ALL").filter(User.id == 1),
    "suffix_with": lambda: str(q.suffix_with("SUFFIX")),
    "scalar": lambda: (
        session.query(User.name).filter(User.id == 1).scalar(),
        session.query(User.name).filter(User.id == 9).scalar(),
        q.filter(User.id == 1).scalar(),
    ),
    "scalar many": lambda: session.query(User.name).scalar(),
    "select_from": lambda: session.query(User.name).select_from(Address).join(Address.user).order_by(Address.id),
    "select_from join": lambda: (lambda j: session.query(User.name, Address.email).select_from(j).order_by(Address.id))(
        __import__("oxalchemy").orm.join(User, Address)
    ),
    "select_from alias": lambda: session.query(ua.name).select_from(ua).order_by(ua.id),
    "select_from criterion": lambda: q.filter(User.id == 1).select_from(User),
    "select_from bad": lambda: q.select_from("x"),
    "statement": lambda: q.filter_by(name="x").statement,
    "selectable": lambda: q.filter_by(name="x").selectable,
    "subquery": lambda: session.query(q.filter(User.id > 1).subquery().c.name).order_by(column("name")),
    "subquery name": lambda: q.subquery("sub").name,
    "subquery labels": lambda: session.query(User.id, Address.id).join(User.addresses).subquery(with_labels=True).c.keys(),
    "subquery reduce": lambda: session.query(User, Address).join(User.addresses).subquery(reduce_columns=True).c.keys(),
    "aliased subquery": lambda: (lambda s: session.query(s).order_by(s.id))(aliased(User, q.filter(User.id > 1).subquery())),
    "tuples": lambda: session.query(User.id).order_by(User.id).tuples().all(),
    "value": lambda: q.filter(User.id == 2).value(User.name),
    "values": lambda: list(q.filter(User.id < 3).order_by(User.id).values(User.name, User.id)),
    "where": lambda: q.where(User.id == 1),
    "whereclause": lambda: (str(q.filter(User.id == 1).whereclause), q.whereclause),
    "with_for_update": lambda: (str(q.with_for_update()), str(q.with_for_update(nowait=True, of=User))),
    "with_hint": lambda: str(q.with_hint(User, "HINT %(name)s")),
    "with_statement_hint": lambda: str(q.with_statement_hint("HINT")),
    "with_parent": lambda: session.query(Address).with_parent(ann, User.addresses).order_by(Address.id),
    "with_parent one": lambda: session.query(Address).with_parent(ann),
    "with_parent none": lambda: session.query(Keyword).with_parent(root),
    "with_parent fn": lambda: session.query(Keyword).filter(with_parent(ann, User.keywords)).order_by(Keyword.id),
    "with_parent from_entity": lambda: (lambda a: session.query(a).filter(with_parent(ann, User.addresses, from_entity=a)))(
        aliased(Address)
    ),
    "with_session": lambda: Query(User).with_session(session).order_by(User.id),
    "with_transformation": lambda: q.with_transformation(lambda x: x.filter(User.id == 3)),
    "yield_per": lambda: [u for u in q.order_by(User.id).yield_per(1)],
    "yield_per eager": lambda: q.options(joinedload(User.addresses)).yield_per(1).all(),
    "yield_per selectin": lambda: q.options(selectinload(User.addresses)).yield_per(1).all(),
    "bundle": lambda: session.query(Bundle("b", User.id, User.name), User.age).order_by(User.id),
    "alias": lambda: session.query(ub.name, ua.id).filter(ub.id == ua.id).order_by(ua.id),
    "any": lambda: q.filter(User.addresses.any(Address.email == "b@x")),
    "any m2m": lambda: q.filter(User.keywords.any(word="blue")),
    "not any": lambda: q.filter(~User.keywords.any()),
    "has": lambda: session.query(Address).filter(Address.user.has(User.name == "bob")),
    "contains": lambda: q.filter(User.addresses.contains(session.get(Address, 3))),
    "contains m2m": lambda: q.filter(User.keywords.contains(blue)),
    "contains m2m two": lambda: q.filter(User.keywords.contains(blue), User.keywords.contains(red)),
    "not contains": lambda: q.filter(~User.addresses.contains(session.get(Address, 3))).order_by(User.id),
    "not contains m2m": lambda: q.filter(~User.keywords.contains(blue)).order_by(User.id),
    "eq": lambda: session.query(Address).filter(Address.user == bob),
    "ne": lambda: session.query(Address).filter(Address.user != bob).order_by(Address.id),
    "eq None": lambda: session.query(Node).filter(Node.parent == None),  # noqa: E711
    "ne None": lambda: session.query(Node).filter(Node.parent != None).order_by(Node.id),  # noqa: E711
    "collection eq None": lambda: q.filter(User.addresses == None),  # noqa: E711
    "collection ne None": lambda: q.filter(User.addresses != None).order_by(User.id),  # noqa: E711
    "collection eq": lambda: q.filter(User.addresses == ann),
    "in_ rel": lambda: session.query(Address).filter(Address.user.in_([ann])),
    "self any": lambda: session.query(Node).filter(Node.children.any(name="leaf")),
    "self has": lambda: session.query(Node).filter(Node.parent.has(name="root")).order_by(Node.id),
    "in_ query": lambda: q.filter(User.id.in_(session.query(Address.user_id).filter(Address.email.like("b%")))),
    "in_ empty": lambda: q.filter(User.id.in_([])),
    "params chain": lambda: q.filter(User.id == bindparam("a"), User.name == bindparam("b")).params(a=1).params(b="ann"),
    "row names": lambda: [
        session.query(User, Address.email, func.count(User.id).label("c"), ub)
        .join(User.addresses)
        .join(ub, ub.id == User.id)
        .group_by(User.id)
        .first()
        ._fields
    ],
    "autoflush": lambda: q.autoflush(False).filter(User.id == 1),
    "flags": lambda: (q.is_select, q.is_dml, q.is_insert, q.is_update, q.is_delete, q.is_text, q.is_from_statement),
    "lazy_loaded_from": lambda: q.lazy_loaded_from,
    "deepcopy": lambda: __import__("copy").copy(q.filter(User.id == 1)),
}
for label, make in cases.items():
    show(label, make)
