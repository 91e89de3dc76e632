"""What a value beside a column becomes, and the type of what an operator gives: for every pair of types."""

import enum

from oxalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Enum,
    Float,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Numeric,
    PickleType,
    SmallInteger,
    String,
    Table,
    Text,
    Time,
    TypeDecorator,
    Unicode,
    Uuid,
    case,
    cast,
    column,
    create_engine,
    false,
    func,
    literal,
    literal_column,
    null,
    select,
    true,
    type_coerce,
)
from oxalchemy.dialects import sqlite
from oxalchemy.types import NullType, UserDefinedType


class YesNo(TypeDecorator):
    impl = String(1)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else "Y" if value else "N"


class Nothing(TypeDecorator):
    impl = String
    cache_ok = True
    coerce_to_is_types = ()


class Words(TypeDecorator):
    impl = String
    cache_ok = True
    coerce_to_is_types = (type(None), bool)


class Number(TypeDecorator):
    impl = Integer
    cache_ok = True


class Lower(TypeDecorator):
    impl = String
    cache_ok = True

    def bind_expression(self, bind):
        return func.lower(bind)


class Own(UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **kw):
        return "OWN"


class Level(enum.Enum):
    low = 1
    high = 2


def show(*name, make):
    try:
        made = make()
        compiled = made.compile()
        binds = [type(b.type).__name__ for b in compiled.bind_names]
        print(*name, "|", " ".join(str(compiled).split()), compiled.params, repr(made.type), binds)
    except Exception as error:
        print(*name, "!!", type(error).__name__, str(error).split("\n")[0])


TYPES = {
    "integer": Integer(),
    "big": BigInteger(),
    "small": SmallInteger(),
    "numeric": Numeric(10, 2),
    "float": Float(),
    "double": Double(),
    "string": String(5),
    "text": Text(),
    "unicode": Unicode(3),
    "boolean": Boolean(),
    "datetime": DateTime(),
    "date": Date(),
    "time": Time(),
    "interval": Interval(),
    "null": NullType(),
    "number": Number(),
    "yesno": YesNo(),
    "nothing": Nothing(),
    "words": Words(),
    "lower": Lower(),
    "enum": Enum(Level, name="level"),
    "binary": LargeBinary(),
    "json": JSON(),
    "uuid": Uuid(),
    "own": Own(),
    "pickle": PickleType(),
}
CONSTANTS = {"True": True, "False": False, "None": None, "null": null(), "true": true(), "false": false()}
for name, type_ in TYPES.items():
    c = column("c", type_)
    for word, value in CONSTANTS.items():
        show(name, word, "==", make=lambda: c == value)
        show(name, word, "!=", make=lambda: c != value)
        show(name, word, "is", make=lambda: c.is_(value))
        show(name, word, "is not", make=lambda: c.is_not(value))
        show(name, word, "distinct", make=lambda: c.is_distinct_from(value))
        show(name, word, "not distinct", make=lambda: c.is_not_distinct_from(value))
        show(name, word, ">", make=lambda: c > value)
        show(name, word, "reversed", make=lambda: value == c)
    for word, make in {
        "+": lambda: c + "x", "r+": lambda: "x" + c, "concat": lambda: c.concat("z"), "++": lambda: c + c,
        "like": lambda: c.like("x"), "match": lambda: c.match("x"), "return_type": lambda: c.op("||", return_type=String)("q"),
        "not": lambda: ~c, "op": lambda: c.op("||")("q"), "max": lambda: func.max(c), "lower()": lambda: func.lower(c),
        "case": lambda: case((c == 1, c), else_="x"), "cast": lambda: cast(c, Text), "coerce": lambda: type_coerce("x", c.type),
        "literal": lambda: literal("x", c.type) + "y", "1.5*": lambda: 1.5 * c, "2-": lambda: 2 - c,
    }.items():  # fmt: skip
        show(name, word, make=make)
    for other, other_type in TYPES.items():
        d = column("d", other_type)
        show(name, other, "+", make=lambda: c + d)
        show(name, other, "-", make=lambda: c - d)
        show(name, other, "*", make=lambda: c * d)
        show(name, other, "/", make=lambda: c / d)
        show(name, other, "//", make=lambda: c // d)
        show(name, other, "%", make=lambda: c % d)
        show(name, other, "||", make=lambda: c.concat(d))
        show(name, other, "case", make=lambda: case((c == column("q"), c), (d == column("q"), d)))
        show(name, other, "else", make=lambda: case((c == column("q"), c), else_=d))
show("case", "null first", make=lambda: case((column("a") == 1, null()), else_=column("x", Integer)))
show("case", "value", make=lambda: case({"a": 1, "b": 2}, value=column("e", Enum(Level))))
show("case", "value", make=lambda: case({1: "a"}, value=column("q", Number())))

INLINE = {"literal_binds": True}
for name, values in {
    "lower": ["A", "B'"], "integer": [1, None], "enum": [Level.low, "high"], "yesno": [True, False], "string": [], "lower ": [],
}.items():  # fmt: skip
    c = column("c", TYPES[name.strip()])
    print(name, c.in_(values).compile(compile_kwargs=INLINE), "|", c.not_in(values).compile(compile_kwargs=INLINE))
print(column("c", ARRAY(Integer)).in_([[1, 2], [3]]).compile(compile_kwargs={"render_postcompile": True}))

flags = Table(
    "flags",
    MetaData(),
    Column("f", YesNo),
    Column("e", Enum(Level)),
    Column("d", sqlite.DATETIME(
        storage_format="%(year)04d%(month)02d%(day)02d%(hour)02d%(minute)02d%(second)02d",
        regexp=r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})",
    )),
    Column("day", sqlite.DATE(storage_format="%(year)04d%(month)02d%(day)02d", regexp=r"(\d{4})(\d{2})(\d{2})")),
    Column("t", sqlite.TIME(storage_format="%(hour)02d%(minute)02d%(second)02d", regexp=r"(\d{2})(\d{2})(\d{2})")),
)  # fmt: skip
engine = create_engine("sqlite://")
flags.create(engine)
with engine.begin() as connection:
    import datetime

    moment = datetime.datetime(2001, 2, 3, 4, 5, 6)
    connection.execute(
        flags.insert(),
        [
            {"f": True, "e": Level.high, "d": moment, "day": moment.date(), "t": moment.time()},
            {"f": False, "e": "low", "d": None, "day": None, "t": None},
        ],
    )
    print(connection.execute(flags.select()).all())
    for where in (flags.c.f == True, flags.c.f != True, flags.c.f == False, flags.c.f.is_(None), flags.c.f.in_([True])):  # noqa: E712
        print(connection.execute(select(func.count()).where(where)).scalar())
    for e in (flags.c.e + "x", "x" + flags.c.e, flags.c.e.concat(flags.c.e), func.max(flags.c.e), ~literal_column("1", Integer)):
        print(connection.execute(select(e)).scalar())
