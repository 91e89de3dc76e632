"""The sqlite dialect: its types under their documented names, and its dialect class."""

from .base import dialect
from .dml import Insert, insert
from .types import *  # noqa: F403
