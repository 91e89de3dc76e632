"""``ForeignKey`` and ``ForeignKeyConstraint``."""

import typing

from ... import _rs, exc, util
from ..dialect_kw import DialectKWArgs
from .base import BLANK_SCHEMA, RETAIN_SCHEMA, SchemaItem, _get_table_key
from .constraint import ColumnCollectionConstraint


class ForeignKeyTarget(typing.NamedTuple):
    """Schema, table and column that a ForeignKey names (2.1); unlike the dotted text, names may hold dots."""

    schema: str | None
    table_name: str
    column_name: str | None

    def _problem(self):
        """Why the dotted text would be ambiguous, ``None`` when it is not."""
        if self.table_name is None:
            return (
                "the target has no table name; a ForeignKey to a Column which is not yet associated with a Table has no names to "
                "render until that Column is attached"
            )
        if "." in self.table_name:
            return (
                f"the table name {self.table_name!r} contains a dot, which can't be told apart from the separator between a "
                "schema name and a table name"
            )
        if self.column_name is not None and "." in self.column_name:
            return (
                f"the column name {self.column_name!r} contains a dot, which can't be told apart from the separator between a "
                "table name and a column name"
            )
        if self.schema is not None and self.column_name is None:
            return (
                f"a schema name {self.schema!r} is present with no column name, so the schema name can't be told apart from a "
                "table name"
            )
        return None

    def _text(self):
        problem = self._problem()
        if problem is not None:
            raise exc.InvalidRequestError(
                f"Can't render a single string representation for foreign key target (schema={self.schema!r}, "
                f"table_name={self.table_name!r}, column_name={self.column_name!r}); {problem}.  Use ForeignKey.target_tokens to "
                "receive the schema, table and column names individually."
            )
        return ".".join(p for p in self if p is not None)


def _target_of(tokens):
    """The target a tuple of names stands for."""
    if len(tokens) not in (2, 3):
        raise exc.ArgumentError(
            "ForeignKey target given as a tuple must have two tokens (table_name, column_name) or three tokens (schema, "
            f"table_name, column_name); got {len(tokens)}"
        )
    target = ForeignKeyTarget(*tokens) if len(tokens) == 3 else ForeignKeyTarget(None, *tokens)
    if not target.table_name:
        raise exc.ArgumentError("ForeignKey target table_name must be a non-empty string")
    return target


class ForeignKey(DialectKWArgs, SchemaItem, _rs.ForeignKey):
    """A reference from one column to another."""

    __visit_name__ = "foreign_key"
    parent = None
    constraint = None
    _unresolvable = False

    def __init__(
        self,
        column,
        constraint=None,
        use_alter=False,
        name=None,
        onupdate=None,
        ondelete=None,
        deferrable=None,
        initially=None,
        link_to_name=False,
        match=None,
        info=None,
        comment=None,
        _unresolvable=False,
        _constraint=None,
        **dialect_kw,
    ):
        if hasattr(column, "__clause_element__"):
            column = column.__clause_element__()
        if isinstance(column, tuple):
            target = _target_of(column)
            column = target._text() if target._problem() is None else target
        if isinstance(column, _rs.ColumnClause) and not isinstance(column, _rs.Column):
            # column("x") and table("t", …).c.x are names
            table = getattr(column, "table", None)
            column = column.name if table is None else f"{table.fullname}.{column.name}"
        if isinstance(column, (str, ForeignKeyTarget)):
            self._colspec = column
            self._init_target()
        elif isinstance(column, _rs.ColumnClause):
            table = getattr(column, "table", None)
            if table is not None and not isinstance(table, _rs.TableClause):
                raise exc.ArgumentError(
                    f"ForeignKey target Column {column!r} is associated with {table!r}, which is not a Table; a foreign key may "
                    "only target a Column of a Table"
                )
            self._colspec = column
            self._init_target()
        else:
            raise exc.ArgumentError(
                f"String column name or Column object for DDL foreign key constraint expected, got {column!r}."
            )
        self._set_link_to_name(bool(link_to_name))
        self.constraint = constraint if constraint is not None else _constraint
        self.use_alter = use_alter
        self.name = name
        self.onupdate = onupdate
        self.ondelete = ondelete
        self.deferrable = deferrable
        self.initially = initially
        self.link_to_name = link_to_name
        self.match = match
        self.comment = comment
        self._unresolvable = _unresolvable
        util.set_creation_order(self)
        if info:
            self.info = info
        self._unvalidated_dialect_kw = dialect_kw

    def copy(self, *, schema=None, **kw):
        """A copy that belongs to no column."""
        return self._copy(schema=schema, **kw)

    def _copy(self, *, schema=None, **kw):
        fk = ForeignKey(
            self._get_colspec(schema=schema) if not self._unresolvable else self._colspec,
            use_alter=self.use_alter,
            name=self.name,
            onupdate=self.onupdate,
            ondelete=self.ondelete,
            deferrable=self.deferrable,
            initially=self.initially,
            link_to_name=self.link_to_name,
            match=self.match,
            comment=self.comment,
            **self._unvalidated_dialect_kw,
        )
        return self._schema_item_copy(fk)

    def _init_target(self):
        """Hand the target to Rust."""
        spec = self._colspec
        if isinstance(spec, ForeignKeyTarget):
            self._init(None, None, tuple(spec))
        elif isinstance(spec, str):
            self._init(spec, None, None)
        else:
            self._init(None, spec, None)

    def _get_colspec(self, schema=None, table_name=None, _is_copy=False):
        """The target as text or names, in another schema or table."""
        if schema in (None, RETAIN_SCHEMA) and table_name is None:
            if isinstance(self._colspec, (str, ForeignKeyTarget)):
                return self._colspec
            if _is_copy and getattr(self._colspec, "table", None) is None:
                raise exc.InvalidRequestError(
                    f"Can't copy ForeignKey object which refers to non-table bound Column {self._colspec!r}"
                )
        target = self.target_tokens
        if table_name is not None:
            target = target._replace(table_name=table_name)
        if schema is BLANK_SCHEMA:
            target = target._replace(schema=None)
        elif schema not in (None, RETAIN_SCHEMA):
            target = target._replace(schema=schema)
        return target._text() if target._problem() is None else target

    @property
    def target_tokens(self):
        """Schema, table and column as a :class:`.ForeignKeyTarget`."""
        spec = self._colspec
        if isinstance(spec, ForeignKeyTarget):
            return spec
        if isinstance(spec, str):
            parts = spec.split(".")
            column = parts.pop() if len(parts) > 1 else None
            table = parts.pop()
            return ForeignKeyTarget(".".join(parts) if parts else None, table, column)
        table = getattr(spec, "table", None)
        if table is None:
            return ForeignKeyTarget(None, None, spec.key)
        return ForeignKeyTarget(getattr(table, "schema", None), table.name, spec.key)

    _column_tokens = target_tokens

    @property
    def target_fullname(self):
        """``"table.column"`` of the target."""
        return self.target_tokens._text()

    @property
    def target_table_key(self):
        """Key of the target table in ``MetaData.tables``."""
        return self._table_key()

    @property
    def target_column(self):
        """The Column given as target, ``None`` when it was named."""
        return self._colspec if isinstance(self._colspec, _rs.ColumnClause) else None

    def _table_key(self):
        if isinstance(self._colspec, _rs.ColumnClause):
            table = getattr(self._colspec, "table", None)
            return table.key if table is not None else None
        return self._target_table_key()

    @property
    def column(self):
        """The Column referred to."""
        if isinstance(self._colspec, _rs.ColumnClause):
            return self._colspec
        return self._column()

    def references(self, table):
        """Does it refer to ``table``?"""
        return table.corresponding_column(self.column) is not None

    def get_referent(self, table):
        """The column of ``table`` (a table or an alias) that stands for the one referred to."""
        return table.columns.corresponding_column(self.column)

    def _column_is(self, column):
        return self._colspec is column

    def _set_parent(self, column, **kw):
        if self.parent is not None and self.parent is not column:
            raise exc.InvalidRequestError("This ForeignKey already has a parent !")
        self.parent = column
        self._attach(column)
        column.foreign_keys.add(self)
        column._add_foreign_key(self)
        column._on_table_attach(self._set_table)

    def _set_table(self, column, table):
        if self.constraint is None:
            constraint = ForeignKeyConstraint(
                [],
                [],
                use_alter=self.use_alter,
                name=self.name,
                onupdate=self.onupdate,
                ondelete=self.ondelete,
                deferrable=self.deferrable,
                initially=self.initially,
                match=self.match,
                comment=self.comment,
                link_to_name=self.link_to_name,
                **self._unvalidated_dialect_kw,
            )
            constraint._explicit = False
            self.constraint = constraint
            constraint._append_element(column, self)
            constraint._set_parent_with_dispatch(table)
        table.foreign_keys.add(self)

    def __reduce__(self):
        return _rebuild_fk, (type(self),), dict(self.__dict__)

    def __setstate__(self, state):
        self.__dict__.update(state)
        self._init_target()
        self._set_link_to_name(bool(state["link_to_name"]))

    def __repr__(self):
        return f"ForeignKey({self._get_colspec()!r})"


def _rebuild_fk(cls):
    return cls.__new__(cls)


class ForeignKeyConstraint(ColumnCollectionConstraint):
    """FOREIGN KEY of a table."""

    __visit_name__ = "foreign_key_constraint"
    _explicit = True

    def __init__(
        self,
        columns,
        refcolumns,
        name=None,
        onupdate=None,
        ondelete=None,
        deferrable=None,
        initially=None,
        use_alter=False,
        link_to_name=False,
        match=None,
        table=None,
        info=None,
        comment=None,
        **dialect_kw,
    ):
        self._init_constraint(name=name, deferrable=deferrable, initially=initially, info=info, comment=comment, **dialect_kw)
        self.onupdate = onupdate
        self.ondelete = ondelete
        self.link_to_name = link_to_name
        self.use_alter = use_alter
        self.match = match
        columns = list(columns)
        refcolumns = list(refcolumns)
        if len(columns) != len(refcolumns):
            raise exc.ArgumentError(
                "ForeignKeyConstraint number of constrained columns must match the number of referenced columns."
            )
        self.elements = [
            ForeignKey(
                refcol,
                _constraint=self,
                onupdate=onupdate,
                ondelete=ondelete,
                use_alter=use_alter,
                link_to_name=link_to_name,
                match=match,
                deferrable=deferrable,
                initially=initially,
                name=name,
                **dialect_kw,
            )
            for refcol in refcolumns
        ]
        self._init_foreign_key(onupdate, ondelete, match, bool(use_alter), bool(link_to_name))
        self._push_elements()
        self._init_columns(*columns)
        if table is not None:
            assert hasattr(self, "_rs_attach") or True
            self._set_parent_with_dispatch(table)

    def _push_elements(self):
        self._set_elements(list(self.elements))

    def _append_element(self, column, fk):
        self._append_column(column)
        self.elements.append(fk)
        self._push_elements()

    def append_element(self, column, refcolumn):
        """Add a pair of columns (0.5)."""
        fk = ForeignKey(refcolumn, _constraint=self, link_to_name=self.link_to_name)
        table = self.__dict__.get("parent")
        if table is not None and isinstance(column, str):
            column = table.c[column]
        self._append_element(column, fk)
        if table is not None:
            fk._set_parent_with_dispatch(column)

    @property
    def _elements(self):
        return dict(zip(self.column_keys, self.elements))

    @property
    def _referred_schema(self):
        for elem in self.elements:
            return elem._column_tokens[0]
        return None

    @property
    def referred_table(self):
        """The Table referred to."""
        return self.elements[0].column.table

    @property
    def column_keys(self):
        """Keys of the local columns."""
        if "parent" in self.__dict__:
            return [c.key for c in self._cols]
        return [c if isinstance(c, str) else c.key for c in self._pending_colargs]

    @property
    def _col_description(self):
        return ", ".join(self.column_keys)

    def _set_parent_columns(self, parent):
        # One local column may refer to several others.
        if not self._cols:
            self._set_cols(self._col_expressions(parent))

    def _validate_dest_table(self, table):
        keys = {e._table_key() for e in self.elements}
        if None not in keys and len(keys) > 1:
            elem0, elem1 = sorted(keys)[0:2]
            raise exc.ArgumentError(
                f"ForeignKeyConstraint on {table.fullname}({self._col_description}) refers to multiple remote tables: "
                f"{elem0} and {elem1}"
            )

    def _set_parent(self, table, **kw):
        ColumnCollectionConstraint._set_parent(self, table)
        for col, fk in zip(self._cols, self.elements):
            if fk.parent is not col:
                fk._set_parent_with_dispatch(col)
        self._validate_dest_table(table)

    def _copy(self, *, schema=None, target_table=None, **kw):
        source = self.parent
        keep = source is not None and target_table is not None
        fkc = ForeignKeyConstraint(
            self.keys() if self._attached else list(self.column_keys),
            [
                x._get_colspec(
                    schema=schema,
                    table_name=(
                        target_table.name if keep and isinstance(x._table_key(), str) and x._table_key() == source.key else None
                    ),
                    _is_copy=True,
                )
                for x in self.elements
            ],
            name=self.name,
            onupdate=self.onupdate,
            ondelete=self.ondelete,
            use_alter=self.use_alter,
            deferrable=self.deferrable,
            initially=self.initially,
            link_to_name=self.link_to_name,
            match=self.match,
            comment=self.comment,
            **dict(self.dialect_kwargs),
        )
        for mine, other in zip(self.elements, fkc.elements):
            mine._schema_item_copy(other)
        return self._schema_item_copy(fkc)

    def _rs_reinit(self):
        self._init_foreign_key(self.onupdate, self.ondelete, self.match, bool(self.use_alter), bool(self.link_to_name))
        self._push_elements()

    def __repr__(self):
        where = f", table={self.parent!r}" if self._attached else ""
        return f"ForeignKeyConstraint({self.columns!r}, None{where})"


__all__ = ["ForeignKey", "ForeignKeyConstraint", "_get_table_key"]
