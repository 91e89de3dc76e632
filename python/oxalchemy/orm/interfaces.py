"""Base classes of mapped attributes and of their comparators."""

from types import GenericAlias

from .._rs import MapperProperty
from ..sql.base import ExecutableOption
from ..sql.operators import ColumnOperators
from .base import (
    EXT_CONTINUE,
    EXT_SKIP,
    EXT_STOP,
    MANYTOMANY,
    MANYTOONE,
    NOT_EXTENSION,
    ONETOMANY,
    InspectionAttr,
    InspectionAttrExtensionType,
    InspectionAttrInfo,
    NotExtension,
    RelationshipDirection,
)

__all__ = [
    "EXT_CONTINUE",
    "EXT_SKIP",
    "EXT_STOP",
    "CompileStateOption",
    "CriteriaOption",
    "LoaderOption",
    "MANYTOMANY",
    "MANYTOONE",
    "NOT_EXTENSION",
    "ONETOMANY",
    "InspectionAttr",
    "InspectionAttrExtensionType",
    "InspectionAttrInfo",
    "MapperOption",
    "MapperProperty",
    "NotExtension",
    "ORMOption",
    "PropComparator",
    "RelationshipDirection",
    "StrategizedProperty",
    "UserDefinedOption",
]


_property = property


class _AttributeOptions:
    """Dataclass arguments of an attribute: what of them was given."""

    NAMES = ("init", "repr", "default", "default_factory", "compare", "kw_only", "hash", "dataclass_metadata")


_UNSET = type("_UNSET", (), {"__repr__": lambda self: "_NoArg.NO_ARG", "__bool__": lambda self: False})()


def take_dataclass_options(kw):
    """Move the dataclass arguments out of keyword arguments; those given, by name."""
    out = {}
    for name in _AttributeOptions.NAMES:
        if name in kw:
            value = kw.pop(name)
            if type(value).__name__ != "_NoArg":
                out[name] = value
    return out


class PropComparator(ColumnOperators):
    """SQL operators of a mapped attribute. Derive from it (or from the ``Comparator`` of a property class) for
    ``comparator_factory``; every operator without a method of its own goes through :meth:`operate`."""

    __slots__ = ("prop", "_parententity", "_adapt_to_entity", "__dict__", "__weakref__")
    __class_getitem__ = classmethod(GenericAlias)

    def __init__(self, prop, parentmapper, adapt_to_entity=None):
        self.prop = prop
        self._parententity = adapt_to_entity or parentmapper
        self._adapt_to_entity = adapt_to_entity

    @_property
    def property(self):
        """The mapped property."""
        return self.prop

    @_property
    def _parentmapper(self):
        return self._parententity.mapper

    def __clause_element__(self):
        raise NotImplementedError(f"{self!r}")

    def adapt_to_entity(self, adapt_to_entity):
        """The same comparator for an alias of the class."""
        return self.__class__(self.prop, self._parententity, adapt_to_entity)

    @_property
    def adapter(self):
        """Adapts expressions to the alias, None without one."""
        if self._adapt_to_entity is None:
            return None
        return getattr(self._adapt_to_entity, "_adapt_element", None)

    def operate(self, op, *other, **kwargs):
        return op(self.__clause_element__(), *other, **kwargs)

    def reverse_operate(self, op, other, **kwargs):
        return op(other, self.__clause_element__(), **kwargs)

    @staticmethod
    def _any_op(a, b, **kwargs):
        return a.any(b, **kwargs)

    @staticmethod
    def _has_op(left, other, **kwargs):
        return left.has(other, **kwargs)

    def of_type(self, class_):
        """The attribute with a subclass (or an alias) as related class."""
        return self.operate(_of_type_op, class_)

    def and_(self, *criteria):
        """The attribute with further criteria for joins and loads."""
        return self.operate(_and_op, *criteria)

    def any(self, criterion=None, **kwargs):
        """EXISTS over the related collection."""
        return self.operate(PropComparator._any_op, criterion, **kwargs)

    def has(self, criterion=None, **kwargs):
        """EXISTS over the related object."""
        return self.operate(PropComparator._has_op, criterion, **kwargs)

    def __hash__(self):
        return id(self)

    def __str__(self):
        return f"{self._parententity.class_.__name__}.{self.prop.key}" if self.prop is not None else object.__repr__(self)

    @_property
    def info(self):
        return self.prop.info

    def _bulk_update_tuples(self, value):
        return [(self.__clause_element__(), value)]


def _of_type_op(a, class_):
    return a.of_type(class_)


def _and_op(a, *criteria):
    return a.and_(*criteria)


class StrategizedProperty(MapperProperty):
    """A property with loader strategies: columns and relationships."""


class ORMOption(ExecutableOption):
    """Base of options that ORM statements take."""

    propagate_to_loaders = False


class CompileStateOption(ORMOption):
    """An option that takes part in the compilation of a statement."""


class LoaderOption(CompileStateOption):
    """An option about how attributes are loaded."""


class CriteriaOption(CompileStateOption):
    """An option that adds criteria."""


class UserDefinedOption(ORMOption):
    """An option of the user's own: it rides on statements, for the user's event listeners to find.

    :param payload: any object
    """

    def __init__(self, payload=None):
        self.payload = payload


class MapperOption:
    """Legacy base of options that change a Query: ``query.options(obj)`` calls :meth:`process_query`."""

    propagate_to_loaders = False

    def process_query(self, query):
        """Change ``query`` in place."""

    def process_query_conditionally(self, query):
        """The same for the query of a lazy load, when the option propagates."""
        self.process_query(query)


class _MappedAttribute:
    __slots__ = ()


def __getattr__(name):
    if name in ("MapperExtension", "AttributeExtension"):
        from . import deprecated_interfaces

        return getattr(deprecated_interfaces, name)
    if name == "SessionExtension":
        from .session_events import SessionExtension

        return SessionExtension
    raise AttributeError(name)
