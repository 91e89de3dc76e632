"""The oracle dialect."""

from .base import dialect
