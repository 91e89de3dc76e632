"""``ForeignKey`` and ``ForeignKeyConstraint``."""

from typing import NamedTuple

from ... import _rs, exc, util
from ..dialect_kw import DialectKWArgs
from .base import BLANK_SCHEMA, RETAIN_SCHEMA, SchemaItem, _get_table_key
from .constraint import ColumnCollectionConstraint


class ForeignKeyTarget(NamedTuple):
    """What a foreign key refers to, name by name. Since 2.1."""

    schema: str | None
    table_name: str
    column_name: str | None


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
        if isinstance(column, str):
            self._colspec = column
            self._init(column, None, bool(link_to_name))
        elif isinstance(column, _rs.ColumnClause):
            table = getattr(column, "table", None)
            if table is not None and not hasattr(table, "primary_key"):
                raise exc.ArgumentError(f"ForeignKey received Column not bound to a Table, got: {table!r}")
            self._colspec = column
            self._init(None, column, bool(link_to_name))
        else:
            raise exc.ArgumentError(
                f"String column name or Column object for DDL foreign key constraint expected, got {column!r}."
            )
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

    def _get_colspec(self, schema=None, table_name=None, _is_copy=False):
        if schema not in (None, RETAIN_SCHEMA):
            _schema, tname, colname = self._column_tokens
            if table_name is not None:
                tname = table_name
            if schema is BLANK_SCHEMA:
                return ".".join(p for p in (tname, colname) if p is not None)
            return ".".join(p for p in (schema, tname, colname) if p is not None)
        if table_name:
            _schema, tname, colname = self._column_tokens
            return ".".join(p for p in (_schema, table_name, colname) if p is not None)
        if not isinstance(self._colspec, str):
            c = self._colspec
            table = getattr(c, "table", None)
            if table is None:
                if _is_copy:
                    raise exc.InvalidRequestError(
                        f"Can't copy ForeignKey object which refers to non-table bound Column {c!r}"
                    )
                return c.key
            return f"{table.fullname}.{c.key}"
        return self._colspec

    @property
    def _column_tokens(self):
        parts = self._get_colspec().split(".")
        column = parts.pop() if len(parts) > 1 else None
        table = parts.pop()
        return (".".join(parts) if parts else None), table, column

    @property
    def target_fullname(self):
        """``"table.column"`` of the target."""
        return self._get_colspec()

    @property
    def target_tokens(self):
        """The target as a :class:`ForeignKeyTarget`. Since 2.1."""
        return ForeignKeyTarget(*self._column_tokens)

    @property
    def target_table_key(self):
        return self._table_key()

    def _table_key(self):
        if not isinstance(self._colspec, str):
            table = getattr(self._colspec, "table", None)
            return table.key if table is not None else None
        return self._target_table_key()

    @property
    def column(self):
        """The Column referred to."""
        if not isinstance(self._colspec, str):
            return self._colspec
        return self._column()

    target_column = column

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
        spec = state["_colspec"]
        if isinstance(spec, str):
            self._init(spec, None, bool(state["link_to_name"]))
        else:
            self._init(None, spec, bool(state["link_to_name"]))

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
        self._init_constraint(
            name=name, deferrable=deferrable, initially=initially, info=info, comment=comment, **dialect_kw
        )
        self.onupdate = onupdate
        self.ondelete = ondelete
        self.link_to_name = link_to_name
        self.use_alter = use_alter
        self.match = match
        columns = list(columns)
        refcolumns = list(refcolumns)
        if len(set(columns)) != len(refcolumns):
            if len(set(columns)) != len(columns):
                raise exc.ArgumentError(
                    "ForeignKeyConstraint with duplicate source column references are not supported."
                )
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
            return self.keys()
        return [c if isinstance(c, str) else c.key for c in self._pending_colargs]

    @property
    def _col_description(self):
        return ", ".join(self.column_keys)

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
                        target_table.name
                        if keep and isinstance(x._table_key(), str) and x._table_key() == source.key
                        else None
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
