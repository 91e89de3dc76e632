"""The sqlite dialect."""

from .base import dialect
