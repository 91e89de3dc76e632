"""What all schema constructs share."""

import enum

from ... import exc, util
from ..dialect_kw import DialectKWArgs
from ..event_target import SchemaEventTarget


class SchemaConst(enum.Enum):
    """Marks that stand for themselves in schema arguments."""

    RETAIN_SCHEMA = 1
    BLANK_SCHEMA = 2
    NULL_UNSPECIFIED = 3


RETAIN_SCHEMA = SchemaConst.RETAIN_SCHEMA
BLANK_SCHEMA = SchemaConst.BLANK_SCHEMA
NULL_UNSPECIFIED = SchemaConst.NULL_UNSPECIFIED


class _NoArg(enum.Enum):
    NO_ARG = 0

    def __repr__(self):
        return f"_NoArg.{self.name}"


NO_ARG = _NoArg.NO_ARG


def _get_table_key(name, schema):
    return name if schema is None else schema + "." + name


class SchemaVisitor:
    """Base of 0.5 schema visitors: ``visit_<name>`` methods, run over a construct and its children."""

    def traverse_single(self, obj, **kw):
        meth = getattr(self, f"visit_{obj.__visit_name__}", None)
        return meth(obj, **kw) if meth is not None else None

    def traverse(self, obj):
        self.traverse_single(obj)
        for child in obj.get_children():
            self.traverse(child)
        return obj


class SchemaItem(SchemaEventTarget):
    """Base of what a Table or Column takes as an argument."""

    __slots__ = ()
    __visit_name__ = "schema_item"
    create_drop_stringify_dialect = "default"
    _use_schema_map = True

    def _init_items(self, *args, **kw):
        for item in args:
            if item is None:
                continue
            spwd = getattr(item, "_set_parent_with_dispatch", None)
            if spwd is None or isinstance(item, type):
                raise exc.ArgumentError(f"'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got {item!r}")
            spwd(self, **kw)

    @property
    def info(self):
        """Dictionary for the user's own data."""
        try:
            return self.__dict__["info"]
        except KeyError:
            found = self.__dict__["info"] = {}
            return found

    @info.setter
    def info(self, value):
        self.__dict__["info"] = value

    def get_children(self, **kw):
        return []

    def _schema_item_copy(self, other):
        if "info" in self.__dict__:
            other.info = self.info.copy()
        if "dispatch" in self.__dict__:
            other.dispatch._update(self.dispatch)
        return other

    def __repr__(self):
        return util.generic_repr(self, omit_kwarg=("info",))


class HasConditionalDDL:
    """Constructs whose DDL may depend on a condition."""

    __slots__ = ()
    _ddl_if = None

    def ddl_if(self, dialect=None, callable_=None, state=None):
        """Create or drop only on this dialect, or when ``callable_`` agrees."""
        from ..ddl import DDLIf

        self._ddl_if = DDLIf(dialect, callable_, state)
        return self


class HasSchemaAttr(SchemaItem):
    __slots__ = ()


def dialect_options_of(obj):
    """``[(dialect, option, value)]`` as given, for Rust."""
    return [(d, o, v) for d, opts in obj.dialect_options.items() for o, v in opts._non_defaults.items()]


__all__ = ["DialectKWArgs", "SchemaEventTarget"]
