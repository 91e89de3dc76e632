"""The unit of work, as event listeners see it."""

from .._rs import UOWTransaction

__all__ = ["UOWTransaction"]
