"""`SQLCompiler` and its relatives: what rendering a statement yields, and what `@compiles` functions are given."""

from __future__ import annotations

import enum
import re
import typing

from .. import _rs, exc


class Linting(enum.IntFlag):
    """What is looked for in the FROM clauses of a statement while it is rendered (``linting=``)."""

    NO_LINTING = 0
    COLLECT_CARTESIAN_PRODUCTS = 1
    WARN_LINTING = 2
    FROM_LINTING = COLLECT_CARTESIAN_PRODUCTS | WARN_LINTING


NO_LINTING, COLLECT_CARTESIAN_PRODUCTS, WARN_LINTING, FROM_LINTING = (
    Linting.NO_LINTING,
    Linting.COLLECT_CARTESIAN_PRODUCTS,
    Linting.WARN_LINTING,
    Linting.FROM_LINTING,
)

_SQL_WORDS = re.compile(r"^[\w\s\(\)\,]+$", re.I)


class IdentifierPreparer:
    """Quotes identifiers for a dialect."""

    __module__ = "oxalchemy.sql.compiler"

    def __init__(self, dialect, initial_quote=None, final_quote=None, escape_quote=None, quote_case_sensitive_collations=True,
                 omit_schema=False):  # fmt: skip
        self.dialect = dialect
        self.initial_quote = initial_quote or dialect._initial_quote
        self.final_quote = final_quote or initial_quote or dialect._final_quote
        self.escape_quote = escape_quote or self.final_quote
        self.omit_schema = omit_schema

    @property
    def reserved_words(self):
        return self.dialect._reserved_words

    @property
    def illegal_initial_characters(self):
        return frozenset(self.dialect._illegal_initial_characters)

    def _requires_quotes(self, value):
        return self.dialect._requires_quotes(value)

    def _requires_quotes_illegal_chars(self, value):
        return not re.match(r"^[A-Z0-9_$]+$", value, re.I)

    def quote_identifier(self, value):
        """The name in quotes, whatever it is."""
        if self.initial_quote != self.dialect._initial_quote:
            return self.initial_quote + value.replace(self.escape_quote, self.escape_quote * 2) + self.final_quote
        return self.dialect._quote_identifier(value)

    def quote(self, ident, force=None):
        """The name, in quotes where it needs them."""
        quote = getattr(ident, "quote", None)
        if quote is None:
            quote = self._requires_quotes(ident)
        return self.quote_identifier(ident) if quote else str(ident)

    def quote_schema(self, schema, force=None):
        """A schema's name, in quotes where it needs them."""
        return self.quote(schema)

    def validate_sql_phrase(self, element, reg):
        """`element` if it matches `reg`, else a CompileError."""
        if element is not None and not reg.search(element):
            raise exc.CompileError(f"Unexpected SQL phrase: {element!r} (matching against {reg.pattern!r})")
        return element

    def format_table(self, table, use_schema=True, name=None):
        """A table's name with its schema."""
        result = self.quote(table.name if name is None else name)
        schema = getattr(table, "schema", None)
        if not self.omit_schema and use_schema and schema:
            result = f"{self.quote_schema(schema)}.{result}"
        return result

    def format_table_seq(self, table, use_schema=True):
        schema = getattr(table, "schema", None)
        if not self.omit_schema and use_schema and schema:
            return (self.quote_schema(schema), self.format_table(table, use_schema=False))
        return (self.format_table(table, use_schema=False),)

    def format_column(self, column, use_table=False, name=None, table_name=None, use_schema=False):
        """A column's name, with its table's where asked."""
        name = column.name if name is None else name
        text = name if getattr(column, "is_literal", False) else self.quote(name)
        if use_table:
            return f"{self.format_table(column.table, use_schema=use_schema, name=table_name)}.{text}"
        return text

    def format_label(self, label, name=None):
        return self.quote(name or label.name)

    def format_label_name(self, name, anon_map=None):
        return self.quote(name)

    def format_alias(self, alias, name=None):
        return self.quote(name or alias.name)

    def format_savepoint(self, savepoint, name=None):
        return self.quote(name or savepoint)

    def format_collation(self, collation_name):
        return self.quote(collation_name)

    def format_schema(self, name):
        return self.quote(name)

    def format_sequence(self, sequence, use_schema=True):
        name = self.quote(sequence.name)
        if not self.omit_schema and use_schema and sequence.schema is not None:
            name = f"{self.quote_schema(sequence.schema)}.{name}"
        return name

    def format_constraint(self, constraint, _alembic_quote=True):
        if constraint.name is None:
            return None
        return self.quote(constraint.name) if _alembic_quote else constraint.name

    def format_index(self, index):
        return self.format_constraint(index)

    def format_type(self, type_, use_schema=True):
        name = self.quote(type_.name)
        schema = getattr(type_, "schema", None)
        return f"{self.quote_schema(schema)}.{name}" if use_schema and schema else name

    def unformat_identifiers(self, identifiers):
        """The parts of a rendered, possibly quoted and dotted name."""
        return self.dialect._unformat(identifiers)


class Compiled:
    """A rendered statement or DDL element."""

    __module__ = "oxalchemy.engine.interfaces"
    schema_translate_map = None
    is_sql = False
    is_ddl = False


class TypeCompiler:
    """Renders types; `visit_x` methods may be overridden."""

    __module__ = "oxalchemy.sql.compiler"

    def __init__(self, dialect):
        self.dialect = dialect

    def process(self, type_, **kw):
        """DDL text of a type."""
        return self.dialect._type_text(type_)

    def visit_unsupported_compilation(self, element, err=None, **kw):
        raise exc.UnsupportedCompilationError(self, type(element))

    def __getattr__(self, name):
        if name.startswith("visit_"):
            return lambda type_, **kw: self.dialect._type_text(type_, True)
        raise AttributeError(name)


class GenericTypeCompiler(TypeCompiler):
    __module__ = "oxalchemy.sql.compiler"


class StrSQLTypeCompiler(GenericTypeCompiler):
    __module__ = "oxalchemy.sql.compiler"


class ExpandedState(typing.NamedTuple):
    """A statement with the values of one execution: lists of IN and literals are part of the text (2.0)."""

    statement: str
    parameters: dict
    processors: dict
    positiontup: list | None
    parameter_expansion: dict

    @property
    def positional_parameters(self):
        """Values in the order of the text.

        :raises InvalidRequestError: for named styles.
        """
        if self.positiontup is None:
            raise exc.InvalidRequestError("statement does not use a positional paramstyle")
        return tuple(self.parameters[name] for name in self.positiontup)

    @property
    def additional_parameters(self):
        """Other name of ``parameters``."""
        return self.parameters


class SQLCompiler(Compiled):
    """A rendered SQL statement; inside `@compiles` functions, the rendering in progress."""

    __module__ = "oxalchemy.sql.compiler"
    is_sql = True
    _live = None

    def __init__(self, dialect, statement, cache_key=None, column_keys=None, for_executemany=False, linting=0,
                 schema_translate_map=None, render_schema_translate=False, compile_kwargs=None, _live=None, _handle=None,
                 **kwargs):  # fmt: skip
        self.dialect = dialect
        self.statement = statement
        self.preparer = dialect.identifier_preparer
        self.column_keys = column_keys
        self.compile_kwargs = dict(compile_kwargs or {})
        self.schema_translate_map = schema_translate_map
        self.cache_key = cache_key
        self._live = _live
        if _live is not None:
            return
        options = {**self.compile_kwargs, **kwargs}
        if linting:
            options["linting"] = linting
        self._handle = _handle or _rs.compile_statement(
            statement, dialect, column_keys, for_executemany, schema_translate_map, options
        )
        self._given_params = options.get("_params")

    # -- a finished rendering ------------------------------------------------------------------------------------------
    @property
    def string(self):
        return self._handle.string

    def __str__(self):
        return self._handle.string

    def __repr__(self):
        return f"<{type(self).__module__}.{type(self).__name__} object at {id(self):#x}>"

    def construct_params(self, params=None, extracted_parameters=None, escape_names=True, _group_number=None, _check=True,
                         _no_postcompile=False):  # fmt: skip
        """Values of all bound parameters by name, those of `params` taking precedence.

        :raises InvalidRequestError: a required parameter has no value
        """
        return self._handle.construct_params(params, _check)

    def construct_expanded_state(self, params=None, escape_names=True):
        """The :class:`ExpandedState` for an execution with ``params`` (2.0)."""
        text, values, positions, became = self._handle.expanded_state(self.dialect, params)
        return ExpandedState(text, values, {}, positions, became)

    @property
    def literal_execute_params(self):
        """Bound parameters that become literals when the statement is executed."""
        return frozenset(self._handle.late_binds()[0])

    @property
    def post_compile_params(self):
        """Bound parameters that become lists when the statement is executed."""
        return frozenset(self._handle.late_binds()[1])

    @property
    def params(self):
        """Values of all bound parameters by name; required ones without a value are None."""
        return self._handle.construct_params(None, False)

    @property
    def positiontup(self):
        """Names of parameters in the order of the text, for positional styles."""
        return self._handle.positiontup

    @property
    def bind_names(self):
        """Bound parameter → its name in the text."""
        return self._handle.bind_names

    @property
    def binds(self):
        """Name in the text → bound parameter."""
        return {name: bind for bind, name in self._handle.bind_names.items()}

    @property
    def positional(self):
        return self.dialect.positional

    @property
    def is_dml(self):
        return self._handle.kind in ("insert", "update", "delete")

    isinsert = property(lambda self: self._handle.kind == "insert")
    isupdate = property(lambda self: self._handle.kind == "update")
    isdelete = property(lambda self: self._handle.kind == "delete")
    isddl = False
    compile_state = None
    execution_options = property(lambda self: getattr(self.statement, "_execution_options", {}))

    @property
    def returning_precedes_values(self):
        return False

    @property
    def sql_compiler(self):
        return self

    # -- a rendering in progress ---------------------------------------------------------------------------------------
    def process(self, element, **kwargs):
        """Text of an element inside the statement that is being rendered."""
        element = getattr(element, "__clause_element__", lambda: element)()
        if self._live is None:
            return str(_rs.compile_statement(element, self.dialect, None, False, None, kwargs).string)
        return self._live.process(element, kwargs)

    def _default(self, element, kwargs):
        if self._live is None:
            return self.process(element, **kwargs)
        return self._live.process_default(element, kwargs)

    def bindparam_string(self, name, **kw):
        """A placeholder of the dialect's style."""
        style = self.dialect.paramstyle
        return {"named": f":{name}", "qmark": "?", "format": "%s", "pyformat": f"%({name})s"}.get(style, f":{name}")

    def render_literal_value(self, value, type_):
        """`value` as an SQL literal of `type_`.

        :raises CompileError: the type cannot render literals
        """
        processor = type_.dialect_impl(self.dialect).literal_processor(self.dialect)
        if processor is None:
            raise exc.CompileError(f"No literal value renderer is available for literal value {value!r} with datatype {type_}")
        return processor(value)

    def post_process_text(self, text):
        return text.replace("%", "%%") if self.preparer_doubles_percents() else text

    def preparer_doubles_percents(self):
        return self.dialect.paramstyle in ("format", "pyformat")

    def __getattr__(self, name):
        if name.startswith("visit_"):
            return lambda element, **kw: self._default(element, kw)
        raise AttributeError(name)


class StrSQLCompiler(SQLCompiler):
    __module__ = "oxalchemy.sql.compiler"


class DDLCompiler(Compiled):
    """A rendered DDL element; inside `@compiles` functions, the rendering in progress."""

    __module__ = "oxalchemy.sql.compiler"
    is_ddl = True
    isddl = True

    def __init__(self, dialect, statement, schema_translate_map=None, render_schema_translate=False, compile_kwargs=None,
                 _live=None, **kwargs):  # fmt: skip
        self.dialect = dialect
        self.statement = statement
        self.preparer = dialect.identifier_preparer
        self.type_compiler = dialect.type_compiler
        self.compile_kwargs = dict(compile_kwargs or {})
        self.schema_translate_map = schema_translate_map
        self._live = _live
        if _live is None and statement is not None:
            self.string = _rs.compile_ddl(statement, dialect, schema_translate_map, {**self.compile_kwargs, **kwargs})

    @property
    def sql_compiler(self):
        return self.dialect.statement_compiler(self.dialect, None, _live=_Detached(self.dialect))

    def __str__(self):
        return self.string

    def construct_params(self, params=None, extracted_parameters=None, escape_names=True):
        return None

    @property
    def params(self):
        return None

    def process(self, element, **kwargs):
        """Text of an element inside the DDL that is being rendered."""
        if self._live is not None:
            return self._live.process(element, kwargs)
        return _rs.compile_ddl(element, self.dialect, self.schema_translate_map, kwargs)

    def _default(self, element, kwargs):
        if self._live is not None:
            return self._live.process_default(element, kwargs)
        return _rs.compile_ddl(element, self.dialect, self.schema_translate_map, {**kwargs, "_default": True})

    def get_column_specification(self, column, **kwargs):
        """``name TYPE DEFAULT … NOT NULL``."""
        return _rs.column_specification(column, self.dialect)

    def get_column_default_string(self, column):
        """The text behind DEFAULT, or None."""
        return _rs.column_default(column, self.dialect)

    def __getattr__(self, name):
        if name.startswith("visit_"):
            return lambda element, **kw: self._default(element, kw)
        raise AttributeError(name)


class _Detached:
    """Renders elements one by one, outside any statement: for `ddl_compiler.sql_compiler.process(...)`."""

    def __init__(self, dialect):
        self.dialect = dialect

    def process(self, element, kwargs):
        return _rs.compile_statement(element, self.dialect, None, False, None, kwargs).string

    process_default = process


def _dialect_named(name):
    """A dialect object by name, for renderings that were started without one."""
    from ..dialects import registry
    from ..engine.default import DefaultDialect, StrCompileDialect

    if name == "default":
        return StrCompileDialect()
    try:
        return registry.load(name)()
    except exc.NoSuchModuleError:
        return DefaultDialect()


def compile_face(element, bind=None, dialect=None, **kw):
    """`element.compile(bind, dialect, **kw)`: a compiler object of the dialect that fits."""
    if dialect is None:
        if bind is not None:
            dialect = bind.dialect
        else:
            own = getattr(element, "bind", None)
            if own is not None:
                dialect = own.dialect
            else:
                name = getattr(element, "stringify_dialect", "default")
                dialect = _str_dialect() if name == "default" else _dialect_named(name)
    elif isinstance(dialect, str):
        dialect = _dialect_named(dialect)
    if getattr(element, "is_ddl", False):
        return dialect.ddl_compiler(dialect, element, **kw)
    return dialect.statement_compiler(dialect, element, **kw)


_str_dialects = []


def _str_dialect():
    if not _str_dialects:
        from ..engine.default import StrCompileDialect

        _str_dialects.append(StrCompileDialect())
    return _str_dialects[0]


def _operators():
    """Text of each operator, for those who look it up."""
    from . import operators as o

    return {
        o.and_: " AND ",
        o.or_: " OR ",
        o.add: " + ",
        o.mul: " * ",
        o.sub: " - ",
        o.mod: " % ",
        o.neg: "-",
        o.lt: " < ",
        o.le: " <= ",
        o.ne: " != ",
        o.gt: " > ",
        o.ge: " >= ",
        o.eq: " = ",
        o.is_distinct_from: " IS DISTINCT FROM ",
        o.is_not_distinct_from: " IS NOT DISTINCT FROM ",
        o.concat_op: " || ",
        o.match_op: " MATCH ",
        o.not_match_op: " NOT MATCH ",
        o.in_op: " IN ",
        o.not_in_op: " NOT IN ",
        o.comma_op: ", ",
        o.from_: " FROM ",
        o.as_: " AS ",
        o.is_: " IS ",
        o.is_not: " IS NOT ",
        o.collate: " COLLATE ",
        o.exists: "EXISTS ",
        o.distinct_op: "DISTINCT ",
        o.inv: "NOT ",
        o.any_op: "ANY ",
        o.all_op: "ALL ",
        o.desc_op: " DESC",
        o.asc_op: " ASC",
        o.nulls_first_op: " NULLS FIRST",
        o.nulls_last_op: " NULLS LAST",
        o.bitwise_xor_op: " ^ ",
        o.bitwise_or_op: " | ",
        o.bitwise_and_op: " & ",
        o.bitwise_not_op: "~",
        o.bitwise_lshift_op: " << ",
        o.bitwise_rshift_op: " >> ",
    }


OPERATORS = _operators()
