"""Sessions whose operations are awaited."""

import contextlib
import functools
import inspect
from typing import Generic, TypeVar

from ... import _rs, util
from ...orm import Session, object_session
from ...orm import close_all_sessions as _sync_close_all_sessions
from . import engine as _engine
from .base import OneAtATime, ReversibleProxy, StartableContext, _run_to_completion, run
from .result import AsyncResult, AsyncScalarResult, executed

_AS = TypeVar("_AS", bound="AsyncSession")
_NO_OPTIONS = util.EMPTY_DICT


def _same_as(owner, name):
    """The documentation and the arguments of a method that is passed on as it is."""

    def decorate(fn):
        original = getattr(owner, name)
        fn.__name__ = name
        fn.__doc__ = original.__doc__
        with contextlib.suppress(TypeError, ValueError):
            fn.__signature__ = inspect.signature(original)
        return fn

    return decorate


def pass_on(cls, owner, target, methods=(), awaited=(), attributes=(), settable=()):
    """Give ``cls`` methods and attributes of ``owner`` that are those of ``getattr(self, target)``."""
    for name in methods:

        @_same_as(owner, name)
        def method(self, *args, _name=name, **kwargs):
            return getattr(getattr(self, target), _name)(*args, **kwargs)

        setattr(cls, name, method)
    for name in awaited:

        @_same_as(owner, name)
        async def coroutine(self, *args, _name=name, **kwargs):
            return await getattr(getattr(self, target), _name)(*args, **kwargs)

        setattr(cls, name, coroutine)
    for name in (*attributes, *settable):

        def get(self, _name=name):
            return getattr(getattr(self, target), _name)

        def put(self, value, _name=name):
            setattr(getattr(self, target), _name, value)

        doc = inspect.getdoc(getattr(owner, name, None)) or f"``{name}`` of the session."
        setattr(cls, name, property(functools.partial(get), functools.partial(put) if name in settable else None, doc=doc))


class _Getitem:
    __slots__ = ("_instance",)

    def __init__(self, instance):
        self._instance = instance

    def __getattr__(self, name):
        return _attribute(self._instance, name)


async def _attribute(instance, name):
    loaded = instance.__dict__
    # Nothing to wait for.
    return loaded[name] if name in loaded else await run(getattr, instance, name)


class AsyncAttrs:
    """Mixin of mapped classes: ``await object.awaitable_attrs.name`` loads the attribute where it has to be loaded."""

    class _AsyncAttrGetitem(_Getitem):
        __slots__ = ()

    @property
    def awaitable_attrs(self):
        """The attributes of the object, each to be awaited."""
        return AsyncAttrs._AsyncAttrGetitem(self)


class AsyncSessionTransaction(ReversibleProxy, StartableContext):
    """A transaction of an :class:`AsyncSession`."""

    _root = True
    __slots__ = ("nested", "session", "sync_transaction")

    def __init__(self, session, nested=False):
        self.session = session
        self.nested = nested
        self.sync_transaction = None

    @classmethod
    def _regenerate_proxy_for_target(cls, target, async_session, **kw):
        transaction = cls.__new__(cls)
        transaction.session = async_session
        transaction.sync_transaction = transaction._assign_proxied(target)
        transaction.nested = target.nested
        return transaction

    @property
    def is_active(self):
        """Whether it has neither ended nor failed."""
        return self.sync_transaction is not None and self.sync_transaction.is_active

    def _sync_transaction(self):
        if self.sync_transaction is None:
            self._raise_for_not_started()
        return self.sync_transaction

    @property
    def connections(self):
        """The :class:`.AsyncConnection` objects that take part, as a frozen set."""
        found = _engine.AsyncConnection._retrieve_proxy_for_target
        return frozenset(found(c) for c in self._sync_transaction().connections)

    def bound_connection(self, bindkey=None, *, bind=None, **kw):
        """The :class:`.AsyncConnection` of an engine, or of the only one, in this transaction."""
        if bind is not None:
            kw["bind"] = _engine._get_sync_engine_or_connection(bind)
        sync = self._sync_transaction().bound_connection(bindkey, **kw)
        return _engine.AsyncConnection._retrieve_proxy_for_target(sync)

    async def rollback(self):
        """Roll back."""
        await self.session._run(self._sync_transaction().rollback)

    async def commit(self):
        """Flush and commit."""
        await self.session._run(self._sync_transaction().commit)

    async def start(self, is_ctxmanager=False):
        """Begin; ``await session.begin()`` does the same."""
        session = self.session.sync_session
        begin = session.begin_nested if self.nested else session.begin
        self.sync_transaction = self._assign_proxied(await self.session._run(begin))
        if is_ctxmanager:
            self.sync_transaction.__enter__()
        return self

    async def __aexit__(self, type_, value, traceback):
        await self.session._run(self._sync_transaction().__exit__, type_, value, traceback)


class AsyncSession(OneAtATime, ReversibleProxy):
    """A :class:`.Session` whose operations are awaited; ``sync_session`` is the session itself.

    ``bind``, ``binds``: of :class:`.AsyncEngine` or :class:`.AsyncConnection`. ``sync_session_class``: the class of the session.
    Other arguments are those of :class:`.Session`. One task uses it at a time.
    """

    _root = True
    _is_asyncio = True
    sync_session_class = Session

    def __init__(self, bind=None, *, binds=None, sync_session_class=None, **kw):
        self._doing = None
        # What stands for a synchronous engine or connection lives as long as somebody holds it.
        self._given = [b for b in (bind, *(binds or {}).values()) if b is not None]
        if bind is not None:
            bind = _engine._get_sync_engine_or_connection(bind)
        if binds is not None:
            binds = {key: _engine._get_sync_engine_or_connection(b) for key, b in binds.items()}
        if sync_session_class is not None:
            self.sync_session_class = sync_session_class
        self.sync_session = self._assign_proxied(self.sync_session_class(bind=bind, binds=binds, **kw))

    @util.memoized_property
    def _translate_binds(self):
        """The synchronous engine or connection of each that was given."""
        return {b: b._proxied for b in self._given if hasattr(b, "_proxied")}

    def _also_given(self, bind):
        self._given.append(bind)
        self.__dict__.pop("_translate_binds", None)

    @property
    def bind(self):
        """The :class:`.AsyncEngine` or :class:`.AsyncConnection` of statements that ``binds`` does not know."""
        bind = self.sync_session.bind
        return None if bind is None else self._async_of(bind)

    @bind.setter
    def bind(self, bind):
        self._also_given(bind)
        self.sync_session.bind = None if bind is None else _engine._get_sync_engine_or_connection(bind)

    @property
    def binds(self):
        """Engines and connections by class and table."""
        return util.immutabledict({key: self._async_of(bind) for key, bind in self.sync_session.binds.items()})

    @classmethod
    def _regenerate_proxy_for_target(cls, target, **kw):
        session = cls.__new__(cls)
        session._doing = None
        session._given = []
        session.sync_session = session._assign_proxied(target)
        return session

    @classmethod
    def _no_async_engine_events(cls):
        raise NotImplementedError(
            "asynchronous events are not implemented at this time.  Apply synchronous listeners to the AsyncSession.sync_session."
        )

    async def refresh(self, instance, attribute_names=None, with_for_update=None):
        """Load attributes of an object anew; see :meth:`.Session.refresh`."""
        await self._run(self.sync_session.refresh, instance, attribute_names=attribute_names, with_for_update=with_for_update)

    async def run_sync(self, fn, *arg, **kw):
        """The result of ``fn(sync_session, *arg, **kw)``, which may do whatever synchronous code does: lazy loads as well."""
        return await self._run(fn, self.sync_session, *arg, **kw)

    async def execute(self, statement, params=None, *, execution_options=_NO_OPTIONS, bind_arguments=None, **kw):
        """Execute a statement; all rows are fetched. See :meth:`.Session.execute`."""
        kw.update(execution_options=execution_options, bind_arguments=bind_arguments)
        session, args = self.sync_session, (statement, params)
        return await self._run(executed, "AsyncSession.execute", session.execution_options, session.execute, args, kw)

    async def scalar(self, statement, params=None, *, execution_options=_NO_OPTIONS, bind_arguments=None, **kw):
        """The first column of the first row."""
        kw.update(execution_options=execution_options, bind_arguments=bind_arguments)
        return await self._run(self.sync_session.scalar, statement, params, **kw)

    async def scalars(self, statement, params=None, *, execution_options=_NO_OPTIONS, bind_arguments=None, **kw):
        """The first column of each row, or the objects; all are fetched."""
        result = await self.execute(statement, params, execution_options=execution_options, bind_arguments=bind_arguments, **kw)
        return result.scalars()

    async def get(
        self,
        entity,
        ident,
        *,
        options=None,
        populate_existing=None,
        with_for_update=None,
        identity_token=None,
        execution_options=_NO_OPTIONS,
    ):
        """The object with this primary key, or ``None``; see :meth:`.Session.get`."""
        kw = {"options": options, "with_for_update": with_for_update, "identity_token": identity_token}
        if populate_existing is not None:
            kw["populate_existing"] = populate_existing
        return await self._run(self.sync_session.get, entity, ident, execution_options=execution_options, **kw)

    async def get_one(
        self,
        entity,
        ident,
        *,
        options=None,
        populate_existing=None,
        with_for_update=None,
        identity_token=None,
        execution_options=_NO_OPTIONS,
    ):
        """The object with this primary key; raises ``NoResultFound``."""
        kw = {"options": options, "with_for_update": with_for_update, "identity_token": identity_token}
        if populate_existing is not None:
            kw["populate_existing"] = populate_existing
        return await self._run(self.sync_session.get_one, entity, ident, execution_options=execution_options, **kw)

    async def stream(self, statement, params=None, *, execution_options=_NO_OPTIONS, bind_arguments=None, **kw):
        """Execute a statement whose rows come bit by bit: an :class:`.AsyncResult`."""
        return AsyncResult(await self._stream(statement, params, execution_options, bind_arguments, kw))

    async def stream_scalars(self, statement, params=None, *, execution_options=_NO_OPTIONS, bind_arguments=None, **kw):
        """:meth:`stream`, of the first column: an :class:`.AsyncScalarResult`."""
        return AsyncScalarResult(await self._stream(statement, params, execution_options, bind_arguments, kw), 0)

    async def _stream(self, statement, params, execution_options, bind_arguments, kw):
        options = {**(execution_options or {}), "stream_results": True}
        kw.update(execution_options=options, bind_arguments=bind_arguments)
        return await self._run(self.sync_session.execute, statement, params, **kw)

    async def delete(self, instance):
        """Mark an object as deleted; what the cascade needs is loaded."""
        await self._run(self.sync_session.delete, instance)

    async def delete_all(self, instances):
        """:meth:`delete`, of several objects."""
        await self._run(self.sync_session.delete_all, instances)

    async def merge(self, instance, *, load=True, options=None):
        """The session's copy of an object, with its state; see :meth:`.Session.merge`."""
        return await self._run(self.sync_session.merge, instance, load=load, options=options)

    async def merge_all(self, instances, *, load=True, options=None):
        """:meth:`merge`, of several objects, as a list."""
        return await self._run(self.sync_session.merge_all, instances, load=load, options=options)

    async def flush(self, objects=None):
        """Send what has changed to the database."""
        await self._run(self.sync_session.flush, objects=objects)

    def get_transaction(self):
        """The root :class:`AsyncSessionTransaction`, or ``None``."""
        return self._transaction(self.sync_session.get_transaction())

    def get_nested_transaction(self):
        """That of the innermost savepoint, or ``None``."""
        return self._transaction(self.sync_session.get_nested_transaction())

    def _transaction(self, sync):
        if sync is None:
            return None
        return AsyncSessionTransaction._retrieve_proxy_for_target(sync, async_session=self)

    def get_bind(self, mapper=None, clause=None, bind=None, **kw):
        """The synchronous engine or connection that a statement is executed on."""
        return self.sync_session.get_bind(mapper=mapper, clause=clause, bind=bind, **kw)

    def get_async_bind(self, mapper=None, clause=None, bind=None, **kw):
        """The :class:`.AsyncEngine` or :class:`.AsyncConnection` that a statement is executed on."""
        return self._async_of(self.get_bind(mapper=mapper, clause=clause, bind=bind, **kw))

    def _async_of(self, bind):
        for given, sync in self._translate_binds.items():
            if sync is bind:
                return given
        cls = _engine.AsyncConnection if isinstance(bind, _rs.Connection) else _engine.AsyncEngine
        return cls._retrieve_proxy_for_target(bind)

    def bind_mapper(self, mapper, bind):
        """Execute statements of a class on this engine or connection."""
        self._also_given(bind)
        self.sync_session.bind_mapper(mapper, _engine._get_sync_engine_or_connection(bind))

    def bind_table(self, table, bind):
        """Execute statements of a table on this engine or connection."""
        self._also_given(bind)
        self.sync_session.bind_table(table, _engine._get_sync_engine_or_connection(bind))

    async def connection(self, bind_arguments=None, execution_options=None, **kw):
        """The :class:`.AsyncConnection` of the session's transaction."""
        kw.update(bind_arguments=bind_arguments)
        if execution_options is not None:
            kw["execution_options"] = execution_options
        sync = await self._run(self.sync_session.connection, **kw)
        return _engine.AsyncConnection._retrieve_proxy_for_target(sync)

    def begin(self):
        """An :class:`AsyncSessionTransaction`, to be awaited or used by ``async with``."""
        return AsyncSessionTransaction(self)

    def begin_nested(self):
        """The same with a savepoint."""
        return AsyncSessionTransaction(self, nested=True)

    async def rollback(self):
        """Roll the transaction back."""
        await self._run(self.sync_session.rollback)

    async def commit(self):
        """Flush and commit."""
        await self._run(self.sync_session.commit)

    async def close(self):
        """Give up the objects and the transaction, and the connection with it."""
        await self._run(self.sync_session.close)

    async def reset(self):
        """:meth:`close`, after which the session may be used again even where ``close_resets_only`` is false."""
        await self._run(self.sync_session.reset)

    async def aclose(self):
        """:meth:`close`, for ``contextlib.aclosing()``."""
        await self.close()

    async def invalidate(self):
        """:meth:`close`, and the connections are given up rather than used again."""
        await self._run(self.sync_session.invalidate)

    @classmethod
    async def close_all(cls):
        """Close all sessions; :func:`close_all_sessions` is its newer name."""
        util.warn_deprecated(
            "The AsyncSession.close_all() method is deprecated and will be removed in a future release.  "
            "Please refer to close_all_sessions().",
            "2.0",
        )
        await close_all_sessions()

    async def __aenter__(self):
        return self

    async def __aexit__(self, type_, value, traceback):
        await _run_to_completion(self.close())

    def _maker_context_manager(self):
        return _InTransaction(self)

    def __contains__(self, instance):
        return instance in self.sync_session

    def __iter__(self):
        return iter(self.sync_session)

    @classmethod
    def object_session(cls, instance):
        """The synchronous session that an object is in, or ``None``; see :func:`async_object_session`."""
        return object_session(instance)

    @classmethod
    def identity_key(cls, class_=None, ident=None, *, instance=None, row=None, identity_token=None):
        """The key by which an object is found; see :func:`.orm.util.identity_key`."""
        return Session.identity_key(class_, ident, instance=instance, row=row, identity_token=identity_token)


PASSED_ON = {
    "methods": (
        "add",
        "add_all",
        "expire",
        "expire_all",
        "expunge",
        "expunge_all",
        "is_modified",
        "in_transaction",
        "in_nested_transaction",
    ),
    "attributes": ("dirty", "deleted", "new", "identity_map", "is_active", "no_autoflush", "info"),
    "settable": ("autoflush", "execution_options"),
}
pass_on(AsyncSession, Session, "sync_session", **PASSED_ON)


class _InTransaction:
    """``async with maker.begin() as session``: a session in a transaction that is committed at the end."""

    __slots__ = ("session", "transaction")

    def __init__(self, session):
        self.session = session

    async def __aenter__(self):
        self.transaction = self.session.begin()
        await self.transaction.__aenter__()
        return self.session

    async def __aexit__(self, type_, value, traceback):
        async def end():
            await self.transaction.__aexit__(type_, value, traceback)
            await self.session.__aexit__(type_, value, traceback)

        await _run_to_completion(end())


class async_sessionmaker(Generic[_AS]):
    """A factory of :class:`AsyncSession` objects with the same arguments.

    ``class_``: the class; other arguments are those of :class:`AsyncSession`, and may be given anew in each call.
    """

    def __init__(self, bind=None, *, class_=AsyncSession, autoflush=True, expire_on_commit=True, info=None, **kw):
        kw.update(bind=bind, autoflush=autoflush, expire_on_commit=expire_on_commit)
        if info is not None:
            kw["info"] = info
        self.kw = kw
        self.class_ = type(class_.__name__, (class_,), {})

    def begin(self):
        """A new session in a transaction that is committed at the end of ``async with``."""
        return self()._maker_context_manager()

    def __call__(self, **local_kw):
        for name, value in self.kw.items():
            if name == "info" and "info" in local_kw:
                local_kw["info"] = {**value, **local_kw["info"]}
            else:
                local_kw.setdefault(name, value)
        return self.class_(**local_kw)

    def configure(self, **new_kw):
        """Change the arguments."""
        self.kw.update(new_kw)

    def __repr__(self):
        arguments = ", ".join(f"{k}={v!r}" for k, v in self.kw.items())
        return f"{self.__class__.__name__}(class_={self.class_.__name__!r}, {arguments})"


def async_object_session(instance):
    """The :class:`AsyncSession` that an object is in, or ``None``."""
    session = object_session(instance)
    return None if session is None else async_session(session)


def async_session(session):
    """The :class:`AsyncSession` that stands for a session, or ``None``."""
    return AsyncSession._retrieve_proxy_for_target(session, regenerate=False)


async def close_all_sessions():
    """Close all sessions of the program."""
    await run(_sync_close_all_sessions)
