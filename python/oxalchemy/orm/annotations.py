"""Annotations of declarative classes: evaluated, taken apart, and turned into column types or relationship targets."""

from __future__ import annotations

import datetime
import decimal
import enum
import sys
import types as py_types
import uuid
from typing import Any, ClassVar, ForwardRef, Literal, NewType, TypeVar, Union, get_args, get_origin

from oxalchemy import exc
from oxalchemy.orm.exc import MappedAnnotationError
from oxalchemy.orm.mapped import DynamicMapped, Mapped, Unmapped, WriteOnlyMapped

_UNION = (Union, py_types.UnionType)


def is_classvar(annotation):
    """`ClassVar[...]`, also as a string."""
    if isinstance(annotation, str):
        return annotation.startswith(("ClassVar", "typing.ClassVar", "t.ClassVar"))
    return annotation is ClassVar or get_origin(annotation) is ClassVar


class Target:
    """What stands inside `Mapped[...]`."""

    __slots__ = ("container", "inner", "optional", "raw", "source")

    def __init__(self, container, raw, inner, optional, source=None):
        self.container, self.raw, self.inner, self.optional, self.source = container, raw, inner, optional, source


def is_container(origin):
    """`Mapped`, one of its relatives, or `Unmapped`."""
    return isinstance(origin, type) and issubclass(origin, (Mapped, Unmapped))


def check_resolved(target, key):
    """Columns need a type: a name that nobody knows is a mistake."""
    if isinstance(target.inner, (str, ForwardRef)):
        raise MappedAnnotationError(
            f'Could not resolve all types within mapped annotation: "{target.source}".  Ensure all types are written correctly '
            "and are imported within the module in use."
        )


def not_located(inner, key):
    """No SQL type is known for a Python type."""
    from oxalchemy.sql.type_api import TypeEngine

    shown = f"'{inner}'"
    place = f"inside the {key!r} attribute Mapped annotation is"
    if isinstance(inner, TypeEngine) or (isinstance(inner, type) and issubclass(inner, TypeEngine)):
        return MappedAnnotationError(f"The type provided {place} the SQLAlchemy type {inner}. Expected a Python type instead")
    is_type = isinstance(inner, (type, TypeVar, NewType)) or get_origin(inner) is not None or _is_alias(inner)
    if not is_type and not _is_typing(inner):
        return MappedAnnotationError(
            f"The object provided {place} not a Python type, it's the object {inner!r}. Expected a Python type."
        )
    return MappedAnnotationError(
        "Could not locate SQLAlchemy Core type when resolving for Python type indicated by "
        f"{shown} inside the Mapped[] annotation for the {key!r} attribute; "
        "the type object is not resolvable by the registry"
    )


def _is_typing(t):
    return getattr(type(t), "__module__", None) in ("typing", "typing_extensions")


def _is_alias(t):
    """A `type X = ...` alias: of the language, or of typing_extensions where that came first."""
    for module in ("typing", "typing_extensions"):
        kind = getattr(sys.modules.get(module), "TypeAliasType", None)
        if kind is not None and isinstance(t, kind):
            return True
    return False


class _Lenient(dict):
    """Globals in which an unknown name is itself a forward reference: the class may not exist yet."""

    def __init__(self, base):
        super().__init__(base)

    def __missing__(self, key):
        import builtins

        if hasattr(builtins, key):
            return getattr(builtins, key)
        return _Forward(key)


class _Forward(str):
    """An unresolved name; supports what annotations do with classes."""

    __slots__ = ()

    def __or__(self, other):
        return Union[ForwardRef(str(self)), other]

    def __ror__(self, other):
        return Union[other, ForwardRef(str(self))]

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Forward(f"{self}.{name}")


def evaluate(annotation, cls, origin_module):
    """The annotation as an object, when it was written (or kept) as text. Unknown names stay forward references."""
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    if not isinstance(annotation, str) or isinstance(annotation, _Forward):
        return annotation
    module = sys.modules.get(origin_module)
    names = _Lenient(vars(module) if module else {})
    names.setdefault("Mapped", Mapped)
    names[cls.__name__] = cls
    try:
        return eval(annotation, names)
    except Exception as e:
        raise MappedAnnotationError(
            f"Could not interpret annotation {annotation}.  Check that it uses names that are correctly imported at the "
            "module level. "
        ) from e


def target_of(annotation, cls, origin_module):
    """Take `Mapped[...]` apart; `None` when the annotation is not one of ours."""
    value = evaluate(annotation, cls, origin_module)
    origin = get_origin(value)
    if not is_container(origin):
        return Target(value, Any, Any, False, annotation) if is_container(value) else None
    (raw,) = get_args(value) or (Any,)
    raw = evaluate(raw, cls, origin_module)
    inner, optional = without_none(raw, cls, origin_module)
    return Target(origin, raw, inner, optional, annotation)


def without_none(raw, cls=None, origin_module=None):
    """(type without None, whether None was among them)."""
    alias = _alias_value(raw)
    if alias is not raw and get_origin(alias) in _UNION:
        inner, optional = without_none(alias, cls, origin_module)
        return (raw, True) if optional else (raw, False)
    if get_origin(raw) in _UNION:
        args = get_args(raw)
        rest = [a for a in args if a is not type(None)]
        optional = len(rest) != len(args)
        if len(rest) == 1:
            inner = rest[0]
            if isinstance(inner, ForwardRef) and cls is not None:
                inner = evaluate(inner, cls, origin_module)
            return inner, optional
        if optional:
            return Union[tuple(rest)], True
    if raw is type(None) or raw is None:
        return type(None), True
    return raw, False


def _alias_value(t):
    """The value of a `type X = ...` alias."""
    while _is_alias(t):
        t = t.__value__
    return t


def annotated_extras(t):
    """(type, metadata) of `Annotated[type, ...]`, through aliases."""
    value = _alias_value(t)
    if hasattr(value, "__metadata__"):
        return value.__origin__, value.__metadata__
    return t, ()


def default_type_map():
    """Python type → SQL type."""
    from oxalchemy import types as sa

    return {
        bool: sa.Boolean(),
        bytes: sa.LargeBinary(),
        datetime.date: sa.Date(),
        datetime.datetime: sa.DateTime(),
        datetime.time: sa.Time(),
        datetime.timedelta: sa.Interval(),
        decimal.Decimal: sa.Numeric(),
        float: sa.Double() if hasattr(sa, "Double") else sa.Float(),
        int: sa.Integer(),
        str: sa.String(),
        uuid.UUID: sa.Uuid(),
        type(None): sa.NullType(),
    }


class TypeResolve:
    """What listeners of ``resolve_type_annotation`` get to know of a Python type in ``Mapped[]``. Since 2.1."""

    __slots__ = (
        "registry",
        "cls",
        "key",
        "raw_type",
        "resolved_type",
        "raw_pep_593_type",
        "raw_pep_695_type",
        "pep_593_resolved_argument",
        "pep_695_resolved_value",
    )

    __module__ = "oxalchemy.orm"

    def __init__(self, registry, cls, key, raw_type):
        self.registry = registry
        self.cls = cls
        self.key = key
        self.raw_type = raw_type
        self.raw_pep_593_type = self.raw_pep_695_type = None
        self.pep_593_resolved_argument = self.pep_695_resolved_value = None
        for candidate in _candidates(raw_type):
            if _is_alias(candidate):
                self.raw_pep_695_type = self.raw_pep_695_type or candidate
                self.pep_695_resolved_value = candidate.__value__
            elif hasattr(candidate, "__metadata__"):
                self.raw_pep_593_type = candidate
                self.pep_593_resolved_argument = candidate.__origin__
            self.resolved_type = candidate

    def resolve(self, python_type):
        """The SQL type that the registry's map and the defaults give, or None."""
        return resolve_type(self.registry, python_type)


def resolve_annotation(registry, python_type, cls, key):
    """As :func:`resolve_type`, after listeners of ``resolve_type_annotation`` were asked."""
    listeners = registry.dispatch.resolve_type_annotation
    if listeners:
        from oxalchemy import types as sa

        facts = TypeResolve(registry, cls, key, python_type)
        for fn in listeners:
            found = fn(facts)
            if found is not None:
                return sa.to_instance(found)
    return resolve_type(registry, python_type)


def resolve_type(registry, python_type):
    """The SQL type for a Python type by the registry's map and ours; `None` when there is none.

    Looks up, in order: the type as written (aliases, `Annotated`, unions), what it stands for; enumerations and literals also
    by what they are.
    """
    from oxalchemy import types as sa

    own = registry.type_annotation_map
    for candidate in _candidates(python_type):
        found = _lookup(own, candidate)
        if found is not None:
            found = sa.to_instance(found)
            # values of its own: it is what it is
            return found if getattr(found, "enum_class", None) is None else _made_for(found, candidate, sa)
    for candidate in _candidates(python_type):
        if get_origin(candidate) is Literal:
            template = own.get(Literal)
            if template is None:
                template = sa.Enum(enum.Enum, native_enum=False)
            return _made_for(sa.to_instance(template), candidate, sa)
        if isinstance(candidate, type):
            found = _by_base(own, candidate, sa)
            if found is None:
                found = _DEFAULTS().get(candidate)
            if found is not None:
                return found
    return None


def _by_base(own, python_type, sa):
    """By a class further up: the map's entries for enumerations serve their subclasses."""
    for base in python_type.__mro__[1:]:
        found = own.get(base)
        if found is not None:
            found = sa.to_instance(found)
            return _made_for(found, python_type, sa) if isinstance(found, sa.Enum) else None
        elif base is enum.Enum:
            return sa.Enum(python_type)
    return None


def _made_for(template, python_type, sa):
    """An `Enum` of the map is a pattern: it is made for the enumeration or the literals that it was found for."""
    if not isinstance(template, sa.Enum):
        return template
    options = dict(template._enum_arguments)
    if get_origin(python_type) is Literal:
        options.pop("values_callable", None)
        members = _literals(python_type)
        options.setdefault("native_enum", False)
    elif isinstance(python_type, type) and issubclass(python_type, enum.Enum):
        members = [python_type]
    else:
        return template
    return sa.Enum(*members, **options)


def _literals(python_type):
    values = []

    def add(t):
        for v in get_args(t):
            v = _alias_value(v)
            add(v) if get_origin(v) is Literal else values.append(v)

    add(python_type)
    odd = [v for v in values if not isinstance(v, str)]
    if odd:
        raise exc.ArgumentError(
            f"Can't create string-based Enum datatype from non-string values: {', '.join(map(repr, odd))}.  Please provide an "
            "explicit Enum datatype for this Python type"
        )
    return values


def _DEFAULTS(cache=[]):  # noqa: B006 - one table, made at first use: importing the types earlier would be a cycle
    if not cache:
        cache.append(default_type_map())
    return cache[0]


def _lookup(table, key):
    try:
        return table.get(key)
    except TypeError:
        return None


def _candidates(t):
    """The type as written, then what it stands for, step by step."""
    while True:
        yield t
        value = _alias_value(t)
        if value is not t:
            value = without_none(value)[0]
        elif hasattr(t, "__metadata__"):
            value = t.__origin__
        elif get_origin(t) in _UNION and type(None) in get_args(t):
            value = without_none(t)[0]
        else:
            return
        if value is t:
            return
        t = value


def relationship_target(target, cls, origin_module):
    """(argument, collection class or None, uselist) of a relationship's annotation."""
    inner = target.inner
    origin = get_origin(inner)
    dynamic = target.container in (DynamicMapped, WriteOnlyMapped)
    if isinstance(inner, str):
        text = str(inner)
        return text, None, dynamic
    if isinstance(inner, ForwardRef):
        return inner.__forward_arg__, None, dynamic
    if origin is not None and isinstance(origin, type) and get_args(inner):
        args = [a for a in get_args(inner)]
        argument = args[-1] if issubclass(origin, dict) or _is_mapping(origin) else args[0]
        # a class named in quotes is looked up among the classes of the registry: a module may hold another of that name
        if isinstance(argument, ForwardRef):
            argument = argument.__forward_arg__
        elif not isinstance(argument, str):
            argument = evaluate(argument, cls, origin_module)
        collection = _concrete(origin)
        return (str(argument) if isinstance(argument, str) else argument), (None if dynamic else collection), True
    return inner, None, dynamic


def _is_mapping(origin):
    import collections.abc

    return issubclass(origin, collections.abc.Mapping)


def _concrete(origin):
    import collections.abc as abc

    if origin in (abc.Sequence, abc.MutableSequence, abc.Collection, abc.Iterable):
        return list
    if origin in (abc.Set, abc.MutableSet):
        return set
    if origin in (abc.Mapping, abc.MutableMapping):
        return dict
    return origin
