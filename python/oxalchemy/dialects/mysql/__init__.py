"""The mysql dialect: its types under their documented names, and its dialect class."""

from .base import dialect
from .dml import Insert, insert, limit
from .expression import match
from .types import *  # noqa: F403
