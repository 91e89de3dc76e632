//! [`Native`]: what a connection of a built-in driver is below PEP 249.

use base::{DbError, RowBatch, Value};
use drivers::{CursorId, Outcome};
use pyo3::prelude::*;
use sql::dialects::ParamStyle;

use crate::py::types::Family;

/// A connection of a built-in driver, with its rules about when transactions begin. Every call that can block releases the GIL.
pub trait Native: Send + Sync {
    /// How the database writes placeholders.
    fn style(&self) -> ParamStyle;

    /// How the database takes values.
    fn family(&self) -> Family;

    /// Executes one statement with positional parameters, in a transaction that is begun when none is open and the connection's
    /// settings ask for that.
    fn run(&self, py: Python<'_>, sql: &str, params: &[Value]) -> PyResult<Outcome>;

    /// Executes one statement for each row of `params`, in a transaction as [`Self::run`].
    fn run_many(&self, py: Python<'_>, sql: &str, params: &RowBatch) -> PyResult<Outcome>;

    /// As [`Self::run_many`], rows returned are kept in `rows`, in the order of `params`.
    fn run_many_into(&self, py: Python<'_>, sql: &str, params: &RowBatch, rows: &mut RowBatch) -> PyResult<Outcome>;

    /// The key that an INSERT generated, where the database reports one.
    fn lastrowid(&self, outcome: &Outcome) -> Option<i64>;

    /// Decodes more rows of a result; `false` when that was the end.
    fn fetch(&self, py: Python<'_>, cursor: CursorId, max_rows: usize, into: &mut RowBatch) -> PyResult<bool>;

    /// Gives up the rest of a result.
    fn close_cursor(&self, py: Python<'_>, cursor: CursorId);

    /// Whether a transaction is open.
    fn in_transaction(&self, py: Python<'_>) -> PyResult<bool>;

    /// COMMIT, if a transaction is open.
    fn commit(&self, py: Python<'_>) -> PyResult<()>;

    /// ROLLBACK, if a transaction is open.
    fn rollback(&self, py: Python<'_>) -> PyResult<()>;

    /// Closes the connection; an open transaction is lost.
    fn close(&self, py: Python<'_>) -> PyResult<()>;

    /// Closes the connection from anywhere, without asking whether it may block.
    fn terminate(&self, py: Python<'_>) -> PyResult<()>;

    /// A driver's error as the PEP 249 exception of this driver's module.
    fn error(&self, py: Python<'_>, error: &DbError) -> PyErr;
}

/// A connection of some built-in driver.
pub type NativeConnection = dyn Native;
