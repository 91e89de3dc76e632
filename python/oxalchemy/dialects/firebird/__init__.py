"""Firebird, whose dialect SQLAlchemy had until 1.4."""

from .._absent import absent

FBDialect = dialect = absent(__name__, "FBDialect", "Firebird")
FBDialect.name = "firebird"
