"""Every generic and SQL-standard type, and the types of PostgreSQL, MySQL and MariaDB: DDL, CAST, cast of a parameter."""

import datetime as dt
import enum
import uuid
from decimal import Decimal

import oxalchemy as sa
from oxalchemy.dialects import mysql, postgresql
from showing import ALL, MY, PG, show, show_type, show_value


class Color(enum.Enum):
    red = "r"
    dark_blue = "b"


class ByName(sa.types.TypeDecorator):
    impl = sa.String(40)
    cache_ok = True


class PerDialect(sa.types.TypeDecorator):
    impl = sa.String(40)
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.JSONB())
        return dialect.type_descriptor(sa.Text())


class Own(sa.types.UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **kw):
        return "OWN(1)"


GENERIC = {
    "String": lambda: sa.String(),
    "String(30)": lambda: sa.String(30),
    "String(30, collation)": lambda: sa.String(30, collation="utf8_bin"),
    "String(30, odd collation)": lambda: sa.String(30, collation="en_US"),
    "Unicode": lambda: sa.Unicode(),
    "Unicode(30)": lambda: sa.Unicode(30),
    "Text": lambda: sa.Text(),
    "Text(100)": lambda: sa.Text(100),
    "Text(collation)": lambda: sa.Text(collation="C"),
    "UnicodeText": lambda: sa.UnicodeText(),
    "Integer": lambda: sa.Integer(),
    "SmallInteger": lambda: sa.SmallInteger(),
    "BigInteger": lambda: sa.BigInteger(),
    "Numeric": lambda: sa.Numeric(),
    "Numeric(10)": lambda: sa.Numeric(10),
    "Numeric(10, 2)": lambda: sa.Numeric(10, 2),
    "Numeric(asdecimal=False)": lambda: sa.Numeric(asdecimal=False),
    "Float": lambda: sa.Float(),
    "Float(24)": lambda: sa.Float(24),
    "Float(53)": lambda: sa.Float(53),
    "Float(asdecimal)": lambda: sa.Float(asdecimal=True),
    "Double": lambda: sa.Double(),
    "Boolean": lambda: sa.Boolean(),
    "Date": lambda: sa.Date(),
    "DateTime": lambda: sa.DateTime(),
    "DateTime(timezone)": lambda: sa.DateTime(timezone=True),
    "Time": lambda: sa.Time(),
    "Time(timezone)": lambda: sa.Time(timezone=True),
    "Interval": lambda: sa.Interval(),
    "Interval(second_precision)": lambda: sa.Interval(second_precision=3),
    "Interval(native=False)": lambda: sa.Interval(native=False),
    "LargeBinary": lambda: sa.LargeBinary(),
    "LargeBinary(50)": lambda: sa.LargeBinary(50),
    "PickleType": lambda: sa.PickleType(),
    "Enum": lambda: sa.Enum("a", "bb", name="e1"),
    "Enum(quotes)": lambda: sa.Enum("it's", "100%", "back\\slash", name="Odd Name"),
    "Enum(schema)": lambda: sa.Enum("a", name="e1", schema="other"),
    "Enum(class)": lambda: sa.Enum(Color),
    "Enum(values_callable)": lambda: sa.Enum(Color, values_callable=lambda c: [m.value for m in c]),
    "Enum(native_enum=False)": lambda: sa.Enum("a", "bb", name="e1", native_enum=False),
    "Enum(native_enum=False, length)": lambda: sa.Enum("a", "bb", name="e1", native_enum=False, length=20),
    "Enum(no name)": lambda: sa.Enum("a", "b"),
    "Uuid": lambda: sa.Uuid(),
    "Uuid(as_uuid=False)": lambda: sa.Uuid(as_uuid=False),
    "Uuid(native_uuid=False)": lambda: sa.Uuid(native_uuid=False),
    "JSON": lambda: sa.JSON(),
    "ARRAY": lambda: sa.ARRAY(sa.Integer),
    "ARRAY(dimensions=2)": lambda: sa.ARRAY(sa.String(5), dimensions=2),
    "ARRAY(enum)": lambda: sa.ARRAY(sa.Enum("a", "b", name="e2")),
    "NullType": lambda: sa.types.NullType(),
    "MatchType": lambda: sa.types.MatchType(),
    "TypeDecorator": lambda: ByName(),
    "TypeDecorator(length)": lambda: ByName(12),
    "TypeDecorator(load_dialect_impl)": lambda: PerDialect(),
    "UserDefinedType": lambda: Own(),
    "variant": lambda: (
        sa.String(30).with_variant(postgresql.CITEXT(), "postgresql").with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
    ),
    "variant of another": lambda: sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
}
STANDARD = {
    "BIGINT": lambda: sa.BIGINT(),
    "BINARY": lambda: sa.BINARY(),
    "BINARY(5)": lambda: sa.BINARY(5),
    "BLOB": lambda: sa.BLOB(),
    "BOOLEAN": lambda: sa.BOOLEAN(),
    "CHAR": lambda: sa.CHAR(),
    "CHAR(5)": lambda: sa.CHAR(5),
    "CHAR(5, collation)": lambda: sa.CHAR(5, collation="C"),
    "CLOB": lambda: sa.CLOB(),
    "DATE": lambda: sa.DATE(),
    "DATETIME": lambda: sa.DATETIME(),
    "DATETIME(timezone)": lambda: sa.DATETIME(timezone=True),
    "DECIMAL": lambda: sa.DECIMAL(),
    "DECIMAL(10, 2)": lambda: sa.DECIMAL(10, 2),
    "DOUBLE": lambda: sa.DOUBLE(),
    "DOUBLE_PRECISION": lambda: sa.DOUBLE_PRECISION(),
    "FLOAT": lambda: sa.FLOAT(),
    "FLOAT(24)": lambda: sa.FLOAT(24),
    "INT": lambda: sa.INT(),
    "INTEGER": lambda: sa.INTEGER(),
    "STANDARD JSON": lambda: sa.types.JSON(),
    "NCHAR(5)": lambda: sa.NCHAR(5),
    "NUMERIC(10, 2)": lambda: sa.NUMERIC(10, 2),
    "NVARCHAR": lambda: sa.NVARCHAR(),
    "NVARCHAR(5)": lambda: sa.NVARCHAR(5),
    "REAL": lambda: sa.REAL(),
    "SMALLINT": lambda: sa.SMALLINT(),
    "TEXT": lambda: sa.TEXT(),
    "TEXT(5)": lambda: sa.TEXT(5),
    "TIME": lambda: sa.TIME(),
    "TIME(timezone)": lambda: sa.TIME(timezone=True),
    "TIMESTAMP": lambda: sa.TIMESTAMP(),
    "TIMESTAMP(timezone)": lambda: sa.TIMESTAMP(timezone=True),
    "UUID": lambda: sa.UUID(),
    "VARBINARY(5)": lambda: sa.VARBINARY(5),
    "VARCHAR": lambda: sa.VARCHAR(),
    "VARCHAR(5)": lambda: sa.VARCHAR(5),
}
POSTGRESQL = {
    **{
        name: lambda cls=getattr(postgresql, name): cls()
        for name in (
            "BIT BYTEA CIDR INET MACADDR MACADDR8 CITEXT DATERANGE INT4RANGE INT8RANGE NUMRANGE TSRANGE TSTZRANGE "
            "DATEMULTIRANGE INT4MULTIRANGE INT8MULTIRANGE NUMMULTIRANGE TSMULTIRANGE TSTZMULTIRANGE DOUBLE_PRECISION REAL FLOAT "
            "HSTORE INTERVAL JSON JSONB JSONPATH MONEY OID REGCLASS REGCONFIG TSVECTOR TSQUERY TIME TIMESTAMP UUID BIGINT "
            "BOOLEAN CHAR DATE INTEGER NUMERIC SMALLINT TEXT VARCHAR"
        ).split()
    },
    "BIT(5)": lambda: postgresql.BIT(5),
    "BIT(varying)": lambda: postgresql.BIT(varying=True),
    "BIT(5, varying)": lambda: postgresql.BIT(5, varying=True),
    "DOMAIN": lambda: postgresql.DOMAIN("positive", sa.Integer, check="VALUE > 0"),
    "DOMAIN(schema)": lambda: postgresql.DOMAIN("positive", sa.Integer, schema="other"),
    "ENUM": lambda: postgresql.ENUM("a", "b", name="letters"),
    "ENUM(schema)": lambda: postgresql.ENUM("a", "b", name="Letters", schema="My Schema"),
    "ENUM(class)": lambda: postgresql.ENUM(Color),
    "ENUM(no name)": lambda: postgresql.ENUM("a", "b"),
    "FLOAT(24)": lambda: postgresql.FLOAT(24),
    "DOUBLE_PRECISION(24)": lambda: postgresql.DOUBLE_PRECISION(24),
    "INTERVAL(precision)": lambda: postgresql.INTERVAL(precision=3),
    "INTERVAL(fields)": lambda: postgresql.INTERVAL(fields="DAY TO SECOND"),
    "INTERVAL(fields, precision)": lambda: postgresql.INTERVAL(fields="DAY TO SECOND", precision=3),
    "TIME(precision)": lambda: postgresql.TIME(precision=3),
    "TIME(precision=0, timezone)": lambda: postgresql.TIME(precision=0, timezone=True),
    "TIMESTAMP(precision, timezone)": lambda: postgresql.TIMESTAMP(precision=3, timezone=True),
    "TIMESTAMP(precision=0)": lambda: postgresql.TIMESTAMP(precision=0),
    "ARRAY(INTEGER)": lambda: postgresql.ARRAY(sa.Integer),
    "ARRAY(collated)": lambda: postgresql.ARRAY(sa.String(5, collation="C")),
    "ARRAY(dimensions=3)": lambda: postgresql.ARRAY(sa.Numeric(5, 2), dimensions=3),
    "ARRAY(ENUM)": lambda: postgresql.ARRAY(postgresql.ENUM("a", "b", name="letters")),
    "ARRAY(JSONB)": lambda: postgresql.ARRAY(postgresql.JSONB),
    "ARRAY(TypeDecorator)": lambda: postgresql.ARRAY(ByName()),
    "ARRAY(ARRAY)": lambda: postgresql.ARRAY(postgresql.ARRAY(sa.Integer)),
    "UUID(as_uuid=False)": lambda: postgresql.UUID(as_uuid=False),
}
MYSQL = {
    **{
        name: lambda cls=getattr(mysql, name): cls()
        for name in (
            "BIGINT BINARY BIT BLOB BOOLEAN CHAR DATE DATETIME DECIMAL DOUBLE FLOAT INTEGER JSON LONGBLOB LONGTEXT MEDIUMBLOB "
            "MEDIUMINT MEDIUMTEXT NCHAR NUMERIC NVARCHAR REAL SMALLINT TEXT TIME TIMESTAMP TINYBLOB TINYINT TINYTEXT "
            "VARCHAR YEAR INET4 INET6"
        ).split()
    },
    **{
        f"{name}({arguments})": lambda cls=getattr(mysql, name), a=arguments: eval(f"cls({a})", {"cls": cls})
        for name in "TINYINT SMALLINT MEDIUMINT INTEGER BIGINT".split()
        for arguments in ("4", "unsigned=True", "5, zerofill=True", "display_width=5, unsigned=True, zerofill=True")
    },
    **{
        f"{name}({arguments})": lambda cls=getattr(mysql, name), a=arguments: eval(f"cls({a})", {"cls": cls})
        for name in "DECIMAL NUMERIC FLOAT DOUBLE REAL".split()
        for arguments in ("10", "10, 2", "10, 2, unsigned=True", "10, 2, zerofill=True", "unsigned=True", "asdecimal=False")
    },
    **{
        f"{name}({arguments})": lambda cls=getattr(mysql, name), a=arguments: eval(f"cls({a})", {"cls": cls})
        for name in "TINYTEXT TEXT MEDIUMTEXT LONGTEXT CHAR VARCHAR".split()
        for arguments in (
            "charset='latin1'",
            "collation='utf8mb4_bin'",
            "charset='utf8mb4', collation='utf8mb4_bin'",
            "ascii=True",
            "unicode=True",
            "binary=True",
            "national=True",
            "ascii=True, binary=True",
            "national=True, collation='utf8mb4_bin'",
        )
    },
    "VARCHAR(20, ascii)": lambda: mysql.VARCHAR(20, ascii=True),
    "VARCHAR(20, national)": lambda: mysql.VARCHAR(20, national=True),
    "CHAR(20, binary)": lambda: mysql.CHAR(20, binary=True),
    "NCHAR(20, collation)": lambda: mysql.NCHAR(20, collation="utf8_bin"),
    "NVARCHAR(20, collation)": lambda: mysql.NVARCHAR(20, collation="utf8_bin"),
    "TEXT(50)": lambda: mysql.TEXT(50),
    "BIT(8)": lambda: mysql.BIT(8),
    "BINARY(8)": lambda: mysql.BINARY(8),
    "VARBINARY(8)": lambda: mysql.VARBINARY(8),
    "BLOB(80)": lambda: mysql.BLOB(80),
    "ENUM": lambda: mysql.ENUM("a", "it's"),
    "ENUM(class)": lambda: mysql.ENUM(Color),
    "ENUM(charset)": lambda: mysql.ENUM("a", "b", charset="utf8mb4", collation="utf8mb4_bin"),
    "ENUM(strict)": lambda: mysql.ENUM("a", "b", strict=True),
    "SET": lambda: mysql.SET("a", "b's"),
    "SET(bitwise)": lambda: mysql.SET("a", "", retrieve_as_bitwise=True),
    "SET(blank)": lambda: mysql.SET("a", ""),
    "SET(comma)": lambda: mysql.SET("a", "b,c"),
    "SET(collation)": lambda: mysql.SET("a", "b", collation="utf8mb4_bin"),
    "DATETIME(fsp)": lambda: mysql.DATETIME(fsp=6),
    "TIME(fsp)": lambda: mysql.TIME(fsp=6),
    "TIMESTAMP(fsp)": lambda: mysql.TIMESTAMP(fsp=6),
    "DATETIME(fsp=0)": lambda: mysql.DATETIME(fsp=0),
    "YEAR(4)": lambda: mysql.YEAR(4),
    "YEAR(display_width=2)": lambda: mysql.YEAR(display_width=2),
}

for label, make in {**GENERIC, **STANDARD}.items():
    show_type(label, make, ALL)
for label, make in POSTGRESQL.items():
    show_type(f"postgresql.{label}", make, PG)
for label, make in MYSQL.items():
    show_type(f"mysql.{label}", make, MY)

for module, types in (("sa", {**GENERIC, **STANDARD}), ("postgresql", POSTGRESQL), ("mysql", MYSQL)):
    for label, make in types.items():
        show_value(f"repr {module}.{label}", make)
        show_value(f"str {module}.{label}", lambda: str(make()))
        show_value(f"python_type {module}.{label}", lambda: make().python_type)
        show_value(f"as_generic {module}.{label}", lambda: make().as_generic())

# What values alone become.
VALUES = {
    "int": 5,
    "big int": 2**40,
    "negative": -3,
    "float": 2.5,
    "Decimal": Decimal("2.50"),
    "str": "it's 100% \\ok",
    "bytes": b"a\x00'b",
    "bool": True,
    "None": None,
    "date": dt.date(2020, 1, 2),
    "datetime": dt.datetime(2020, 1, 2, 3, 4, 5, 678),
    "aware": dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
    "time": dt.time(3, 4, 5),
    "timedelta": dt.timedelta(days=1, seconds=2),
    "uuid": uuid.UUID(int=5),
}
for label, value in VALUES.items():
    show(f"literal {label}", lambda: sa.select(sa.literal(value).label("x")))
    dialects = PG if label == "timedelta" else ALL
    show(f"inline {label}", lambda: sa.select(sa.literal(value).label("x")), dialects, compile_kwargs={"literal_binds": True})
    show(f"compared {label}", lambda: sa.column("x") == value)
    show(f"literal_execute {label}", lambda: sa.select(sa.literal(value, literal_execute=True)))

TYPED = {
    "ARRAY(String)": (lambda: postgresql.ARRAY(sa.String), ["a'b", "c"]),
    "nested ARRAY": (lambda: postgresql.ARRAY(sa.Integer, dimensions=2), [[1, 2], [3, 4]]),
    "UUID": (lambda: sa.Uuid(), uuid.UUID(int=5)),
    "Enum": (lambda: sa.Enum(Color), Color.red),
    "Boolean": (lambda: sa.Boolean(), False),
    "Numeric": (lambda: sa.Numeric(10, 2), Decimal("5.25")),
    "Date": (lambda: sa.Date(), dt.date(2020, 1, 2)),
    "DateTime": (lambda: sa.DateTime(), dt.datetime(2020, 1, 2, 3, 4, 5)),
    "Interval": (lambda: sa.Interval(), dt.timedelta(days=1, seconds=2)),
    "LargeBinary": (lambda: sa.LargeBinary(), b"ab'c"),
    "Float": (lambda: sa.Float(), 2.5),
    "TypeDecorator": (lambda: ByName(), "x"),
    "BIT": (lambda: postgresql.BIT(3), "101"),
}
for label, (make, value) in TYPED.items():
    # Where there are no intervals, SQLAlchemy cannot write one inline; we can.
    dialects = PG if label == "Interval" else ALL
    show(f"inline typed {label}", lambda: sa.select(sa.literal(value, make())), dialects, compile_kwargs={"literal_binds": True})
    show(f"typed {label}", lambda: sa.select(sa.literal(value, make()).label("x")))
