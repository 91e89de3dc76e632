"""Text among the columns of statements that load instances."""

from oxalchemy import Integer, create_engine, func, literal_column, select, text
from oxalchemy.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column


class Base(DeclarativeBase):
    pass


class A(Base):
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int]


class B(Base):
    __tablename__ = "b"
    id: Mapped[int] = mapped_column(primary_key=True)
    m: Mapped[int | None]


e = create_engine("sqlite://")
Base.metadata.create_all(e)
aa = aliased(A)
Q = {
    "lit*": lambda: select(literal_column("*")).select_from(A),
    "text*": lambda: select(text("*")).select_from(A),
    "str*": lambda: select("*").select_from(A),
    "id+a.*": lambda: select(A.id, text("a.*")),
    "multi": lambda: select(text("id, n")).select_from(A),
    "lit a.*": lambda: select(literal_column("a.*")).select_from(A),
    "A+lit *": lambda: select(A, literal_column("*")),
    "lit* + A.id": lambda: select(literal_column("*"), A.id),
    "* where": lambda: select(text("*")).select_from(A).where(A.n > 1),
    "* alias": lambda: select(literal_column("*")).select_from(aa),
    "label*": lambda: select(literal_column("*").label("x")).select_from(A),
    "one lit": lambda: select(literal_column("n")).select_from(A),
    "one text": lambda: select(text("n")).select_from(A),
    "text as": lambda: select(text("n as q")).select_from(A),
    "A+text": lambda: select(A, text("n+1")),
    "A.id+text": lambda: select(A.id, text("n+1")),
    "count": lambda: select(func.count("*")).select_from(A),
    "text count": lambda: select(text("count(*)")).select_from(A),
    "lit count": lambda: select(literal_column("count(*)", Integer).label("c")).select_from(A),
    "2stars": lambda: select(literal_column("*"), literal_column("*")).select_from(A),
    "lit a.* core": lambda: select(literal_column("a.*")).select_from(A.__table__),
    "text a.* core+": lambda: select(A.__table__.c.id, text("a.*")),
    "lit ' * '": lambda: select(literal_column(" * ")).select_from(A),
    "exists": lambda: select(literal_column("1")).select_from(A).where(A.id == 1),
    "sub": lambda: select(literal_column("*")).select_from(select(A).subquery()),
}
with Session(e) as s:
    s.add_all([A(id=1, n=2), A(id=2, n=5)])
    s.add(B(id=1, m=7))
    s.commit()
    for n, q in Q.items():
        for how in ("execute", "scalars", "first", "mappings"):
            try:
                st = q()
                if how == "execute":
                    r = s.execute(st)
                    print(n, list(r.keys()), [tuple("A" if isinstance(x, A) else x for x in row) for row in r.all()])
                elif how == "scalars":
                    print("   ", ["A" if isinstance(x, A) else x for x in s.scalars(st).all()])
                elif how == "first":
                    print("   ", [x if not isinstance(x, A) else "A" for x in s.execute(st).first()])
                else:
                    print(
                        "   ", [{k: v if not isinstance(v, A) else "A" for k, v in m.items()} for m in s.execute(st).mappings()]
                    )
            except Exception as ex:
                print(n, how, type(ex).__name__, str(ex).split("\n")[0])
    for n, f in {
        "q text": lambda: s.query(text("*")).select_from(A),
        "q lit": lambda: s.query(literal_column("*")).select_from(A),
        "q A text": lambda: s.query(A, text("n")),
        "q 2": lambda: s.query(text("id"), text("n")).select_from(A),
        "q id text": lambda: s.query(A.id, text("a.*")),
    }.items():
        try:
            print(n, [tuple("A" if isinstance(x, A) else x for x in row) for row in f().all()])
        except Exception as ex:
            print(n, type(ex).__name__, str(ex).split("\n")[0])
