"""Bases and helpers that statements and expressions share."""

import enum

from .. import _rs, exc, util
from .cache_key import HasCacheKey
from .dialect_kw import DialectKWArgConst, DialectKWArgs
from .event_target import SchemaEventTarget as SchemaEventTarget
from .visitors import Visitable

ColumnCollection = _rs.ColumnCollection


class _NoArg(enum.Enum):
    NO_ARG = 0

    def __repr__(self):
        return f"_NoArg.{self.name}"


NO_ARG = _NoArg.NO_ARG


class _NoneName(enum.Enum):
    NONE_NAME = 0


_NONE_NAME = _NoneName.NONE_NAME


class ReadOnlyColumnCollection(ColumnCollection):
    __slots__ = ()


class WriteableColumnCollection(ColumnCollection):
    """A collection that :meth:`add` changes."""

    __slots__ = ()

    def add(self, column, key=None):
        """Add a column, under its own key or ``key``."""
        self._add(column, key)


class DedupeColumnCollection(WriteableColumnCollection):
    """A collection that holds each key once."""

    __slots__ = ()


class Immutable:
    __slots__ = ()


class SingletonConstant(Immutable):
    __slots__ = ()


class Generative(HasCacheKey):
    """Methods give changed copies."""

    __slots__ = ()


class InPlaceGenerative(Generative):
    __slots__ = ()


class HasCompileState(Generative):
    __slots__ = ()


class _EntityNamespace:
    __slots__ = ()


class Executable(Generative):
    """What a connection can execute; mixed into the user's own statements."""

    __slots__ = ()
    supports_execution = True
    is_select = False
    is_from_statement = False
    is_update = False
    is_insert = False
    is_text = False
    is_delete = False
    is_dml = False

    def execution_options(self, **kw):
        """A copy with these execution options."""
        self._execution_options = util.immutabledict({**getattr(self, "_execution_options", {}), **kw})
        return self

    def get_execution_options(self):
        return getattr(self, "_execution_options", util.EMPTY_DICT)

    def options(self, *options):
        self._with_options = (*getattr(self, "_with_options", ()), *options)
        return self


class ExecutableStatement(Executable):
    __slots__ = ()


class ExecutableOption(HasCacheKey):
    """An option that statements carry; base of the user's own options."""

    _is_has_cache_key = False
    propagate_to_loaders = False
    _is_compile_state = False
    _is_core = True
    _is_default_generator = False

    def _clone(self, **kw):
        c = self.__class__.__new__(self.__class__)
        c.__dict__ = dict(self.__dict__)
        return c


class CompileState:
    __slots__ = ("statement", "_ambiguous_table_name_map")


class SyntaxExtension:
    """A user-defined clause of a statement (2.1)."""

    __slots__ = ()


class HasSyntaxExtensions:
    """Statements that take extensions."""

    __slots__ = ()

    def ext(self, extension):
        """The statement with a dialect's clause applied to it."""
        apply = getattr(extension, "apply_to", None) or getattr(extension, f"apply_to_{self.__visit_name__}", None)
        if apply is None:
            raise exc.ArgumentError(f"Syntax extension construct expected, got {extension!r}.")
        changed = apply(self)
        return self if changed is None else changed


class _Generator:
    """A method that changes a copy of its object: ``@_generative`` of old."""

    __slots__ = ()


def _generative(fn):
    """Let ``fn`` change a copy of its object."""
    import copy
    import functools

    @functools.wraps(fn)
    def copied(self, *args, **kw):
        new = copy.copy(self)
        result = fn(new, *args, **kw)
        return new if result is None or result is new else result

    return copied


def _select_iterables(elements):
    return [c for e in elements for c in (e.c if hasattr(e, "c") else [e])]


def _from_objects(*elements):
    return [f for e in elements for f in getattr(e, "_from_objects", ())]


def _clone(element, **kw):
    return element


def _entity_namespace_key(entity, key, default=NO_ARG):
    ns = getattr(entity, "entity_namespace", entity)
    try:
        return getattr(ns, key) if default is NO_ARG else getattr(ns, key, default)
    except AttributeError as err:
        raise exc.InvalidRequestError(f'Entity namespace for "{entity}" has no property "{key}"') from err


__all__ = ("ColumnCollection", "DialectKWArgs", "Executable", "ExecutableStatement", "Generative", "Immutable", "Visitable")
