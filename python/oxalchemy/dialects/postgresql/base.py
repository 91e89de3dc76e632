"""PostgreSQL dialect classes."""

from __future__ import annotations

from ... import exc
from ...engine.default import DefaultDialect, take_facts
from ...sql import compiler as _compiler


class PGCompiler(_compiler.SQLCompiler):
    __module__ = "oxalchemy.dialects.postgresql.base"


class PGDDLCompiler(_compiler.DDLCompiler):
    __module__ = "oxalchemy.dialects.postgresql.base"


class PGTypeCompiler(_compiler.GenericTypeCompiler):
    __module__ = "oxalchemy.dialects.postgresql.base"


class PGIdentifierPreparer(_compiler.IdentifierPreparer):
    __module__ = "oxalchemy.dialects.postgresql.base"


class PGDialect(DefaultDialect):
    """PostgreSQL. Statements are rendered; the built-in driver for it is not part of this version."""

    __module__ = "oxalchemy.dialects.postgresql.base"
    statement_compiler = PGCompiler
    ddl_compiler = PGDDLCompiler
    type_compiler_cls = PGTypeCompiler
    preparer = PGIdentifierPreparer

    def __init__(self, json_serializer=None, json_deserializer=None, **kwargs):
        super().__init__(**kwargs)
        self._json_serializer = json_serializer
        self._json_deserializer = json_deserializer

    @classmethod
    def import_dbapi(cls):
        raise exc.NoDBAPILoaded(
            "oxalchemy has no built-in PostgreSQL driver yet; pass a PEP 249 module: create_engine(url, module=...)"
        )


take_facts(PGDialect, "postgresql")
dialect = PGDialect


def dialect_class(name, driver):
    """The class for a DSN's dialect and driver names."""
    return PGDialect
