"""One session over several databases ("shards"): functions of the user's choose where rows live and where they are looked for."""

from __future__ import annotations

from .. import event, exc, util
from ..inspection import inspect
from ..orm import ORMExecuteState
from ..orm.interfaces import ORMOption
from ..orm.query import Query
from ..orm.session import Session

__all__ = ["ShardedQuery", "ShardedSession", "set_shard_id"]

SHARD_KEY = "_sa_shard_id"


class ShardedQuery(Query):
    """A Query of a :class:`.ShardedSession`."""

    def set_shard(self, shard_id):
        """A copy that looks in one shard."""
        return self.execution_options(**{SHARD_KEY: shard_id})


class ShardedSession(Session):
    """A session over several databases.

    :param shard_chooser: ``f(mapper, instance, clause=None)`` gives the shard of an instance, or of a statement that is
        none of the ORM's
    :param identity_chooser: ``f(mapper, primary_key, *, lazy_loaded_from, execution_options, bind_arguments, **kw)`` gives the
        shards in which an identity is looked for
    :param execute_chooser: ``f(orm_execute_state)`` gives the shards on which a statement runs
    :param shards: dict of shard id to engine
    :param query_cls: class of :meth:`query`
    :param id_chooser: ``f(query, primary_key)``, older form of ``identity_chooser``
    :param query_chooser: ``f(query)``, older form of ``execute_chooser``
    """

    def __init__(self, shard_chooser, identity_chooser=None, execute_chooser=None, shards=None, query_cls=ShardedQuery, *,
                 id_chooser=None, query_chooser=None, **kwargs):  # fmt: skip
        super().__init__(query_cls=query_cls, **kwargs)
        event.listen(self, "do_orm_execute", _on_shards, retval=True)
        self.shard_chooser = shard_chooser
        if id_chooser is not None:
            util.warn_deprecated("The ``id_chooser`` parameter is deprecated; please use ``identity_chooser``.", "1.4")

            def identity_chooser(mapper, primary_key, *, lazy_loaded_from, execution_options, bind_arguments, **kw):
                query = self.query(mapper)
                if lazy_loaded_from is not None:
                    query = query._set_lazyload_from(lazy_loaded_from)
                return id_chooser(query, primary_key)

        elif identity_chooser is None:
            raise exc.ArgumentError("identity_chooser or id_chooser is required")
        self.identity_chooser = identity_chooser
        if query_chooser is not None:
            util.warn_deprecated("The ``query_chooser`` parameter is deprecated; please use ``execute_chooser``.", "1.4")
            if execute_chooser is not None:
                raise exc.ArgumentError("Can't pass query_chooser and execute_chooser at the same time.")
            execute_chooser = query_chooser
        elif execute_chooser is None:
            raise exc.ArgumentError("execute_chooser or query_chooser is required")
        self.execute_chooser = execute_chooser
        self._shards = {}
        for shard_id, bind in (shards or {}).items():
            self.bind_shard(shard_id, bind)

    def bind_shard(self, shard_id, bind):
        """Name the engine or connection of a shard."""
        self._shards[shard_id] = bind

    def get(self, entity, ident, *, identity_token=None, execution_options=util.EMPTY_DICT, bind_arguments=None, **kw):
        """As :meth:`.Session.get`; an object at hand is looked for in the shards that ``identity_chooser`` names."""
        if identity_token is None:
            mapper = inspect(entity).mapper
            identity_token = self._token_at_hand(mapper, ident, execution_options, bind_arguments)
        return super().get(
            entity, ident, identity_token=identity_token, execution_options=execution_options, bind_arguments=bind_arguments, **kw
        )

    def _token_at_hand(self, mapper, ident, execution_options, bind_arguments):
        values = ident if isinstance(ident, (tuple, list)) else (ident,)
        if isinstance(ident, dict):
            values = [ident[mapper.get_property_by_column(c).key] for c in mapper.primary_key]
        shards = self.identity_chooser(
            mapper, tuple(values), lazy_loaded_from=None, execution_options=dict(execution_options),
            bind_arguments=dict(bind_arguments) if bind_arguments else {},
        )  # fmt: skip
        for shard_id in shards:
            if mapper.identity_key_from_primary_key(tuple(values), identity_token=shard_id) in self.identity_map:
                return shard_id
        return None

    def _choose_shard_and_assign(self, mapper, instance, **kw):
        """The shard of an instance; a new one is told which it is."""
        if instance is None:
            return self.shard_chooser(mapper, None, **kw)
        state = inspect(instance)
        if state.key:
            return state.key[2]
        if state.identity_token is None:
            state.identity_token = self.shard_chooser(mapper, instance, **kw)
        return state.identity_token

    def connection_callable(self, mapper=None, instance=None, shard_id=None, **kw):
        """The connection that rows of an instance are written with."""
        if shard_id is None:
            shard_id = self._choose_shard_and_assign(mapper, instance)
        return self.connection(bind_arguments={"mapper": mapper, "shard_id": shard_id})

    def get_bind(self, mapper=None, *, shard_id=None, instance=None, clause=None, **kw):
        """The engine of a shard."""
        if shard_id is None:
            shard_id = self._choose_shard_and_assign(mapper, instance=instance, clause=clause)
        return self._shards[shard_id]


class set_shard_id(ORMOption):  # noqa: N801
    """A statement option: the shard that the statement runs on.

    :param shard_id: the shard
    :param propagate_to_loaders: also for loads of what its objects lead to, lazy ones included
    """

    __slots__ = ("propagate_to_loaders", "shard_id")

    def __init__(self, shard_id, propagate_to_loaders=True):
        self.shard_id = shard_id
        self.propagate_to_loaders = propagate_to_loaders


def _on_shards(context: ORMExecuteState):
    """Run a statement on the shards that it is about, and put the results together."""
    session = context.session
    shard_id = _stated_shard(context)
    shards = session.execute_chooser(context) if shard_id is None else (shard_id,)
    results = []
    for shard_id in shards:
        context.update_execution_options(identity_token=shard_id)
        arguments = {**context.bind_arguments, "shard_id": shard_id}
        results.append(context.invoke_statement(bind_arguments=arguments))
    return results[0] if len(results) == 1 else results[0].merge(*results[1:])


def _stated_shard(context):
    """The shard that the statement, its options or its execution name."""
    for option in getattr(context.statement, "_with_options", ()):
        if isinstance(option, set_shard_id):
            return option.shard_id
    options = context.execution_options
    for key in ("identity_token", SHARD_KEY):
        if options.get(key) is not None:
            return options[key]
    return context.bind_arguments.get("shard_id")
