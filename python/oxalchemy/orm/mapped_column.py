"""`mapped_column()`: a column of a declarative class, completed by the class's annotations."""

from __future__ import annotations

import itertools
from types import GenericAlias

from oxalchemy import exc
from oxalchemy.orm.mapped import _DeclarativeMapped
from oxalchemy.sql import operators

_counter = itertools.count()

NO_ARG = type("_NoArg", (), {"__repr__": lambda self: "_NoArg.NO_ARG", "__bool__": lambda self: False})()

# Arguments that are the mapper's or the dataclass's, not the Column's.
_MAPPER_ARGS = ("deferred", "deferred_group", "deferred_raiseload", "active_history", "use_existing_column", "sort_order")
_DATACLASS_ARGS = ("init", "repr", "compare", "kw_only", "hash", "default_factory", "dataclass_metadata")


class MappedColumn(_DeclarativeMapped, operators.ColumnOperators):
    """What `mapped_column()` returns until the class is mapped. Since 2.0."""

    __slots__ = (
        "_attribute_options",
        "_counter",
        "_has_insert_default",
        "_mapper_args",
        "_name_given",
        "_nullable_given",
        "_template",
        "_type_given",
        "column",
        "deferred",
        "foreign_keys",
    )
    __class_getitem__ = classmethod(GenericAlias)
    __module__ = "oxalchemy.orm"

    def __init__(self, *args, **kw):
        from oxalchemy import Column

        self._counter = next(_counter)
        self._mapper_args = {k: kw.pop(k) for k in _MAPPER_ARGS if k in kw}
        self._attribute_options = {k: kw.pop(k) for k in _DATACLASS_ARGS if kw.get(k, NO_ARG) is not NO_ARG}
        for key in _DATACLASS_ARGS:
            kw.pop(key, None)
        self._has_insert_default = kw.get("insert_default", NO_ARG) is not NO_ARG
        default = kw.get("default", NO_ARG)
        if default is not NO_ARG and self._has_insert_default:
            raise exc.ArgumentError("The 'default' and 'insert_default' parameters of Column are mutually exclusive")
        if default is not NO_ARG:
            self._attribute_options["default"] = default
        if default is NO_ARG:
            kw.pop("default", None)
        if kw.get("insert_default", NO_ARG) is NO_ARG:
            kw.pop("insert_default", None)
        else:
            kw["default"] = kw.pop("insert_default")
        self._nullable_given = kw.get("nullable", NO_ARG) is not NO_ARG
        if not self._nullable_given:
            kw.pop("nullable", None)
        for key in ("name", "type_"):
            if key in kw and kw[key] is None:
                del kw[key]
        self.column = Column(*args, **kw)
        self._name_given = self.column.name is not None
        self._type_given = not _is_null_type(self.column.type)
        self._template = None
        self.deferred = _is_deferred(self._mapper_args)
        self.foreign_keys = self.column.foreign_keys

    @property
    def _sort_order(self):
        return self._mapper_args.get("sort_order") or 0

    @property
    def name(self):
        return self.column.name

    @property
    def key(self):
        return self.column.key

    @property
    def type(self):
        return self.column.type

    def _copy(self):
        new = object.__new__(type(self))
        new._counter = self._counter
        new._mapper_args = dict(self._mapper_args)
        new._attribute_options = dict(self._attribute_options)
        new._has_insert_default = self._has_insert_default
        new._nullable_given = self._nullable_given
        new._name_given, new._type_given = self._name_given, self._type_given
        new.column = self.column._copy()
        new.deferred = self.deferred
        new._template = self._template
        new.foreign_keys = new.column.foreign_keys
        return new

    def _take_template(self, template):
        """Stand on the column of `Annotated[T, mapped_column(...)]`: what this one says goes on top. Dataclass arguments do not
        come with it."""
        _warn_of_template(template)
        self._template = template
        self.column = _merge(template, self)
        self._type_given = self._type_given or template._type_given
        self._nullable_given = self._nullable_given or template._nullable_given
        self._mapper_args = {**template._mapper_args, **self._mapper_args}
        self.deferred = _is_deferred(self._mapper_args)
        self.foreign_keys = self.column.foreign_keys

    @property
    def mapper_property_to_assign(self):
        """The property that maps the column, or None when the column itself does."""
        return self._property(False)

    @property
    def columns_to_assign(self):
        """The column, with its place in the order of columns."""
        return [(self.column, self._sort_order)]

    def _property(self, dataclass):
        """The property that maps the column, when it is more than the column: deferred, or the default of a dataclass field."""
        from oxalchemy.orm import column_property
        from oxalchemy.orm.decl_dataclass import set_default

        args = self._mapper_args
        defaulted = dataclass and "default" in self._attribute_options
        if not (self.deferred or args.get("active_history") or defaulted):
            return None
        made = column_property(
            self.column,
            deferred=self.deferred,
            group=args.get("deferred_group"),
            raiseload=args.get("deferred_raiseload"),
            active_history=bool(args.get("active_history")),
        )
        made._attribute_options = self._attribute_options
        set_default(made, dataclass)
        return made

    def __clause_element__(self):
        return self.column

    def operate(self, op, *other, **kwargs):
        return op(self.column, *other, **kwargs)

    def reverse_operate(self, op, other, **kwargs):
        return op(other, self.column, **kwargs)

    __hash__ = object.__hash__

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(object.__getattribute__(self, "column"), name)


def _is_deferred(mapper_args):
    given = mapper_args.get("deferred", NO_ARG)
    if given is NO_ARG:
        return bool(mapper_args.get("deferred_group") or mapper_args.get("deferred_raiseload"))
    return bool(given)


def _warn_of_template(template):
    """Say what a `mapped_column()` inside `Annotated` cannot tell: it speaks for several attributes."""
    from oxalchemy.util import warn_deprecated

    if template.column.name is not None or template.column.key is not None:
        warn_deprecated(
            "Can't use the 'key' or 'name' arguments in Annotated with mapped_column(); this will be ignored", "2.0.22"
        )
    for name in template._attribute_options:
        if name != "default":
            warn_deprecated(
                f"Argument '{name}' is a dataclass argument and cannot be specified within a mapped_column() bundled inside of "
                "an Annotated object",
                "2.0.22",
            )


def _is_null_type(type_):
    from oxalchemy.types import NullType

    return type_ is None or type(type_) is NullType


def mapped_column(__name_pos=None, __type_pos=None, *args, **kw):
    """Declare a column of a declarative class. Since 2.0.

    Takes the arguments of :class:`Column`, and ``deferred``, ``deferred_group``, ``deferred_raiseload``, ``active_history``,
    ``use_existing_column``, ``sort_order``, ``insert_default`` and the dataclass arguments ``init``, ``repr``, ``default``,
    ``default_factory``, ``compare``, ``kw_only``, ``hash``, ``dataclass_metadata``. Type and nullability come from the
    attribute's ``Mapped[]`` annotation when they are not given.

    :returns: a :class:`MappedColumn`
    :raises TypeError: unknown keyword
    """
    positional = [a for a in (__name_pos, __type_pos) if a is not None]
    return MappedColumn(*positional, *args, **kw)


class UnmappedColumn(MappedColumn):
    """What `unmapped_column()` returns until the class is mapped. Since 2.1.5."""

    __slots__ = ()
    __module__ = "oxalchemy.orm"


def unmapped_column(__name_pos=None, __type_pos=None, *args, init=False, **kw):
    """Declare a column of a declarative class's table that is no attribute of the class. Since 2.1.5.

    Takes the arguments of :func:`mapped_column` that concern the column. Type and nullability come from the attribute's
    ``Unmapped[]`` annotation when they are not given.

    :returns: an :class:`UnmappedColumn`
    :raises TypeError: unknown keyword
    """
    for key in (*_DATACLASS_ARGS, "deferred", "deferred_group", "deferred_raiseload", "active_history"):
        if key in kw:
            raise TypeError(f"unmapped_column() got an unexpected keyword argument {key!r}")
    positional = [a for a in (__name_pos, __type_pos) if a is not None]
    return UnmappedColumn(*positional, *args, **kw)


def _merge(template, value):
    """A copy of the template's column, with what another `mapped_column()` says on top."""
    own = value.column
    from oxalchemy.sql.event_target import join

    column = template.column._copy()
    # each attribute names its column itself
    column.name = own.name
    column.key = own.key
    if value._type_given:
        column._set_type(own.type)
    if value._nullable_given:
        column.nullable = own.nullable
    if own.primary_key:
        column.primary_key = True
    for key in ("default", "onupdate", "server_default", "server_onupdate", "comment", "doc"):
        given = getattr(own, key, None)
        if given is not None:
            setattr(column, key, given)
    for key in ("index", "unique"):
        if getattr(own, key, None) is not None:
            setattr(column, key, getattr(own, key))
    if own.info:
        column.info.update(own.info)
    for fk in list(own.foreign_keys):
        column.append_foreign_key(fk._copy() if hasattr(fk, "_copy") else fk)
    for constraint in own.constraints:
        join(constraint.copy(), column)
    return column


def orm_insert_sentinel(name=None, type_=None, *, default=None, omit_from_statements=True):
    """A sentinel column for declarative classes. Since 2.0."""
    from oxalchemy.schema import insert_sentinel

    column = insert_sentinel(name, type_, default=default, omit_from_statements=omit_from_statements)
    wrapper = MappedColumn()
    wrapper.column = column
    wrapper._type_given = wrapper._nullable_given = True
    return wrapper


_NAMED_IN_MESSAGES = ("dataclass_metadata", "default_factory", "init", "repr")


def check_no_dataclass_args(cls, key, value):
    """Dataclass arguments on a class that is no dataclass are a mistake."""
    options = getattr(value, "_attribute_options", None) or {}
    if set(options) <= {"default"}:
        return
    given = [k for k in _NAMED_IN_MESSAGES if k in options]
    raise exc.ArgumentError(
        f"Attribute '{key}' on class {cls} includes dataclasses argument(s): {', '.join(map(repr, given))} but "
        "class does not specify SQLAlchemy native dataclass configuration."
    )
