"""Names of constraints and indexes from ``MetaData.naming_convention``."""

import functools

from ... import _rs, exc
from ..base import _NONE_NAME
from ..elements import conv


class _Tokens(dict):
    """Values of the tokens of a template, found when ``%`` asks for them."""

    def __init__(self, item, table, convention):
        super().__init__()
        self.item, self.table, self.convention = item, table, convention

    def __missing__(self, token):
        own = self.convention.get(token)
        if own is not None:
            return own(self.item, self.table)
        if token == "constraint_name":
            return self._given_name()
        value = self.item._token(self.table, token)
        if value is None:
            raise KeyError(token)
        return value

    def _given_name(self):
        name = self.item.name
        if name is None or name is _NONE_NAME:
            raise exc.InvalidRequestError(
                "Naming convention including %(constraint_name)s token requires that constraint is explicitly named."
            )
        if not isinstance(name, conv):
            # the template holds it from now on
            self.item.name = None
        return name


def template_for(item, convention):
    """The template for the class of ``item``: by the class or its short name, those of base classes included."""
    for cls in type(item).__mro__:
        short = cls.__dict__.get("_convention_key")
        if short is not None and short in convention:
            return convention[short]
        if cls in convention:
            return convention[cls]
    return None


def _made(item, table):
    """The name that the convention of the table's MetaData gives, ``None`` where it gives none."""
    convention = table.metadata.naming_convention
    template = template_for(item, convention)
    unnamed = item.name is None or item.name is _NONE_NAME
    if template is None or template is _NONE_NAME or not (unnamed or "constraint_name" in template):
        return None
    return conv(template % _Tokens(item, table, convention))


def give_name(item, owner):
    """Name a constraint or index that became part of ``owner``: a table, or a column that may become part of one."""
    if isinstance(owner, _rs.Column):
        owner._when_in_table(functools.partial(_name_in_table, item))
    elif isinstance(owner, _rs.Table) and not (isinstance(item.name, conv) or item.name is _NONE_NAME):
        if owner.metadata.naming_convention:
            item.name = _made(item, owner) or item.name


def _name_in_table(item, column, table):
    give_name(item, table)


def deferred_name(item):
    """The name that a constraint marked with ``_NONE_NAME`` gets when it is rendered, ``None`` for none."""
    if item.name is not _NONE_NAME:
        return None
    try:
        table = item.table
    except exc.InvalidRequestError:
        return None
    template = template_for(item, table.metadata.naming_convention)
    if template is None or (item._type_bound and "constraint_name" in template):
        return None
    return _made(item, table)
