//! [`Connection`]: what every driver can do.
//!
//! A connection may be shared between threads; its calls are serialised inside. Every call may block, so whoever holds
//! a lock that others need (Python's GIL above all) releases it first.

use std::sync::Arc;

use base::{DbResult, RowBatch, Value};

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name or label as the database reports it.
    pub name: Box<str>,
    /// The declared type of the table column behind it, when there is one.
    pub decltype: Option<Box<str>>,
    /// The server's number of the type: PostgreSQL's OID, MySQL's field type; 0 where there is none.
    pub type_code: u32,
}

/// Names a result that has rows left to fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CursorId {
    pub(crate) slot: u32,
    pub(crate) generation: u32,
}

/// What executing a statement gave.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The result's columns; empty for a statement that returns no rows.
    pub columns: Arc<[Column]>,
    /// The first rows.
    pub rows: RowBatch,
    /// Where the rest comes from; `None` when `rows` is all there is.
    pub cursor: Option<CursorId>,
    /// Rows changed by INSERT, UPDATE, DELETE or REPLACE; -1 for everything else.
    pub rowcount: i64,
    /// Key of the row that was inserted last on this connection, 0 when there was none.
    pub last_insert_id: i64,
}

impl Outcome {
    /// Whether the statement is of the kind that returns rows, even if there were none.
    pub fn returns_rows(&self) -> bool {
        !self.columns.is_empty()
    }
}

/// Stops what a connection is doing, from any thread, without waiting for it.
pub trait InterruptHandle: Send + Sync {
    /// The running statement ends with an `OperationalError`; without one nothing happens.
    fn interrupt(&self);
}

/// A connection to a database.
pub trait Connection: Send + Sync {
    /// Executes one statement with positional parameters and decodes its first rows.
    fn execute(&self, sql: &str, params: &[Value]) -> DbResult<Outcome>;

    /// Executes one statement once for each row of `params`; `rowcount` is the sum. Rows returned are dropped.
    fn execute_many(&self, sql: &str, params: &RowBatch) -> DbResult<Outcome>;

    /// As [`Self::execute_many`], rows returned (RETURNING) are kept in `rows`, in the order of `params`.
    fn execute_many_into(&self, sql: &str, params: &RowBatch, rows: &mut RowBatch) -> DbResult<Outcome>;

    /// Executes statements separated by semicolons, without parameters; rows returned are dropped.
    fn execute_script(&self, sql: &str) -> DbResult<()>;

    /// Decodes up to `max_rows` more rows into `into` (which is emptied first). `false` when that was the end: the
    /// cursor is gone then.
    fn fetch(&self, cursor: CursorId, max_rows: usize, into: &mut RowBatch) -> DbResult<bool>;

    /// Gives up the rest of a result. An unknown cursor is no error: it may have ended with its connection.
    fn close_cursor(&self, cursor: CursorId);

    /// Rows changed since the connection was opened.
    fn total_changes(&self) -> DbResult<i64>;

    /// Whether a transaction is open.
    fn in_transaction(&self) -> DbResult<bool>;

    /// A handle with which other threads stop a running statement.
    fn interrupt_handle(&self) -> Arc<dyn InterruptHandle>;

    /// Closes the connection and waits until it is. Closing again does nothing.
    fn close(&self) -> DbResult<()>;

    /// Whether `close` was called.
    fn is_closed(&self) -> bool;

    /// The database's version, most significant number first.
    fn server_version(&self) -> (u32, u32, u32);
}
