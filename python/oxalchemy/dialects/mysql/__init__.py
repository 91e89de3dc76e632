"""The mysql dialect."""

from .base import dialect
