"""From what was scanned to a Table and a mapper."""

from __future__ import annotations

from oxalchemy import exc
from oxalchemy.orm.decl_names import mapped_class, set_raw
from oxalchemy.orm.mapped_column import MappedColumn


class TableAndMapper:
    """The half of a declaration that makes the Table and the mapper."""

    def warn_repeated_columns(self):
        """One Column object under several names is mapped under all of them, surely by mistake."""
        for column, names in self.names_of.items():
            if len(names) > 1 and self.table is None:
                from oxalchemy.util import warn

                warn(
                    f"On class {self.cls.__name__!r}, Column object {str(column)!r} named directly multiple times, only "
                    f"one will be "
                    f"used: {', '.join(sorted(names))}. Consider using orm.synonym instead"
                )

    def make_table(self):
        self.warn_repeated_columns()
        columns = [c for _, c in sorted(self.columns, key=lambda pair: pair[0])]
        if self.table is None and self.tablename is not None:
            self.table = self.declared_table(columns)
            if self.table is not None:
                set_raw(self.cls, "__table__", self.table)
        elif self.table is not None:
            for column in columns:
                if not self.table.c.contains_column(column):
                    raise exc.ArgumentError(f"Can't add additional column {column.key!r} when specifying __table__")
            return
        if self.table is None:
            self.share_table(columns)

    def table_arguments(self):
        args, kw = (), {}
        if isinstance(self.table_args, dict):
            kw = dict(self.table_args)
        elif self.table_args:
            if isinstance(self.table_args[-1], dict):
                args, kw = tuple(self.table_args[:-1]), dict(self.table_args[-1])
            else:
                args = tuple(self.table_args)
        autoload_with = getattr(self.cls, "__autoload_with__", None)
        if autoload_with is not None:
            kw["autoload_with"] = autoload_with
        elif getattr(self.cls, "__autoload__", False):
            kw["autoload"] = True
        return args, kw

    def declared_table(self, columns):
        """The Table of `__tablename__`; `__table_cls__` may decline to make one."""
        from oxalchemy import Table

        args, kw = self.table_arguments()
        factory = getattr(self.cls, "__table_cls__", Table)
        return factory(self.tablename, self._metadata(), *columns, *args, **kw)

    def share_table(self, columns):
        """Single-table inheritance: the columns go into the parent's table."""
        cls = self.cls
        if self.inherits is None:
            raise exc.InvalidRequestError(
                f"Class {cls!r} does not have a __table__ or __tablename__ specified and does not inherit from an existing "
                "table-mapped class."
            )
        parent = mapped_class(self.inherits)
        table = parent.local_table if parent is not None else self.inherits._sa_decl_config.inherited_table()
        if self.table_args:
            raise exc.ArgumentError("Can't place __table_args__ on an inherited class with no table.")
        for column in columns:
            if table.c.contains_column(column):
                continue
            if column.name in table.c:
                raise exc.ArgumentError(
                    f"Column '{column.key}' on class {cls.__name__} conflicts with existing column "
                    f"'{table.c[column.name]}'.  If using Declarative, consider using the use_existing_column parameter of "
                    "mapped_column() to resolve conflicts."
                )
            if column.primary_key:
                raise exc.ArgumentError("Can't place primary key columns on an inherited class with no table.")
            table.append_column(column)
            if not any(column is u for u in self.unmapped):
                self.properties.setdefault(column.key, column)

    def inherited_table(self):
        """The table of a class that waits to be mapped, or of the class above it."""
        if self.table is not None:
            return self.table
        parent = mapped_class(self.inherits)
        return parent.local_table if parent is not None else self.inherits._sa_decl_config.inherited_table()

    def _metadata(self):
        from oxalchemy import MetaData

        # the name may be that of a column
        metadata = getattr(self.cls, "metadata", None)
        return metadata if isinstance(metadata, MetaData) else self.registry.metadata

    def mapper_arguments(self):
        """`__mapper_args__` is asked when the class has its table."""
        cls = self.cls
        args = dict(self._special("__mapper_args__") or {})
        args.update(self.mapper_kw)
        table = cls.__dict__.get("__table__", self.table)
        for key in ("polymorphic_on", "version_id_col"):
            if isinstance(args.get(key), MappedColumn):
                args[key] = args[key].column
            elif isinstance(args.get(key), str) and key == "polymorphic_on" and args[key] not in self.properties:
                column = table.c.get(args[key]) if table is not None else None
                args[key] = column if column is not None else args[key]
        if "primary_key" in args:
            args["primary_key"] = [c.column if isinstance(c, MappedColumn) else c for c in _listed(args["primary_key"])]
        for key in ("exclude_properties", "include_properties"):
            if key in args:
                args[key] = [c.column if isinstance(c, MappedColumn) else c for c in args[key]]
        return args

    def map(self):
        cls, args = self.cls, self.mapper_arguments()
        given = dict(args.pop("properties", {}))
        table = cls.__dict__.get("__table__", self.table)
        if self.inherits is not None and "inherits" not in args:
            args["inherits"] = self.inherits
        if self.unmapped and "include_properties" not in args:
            args["exclude_properties"] = [*(args.get("exclude_properties", ()) or ()), *self.unmapped]
        if self.inherits is not None and not args.get("concrete") and table is None:
            # Single-table inheritance: columns of sisters are not this class's.
            known = {id(c) for _, c in self.columns} | {id(c) for c in self.properties.values()}
            parent = mapped_class(self.inherits)
            exclude = set(args.get("exclude_properties", ()) or ())
            exclude |= {c.key for c in parent.local_table.c if id(c) not in known and not any(c is p for p in parent.columns)}
            if exclude and "include_properties" not in args:
                args["exclude_properties"] = exclude
        factory = args.pop("__mapper_cls__", None) or getattr(cls, "__mapper_cls__", None)
        mapper = self.registry._map(cls, table, properties={**self.properties, **given}, factory=factory, **args)
        set_raw(cls, "__mapper__", mapper)
        return mapper


def _listed(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]
