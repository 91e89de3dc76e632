"""The postgresql dialect."""

from .base import dialect
