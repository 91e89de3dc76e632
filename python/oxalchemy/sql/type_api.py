"""The type API: ``TypeEngine``, ``TypeDecorator``, ``UserDefinedType`` and their mixins.

Types are plain data. Conversion of values happens in Rust, which reads a type's attributes once; a Python method below runs only
where user code asks for it.
"""

import weakref

from .. import _rs, exc, util
from .event_target import SchemaEventTarget

NO_ARG = util.symbol("NO_ARG") if hasattr(util, "symbol") else object()


class _ComparatorBase:
    """Operators of expressions of a type; subclasses add or override operators through ``comparator_factory``."""

    __slots__ = ("expr",)

    default_comparator = None

    def __init__(self, expr):
        self.expr = expr

    def __clause_element__(self):
        return self.expr

    @property
    def type(self):
        return self.expr.type

    def operate(self, op, *other, **kwargs):
        """Build the expression that the type would build without the override."""
        return _rs.default_operate(self.expr, op, False, *other, **kwargs)

    def reverse_operate(self, op, other, **kwargs):
        """The same with the operands exchanged."""
        return _rs.default_operate(self.expr, op, True, other, **kwargs)

    def _adapt_expression(self, op, other_comparator):
        return op, self.type


def _with_operators():
    """``ColumnOperators`` as base when it exists; the types must be importable before the expressions."""
    try:
        from .operators import ColumnOperators
    except ImportError:
        return (_ComparatorBase,)
    return (_ComparatorBase, ColumnOperators)


class Comparator(*_with_operators()):
    __doc__ = _ComparatorBase.__doc__
    __slots__ = ()

    def __eq__(self, other):
        from . import operators

        return self.operate(operators.eq, other)

    def __ne__(self, other):
        from . import operators

        return self.operate(operators.ne, other)

    __hash__ = object.__hash__


Comparator._ox_builtin = Comparator
Comparator.__qualname__ = "TypeEngine.Comparator"


def builtin_comparator(cls):
    """Mark a comparator as one whose operators Rust knows."""
    cls._ox_builtin = cls
    return cls


class TypeEngine(_rs.TypeEngine):
    """Base of all SQL types."""

    __visit_name__ = None
    _affinity = None
    _isnull = False
    _is_tuple_type = False
    _is_table_value = False
    _is_array = False
    _is_type_decorator = False
    render_bind_cast = False
    render_literal_cast = False
    operator_classes = None

    Comparator = Comparator
    comparator_factory = Comparator
    hashable = True
    sort_key_function = None
    should_evaluate_none = False
    _variant_mapping = util.EMPTY_DICT

    def __getstate__(self):
        state = dict(self.__dict__)
        for memoized in ("_type_affinity", "_generic_type_affinity"):
            state.pop(memoized, None)
        return state

    # -- documented hooks -------------------------------------------------
    def bind_processor(self, dialect):
        """A callable that converts bound values, or ``None``."""
        return _rs.BindProcessor.make(self, dialect)

    def result_processor(self, dialect, coltype=None):
        """A callable that converts result values, or ``None``."""
        return _rs.ResultProcessor.make(self, dialect)

    def literal_processor(self, dialect):
        """A callable that renders a value as SQL literal, or ``None``."""
        return _rs.LiteralProcessor.make(self, dialect)

    def bind_expression(self, bindvalue):
        """SQL to put around a bound value, or ``None``."""
        return None

    def column_expression(self, colexpr):
        """SQL to put around a selected column, or ``None``."""
        return None

    @property
    def _has_bind_expression(self):
        return type(self).bind_expression is not TypeEngine.bind_expression

    @property
    def _has_column_expression(self):
        return type(self).column_expression is not TypeEngine.column_expression

    def coerce_compared_value(self, op, value):
        """The type that a plain value takes opposite an expression of this type."""
        coerced = _rs.resolve_value_to_type(value)
        if coerced._isnull or coerced._type_affinity is self._type_affinity:
            return self
        return coerced

    def compare_values(self, x, y):
        """Are two values equal?"""
        return x == y

    def copy_value(self, value):
        return value

    def is_mutable(self):
        return False

    def get_dbapi_type(self, dbapi):
        return None

    def get_search_list(self):
        """Classes from this one up (0.5)."""
        return tuple(c for c in type(self).__mro__ if issubclass(c, _rs.TypeEngine))

    @property
    def python_type(self):
        """The Python class of values."""
        return object

    # -- adaption ---------------------------------------------------------
    def evaluates_none(self):
        """A copy for which ``None`` is a value like others."""
        typ = self.copy()
        typ.should_evaluate_none = True
        return typ

    def copy(self, **kw):
        return self.adapt(self.__class__)

    def adapt(self, cls, **kw):
        """An instance of ``cls`` with the arguments of this one."""
        typ = util.constructor_copy(self, cls, **kw)
        if self._variant_mapping:
            typ._variant_mapping = self._variant_mapping
        if self.should_evaluate_none:
            typ.should_evaluate_none = True
        return typ

    def adapt_emulated_to_native(self, impltype, **kw):
        return self.adapt(impltype, **kw)

    def _to_instance(self, cls_or_self):
        return to_instance(cls_or_self)

    def with_variant(self, type_, *dialect_names):
        """A copy that is ``type_`` on the named dialects."""
        if not dialect_names:
            raise exc.ArgumentError("At least one dialect name is required")
        for name in dialect_names:
            if name in self._variant_mapping:
                raise exc.ArgumentError(f"Dialect {name!r} is already present in the mapping for this {self!r}")
        new = self.copy()
        type_ = to_instance(type_)
        if type_._variant_mapping:
            raise exc.ArgumentError("can't pass a type that already has variants as a dialect-level type to with_variant()")
        new._variant_mapping = util.immutabledict({**self._variant_mapping, **dict.fromkeys(dialect_names, type_)})
        return new

    def _resolve_for_literal(self, value):
        return self

    def _resolve_for_python_type(self, python_type, matched_type, matched_on_flattened):
        return self if python_type is matched_on_flattened else None

    def _with_collation(self, collation):
        raise NotImplementedError()

    def as_generic(self, allow_nulltype=False):
        """The generic type this one specialises."""
        generic = self._generic_type_affinity
        if not allow_nulltype and self._isnull or generic is None or isinstance(self, UserDefinedType):
            cls = type(self)
            raise NotImplementedError(
                "Default TypeEngine.as_generic() heuristic method was unsuccessful for "
                f"{cls.__module__}.{cls.__name__}. A custom as_generic() method must be implemented for this type class."
            )
        return util.constructor_copy(self, generic)

    @util.memoized_property
    def _type_affinity(self):
        """The most general class of this type's kind."""
        typ = None
        for t in self.__class__.__mro__:
            if t is TypeEngine or t is _rs.TypeEngine or TypeEngine in t.__bases__ or _TypeDecoratorLike in t.__bases__:
                return typ if t in (TypeEngine, _rs.TypeEngine) and typ is not None else t
            if issubclass(t, TypeEngine):
                typ = t
        return self.__class__

    @util.memoized_property
    def _generic_type_affinity(self):
        best_camel = best_upper = None
        from . import sqltypes

        if not isinstance(self, (TypeEngine, UserDefinedType)) or isinstance(self, UserDefinedType):
            return self.__class__
        for t in self.__class__.__mro__:
            if (
                t.__module__.startswith(("oxalchemy.sql.sqltypes", "oxalchemy.sql.type_api"))
                and issubclass(t, TypeEngine)
                and t is not TypeEngine
                and not t.__name__.startswith("_")
            ):
                if t.__name__.isupper() and not best_upper:
                    best_upper = t
                elif not t.__name__.isupper() and not best_camel:
                    best_camel = t
        return best_camel or best_upper or (sqltypes.NullType if self._isnull else None)

    # -- dialects ---------------------------------------------------------
    def dialect_impl(self, dialect):
        """The type object that stands for this one on a dialect."""
        variant = self._variant_mapping.get(dialect.name)
        if variant is not None:
            return variant.dialect_impl(dialect)
        return _dialect_impl(self, dialect)

    def _cached_literal_processor(self, dialect):
        return self.dialect_impl(dialect).literal_processor(dialect)

    def _cached_bind_processor(self, dialect):
        return self.dialect_impl(dialect).bind_processor(dialect)

    def _cached_result_processor(self, dialect, coltype):
        return self.dialect_impl(dialect).result_processor(dialect, coltype)

    def _unwrapped_dialect_impl(self, dialect):
        return self.dialect_impl(dialect)

    def type_engine(self, dialect):
        return self.dialect_impl(dialect)

    def compare_against_backend(self, dialect, conn_type):
        return None

    def compile(self, dialect=None):
        """DDL text of the type."""
        return _rs.compile_type(self, dialect)

    @property
    def _static_cache_key(self):
        from .. import util as _util

        names = _util.get_cls_kwargs(self.__class__) if hasattr(_util, "get_cls_kwargs") else ()
        return (self.__class__,) + tuple((k, self.__dict__[k]) for k in names if k in self.__dict__ and not k.startswith("_"))

    def _compare_type_affinity(self, other):
        return self._type_affinity is other._type_affinity

    def __str__(self):
        try:
            return str(self.compile())
        except Exception:  # a type that cannot be rendered alone still has a text
            return repr(self)

    def __repr__(self):
        return util.generic_repr(self)


def _dialect_impl(type_, dialect):
    """Dialect-specific class of the same kind, adapted; the type itself when the dialect has none."""
    memos = _memos.setdefault(dialect, weakref.WeakKeyDictionary())
    found = memos.get(type_)
    if found is None:
        found = adapt_type(type_, getattr(dialect, "colspecs", None) or {})
        if found is type_:
            found = type_.adapt(type(type_))
        memos[type_] = found
    return found


# dialect -> type -> its adapted form
_memos = weakref.WeakKeyDictionary()


class _TypeDecoratorLike:
    __slots__ = ()


class TypeEngineMixin:
    """Marks mixins of types."""

    __slots__ = ()


class ExternalType(TypeEngineMixin):
    """Types defined outside: they say by ``cache_ok`` whether statements with them may be cached."""

    __slots__ = ()
    cache_ok = None


class UserDefinedType(ExternalType, TypeEngine):
    """Base of types that users define: ``get_col_spec(**kw)`` gives the DDL text."""

    __visit_name__ = "user_defined"
    ensure_kwarg = "get_col_spec"

    def coerce_compared_value(self, op, value):
        return self


class NativeForEmulated(TypeEngineMixin):
    """Marks database types that stand for a type which is emulated elsewhere."""

    __slots__ = ()

    @classmethod
    def adapt_native_to_emulated(cls, impl, **kw):
        return impl.adapt(cls, **kw)

    @classmethod
    def adapt_emulated_to_native(cls, impl, **kw):
        return impl.adapt(cls, **kw)


class Emulated(TypeEngineMixin):
    """Marks types that some databases have and others imitate."""

    __slots__ = ()
    native = True

    def adapt_to_emulated(self, impltype, **kw):
        return super().adapt(impltype, **kw)


class TypeDecorator(_TypeDecoratorLike, SchemaEventTarget, ExternalType, TypeEngine):
    """A type with Python code before binding and after fetching."""

    __visit_name__ = "type_decorator"
    _is_type_decorator = True
    impl = None
    coerce_to_is_types = (type(None),)

    def __init__(self, *args, **kwargs):
        if getattr(self.__class__, "impl", None) is None:
            raise AssertionError(
                "TypeDecorator implementations require a class-level variable 'impl' which refers to the class of type being "
                "decorated"
            )
        self.impl = to_instance(self.__class__.impl, *args, **kwargs)

    @property
    def impl_instance(self):
        return self.impl

    @property
    def operator_classes(self):
        return self.impl_instance.operator_classes

    @property
    def comparator_factory(self):
        return self.impl.comparator_factory

    @property
    def _type_affinity(self):
        return self.impl._type_affinity

    @property
    def _affinity(self):
        return self.impl._affinity

    @property
    def sort_key_function(self):
        return self.impl.sort_key_function

    @property
    def hashable(self):
        return self.impl.hashable

    @property
    def python_type(self):
        return object

    def type_engine(self, dialect):
        adapted = dialect.type_descriptor(self) if hasattr(dialect, "type_descriptor") else self
        return adapted if not isinstance(adapted, type(self)) else self.load_dialect_impl(dialect)

    def load_dialect_impl(self, dialect):
        """The type that stands for this one on a dialect."""
        variant = self.impl._variant_mapping.get(dialect.name)
        return variant if variant is not None else self.impl

    def dialect_impl(self, dialect):
        variant = self._variant_mapping.get(dialect.name)
        if variant is not None:
            return variant.dialect_impl(dialect)
        tt = self.copy()
        if not isinstance(tt, self.__class__):
            raise AssertionError(
                f"Type object {self} does not properly implement the copy() method, it must return an object of "
                f"type {self.__class__}"
            )
        tt.impl = self.load_dialect_impl(dialect).dialect_impl(dialect)
        return tt

    def _unwrapped_dialect_impl(self, dialect):
        typ = self.load_dialect_impl(dialect)
        while isinstance(typ, TypeDecorator):
            typ = typ.load_dialect_impl(dialect)
        return typ.dialect_impl(dialect)

    def process_bind_param(self, value, dialect):
        """Python value to what ``impl`` takes."""
        raise NotImplementedError()

    def process_result_value(self, value, dialect):
        """What ``impl`` returns to the Python value."""
        raise NotImplementedError()

    def process_literal_param(self, value, dialect):
        """Python value to what is rendered inline."""
        raise NotImplementedError()

    def _overrides(self, name):
        return getattr(type(self), name) is not getattr(TypeDecorator, name)

    def literal_processor(self, dialect):
        if self._overrides("process_literal_param"):
            process = self.process_literal_param
        elif self._overrides("process_bind_param"):
            process = self.process_bind_param
        else:
            return self.load_dialect_impl(dialect).dialect_impl(dialect).literal_processor(dialect)
        inner = self.load_dialect_impl(dialect).dialect_impl(dialect).literal_processor(dialect)
        if inner:
            return lambda value: inner(process(value, dialect))
        return lambda value: process(value, dialect)

    def bind_expression(self, bindparam):
        return self.impl_instance.bind_expression(bindparam)

    def column_expression(self, column):
        return self.impl_instance.column_expression(column)

    @property
    def _has_bind_expression(self):
        return self._overrides("bind_expression") or self.impl_instance._has_bind_expression

    @property
    def _has_column_expression(self):
        return self._overrides("column_expression") or self.impl_instance._has_column_expression

    def copy(self, **kw):
        instance = self.__class__.__new__(self.__class__)
        instance.__dict__.update(self.__dict__)
        return instance

    def get_dbapi_type(self, dbapi):
        return self.impl.get_dbapi_type(dbapi)

    def compare_values(self, x, y):
        return self.impl.compare_values(x, y)

    def coerce_compared_value(self, op, value):
        return self

    def _enter(self, owner, **how):
        if isinstance(self.impl, SchemaEventTarget):
            self.impl._enter(owner, **how)

    def _inner_part(self):
        return self.impl

    def __getattr__(self, key):
        if key.startswith("__") or key == "impl":
            raise AttributeError(key)
        return getattr(self.impl, key)

    def __repr__(self):
        return util.generic_repr(self, to_inspect=self.impl)


class Variant(TypeDecorator):
    """Name of the wrapper that ``with_variant()`` returned in 1.4."""

    def __init__(self, *arg, **kw):
        raise NotImplementedError(
            "Variant is no longer used in SQLAlchemy; this is a placeholder symbol for backwards compatibility."
        )


def to_instance(typeobj, *arg, **kw):
    """An instance of a type given as class, callable or instance; ``None`` is ``NullType``."""
    if typeobj is None:
        from .sqltypes import NULLTYPE

        return NULLTYPE
    if callable(typeobj) and not isinstance(typeobj, _rs.TypeEngine):
        return typeobj(*arg, **kw)
    return typeobj


def adapt_type(typeobj, colspecs):
    """The class that ``colspecs`` gives for a type's class or the nearest base, adapted."""
    typeobj = to_instance(typeobj)
    for t in typeobj.__class__.__mro__[0:-1]:
        if t in colspecs:
            impltype = colspecs[t]
            break
    else:
        return typeobj
    if issubclass(typeobj.__class__, impltype):
        return typeobj
    if isinstance(typeobj, Emulated) and issubclass(impltype, NativeForEmulated):
        # A type that asks to be emulated stays what it is.
        return impltype.adapt_emulated_to_native(typeobj) if typeobj.native else typeobj
    return typeobj.adapt(impltype)


def _dialect_by_name(name):
    """The default dialect object of a name, for hooks that want one."""
    from ..dialects import registry

    try:
        cls = registry.load(name)
    except exc.NoSuchModuleError:
        from ..engine.default import DefaultDialect as cls
    return cls()


def _get_cls_init(cls):
    import inspect

    return inspect.signature(cls.__init__)
