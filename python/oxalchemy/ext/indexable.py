"""Attributes that are elements of an indexable column: of a JSON document, an array, an hstore."""

from .. import inspect
from ..orm.attributes import flag_modified
from .hybrid import hybrid_property

__all__ = ["index_property"]


class index_property(hybrid_property):  # noqa: N801
    """An attribute that reads and writes one element of another attribute, on instances and in expressions.

    :param attr_name: name of the attribute that holds the elements
    :param index: key or position of the element; positions count from 0
    :param default: what an instance gives when there is no such element; without it, AttributeError
    :param datatype: callable for the container that a value is put into when there is none; by default ``dict``, or a list of
        ``None`` that is long enough for the position
    :param mutable: False: the attribute cannot be set or deleted
    :param onebased: the database counts positions from 1
    """

    _NO_DEFAULT_ARGUMENT = object()
    # in a SELECT the element has the name that its expression has, not that of the attribute
    _names_its_expression = False

    def __init__(self, attr_name, index, default=_NO_DEFAULT_ARGUMENT, datatype=None, mutable=True, onebased=True):
        if mutable:
            super().__init__(self.fget, self.fset, self.fdel, self.expr)
        else:
            super().__init__(self.fget, None, None, self.expr)
        self.attr_name = attr_name
        self.index = index
        self.default = default
        positional = isinstance(index, int)
        self.onebased = positional and onebased
        if datatype is None:
            datatype = (lambda: [None] * (index + 1)) if positional else dict
        self.datatype = datatype

    def _missing(self, cause=None):
        if self.default is self._NO_DEFAULT_ARGUMENT:
            raise AttributeError(self.attr_name) from cause
        return self.default

    def fget(self, instance):
        """The element, of an instance."""
        container = getattr(instance, self.attr_name)
        if container is None:
            return self._missing()
        try:
            return container[self.index]
        except (KeyError, IndexError) as e:
            return self._missing(e)

    def fset(self, instance, value):
        """Put the element."""
        container = getattr(instance, self.attr_name)
        if container is None:
            container = self.datatype()
            setattr(instance, self.attr_name, container)
        container[self.index] = value
        self._changed(instance, container)

    def fdel(self, instance):
        """Take the element out."""
        container = getattr(instance, self.attr_name)
        if container is None:
            raise AttributeError(self.attr_name)
        try:
            del container[self.index]
        except KeyError as e:
            raise AttributeError(self.attr_name) from e
        self._changed(instance, container)

    def _changed(self, instance, container):
        setattr(instance, self.attr_name, container)
        if self.attr_name in inspect(instance).mapper.attrs:
            flag_modified(instance, self.attr_name)

    def expr(self, model):
        """The element, as an expression over the class or an alias of it. Subclasses may cast it."""
        column = getattr(model, self.attr_name)
        return column[self.index + 1 if self.onebased else self.index]
