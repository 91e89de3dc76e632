"""Every exception and warning that oxalchemy raises.

The ORM adds its own in :mod:`oxalchemy.orm.exc`. Errors of a database driver arrive wrapped in :class:`DBAPIError` or one of
its subclasses, named after the PEP 249 class of the driver's exception, which stays reachable as ``orig``.
"""

from ._rs import _PanicException, _place_of_panic
from .util._reprs import repr_params as _repr_params

# Where a short code is explained; the code takes the place of %s.
_BACKGROUND = "docs/errors.md#%s"


class HasDescriptionCode:
    """Mixin: a short ``code`` that names a paragraph of the error documentation."""

    code = None

    def __init__(self, *arg, **kw):
        code = kw.pop("code", None)
        if code is not None:
            self.code = code
        super().__init__(*arg, **kw)

    def _code_str(self):
        if not self.code:
            return ""
        return "(Background on this error at: " + _BACKGROUND % self.code + ")"

    def __str__(self):
        message = super().__str__()
        return f"{message} {self._code_str()}" if self.code else message


class SQLAlchemyError(HasDescriptionCode, Exception):
    """Root of the errors that oxalchemy raises itself."""

    def _message(self):
        if not self.args:
            return ""
        if len(self.args) == 1:
            text = self.args[0]
            return text.decode("utf-8", "backslashreplace") if isinstance(text, bytes) else str(text)
        return str(self.args)

    def _sql_message(self):
        message = self._message()
        if self.code:
            message = f"{message} {self._code_str()}"
        return message

    def __str__(self):
        return self._sql_message()


class DefectError(SQLAlchemyError):
    """oxalchemy itself is wrong: a state that its authors held to be impossible came about.

    The call has not done its work; roll back what it was part of. Please report the message, which names the place.
    """


def _instead_of_a_panic(cls, message=""):
    place = _place_of_panic()
    return DefectError(f"{message} (at {place})" if place else message)


# What PyO3 raises for a panic is a BaseException, which no `except Exception` of a server stops, and it panics again in the next
# Rust frame that it comes to, past the cleanup which that frame owes. An exception of ours takes its place when it is made.
_PanicException.__new__ = _instead_of_a_panic


class EmulatedDBAPIException(Exception):
    """Base of the exceptions that stand in for a driver's own."""

    def __init__(self, message, orig=None):
        super().__init__(message)
        self.orig = orig

    @property
    def driver_exception(self):
        """The exception of the driver underneath."""
        return self.orig

    def __reduce__(self):
        return self.__class__, (self.args[0], self.orig)


class ArgumentError(SQLAlchemyError):
    """An argument has a wrong value or type."""


class DuplicateColumnError(ArgumentError):
    """A column is put into a table twice."""


class ConstraintColumnNotFoundError(ArgumentError):
    """A constraint names a column that its table does not have."""


class ObjectNotExecutableError(ArgumentError):
    """``execute()`` was given something that is no statement."""

    def __init__(self, target):
        super().__init__(f"Not an executable object: {target!r}")
        self.target = target

    def __reduce__(self):
        return self.__class__, (self.target,)


class NoSuchModuleError(ArgumentError):
    """A dialect, driver or plugin cannot be found."""


class NoForeignKeysError(ArgumentError):
    """No foreign key links the two sides of a join."""


class AmbiguousForeignKeysError(ArgumentError):
    """More than one foreign key links the two sides of a join."""


class CircularDependencyError(SQLAlchemyError):
    """A topological sort found a cycle; ``cycles`` and ``edges`` say which."""

    def __init__(self, message, cycles, edges, msg=None, code=None):
        if msg is None:
            message += f" ({', '.join(repr(c) for c in cycles)})"
        else:
            message = msg
        super().__init__(message, code=code)
        self.cycles = cycles
        self.edges = edges

    def __reduce__(self):
        return self.__class__, (None, self.cycles, self.edges, self.args[0]), {"code": self.code} if self.code else {}


class CompileError(SQLAlchemyError):
    """A statement cannot be turned into SQL."""


class UnsupportedCompilationError(CompileError):
    """A compiler does not know a construct."""

    code = "l7de"

    def __init__(self, compiler, element_type=None, message=None):
        if element_type is None and isinstance(compiler, str):
            # From Rust, where there is no compiler object: the whole message.
            super().__init__(compiler)
        else:
            more = f": {message}" if message else ""
            super().__init__(f"Compiler {compiler!r} can't render element of type {element_type}{more}")
        self.compiler = compiler
        self.element_type = element_type
        self.message = message

    @classmethod
    def _of_message(cls, message):
        """The error with a message that names compiler and element already."""
        self = cls.__new__(cls)
        CompileError.__init__(self, message)
        self.compiler = self.element_type = self.message = None
        return self

    def __reduce__(self):
        if self.compiler is None:
            return _unsupported, self.args
        return self.__class__, (self.compiler, self.element_type, self.message)


def _unsupported(message):
    return UnsupportedCompilationError._of_message(message)


class IdentifierError(SQLAlchemyError):
    """A name is longer than the database allows."""


class DisconnectionError(SQLAlchemyError):
    """A raw connection is dead; raised by a checkout hook, it makes the pool try another one."""

    invalidate_pool = False


class InvalidatePoolError(DisconnectionError):
    """A raw connection is dead, and so is everything that the pool opened before."""

    invalidate_pool = True


class TimeoutError(SQLAlchemyError):
    """The pool had no connection to give in time."""


class InvalidRequestError(SQLAlchemyError):
    """Something was asked for that is impossible, or impossible in this state."""


class AmbiguousColumnError(InvalidRequestError):
    """A column name of ``filter_by()`` exists in several entities."""


class IllegalStateChangeError(InvalidRequestError):
    """A Session was used from two places at once."""

    code = "isce"


class NoInspectionAvailable(InvalidRequestError):
    """``inspect()`` knows nothing about its subject."""


class PendingRollbackError(InvalidRequestError):
    """A transaction failed and waits for ``rollback()``."""


class ResourceClosedError(InvalidRequestError):
    """Use of a closed connection, result or transaction."""


class NoSuchColumnError(InvalidRequestError, KeyError):
    """A row has no such column."""


class NoResultFound(InvalidRequestError):
    """A row was required and there was none."""


class MultipleResultsFound(InvalidRequestError):
    """One row was required and there were more."""


class NoReferenceError(InvalidRequestError):
    """A foreign key cannot be resolved; ``table_name`` is its target."""

    table_name = None


class NoReferencedTableError(NoReferenceError):
    """The table that a foreign key refers to is unknown."""

    def __init__(self, message, tname):
        super().__init__(message)
        self.table_name = tname

    def __reduce__(self):
        return self.__class__, (self.args[0], self.table_name)


class NoReferencedColumnError(NoReferenceError):
    """The column that a foreign key refers to is unknown."""

    def __init__(self, message, tname, cname):
        super().__init__(message)
        self.table_name = tname
        self.column_name = cname

    def __reduce__(self):
        return self.__class__, (self.args[0], self.table_name, self.column_name)


class NoSuchTableError(InvalidRequestError):
    """The database has no such table."""


class UnreflectableTableError(InvalidRequestError):
    """A table exists but cannot be reflected."""


class UnboundExecutionError(InvalidRequestError):
    """SQL was to be executed and nothing says where."""


class NoDBAPILoaded(InvalidRequestError):
    """A dialect without a driver was asked to do a driver's work."""


class AwaitRequired(InvalidRequestError):
    """An async driver was used from synchronous code."""

    code = "xd1r"


class MissingGreenlet(InvalidRequestError):
    """Asynchronous I/O was attempted where nothing can wait for it."""

    code = "xd2s"


class DontWrapMixin:
    """Mixin for users' exceptions: raised while a statement runs, they come out unwrapped."""


class StatementError(SQLAlchemyError):
    """A statement failed; ``statement`` and ``params`` say which, ``orig`` says why."""

    statement = None
    params = None
    orig = None
    ismulti = None
    connection_invalidated = False

    def __init__(self, message, statement, params, orig, hide_parameters=False, code=None, ismulti=None):
        super().__init__(message, code=code)
        self.statement = statement
        self.params = params
        self.orig = orig
        self.ismulti = ismulti
        self.hide_parameters = hide_parameters
        self.detail = []

    def add_detail(self, msg):
        """Put a further line before the message."""
        self.detail.append(msg)

    def __reduce__(self):
        args = (
            self.args[0],
            self.statement,
            self.params,
            self.orig,
            self.hide_parameters,
            self.__dict__.get("code"),
            self.ismulti,
        )
        return self.__class__, args, {"detail": self.detail}

    def _sql_message(self):
        lines = [f"({d})" for d in self.detail]
        lines.append(self._message())
        if self.statement:
            lines.append(f"[SQL: {self.statement}]")
            if self.params:
                if self.hide_parameters:
                    lines.append("[SQL parameters hidden due to hide_parameters=True]")
                else:
                    lines.append(f"[parameters: {_repr_params(self.params, 10, ismulti=self.ismulti)}]")
        if self.code:
            lines.append(self._code_str())
        return "\n".join(lines)


def _named(orig, text):
    return f"({orig.__class__.__module__}.{orig.__class__.__name__}) {text}"


class _UnawaitedLoad(MissingGreenlet, StatementError):
    """An attribute was to be loaded where nothing can wait for it: a statement that failed, as some drivers have it, too."""

    @classmethod
    def of(cls, error, class_name, key):
        """What is raised in place of ``error``, which the load of an attribute met."""
        return cls(
            f"{error.args[0]} '{class_name}.{key}' is not loaded: load it with the object, by selectinload({class_name}.{key}), "
            f"or 'await object.awaitable_attrs.{key}', of AsyncAttrs; or 'await session.refresh(object, [\"{key}\"])'",
            None,
            None,
            error,
        )


_UnawaitedLoad.__name__ = _UnawaitedLoad.__qualname__ = "MissingGreenlet"


class DBAPIError(StatementError):
    """The driver raised an error; subclasses carry the names of PEP 249's."""

    code = "dbapi"

    @classmethod
    def instance(
        cls,
        statement,
        params,
        orig,
        dbapi_base_err,
        hide_parameters=False,
        connection_invalidated=False,
        dialect=None,
        ismulti=None,
    ):
        """What is to be raised for the driver's exception ``orig``."""
        if isinstance(orig, DontWrapMixin) or not isinstance(orig, (Exception, type(None))):
            return orig
        if orig is not None:
            if isinstance(orig, SQLAlchemyError) and statement:
                text = orig.args[0] if orig.args else ""
                return StatementError(
                    _named(orig, text), statement, params, orig, hide_parameters, code=orig.code, ismulti=ismulti
                )
            if not isinstance(orig, dbapi_base_err) and statement:
                return StatementError(_named(orig, orig), statement, params, orig, hide_parameters, ismulti=ismulti)
            translate = getattr(dialect, "dbapi_exception_translation_map", None) or {}
            for parent in orig.__class__.__mro__:
                name = translate.get(parent.__name__, parent.__name__)
                found = _DBAPI_CLASSES.get(name)
                if found is not None:
                    cls = found
                    break
        return cls(
            statement,
            params,
            orig,
            connection_invalidated=connection_invalidated,
            hide_parameters=hide_parameters,
            ismulti=ismulti,
        )

    def __init__(self, statement, params, orig, hide_parameters=False, connection_invalidated=False, code=None, ismulti=None):
        try:
            text = str(orig)
        except Exception as e:
            text = "Error in str() of DB-API-generated exception: " + str(e)
        super().__init__(_named(orig, text), statement, params, orig, hide_parameters, code=code, ismulti=ismulti)
        self.connection_invalidated = connection_invalidated

    @property
    def driver_exception(self):
        """The exception of the driver itself, also when ``orig`` is one that stands in for it."""
        return self.orig.driver_exception if isinstance(self.orig, EmulatedDBAPIException) else self.orig

    def __reduce__(self):
        args = (
            self.statement,
            self.params,
            self.orig,
            self.hide_parameters,
            self.connection_invalidated,
            self.__dict__.get("code"),
            self.ismulti,
        )
        return self.__class__, args, {"detail": self.detail}


class InterfaceError(DBAPIError):
    """The driver's InterfaceError."""

    code = "rvf5"


class DatabaseError(DBAPIError):
    """The driver's DatabaseError."""

    code = "4xp6"


class DataError(DatabaseError):
    """The driver's DataError."""

    code = "9h9h"


class OperationalError(DatabaseError):
    """The driver's OperationalError."""

    code = "e3q8"


class IntegrityError(DatabaseError):
    """The driver's IntegrityError."""

    code = "gkpj"


class InternalError(DatabaseError):
    """The driver's InternalError."""

    code = "2j85"


class ProgrammingError(DatabaseError):
    """The driver's ProgrammingError."""

    code = "f405"


class NotSupportedError(DatabaseError):
    """The driver's NotSupportedError."""

    code = "tw8g"


_DBAPI_CLASSES = {
    c.__name__: c
    for c in (
        DBAPIError,
        InterfaceError,
        DatabaseError,
        DataError,
        OperationalError,
        IntegrityError,
        InternalError,
        ProgrammingError,
        NotSupportedError,
    )
}


class SATestSuiteWarning(Warning):
    """Something about a test suite."""


class SADeprecationWarning(HasDescriptionCode, DeprecationWarning):
    """Use of a deprecated feature."""

    deprecated_since = None


class Base20DeprecationWarning(SADeprecationWarning):
    """Use of something that the 2.0 API no longer has."""

    deprecated_since = "1.4"


class LegacyAPIWarning(Base20DeprecationWarning):
    """Use of an API in legacy status."""


class RemovedIn20Warning(Base20DeprecationWarning):
    """Use of an API that the 2.0 API removed."""


class MovedIn20Warning(RemovedIn20Warning):
    """Use of a path that the 2.0 API moved."""


class SAPendingDeprecationWarning(PendingDeprecationWarning):
    """Use of a feature that will be deprecated."""

    deprecated_since = None


class SAWarning(HasDescriptionCode, RuntimeWarning):
    """Something questionable at run time."""

    _what_are_we = "warning"


# 0.5 names
SQLError = DBAPIError


# 0.5 published these ORM classes here as well; looked up late because the ORM imports this module.
_ORM_NAMES = ("ConcurrentModificationError", "FlushError", "UnmappedColumnError")


def __getattr__(name):
    if name in _ORM_NAMES:
        from .orm import exc as orm_exc

        return getattr(orm_exc, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
