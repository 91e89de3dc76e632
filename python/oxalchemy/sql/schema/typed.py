"""Columns of a table as a class with annotations: ``TypedColumns`` (2.1)."""

import enum
import sys
import types
import typing

from ... import exc
from .columns import Column

_T = typing.TypeVar("_T")


class Named(typing.Generic[_T]):
    """Annotation of a :class:`TypedColumns` attribute: a column named like the attribute (2.1)."""

    __module__ = "oxalchemy.sql.schema"


class TypedColumns:
    """Base of classes that declare the columns of tables by annotations (2.1).

    ``class Users(TypedColumns): id: Column[int] = Column(primary_key=True); name: Named[str]``, then
    ``Table("users", metadata, Users)``. The Python type gives the SQL type where the Column has none, and ``| None`` makes the
    column nullable where the Column does not say.

    :raises InvalidRequestError: when it is instantiated, or a subclass defines methods.
    """

    __module__ = "oxalchemy.sql.schema"
    _declared = ()

    def __new__(cls, *args, **kw):
        raise exc.InvalidRequestError("Cannot instantiate a TypedColumns object.")

    def __init_subclass__(cls, **kw):
        methods = [name for name, value in vars(cls).items() if isinstance(value, types.FunctionType)]
        if methods:
            raise exc.InvalidRequestError(f"TypedColumns subclasses may not define methods. Found {methods}")
        super().__init_subclass__(**kw)


def is_typed_columns(item):
    """Is it a class that declares columns?"""
    return isinstance(item, type) and issubclass(item, TypedColumns)


def require_typed_columns(cls):
    """``cls`` itself.

    :raises InvalidRequestError: when it is not a subclass of :class:`TypedColumns`.
    """
    if not is_typed_columns(cls):
        raise exc.InvalidRequestError("The ``typed_columns_cls`` argument requires a TypedColumns subclass.")
    return cls


def columns_of_class(cls):
    """What ``Table("t", metadata, cls)`` gets."""
    return declared_columns(require_typed_columns(cls))


def declared_columns(cls):
    """Fresh Columns of a TypedColumns class: those of its bases first, redefined ones in their place."""
    found = {}
    for base in reversed(cls.__mro__):
        if base is TypedColumns or not is_typed_columns(base):
            continue
        notes = vars(base).get("__annotations__", {})
        values = {k: v for k, v in vars(base).items() if not (k.startswith("__") and k.endswith("__"))}
        for name in _in_source_order(values, notes):
            found[name] = _column(base, name, values.get(name), notes)
    return list(found.values())


def _in_source_order(values, notes):
    # Class bodies keep values and annotations apart: a value without annotation follows the value before it.
    names, before = list(notes), None
    for name in values:
        if name not in notes:
            names.insert(0 if before is None else names.index(before) + 1, name)
        before = name
    return names


def _column(cls, name, value, notes):
    where = f"'{cls.__name__}.{name}'"
    if value is not None and not isinstance(value, Column):
        raise exc.ArgumentError(f"Unexpected value for attribute {where}. Expected a Column, not: {type(value)}")
    try:
        column = Column() if value is None else value.copy()
    except exc.InvalidRequestError as err:
        raise exc.InvalidRequestError(
            f"Column {where} with foreign key to non-table-bound columns is not supported when using a TypedColumns. If possible "
            "use the qualified string name the column"
        ) from err
    if name in notes:
        wanted, nullable = _read(cls, notes[name], where, column.type._isnull)
        if column.type._isnull:
            column._set_type(wanted)
        if not column._nullability_given:
            column.nullable = nullable and not column.primary_key
    elif column.type._isnull and not column.foreign_keys:
        raise exc.ArgumentError(
            f"Python typing annotation is required for attribute {where} when primary argument(s) for Column construct are None "
            "or not present"
        )
    if not column.name:
        column.name = name
    if column.key is None:
        column.key = name
    return column


def _read(cls, note, where, need_type):
    """SQL type and nullability from an annotation."""
    if isinstance(note, str):
        space = vars(sys.modules[cls.__module__]) if cls.__module__ in sys.modules else {}
        try:
            note = eval(note, {"Column": Column, "Named": Named, **space}, dict(vars(cls)))
        except Exception as err:
            raise exc.ArgumentError(f"Could not interpret annotation {note} for attribute {where}") from err
    if note is Column and not need_type:
        return None, True
    if note is Column or note is Named:
        raise exc.ArgumentError(f"No type information could be extracted from annotation {note} for attribute {where}")
    if not isinstance(typing.get_origin(note), type) or not issubclass(typing.get_origin(note), (Column, Named)):
        raise exc.ArgumentError(f"Annotation {note} for attribute {where} is not of type Named/Column[...]")
    (inner,) = typing.get_args(note)
    wanted, nullable = _without_none(inner)
    found = _sql_type(wanted) if need_type else None
    if need_type and found is None:
        raise exc.ArgumentError(
            f"Could not find a SQL type for type {inner} obtained from annotation {note} in attribute {where}"
        )
    return found, nullable


def _without_none(annotation):
    """The type without ``None``, and whether it was there. Other unions stay."""
    if typing.get_origin(annotation) not in (typing.Union, types.UnionType):
        return annotation, False
    rest = [a for a in typing.get_args(annotation) if a is not type(None)]
    if len(rest) == len(typing.get_args(annotation)):
        return annotation, False
    return (rest[0] if len(rest) == 1 else typing.Union[tuple(rest)]), True


def _sql_type(python_type):
    from ..sqltypes import _enum_type_of, _type_map

    if isinstance(python_type, type) and issubclass(python_type, enum.Enum):
        return _enum_type_of(python_type)
    return _type_map.get(python_type) if isinstance(python_type, type) else None
