"""`DefaultDialect`: what a dialect is made of when it says nothing itself."""

from __future__ import annotations

import functools
import weakref

from .. import _rs, exc, util
from ..sql import compiler as _compiler
from ..util._secrets import hides_arguments
from .characteristics import IsolationLevelCharacteristic, LoggingTokenCharacteristic
from .interfaces import BindTyping, CacheStats, Dialect, _ExceptionContextImpl

_NO_ARG = object()


class _Derived:
    """A flag that follows from others until it is set itself."""

    def __init__(self, fn):
        self.fn = fn

    def __get__(self, dialect, cls):
        return self if dialect is None else self.fn(dialect)


class DefaultDialect(_rs.DialectBase, Dialect):
    """Features of a database, and how its driver is used.

    Class and instance attributes may be overridden; the compiler reads them when a statement is rendered.
    """

    __module__ = "oxalchemy.engine.default"

    statement_compiler = _compiler.SQLCompiler
    ddl_compiler = _compiler.DDLCompiler
    type_compiler_cls = _compiler.GenericTypeCompiler
    preparer = _compiler.IdentifierPreparer
    execution_ctx_cls = None

    _family = "default"
    _has_events = False
    CACHE_HIT, CACHE_MISS, CACHING_DISABLED, NO_CACHE_KEY, NO_DIALECT_SUPPORT = CacheStats
    _json_serializer = None
    _json_deserializer = None
    bind_typing = BindTyping.NONE
    is_async = False
    server_version_info = None
    default_schema_name = None
    construct_arguments = None
    colspecs = {}
    reflection_options = ()
    isolation_level = None
    server_side_cursors = False
    supports_server_side_cursors = False
    supports_native_json_serialization = False
    supports_native_json_deserialization = False
    dialect_injects_custom_json_deserializer = False
    returns_native_bytes = False
    returns_unicode_strings = True
    delete_executemany_returning = False
    update_executemany_returning = False
    use_insertmanyvalues_wo_returning = False
    insert_null_pk_still_autoincrements = False
    default_sequence_base = 1
    default_metavalue_token = "DEFAULT"
    exclude_set_input_sizes = None
    include_set_input_sizes = None
    has_terminate = False
    supports_unicode_statements = True
    supports_unicode_binds = True
    minimum_dbapi_version = None
    connection_characteristics = util.immutabledict(
        {"isolation_level": IsolationLevelCharacteristic(), "logging_token": LoggingTokenCharacteristic()}
    )
    dbapi_exception_translation_map = util.immutabledict()
    engine_config_types = util.immutabledict(
        {
            "pool_timeout": util.asint,
            "echo": util.bool_or_str("debug"),
            "echo_pool": util.bool_or_str("debug"),
            "pool_recycle": util.asint,
            "pool_size": util.asint,
            "max_overflow": util.asint,
            "future": util.asbool,
        }
    )
    dbapi = None
    label_length = None

    def __init__(
        self,
        paramstyle=None,
        isolation_level=None,
        dbapi=None,
        implicit_returning=True,
        supports_native_boolean=None,
        max_identifier_length=None,
        label_length=None,
        insertmanyvalues_page_size=_NO_ARG,
        use_insertmanyvalues=None,
        compiler_linting=0,
        server_side_cursors=False,
        skip_autocommit_rollback=False,
        **kwargs,
    ):
        if kwargs:
            names = ", ".join(map(repr, kwargs))
            raise TypeError(f"{type(self).__name__}() got unexpected keyword argument(s): {names}")
        self.dbapi = dbapi
        self.skip_autocommit_rollback = skip_autocommit_rollback
        self.compiler_linting = compiler_linting
        if paramstyle is not None:
            self.paramstyle = paramstyle
        elif dbapi is not None and getattr(dbapi, "paramstyle", None) is not None and not isinstance(self.dbapi, str):
            self.paramstyle = dbapi.paramstyle
        else:
            self.paramstyle = self.default_paramstyle
        self.positional = self.paramstyle in ("qmark", "format", "numeric", "numeric_dollar")
        self._on_connect_isolation_level = isolation_level
        self._user_defined_max_identifier_length = max_identifier_length
        if max_identifier_length:
            self.max_identifier_length = max_identifier_length
        if supports_native_boolean is not None:
            self.supports_native_boolean = supports_native_boolean
        if server_side_cursors:
            if not self.supports_server_side_cursors:
                raise exc.ArgumentError(f"Dialect {self} does not support server side cursors")
            self.server_side_cursors = True
        if insertmanyvalues_page_size is not _NO_ARG:
            self.insertmanyvalues_page_size = insertmanyvalues_page_size
        if use_insertmanyvalues is not None:
            self.use_insertmanyvalues = use_insertmanyvalues
        self.label_length = label_length
        if label_length and label_length > self.max_identifier_length:
            raise exc.ArgumentError(
                f"Label length of {label_length} is greater than this dialect's maximum identifier length of "
                f"{self.max_identifier_length}"
            )
        self.identifier_preparer = self.preparer(self)
        self.type_compiler_instance = self.type_compiler = self.type_compiler_cls(self)

    # -- class of a DSN ------------------------------------------------------------------------------------------------
    @classmethod
    def get_dialect_cls(cls, url):
        return cls

    @classmethod
    def get_async_dialect_cls(cls, url):
        return cls.get_dialect_cls(url)

    @classmethod
    def load_provisioning(cls):
        pass

    @classmethod
    def engine_created(cls, engine):
        pass

    @classmethod
    def get_pool_class(cls, url):
        from .. import pool

        return getattr(cls, "poolclass", pool.QueuePool)

    def get_dialect_pool_class(self, url):
        return self.get_pool_class(url)

    @property
    def dialect_description(self):
        return f"{self.name}+{self.driver}"

    @property
    def loaded_dbapi(self):
        if self.dbapi is None:
            raise exc.NoDBAPILoaded(
                f"Dialect {self} does not have a Python DBAPI established and cannot be used for actual database interaction"
            )
        return self.dbapi

    @property
    def supports_sane_rowcount_returning(self):
        return self.supports_sane_rowcount

    @_Derived
    def insert_executemany_returning(self):
        return self.insert_returning and self.supports_multivalues_insert and self.use_insertmanyvalues

    @property
    def insert_executemany_returning_sort_by_parameter_order(self):
        return self.insert_executemany_returning

    # -- the driver ----------------------------------------------------------------------------------------------------
    @classmethod
    def import_dbapi(cls):
        raise NotImplementedError()

    def create_connect_args(self, url):
        opts = url.translate_connect_args()
        opts.update(url.query)
        return ([], opts)

    @hides_arguments
    def connect(self, *cargs, **cparams):
        return self.loaded_dbapi.connect(*cargs, **cparams)

    def on_connect_url(self, url):
        return self.on_connect()

    def on_connect(self):
        return None

    def initialize(self, connection):
        """Called with the first connection: what only the server knows."""
        try:
            self.server_version_info = self._get_server_version_info(connection)
        except NotImplementedError:
            self.server_version_info = None
        try:
            self.default_schema_name = self._get_default_schema_name(connection)
        except NotImplementedError:
            self.default_schema_name = None
        try:
            self.default_isolation_level = self.get_default_isolation_level(connection.connection.dbapi_connection)
        except NotImplementedError:
            self.default_isolation_level = None

    def _get_server_version_info(self, connection):
        raise NotImplementedError()

    def _get_default_schema_name(self, connection):
        raise NotImplementedError()

    def get_driver_connection(self, connection):
        return connection

    def do_begin(self, dbapi_connection):
        pass

    def do_rollback(self, dbapi_connection):
        dbapi_connection.rollback()

    def do_commit(self, dbapi_connection):
        dbapi_connection.commit()

    def do_terminate(self, dbapi_connection):
        self.do_close(dbapi_connection)

    def do_close(self, dbapi_connection):
        dbapi_connection.close()

    def do_ping(self, dbapi_connection):
        cursor = dbapi_connection.cursor()
        try:
            cursor.execute("SELECT 1")
        finally:
            cursor.close()
        return True

    def _do_ping_w_event(self, dbapi_connection):
        """Whether the connection is alive.

        An error of the driver that means a lost connection is an answer, others are raised.
        """
        try:
            return self.do_ping(dbapi_connection)
        except self.loaded_dbapi.Error as e:
            lost = bool(self.is_disconnect(e, dbapi_connection, None))
            if self._has_events:
                lost = self._tell_ping_failed(e, lost)
            if lost:
                return False
            raise

    def _tell_ping_failed(self, error, lost):
        wrapped = exc.DBAPIError.instance(None, None, error, self.loaded_dbapi.Error, connection_invalidated=lost, dialect=self)
        context = _ExceptionContextImpl(
            original_exception=error,
            sqlalchemy_exception=wrapped,
            engine=None,
            dialect=self,
            is_disconnect=lost,
            invalidate_pool_on_disconnect=False,
            is_pre_ping=True,
        )
        for fn in self.dispatch.handle_error:
            replacement = fn(context)
            if replacement is not None:
                raise replacement from error
        return bool(context.is_disconnect)

    def do_execute(self, cursor, statement, parameters, context=None):
        cursor.execute(statement, parameters)

    def do_executemany(self, cursor, statement, parameters, context=None):
        cursor.executemany(statement, parameters)

    def do_execute_no_params(self, cursor, statement, context=None):
        cursor.execute(statement)

    def do_set_input_sizes(self, cursor, list_of_tuples, context):
        raise NotImplementedError()

    def do_savepoint(self, connection, name):
        connection.exec_driver_sql(f"SAVEPOINT {self.identifier_preparer.quote(name)}")

    def do_rollback_to_savepoint(self, connection, name):
        connection.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {self.identifier_preparer.quote(name)}")

    def do_release_savepoint(self, connection, name):
        connection.exec_driver_sql(f"RELEASE SAVEPOINT {self.identifier_preparer.quote(name)}")

    def create_xid(self):
        import secrets

        return f"_sa_{secrets.token_hex(16)}"

    def do_begin_twophase(self, connection, xid):
        raise NotImplementedError()

    def do_prepare_twophase(self, connection, xid):
        raise NotImplementedError()

    def do_rollback_twophase(self, connection, xid, is_prepared=True, recover=False):
        raise NotImplementedError()

    def do_commit_twophase(self, connection, xid, is_prepared=True, recover=False):
        raise NotImplementedError()

    def do_recover_twophase(self, connection):
        raise NotImplementedError()

    def is_disconnect(self, e, connection, cursor):
        return False

    # -- isolation -----------------------------------------------------------------------------------------------------
    def get_isolation_level_values(self, dbapi_connection):
        raise NotImplementedError()

    def get_isolation_level(self, dbapi_connection):
        raise NotImplementedError()

    def set_isolation_level(self, dbapi_connection, level):
        raise NotImplementedError()

    def get_default_isolation_level(self, dbapi_connection):
        return self.get_isolation_level(dbapi_connection)

    def reset_isolation_level(self, dbapi_connection):
        if self._on_connect_isolation_level is not None:
            self._assert_and_set_isolation_level(dbapi_connection, self._on_connect_isolation_level)
        else:
            self._assert_and_set_isolation_level(dbapi_connection, self.default_isolation_level)

    def detect_autocommit_setting(self, dbapi_connection):
        raise NotImplementedError()

    def _assert_and_set_isolation_level(self, dbapi_connection, level):
        level = level.replace("_", " ").upper()
        values = self.get_isolation_level_values(dbapi_connection)
        if level not in values:
            raise exc.ArgumentError(
                f"Invalid value {level!r} for isolation_level. Valid isolation levels for {self.name!r} are {', '.join(values)}"
            )
        self.set_isolation_level(dbapi_connection, level)

    def set_connection_execution_options(self, connection, opts):
        values = {name: opts[name] for name in set(self.connection_characteristics).intersection(opts)}
        if values:
            self._set_connection_characteristics(connection, values)

    def set_engine_execution_options(self, engine, opts):
        values = util.immutabledict({name: opts[name] for name in set(self.connection_characteristics).intersection(opts)})
        if values:
            from .. import event

            @event.listens_for(engine, "engine_connect")
            def set_connection_characteristics(connection):
                self._set_connection_characteristics(connection, values)

    def _set_connection_characteristics(self, connection, values):
        found = [(name, self.connection_characteristics[name], value) for name, value in values.items()]
        if connection.in_transaction():
            refused = [name for name, characteristic, _ in found if characteristic.transactional]
            if refused:
                raise exc.InvalidRequestError(
                    "This connection has already initialized a SQLAlchemy Transaction() object via begin() or autobegin; "
                    f"{', '.join(refused)} may not be altered unless rollback() or commit() is called first."
                )
        proxied = connection.connection
        dbapi_connection = proxied.dbapi_connection
        for _, characteristic, value in found:
            characteristic.set_connection_characteristic(self, connection, dbapi_connection, value)
        record = proxied._connection_record
        if record is not None:
            record.finalize_callback.append(functools.partial(self._reset_characteristics, values))

    def _reset_characteristics(self, values, dbapi_connection):
        for name in values:
            self.connection_characteristics[name].reset_characteristic(self, dbapi_connection)

    @classmethod
    def retrieve_dbapi_version(cls, dbapi):
        """The version of a driver module."""
        raise NotImplementedError(
            f"Dialect {cls.name}+{cls.driver} does not implement retrieve_dbapi_version(); no DBAPI version is available"
        )

    @util.memoized_property
    def dbapi_version(self):
        """The version of the driver module."""
        if self.dbapi is None:
            raise exc.NoDBAPILoaded(
                f"Dialect {self.dialect_description} has no DBAPI module loaded; no DBAPI version is available"
            )
        version = self.retrieve_dbapi_version(self.dbapi)
        if version is None:
            raise exc.NoDBAPILoaded(
                f"Dialect {self.dialect_description} could not determine a version for its DBAPI module {self.driver!r}"
            )
        return version

    @property
    def _dbapi_version_or_none(self):
        try:
            return self.dbapi_version
        except (exc.NoDBAPILoaded, NotImplementedError):
            return None

    # -- names and types -----------------------------------------------------------------------------------------------
    def normalize_name(self, name):
        return name

    def denormalize_name(self, name):
        return name

    def validate_identifier(self, ident):
        if len(ident) > self.max_identifier_length:
            raise exc.IdentifierError(f"Identifier {ident!r} exceeds maximum length of {self.max_identifier_length} characters")

    def type_descriptor(self, typeobj):
        from ..sql.type_api import adapt_type

        return adapt_type(typeobj, self.colspecs)

    def execute_sequence_format(self, *args):
        return tuple(*args)

    @property
    def _type_memos(self):
        memos = self.__dict__.get("_memos")
        if memos is None:
            memos = weakref.WeakKeyDictionary()
            self.__dict__["_memos"] = memos
        return memos

    # -- reflection ----------------------------------------------------------------------------------------------------
    # What a dialect is asked about one connection; answers are the Inspector's.
    def _inspector(self, connection, info_cache=None):
        from .reflection import inspector_of

        inspector = inspector_of(connection)
        if info_cache is not None:
            inspector.info_cache = info_cache
        # a dialect that answers a question by itself may ask this for the rest of it
        inspector._own = inspector._own_methods = frozenset()
        return inspector


def _asks(name):
    """A dialect method ``name(connection, …)`` that the Inspector answers."""

    def ask(self, connection, *args, info_cache=None, **kw):
        return getattr(self._inspector(connection, info_cache), name)(*args, **kw)

    ask.__name__ = name
    ask.__qualname__ = f"DefaultDialect.{name}"
    ask.asks_inspector = True
    return ask


for _key in (
    "get_schema_names", "get_table_names", "get_temp_table_names", "get_view_names", "get_temp_view_names",
    "get_materialized_view_names", "get_sequence_names", "get_view_definition", "get_columns", "get_pk_constraint",
    "get_foreign_keys", "get_indexes", "get_unique_constraints", "get_check_constraints", "get_table_comment",
    "get_table_options", "get_multi_columns", "get_multi_pk_constraint", "get_multi_foreign_keys", "get_multi_indexes",
    "get_multi_unique_constraints", "get_multi_check_constraints", "get_multi_table_comment", "get_multi_table_options",
    "has_table", "has_multi_table", "has_index", "has_sequence", "has_schema",
):  # fmt: skip
    setattr(DefaultDialect, _key, _asks(_key))


for _key, _value in _rs.dialect_facts("default").items():
    if not isinstance(vars(DefaultDialect).get(_key), _Derived):
        setattr(DefaultDialect, _key, _value)


class StrCompileDialect(DefaultDialect):
    """The dialect of a bare ``str()``: renders what no single database takes, rather than failing."""

    statement_compiler = _compiler.StrSQLCompiler
    type_compiler_cls = _compiler.StrSQLTypeCompiler


for _key, _value in _rs.dialect_facts("str").items():
    if not isinstance(vars(DefaultDialect).get(_key), _Derived):
        setattr(StrCompileDialect, _key, _value)


def take_facts(cls, name):
    """Give a dialect class the facts of the built-in dialect `name` as class attributes."""
    for key, value in _rs.dialect_facts(name).items():
        if not isinstance(vars(DefaultDialect).get(key), _Derived):
            setattr(cls, key, value)
    return cls


def __getattr__(name):
    if name == "DefaultExecutionContext":
        return _rs.DefaultExecutionContext
    raise AttributeError(name)
