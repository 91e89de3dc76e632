"""Column defaults, sequences, identity and computed columns."""

import inspect

from ... import _rs, exc, util
from ..dialect_kw import DialectKWArgs
from .base import BLANK_SCHEMA, HasSchemaAttr, SchemaItem, _get_table_key


class DefaultGenerator(SchemaItem):
    """Base of what makes a column's value."""

    __visit_name__ = "default_generator"
    _is_default_generator = True
    is_sequence = False
    is_identity = False
    is_server_default = False
    is_clause_element = False
    is_callable = False
    is_scalar = False
    has_arg = False
    column = None

    def __init__(self, for_update=False):
        self.for_update = for_update

    def _set_parent(self, column, **kw):
        self.column = column
        if self.for_update:
            column.onupdate = self
        else:
            column.default = self

    def _copy(self):
        return type(self)(self.arg, for_update=self.for_update)

    def copy(self):
        return self._copy()

    @property
    def bind(self):
        return self.column.table.bind if self.column is not None else None

    def execute(self, bind=None, **kw):
        """Run the default alone (legacy)."""
        bind = bind if bind is not None else self.bind
        if bind is None:
            raise exc.UnboundExecutionError(f"This {self.__class__.__name__} is not bound to an Engine or Connection.")
        with bind.connect() as conn:
            return conn.scalar(self)


class ColumnDefault(DefaultGenerator):
    """Value, callable or SQL that INSERT (or UPDATE) uses for a column without a value."""

    has_arg = True

    def __new__(cls, arg=None, for_update=False):
        if cls is not ColumnDefault:
            return object.__new__(cls)
        if isinstance(arg, FetchedValue):
            raise exc.ArgumentError("ColumnDefault may not be a server-side default type.")
        if _is_clause(arg):
            cls = ColumnElementColumnDefault
        elif callable(arg):
            cls = CallableColumnDefault
        else:
            cls = ScalarElementColumnDefault
        return object.__new__(cls)

    def __init__(self, arg, for_update=False):
        super().__init__(for_update)
        self.arg = arg

    def __repr__(self):
        return f"{type(self).__name__}({self.arg!r})"


class ScalarElementColumnDefault(ColumnDefault):
    """A constant."""

    is_scalar = True
    _kind = "scalar"


class ColumnElementColumnDefault(ColumnDefault):
    """SQL."""

    is_clause_element = True
    _kind = "sql"

    def __init__(self, arg, for_update=False):
        if hasattr(arg, "__clause_element__"):
            arg = arg.__clause_element__()
        super().__init__(arg, for_update)


class CallableColumnDefault(ColumnDefault):
    """A function of the execution context; one without arguments is wrapped."""

    is_callable = True
    _kind = "callable"

    def __init__(self, arg, for_update=False):
        super().__init__(_wrap_callable(arg), for_update)


def _wrap_callable(fn):
    def wrapped(ctx):
        return fn()

    try:
        spec = inspect.getfullargspec(fn) if not inspect.isclass(fn) else None
        positionals = len(spec.args) if spec is not None else None
        if spec is None:
            spec = inspect.getfullargspec(fn.__init__)
            positionals = len(spec.args) - 1
        elif inspect.ismethod(fn):
            positionals -= 1
        elif not (inspect.isfunction(fn) or inspect.ismethod(fn)) and spec.args[:1] == ["self"]:
            positionals -= 1
        defaulted = len(spec.defaults) if spec.defaults is not None else 0
    except TypeError:
        return util.wrap_callable(wrapped, fn)
    if positionals == 0:
        if spec.varargs is None or inspect.isclass(fn):
            return util.wrap_callable(wrapped, fn)
        return fn
    if positionals == 1 or positionals - defaulted == 1:
        return fn
    if positionals - defaulted > 1:
        raise exc.ArgumentError("ColumnDefault Python function takes zero or one positional arguments")
    return util.wrap_callable(wrapped, fn)


def _is_clause(arg):
    return isinstance(arg, _rs.ClauseElement) or (hasattr(arg, "__clause_element__") and not isinstance(arg, type))


class FetchedValue(SchemaItem):
    """Marks a column whose value the database makes."""

    is_server_default = True
    is_sequence = False
    is_identity = False
    is_clause_element = False
    reflected = False
    has_argument = False
    _kind = "fetched"
    column = None
    __visit_name__ = "fetched_value"

    def __init__(self, for_update=False):
        self.for_update = for_update

    def _as_for_update(self, for_update):
        return self if for_update == self.for_update else self._clone(for_update)

    def _clone(self, for_update):
        n = self.__class__.__new__(self.__class__)
        n.__dict__.update(self.__dict__)
        n.__dict__.pop("column", None)
        n.for_update = for_update
        return n

    def _copy(self):
        return self._clone(self.for_update)

    def copy(self):
        return self._copy()

    def _set_parent(self, column, **kw):
        self.column = column
        if self.for_update:
            column.server_onupdate = self
        else:
            column.server_default = self

    def __repr__(self):
        return util.generic_repr(self)


class DefaultClause(FetchedValue):
    """DDL DEFAULT: a string (quoted when rendered) or SQL."""

    has_argument = True

    def __init__(self, arg, for_update=False, _reflected=False):
        if not isinstance(arg, str) and not _is_clause(arg):
            raise exc.ArgumentError(
                f"Argument 'arg' is expected to be one of type '<class 'str'>' or '<class "
                f"'oxalchemy.sql.elements.ClauseElement'>' or '<class 'oxalchemy.sql.elements.TextClause'>', got '{type(arg)}'"
            )
        super().__init__(for_update)
        if not isinstance(arg, str) and not isinstance(arg, _rs.ClauseElement):
            arg = arg.__clause_element__()
        self.arg = arg
        self.reflected = _reflected

    @property
    def _kind(self):
        return "literal" if isinstance(self.arg, str) else "sql"

    def _copy(self):
        return DefaultClause(arg=self.arg, for_update=self.for_update, _reflected=self.reflected)

    def __repr__(self):
        return f"DefaultClause({self.arg!r}, for_update={self.for_update!r})"


PassiveDefault = DefaultClause


class IdentityOptions(DialectKWArgs):
    """Options that Sequence and Identity share."""

    def __init__(
        self,
        start=None,
        increment=None,
        minvalue=None,
        maxvalue=None,
        nominvalue=None,
        nomaxvalue=None,
        cycle=None,
        cache=None,
        order=None,
        **dialect_kw,
    ):
        if order is not None:
            dialect_kw.setdefault("oracle_order", order)
        self.start = start
        self.increment = increment
        self.minvalue = minvalue
        self.maxvalue = maxvalue
        self.nominvalue = nominvalue
        self.nomaxvalue = nomaxvalue
        self.cycle = cycle
        self.cache = cache
        self._validate_dialect_kwargs(dialect_kw)

    @property
    def order(self):
        return dict(self.dialect_kwargs).get("oracle_order")

    @property
    def _increment_is_negative(self):
        return self.increment is not None and self.increment < 0

    def _options(self):
        names = ("start", "increment", "minvalue", "maxvalue", "nominvalue", "nomaxvalue", "cycle", "cache", "order")
        return tuple(getattr(self, n) for n in names)

    def _as_dict(self):
        names = ("start", "increment", "minvalue", "maxvalue", "nominvalue", "nomaxvalue", "cycle", "cache")
        return {n: getattr(self, n) for n in names}


class Sequence(HasSchemaAttr, IdentityOptions, DefaultGenerator, _rs.Sequence):
    """A named sequence; as a column's default it fires on databases that have sequences."""

    __visit_name__ = "sequence"
    is_sequence = True
    _kind = "sequence"

    def __init__(
        self,
        name,
        start=None,
        increment=None,
        minvalue=None,
        maxvalue=None,
        nominvalue=None,
        nomaxvalue=None,
        cycle=None,
        schema=None,
        cache=None,
        order=None,
        data_type=None,
        optional=False,
        quote=None,
        metadata=None,
        quote_schema=None,
        for_update=False,
        **dialect_kw,
    ):
        from ..elements import quoted_name
        from ..type_api import to_instance

        DefaultGenerator.__init__(self, for_update=for_update)
        IdentityOptions.__init__(
            self, start, increment, minvalue, maxvalue, nominvalue, nomaxvalue, cycle, cache, order, **dialect_kw
        )
        self.column = None
        self.name = quoted_name(name, quote)
        self.optional = optional
        if schema is BLANK_SCHEMA:
            self.schema = schema = None
        elif metadata is not None and schema is None and metadata.schema:
            self.schema = schema = metadata.schema
        else:
            self.schema = quoted_name.construct(schema, quote_schema)
        self.data_type = to_instance(data_type) if data_type is not None else None
        self.metadata = metadata
        self._init(self.name, self.schema, self._options(), bool(optional), self.data_type)
        self._key = _get_table_key(name, schema)
        if metadata is not None:
            self._set_metadata(metadata)

    @property
    def key(self):
        return self._key

    @property
    def is_callable(self):
        return False

    def next_value(self):
        """The function that gives the next number."""
        from ..functions import next_value

        return next_value(self)

    def _set_parent(self, column, **kw):
        DefaultGenerator._set_parent(self, column)
        column._on_table_attach(self._set_table)

    def _set_table(self, column, table):
        self._set_metadata(table.metadata)

    def _set_metadata(self, metadata):
        self.metadata = metadata
        metadata._add_sequence(self)

    def _copy(self):
        return Sequence(
            name=self.name,
            schema=self.schema,
            data_type=self.data_type,
            optional=self.optional,
            metadata=self.metadata,
            for_update=self.for_update,
            **self._as_dict(),
            **dict(self.dialect_kwargs),
        )

    @property
    def bind(self):
        return self.metadata.bind if self.metadata is not None else None

    def create(self, bind=None, checkfirst=True):
        """Issue CREATE SEQUENCE."""
        from ..ddl import SchemaGenerator, _bind_or_error, run_ddl

        run_ddl(_bind_or_error(self, bind), SchemaGenerator, self, checkfirst=checkfirst)

    def drop(self, bind=None, checkfirst=True):
        """Issue DROP SEQUENCE."""
        from ..ddl import SchemaDropper, _bind_or_error, run_ddl

        run_ddl(_bind_or_error(self, bind), SchemaDropper, self, checkfirst=checkfirst)

    def __reduce__(self):
        state = dict(self.__dict__)
        state.pop("column", None)
        return _rebuild, (type(self),), state

    def __setstate__(self, state):
        self.__dict__.update(state)
        self._init(self.name, self.schema, self._options(), bool(self.optional), self.data_type)

    def _not_a_column_expr(self):
        raise exc.InvalidRequestError(
            f"This {self.__class__.__name__} cannot be used directly as a column expression.  Use func.next_value(sequence) "
            "to produce a 'next value' function that's usable as a column element."
        )

    def __repr__(self):
        return util.generic_repr(self, omit_kwarg=("order",))


def _rebuild(cls):
    return cls.__new__(cls)


class Computed(FetchedValue):
    """GENERATED ALWAYS AS (sqltext)."""

    __visit_name__ = "computed_column"
    _kind = "computed"

    def __init__(self, sqltext, persisted=None):
        self.sqltext = _text(sqltext)
        self.persisted = persisted
        self.column = None
        self.for_update = True
        self.reflected = False

    def _set_parent(self, parent, **kw):
        if not isinstance(parent.server_default, (type(None), Computed)) or not isinstance(
            parent.server_onupdate, (type(None), Computed)
        ):
            raise exc.ArgumentError("A generated column cannot specify a server_default or a server_onupdate argument")
        self.column = parent
        parent.computed = self
        parent.server_onupdate = self
        parent.server_default = self

    def _as_for_update(self, for_update):
        return self

    def _copy(self, target_table=None, **kw):
        from .util import copy_expression

        sqltext = copy_expression(self.sqltext, self.column.table if self.column is not None else None, target_table)
        g = Computed(sqltext, persisted=self.persisted)
        return self._schema_item_copy(g)

    def copy(self, target_table=None, **kw):
        return self._copy(target_table, **kw)

    def __repr__(self):
        return util.generic_repr(self)


class Identity(IdentityOptions, FetchedValue):
    """GENERATED { ALWAYS | BY DEFAULT } AS IDENTITY."""

    __visit_name__ = "identity_column"
    is_identity = True
    _kind = "identity"

    def __init__(
        self,
        always=False,
        on_null=None,
        start=None,
        increment=None,
        minvalue=None,
        maxvalue=None,
        nominvalue=None,
        nomaxvalue=None,
        cycle=None,
        cache=None,
        order=None,
        **dialect_kw,
    ):
        if on_null is not None:
            dialect_kw.setdefault("oracle_on_null", on_null)
        IdentityOptions.__init__(
            self, start, increment, minvalue, maxvalue, nominvalue, nomaxvalue, cycle, cache, order, **dialect_kw
        )
        self.always = always
        self.column = None
        self.for_update = False
        self.reflected = False

    @property
    def on_null(self):
        return dict(self.dialect_kwargs).get("oracle_on_null")

    def _set_parent(self, parent, **kw):
        if not isinstance(parent.server_default, (type(None), Identity)) or not isinstance(parent.server_onupdate, type(None)):
            raise exc.ArgumentError(
                "A column with an Identity object cannot specify a server_default or a server_onupdate argument"
            )
        if parent.autoincrement is False:
            raise exc.ArgumentError("A column with an Identity object cannot specify autoincrement=False")
        self.column = parent
        parent.identity = self
        if parent._user_defined_nullable is _unspecified():
            parent.nullable = False
        parent.server_default = self

    def _as_for_update(self, for_update):
        return self

    def _copy(self, **kw):
        i = Identity(always=self.always, **self._as_dict(), **dict(self.dialect_kwargs))
        return self._schema_item_copy(i)

    def copy(self, **kw):
        return self._copy(**kw)

    def __repr__(self):
        return util.generic_repr(self, omit_kwarg=("order", "on_null"))


def _unspecified():
    from .base import NULL_UNSPECIFIED

    return NULL_UNSPECIFIED


def _text(value):
    if isinstance(value, str):
        from ..expression import text

        return text(value)
    return value.__clause_element__() if hasattr(value, "__clause_element__") else value
