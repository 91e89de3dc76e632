"""``Column``."""

from ... import _rs, exc, util
from ..dialect_kw import DialectKWArgs
from ..elements import ColumnClause
from ..type_api import to_instance
from .base import NO_ARG, NULL_UNSPECIFIED, SchemaEventTarget, SchemaItem, dialect_options_of
from .defaults import ColumnDefault, Computed, DefaultClause, FetchedValue, Identity, Sequence, _is_clause

_NAMED = (
    ("key", lambda c: c.key != c.name),
    ("primary_key", lambda c: c.primary_key),
    ("nullable", lambda c: not c.nullable),
    ("onupdate", lambda c: c.onupdate),
    ("default", lambda c: c.default),
    ("server_default", lambda c: c.server_default),
    ("comment", lambda c: c.comment),
)


class Column(DialectKWArgs, SchemaItem, _rs.Column, ColumnClause):
    """A column of a table."""

    __visit_name__ = "column"
    inherit_cache = True
    _insert_sentinel = False
    _omit_from_statements = False
    _is_multiparam_column = False
    computed = None
    identity = None
    # What the column of a subquery or alias, which is made without __init__, has of these.
    constraints = frozenset()
    index = unique = doc = None
    _attach_hooks = ()
    _user_defined_nullable = NULL_UNSPECIFIED

    def __init__(
        self,
        __name_pos=None,
        __type_pos=None,
        *args,
        name=None,
        type_=None,
        autoincrement="auto",
        default=NO_ARG,
        insert_default=NO_ARG,
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
        from ..elements import quoted_name

        positional = [__name_pos, __type_pos, *args]
        if positional[0] is not None and isinstance(positional[0], str):
            if name is not None:
                raise exc.ArgumentError("May not pass name positionally and as a keyword.")
            name = positional.pop(0)
        elif positional[0] is None:
            positional.pop(0)
        if positional and hasattr(positional[0], "_is_type_decorator"):
            if type_ is not None:
                raise exc.ArgumentError("May not pass type_ positionally and as a keyword.")
            type_ = positional.pop(0)
        elif positional and positional[0] is None:
            positional.pop(0)
        args = [a for a in positional if a is not None]
        if name is not None:
            name = quoted_name(name, quote)
        elif quote is not None:
            raise exc.ArgumentError("Explicit 'name' is required when sending 'quote' argument")
        if insert_default is not NO_ARG and default is not NO_ARG:
            raise exc.ArgumentError("The 'default' and 'insert_default' parameters of Column are mutually exclusive")
        type_ = to_instance(type_)
        self._init(name, type_, key if key is not None else (name if name is not None else None))
        self.primary_key = bool(primary_key)
        self._insert_sentinel = insert_sentinel
        self._omit_from_statements = _omit_from_statements
        self._user_defined_nullable = udn = nullable
        if udn is not NULL_UNSPECIFIED:
            self.nullable = udn
        else:
            self.nullable = not primary_key
        self.index = index
        self.unique = unique
        self.system = bool(system)
        self.doc = doc
        self.autoincrement = autoincrement
        self.constraints = set()
        self.__dict__["_fks"] = set()
        self.comment = comment
        self._attach_hooks = ()
        self._type_events(type_)

        explicit = insert_default if insert_default is not NO_ARG else default
        l_args = []
        if explicit is not NO_ARG and explicit is not None:
            l_args.append(explicit if isinstance(explicit, (ColumnDefault, Sequence)) else ColumnDefault(explicit))
        if onupdate is not None:
            if isinstance(onupdate, (ColumnDefault, Sequence)):
                l_args.append(onupdate)
            else:
                l_args.append(ColumnDefault(onupdate, for_update=True))
        if server_default is not None:
            if isinstance(server_default, FetchedValue):
                l_args.append(server_default._as_for_update(False))
            else:
                l_args.append(DefaultClause(server_default))
        if server_onupdate is not None:
            if isinstance(server_onupdate, FetchedValue):
                l_args.append(server_onupdate._as_for_update(True))
            else:
                l_args.append(DefaultClause(server_onupdate, for_update=True))
        self._validate_dialect_kwargs(dialect_kwargs)
        if dialect_kwargs:
            self._set_dialect_options(dialect_options_of(self))
        util.set_creation_order(self)
        # A server default is there before an Identity that refuses it; a client default replaces a Sequence.
        self._init_items(*[a for a in l_args if a.is_server_default])
        self._init_items(*args)
        self._init_items(*[a for a in l_args if not a.is_server_default])
        if info is not None:
            self.info = info

    # -- generated values -------------------------------------------------
    def _generator(slot):
        attr = f"_gen_{slot}"

        def get(self):
            return self.__dict__.get(attr)

        def put(self, value):
            if value is not None and not hasattr(value, "_kind"):
                if slot.startswith("server"):
                    value = DefaultClause(value, for_update=slot == "server_onupdate")
                else:
                    value = ColumnDefault(value, for_update=slot == "onupdate")
                value.column = self
            self.__dict__[attr] = value
            _push_generator(self, slot, value)

        return property(get, put)

    default = _generator("default")
    onupdate = _generator("onupdate")
    server_default = _generator("server_default")
    server_onupdate = _generator("server_onupdate")
    del _generator

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
        found = self.__dict__.get("_fks")
        if found is None:
            from .foreign_key import ForeignKey

            found = self.__dict__["_fks"] = set()
            for target in self._foreign_key_targets():
                fk = ForeignKey(target)
                fk.parent = self
                found.add(fk)
        return found

    @foreign_keys.setter
    def foreign_keys(self, value):
        self.__dict__["_fks"] = value

    @property
    def foreign_key(self):
        """The first ForeignKey, or ``None`` (0.5)."""
        return next(iter(self.foreign_keys), None)

    def append_foreign_key(self, fk):
        fk._set_parent_with_dispatch(self)

    def references(self, column):
        """Does a foreign key of this column refer to ``column``?"""
        return any(fk.column.shares_lineage(column) for fk in self.foreign_keys)

    def _on_table_attach(self, fn):
        table = self.__dict__.get("table")
        if table is not None:
            fn(self, table)
        else:
            self._attach_hooks = [*self._attach_hooks, fn]

    def get_children(self, **kw):
        return [x for x in (self.default, self.onupdate) if x is not None] + list(self.foreign_keys) + list(self.constraints)

    def _type_events(self, type_):
        for t in (type_, *type_._variant_mapping.values()):
            if isinstance(t, SchemaEventTarget):
                t._set_parent_with_dispatch(self)

    def _set_type(self, type_):
        self.type = type_
        self._type_events(type_)

    def _set_parent(self, table, *, replace_existing=False, all_names=None, index=None, allow_replacements=None, **kw):
        from .constraint import UniqueConstraint
        from .index import Index

        if not self.name:
            raise exc.ArgumentError(
                "Column must be constructed with a non-blank name or assign a non-blank .name before adding to a Table."
            )
        if self.key is None:
            self.key = self.name
        existing = self.__dict__.get("table")
        if existing is not None and existing is not table:
            raise exc.ArgumentError(f"Column object '{self.key}' already assigned to Table '{existing.description}'")
        found = conflicts_on = extra_remove = None
        if self.key in table.c:
            found = table.c[self.key]
            conflicts_on = "name" if self.key == self.name else "key"
        elif self.name in table._columns_by_name():
            found = table._columns_by_name()[self.name]
            conflicts_on = "name"
            extra_remove = found if found is not self else None
        if found is not None:
            if found is not self:
                if not replace_existing:
                    extra = (
                        " Specify replace_existing=True to Table.append_column() or Table.insert_column() to replace an "
                        "existing column."
                        if allow_replacements
                        else ""
                    )
                    conflict = self.key if conflicts_on == "key" else self.name
                    raise exc.DuplicateColumnError(
                        f"A column with {conflicts_on} '{conflict}' is already present in table '{table.name}'.{extra}"
                    )
                for fk in found.foreign_keys:
                    table.foreign_keys.discard(fk)
                    if fk.constraint in table.constraints:
                        table.constraints.discard(fk.constraint)
                        table._sync()
            if extra_remove is not None and found.key != self.key:
                if found.key != found.name and self.key == self.name:
                    util.warn(
                        f'Column with user-specified key "{found.key}" is being replaced with plain named column '
                        f'"{self.name}", key "{found.key}" is being removed.  If this is a reflection operation, specify '
                        "autoload_replace=False to prevent this replacement."
                    )
                table._remove_column(found.key)
        table._put_column(self, found.key if found is not None and found is not self else None, index)
        # Names made from the columns of a key need to know the table.
        self.table = table
        if self.primary_key:
            table.primary_key._replace(self)
        elif self.key in table.primary_key._column_keys():
            raise exc.ArgumentError(
                f"Trying to redefine primary-key column '{self.key}' as a non-primary-key column on table '{table.fullname}'"
            )
        if self._insert_sentinel:
            if table._sentinel_column is not None and table._sentinel_column is not self:
                raise exc.ArgumentError("a Table may have only one explicit sentinel column")
            table._sentinel_column = self
        if self.index:
            if isinstance(self.index, str):
                raise exc.ArgumentError(
                    "The 'index' keyword argument on Column is boolean only. To create indexes with a specific name, create an "
                    "explicit Index object external to the Table."
                )
            table.append_constraint(Index(None, self.key, unique=bool(self.unique), _column_flag=True))
        elif self.unique:
            if isinstance(self.unique, str):
                raise exc.ArgumentError(
                    "The 'unique' keyword argument on Column is boolean only. To create unique constraints or indexes with a "
                    "specific name, append an explicit UniqueConstraint to the Table's list of elements, or create an explicit "
                    "Index object external to the Table."
                )
            table.append_constraint(UniqueConstraint(self.key, _column_flag=True))
        if self.identity and (isinstance(self.default, Sequence) or isinstance(self.onupdate, Sequence)):
            raise exc.ArgumentError("An column cannot specify both Identity and Sequence.")

    def _after_attach(self, table):
        hooks, self._attach_hooks = self._attach_hooks, ()
        for fn in hooks:
            fn(self, table)

    # -- copying ----------------------------------------------------------
    def copy(self, **kw):
        """A copy that belongs to no table."""
        return self._copy(**kw)

    def _copy(self, **kw):
        args = [c._copy(**kw) for c in self.constraints if not c._type_bound]
        args += [c._copy(**kw) for c in self.foreign_keys if c.constraint is None]
        server_default = self.server_default
        server_onupdate = self.server_onupdate
        if isinstance(server_default, (Computed, Identity)):
            args.append(server_default._copy(**kw))
            server_default = server_onupdate = None
        type_ = self.type
        if isinstance(type_, SchemaEventTarget):
            type_ = type_.copy(**kw)
        opts = {f"{d}_{o}": v for d, o, v in dialect_options_of(self)} if "dialect_options" in self.__dict__ else {}
        c = self._constructor(
            name=self.name,
            type_=type_,
            key=self.key if self.key != self.name else None,
            primary_key=self.primary_key,
            unique=self.unique,
            system=self.system,
            index=self.index,
            autoincrement=self.autoincrement,
            default=_copied(self.default),
            server_default=_copied(server_default),
            onupdate=_copied(self.onupdate),
            server_onupdate=_copied(server_onupdate),
            doc=self.doc,
            comment=self.comment,
            insert_sentinel=self._insert_sentinel,
            nullable=self._user_defined_nullable,
            *args,
            **opts,
        )
        if self._user_defined_nullable is NULL_UNSPECIFIED:
            c.nullable = self.nullable
        return self._schema_item_copy(c)

    @property
    def _constructor(self):
        return self.__class__

    def _merge(self, other, *, omit_defaults=False):
        """Take over into ``other`` what this one has and it lacks (mixins of declarative)."""
        if self.primary_key:
            other.primary_key = True
        if self.autoincrement != "auto" and other.autoincrement == "auto":
            other.autoincrement = self.autoincrement
        if self.system:
            other.system = self.system
        if self.info:
            other.info.update(self.info)
        if self.type is not None and other.type._isnull:
            other.type = self.type
        for attr in ("default", "onupdate", "server_default", "server_onupdate"):
            mine = getattr(self, attr)
            if mine is not None and getattr(other, attr) is None and not omit_defaults:
                mine._copy()._set_parent(other)
        if self._user_defined_nullable is not NULL_UNSPECIFIED and other._user_defined_nullable is NULL_UNSPECIFIED:
            other.nullable = self.nullable
            other._user_defined_nullable = self._user_defined_nullable
        for attr in ("index", "unique", "doc", "comment"):
            if getattr(self, attr) is not None and getattr(other, attr) is None:
                setattr(other, attr, getattr(self, attr))
        if self.name and not other.name:
            other.name = self.name
        for const in self.constraints:
            if not const._type_bound:
                const._copy()._set_parent(other)
        for fk in self.foreign_keys:
            if not fk.constraint:
                fk._copy()._set_parent(other)

    def __reduce__(self):
        return _rebuild, (type(self),), self._pickle_state()

    def _pickle_state(self):
        state = dict(self.__dict__)
        state["@rs"] = (
            self.name,
            self.type,
            self.key,
            self.primary_key,
            self.nullable,
            self.system,
            self.autoincrement,
            self.comment,
        )
        return state

    def __setstate__(self, state):
        state = dict(state)
        name, type_, key, pk, nullable, system, autoincrement, comment = state.pop("@rs")
        table = state.pop("table", None)
        self._init(name, type_, key)
        self.primary_key, self.nullable, self.system = pk, nullable, system
        self.autoincrement, self.comment = autoincrement, comment
        self.__dict__.update(state)
        for slot in ("default", "onupdate", "server_default", "server_onupdate"):
            _push_generator(self, slot, self.__dict__.get(f"_gen_{slot}"))
        if table is not None:
            self.__dict__["table"] = table

    def __str__(self):
        table = self.__dict__.get("table")
        name = str(self.name) if self.name is not None else "(no name)"
        if table is None:
            return name
        return f"{table.description}.{name}" if getattr(table, "named_with_column", True) else name

    def __repr__(self):
        table = self.__dict__.get("table")
        where = f"table=<{table.description}>" if table is not None else "table=None"
        return "Column(%s)" % ", ".join(
            [repr(str(self.name) if self.name is not None else None)]
            + [repr(self.type)]
            + [repr(x) for x in self.foreign_keys if x is not None]
            + [repr(x) for x in self.constraints]
            + [where]
            + [f"{k}={getattr(self, k)!r}" for k, cond in _NAMED if cond(self)]
        )


def _rebuild(cls):
    return cls.__new__(cls)


def _copied(generator):
    if generator is None:
        return None
    if isinstance(generator, (FetchedValue, Sequence)):
        return generator._copy()
    return generator._copy()


def _push_generator(column, slot, value):
    if value is None:
        column._set_generator(slot, None, None)
        return
    kind = value._kind
    if kind in ("scalar", "callable", "literal", "sql"):
        column._set_generator(slot, kind, value.arg)
    elif kind == "computed":
        column._set_generator(slot, kind, (value.sqltext, value.persisted))
    elif kind == "identity":
        column._set_generator(slot, kind, (value.always, value.on_null, value._options()))
    else:
        column._set_generator(slot, kind, value)


def insert_sentinel(name=None, type_=None, *, default=None, omit_from_statements=True):
    """A column that only serves to match rows of a batched INSERT with their parameters."""
    from ..sqltypes import INTEGERTYPE

    return Column(
        name=name,
        type_=INTEGERTYPE if type_ is None else type_,
        default=default if default is not None else _InsertSentinelColumnDefault(None),
        _omit_from_statements=omit_from_statements,
        insert_sentinel=True,
    )


class _InsertSentinelColumnDefault(ColumnDefault):
    is_sentinel = True
    _kind = "scalar"

    def __new__(cls, arg=None, for_update=False):
        return object.__new__(cls)

    def __init__(self, arg=None, for_update=False):
        super().__init__(None, for_update)

    def _copy(self):
        return _InsertSentinelColumnDefault(None)


__all__ = ["Column", "insert_sentinel", "_is_clause"]
