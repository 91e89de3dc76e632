"""0.5 name of :mod:`oxalchemy.exc`."""

from . import exc as _exc
from .exc import *  # noqa: F401, F403


def __getattr__(name):
    return getattr(_exc, name)
