"""``Column``."""

import types

from ... import _rs
from ..dialect_kw import DialectKWArgs, given_options
from ..elements import ColumnClause
from .generators import ColumnDefault, Computed, DefaultClause, FetchedValue, InsertSentinelDefault
from .items import NULL_UNSPECIFIED, SchemaEventTarget, SchemaItem, blank, by_number, join, wake
from .sequences import Identity, Sequence

_SHOWN = (
    ("key", lambda c: c.key != c.name),
    ("primary_key", lambda c: c.primary_key),
    ("nullable", lambda c: not c.nullable),
    ("onupdate", lambda c: c.onupdate),
    ("default", lambda c: c.default),
    ("server_default", lambda c: c.server_default),
    ("comment", lambda c: c.comment),
)
# What the Rust side of a column holds besides its generators and keys; pickled in this order after name, type and key.
_FIELDS = (
    "primary_key",
    "nullable",
    "system",
    "autoincrement",
    "comment",
    "_nullability_given",
    "_insert_sentinel",
)


class _Generator:
    """One of the four places for what makes a column's value; what is put there goes to Rust as well."""

    def __init__(self, for_update, on_server):
        self.for_update, self.on_server = for_update, on_server

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, column, owner=None):
        return self if column is None else column.__dict__.get(self.name)

    def __set__(self, column, value):
        if value is not None and not hasattr(value, "_for_rust"):
            value = (DefaultClause if self.on_server else ColumnDefault)(value, for_update=self.for_update)
            value.column = column
        column.__dict__[self.name] = value
        column._set_generator(self.name, *((None, None) if value is None else value._for_rust()))

    def made(self, value):
        """The generator that an argument of ``Column()`` stands for."""
        if self.on_server:
            return value._serving(self.for_update) if isinstance(value, FetchedValue) else DefaultClause(value, self.for_update)
        return value if isinstance(value, (ColumnDefault, Sequence)) else ColumnDefault(value, self.for_update)


class Column(DialectKWArgs, SchemaItem, _rs.Column, ColumnClause):
    """A column of a table.

    ``Column([name], [type], *items, **kw)``; items are ForeignKey, Sequence, Identity, Computed, CheckConstraint and the like.

    :param autoincrement: ``"auto"``, ``True``, ``False`` or ``"ignore_fk"``: may the database number it?
    :param default: value, callable or SQL for INSERT; ``insert_default`` is the same.
    :param onupdate: the same for UPDATE. :param server_default: DEFAULT of the table. :param server_onupdate: a marker.
    :param key: name in ``table.c``. :param nullable: NULL allowed; follows ``primary_key`` when absent.
    :param primary_key: part of the primary key. :param index: make an Index. :param unique: make a UniqueConstraint.
    :param quote: force or forbid quoting. :param system: left out of CREATE TABLE. :param comment: for the database.
    :param doc: for the mapped attribute. :param info: user's data. :param insert_sentinel: matches rows of batched INSERTs.
    :raises ArgumentError: for arguments that exclude each other. :raises TypeError: for an unknown keyword.
    """

    __visit_name__ = "column"
    inherit_cache = True
    _omit_from_statements = False
    _is_multiparam_column = False
    computed = None
    identity = None
    # Attributes that were not given are the class's.
    index = unique = doc = None

    default = _Generator(for_update=False, on_server=False)
    onupdate = _Generator(for_update=True, on_server=False)
    server_default = _Generator(for_update=False, on_server=True)
    server_onupdate = _Generator(for_update=True, on_server=True)

    # -- belonging --------------------------------------------------------
    @property
    def foreign_key(self):
        """The first ForeignKey, or ``None`` (0.5)."""
        return next(iter(self.foreign_keys), None)

    def append_foreign_key(self, fk):
        """Add a ForeignKey."""
        join(fk, self)

    def references(self, column):
        """Does a foreign key of this column refer to ``column``?"""
        return any(fk.column.shares_lineage(column) for fk in self.foreign_keys)

    def get_children(self, **kw):
        generators = [g for g in (self.default, self.onupdate) if g is not None]
        return [*generators, *self.foreign_keys, *self.constraints]

    def _set_type(self, type_):
        self.type = type_
        self._tell_type(type_)

    # -- copying ----------------------------------------------------------
    def copy(self, **where):
        """A copy that belongs to no table."""
        items = [c.copy(**where) for c in by_number(self.constraints) if not c._type_bound]
        items += [fk.copy(**where) for fk in self.foreign_keys if fk.constraint is None]
        made = self.server_default
        if isinstance(made, (Computed, Identity)):
            items.append(made.copy(**where))
        given = (
            {} if isinstance(made, (Computed, Identity)) else {"server_default": made, "server_onupdate": self.server_onupdate}
        )
        given.update(default=self.default, onupdate=self.onupdate)
        if "dialect_options" in self.__dict__:
            given.update({f"{d}_{o}": v for d, o, v in given_options(self)})
        type_ = self.type
        twin = self._constructor(
            *items,
            name=self.name,
            type_=type_.copy(**where) if isinstance(type_, SchemaEventTarget) else type_,
            key=self.key if self.key != self.name else None,
            primary_key=self.primary_key,
            nullable=self.nullable if self._nullability_given else NULL_UNSPECIFIED,
            unique=self.unique,
            index=self.index,
            system=self.system,
            autoincrement=self.autoincrement,
            doc=self.doc,
            comment=self.comment,
            insert_sentinel=self._insert_sentinel,
            **{k: v.copy() if hasattr(v, "_for_rust") else v for k, v in given.items()},
        )
        if not self._nullability_given:
            twin.nullable = self.nullable
        return self._hand_down(twin)

    @property
    def _constructor(self):
        return self.__class__

    def __class_getitem__(cls, type_):
        """``Column[int]``, an annotation."""
        return types.GenericAlias(cls, type_)

    # -- pickling ---------------------------------------------------------
    def __reduce__(self):
        state = dict(self.__dict__)
        state["@rust"] = (self.name, self.type, self.key, *[getattr(self, field) for field in _FIELDS])
        return blank, (type(self),), state

    def __setstate__(self, state):
        name, type_, key, *fields = state.pop("@rust")
        self._init(name, type_, key)
        for field, value in zip(_FIELDS, fields, strict=True):
            setattr(self, field, value)
        # The table announces itself when it is whole again.
        self.__dict__.update(state)
        for slot in ("default", "onupdate", "server_default", "server_onupdate"):
            generator = state.get(slot)
            if generator is not None:
                self._set_generator(slot, *generator._for_rust())
        wake(self.__dict__.get("table"))

    def __str__(self):
        table = getattr(self, "table", None)
        name = "(no name)" if self.name is None else str(self.name)
        return f"{table.description}.{name}" if getattr(table, "named_with_column", table is not None) else name

    def __repr__(self):
        table = self.__dict__.get("table")
        parts = [
            repr(None if self.name is None else str(self.name)),
            repr(self.type),
            *[repr(fk) for fk in self.foreign_keys],
            *[repr(c) for c in self.constraints],
            "table=None" if table is None else f"table=<{table.description}>",
            *[f"{attr}={getattr(self, attr)!r}" for attr, is_shown in _SHOWN if is_shown(self)],
        ]
        return f"Column({', '.join(parts)})"


def insert_sentinel(name=None, type_=None, *, default=None, omit_from_statements=True):
    """A column that only serves to match rows of a batched INSERT with their parameters.

    :param name: its name. :param type_: Integer when absent. :param default: what makes its values.
    :param omit_from_statements: left out of SELECT and of what mapped classes load.
    """
    from ..sqltypes import INTEGERTYPE

    return Column(
        name=name,
        type_=INTEGERTYPE if type_ is None else type_,
        default=InsertSentinelDefault() if default is None else default,
        _omit_from_statements=omit_from_statements,
        insert_sentinel=True,
    )
