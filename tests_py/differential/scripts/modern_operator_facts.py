"""What is said of each operator, the parentheses that follow from it, and operators of mapped attributes."""

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.sql import operators as o

NAMES = """
add sub mul truediv floordiv mod neg and_ or_ inv eq ne lt le gt ge getitem lshift rshift matmul contains
all_op any_op asc_op desc_op nulls_first_op nulls_last_op between_op not_between_op bitwise_and_op
bitwise_lshift_op bitwise_not_op bitwise_or_op bitwise_rshift_op bitwise_xor_op collate comma_op concat_op
contains_op not_contains_op icontains_op not_icontains_op startswith_op not_startswith_op istartswith_op
endswith_op not_endswith_op iendswith_op distinct_op exists filter_op from_ as_ function_as_comparison_op
ilike_op not_ilike_op like_op not_like_op in_op not_in_op is_ is_not is_distinct_from is_not_distinct_from
is_true is_false json_getitem_op json_path_getitem_op match_op not_match_op null_op regexp_match_op
not_regexp_match_op regexp_replace_op
""".split()
KINDS = ("is_comparison", "is_commutative", "is_ordering_modifier", "is_natural_self_precedent", "is_boolean", "is_associative")
functions = {name: getattr(o, name) for name in NAMES}
for name, f in functions.items():
    facts = [bool(getattr(o, kind)(f)) for kind in KINDS]
    order = "".join(str(int(bool(o.is_precedent(f, g)))) for g in functions.values())
    print(name, *facts, o.mirror(f) is f, order)

a, b, c = (sa.column(n, sa.Integer) for n in "abc")
for method in ("bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_lshift", "__add__", "__sub__", "__mul__", "concat"):
    print(getattr(getattr(a, method)(b), method)(c), "|", getattr(a, method)(getattr(b, method)(c)))
print(a.nulls_first().desc(), a.desc().nulls_first(), (a + b).nulls_last(), (a == b).nulls_first(), a.nulls_first() + 1)

Base = orm.declarative_base()


class Loud(orm.PropComparator):
    def __clause_element__(self):
        return sa.func.lower(self.prop.columns[0])

    def operate(self, op, *other, **kw):
        return op(self.__clause_element__(), *[sa.func.lower(x) for x in other], **kw)


class Quiet(orm.ColumnProperty.Comparator):
    def __eq__(self, other):
        return sa.func.quiet(self.__clause_element__(), other)

    def shout(self):
        return sa.func.shout(self.__clause_element__())


class A(Base):
    __tablename__ = "a"
    id = sa.Column(sa.Integer, primary_key=True)
    n = sa.Column(sa.Integer)
    s = sa.Column(sa.String)
    j = sa.Column(sa.JSON)
    loud = orm.column_property(sa.Column(sa.String), comparator_factory=Loud)
    quiet = orm.column_property(sa.Column(sa.String), comparator_factory=Quiet)
    twice = orm.column_property(n * 2)
    syn = orm.synonym("s")

    @hybrid_property
    def half(self):
        return self.n / 2


class B(A):
    __tablename__ = "b"
    id = sa.Column(sa.ForeignKey("a.id"), primary_key=True)
    x = sa.Column(sa.Integer)


Al = orm.aliased(A, name="al")


def show(name, make):
    try:
        made = make()
        kind = None if isinstance(made, sa.UnaryExpression) else getattr(made, "type", None)
        print(name, "|", made, "|", kind)
    except Exception as e:
        print(name, "!!", type(e).__name__)


for owner in (A, B, Al):
    for key in ("n", "s", "j", "loud", "quiet", "twice", "syn", "half"):
        at = getattr(owner, key)
        for text in (
            "at == 1",
            "1 == at",
            "at != 'x'",
            "at < 3",
            "3 >= at",
            "at + 1",
            "1 + at",
            "at - 1",
            "1 - at",
            "2 * at",
            "at / 2",
            "at // 2",
            "at % 2",
            "2 % at",
            "-at",
            "~(at == 1)",
            "(at == 1) & (at == 2)",
            "at & (at == 2)",
            "at | (at == 2)",
            "at['k']",
            "at << 2",
            "at.in_([1, 2])",
            "at.like('x%')",
            "at.startswith('x', autoescape=True)",
            "at.between(1, 2)",
            "at.desc()",
            "at.nulls_last()",
            "at.is_(None)",
            "at.op('@@')(3)",
            "at.distinct()",
            "at.label('q')",
            "at.concat('x')",
            "at.cast(sa.String)",
            "at.shout()",
            "at.operate(o.eq, 5)",
            "at.reverse_operate(o.add, 5)",
            "at == at",
            "at.any()",
            "at.nonsense",
        ):
            if (
                key == "twice"
                and "nulls" in text
                or key == "loud"
                and (text[0] in "12" or "reverse" in text or "autoescape" in text)
            ):
                continue
            show(f"{owner is Al} {key} {text}", lambda text=text, at=at: eval(text, {"at": at, "sa": sa, "o": o}))
