//! [`DbError`]: what a driver reports, in PEP 249's vocabulary.

use std::fmt;

/// The PEP 249 exception class that an error belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DbErrorKind {
    /// Misuse of the driver itself rather than a complaint of the database.
    Interface,
    /// An error of the database of no narrower class.
    Database,
    /// A value out of range, too long, or undecodable.
    Data,
    /// A constraint was violated.
    Integrity,
    /// The database reports a broken state of its own.
    Internal,
    /// The database or the driver cannot do that.
    NotSupported,
    /// Outside the programmer's control: locks, lost connections, full disks, and (as SQLite has it) bad SQL.
    Operational,
    /// Wrong use: closed handles, wrong number of parameters.
    Programming,
}

impl DbErrorKind {
    /// The name of the PEP 249 exception class.
    pub fn class_name(self) -> &'static str {
        match self {
            DbErrorKind::Interface => "InterfaceError",
            DbErrorKind::Database => "DatabaseError",
            DbErrorKind::Data => "DataError",
            DbErrorKind::Integrity => "IntegrityError",
            DbErrorKind::Internal => "InternalError",
            DbErrorKind::NotSupported => "NotSupportedError",
            DbErrorKind::Operational => "OperationalError",
            DbErrorKind::Programming => "ProgrammingError",
        }
    }
}

/// An error of a driver. Boxed inside, so `Result<_, DbError>` stays one word wide on the error side.
#[derive(Clone, PartialEq, Eq)]
pub struct DbError(Box<Details>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Details {
    kind: DbErrorKind,
    message: String,
    code: Option<i32>,
    code_name: Option<&'static str>,
    sqlstate: Option<String>,
    fields: Vec<(&'static str, String)>,
    is_disconnect: bool,
}

/// A driver's answer.
pub type DbResult<T> = Result<T, DbError>;

impl DbError {
    /// An error that the driver itself found: no code, no SQLSTATE.
    pub fn new(kind: DbErrorKind, message: impl Into<String>) -> Self {
        DbError(Box::new(Details {
            kind,
            message: message.into(),
            code: None,
            code_name: None,
            sqlstate: None,
            fields: Vec::new(),
            is_disconnect: false,
        }))
    }

    /// `ProgrammingError` found by the driver.
    pub fn programming(message: impl Into<String>) -> Self {
        Self::new(DbErrorKind::Programming, message)
    }

    /// A place in a statement's text that it does not have: nothing is sent rather than another statement.
    pub fn misplaced() -> Self {
        Self::new(DbErrorKind::Internal, "the statement's text has no such place")
    }

    /// `OperationalError` found by the driver.
    pub fn operational(message: impl Into<String>) -> Self {
        Self::new(DbErrorKind::Operational, message)
    }

    /// `InterfaceError` found by the driver.
    pub fn interface(message: impl Into<String>) -> Self {
        Self::new(DbErrorKind::Interface, message)
    }

    /// Adds the database's own number and name, e.g. 2067 `SQLITE_CONSTRAINT_UNIQUE`.
    pub fn with_code(mut self, code: i32, name: Option<&'static str>) -> Self {
        self.0.code = Some(code);
        self.0.code_name = name;
        self
    }

    /// Adds the five-character SQLSTATE.
    pub fn with_sqlstate(mut self, sqlstate: impl Into<String>) -> Self {
        self.0.sqlstate = Some(sqlstate.into());
        self
    }

    /// Adds something else that the server said about the error, by its name (`constraint_name`, `message_detail`).
    pub fn with_field(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.fields.push((name, value.into()));
        self
    }

    /// Marks the connection as lost: pools discard it and everything older.
    pub fn disconnect(mut self) -> Self {
        self.0.is_disconnect = true;
        self
    }

    /// The PEP 249 class.
    pub fn kind(&self) -> DbErrorKind {
        self.0.kind
    }

    /// The database's text.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The database's number: SQLite's extended result code, MySQL's errno.
    pub fn code(&self) -> Option<i32> {
        self.0.code
    }

    /// The database's name of that number.
    pub fn code_name(&self) -> Option<&'static str> {
        self.0.code_name
    }

    /// SQLSTATE, where the database has one.
    pub fn sqlstate(&self) -> Option<&str> {
        self.0.sqlstate.as_deref()
    }

    /// What else the server said, by name.
    pub fn fields(&self) -> &[(&'static str, String)] {
        &self.0.fields
    }

    /// Whether the connection is lost.
    pub fn is_disconnect(&self) -> bool {
        self.0.is_disconnect
    }
}

impl fmt::Display for DbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for DbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for DbError {}
