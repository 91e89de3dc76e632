"""Annotations of declarative classes: evaluated, taken apart, and turned into column types or relationship targets."""

from __future__ import annotations

import datetime
import decimal
import enum
import sys
import types as py_types
import typing
import uuid
from typing import Any, ClassVar, ForwardRef, Literal, NewType, Union, get_args, get_origin

from oxalchemy.orm.exc import MappedAnnotationError
from oxalchemy.orm.mapped import DynamicMapped, Mapped, WriteOnlyMapped

_CONTAINERS = {"Mapped": Mapped, "DynamicMapped": DynamicMapped, "WriteOnlyMapped": WriteOnlyMapped}
_UNION = (Union, py_types.UnionType)


def is_classvar(annotation):
    """`ClassVar[...]`, also as a string."""
    if isinstance(annotation, str):
        return annotation.startswith(("ClassVar", "typing.ClassVar", "t.ClassVar"))
    return annotation is ClassVar or get_origin(annotation) is ClassVar


class Target:
    """What stands inside `Mapped[...]`."""

    __slots__ = ("container", "inner", "optional", "raw")

    def __init__(self, container, raw, inner, optional):
        self.container, self.raw, self.inner, self.optional = container, raw, inner, optional


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
    if not (isinstance(origin, type) and issubclass(origin, Mapped)):
        if isinstance(value, type) and issubclass(value, Mapped):
            return Target(value, Any, Any, False)
        return None
    (raw,) = get_args(value) or (Any,)
    raw = evaluate(raw, cls, origin_module)
    inner, optional = without_none(raw, cls, origin_module)
    return Target(origin, raw, inner, optional)


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
    kind = getattr(typing, "TypeAliasType", None)
    while kind is not None and isinstance(t, kind):
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
        alias = getattr(typing, "TypeAliasType", None)
        for candidate in _candidates(raw_type):
            if alias is not None and isinstance(candidate, alias):
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

    Looks up, in order: the type as written (aliases, `Annotated`, `NewType`, unions), what it stands for, its base classes.
    """
    from oxalchemy import types as sa

    own = registry.type_annotation_map
    for candidate in _candidates(python_type):
        found = _lookup(own, candidate)
        if found is not None:
            return sa.to_instance(found)
    for candidate in _candidates(python_type):
        if get_origin(candidate) is Literal:
            values = get_args(candidate)
            template = own.get(Literal)
            if all(isinstance(v, str) for v in values):
                if isinstance(template, sa.Enum):
                    return sa.Enum(*values, native_enum=template.native_enum, name=template.name, length=template.length)
                return sa.Enum(*values, native_enum=False)
            continue
        if isinstance(candidate, type):
            for base in candidate.__mro__:
                if base is object:
                    break
                if base is enum.Enum:
                    return _enum_type(own, candidate, sa)
                found = own.get(base) if base is not candidate else None
                if found is not None:
                    return sa.to_instance(found)
            found = _DEFAULTS().get(candidate)
            if found is not None:
                return found
    return None


def _enum_type(own, candidate, sa):
    template = own.get(enum.Enum)
    if isinstance(template, type):
        template = template(candidate)
    if isinstance(template, sa.Enum):
        options = {}
        for key in ("native_enum", "length", "values_callable", "create_constraint", "validate_strings"):
            if hasattr(template, key):
                options[key] = getattr(template, key)
        if options.get("length") is None:
            options.pop("length", None)
        return sa.Enum(candidate, **{k: v for k, v in options.items() if v is not None})
    return sa.Enum(candidate)


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
        elif isinstance(t, NewType):
            value = t.__supertype__
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
