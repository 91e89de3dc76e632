"""Aliases, joins and bundles for ORM statements."""

from types import GenericAlias

from .. import _rs, exc, inspection
from .._rs import (
    AliasedClass,
    AliasedInsp,
    LoaderCriteriaOption,
    _bundle_rows,
    _orm_join,
    _orm_outerjoin,
    aliased,
    identity_key,
    was_deleted,
    with_parent,
    with_polymorphic,
)
from .base import instance_str, state_str  # noqa: F401  published here too

join = _orm_join
outerjoin = _orm_outerjoin
with_loader_criteria = LoaderCriteriaOption


@inspection._inspects(AliasedClass)
def _inspect_alias(target):
    return target._aliased_insp


inspection._self_inspects(AliasedInsp)


class Bundle:
    """Several columns as one element of a row."""

    __class_getitem__ = classmethod(GenericAlias)

    single_entity = False
    is_clause_element = False
    is_mapper = False
    is_aliased_class = False
    is_bundle = True
    is_selectable = False
    is_instance = False
    is_attribute = False
    is_property = False

    def __init__(self, name, *exprs, **kw):
        self.name = self._label = name
        self.exprs = [expr.__clause_element__() if _is_plain_element(expr) else expr for expr in exprs]
        self.single_entity = kw.pop("single_entity", self.single_entity)
        if kw:
            raise TypeError(f"Bundle() got unexpected keyword arguments: {', '.join(kw)}")
        self._keys = [_key_of(expr) for expr in self.exprs]
        self.c = self.columns = _Columns(dict(zip(self._keys, self.exprs, strict=True)))

    @property
    def entity(self):
        return None

    @property
    def mapper(self):
        return None

    def label(self, name):
        """A copy under another name."""
        cloned = type(self).__new__(type(self))
        cloned.__dict__.update(self.__dict__)
        cloned.name = cloned._label = name
        return cloned

    def create_row_processor(self, query, procs, labels):
        """What makes the element from a row: a callable. ``procs`` give the values, ``labels`` their names."""
        make = _bundle_rows(tuple(labels))

        def proc(row):
            return make(tuple(p(row) for p in procs))

        return proc

    def __clause_element__(self):
        from ..sql.elements import ClauseList

        return ClauseList(*self.exprs)


inspection._self_inspects(Bundle)


class CompositeBundle(Bundle):
    """The columns of a composite as one element of a row: its value object."""

    def __init__(self, prop, exprs):
        super().__init__(prop.key, *exprs)
        self.property = prop

    def create_row_processor(self, query, procs, labels):
        make = self.property._make

        def proc(row):
            return make([p(row) for p in procs])

        return proc


class DictBundle(Bundle):
    """A Bundle whose element is a dict."""

    def create_row_processor(self, query, procs, labels):
        keyed = list(zip(labels, procs, strict=True))

        def proc(row):
            return {label: p(row) for label, p in keyed}

        return proc


class _Columns:
    """Columns of a Bundle, by name."""

    def __init__(self, columns):
        self.__dict__["_columns"] = columns

    def __getattr__(self, key):
        try:
            return self._columns[key]
        except KeyError:
            raise AttributeError(key) from None

    def __getitem__(self, key):
        return self._columns[key]

    def __contains__(self, key):
        return key in self._columns

    def __iter__(self):
        return iter(self._columns.values())

    def __len__(self):
        return len(self._columns)

    def keys(self):
        return list(self._columns)

    def values(self):
        return list(self._columns.values())

    def items(self):
        return list(self._columns.items())


def _is_plain_element(expr):
    return (
        not isinstance(expr, Bundle)
        and not isinstance(expr, type)
        and hasattr(expr, "__clause_element__")
        and not hasattr(expr, "key")
    )


def _key_of(expr):
    if isinstance(expr, Bundle):
        return expr.name
    key = getattr(expr, "key", None)
    if key is None:
        key = getattr(expr, "name", None)
    return key


def polymorphic_union(table_map, typecolname, aliasname="p_union", cast_nulls=True):
    """A UNION ALL of tables with all columns of each, for concrete inheritance.

    ``table_map``: polymorphic identity to table; ``typecolname``: name of the column that tells the identity.
    """
    from ..sql.expression import cast, literal_column, null, select, union_all

    colnames = {}
    types = {}
    columns = {}
    for key, table in table_map.items():
        if hasattr(table, "subquery") and not hasattr(table, "c"):
            table = table.subquery()
        table_map[key] = table
        # by the keys of the columns themselves: equally named ones of a join are one
        columns[key] = {column.key: column for column in table.c}
        for column in table.c:
            if column.key == typecolname:
                raise exc.InvalidRequestError(
                    f"Polymorphic union can't use '{typecolname}' as the discriminator column due to mapped column {column!r}; "
                    "please apply the 'typecolname' argument; this is available on ConcreteBase as '_concrete_discriminator_name'"
                )
            colnames[column.key] = True
            types[column.key] = column.type

    def column_of(name, key):
        if name in columns[key]:
            return columns[key][name]
        if cast_nulls:
            return cast(null(), types[name]).label(name)
        return null().label(name)

    selects = []
    for key, table in table_map.items():
        items = [column_of(name, key) for name in colnames]
        if typecolname is not None:
            quoted = str(key).replace("'", "''")
            items.append(literal_column(f"'{quoted}'").label(typecolname))
        selects.append(select(*items).select_from(table))
    return union_all(*selects).alias(aliasname)


def object_state(instance):
    """The :class:`.InstanceState` of an instance."""
    found = inspection.inspect(instance, raiseerr=False)
    if found is None or not getattr(found, "is_instance", False):
        from . import exc as orm_exc

        raise orm_exc.UnmappedInstanceError(instance)
    return found


class CascadeOptions(frozenset):
    """The words of a relationship's ``cascade``."""

    def __new__(cls, value_list):
        self = super().__new__(cls, _rs._cascade_words(value_list))
        for word in ("delete", "delete-orphan", "expunge", "merge", "refresh-expire", "save-update"):
            setattr(self, word.replace("-", "_"), word in self)
        if self.delete_orphan and not self.delete:
            from ..util import warn

            warn("The 'delete-orphan' cascade option requires 'delete'.")
        return self

    @classmethod
    def from_string(cls, arg):
        """From comma separated words."""
        return cls(arg)

    def __repr__(self):
        return f"CascadeOptions({','.join(sorted(self))!r})"


__all__ = [
    "AliasedClass",
    "AliasedInsp",
    "Bundle",
    "CascadeOptions",
    "DictBundle",
    "LoaderCriteriaOption",
    "aliased",
    "identity_key",
    "join",
    "object_state",
    "outerjoin",
    "polymorphic_union",
    "was_deleted",
    "with_loader_criteria",
    "with_parent",
    "with_polymorphic",
]


class _CleanupError(Exception):
    """A container in an annotation is not known to its module."""


def _cleanup_mapped_str_annotation(annotation, originating_module):
    """``Mapped[List[A]]``, written as text, with the innermost type quoted: the containers are known, the class may not be."""
    import re
    import sys

    from .mapped import Mapped, Unmapped

    found = re.match(r"^([^ \|]+?)\[(.+)\]$", annotation)
    if not found:
        return annotation
    names = vars(sys.modules[originating_module]) if originating_module in sys.modules else {}

    def known(name):
        first, *rest = name.split(".")
        try:
            value = names[first]
            for part in rest:
                value = getattr(value, part)
        except (KeyError, AttributeError) as e:
            raise _CleanupError(
                f'For annotation "{annotation}", could not resolve container type "{name}".  Please ensure this type is imported '
                "at the module level outside of TYPE_CHECKING blocks"
            ) from e
        return value

    outer = known(found[1])
    if not (isinstance(outer, type) and issubclass(outer, (Mapped, Unmapped))):
        return annotation
    stack, inner = [outer.__name__], found[2]
    while True:
        deeper = re.match(r"^([\w\.]+?)\[(.+)\]$", inner)
        if not deeper:
            break
        stack.append(deeper[1])
        inner = deeper[2]
    if not re.match(r"^['\"].*['\"]$", inner):
        parts = re.split(r",\s*", inner) if len(stack) > 1 else [inner]
        inner = ", ".join(p if re.match(r"^['\"].*['\"]$", p) else f'"{p}"' for p in parts)
    return "[".join([*stack, inner]) + "]" * len(stack)
