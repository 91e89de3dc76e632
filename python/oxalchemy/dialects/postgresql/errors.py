"""The exceptions of the built-in PostgreSQL driver: PEP 249's classes, and one below them for each SQLSTATE that has a name."""

from __future__ import annotations


class Warning(Exception):
    """PEP 249: important warnings. Not raised."""


class Diagnostic:
    """What the server said about an error, part by part; parts that it did not give are None."""

    _FIELDS = (
        "severity",
        "sqlstate",
        "message_primary",
        "message_detail",
        "message_hint",
        "statement_position",
        "context",
        "schema_name",
        "table_name",
        "column_name",
        "datatype_name",
        "constraint_name",
        "source_file",
        "source_function",
    )

    def __init__(self, fields):
        for name in self._FIELDS:
            setattr(self, name, fields.get(name))

    def __getattr__(self, name):
        if name in ("internal_position", "internal_query", "severity_nonlocalized", "source_line"):
            return None
        raise AttributeError(name)


class Error(Exception):
    """PEP 249: root of the driver's errors.

    ``sqlstate`` (also ``pgcode``): the server's code, None for errors that the driver found itself. ``diag``: what else the
    server said. ``pgerror``: the server's message with its severity.
    """

    sqlstate = None
    is_disconnect = False
    _fields = None

    @property
    def pgcode(self):
        return self.sqlstate

    @property
    def pgerror(self):
        fields = self._fields or {}
        return f"{fields['severity']}:  {self.args[0]}\n" if "severity" in fields else None

    @property
    def diag(self):
        return Diagnostic({"sqlstate": self.sqlstate, **(self._fields or {})})

    def __reduce__(self):
        return type(self), self.args, self.__dict__


class InterfaceError(Error):
    """PEP 249: misuse of the driver."""


class DatabaseError(Error):
    """PEP 249: an error of the database."""


class DataError(DatabaseError):
    """PEP 249: a value out of range, too long or malformed."""


class OperationalError(DatabaseError):
    """PEP 249: outside of the programmer's control."""


class IntegrityError(DatabaseError):
    """PEP 249: a constraint was violated."""


class InternalError(DatabaseError):
    """PEP 249: the database is in a state in which it cannot do that."""


class ProgrammingError(DatabaseError):
    """PEP 249: wrong SQL, missing objects, wrong parameters."""


class NotSupportedError(DatabaseError):
    """PEP 249: the database cannot do that."""


# Condition names of PostgreSQL's documentation (Appendix A).
_NAMED = {
    DatabaseError: {"02000": "NoData", "09000": "TriggeredActionException", "0L000": "InvalidGrantor"},
    NotSupportedError: {"0A000": "FeatureNotSupported"},
    DataError: {
        "22000": "DataException",
        "22001": "StringDataRightTruncation",
        "22003": "NumericValueOutOfRange",
        "22004": "NullValueNotAllowed",
        "22007": "InvalidDatetimeFormat",
        "22008": "DatetimeFieldOverflow",
        "22009": "InvalidTimeZoneDisplacementValue",
        "2200B": "EscapeCharacterConflict",
        "2200C": "InvalidUseOfEscapeCharacter",
        "22011": "SubstringError",
        "22012": "DivisionByZero",
        "22015": "IntervalFieldOverflow",
        "22018": "InvalidCharacterValueForCast",
        "22019": "InvalidEscapeCharacter",
        "2201B": "InvalidRegularExpression",
        "2201E": "InvalidArgumentForLogarithm",
        "2201F": "InvalidArgumentForPowerFunction",
        "2201W": "InvalidRowCountInLimitClause",
        "2201X": "InvalidRowCountInResultOffsetClause",
        "22021": "CharacterNotInRepertoire",
        "22023": "InvalidParameterValue",
        "22025": "InvalidEscapeSequence",
        "22026": "StringDataLengthMismatch",
        "2202E": "ArraySubscriptError",
        "22032": "InvalidJsonText",
        "22P01": "FloatingPointException",
        "22P02": "InvalidTextRepresentation",
        "22P03": "InvalidBinaryRepresentation",
        "22P04": "BadCopyFileFormat",
        "22P05": "UntranslatableCharacter",
    },
    IntegrityError: {
        "23000": "IntegrityConstraintViolation",
        "23001": "RestrictViolation",
        "23502": "NotNullViolation",
        "23503": "ForeignKeyViolation",
        "23505": "UniqueViolation",
        "23514": "CheckViolation",
        "23P01": "ExclusionViolation",
    },
    InternalError: {
        "24000": "InvalidCursorState",
        "25000": "InvalidTransactionState",
        "25001": "ActiveSqlTransaction",
        "25006": "ReadOnlySqlTransaction",
        "25P01": "NoActiveSqlTransaction",
        "25P02": "InFailedSqlTransaction",
        "25P03": "IdleInTransactionSessionTimeout",
        "2B000": "DependentPrivilegeDescriptorsStillExist",
        "2BP01": "DependentObjectsStillExist",
        "2D000": "InvalidTransactionTermination",
        "2F000": "SqlRoutineException",
        "2F005": "FunctionExecutedNoReturnStatement",
        "38000": "ExternalRoutineException",
        "39000": "ExternalRoutineInvocationException",
        "3B000": "SavepointException",
        "3B001": "InvalidSavepointSpecification",
        "P0000": "PlpgsqlError",
        "P0001": "RaiseException",
        "P0002": "NoDataFound",
        "P0003": "TooManyRows",
        "P0004": "AssertFailure",
        "XX000": "InternalError_",
        "XX001": "DataCorrupted",
        "XX002": "IndexCorrupted",
    },
    OperationalError: {
        "08000": "ConnectionException",
        "08001": "SqlclientUnableToEstablishSqlconnection",
        "08003": "ConnectionDoesNotExist",
        "08004": "SqlserverRejectedEstablishmentOfSqlconnection",
        "08006": "ConnectionFailure",
        "08P01": "ProtocolViolation",
        "26000": "InvalidSqlStatementName",
        "28000": "InvalidAuthorizationSpecification",
        "28P01": "InvalidPassword",
        "34000": "InvalidCursorName",
        "40000": "TransactionRollback",
        "40001": "SerializationFailure",
        "40002": "TransactionIntegrityConstraintViolation",
        "40003": "StatementCompletionUnknown",
        "40P01": "DeadlockDetected",
        "53000": "InsufficientResources",
        "53100": "DiskFull",
        "53200": "OutOfMemory",
        "53300": "TooManyConnections",
        "53400": "ConfigurationLimitExceeded",
        "54000": "ProgramLimitExceeded",
        "54001": "StatementTooComplex",
        "54011": "TooManyColumns",
        "54023": "TooManyArguments",
        "55000": "ObjectNotInPrerequisiteState",
        "55006": "ObjectInUse",
        "55P02": "CantChangeRuntimeParam",
        "55P03": "LockNotAvailable",
        "55P04": "UnsafeNewEnumValueUsage",
        "57000": "OperatorIntervention",
        "57014": "QueryCanceled",
        "57P01": "AdminShutdown",
        "57P02": "CrashShutdown",
        "57P03": "CannotConnectNow",
        "57P04": "DatabaseDropped",
        "57P05": "IdleSessionTimeout",
        "58000": "SystemError",
        "58030": "IoError",
    },
    ProgrammingError: {
        "20000": "CaseNotFound",
        "21000": "CardinalityViolation",
        "3D000": "InvalidCatalogName",
        "3F000": "InvalidSchemaName",
        "42000": "SyntaxErrorOrAccessRuleViolation",
        "42501": "InsufficientPrivilege",
        "42601": "SyntaxError",
        "42602": "InvalidName",
        "42611": "InvalidColumnDefinition",
        "42622": "NameTooLong",
        "42701": "DuplicateColumn",
        "42702": "AmbiguousColumn",
        "42703": "UndefinedColumn",
        "42704": "UndefinedObject",
        "42710": "DuplicateObject",
        "42712": "DuplicateAlias",
        "42723": "DuplicateFunction",
        "42725": "AmbiguousFunction",
        "42803": "GroupingError",
        "42804": "DatatypeMismatch",
        "42809": "WrongObjectType",
        "42830": "InvalidForeignKey",
        "42846": "CannotCoerce",
        "42883": "UndefinedFunction",
        "428C9": "GeneratedAlways",
        "42939": "ReservedName",
        "42P01": "UndefinedTable",
        "42P02": "UndefinedParameter",
        "42P03": "DuplicateCursor",
        "42P04": "DuplicateDatabase",
        "42P05": "DuplicatePreparedStatement",
        "42P06": "DuplicateSchema",
        "42P07": "DuplicateTable",
        "42P08": "AmbiguousParameter",
        "42P09": "AmbiguousAlias",
        "42P10": "InvalidColumnReference",
        "42P11": "InvalidCursorDefinition",
        "42P12": "InvalidDatabaseDefinition",
        "42P13": "InvalidFunctionDefinition",
        "42P14": "InvalidPreparedStatementDefinition",
        "42P15": "InvalidSchemaDefinition",
        "42P16": "InvalidTableDefinition",
        "42P17": "InvalidObjectDefinition",
        "42P18": "IndeterminateDatatype",
        "42P19": "InvalidRecursion",
        "42P20": "WindowingError",
        "42P21": "CollationMismatch",
        "42P22": "IndeterminateCollation",
        "44000": "WithCheckOptionViolation",
    },
}

_BY_STATE = {}


def _name_them():
    for base, names in _NAMED.items():
        for state, name in names.items():
            cls = type(name, (base,), {"__module__": __name__, "sqlstate": state, "__doc__": f"SQLSTATE {state}."})
            _BY_STATE[state] = globals()[name] = cls


_name_them()


def lookup(sqlstate):
    """The class of a SQLSTATE. Raises ``KeyError`` when it has none of its own."""
    return _BY_STATE[sqlstate.upper()]


def _error(kind, message, code, sqlstate, fields, is_disconnect):
    """The exception for an error of the driver."""
    cls = globals()[kind]
    named = _BY_STATE.get(sqlstate)
    # The driver may know better than the code alone (an error while connecting).
    if named is not None and issubclass(named, cls):
        cls = named
    error = cls(message)
    if sqlstate is not None:
        error.sqlstate = sqlstate
    if fields:
        error._fields = fields
    if is_disconnect:
        error.is_disconnect = True
    return error
