from typing import Any

class HasDescriptionCode:
    code: str | None
    def __init__(self, *arg: Any, code: str | None = None, **kw: Any) -> None: ...
    def __str__(self) -> str: ...

class DontWrapMixin: ...

class EmulatedDBAPIException(Exception):
    def __init__(self, message: Any, orig: Any = None) -> None: ...
    @property
    def driver_exception(self) -> Any: ...
    orig: Any

class SQLAlchemyError(HasDescriptionCode, Exception):
    def __str__(self) -> str: ...

class SATestSuiteWarning(Warning): ...
class ArgumentError(SQLAlchemyError): ...

class CircularDependencyError(SQLAlchemyError):
    cycles: Any
    edges: Any
    def __init__(self, message: Any, cycles: Any, edges: Any, msg: Any = None, code: Any = None) -> None: ...

class CompileError(SQLAlchemyError): ...
class DefectError(SQLAlchemyError): ...
class IdentifierError(SQLAlchemyError): ...

class DisconnectionError(SQLAlchemyError):
    invalidate_pool: Any

class TimeoutError(SQLAlchemyError): ...
class InvalidRequestError(SQLAlchemyError): ...

class StatementError(SQLAlchemyError):
    statement: str | None
    params: Any
    orig: BaseException | None
    ismulti: bool | None
    hide_parameters: bool
    detail: list[str]
    connection_invalidated: bool
    def __init__(
        self,
        message: str,
        statement: str | None,
        params: Any,
        orig: BaseException | None,
        hide_parameters: bool = False,
        code: str | None = None,
        ismulti: bool | None = None,
    ) -> None: ...
    def add_detail(self, msg: str) -> None: ...

class SAPendingDeprecationWarning(PendingDeprecationWarning):
    deprecated_since: Any

class DuplicateColumnError(ArgumentError): ...
class ConstraintColumnNotFoundError(ArgumentError): ...

class ObjectNotExecutableError(ArgumentError):
    def __init__(self, target: Any) -> None: ...
    target: Any

class NoSuchModuleError(ArgumentError): ...
class NoForeignKeysError(ArgumentError): ...
class AmbiguousForeignKeysError(ArgumentError): ...

class UnsupportedCompilationError(CompileError):
    code: Any
    def __init__(self, compiler: Any, element_type: Any = None, message: Any = None) -> None: ...
    compiler: Any
    element_type: Any
    message: Any

class InvalidatePoolError(DisconnectionError):
    invalidate_pool: Any

class AmbiguousColumnError(InvalidRequestError): ...

class IllegalStateChangeError(InvalidRequestError):
    code: Any

class NoInspectionAvailable(InvalidRequestError): ...
class PendingRollbackError(InvalidRequestError): ...
class ResourceClosedError(InvalidRequestError): ...
class NoResultFound(InvalidRequestError): ...
class MultipleResultsFound(InvalidRequestError): ...

class NoReferenceError(InvalidRequestError):
    table_name: str | None

class NoSuchTableError(InvalidRequestError): ...
class UnreflectableTableError(InvalidRequestError): ...
class UnboundExecutionError(InvalidRequestError): ...
class NoDBAPILoaded(InvalidRequestError): ...

class AwaitRequired(InvalidRequestError):
    code: Any

class MissingGreenlet(InvalidRequestError):
    code: Any

class DBAPIError(StatementError):
    code: str | None
    def __init__(
        self,
        statement: str | None,
        params: Any,
        orig: BaseException,
        hide_parameters: bool = False,
        connection_invalidated: bool = False,
        code: str | None = None,
        ismulti: bool | None = None,
    ) -> None: ...
    @classmethod
    def instance(
        cls,
        statement: Any,
        params: Any,
        orig: Any,
        dbapi_base_err: Any,
        hide_parameters: Any = False,
        connection_invalidated: Any = False,
        dialect: Any = None,
        ismulti: Any = None,
    ) -> Any: ...
    @property
    def driver_exception(self) -> Any: ...

class SADeprecationWarning(HasDescriptionCode, DeprecationWarning):
    deprecated_since: Any

class SAWarning(HasDescriptionCode, RuntimeWarning): ...

class NoReferencedTableError(NoReferenceError):
    def __init__(self, message: Any, tname: Any) -> None: ...

class NoReferencedColumnError(NoReferenceError):
    column_name: str | None
    def __init__(self, message: str, tname: str, cname: str) -> None: ...

class InterfaceError(DBAPIError):
    code: Any

class DatabaseError(DBAPIError):
    code: Any

class Base20DeprecationWarning(SADeprecationWarning):
    deprecated_since: Any

class NoSuchColumnError(InvalidRequestError, KeyError): ...

class DataError(DatabaseError):
    code: Any

class OperationalError(DatabaseError):
    code: Any

class IntegrityError(DatabaseError):
    code: Any

class InternalError(DatabaseError):
    code: Any

class ProgrammingError(DatabaseError):
    code: Any

class NotSupportedError(DatabaseError):
    code: Any

class LegacyAPIWarning(Base20DeprecationWarning): ...
class RemovedIn20Warning(Base20DeprecationWarning): ...
class MovedIn20Warning(RemovedIn20Warning): ...

SQLError = DBAPIError
