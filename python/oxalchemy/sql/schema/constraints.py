"""Constraints other than foreign keys."""

from ... import _rs, exc
from ..dialect_kw import DialectKWArgs
from .copying import copied_expression, copied_part
from .items import HasConditionalDDL, SchemaItem, blank, wake


class Constraint(DialectKWArgs, HasConditionalDDL, SchemaItem, _rs.Constraint):
    """Base of table and column constraints.

    :param name: its name; ``None``: what the naming convention says. :param deferrable: [NOT] DEFERRABLE.
    :param initially: text after INITIALLY. :param info: user's data. :param comment: for the database.
    """

    __visit_name__ = "constraint"
    # Which arguments there are.
    _kind = ""
    # A rule of the type that made it: ``rule(compiler)`` tells whether this dialect needs it.
    _rule = None
    _type_bound = False
    # Made by ``Column(unique=True)``: a copy of the column makes it again.
    _from_column = False

    def _is_wanted(self, compiler, **kw):
        """Should ``compiler`` render it at all?"""
        if self._rule is not None and not self._rule(compiler):
            return False
        if self._condition is None:
            return True
        from ..ddl.elements import CreateConstraint

        return self._condition.holds(CreateConstraint(self), self, None, compiler=compiler, **kw)

    def _owner(self):
        """The table or column it is part of."""
        return self.__dict__.get("parent")

    @property
    def table(self):
        """The Table it is part of.

        :raises InvalidRequestError: while it is part of none.
        """
        owner = self._owner()
        table = owner if isinstance(owner, _rs.Table) else getattr(owner, "table", None)
        if table is None:
            raise exc.InvalidRequestError(
                "This constraint is not bound to a table.  Did you mean to call table.append_constraint(constraint) ?"
            )
        return table

    @table.setter
    def table(self, table):
        self.parent = table

    @property
    def bind(self):
        """Engine of the MetaData (legacy)."""
        return self.table.bind

    def copy(self, **where):
        """A copy that belongs to no table, or to ``target_table``."""
        raise NotImplementedError(f"{type(self).__name__}.copy()")

    def _twin(self, *args, **kw):
        """A copy, made by the constructor, of what all constraints have."""
        common = {"name": self.name, "deferrable": self.deferrable, "initially": self.initially, "comment": self.comment}
        return self._hand_down(type(self)(*args, **common, **kw, **dict(self.dialect_kwargs)))

    # -- pickling ---------------------------------------------------------
    def __reduce__(self):
        return blank, (type(self),), dict(self.__dict__)

    def __setstate__(self, state):
        self.__dict__.update(state)
        self._remember()
        for field in ("name", "deferrable", "initially", "comment"):
            setattr(self, field, state.get(f"@{field}"))
        owner = self._owner()
        wake(owner if isinstance(owner, _rs.Table) else getattr(owner, "__dict__", {}).get("table"))

    def _tell_rust(self):
        """Hand over what makes this kind of constraint."""

    def _wake(self):
        """After unpickling, as soon as the columns have their tables again."""
        self._tell_rust()
        self._set_type_bound(bool(self._type_bound))
        self._hold(self.__dict__.get("_held", ()))


class ColumnCollectionMixin:
    """Constructs made of columns of one table: given by name or as objects, known when the table is."""

    _given = ()
    _held = ()
    _spans_tables = False

    def _seek_home(self, *_event):
        """Find the table by the columns."""
        _rs._seek_home(self)

    def _hold(self, columns):
        """The columns from now on, those made ad hoc by ``column()`` included."""
        _rs._hold_columns(self, list(columns))

    def _found_in(self, owner):
        """The columns given, names looked up in the table."""
        if not isinstance(owner, _rs.Table):
            return list(self._given)
        what = type(self).__name__
        return [owner._column_for(what, c) if isinstance(c, str) else c for c in self._given]

    @property
    def columns(self):
        """Columns by key."""
        return _rs.ColumnCollection([(c.key, c) for c in self._held])

    c = columns

    def contains_column(self, col):
        """Is the Column part of it?"""
        return any(c is col for c in self._held)


class ColumnCollectionConstraint(ColumnCollectionMixin, Constraint):
    """Constraints over columns."""

    _kind = "columns"

    def __contains__(self, x):
        return x in self.columns

    def keys(self):
        """Keys of the columns."""
        return [c.key for c in self._held]

    def __iter__(self):
        return iter(self._held)

    def __len__(self):
        return len(self._held)

    def copy(self, *, target_table=None, **where):
        return self._twin(*[copied_part(c, self._owner(), target_table) for c in (self._held or self._given)])

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(repr(c) for c in self._held)})"


class CheckConstraint(ColumnCollectionConstraint):
    """CHECK.

    :param sqltext: SQL text or an expression. :param table: become part of this table. Others: :class:`.Constraint`.
    """

    __visit_name__ = "table_or_column_check_constraint"
    _convention_key = "ck"
    _spans_tables = True

    _kind = "check"

    def _tell_rust(self):
        self._init_check(self.sqltext)

    @property
    def is_column_level(self):
        """Was it given inside a Column? (2.1)"""
        return not isinstance(self._owner(), _rs.Table)

    def copy(self, *, target_table=None, **where):
        source = self.table if target_table is not None else None
        return self._twin(
            copied_expression(self.sqltext, source, target_table),
            table=target_table,
            _rule=self._rule,
            _seek=False,
            _type_bound=self._type_bound,
        )

    def __repr__(self):
        return f"CheckConstraint({self.sqltext!r})"


class UniqueConstraint(ColumnCollectionConstraint):
    """UNIQUE over columns given by name or as objects. Arguments: :class:`.Constraint`."""

    __visit_name__ = "unique_constraint"
    _convention_key = "uq"
    _kind = "unique"

    def _tell_rust(self):
        self._init_unique(bool(self._from_column))


class PrimaryKeyConstraint(ColumnCollectionConstraint):
    """PRIMARY KEY; every table has one, maybe without columns. Arguments: :class:`.Constraint`."""

    __visit_name__ = "primary_key_constraint"
    _convention_key = "pk"
    _kind = "primary"
    # Not given by the user: its name follows its columns.
    _implicit = False

    def _tell_rust(self):
        self._init_primary_key(bool(self._implicit))

    # 0.5
    def append_column(self, column):
        """Add a column, in the place of one with the same key (0.5)."""
        self._admit_column(column)

    add = append_column
    replace = append_column

    def remove(self, column):
        """Take a column out (0.5)."""
        self._hold([c for c in self._held if c is not column])

    @property
    def columns_autoinc_first(self):
        """Columns, the one that the database numbers first."""
        first = self.table.autoincrement_column
        return [c for c in self._held if c is first] + [c for c in self._held if c is not first]
