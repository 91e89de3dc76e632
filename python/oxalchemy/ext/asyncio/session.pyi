from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from types import TracebackType
from typing import Any, Generic, TypeVar, overload
from typing_extensions import ParamSpec
from typing import Concatenate, Self

from oxalchemy._rs import Connection, Engine, Result, ScalarResult, Session, SessionTransaction, _Executable, _TypedRows
from oxalchemy.ext.asyncio.base import OneAtATime, ReversibleProxy, StartableContext
from oxalchemy.ext.asyncio.engine import AsyncConnection, AsyncEngine
from oxalchemy.ext.asyncio.result import AsyncResult, AsyncScalarResult

_T = TypeVar("_T")
_O = TypeVar("_O")
_TP = TypeVar("_TP", bound=tuple[Any, ...])
_P = ParamSpec("_P")
_AS = TypeVar("_AS", bound=AsyncSession)
_Options = Mapping[str, Any]

PASSED_ON: dict[str, Any]

def pass_on(
    cls: type[Any],
    owner: type[Any],
    target: str,
    methods: Any = (),
    awaited: Any = (),
    attributes: Any = (),
    settable: Any = (),
) -> None: ...

class AsyncAttrs:
    @property
    def awaitable_attrs(self) -> Any: ...

class AsyncSessionTransaction(ReversibleProxy, StartableContext[AsyncSessionTransaction]):
    nested: bool
    session: AsyncSession
    sync_transaction: SessionTransaction | None
    def __init__(self, session: AsyncSession, nested: bool = False) -> None: ...
    @property
    def is_active(self) -> bool: ...
    @property
    def connections(self) -> frozenset[AsyncConnection]: ...
    def bound_connection(self, bindkey: Any = None, *, bind: Any = None, **kw: Any) -> AsyncConnection: ...
    async def rollback(self) -> None: ...
    async def commit(self) -> None: ...
    async def start(self, is_ctxmanager: bool = False) -> Self: ...
    async def __aexit__(
        self, type_: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

# What a session and a scoped session have in common; `pass_on` gives it to the second.
class _SessionMethods:
    def add(self, instance: object, *, _warn: bool = True) -> None: ...
    def add_all(self, instances: Iterable[object]) -> None: ...
    def expire(self, instance: object, attribute_names: Iterable[str] | None = None) -> None: ...
    def expire_all(self) -> None: ...
    def expunge(self, instance: object) -> None: ...
    def expunge_all(self) -> None: ...
    def is_modified(self, instance: object, include_collections: bool = True, passive: Any = None) -> bool: ...
    def in_transaction(self) -> bool: ...
    def in_nested_transaction(self) -> bool: ...
    @property
    def dirty(self) -> Any: ...
    @property
    def deleted(self) -> Any: ...
    @property
    def new(self) -> Any: ...
    @property
    def identity_map(self) -> Any: ...
    @property
    def is_active(self) -> bool: ...
    @property
    def no_autoflush(self) -> AbstractContextManager[Session]: ...
    @property
    def info(self) -> dict[Any, Any]: ...
    autoflush: bool
    execution_options: Any
    def begin(self) -> AsyncSessionTransaction: ...
    def begin_nested(self) -> AsyncSessionTransaction: ...
    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kw: Any) -> Engine | Connection: ...
    def get_async_bind(
        self, mapper: Any = None, clause: Any = None, bind: Any = None, **kw: Any
    ) -> AsyncEngine | AsyncConnection: ...
    async def refresh(
        self, instance: object, attribute_names: Iterable[str] | None = None, with_for_update: Any = None
    ) -> None: ...
    async def run_sync(self, fn: Callable[Concatenate[Session, _P], _T], *arg: _P.args, **kw: _P.kwargs) -> _T: ...
    @overload
    async def execute(
        self,
        statement: _TypedRows[_TP],
        params: Any = None,
        *,
        execution_options: _Options = ...,
        bind_arguments: Mapping[str, Any] | None = None,
        **kw: Any,
    ) -> Result[_TP]: ...
    @overload
    async def execute(
        self,
        statement: _Executable,
        params: Any = None,
        *,
        execution_options: _Options = ...,
        bind_arguments: Mapping[str, Any] | None = None,
        **kw: Any,
    ) -> Result[Any]: ...
    @overload
    async def scalar(
        self,
        statement: _TypedRows[tuple[_T, *tuple[Any, ...]]],
        params: Any = None,
        *,
        execution_options: _Options = ...,
        bind_arguments: Mapping[str, Any] | None = None,
        **kw: Any,
    ) -> _T | None: ...
    @overload
    async def scalar(
        self,
        statement: _Executable,
        params: Any = None,
        *,
        execution_options: _Options = ...,
        bind_arguments: Mapping[str, Any] | None = None,
        **kw: Any,
    ) -> Any: ...
    @overload
    async def scalars(
        self,
        statement: _TypedRows[tuple[_T, *tuple[Any, ...]]],
        params: Any = None,
        *,
        execution_options: _Options = ...,
        bind_arguments: Mapping[str, Any] | None = None,
        **kw: Any,
    ) -> ScalarResult[_T]: ...
    @overload
    async def scalars(
        self,
        statement: _Executable,
        params: Any = None,
        *,
        execution_options: _Options = ...,
        bind_arguments: Mapping[str, Any] | None = None,
        **kw: Any,
    ) -> ScalarResult[Any]: ...
    @overload
    async def stream(
        self,
        statement: _TypedRows[_TP],
        params: Any = None,
        *,
        execution_options: _Options = ...,
        bind_arguments: Mapping[str, Any] | None = None,
        **kw: Any,
    ) -> AsyncResult[_TP]: ...
    @overload
    async def stream(
        self,
        statement: _Executable,
        params: Any = None,
        *,
        execution_options: _Options = ...,
        bind_arguments: Mapping[str, Any] | None = None,
        **kw: Any,
    ) -> AsyncResult[Any]: ...
    @overload
    async def stream_scalars(
        self,
        statement: _TypedRows[tuple[_T, *tuple[Any, ...]]],
        params: Any = None,
        *,
        execution_options: _Options = ...,
        bind_arguments: Mapping[str, Any] | None = None,
        **kw: Any,
    ) -> AsyncScalarResult[_T]: ...
    @overload
    async def stream_scalars(
        self,
        statement: _Executable,
        params: Any = None,
        *,
        execution_options: _Options = ...,
        bind_arguments: Mapping[str, Any] | None = None,
        **kw: Any,
    ) -> AsyncScalarResult[Any]: ...
    @overload
    async def get(
        self,
        entity: type[_O],
        ident: Any,
        *,
        options: Iterable[Any] | None = None,
        populate_existing: bool | None = None,
        with_for_update: Any = None,
        identity_token: Any = None,
        execution_options: _Options = ...,
    ) -> _O | None: ...
    @overload
    async def get(
        self,
        entity: Any,
        ident: Any,
        *,
        options: Iterable[Any] | None = None,
        populate_existing: bool | None = None,
        with_for_update: Any = None,
        identity_token: Any = None,
        execution_options: _Options = ...,
    ) -> Any: ...
    @overload
    async def get_one(
        self,
        entity: type[_O],
        ident: Any,
        *,
        options: Iterable[Any] | None = None,
        populate_existing: bool | None = None,
        with_for_update: Any = None,
        identity_token: Any = None,
        execution_options: _Options = ...,
    ) -> _O: ...
    @overload
    async def get_one(
        self,
        entity: Any,
        ident: Any,
        *,
        options: Iterable[Any] | None = None,
        populate_existing: bool | None = None,
        with_for_update: Any = None,
        identity_token: Any = None,
        execution_options: _Options = ...,
    ) -> Any: ...
    async def delete(self, instance: object) -> None: ...
    async def delete_all(self, instances: Iterable[object]) -> None: ...
    async def merge(self, instance: _O, *, load: bool = True, options: Iterable[Any] | None = None) -> _O: ...
    async def merge_all(
        self, instances: Iterable[_O], *, load: bool = True, options: Iterable[Any] | None = None
    ) -> Sequence[_O]: ...
    async def flush(self, objects: Any = None) -> None: ...
    async def connection(
        self, bind_arguments: Any = None, execution_options: _Options | None = None, **kw: Any
    ) -> AsyncConnection: ...
    async def rollback(self) -> None: ...
    async def commit(self) -> None: ...
    async def close(self) -> None: ...
    async def reset(self) -> None: ...
    async def aclose(self) -> None: ...
    async def invalidate(self) -> None: ...
    @classmethod
    async def close_all(cls) -> None: ...
    def __contains__(self, instance: object) -> bool: ...
    def __iter__(self) -> Iterator[object]: ...
    @classmethod
    def object_session(cls, instance: object) -> Session | None: ...
    @classmethod
    def identity_key(
        cls, class_: Any = None, ident: Any = None, *, instance: Any = None, row: Any = None, identity_token: Any = None
    ) -> Any: ...

class AsyncSession(_SessionMethods, OneAtATime, ReversibleProxy):
    sync_session_class: type[Session]
    sync_session: Session
    bind: Any
    @property
    def binds(self) -> Mapping[Any, AsyncEngine | AsyncConnection]: ...
    def __init__(
        self,
        bind: Any = None,
        *,
        binds: Mapping[Any, Any] | None = None,
        sync_session_class: type[Session] | None = None,
        **kw: Any,
    ) -> None: ...
    def get_transaction(self) -> AsyncSessionTransaction | None: ...
    def get_nested_transaction(self) -> AsyncSessionTransaction | None: ...
    def bind_mapper(self, mapper: Any, bind: AsyncEngine | AsyncConnection) -> None: ...
    def bind_table(self, table: Any, bind: AsyncEngine | AsyncConnection) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, type_: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

class async_sessionmaker(Generic[_AS]):
    kw: dict[str, Any]
    class_: type[_AS]
    @overload
    def __init__(
        self: async_sessionmaker[AsyncSession],
        bind: Any = None,
        *,
        autoflush: bool = True,
        expire_on_commit: bool = True,
        info: dict[Any, Any] | None = None,
        **kw: Any,
    ) -> None: ...
    @overload
    def __init__(
        self,
        bind: Any = None,
        *,
        class_: type[_AS],
        autoflush: bool = True,
        expire_on_commit: bool = True,
        info: dict[Any, Any] | None = None,
        **kw: Any,
    ) -> None: ...
    def begin(self) -> AbstractAsyncContextManager[_AS]: ...
    def __call__(self, **local_kw: Any) -> _AS: ...
    def configure(self, **new_kw: Any) -> None: ...

def async_object_session(instance: object) -> AsyncSession | None: ...
def async_session(session: Session) -> AsyncSession | None: ...
async def close_all_sessions() -> None: ...
