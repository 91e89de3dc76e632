"""Bytes, and objects pickled into them."""

from ..operators import OperatorClass
from ..type_api import (
    TypeEngine,
    to_instance,
)


class _Binary(TypeEngine):
    _affinity = "binary"
    operator_classes = OperatorClass.BINARY

    def __init__(self, length=None):
        self.length = length

    @property
    def python_type(self):
        return bytes

    def as_generic(self, allow_nulltype=False):
        return LargeBinary(length=self.length)

    def coerce_compared_value(self, op, value):
        if isinstance(value, str):
            return self
        return super().coerce_compared_value(op, value)

    def get_dbapi_type(self, dbapi):
        return dbapi.BINARY


class LargeBinary(_Binary):
    """Byte strings."""

    __visit_name__ = "large_binary"


Binary = LargeBinary


class PickleType(TypeEngine):
    """Any picklable object in a binary column."""

    _affinity = "pickle"
    impl = LargeBinary
    cache_ok = True

    def __init__(self, protocol=None, pickler=None, comparator=None, impl=None, mutable=False):
        import pickle

        self.protocol = pickle.HIGHEST_PROTOCOL if protocol is None else protocol
        self.pickler = pickler or pickle
        self.comparator = comparator
        self.impl = to_instance(impl if impl is not None else self.__class__.impl)

    @property
    def impl_instance(self):
        return self.impl

    @property
    def __visit_name__(self):
        return self.impl.__visit_name__

    @property
    def length(self):
        return getattr(self.impl, "length", None)

    def coerce_compared_value(self, op, value):
        return self

    def __reduce__(self):
        return PickleType, (self.protocol, None, self.comparator)

    def compare_values(self, x, y):
        if self.comparator:
            return self.comparator(x, y)
        return x == y

    def copy(self, **kw):
        new = self.__class__.__new__(self.__class__)
        new.__dict__.update(self.__dict__)
        return new

    def load_dialect_impl(self, dialect):
        return self.impl

    def __repr__(self):
        return f"{type(self).__name__}()"
