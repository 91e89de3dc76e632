"""``inspect()``: from an object to what knows about it. Who knows about which type is registered with ``_inspects``."""

from . import exc

_registrars = {}


def inspect(subject, raiseerr=True):
    """The inspection object of ``subject``: an Inspector for an Engine or Connection, a Mapper for a mapped class, an
    InstanceState for an instance, the object itself for SQL constructs.

    Raises :class:`.NoInspectionAvailable` when there is none, or gives ``None`` with ``raiseerr=False``.
    """
    type_ = type(subject)
    for cls in type_.__mro__:
        registered = _registrars.get(cls)
        if registered is None:
            continue
        if registered is True:
            return subject
        found = registered(subject)
        if found is not None:
            return found
    if raiseerr:
        raise exc.NoInspectionAvailable(f"No inspection system is available for object of type {type_}")
    return None


def _inspects(*types):
    """Decorator: the function gives the inspection object of instances of these types."""

    def decorate(fn_or_cls):
        for type_ in types:
            if type_ in _registrars:
                raise AssertionError(f"Type {type_} is already registered")
            _registrars[type_] = fn_or_cls
        return fn_or_cls

    return decorate


def _self_inspects(cls):
    """Decorator: instances of the class are their own inspection object."""
    if cls in _registrars:
        raise AssertionError(f"Type {cls} is already registered")
    _registrars[cls] = True
    return cls


class Inspectable:
    """Marks what ``inspect()`` accepts."""

    __slots__ = ()
