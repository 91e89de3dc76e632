"""``Column``."""

import types

from ... import _rs, exc
from ..dialect_kw import DialectKWArgs, given_options
from ..elements import ColumnClause
from ..type_api import to_instance
from .generators import ColumnDefault, Computed, DefaultClause, FetchedValue, InsertSentinelDefault
from .items import (
    NOTHING,
    NULL_UNSPECIFIED,
    SchemaEventTarget,
    SchemaItem,
    blank,
    by_number,
    join,
    take_options,
    wake,
)
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
    # What the column of a subquery or alias, which is made without __init__, has of these.
    constraints = frozenset()
    index = unique = doc = None
    _awaiting = ()

    default = _Generator(for_update=False, on_server=False)
    onupdate = _Generator(for_update=True, on_server=False)
    server_default = _Generator(for_update=False, on_server=True)
    server_onupdate = _Generator(for_update=True, on_server=True)

    def __init__(
        self,
        __name_pos=None,
        __type_pos=None,
        *args,
        name=None,
        type_=None,
        autoincrement="auto",
        default=NOTHING,
        insert_default=NOTHING,
        doc=None,
        key=None,
        index=None,
        unique=None,
        info=None,
        nullable=NULL_UNSPECIFIED,
        onupdate=None,
        primary_key=False,
        server_default=None,
        server_onupdate=None,
        quote=None,
        system=False,
        comment=None,
        insert_sentinel=False,
        _omit_from_statements=False,
        _proxies=None,
        **dialect_kwargs,
    ):
        name, type_, items = _sorted_out([__name_pos, __type_pos, *args], name, type_, quote)
        if insert_default is not NOTHING:
            if default is not NOTHING:
                raise exc.ArgumentError("The 'default' and 'insert_default' parameters of Column are mutually exclusive")
            default = insert_default
        self._init(name, type_, name if key is None else key)
        self.primary_key = primary_key
        self._insert_sentinel = bool(insert_sentinel)
        self._omit_from_statements = _omit_from_statements
        self._nullability_given = nullable is not NULL_UNSPECIFIED
        self.nullable = nullable if self._nullability_given else not primary_key
        self.index, self.unique, self.doc = index, unique, doc
        self.system = bool(system)
        self.autoincrement = autoincrement
        self.comment = comment
        self.constraints = set()
        self.foreign_keys = set()
        self._tell_type(type_)
        take_options(self, dialect_kwargs)
        given = {
            "server_default": server_default,
            "server_onupdate": server_onupdate,
            "default": None if default is NOTHING else default,
            "onupdate": onupdate,
        }
        made = {slot: getattr(Column, slot).made(value) for slot, value in given.items() if value is not None}
        # A server default is there before an Identity that refuses it; a client default replaces a Sequence.
        self._adopt(made[slot] for slot in ("server_default", "server_onupdate") if slot in made)
        self._adopt(items)
        self._adopt(made[slot] for slot in ("default", "onupdate") if slot in made)
        if info is not None:
            self.info = info

    # -- belonging --------------------------------------------------------
    @property
    def table(self):
        """The Table it belongs to."""
        try:
            return self.__dict__["table"]
        except KeyError:
            return _rs.ColumnClause.table.__get__(self)

    @table.setter
    def table(self, table):
        self.__dict__["table"] = table
        self._attach(table)

    @property
    def foreign_keys(self):
        """Set of ForeignKey."""
        found = self.__dict__.get("@foreign_keys")
        if found is None:
            # The column of a subquery or alias has keys in Rust only.
            from .foreign_keys import ForeignKey

            found = self.__dict__["@foreign_keys"] = {ForeignKey(*key) for key in self._foreign_key_targets()}
            for fk in found:
                fk.parent = self
        return found

    @foreign_keys.setter
    def foreign_keys(self, value):
        self.__dict__["@foreign_keys"] = value

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

    def _when_in_table(self, fn):
        """Call ``fn(column, table)`` as soon as it belongs to a table."""
        table = self.__dict__.get("table")
        if table is None:
            self._awaiting = [*self._awaiting, fn]
        else:
            fn(self, table)

    def _tell_type(self, type_):
        """Types with DDL of their own want to know their columns."""
        for t in (type_, *type_._variant_mapping.values()):
            if isinstance(t, SchemaEventTarget):
                join(t, self)

    def _set_type(self, type_):
        self.type = type_
        self._tell_type(type_)

    def _enter(self, table, *, replace_existing=False, index=None, advise=False):
        for flag in ("index", "unique"):
            if isinstance(getattr(self, flag), str):
                raise exc.ArgumentError(_NOT_A_NAME[flag])
        if self.identity is not None and (isinstance(self.default, Sequence) or isinstance(self.onupdate, Sequence)):
            raise exc.ArgumentError("An column cannot specify both Identity and Sequence.")
        replaced = table._place(self, index, bool(replace_existing), bool(advise))
        if replaced is not None:
            table._release_keys(replaced)
        # Names made from the columns of a key need to know the table.
        self.table = table
        if self.primary_key:
            table.primary_key._admit_column(self)
        if self.index:
            from .indexes import Index

            table.append_constraint(Index(None, self.key, unique=bool(self.unique), _from_column=True))
        elif self.unique:
            from .constraints import UniqueConstraint

            table.append_constraint(UniqueConstraint(self.key, _from_column=True))

    def _entered(self, table):
        waiting, self._awaiting = self._awaiting, ()
        for fn in waiting:
            fn(self, table)

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


_NOT_A_NAME = {
    "index": "The 'index' keyword argument on Column is boolean only. To create indexes with a specific name, create an explicit "
    "Index object external to the Table.",
    "unique": "The 'unique' keyword argument on Column is boolean only. To create unique constraints or indexes with a specific "
    "name, append an explicit UniqueConstraint to the Table's list of elements, or create an explicit Index object external to "
    "the Table.",
}


def _sorted_out(positional, name, type_, quote):
    """Name, type and items from what ``Column()`` was called with."""
    from ..elements import quoted_name

    if isinstance(positional[0], str):
        if name is not None:
            raise exc.ArgumentError("May not pass name positionally and as a keyword.")
        name = positional.pop(0)
    elif positional[0] is None:
        positional.pop(0)
    if positional and hasattr(positional[0], "_is_type_decorator"):
        if type_ is not None:
            raise exc.ArgumentError("May not pass type_ positionally and as a keyword.")
        type_ = positional.pop(0)
    if name is not None:
        name = quoted_name(name, quote)
    elif quote is not None:
        raise exc.ArgumentError("Explicit 'name' is required when sending 'quote' argument")
    return name, to_instance(type_), positional


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
