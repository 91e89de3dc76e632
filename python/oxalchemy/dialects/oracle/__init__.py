"""The oracle dialect: its types under their documented names, and its dialect class."""

from .base import dialect
from .types import *  # noqa: F403
