"""The 2.0 style under its path of 1.4: there is one engine, and it is this one."""

from .engine import Connection as Connection
from .engine import Engine as Engine
from .engine import create_engine as create_engine
from .sql.expression import select as select

__all__ = ["Connection", "Engine", "create_engine", "select"]
