"""``CheckFirst``: what to look for before creating or dropping."""

import enum


class CheckFirst(enum.Flag):
    """What to look for before creating or dropping (2.1); ``CheckFirst(True)`` is ``ALL``."""

    # 1 is free for True.
    NONE = 0
    TABLES = 2
    VIEWS = 4
    INDEXES = 8
    SEQUENCES = 16
    TYPES = 32
    ALL = TABLES | VIEWS | INDEXES | SEQUENCES | TYPES

    @classmethod
    def _missing_(cls, value):
        return cls.ALL if value is True else super()._missing_(value)
