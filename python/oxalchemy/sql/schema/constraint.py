"""Constraints other than foreign keys."""

from ... import _rs, exc, util
from ..dialect_kw import DialectKWArgs
from .base import NULL_UNSPECIFIED, HasConditionalDDL, SchemaItem, dialect_options_of


class Constraint(DialectKWArgs, HasConditionalDDL, SchemaItem, _rs.Constraint):
    """Base of table and column constraints."""

    __visit_name__ = "constraint"
    _creation_order = None
    _column_flag = False
    _type_bound = False
    _create_rule = None
    _explicit = True

    def __init__(
        self,
        name=None,
        deferrable=None,
        initially=None,
        info=None,
        comment=None,
        _create_rule=None,
        _type_bound=False,
        **dialect_kw,
    ):
        self._init_constraint(name, deferrable, initially, info, comment, _create_rule, _type_bound, **dialect_kw)

    def _init_constraint(
        self,
        name=None,
        deferrable=None,
        initially=None,
        info=None,
        comment=None,
        _create_rule=None,
        _type_bound=False,
        **dialect_kw,
    ):
        self._remember()
        self.name = name
        self.deferrable = deferrable
        self.initially = initially
        if info:
            self.info = info
        self._create_rule = _create_rule
        self._type_bound = _type_bound
        self._set_type_bound(bool(_type_bound))
        util.set_creation_order(self)
        self._validate_dialect_kwargs(dialect_kw)
        if dialect_kw:
            self._set_dialect_options(dialect_options_of(self))
        self.comment = comment

    def _should_create_for_compiler(self, compiler, **kw):
        if self._create_rule is not None and not self._create_rule(compiler):
            return False
        if self._ddl_if is not None:
            return self._ddl_if._should_execute(self._ddl_for_rule(), self, None, compiler=compiler, **kw)
        return True

    def _ddl_for_rule(self):
        from ..ddl import CreateConstraint

        return CreateConstraint(self)

    @property
    def _attached(self):
        return self.__dict__.get("parent") is not None and hasattr(self.parent, "primary_key_columns")

    @property
    def table(self):
        """The Table it is part of."""
        parent = self.__dict__.get("parent")
        if isinstance(parent, _rs.Table):
            return parent
        table = getattr(parent, "table", None)
        if table is not None:
            return table
        raise exc.InvalidRequestError(
            "This constraint is not bound to a table.  Did you mean to call table.append_constraint(constraint) ?"
        )

    @table.setter
    def table(self, table):
        self.parent = table

    @property
    def bind(self):
        return self.table.bind

    def _set_parent(self, parent, **kw):
        self.parent = parent
        parent.constraints.add(self)
        if isinstance(parent, _rs.Table):
            parent._sync()
        else:
            parent._set_checks(sorted(parent.constraints, key=lambda c: c._creation_order))

    def _after_attach(self, parent):
        from ..naming import name_constraint

        name_constraint(self, parent)

    def copy(self, **kw):
        return self._copy(**kw)

    def _copy(self, **kw):
        raise NotImplementedError()

    def __reduce__(self):
        return _rebuild_constraint, (type(self),), self._pickle_state()

    def _pickle_state(self):
        state = dict(self.__dict__)
        state["@rs"] = (self.name, self.deferrable, self.initially, self.comment)
        state.pop("_cc", None)
        state["@columns"] = state.pop("_cols", None)
        return state

    def __setstate__(self, state):
        state = dict(state)
        name, deferrable, initially, comment = state.pop("@rs")
        columns = state.pop("@columns")
        self.__dict__.update(state)
        self.name, self.deferrable, self.initially, self.comment = name, deferrable, initially, comment
        if columns is not None:
            self.__dict__["@pending_columns"] = columns
        self._rs_reinit_later = True

    def _restore(self):
        """After unpickling, when columns have their tables again."""
        columns = self.__dict__.pop("@pending_columns", None)
        if columns is None:
            return
        self._rs_reinit()
        self._set_cols(columns)

    def _rs_reinit(self):
        pass


def _rebuild_constraint(cls):
    return cls.__new__(cls)


class ColumnCollectionMixin:
    """Constructs made of columns of one table."""

    _column_flag = False
    _allow_multiple_tables = False

    def _init_columns(self, *columns, _autoattach=True, _column_flag=False, _gather_expressions=None):
        self._column_flag = _column_flag
        self._cols = []
        self._pending_colargs = []
        for column in columns:
            if hasattr(column, "__clause_element__"):
                column = column.__clause_element__()
            if not isinstance(column, str) and not isinstance(column, _rs.ColumnClause):
                raise exc.ArgumentError(f"String column name or column expression for DDL constraint expected, got {column!r}.")
            self._pending_colargs.append(column)
        if _autoattach and self._pending_colargs:
            self._check_attach()

    def _check_attach(self, evt=False):
        cols = [c for c in self._pending_colargs if isinstance(c, _rs.Column)]
        if not cols:
            return
        waiting = [c for c in cols if c.__dict__.get("table") is None]
        if waiting:
            has_string_cols = any(isinstance(c, str) for c in self._pending_colargs)
            if not has_string_cols:
                done = set()

                def attached(column, table):
                    if not hasattr(table, "primary_key_columns"):
                        return
                    done.add(column)
                    if all(c.__dict__.get("table") is not None for c in cols) and "parent" not in self.__dict__:
                        self._check_attach(evt=True)

                for col in waiting:
                    col._on_table_attach(attached)
                self._cols_wait = True
            return
        tables = []
        for c in cols:
            if not any(t is c.table for t in tables):
                tables.append(c.table)
        if len(tables) == 1:
            self._set_parent_with_dispatch(tables[0])
        elif len(tables) > 1 and not self._allow_multiple_tables:
            table = cols[0].table
            others = ", ".join(f"'{c}'" for c in cols[1:] if c.table is not table)
            raise exc.ArgumentError(f"Column(s) {others} are not part of table '{table.fullname}'.")

    def _set_cols(self, columns):
        """The columns, replacing those before; ad hoc ``column()`` objects are kept for Python only."""
        self._cols = list(columns)
        self.__dict__.pop("_cc", None)
        self._set_columns([c for c in self._cols if isinstance(c, _rs.Column)])

    @property
    def columns(self):
        """Columns by key."""
        found = self.__dict__.get("_cc")
        if found is None:
            found = self.__dict__["_cc"] = _rs.ColumnCollection([(c.key, c) for c in self._cols])
        return found

    c = columns

    @property
    def _columns(self):
        return self.columns

    def _column_keys(self):
        return [c.key for c in self._cols]

    def _append_column(self, column):
        self._pending_colargs.append(column)
        self._set_cols([*self._cols, column])

    def _col_expressions(self, parent):
        if not isinstance(parent, _rs.Table):
            return list(self._pending_colargs)
        out = []
        for col in self._pending_colargs:
            if isinstance(col, str):
                try:
                    out.append(parent.c[col])
                except KeyError as ke:
                    raise exc.ConstraintColumnNotFoundError(
                        f"Can't create {self.__class__.__name__} on table '{parent.description}': no column named '{col}' "
                        "is present."
                    ) from ke
            else:
                out.append(col)
        return out

    def _set_parent_columns(self, parent):
        cols = self._col_expressions(parent)
        if not self._cols:
            once = {c.key: c for c in cols if c is not None and not isinstance(c, str)}
            self._set_cols(once.values())


class ColumnCollectionConstraint(ColumnCollectionMixin, Constraint):
    """Constraints over columns."""

    def __init__(
        self, *columns, name=None, deferrable=None, initially=None, info=None, _autoattach=True, _column_flag=False, **dialect_kw
    ):
        self._init_constraint(name=name, deferrable=deferrable, initially=initially, info=info, **dialect_kw)
        self._init_columns(*columns, _autoattach=_autoattach, _column_flag=_column_flag)

    def _set_parent(self, parent, **kw):
        # columns first: a missing one leaves the table as it was
        self._set_parent_columns(parent)
        Constraint._set_parent(self, parent)

    def __contains__(self, x):
        return x in self.columns

    def contains_column(self, col):
        """Is the Column part of it?"""
        return any(c is col for c in self._cols)

    def keys(self):
        return [c.key for c in self._cols]

    def __iter__(self):
        return iter(self._cols)

    def __len__(self):
        return len(self._cols)

    def _copy(self, *, target_table=None, **kw):
        kwargs = dict(self.dialect_kwargs)
        c = self.__class__(
            name=self.name,
            deferrable=self.deferrable,
            initially=self.initially,
            *[_copied_column(e, self.__dict__.get("parent"), target_table) for e in (self._cols or self._pending_colargs)],
            comment=self.comment,
            **kwargs,
        )
        return self._schema_item_copy(c)

    def __repr__(self):
        names = [repr(c) for c in self._cols]
        return f"{type(self).__name__}({', '.join(names)})"


def _copied_column(column, source, target):
    if target is None or isinstance(column, str):
        return column
    return target.c[column.key] if column.key in target.c else column.key


class CheckConstraint(ColumnCollectionConstraint):
    """CHECK."""

    __visit_name__ = "table_or_column_check_constraint"
    _allow_multiple_tables = True

    def __init__(
        self,
        sqltext,
        name=None,
        deferrable=None,
        initially=None,
        table=None,
        info=None,
        comment=None,
        _create_rule=None,
        _autoattach=True,
        _type_bound=False,
        **dialect_kw,
    ):
        from .defaults import _text

        self.sqltext = _text(sqltext)
        columns = _rs.columns_of(self.sqltext)
        self._init_constraint(
            name=name,
            deferrable=deferrable,
            initially=initially,
            info=info,
            comment=comment,
            _create_rule=_create_rule,
            _type_bound=_type_bound,
            **dialect_kw,
        )
        self._init_check(self.sqltext)
        self._init_columns(*columns, _autoattach=_autoattach)
        if table is not None:
            self._set_parent_with_dispatch(table)

    @property
    def is_column_level(self):
        """Was it given inside a Column?"""
        return not isinstance(self.__dict__.get("parent"), _rs.Table)

    def _rs_reinit(self):
        self._init_check(self.sqltext)

    def _set_parent(self, parent, **kw):
        if isinstance(parent, _rs.Table):
            ColumnCollectionConstraint._set_parent(self, parent)
        else:
            Constraint._set_parent(self, parent)

    def _copy(self, *, target_table=None, **kw):
        from .util import copy_expression

        sqltext = self.sqltext
        if target_table is not None:
            sqltext = copy_expression(sqltext, self.table, target_table)
        c = CheckConstraint(
            sqltext,
            name=self.name,
            initially=self.initially,
            deferrable=self.deferrable,
            comment=self.comment,
            _create_rule=self._create_rule,
            table=target_table,
            _autoattach=False,
            _type_bound=self._type_bound,
            **dict(self.dialect_kwargs),
        )
        return self._schema_item_copy(c)

    def __repr__(self):
        return f"CheckConstraint({self.sqltext!r})"


class UniqueConstraint(ColumnCollectionConstraint):
    """UNIQUE."""

    __visit_name__ = "unique_constraint"

    def __init__(
        self,
        *columns,
        name=None,
        deferrable=None,
        initially=None,
        info=None,
        comment=None,
        _autoattach=True,
        _column_flag=False,
        **dialect_kw,
    ):
        self._init_constraint(name=name, deferrable=deferrable, initially=initially, info=info, comment=comment, **dialect_kw)
        self._init_unique(bool(_column_flag))
        self._init_columns(*columns, _autoattach=_autoattach, _column_flag=_column_flag)

    def _rs_reinit(self):
        self._init_unique(bool(self._column_flag))


class PrimaryKeyConstraint(ColumnCollectionConstraint):
    """PRIMARY KEY; every table has one, maybe without columns."""

    __visit_name__ = "primary_key_constraint"

    def __init__(
        self,
        *columns,
        name=None,
        deferrable=None,
        initially=None,
        info=None,
        comment=None,
        _implicit_generated=False,
        **dialect_kw,
    ):
        self._implicit_generated = _implicit_generated
        self._init_constraint(name=name, deferrable=deferrable, initially=initially, info=info, comment=comment, **dialect_kw)
        self._init_primary_key(bool(_implicit_generated))
        self._init_columns(*columns)

    def _rs_reinit(self):
        self._init_primary_key(bool(self._implicit_generated))

    def _set_parent(self, table, **kw):
        ColumnCollectionConstraint._set_parent(self, table)
        if table.__dict__.get("_pk") is not self:
            table.constraints.discard(table.__dict__.get("_pk"))
            table.primary_key = self
            table.constraints.add(self)
        table_pks = [c for c in table.c if c.primary_key]
        if self._cols and table_pks and set(table_pks) != set(self._cols):
            specified = ", ".join(f"'{c.name}'" for c in table_pks)
            chosen = ", ".join(f"'{c.name}'" for c in self._cols)
            util.warn(
                f"Table '{table.name}' specifies columns {specified} as primary_key=True, not matching locally specified columns "
                f"{chosen}; setting the current primary key columns to {chosen}. This warning may become an exception in a "
                "future release"
            )
            table_pks[:] = []
        for c in self._cols:
            c.primary_key = True
            if c._user_defined_nullable is NULL_UNSPECIFIED:
                c.nullable = False
        added = [c for c in table_pks if not self.contains_column(c)]
        self._set_cols([*self._cols, *added])
        table._sync()

    def _reload(self, columns):
        """Take over the reflected primary key."""
        for col in columns:
            col.primary_key = True
        self._pending_colargs = list(columns)
        self._set_cols(columns)
        self._set_parent_with_dispatch(self.table)

    def _replace(self, col):
        self._change(col)
        # A name made from the columns follows them; an explicit constraint keeps the one it got.
        table = self.__dict__.get("parent")
        if self._implicit_generated and table is not None:
            from ..naming import name_constraint

            self.name = None
            name_constraint(self, table)

    def _change(self, col):
        if any(c.key == col.key for c in self._cols):
            self._set_cols([col if c.key == col.key else c for c in self._cols])
        else:
            self._set_cols([*self._cols, col])
        table = self.__dict__.get("parent")
        if table is not None:
            table._sync()

    # 0.5
    def append_column(self, column):
        self._replace(column)

    add = append_column
    replace = append_column

    def remove(self, column):
        self._set_cols([c for c in self._cols if c is not column])

    @property
    def columns_autoinc_first(self):
        autoinc = self._autoincrement_column
        if autoinc is not None:
            return [autoinc] + [c for c in self._cols if c is not autoinc]
        return list(self._cols)

    @property
    def _autoincrement_column(self):
        return self.table.autoincrement_column

    @property
    def _attached(self):
        return self.__dict__.get("parent") is not None
