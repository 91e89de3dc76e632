import enum
from typing import Any

import oxalchemy.event.registry
import oxalchemy.log
from oxalchemy import _rs, event as event, exc as exc, log as log
from oxalchemy._rs import (
    ConnectionPoolEntry as ConnectionPoolEntry,
    ManagesConnection as ManagesConnection,
    PoolProxiedConnection as PoolProxiedConnection,
)

class _AdhocProxiedConnection:
    __slots__ = ("dbapi_connection", "_connection_record")
    is_valid: Any
    is_detached: Any
    def __init__(self, dbapi_connection: Any, connection_record: Any) -> None: ...
    @property
    def driver_connection(self) -> Any: ...
    @property
    def connection(self) -> Any: ...
    @property
    def record_info(self) -> Any: ...
    @property
    def info(self) -> Any: ...
    def cursor(self, *args: Any, **kwargs: Any) -> Any: ...
    dbapi_connection: Any

class _ConnDialect:
    is_async: Any
    has_terminate: Any
    def do_rollback(self, dbapi_connection: Any) -> Any: ...
    def do_commit(self, dbapi_connection: Any) -> Any: ...
    def do_terminate(self, dbapi_connection: Any) -> Any: ...
    def do_close(self, dbapi_connection: Any) -> Any: ...
    def get_driver_connection(self, connection: Any) -> Any: ...

class ResetStyle(enum.Enum):
    reset_rollback = 0
    reset_commit = 1
    reset_none = 2

class PoolResetState(tuple):
    @staticmethod
    def __new__(_cls: Any, transaction_was_reset: Any, terminate_only: Any, asyncio_safe: Any) -> Any: ...
    def __repr__(self) -> str: ...
    __match_args__ = ("transaction_was_reset", "terminate_only", "asyncio_safe")
    transaction_was_reset: Any
    terminate_only: Any
    asyncio_safe: Any

class _AsyncConnDialect(_ConnDialect):
    is_async: Any

class Pool(_rs._PoolBase, oxalchemy.log.Identified, oxalchemy.event.registry.EventTarget):
    def __init__(
        self,
        creator: Any,
        recycle: Any = -1,
        echo: Any = None,
        logging_name: Any = None,
        reset_on_return: Any = True,
        events: Any = None,
        dialect: Any = None,
        pre_ping: Any = False,
        _dispatch: Any = None,
        use_threadlocal: Any = None,
        listeners: Any = None,
    ) -> None: ...
    echo: Any
    def recreate(self) -> Any: ...
    def dispose(self) -> Any: ...
    def status(self) -> Any: ...
    def unique_connection(self) -> Any: ...
    def add_listener(self, listener: Any) -> Any: ...
    dispatch: Any

reset_rollback: ResetStyle
reset_commit: ResetStyle
reset_none: ResetStyle
