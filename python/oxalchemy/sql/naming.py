"""Names of constraints and indexes from ``MetaData.naming_convention``."""

import re

from .. import _rs, exc
from .base import _NONE_NAME
from .elements import conv

_PREFIXES = {}


def _prefixes():
    if not _PREFIXES:
        from . import schema

        _PREFIXES.update(
            {
                schema.Index: "ix",
                schema.PrimaryKeyConstraint: "pk",
                schema.CheckConstraint: "ck",
                schema.UniqueConstraint: "uq",
                schema.ForeignKeyConstraint: "fk",
            }
        )
    return _PREFIXES


class ConventionDict:
    """Values of the tokens of a template for one constraint."""

    def __init__(self, const, table, convention):
        from .schema import ForeignKeyConstraint

        self.const = const
        self._is_fk = isinstance(const, ForeignKeyConstraint)
        self.table = table
        self.convention = convention
        self._const_name = const.name

    def _key_table_name(self):
        return self.table.name

    def _column_X(self, idx, attrname):
        if self._is_fk:
            try:
                fk = self.const.elements[idx]
            except IndexError:
                return ""
            return getattr(fk.parent, attrname)
        cols = list(self.const.columns)
        if idx >= len(cols):
            return ""
        return getattr(cols[idx], attrname)

    def _key_constraint_name(self):
        if self._const_name in (None, _NONE_NAME):
            raise exc.InvalidRequestError(
                "Naming convention including %(constraint_name)s token requires that constraint is explicitly named."
            )
        if not isinstance(self._const_name, conv):
            self.const.name = None
        return self._const_name

    def _key_column_X_key(self, idx):
        return self._column_X(idx, "key")

    def _key_column_X_name(self, idx):
        return self._column_X(idx, "name")

    def _key_column_X_label(self, idx):
        return self._column_X(idx, "_ddl_label")

    def _key_referred_table_name(self):
        return self.const.elements[0].target_tokens.table_name

    def _key_referred_column_X_name(self, idx):
        elements = self.const.elements
        if idx >= len(elements):
            return ""
        fk = elements[idx]
        try:
            return fk.column.name
        except exc.SQLAlchemyError:
            return fk.target_tokens.column_name

    def __getitem__(self, key):
        if key in self.convention:
            return self.convention[key](self.const, self.table)
        method = getattr(self, f"_key_{key}", None)
        if method is not None:
            return method()
        found = re.match(r"(.*_?column)(_?)(\d+)(_?N)?(_.+)$", key)
        several = re.match(r"(.*_?column)_0(_?)N(_.+)$", key)
        if several:
            base, sep, attr = several.groups()
            method = getattr(self, f"_key_{base}_X{attr}", None)
            if method is None:
                raise KeyError(key)
            count = len(self.const.elements) if self._is_fk else len(self.const.columns)
            return sep.join(str(method(i)) for i in range(count))
        if found:
            base, _, idx, _, attr = found.groups()
            method = getattr(self, f"_key_{base}_X{attr}", None)
            if method is not None:
                return method(int(idx))
        raise KeyError(key)


def _get_convention(convention, type_):
    prefixes = _prefixes()
    for super_ in type_.__mro__:
        if super_ in prefixes and prefixes[super_] in convention:
            return convention[prefixes[super_]]
        if super_ in convention:
            return convention[super_]
    return None


def _constraint_name_for_table(const, table):
    convention = _get_convention(table.metadata.naming_convention, type(const))
    if isinstance(const.name, conv):
        return const.name
    if convention is not None and (const.name is None or const.name is _NONE_NAME or "constraint_name" in convention):
        return conv(convention % ConventionDict(const, table, table.metadata.naming_convention))
    if convention is _NONE_NAME:
        return None
    return const.name if const.name is not _NONE_NAME else None


def name_constraint(const, parent):
    """Called when a constraint or index was attached to a table, or to a column that may belong to one."""
    if not isinstance(parent, _rs.Table):
        if isinstance(parent, _rs.Column):
            parent._on_table_attach(lambda column, table: name_constraint(const, table) if isinstance(table, _rs.Table) else None)
        return
    if isinstance(const.name, conv) or const.name is _NONE_NAME:
        return
    if not _named_by_convention(const, parent):
        return
    newname = _constraint_name_for_table(const, parent)
    if newname:
        const.name = newname


def _named_by_convention(const, table):
    return bool(getattr(table, "metadata", None)) and bool(table.metadata.naming_convention)


def deferred_name(const):
    """The name that a constraint marked with ``_NONE_NAME`` gets when it is rendered, ``None`` for none."""
    if const.name is not _NONE_NAME:
        return None
    try:
        table = const.table
    except exc.InvalidRequestError:
        return None
    convention = _get_convention(table.metadata.naming_convention, type(const))
    if convention is None or (const._type_bound and "constraint_name" in convention):
        return None
    return _constraint_name_for_table(const, table)
