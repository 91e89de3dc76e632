//! What can go wrong while statements are built or rendered; `src/py` turns each kind into its documented exception.

/// The documented exception class an error becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// `exc.ArgumentError`
    Argument,
    /// `exc.InvalidRequestError`
    InvalidRequest,
    /// `exc.CompileError`
    Compile,
    /// `exc.UnsupportedCompilationError`
    UnsupportedCompilation,
    /// `exc.IdentifierError`
    Identifier,
    /// `exc.NoForeignKeysError`
    NoForeignKeys,
    /// `exc.AmbiguousForeignKeysError`
    AmbiguousForeignKeys,
    /// `exc.NoReferencedTableError`
    NoReferencedTable,
    /// `exc.NoReferencedColumnError`
    NoReferencedColumn,
    /// `exc.DuplicateColumnError`
    DuplicateColumn,
    /// `exc.ConstraintColumnNotFoundError`
    ConstraintColumnNotFound,
    /// `exc.CircularDependencyError`
    CircularDependency,
    /// `orm.exc.LoaderStrategyException`
    LoaderStrategy,
    /// `NotImplementedError`
    NotImplemented,
    /// `TypeError`
    Type,
    /// `RecursionError`
    Recursion,
    /// An exception that user code raised; the payload travels in [`SqlError::host`].
    Host,
}

/// An error of this room: its documented class and the message users read.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct SqlError {
    /// Which documented exception it becomes.
    pub kind: ErrorKind,
    /// The message, naming the object and what to do.
    pub message: String,
    /// Further arguments of the documented exception (`table_name`, `column_name`).
    pub details: Vec<String>,
    /// Section of the page of errors that explains it.
    pub code: Option<&'static str>,
    /// The user's own exception, opaque to this room.
    pub host: Option<std::sync::Arc<dyn crate::host::HostObject>>,
}

/// Result of this room.
pub type SqlResult<T> = Result<T, SqlError>;

impl From<base::depth::TooDeep> for SqlError {
    fn from(_: base::depth::TooDeep) -> Self {
        Self::new(ErrorKind::Recursion, base::depth::MESSAGE)
    }
}

impl SqlError {
    /// An error of `kind` with `message`.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), details: Vec::new(), code: None, host: None }
    }
    /// The same, explained on the page of errors.
    #[must_use]
    pub fn with_code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }
    /// `ArgumentError`.
    pub fn argument(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Argument, message)
    }
    /// `InvalidRequestError`.
    pub fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidRequest, message)
    }
    /// `CompileError`.
    pub fn compile(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Compile, message)
    }
}
