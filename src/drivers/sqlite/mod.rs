//! SQLite.
//!
//! | file | concept |
//! |---|---|
//! | `ffi.rs` | the raw calls, wrapped so that nothing outside can misuse them |
//! | `options.rs` | how to open, and opening through sqlx |
//! | `connection.rs` | [`Sqlite`], the connection: execution, cursors, closing |
//! | `statements.rs` | the cache of prepared statements |
//! | `functions.rs` | functions, aggregates, collations and hooks written by the user |
//! | `backup.rs` | the online backup |
//! | `error.rs` | result codes, their names and classes |
//! | `text.rs` | the little that has to be known of SQL text |
//!
//! **Two copies of SQLite.** This crate links its own SQLite; Python's `sqlite3` has another. POSIX advisory locks
//! belong to the process, and closing any descriptor of a file drops all of them: when one copy closes a database file
//! that the other has open, the other's locks are gone without its knowledge, and two processes may write at once
//! ("How To Corrupt An SQLite Database File", section 2.2.1). Do not open the same database *file* with both in one
//! process; in-memory databases are not affected.

pub mod backup;
mod connection;
pub mod error;
mod ffi;
pub mod functions;
mod options;
mod statements;
pub mod text;

pub use backup::{Backup, BackupStep};
pub use connection::Sqlite;
pub use functions::{Aggregate, AggregateFactory, Collation, ScalarFunction};
pub use options::Options;

/// The version of the linked SQLite, e.g. `3.51.3`.
pub fn library_version() -> &'static str {
    ffi::library_version()
}

/// Whether `sql` ends with a complete statement, as SQLite's shell decides.
pub fn complete_statement(sql: &str) -> bool {
    ffi::complete_statement(sql)
}
