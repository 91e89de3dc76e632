"""What a case file prints: the text of a construct in each dialect, one JSON line a text."""

import json
import re
import warnings

import oxalchemy as sa
from oxalchemy.dialects import mysql, postgresql
from oxalchemy.engine import make_url

DIALECTS = {
    "pg": postgresql.dialect(),
    "my": mysql.dialect(),
    "ma": make_url("mariadb+mysqldb://").get_dialect()(),
    "pg$": postgresql.dialect(paramstyle="numeric_dollar"),
    "pg:": postgresql.dialect(paramstyle="named"),
    "my:": mysql.dialect(paramstyle="named"),
}
ALL = ("pg", "my", "ma")
PG = ("pg",)
MY = ("my", "ma")
POSITIONAL = ("pg$", "pg:", "my:")


def _attempt(make, dialect, params, options):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            compiled = make().compile(dialect=dialect, **options)
            text = str(compiled)
            if params:
                values = getattr(compiled, "params", None)
                order = getattr(compiled, "positiontup", None)
                if "POSTCOMPILE" in text:
                    # Before such parameters are filled in, their place in the order is an inner matter.
                    order = None
                text += f"\n-- {values!r} {order!r}"
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
    # Deprecations name versions and lines of the library itself; only what a user is told about the construct counts.
    told = sorted({f"{w.category.__name__}: {w.message}" for w in caught if issubclass(w.category, sa.exc.SAWarning)})
    return re.sub(r"0x[0-9a-f]+", "0x", "\n".join([text, *told]))


def show(label, make, dialects=ALL, params=True, **options):
    """Print what `make()` compiles to.

    label: what the line is called when it differs.
    make: callable that builds the construct, so that an error in building it is text like any other.
    dialects: names in DIALECTS. params: also its parameters. options: keywords of `compile()`.
    """
    for name in dialects:
        print(json.dumps([f"{label} [{name}]", _attempt(make, DIALECTS[name], params, options)]))


def show_value(label, make):
    """Print the repr of what `make()` gives, or its error."""
    try:
        text = repr(make())
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
    print(json.dumps([label, re.sub(r"0x[0-9a-f]+", "0x", text)]))


def show_table(label, make, dialects=ALL):
    """CREATE TABLE and CREATE INDEX of the table that `make(metadata)` gives."""

    def table():
        return make(sa.MetaData())

    show(label, lambda: sa.schema.CreateTable(table()), dialects, params=False)


def show_type(label, make, dialects=ALL):
    """A type in DDL, in CAST and, where the dialect writes one, in a bind cast."""
    show(f"ddl {label}", lambda: _Typed(make()), dialects, params=False)
    show(f"cast {label}", lambda: sa.cast(sa.column("x"), make()), dialects, params=False)
    show(f"bind {label}", lambda: sa.column("x", make()) == sa.bindparam("v", None, type_=make(), required=True), dialects)


class _Typed:
    def __init__(self, ty):
        self.ty = ty

    def compile(self, dialect):
        return self.ty.compile(dialect=dialect)
