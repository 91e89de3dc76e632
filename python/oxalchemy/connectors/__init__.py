"""Documented module paths of driver helpers."""


class Connector:
    """Base of helpers that several dialects share for one driver."""
