"""Dataclass mapping: the `dataclasses` module run over a mapped class, with the options of its attributes."""

from __future__ import annotations

import dataclasses

from oxalchemy import exc
from oxalchemy.orm import annotations as ann
from oxalchemy.orm.mapped_column import MappedColumn

_FIELD_OPTIONS = ("init", "repr", "compare", "kw_only", "hash", "default", "default_factory")
_CLASS_OPTIONS = ("init", "repr", "eq", "order", "unsafe_hash", "match_args", "kw_only")


def field_of(value):
    """The dataclass field that a mapped attribute asks for."""
    options = {k: v for k, v in (getattr(value, "_attribute_options", None) or {}).items() if k in _FIELD_OPTIONS}
    metadata = (getattr(value, "_attribute_options", None) or {}).get("dataclass_metadata")
    if metadata is not None:
        options["metadata"] = metadata
    if "default" in options and "default_factory" in options:
        raise exc.ArgumentError("Cannot use both default and default_factory on one dataclass attribute")
    if options.get("init") is False and "default" not in options and "default_factory" not in options:
        options.setdefault("default", None)
    return dataclasses.field(**options)


def apply(scan, attributes):
    """Run `dataclasses.dataclass` over the class of `scan` with fields for its mapped attributes."""
    cls = scan.cls
    options = {k: v for k, v in scan.dataclass_options.items() if k in _CLASS_OPTIONS}
    make = scan.dataclass_options.get("dataclass_callable") or dataclasses.dataclass
    saved_notes = cls.__dict__.get("__annotations__")
    saved = {}
    notes = {}
    try:
        for name, (value, annotation, owner) in list(attributes.items()):
            if annotation is ann.ClassVar or annotation is type(None):
                continue
            if not _is_note(annotation):
                continue
            if ann.is_classvar(annotation):
                notes[name] = annotation
                continue
            target = ann.target_of(annotation, cls, owner.__module__)
            if target is None and not _is_field_like(value):
                if owner is cls:
                    notes[name] = annotation
                continue
            inner = target.raw if target is not None else annotation
            notes[name] = inner if not isinstance(inner, str) else str(inner)
            if isinstance(value, MappedColumn) or hasattr(value, "_attribute_options"):
                saved[name] = value
                type.__setattr__(cls, name, field_of(value))
            elif owner is not cls or name not in cls.__dict__:
                if name in cls.__dict__:
                    saved[name] = cls.__dict__[name]
                    type.__delattr__(cls, name)
        cls.__annotations__ = notes
        try:
            make(cls, **options)
        except TypeError as e:
            raise exc.InvalidRequestError(
                f"Python dataclasses error encountered when creating dataclass for {cls.__name__!r}: {e!r}. Please refer to "
                "Python dataclasses documentation for additional information."
            ) from e
    finally:
        if saved_notes is None:
            if "__annotations__" in cls.__dict__:
                del cls.__annotations__
        else:
            cls.__annotations__ = saved_notes
        for name, value in saved.items():
            type.__setattr__(cls, name, value)


def _is_note(annotation):
    from oxalchemy.orm.decl_base import _MISSING

    return annotation is not _MISSING


def _is_field_like(value):
    return isinstance(value, (MappedColumn, dataclasses.Field)) or hasattr(value, "_attribute_options")
