"""Interfaces of the engine: what dialects, plugins and event hooks may rely on."""

from __future__ import annotations

import enum
from typing import Any, NotRequired, Protocol, TypedDict


class CacheStats(enum.Enum):
    """How the statement cache served an execution."""

    CACHE_HIT = 0
    CACHE_MISS = 1
    CACHING_DISABLED = 2
    NO_CACHE_KEY = 3
    NO_DIALECT_SUPPORT = 4


CACHE_HIT = CacheStats.CACHE_HIT
CACHE_MISS = CacheStats.CACHE_MISS
CACHING_DISABLED = CacheStats.CACHING_DISABLED
NO_CACHE_KEY = CacheStats.NO_CACHE_KEY
NO_DIALECT_SUPPORT = CacheStats.NO_DIALECT_SUPPORT


class ExecuteStyle(enum.Enum):
    """How parameters meet the driver."""

    EXECUTE = 0
    EXECUTEMANY = 1
    INSERTMANYVALUES = 2


class BindTyping(enum.Enum):
    """How a driver learns the types of bound values."""

    NONE = 1
    SETINPUTSIZES = 2
    RENDER_CASTS = 3


class AggregateOrderByStyle(enum.Enum):
    """How a database writes an ORDER BY inside an aggregate."""

    NONE = 0
    INLINE = 1
    WITHIN_GROUP = 2


class Dialect:
    """Base of dialect objects; see :class:`oxalchemy.engine.default.DefaultDialect`."""

    __slots__ = ()


class ExecutionContext:
    """What an execution knows of itself; given to event hooks and default functions."""

    __slots__ = ()


class ConnectionEventsTarget:
    """Engines and connections."""

    __slots__ = ()


class _Connects(type):
    """Engines and connections are native classes: ``isinstance`` knows them without their having a base here."""

    def __instancecheck__(cls, obj):
        from .. import _rs

        return isinstance(obj, (_rs.Engine, _rs.Connection)) or type.__instancecheck__(cls, obj)


class Connectable(metaclass=_Connects):
    """Engines and connections (≤ 1.4)."""

    __slots__ = ()


class CreateEnginePlugin:
    """Hooks into `create_engine()`; named by ``plugin=`` in a DSN or ``plugins=[...]``."""

    def __init__(self, url, kwargs):
        self.url = url

    def update_url(self, url):
        """Return the URL to use instead."""

    def handle_dialect_kwargs(self, dialect_cls, dialect_args):
        """Change the dialect's arguments."""

    def handle_pool_kwargs(self, pool_cls, pool_args):
        """Change the pool's arguments."""

    def engine_created(self, engine):
        """Called with the new engine."""


class ExceptionContext:
    """What a ``handle_error`` hook is told."""

    connection: Any = None
    engine: Any = None
    dialect: Any = None
    cursor: Any = None
    statement: Any = None
    parameters: Any = None
    original_exception: Any = None
    sqlalchemy_exception: Any = None
    chained_exception: Any = None
    execution_context: Any = None
    is_disconnect: bool = False
    invalidate_pool_on_disconnect: bool = True
    is_pre_ping: bool = False


class AdaptedConnection:
    """A connection of an asyncio driver behind a PEP 249 interface."""

    __slots__ = ("_connection",)

    @property
    def driver_connection(self):
        """The driver's own connection."""
        return self._connection

    def run_async(self, fn):
        """Run a coroutine function with the driver's connection."""
        raise NotImplementedError("this connection is not an asyncio connection")


class DBAPIModule(Protocol):
    """A PEP 249 module."""


class DBAPIConnection(Protocol):
    """A PEP 249 connection."""


class DBAPICursor(Protocol):
    """A PEP 249 cursor."""


class DBAPIType(Protocol):
    """A PEP 249 type object."""


IsolationLevel = str


class ReflectedIdentity(TypedDict):
    """IDENTITY options of a reflected column."""

    always: bool
    on_null: bool
    start: int
    increment: int
    minvalue: int
    maxvalue: int
    nominvalue: bool
    nomaxvalue: bool
    cycle: bool
    cache: int | None
    order: bool


class ReflectedComputed(TypedDict):
    """A reflected computed column."""

    sqltext: str
    persisted: NotRequired[bool]


class ReflectedColumn(TypedDict):
    """A reflected column."""

    name: str
    type: Any
    nullable: bool
    default: str | None
    autoincrement: NotRequired[bool]
    comment: NotRequired[str | None]
    computed: NotRequired[ReflectedComputed]
    identity: NotRequired[ReflectedIdentity]
    dialect_options: NotRequired[dict[str, Any]]


class ReflectedConstraint(TypedDict):
    """Base of reflected constraints."""

    name: str | None
    comment: NotRequired[str | None]


class ReflectedPrimaryKeyConstraint(ReflectedConstraint):
    """A reflected primary key."""

    constrained_columns: list[str]
    dialect_options: NotRequired[dict[str, Any]]


class ReflectedForeignKeyConstraint(ReflectedConstraint):
    """A reflected foreign key."""

    constrained_columns: list[str]
    referred_schema: str | None
    referred_table: str
    referred_columns: list[str]
    options: NotRequired[dict[str, Any]]


class ReflectedUniqueConstraint(ReflectedConstraint):
    """A reflected unique constraint."""

    column_names: list[str]
    duplicates_index: NotRequired[str | None]
    dialect_options: NotRequired[dict[str, Any]]


class ReflectedCheckConstraint(ReflectedConstraint):
    """A reflected check constraint."""

    sqltext: str
    dialect_options: NotRequired[dict[str, Any]]


class ReflectedIndex(TypedDict):
    """A reflected index."""

    name: str | None
    column_names: list[str | None]
    expressions: NotRequired[list[str]]
    unique: bool
    duplicates_constraint: NotRequired[str | None]
    include_columns: NotRequired[list[str]]
    column_sorting: NotRequired[dict[str, tuple[str, ...]]]
    dialect_options: NotRequired[dict[str, Any]]


class ReflectedTableComment(TypedDict):
    """A reflected table comment."""

    text: str | None


def __getattr__(name):
    if name in ("Compiled", "TypeCompiler"):
        from ..sql import compiler

        return getattr(compiler, name)
    raise AttributeError(name)


class _ExceptionContextImpl(ExceptionContext):
    """The context that ``handle_error`` listeners get."""

    def __init__(self, **facts):
        for name, value in facts.items():
            setattr(self, name, value)
