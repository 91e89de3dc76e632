"""``create_engine`` and relatives."""

from .. import event, exc, util
from .. import pool as poollib
from ..util._secrets import hides_arguments
from . import base
from . import url as _url
from .base import Engine
from .plugins import instantiate as _instantiate_plugins

_IGNORED = ("assert_unicode", "convert_unicode", "encoding", "empty_in_strategy", "case_sensitive", "async_creator")


def _arguments(cls):
    return util.get_cls_kwargs(cls)


def _pop_for(cls, kwargs):
    return {k: kwargs.pop(k) for k in _arguments(cls).intersection(kwargs)}


@hides_arguments
def create_engine(url, **kwargs):
    """An :class:`.Engine` for a DSN. No connection is opened before it is needed.

    ``url``: text or :class:`.URL`. Keyword arguments go to the engine (``echo``, ``execution_options``, ``hide_parameters``,
    ``query_cache_size``, ``logging_name``), to the dialect (``isolation_level``, ``paramstyle``, ``label_length``, …) and to the
    pool (``poolclass``, ``pool``, ``pool_size``, ``max_overflow``, ``pool_timeout``, ``pool_recycle``, ``pool_pre_ping``,
    ``pool_reset_on_return``, ``pool_events``, ``pool_use_lifo``, ``echo_pool``); ``creator``, ``module``, ``connect_args`` and
    ``plugins`` say how connections are made.

    Raises ``ArgumentError`` for a bad DSN, ``NoSuchModuleError`` for an unknown dialect, ``TypeError`` for unknown arguments.
    """
    strategy = kwargs.pop("strategy", "plain")
    if strategy == "mock":
        from .mock import create_mock_engine

        return create_mock_engine(url, kwargs.pop("executor"), **kwargs)
    if strategy not in ("plain", "threadlocal", None):
        raise exc.ArgumentError(f"unknown strategy: {strategy!r}")
    for name in _IGNORED:
        kwargs.pop(name, None)
    if not kwargs.pop("future", True):
        raise exc.ArgumentError("The 'future' parameter passed to create_engine() may only be set to True.")

    u = _url.make_url(url)
    u, plugins, kwargs = _instantiate_plugins(u, kwargs)
    entrypoint = u._get_entrypoint()
    is_async = kwargs.pop("_is_async", False)
    dialect_cls = entrypoint.get_async_dialect_cls(u) if is_async else entrypoint.get_dialect_cls(u)

    kwargs.pop("implicit_returning", None)
    if kwargs.pop("enable_from_linting", True):
        kwargs.setdefault("compiler_linting", 3)
    for plugin in plugins:
        plugin.handle_dialect_kwargs(dialect_cls, kwargs)
    dialect_args = _pop_for(dialect_cls, kwargs)
    dbapi = kwargs.pop("module", None)
    if dbapi is None:
        dbapi_args = {k: kwargs.pop(k) for k in util.get_func_kwargs(dialect_cls.import_dbapi) if k in kwargs}
        dbapi = dialect_cls.import_dbapi(**dbapi_args)
    dialect_args["dbapi"] = dbapi
    dialect = dialect_cls(**dialect_args)

    cargs, cparams = dialect.create_connect_args(u)
    cargs = list(cargs)
    cparams.update(kwargs.pop("connect_args", {}))
    pool = _make_pool(u, dialect, dialect_cls, cargs, cparams, kwargs, plugins)

    _initialize = kwargs.pop("_initialize", True)
    listeners = kwargs.pop("listeners", None)
    proxy = kwargs.pop("proxy", None)
    engine_names = ("logging_name", "echo", "query_cache_size", "execution_options", "hide_parameters")
    engine_args = {k: kwargs.pop(k) for k in engine_names if k in kwargs}
    engineclass = kwargs.pop("engineclass", Engine)
    if kwargs:
        unknown = ",".join(f"'{k}'" for k in kwargs)
        raise TypeError(
            f"Invalid argument(s) {unknown} sent to create_engine(), using configuration "
            f"{dialect.__class__.__name__}/{pool.__class__.__name__}/{engineclass.__name__}.  Please check that the keyword "
            "arguments are appropriate for this combination of components."
        )
    engine = engineclass(pool, dialect, u, **engine_args)
    if _initialize:
        _on_first_connections(engine, dialect, pool, u)
    for listener in listeners or ():
        pool.add_listener(listener)
    if proxy is not None:
        from ..interfaces import ConnectionProxy

        ConnectionProxy._adapt_listener(engine, proxy)
    dialect_cls.engine_created(engine)
    if entrypoint is not dialect_cls:
        entrypoint.engine_created(engine)
    for plugin in plugins:
        plugin.engine_created(engine)
    return engine


_POOL_NAMES = {
    "logging_name": "pool_logging_name",
    "echo": "echo_pool",
    "timeout": "pool_timeout",
    "recycle": "pool_recycle",
    "events": "pool_events",
    "use_threadlocal": "pool_threadlocal",
    "reset_on_return": "pool_reset_on_return",
    "pre_ping": "pool_pre_ping",
    "use_lifo": "pool_use_lifo",
}


def _make_pool(u, dialect, dialect_cls, cargs, cparams, kwargs, plugins):
    pool = kwargs.pop("pool", None)
    creator = kwargs.pop("creator", None)
    if pool is not None:
        pool._dialect = dialect
        return pool

    @hides_arguments
    def connected(connection_record):
        if dialect._has_events:
            # listeners may change them, for this connection only
            args, params = list(cargs), dict(cparams)
            for fn in dialect.dispatch.do_connect:
                connection = fn(dialect, connection_record, args, params)
                if connection is not None:
                    return connection
            return dialect.connect(*args, **params)
        return dialect.connect(*cargs, **cparams)

    # Of its own: a pool looks at how many arguments a creator takes.
    def connect(connection_record=None):
        return connected(connection_record)

    creator = creator or connect
    poolclass = kwargs.pop("poolclass", None)
    if poolclass is None:
        poolclass = dialect.get_dialect_pool_class(u)
    pool_args = {"dialect": dialect}
    for name in _arguments(poolclass):
        outside = _POOL_NAMES.get(name, name)
        if outside in kwargs:
            pool_args[name] = kwargs.pop(outside)
    for plugin in plugins:
        plugin.handle_pool_kwargs(poolclass, pool_args)
    pool_args.pop("creator", None)
    return poolclass(creator, **pool_args)


def _on_first_connections(engine, dialect, pool, u):
    on_connect = dialect.on_connect_url(u)
    if on_connect is not None:

        def run_on_connect(dbapi_connection, connection_record):
            on_connect(dbapi_connection)

        event.listen(pool, "connect", run_on_connect)
    level = getattr(dialect, "_on_connect_isolation_level", None)
    if level is not None:

        def set_level(dbapi_connection, connection_record):
            dialect._assert_and_set_isolation_level(dbapi_connection, level)

        event.listen(pool, "connect", set_level)

    def first_connect(dbapi_connection, connection_record):
        proxied = poollib.base._AdhocProxiedConnection(dbapi_connection, connection_record)
        c = base.Connection(engine, connection=proxied, _has_events=False, _allow_revalidate=False, _allow_autobegin=False)
        c._execution_options = util.EMPTY_DICT
        try:
            dialect.initialize(c)
        finally:
            if not c.invalidated and not c.closed:
                dialect.do_rollback(c.connection)

    event.listen(pool, "connect", first_connect, _once_unless_exception=True)


def engine_from_config(configuration, prefix="sqlalchemy.", **kwargs):
    """An engine from a dictionary of texts, as configuration files have them: keys that begin with ``prefix``."""
    options = {key[len(prefix) :]: configuration[key] for key in configuration if key.startswith(prefix)}
    options["_coerce_config"] = True
    options.update(kwargs)
    u = options.pop("url")
    options.pop("_coerce_config")
    dialect_cls = _url.make_url(u)._get_entrypoint().get_dialect_cls(_url.make_url(u))
    types = {**_CONFIG_TYPES, **getattr(dialect_cls, "engine_config_types", {})}
    for name, convert in types.items():
        if isinstance(options.get(name), str):
            options[name] = convert(options[name])
    return create_engine(u, **options)


_CONFIG_TYPES = {
    "pool_timeout": util.asint,
    "echo": util.bool_or_str("debug"),
    "echo_pool": util.bool_or_str("debug"),
    "pool_recycle": util.asint,
    "pool_size": util.asint,
    "max_overflow": util.asint,
    "future": util.asbool,
}


def create_pool_from_url(url, *, poolclass=None, **kwargs):
    """The pool that :func:`create_engine` would make, alone."""
    for name in ("logging_name", "echo", "timeout", "recycle", "reset_on_return", "pre_ping", "use_lifo", "events"):
        if name in kwargs:
            kwargs[_POOL_NAMES[name]] = kwargs.pop(name)
    if "size" in kwargs:
        kwargs["pool_size"] = kwargs.pop("size")
    if poolclass is not None:
        kwargs["poolclass"] = poolclass
    engine = create_engine(url, _initialize=False, **kwargs)
    return engine.pool
