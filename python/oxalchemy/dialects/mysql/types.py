"""MySQL and MariaDB types."""

from ... import exc
from ...sql import sqltypes
from ...sql.sqltypes import BINARY, BLOB, BOOLEAN, DATE, JSON, VARBINARY
from .mariadb import INET4, INET6


class _Number:
    __slots__ = ()
    _shown = ()

    def __repr__(self):
        given = (f"{name}={value!r}" for name in self._shown if (value := getattr(self, name)) not in (None, False))
        return f"{type(self).__name__}({', '.join(given)})"

    def _flags(self, unsigned, zerofill):
        self.unsigned = unsigned
        self.zerofill = zerofill


def _integer(name, base):
    class Type(_Number, base):
        __visit_name__ = name
        _shown = ("display_width", "unsigned", "zerofill")

        def __init__(self, display_width=None, unsigned=False, zerofill=False, **kw):
            self.display_width = display_width
            self._flags(unsigned, zerofill)

    Type.__name__ = Type.__qualname__ = name
    Type.__module__ = __name__
    return Type


TINYINT = _integer("TINYINT", sqltypes.Integer)
SMALLINT = _integer("SMALLINT", sqltypes.SMALLINT)
MEDIUMINT = _integer("MEDIUMINT", sqltypes.Integer)
INTEGER = _integer("INTEGER", sqltypes.INTEGER)
BIGINT = _integer("BIGINT", sqltypes.BIGINT)


def _exact(name, base):
    class Type(_Number, base):
        __visit_name__ = name
        _shown = ("unsigned", "zerofill", "precision", "scale")

        def __repr__(self):
            text = super().__repr__()
            # Decimal results go without saying.
            return text if self.asdecimal else text[:-1] + (", " if text[-2] != "(" else "") + "asdecimal=False)"

        def __init__(self, precision=None, scale=None, asdecimal=True, unsigned=False, zerofill=False, **kw):
            super().__init__(precision=precision, scale=scale, asdecimal=asdecimal, **kw)
            self._flags(unsigned, zerofill)

    Type.__name__ = Type.__qualname__ = name
    Type.__module__ = __name__
    return Type


NUMERIC = _exact("NUMERIC", sqltypes.NUMERIC)
DECIMAL = _exact("DECIMAL", sqltypes.DECIMAL)


def _inexact(name, base, asdecimal):
    class Type(_Number, base):
        __visit_name__ = name
        _shown = ("precision", "scale", "asdecimal", "unsigned", "zerofill")

        def __init__(self, precision=None, scale=None, asdecimal=asdecimal, unsigned=False, zerofill=False, **kw):
            if name != "FLOAT" and ((precision is None) != (scale is None)):
                raise exc.ArgumentError("You must specify both precision and scale or omit both altogether.")
            super().__init__(precision=precision, asdecimal=asdecimal, **kw)
            self.scale = scale
            self._flags(unsigned, zerofill)

    Type.__name__ = Type.__qualname__ = name
    Type.__module__ = __name__
    return Type


DOUBLE = _inexact("DOUBLE", sqltypes.DOUBLE, True)
REAL = _inexact("REAL", sqltypes.REAL, True)
FLOAT = _inexact("FLOAT", sqltypes.FLOAT, False)


class BIT(sqltypes.TypeEngine):
    """Bits, as an integer.

    length: number of bits.
    """

    __visit_name__ = "BIT"
    _affinity = "other"

    def __init__(self, length=None):
        self.length = length

    def result_processor(self, dialect, coltype=None):
        return lambda value: int.from_bytes(value, "big") if isinstance(value, bytes) else value


class _StringType(sqltypes.String):
    def __init__(self, charset=None, collation=None, ascii=False, binary=False, unicode=False, national=False, length=None, **kw):
        self.charset = charset
        self.ascii = ascii
        self.unicode = unicode
        self.binary = binary
        self.national = national
        super().__init__(length=length, collation=collation, **kw)

    def __repr__(self):
        from ... import util

        return util.generic_repr(
            self, to_inspect=[_StringType, sqltypes.String], omit_kwarg=("convert_unicode", "unicode_error", "assert_unicode")
        )


def _string(name, base):
    class Type(*((_StringType,) if base is _StringType else (_StringType, base))):
        __visit_name__ = name

        def __init__(self, length=None, **kw):
            super().__init__(length=length, **kw)

    Type.__name__ = Type.__qualname__ = name
    Type.__module__ = __name__
    return Type


TEXT = _string("TEXT", sqltypes.TEXT)
VARCHAR = _string("VARCHAR", sqltypes.VARCHAR)
CHAR = _string("CHAR", sqltypes.CHAR)
TINYTEXT = _string("TINYTEXT", _StringType)
MEDIUMTEXT = _string("MEDIUMTEXT", _StringType)
LONGTEXT = _string("LONGTEXT", _StringType)


class NVARCHAR(_StringType, sqltypes.NVARCHAR):
    __visit_name__ = "NVARCHAR"

    def __init__(self, length=None, **kw):
        kw["national"] = True
        super().__init__(length=length, **kw)


class NCHAR(_StringType, sqltypes.NCHAR):
    __visit_name__ = "NCHAR"

    def __init__(self, length=None, **kw):
        kw["national"] = True
        super().__init__(length=length, **kw)


class TINYBLOB(sqltypes._Binary):
    __visit_name__ = "TINYBLOB"


class MEDIUMBLOB(sqltypes._Binary):
    __visit_name__ = "MEDIUMBLOB"


class LONGBLOB(sqltypes._Binary):
    __visit_name__ = "LONGBLOB"


class ENUM(sqltypes.NativeForEmulated, sqltypes.Enum):
    """ENUM column.

    enums: strings, or one Python enum. strict: refuse strings that are not in the list. charset, collation, ascii, unicode,
    binary, national: as for other strings.
    """

    __visit_name__ = "ENUM"
    native_enum = True

    def __init__(
        self, *enums, strict=False, charset=None, collation=None, ascii=False, unicode=False, binary=False, national=False, **kw
    ):
        kw.pop("quoting", None)
        kw.setdefault("validate_strings", strict)
        self.strict = strict
        super().__init__(*enums, **kw)
        self.charset = charset
        self.ascii = ascii
        self.unicode = unicode
        self.binary = binary
        self.national = national
        self.collation = collation

    @classmethod
    def adapt_emulated_to_native(cls, impl, **kw):
        return impl.adapt(cls, **kw)

    def __repr__(self):
        return _listed(self, self.enums)


def _listed(type_, values, *more):
    """``NAME('a', 'b', option=…)``"""
    options = ("charset", "collation", "ascii", "unicode", "binary", "national", *more)
    parts = [repr(v) for v in values]
    parts += [f"{o}={value!r}" for o in options if (value := getattr(type_, o)) not in (None, False)]
    return f"{type(type_).__name__}({', '.join(parts)})"


class SET(_StringType):
    """A set of strings.

    values: the strings. retrieve_as_bitwise: transfer integers instead of text, which allows for the empty string as a member.
    """

    __visit_name__ = "SET"

    def __init__(self, *values, retrieve_as_bitwise=False, **kw):
        self.retrieve_as_bitwise = retrieve_as_bitwise
        self.values = tuple(values)
        if not retrieve_as_bitwise and "" in values:
            raise exc.ArgumentError("Can't use the blank value '' in a SET without setting retrieve_as_bitwise=True")
        kw.setdefault("length", max((len(v) for v in values), default=0))
        super().__init__(**kw)

    @property
    def enums(self):
        return list(self.values)

    def column_expression(self, colexpr):
        if not self.retrieve_as_bitwise:
            return None
        from ...sql.expression import type_coerce

        return type_coerce(type_coerce(colexpr, sqltypes.Integer()) + 0, self)

    @property
    def _bits(self):
        return {value: 1 << i for i, value in enumerate(self.values)}

    def bind_processor(self, dialect):
        if self.retrieve_as_bitwise:
            bits = self._bits

            def process(value):
                if value is None or isinstance(value, (int, str)):
                    return value
                return sum(bits[v] for v in set(value))
        else:

            def process(value):
                return ",".join(value) if isinstance(value, (set, frozenset, list, tuple)) else value

        return process

    def result_processor(self, dialect, coltype=None):
        if self.retrieve_as_bitwise:
            bits = self._bits

            def process(value):
                return None if value is None else {v for v, bit in bits.items() if int(value) & bit}
        else:

            def process(value):
                if isinstance(value, str):
                    return set(value.split(",")) - {""}
                if value is not None:
                    value = set(value) - {""}
                return value

        return process

    def __repr__(self):
        return _listed(self, self.values, "retrieve_as_bitwise")


class DATETIME(sqltypes.DATETIME):
    __visit_name__ = "DATETIME"

    def __init__(self, timezone=False, fsp=None):
        super().__init__(timezone=timezone)
        self.fsp = fsp


class TIMESTAMP(sqltypes.TIMESTAMP):
    __visit_name__ = "TIMESTAMP"

    def __init__(self, timezone=False, fsp=None):
        super().__init__(timezone=timezone)
        self.fsp = fsp


class TIME(sqltypes.TIME):
    __visit_name__ = "TIME"

    def __init__(self, timezone=False, fsp=None):
        super().__init__(timezone=timezone)
        self.fsp = fsp


class YEAR(sqltypes.TypeEngine):
    """Year."""

    __visit_name__ = "YEAR"
    _affinity = "integer"

    def __init__(self, display_width=None):
        self.display_width = display_width


colspecs = {sqltypes.Enum: ENUM}

__all__ = [
    "BIGINT", "BINARY", "BIT", "BLOB", "BOOLEAN", "CHAR", "DATE", "DATETIME", "DECIMAL", "DOUBLE", "ENUM", "FLOAT", "INET4",
    "INET6", "INTEGER", "JSON", "LONGBLOB", "LONGTEXT", "MEDIUMBLOB", "MEDIUMINT", "MEDIUMTEXT", "NCHAR", "NUMERIC", "NVARCHAR",
    "REAL", "SET", "SMALLINT", "TEXT", "TIME", "TIMESTAMP", "TINYBLOB", "TINYINT", "TINYTEXT", "VARBINARY", "VARCHAR", "YEAR",
]  # fmt: skip
