"""Exceptions of the ORM."""

from .. import exc as sa_exc
from ..exc import MultipleResultsFound, NoResultFound  # noqa: F401

#: What attribute access may raise when there is no value to give.
NO_STATE = (AttributeError, KeyError)


class FlushError(sa_exc.SQLAlchemyError):
    """The unit of work refuses to go on."""


class StaleDataError(sa_exc.SQLAlchemyError):
    """An UPDATE or DELETE met another number of rows than there are objects."""


ConcurrentModificationError = StaleDataError


class UnmappedError(sa_exc.InvalidRequestError):
    """Something is not mapped."""


class ObjectDereferencedError(sa_exc.SQLAlchemyError):
    """An object was garbage collected before the operation that needs it."""


class DetachedInstanceError(sa_exc.SQLAlchemyError):
    """An attribute needs a Session and the instance has none."""

    code = "bhk3"


class MappedAnnotationError(sa_exc.ArgumentError):
    """A ``Mapped[]`` annotation makes no sense."""


def _type_name(cls):
    return f"{cls.__module__}.{cls.__qualname__}" if cls.__module__ else cls.__qualname__


def _unmapped_message(cls):
    name = f"{cls.__module__}.{cls.__name__}" if cls.__module__ else cls.__name__
    return f"Class '{name}' is not mapped"


class UnmappedInstanceError(UnmappedError):
    """An instance of a class that is not mapped."""

    def __init__(self, obj, msg=None):
        if not msg:
            cls = type(obj)
            msg = _unmapped_message(cls)
            if "_sa_class_manager" in vars(cls):
                msg = (
                    f"Class '{cls.__module__}.{cls.__name__}' is mapped, but this instance lacks instrumentation.  This occurs "
                    "when the instance is created before oxalchemy.orm.mapper("
                    f"{cls.__module__}.{cls.__name__}) was called."
                )
            elif isinstance(obj, type):
                name = f"{obj.__module__}.{obj.__name__}"
                msg += f"; was a class ({name}) supplied where an instance was required?"
        super().__init__(msg)

    def __reduce__(self):
        return self.__class__, (None, self.args[0])


class UnmappedClassError(UnmappedError):
    """A class that is not mapped."""

    def __init__(self, cls, msg=None):
        super().__init__(msg or _unmapped_message(cls))

    def __reduce__(self):
        return self.__class__, (None, self.args[0])


class ObjectDeletedError(sa_exc.InvalidRequestError):
    """The row of an instance is gone from the database."""

    def __init__(self, state, msg=None):
        if not msg:
            from .base import state_str

            msg = f"Instance '{state_str(state)}' has been deleted, or its row is otherwise not present."
        super().__init__(msg)

    def __reduce__(self):
        return self.__class__, (None, self.args[0])


class UnmappedColumnError(sa_exc.InvalidRequestError):
    """A mapper does not know a column."""


class LoaderStrategyException(sa_exc.InvalidRequestError):
    """No loader does what was asked for with an attribute of this kind."""

    def __init__(self, applied_to_property_type, requesting_property, applies_to, actual_strategy_type, strategy_key):
        if actual_strategy_type is None:
            message = f"Can't find strategy {strategy_key} for {requesting_property}"
        else:
            message = (
                f'Can\'t apply "{actual_strategy_type.__name__} loader" strategy to property "{requesting_property}", '
                f'which is a "{type(requesting_property).__name__}"; '
            )
            if applies_to is None:
                message += "no strategies of that name apply to it"
            else:
                message += f'this loader strategy is intended to be used with a "{applies_to.__name__}".'
        super().__init__(message)
