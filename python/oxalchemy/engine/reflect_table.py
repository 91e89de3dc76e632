"""From the Inspector's answers to the parts of a Table."""

from .. import _rs, util
from ..sql import operators


def reflect_table(insp, table, include_columns, exclude_columns, resolve_fks, extend_on):
    """Fill ``table``."""
    if extend_on is not None:
        if table in extend_on:
            return
        extend_on.add(table)
    with insp._inspection_context() as insp:
        insp._prefetch_once(table.name, _translated(insp.bind, table.schema), resolve_fks)
        _Filler(insp, table, include_columns, exclude_columns, resolve_fks, extend_on).fill()


def _translated(bind, schema):
    """The schema after ``schema_translate_map``."""
    options = bind.get_execution_options() if hasattr(bind, "get_execution_options") else {}
    return (options.get("schema_translate_map") or {}).get(schema, schema)


#: Words of ``column_sorting`` to what they make of an index's element.
_SORTING = {
    "asc": operators.asc_op,
    "desc": operators.desc_op,
    "nulls_first": operators.nulls_first_op,
    "nulls_last": operators.nulls_last_op,
}


class _Filler:
    def __init__(self, insp, table, include_columns, exclude_columns, resolve_fks, extend_on):
        self.insp = insp
        self.table = table
        self.schema = _translated(insp.bind, table.schema)
        self.include = include_columns
        self.exclude = exclude_columns
        self.resolve_fks = resolve_fks
        self.extend_on = extend_on
        # options of the Table that say how to reflect it, and the tables that it refers to
        given = table.dialect_kwargs
        self.options = {name: given[name] for name in insp.dialect.reflection_options if name in given}
        # name in the database -> Column, which may have another key
        self.by_name = {}

    def fill(self):
        insp, table = self.insp, self.table
        name = table.name
        columns = insp.get_columns(name, self.schema)
        options = insp.get_table_options(name, self.schema)
        if options:
            table._take_options(options)
        for column in columns:
            self._column(column)
        self._primary_key(insp.get_pk_constraint(name, self.schema))
        for fk in insp.get_foreign_keys(name, self.schema, **self.options):
            self._foreign_key(fk)
        for index in insp.get_indexes(name, self.schema):
            self._index(index)
        try:
            uniques = insp.get_unique_constraints(name, self.schema)
        except NotImplementedError:
            uniques = []
        for unique in uniques:
            self._unique(unique)
        try:
            checks = insp.get_check_constraints(name, self.schema)
        except NotImplementedError:
            checks = []
        for check in checks:
            self._check(check)
        try:
            table.comment = insp.get_table_comment(name, self.schema).get("text")
        except NotImplementedError:
            pass

    def _column(self, found):
        from ..sql.expression import text
        from ..sql.schema import Column, Computed, DefaultClause, FetchedValue, Identity

        original = found["name"]
        _rs._fire_column_reflect(self.insp, self.table, found)
        name = found["name"]
        if (self.include and name not in self.include) or (self.exclude and name in self.exclude):
            return
        kw = {k: found[k] for k in ("nullable", "autoincrement", "quote", "info", "key", "comment") if k in found}
        kw.update(found.get("dialect_options") or {})
        args = []
        default = found.get("default")
        if default is not None and "computed" not in found:
            if isinstance(default, FetchedValue):
                args.append(default)
            elif isinstance(default, str):
                args.append(DefaultClause(text(default), _reflected=True))
            else:
                args.append(DefaultClause(default, _reflected=True))
        if "computed" in found:
            args.append(Computed(**found["computed"]))
        if "identity" in found:
            args.append(Identity(**found["identity"]))
        column = Column(name, found["type"], *args, **kw)
        if column.key in self.table.primary_key.keys():
            column.primary_key = True
        self.by_name[original] = column
        self.table.append_column(column, replace_existing=True)

    def _primary_key(self, found):
        if not found:
            return
        columns = [self.by_name[c] for c in found["constrained_columns"] if c in self.by_name and c not in self.exclude]
        pk = self.table.primary_key
        pk.name = found.get("name")
        if found.get("comment"):
            pk.comment = found["comment"]
        pk.dialect_kwargs.update(found.get("dialect_options") or {})
        pk._take_reflected(columns)

    def _key(self, name):
        return self.by_name[name].key if name in self.by_name else name

    def _foreign_key(self, found):
        from ..sql.schema import BLANK_SCHEMA, ForeignKeyConstraint, Table

        local = [self._key(c) for c in found["constrained_columns"]]
        if set(found["constrained_columns"]).intersection(self.exclude) or (self.include and set(local).difference(self.include)):
            return
        schema, target = found["referred_schema"], found["referred_table"]
        if self.resolve_fks:
            Table(
                target,
                self.table.metadata,
                schema=schema if schema is not None else BLANK_SCHEMA,
                autoload_with=self.insp,
                _extend_on=self.extend_on,
                **self.options,
            )
        options = dict(found.get("options") or {})
        self.table.append_constraint(
            ForeignKeyConstraint(
                local,
                [(schema, target, c) for c in found["referred_columns"]],
                found["name"],
                link_to_name=True,
                comment=found.get("comment"),
                **options,
            )
        )

    def _index(self, found):
        from ..sql.expression import text
        from ..sql.schema import Index

        name, names = found["name"], found["column_names"]
        if found.get("duplicates_constraint"):
            return
        if self.include and not set(n for n in names if n is not None).issubset(self.include):
            util.warn(f"Omitting index key for ({', '.join(str(n) for n in names)}), key covers omitted columns.")
            return
        expressions = []
        for n, e in zip(names, found.get("expressions") or names, strict=False):
            column = self.by_name.get(n) if n is not None else None
            if column is None and n is not None:
                column = self.table.c.get(n)
            if n is not None and column is None:
                util.warn(f"index key '{n}' was not located in columns for table '{self.table.name}'")
                return
            element = column if column is not None else text(e)
            for word in (found.get("column_sorting") or {}).get(n, ()):
                element = _SORTING[word](element)
            expressions.append(element)
        Index(name, *expressions, _table=self.table, unique=bool(found["unique"]), **(found.get("dialect_options") or {}))

    def _check(self, found):
        from ..sql.schema import CheckConstraint

        options = found.pop("dialect_options", {})
        if options.get("not_valid"):
            found[f"{self.insp.dialect.name}_not_valid"] = True
        self.table.append_constraint(CheckConstraint(**found))

    def _unique(self, found):
        from ..sql.schema import UniqueConstraint

        names = found["column_names"]
        if found.get("duplicates_index"):
            return
        if self.include and not set(names).issubset(self.include):
            util.warn(f"Omitting unique constraint key for ({', '.join(names)}), key covers omitted columns.")
            return
        columns = []
        for n in names:
            column = self.by_name.get(n) if n in self.by_name else self.table.c.get(n)
            if column is None:
                util.warn(f"unique constraint key '{n}' was not located in columns for table '{self.table.name}'")
                continue
            columns.append(column)
        self.table.append_constraint(
            UniqueConstraint(*columns, name=found["name"], comment=found.get("comment"), **(found.get("dialect_options") or {}))
        )
