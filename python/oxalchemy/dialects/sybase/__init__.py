"""Sybase, whose dialect SQLAlchemy had until 1.4."""

from .._absent import absent

SybaseDialect = dialect = absent(__name__, "SybaseDialect", "Sybase")
SybaseDialect.name = "sybase"
