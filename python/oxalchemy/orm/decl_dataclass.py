"""Dataclass mapping: the `dataclasses` module run over a class, with the options of its attributes.

The default of a mapped field is not what ``__init__`` sets: it sets :data:`DONT_SET`, which leaves the attribute as it is, and an
attribute that was never set reads as its default. So defaults neither hide what the other side of a relationship says nor count
as changes.
"""

from __future__ import annotations

import dataclasses

from oxalchemy import exc
from oxalchemy.orm import annotations as ann
from oxalchemy.orm.base import DONT_SET
from oxalchemy.orm.decl_names import MISSING, is_declared_attr, is_mapped, is_relationship
from oxalchemy.orm.mapped import Unmapped
from oxalchemy.orm.mapped_column import MappedColumn, UnmappedColumn

_FIELD_OPTIONS = ("init", "repr", "compare", "kw_only", "hash")
_CLASS_OPTIONS = ("init", "repr", "eq", "order", "unsafe_hash", "match_args", "kw_only")


def _dont_set():
    return DONT_SET


def _keeps_default(value):
    """Whether the attribute itself gives the default of its field while it is not set."""
    from oxalchemy.orm.descriptor_props import SynonymProperty
    from oxalchemy.orm.properties import ColumnProperty

    return isinstance(value, (MappedColumn, ColumnProperty, SynonymProperty)) or is_relationship(value)


def _is_expression(value):
    """A property that is loaded from an expression and never set."""
    from oxalchemy import Column
    from oxalchemy.orm.properties import ColumnProperty

    return isinstance(value, ColumnProperty) and not any(isinstance(c, Column) for c in value.columns)


def field_of(value, mapped):
    """The dataclass field that an attribute asks for, on a class that is mapped or on a mixin."""
    given = getattr(value, "_attribute_options", None) or {}
    options = {k: given[k] for k in _FIELD_OPTIONS if k in given}
    if "dataclass_metadata" in given:
        options["metadata"] = given["dataclass_metadata"]
    if _is_expression(value):
        options.setdefault("init", False)
    init = options.get("init", True)
    keeps = mapped and _keeps_default(value)
    for key in ("default", "default_factory"):
        if key not in given:
            continue
        default = given[key]
        if keeps and (key == "default" or is_relationship(value)):
            default, key = (_dont_set, "default_factory") if not init else (DONT_SET, "default")
        elif key == "default" and not init and mapped:
            default, key = (lambda value=default: value), "default_factory"
        if {"default", "default_factory"} & options.keys():
            raise ValueError("cannot specify both default and default_factory")
        options[key] = default
    return dataclasses.field(**options)


def set_default(prop, dataclass):
    """Let a property give the default of its dataclass field."""
    options = getattr(prop, "_attribute_options", None)
    if not dataclass or not options:
        return
    if "default" in options and not is_relationship(prop):
        prop._default_scalar_value = options["default"]
    prop._skips_default = "default" in options or ("default_factory" in options and is_relationship(prop))


def check_relationship(cls, name, prop):
    """What a relationship's field may have as default."""
    options = prop._attribute_options
    if options.get("default") is not None:
        raise exc.ArgumentError("Only 'None' is accepted as dataclass default for a relationship()")
    if "default" in options and (prop.uselist or (prop.uselist is None and prop.collection_class is not None)):
        raise exc.ArgumentError(
            f"On relationship {cls.__name__}.{name}, the dataclass default for relationship may only be set for a relationship "
            "that references a scalar value, i.e. many-to-one or explicitly uselist=False"
        )
    factory = options.get("default_factory", MISSING)
    if factory is MISSING or prop.lazy in ("dynamic", "write_only"):
        return
    collection = prop.collection_class
    if collection is None or isinstance(collection, type):
        expected = [collection if collection is not None or not prop.uselist else list]
    else:
        expected = [type(collection())]
        expected += [kind for kind in (dict, set, list) if issubclass(expected[0], kind)][:1]
    if not any(factory is e for e in expected):
        shown = " or ".join(str(e) for e in expected)
        raise exc.ArgumentError(
            f"For relationship {cls.__name__}.{name} using dataclass options, default_factory must be exactly {shown}"
        )


def check_synonyms(scan):
    """A synonym cannot have another default than what it stands for."""
    from oxalchemy.orm.descriptor_props import SynonymProperty

    for name, prop in scan.properties.items():
        if not isinstance(prop, SynonymProperty) or "default" not in prop._attribute_options:
            continue
        default, target = prop._attribute_options["default"], scan.properties.get(prop.name)
        options = getattr(target, "_attribute_options", None) or {}
        current = options.get("default", MISSING)
        if current is MISSING or current != default:
            shown = "not set" if current is MISSING else repr(current)
            raise exc.ArgumentError(
                f"Synonym {name!r} default argument {default!r} must match the dataclasses default value of proxied object "
                f"{prop.name!r}, currently {shown}"
            )


def check_superclasses(scan, attributes):
    """Fields come from dataclasses: a mixin with mapped attributes has to be one."""
    for owner in scan.cls.__mro__[1:]:
        if "__dataclass_fields__" in owner.__dict__ or is_mapped(owner):
            continue
        names = [
            name
            for name, found in attributes.items()
            if found.owner is owner
            and found.annotation is not MISSING
            and ann.target_of(found.annotation, scan.cls, found.module) is not None
        ]
        if names:
            raise exc.InvalidRequestError(
                f"When transforming {scan.cls} to a dataclass, attribute(s) {', '.join(map(repr, names))} originates from "
                f"superclass {owner}, which is not a dataclass.  When declaring SQLAlchemy Declarative Dataclasses, ensure that "
                "all mixin classes and other superclasses which include attributes are also a subclass of MappedAsDataclass or "
                "make use of the @unmapped_dataclass decorator.",
                code="dcmx",
            )


def apply(scan, attributes, mapped=True):
    """Run `dataclasses.dataclass` over the class of `scan` with fields for its attributes."""
    cls = scan.cls
    if "__dataclass_fields__" in cls.__dict__:
        raise exc.InvalidRequestError(
            f"Class {cls} is already a dataclass; ensure that base classes / decorator styles of establishing dataclasses are "
            "not being mixed. This can happen if a class that inherits from 'MappedAsDataclass', even indirectly, is been mapped "
            "with '@registry.mapped_as_dataclass'"
        )
    if mapped:
        check_superclasses(scan, attributes)
    notes, fields = {}, {}
    for name, found in attributes.items():
        annotation, value = found.annotation, found.value
        if annotation is MISSING:
            continue
        if ann.is_classvar(annotation):
            if found.owner is cls:
                notes[name] = annotation
            continue
        target = ann.target_of(annotation, cls, found.module)
        if target is not None and (target.container is Unmapped or isinstance(value, UnmappedColumn)):
            continue
        options = getattr(value, "_attribute_options", None)
        if target is None and options is None and not isinstance(value, MappedColumn):
            if found.owner is cls:
                notes[name] = annotation
            continue
        notes[name] = target.raw if target is not None else annotation
        if is_declared_attr(value):
            continue
        if isinstance(value, MappedColumn) or options is not None:
            fields[name] = field_of(value, mapped)
        elif value is MISSING:
            fields[name] = MISSING
    _run(cls, scan.dataclass_options, notes, fields)


def _run(cls, given, notes, fields):
    options = {k: v for k, v in given.items() if k in _CLASS_OPTIONS}
    make = given.get("dataclass_callable") or dataclasses.dataclass
    saved_notes = cls.__dict__.get("__annotations__")
    saved = {name: cls.__dict__.get(name, MISSING) for name in fields}
    own_init = "__init__" in cls.__dict__
    try:
        for name, field in fields.items():
            if field is not MISSING:
                type.__setattr__(cls, name, field)
            elif name in cls.__dict__:
                type.__delattr__(cls, name)
        type.__setattr__(cls, "__annotations__", notes)
        try:
            make(cls, **options)
        except (TypeError, ValueError) as e:
            raise exc.InvalidRequestError(
                f"Python dataclasses error encountered when creating dataclass for {cls.__name__!r}: {e!r}. Please refer to "
                "Python dataclasses documentation for additional information.",
                code="dcte",
            ) from e
        if not own_init and "__init__" in cls.__dict__:
            # what the attributes hold is said by their own annotations
            cls.__dict__["__init__"].__annotations__.clear()
    finally:
        if saved_notes is not None:
            type.__setattr__(cls, "__annotations__", saved_notes)
        elif "__annotations__" in cls.__dict__:
            type.__delattr__(cls, "__annotations__")
        for name, value in saved.items():
            if value is not MISSING:
                type.__setattr__(cls, name, value)
            elif name in cls.__dict__:
                type.__delattr__(cls, name)
