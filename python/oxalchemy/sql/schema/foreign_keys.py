"""``ForeignKey`` and ``ForeignKeyConstraint``."""

import typing

from ... import _rs, exc, util
from ..dialect_kw import DialectKWArgs
from .constraints import ColumnCollectionConstraint
from .copying import copied_key_target
from .items import SchemaItem, blank, join, wake

# What a ForeignKey has in common with the constraint that it makes.
_SHARED = ("name", "onupdate", "ondelete", "use_alter", "deferrable", "initially", "match", "link_to_name")


class ForeignKeyTarget(typing.NamedTuple):
    """Schema, table and column that a ForeignKey names (2.1); unlike the dotted text, names may hold dots."""

    schema: str | None
    table_name: str
    column_name: str | None


def _target_of(column):
    """What Rust takes as a target: text, a tuple of names, a column of a table."""
    if hasattr(column, "__clause_element__"):
        column = column.__clause_element__()
    if isinstance(column, (str, tuple)):
        return column
    if not isinstance(column, _rs.ColumnClause):
        raise exc.ArgumentError(f"String column name or Column object for DDL foreign key constraint expected, got {column!r}.")
    table = getattr(column, "table", None)
    if not isinstance(column, _rs.Column):
        # column("x") and table("t", …).c.x are names
        return column.name if table is None else f"{table.fullname}.{column.name}"
    if table is not None and not isinstance(table, _rs.TableClause):
        raise exc.ArgumentError(
            f"ForeignKey target Column {column!r} is associated with {table!r}, which is not a Table; a foreign key may only "
            "target a Column of a Table"
        )
    return column


class ForeignKey(DialectKWArgs, SchemaItem, _rs.ForeignKey):
    """A reference from one column to another.

    :param column: ``"table.column"``, ``"schema.table.column"``, a tuple of these names, or a Column.
    :param use_alter: add it by ALTER TABLE. :param name: of the constraint. :param onupdate: ON UPDATE.
    :param ondelete: ON DELETE. :param deferrable: [NOT] DEFERRABLE. :param initially: after INITIALLY.
    :param link_to_name: the column is named, not given by key. :param match: MATCH. :param info: user's data.
    :param comment: for the database.
    :raises ArgumentError: for a target of another kind.
    """

    __visit_name__ = "foreign_key"
    # Attributes that were not given are the class's.
    parent = constraint = target_column = None
    name = onupdate = ondelete = deferrable = initially = match = comment = None
    use_alter = link_to_name = False
    #: ``<dialect>_<option>`` for the constraint that it makes.
    _options = util.EMPTY_DICT

    # -- target -----------------------------------------------------------
    @property
    def target_tokens(self):
        """Schema, table and column as a :class:`.ForeignKeyTarget` (2.1)."""
        return ForeignKeyTarget(*self._target_parts())

    def _spelled(self):
        """The target as it can be written: dotted text, or names where that would be ambiguous."""
        text, parts = self._moved("keep", None, None)
        return ForeignKeyTarget(*parts) if text is None else text

    @property
    def column(self):
        """The Column referred to.

        :raises NoReferencedTableError: :raises NoReferencedColumnError: while there is no such table or column.
        :raises InvalidRequestError: while it is not part of a table.
        """
        return self._column() if self.target_column is None else self.target_column

    def references(self, table):
        """Does it refer to ``table``?"""
        return table.corresponding_column(self.column) is not None

    def get_referent(self, table):
        """The column of ``table`` (a table or an alias) that stands for the one referred to."""
        return table.columns.corresponding_column(self.column)

    # -- copying, pickling ------------------------------------------------
    def copy(self, *, schema=None, **where):
        """A copy that belongs to no column."""
        shared = {name: getattr(self, name) for name in _SHARED}
        return self._hand_down(ForeignKey(copied_key_target(self, schema), comment=self.comment, **shared, **self._options))

    def __reduce__(self):
        target = self._spelled() if self.target_column is None else None
        return blank, (type(self),), {**self.__dict__, "@target": target}

    def __setstate__(self, state):
        target = state.pop("@target")
        self.__dict__.update(state)
        self._init(self.target_column if target is None else target if isinstance(target, str) else tuple(target))
        self._set_link_to_name(bool(self.link_to_name))
        wake(getattr(self.parent, "__dict__", {}).get("table"))

    def __repr__(self):
        return f"ForeignKey({self._spelled()!r})"


class ForeignKeyConstraint(ColumnCollectionConstraint):
    """FOREIGN KEY of a table.

    :param columns: names or Columns of the table. :param refcolumns: as many targets, as :class:`.ForeignKey` takes them.
    :param table: become part of this table. Others: :class:`.ForeignKey`.
    :raises ArgumentError: for lists of different lengths, or targets in several tables.
    """

    __visit_name__ = "foreign_key_constraint"
    _convention_key = "fk"
    _kind = "foreign"
    onupdate = ondelete = match = None
    use_alter = link_to_name = False
    elements = ()

    @classmethod
    def _of_key(cls, key):
        """What a ForeignKey with options of a dialect makes when its column joins a table."""
        shared = {name: getattr(key, name) for name in _SHARED}
        return cls([], [], comment=key.comment, **shared, **key._options)

    def _tell_rust(self):
        self._init_foreign_key(self.onupdate, self.ondelete, self.match, bool(self.use_alter), bool(self.link_to_name))
        self._set_elements(list(self.elements))

    def append_element(self, column, refcolumn):
        """Add a pair of columns (0.5)."""
        fk = ForeignKey(refcolumn, self, link_to_name=self.link_to_name)
        table = self._owner()
        if table is not None and isinstance(column, str):
            column = table.c[column]
        self._add_pair(column, fk)
        if table is not None:
            join(fk, column)

    @property
    def referred_table(self):
        """The Table referred to."""
        return self.elements[0].column.table

    @property
    def column_keys(self):
        """Keys of the local columns."""
        if self._owner() is not None:
            return self.keys()
        return [c if isinstance(c, str) else c.key for c in self._given]

    def copy(self, *, schema=None, target_table=None, **where):
        source = self._owner()

        def renamed(fk):
            """A table that refers to itself does so under its new name."""
            itself = source is not None and target_table is not None and fk.target_table_key == source.key
            return target_table.name if itself else None

        twin = type(self)(
            self.column_keys,
            [copied_key_target(fk, schema, renamed(fk)) for fk in self.elements],
            comment=self.comment,
            **{name: getattr(self, name) for name in _SHARED},
            **dict(self.dialect_kwargs),
        )
        for mine, other in zip(self.elements, twin.elements, strict=True):
            mine._hand_down(other)
        return self._hand_down(twin)

    def __repr__(self):
        where = "" if self._owner() is None else f", table={self._owner()!r}"
        return f"ForeignKeyConstraint({self.columns!r}, None{where})"
