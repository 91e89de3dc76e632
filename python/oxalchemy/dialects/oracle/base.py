"""Oracle Database dialect classes."""

from __future__ import annotations

from ... import exc
from ...engine.default import DefaultDialect, take_facts
from ...sql import compiler as _compiler


class OracleCompiler(_compiler.SQLCompiler):
    __module__ = "oxalchemy.dialects.oracle.base"


class OracleDDLCompiler(_compiler.DDLCompiler):
    __module__ = "oxalchemy.dialects.oracle.base"


class OracleTypeCompiler(_compiler.GenericTypeCompiler):
    __module__ = "oxalchemy.dialects.oracle.base"


class OracleIdentifierPreparer(_compiler.IdentifierPreparer):
    __module__ = "oxalchemy.dialects.oracle.base"


class OracleDialect(DefaultDialect):
    """Oracle Database. Statements are rendered; the built-in driver for it is not part of this version."""

    __module__ = "oxalchemy.dialects.oracle.base"
    statement_compiler = OracleCompiler
    ddl_compiler = OracleDDLCompiler
    type_compiler_cls = OracleTypeCompiler
    preparer = OracleIdentifierPreparer

    def __init__(self, json_serializer=None, json_deserializer=None, **kwargs):
        super().__init__(**kwargs)
        self._json_serializer = json_serializer
        self._json_deserializer = json_deserializer

    @classmethod
    def import_dbapi(cls):
        raise exc.NoDBAPILoaded(
            "oxalchemy has no built-in Oracle Database driver yet; pass a PEP 249 module: create_engine(url, module=...)"
        )


take_facts(OracleDialect, "oracle")
dialect = OracleDialect


def dialect_class(name, driver):
    """The class for a DSN's dialect and driver names."""
    return OracleDialect
