"""What all schema constructs share."""

import enum

from ... import _rs, util
from ..dialect_kw import given_options
from ..event_target import SchemaEventTarget
from ..event_target import join as join


class SchemaConst(enum.Enum):
    """Marks that stand for themselves in schema arguments."""

    RETAIN_SCHEMA = 1
    BLANK_SCHEMA = 2
    NULL_UNSPECIFIED = 3


RETAIN_SCHEMA = SchemaConst.RETAIN_SCHEMA
BLANK_SCHEMA = SchemaConst.BLANK_SCHEMA
NULL_UNSPECIFIED = SchemaConst.NULL_UNSPECIFIED


class Given(enum.Enum):
    """Tells an argument that was left out from one that is ``None``."""

    NOTHING = 0

    def __repr__(self):
        return "NO_ARG"


NOTHING = Given.NOTHING


def numbered(item):
    """Let ``item`` know its place in the order of declarations, in which DDL renders constraints and indexes."""
    item._number = _rs._next_number()


def by_number(items):
    """``items`` in the order of their declaration."""
    return sorted(items, key=lambda item: item._number)


def table_key(name, schema):
    """Key in ``MetaData.tables``."""
    return name if schema is None else f"{schema}.{name}"


def blank(cls):
    """An object of ``cls`` without content, for pickle."""
    return cls.__new__(cls)


def wake(table):
    """A part of ``table`` came out of a pickle: the table may be whole now."""
    if table is not None and "@rust" in table.__dict__:
        table._wake(table.metadata)


def take_options(item, options):
    """Check ``<dialect>_<option>`` arguments and hand them to Rust."""
    if options:
        item._validate_dialect_kwargs(options)
        item._set_dialect_options(given_options(item))


class SchemaVisitor:
    """Base of 0.5 schema visitors: ``visit_<name>`` methods, run over a construct and its children."""

    def traverse_single(self, obj, **kw):
        visit = getattr(self, f"visit_{obj.__visit_name__}", None)
        return None if visit is None else visit(obj, **kw)

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

    def __class_getitem__(cls, item):
        return cls

    @property
    def info(self):
        """Dictionary for the user's own data."""
        return self.__dict__.setdefault("info", {})

    @info.setter
    def info(self, value):
        self.__dict__["info"] = value

    def get_children(self, **kw):
        return []

    def _hand_down(self, twin):
        """Give ``twin``, a copy, the user's data and listeners of this one."""
        if "info" in self.__dict__:
            twin.info = dict(self.info)
        if "dispatch" in self.__dict__:
            twin.dispatch._update(self.dispatch)
        if "_reflect_only" in self.__dict__:
            self._copy_reflect_only(twin)
        return twin

    def __repr__(self):
        return util.generic_repr(self, omit_kwarg=("info",))


class HasConditionalDDL:
    """Constructs whose DDL may depend on a condition."""

    __slots__ = ()
    _condition = None

    def ddl_if(self, dialect=None, callable_=None, state=None):
        """Create or drop only where the condition holds.

        :param dialect: name of a dialect, or a tuple of names.
        :param callable_: ``callable_(ddl, target, bind, **kw)`` that tells whether to; ``kw`` as in ``execute_if()``.
        :param state: handed to ``callable_`` as ``state``.
        """
        from ..ddl.condition import Condition

        self._condition = Condition(dialect, callable_, state)
        return self


class HasSchemaAttr(SchemaItem):
    """Schema items that live in a database schema."""

    __slots__ = ()
