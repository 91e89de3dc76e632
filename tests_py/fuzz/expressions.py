"""Random SELECTs: their text, parameters, rows, and what methods of results give."""

import warnings

from hypothesis import strategies as st

VALUES = st.sampled_from([0, 1, 2, -3, 10**12, 0.5, "a", "b%", "it's", "", None, True])
LEAF = st.one_of(
    st.tuples(st.just("col"), st.sampled_from(["id", "name", "parent_id"])),
    st.tuples(st.just("value"), VALUES),
    st.tuples(st.just("null"), st.just(0)),
)
BINARY = ("==", "!=", "<", "<=", "+", "-", "*", "%", "like", "in", "is", "is_not", "concat", "between", "startswith", "and", "or")
# No aggregates: what a bare column beside one holds when there is no row differs between versions of SQLite.
UNARY = ("not", "neg", "lower", "cast", "coalesce", "scalar", "exists", "case")


def _wider(children):
    return st.one_of(
        st.tuples(st.sampled_from(BINARY), children, children),
        st.tuples(st.sampled_from(UNARY), children),
    )


EXPRESSION = st.recursive(LEAF, _wider, max_leaves=8)
READ = (
    "all",
    "first",
    "one",
    "one_or_none",
    "scalar",
    "scalars",
    "unique",
    "mappings",
    "partitions",
    "fetchmany",
    "keys",
    "columns",
)
QUERY = st.fixed_dictionaries(
    {
        "columns": st.lists(EXPRESSION, min_size=1, max_size=3),
        "where": st.lists(EXPRESSION, max_size=2),
        "labelled": st.booleans(),
        "order": st.booleans(),
        "limit": st.one_of(st.none(), st.integers(0, 3)),
        "distinct": st.booleans(),
        "shape": st.sampled_from(["plain", "subquery", "cte", "union", "alias"]),
        "read": st.sampled_from(READ),
    }
)


def _without_not(e):
    return _without_not(e[1]) if e[0] == "not" else e


class Builder:
    """Builds and runs a described query with one library."""

    def __init__(self, library):
        self.library, self.sa = library, library.sa
        self.child = library.classes[1].__table__

    def build(self, e):
        sa, kind = self.sa, e[0]
        if kind == "col":
            return self.child.c[e[1]]
        if kind == "value":
            return sa.literal(e[1])
        if kind == "null":
            return sa.null()
        if len(e) == 2:
            x = self.build(e[1])
            return {
                # SQLAlchemy's negation of `x IS y` is `x IS y` again; ours is IS NOT.
                "not": lambda: x if _without_not(e)[0] in ("is", "is_not") else sa.not_(x),
                "neg": lambda: -x,
                "lower": lambda: sa.func.lower(x),
                "cast": lambda: sa.cast(x, sa.String(9)),
                "coalesce": lambda: sa.func.coalesce(x, 7),
                "scalar": lambda: sa.select(x).limit(1).scalar_subquery(),
                "exists": lambda: sa.exists().where(x == self.child.c.id),
                "case": lambda: sa.case((x == 1, "one"), else_=x),
            }[kind]()
        x, y = self.build(e[1]), self.build(e[2])
        return {
            "==": lambda: x == y,
            "!=": lambda: x != y,
            "<": lambda: x < y,
            "<=": lambda: x <= y,
            "+": lambda: x + y,
            "-": lambda: x - y,
            "*": lambda: x * y,
            "%": lambda: x % y,
            "like": lambda: x.like(y),
            "in": lambda: x.in_([y, 1]),
            "is": lambda: x.is_(y),
            "is_not": lambda: x.is_not(y),
            "concat": lambda: x.concat(y),
            # Of wider bounds ours are in parentheses, without which OR would take the bound apart.
            "between": lambda: x.between(y if e[2][0] in ("col", "value", "null") else 1, 3),
            "startswith": lambda: x.startswith(y),
            "and": lambda: sa.and_(x, y),
            "or": lambda: sa.or_(x, y),
        }[kind]()

    def statement(self, q):
        sa = self.sa
        columns = [self.build(c) for c in q["columns"]]
        if q["labelled"]:
            columns = [c.label(f"named_{i}") for i, c in enumerate(columns)]
        s = sa.select(*columns).where(*[self.build(w) for w in q["where"]])
        if q["distinct"]:
            s = s.distinct()
        if q["order"]:
            s = s.order_by(self.child.c.id)
        if q["limit"] is not None:
            s = s.limit(q["limit"])
        if q["shape"] == "subquery":
            s = sa.select(s.subquery())
        elif q["shape"] == "cte":
            s = sa.select(s.cte("named_cte"))
        elif q["shape"] == "union":
            s = sa.union_all(sa.select(sa.literal(1)), sa.select(sa.literal(2)))
        elif q["shape"] == "alias":
            a = self.child.alias()
            s = sa.select(a.c.id).where(a.c.id.in_(s.with_only_columns(self.child.c.id)))
        return s

    def run(self, connection, q):
        out = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                s = self.statement(q)
                out.append(str(s))
                out.append(str(s.compile().params))
                r = connection.execute(s)
                out.append(str(list(r.keys())))
                out.append(self.read(r, q["read"]))
            except Exception as e:
                out.append(type(e).__name__)
        return out

    @staticmethod
    def read(r, how):
        got = {
            "unique": lambda: r.unique().all(),
            "scalars": lambda: r.scalars().all(),
            "mappings": lambda: [dict(m) for m in r.mappings()],
            "partitions": lambda: [list(p) for p in r.partitions(2)],
            "fetchmany": lambda: [r.fetchmany(1), r.fetchone(), r.fetchall(), r.fetchone()],
            "columns": lambda: r.columns(0).all(),
            "keys": lambda: [r.all(), list(r.keys())],
        }.get(how, getattr(r, how, None))()
        return repr(got)
