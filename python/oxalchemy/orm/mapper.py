"""``Mapper`` and the functions that concern all mappers."""

from .._rs import Mapper, clear_mappers, configure_mappers
from .base import class_mapper, object_mapper

__all__ = [
    "Mapper",
    "class_mapper",
    "clear_mappers",
    "compile_mappers",
    "configure_mappers",
    "object_mapper",
    "reconstructor",
    "validates",
]

compile_mappers = configure_mappers


def validates(*names, include_removes=False, include_backrefs=True):
    """Decorator: the method ``(self, key, value)`` sees (and gives) each value set on the named attributes.

    :param include_removes: also called for removes, with a further argument
    :param include_backrefs: also called for changes that come from the other side of a relationship
    """

    def wrap(fn):
        fn.__sa_validators__ = names
        fn.__sa_validation_opts__ = {"include_removes": include_removes, "include_backrefs": include_backrefs}
        return fn

    return wrap


def reconstructor(fn):
    """Decorator: the method runs when an instance was loaded."""
    fn.__sa_reconstructor__ = True
    return fn


def mapper(class_, local_table=None, *args, **params):
    """Map a class to a table (classical mapping). Arguments as documented for :class:`Mapper`."""
    return Mapper(class_, local_table, *args, **params)


def _all_registries():
    from .decl_api import _all_registries

    return set(_all_registries)
