"""MySQL dialect classes."""

from __future__ import annotations

from ... import exc
from ...engine.default import DefaultDialect, take_facts
from ...sql import compiler as _compiler


class MySQLCompiler(_compiler.SQLCompiler):
    __module__ = "oxalchemy.dialects.mysql.base"


class MySQLDDLCompiler(_compiler.DDLCompiler):
    __module__ = "oxalchemy.dialects.mysql.base"


class MySQLTypeCompiler(_compiler.GenericTypeCompiler):
    __module__ = "oxalchemy.dialects.mysql.base"


class MySQLIdentifierPreparer(_compiler.IdentifierPreparer):
    __module__ = "oxalchemy.dialects.mysql.base"


class MySQLDialect(DefaultDialect):
    """MySQL. Statements are rendered; the built-in driver for it is not part of this version."""

    __module__ = "oxalchemy.dialects.mysql.base"
    statement_compiler = MySQLCompiler
    ddl_compiler = MySQLDDLCompiler
    type_compiler_cls = MySQLTypeCompiler
    preparer = MySQLIdentifierPreparer

    def __init__(self, json_serializer=None, json_deserializer=None, **kwargs):
        super().__init__(**kwargs)
        self._json_serializer = json_serializer
        self._json_deserializer = json_deserializer

    @classmethod
    def import_dbapi(cls):
        raise exc.NoDBAPILoaded(
            "oxalchemy has no built-in MySQL driver yet; pass a PEP 249 module: create_engine(url, module=...)"
        )


take_facts(MySQLDialect, "mysql")
dialect = MySQLDialect


class MariaDBDialect(MySQLDialect):
    """MariaDB."""

    __module__ = "oxalchemy.dialects.mysql.mariadb"


take_facts(MariaDBDialect, "mariadb")


def dialect_class(name, driver):
    """The class for a DSN's dialect and driver names."""
    return MariaDBDialect if name == "mariadb" else MySQLDialect
