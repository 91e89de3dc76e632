//! [`Local`]: what an SQLite connection is below PEP 249.

use std::sync::atomic::{AtomicU8, Ordering};
use std::thread::ThreadId;

use base::{DbError, DbErrorKind, DbResult, RowBatch, Value};
use drivers::sqlite::{Options, Sqlite};
use drivers::{Connection as _, CursorId, Outcome};
use pyo3::exceptions::{PyMemoryError, PyValueError};
use pyo3::prelude::*;
use sql::dialects::ParamStyle;

use crate::py::aio::inside::{self, Gate};
use crate::py::dbapi::native::Native;
use crate::py::types::Family;

/// Where the PEP 249 exceptions live.
pub const MODULE: &str = "oxalchemy.dialects.sqlite.dbapi";

/// When a transaction begins without being asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Isolation {
    /// Never: `isolation_level = None`.
    Autocommit,
    /// `BEGIN` before DML: `''`.
    Default,
    /// `BEGIN DEFERRED` before DML.
    Deferred,
    /// `BEGIN IMMEDIATE` before DML.
    Immediate,
    /// `BEGIN EXCLUSIVE` before DML.
    Exclusive,
}

impl Isolation {
    /// Reads the value of `isolation_level`.
    pub fn parse(text: Option<&str>) -> PyResult<Self> {
        let Some(text) = text else { return Ok(Isolation::Autocommit) };
        match text.to_ascii_uppercase().as_str() {
            "" => Ok(Isolation::Default),
            "DEFERRED" => Ok(Isolation::Deferred),
            "IMMEDIATE" => Ok(Isolation::Immediate),
            "EXCLUSIVE" => Ok(Isolation::Exclusive),
            _ => Err(PyValueError::new_err("isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or 'EXCLUSIVE'")),
        }
    }

    /// The value of `isolation_level`.
    pub fn as_str(self) -> Option<&'static str> {
        match self {
            Isolation::Autocommit => None,
            Isolation::Default => Some(""),
            Isolation::Deferred => Some("DEFERRED"),
            Isolation::Immediate => Some("IMMEDIATE"),
            Isolation::Exclusive => Some("EXCLUSIVE"),
        }
    }

    fn begin(self) -> Option<&'static str> {
        match self {
            Isolation::Autocommit => None,
            Isolation::Default => Some("BEGIN "),
            Isolation::Deferred => Some("BEGIN DEFERRED"),
            Isolation::Immediate => Some("BEGIN IMMEDIATE"),
            Isolation::Exclusive => Some("BEGIN EXCLUSIVE"),
        }
    }

    fn from_u8(n: u8) -> Self {
        [Self::Autocommit, Self::Default, Self::Deferred, Self::Immediate, Self::Exclusive]
            .into_iter()
            .find(|i| *i as u8 == n)
            .unwrap_or(Isolation::Default)
    }
}

/// The thread that opened a connection, when no other may use it.
struct Owner {
    thread: ThreadId,
    ident: u64,
}

/// A connection of the SQLite driver. Every call that can block releases the GIL.
pub struct Local {
    db: Sqlite,
    isolation: AtomicU8,
    owner: Option<Owner>,
    /// It blocks inside of operations of the asyncio API only.
    pub gate: Gate,
}

impl Local {
    /// Opens a database.
    pub fn open(py: Python<'_>, options: &Options, isolation: Isolation, same_thread: bool) -> PyResult<Self> {
        let owner = match same_thread {
            true => Some(Owner { thread: std::thread::current().id(), ident: thread_ident(py)? }),
            false => None,
        };
        let db = py.detach(|| Sqlite::open(options)).map_err(|e| dbapi_error(py, &e))?;
        Ok(Local { db, isolation: AtomicU8::new(isolation as u8), owner, gate: Gate::default() })
    }

    /// The driver's connection, for what this type does not wrap.
    pub fn db(&self) -> &Sqlite {
        &self.db
    }

    /// When transactions begin by themselves.
    pub fn isolation(&self) -> Isolation {
        Isolation::from_u8(self.isolation.load(Ordering::Relaxed))
    }

    /// Changes when transactions begin by themselves.
    pub fn set_isolation(&self, isolation: Isolation) {
        self.isolation.store(isolation as u8, Ordering::Relaxed);
    }

    /// Refuses threads other than the opening one, when `check_same_thread` asked for that.
    pub fn check_thread(&self, py: Python<'_>) -> PyResult<()> {
        let Some(owner) = self.owner.as_ref().filter(|o| o.thread != std::thread::current().id()) else { return Ok(()) };
        let message = format!(
            "SQLite objects created in a thread can only be used in that same thread. The object was created in \
             thread id {} and this is thread id {}.",
            owner.ident,
            thread_ident(py)?
        );
        Err(programming_error(py, message))
    }

    /// Calls the driver without the GIL.
    pub fn call<R: Send>(&self, py: Python<'_>, call: impl FnOnce(&Sqlite) -> DbResult<R> + Send) -> PyResult<R> {
        self.check_thread(py)?;
        let running = self.gate.enter(py, || Some(self.db.interrupt_handle()))?;
        let done = py.detach(|| call(&self.db));
        drop(running);
        done.map_err(|e| if inside::take_cancelled() { inside::cancelled(py) } else { dbapi_error(py, &e) })
    }

    fn end(&self, py: Python<'_>, sql: &str) -> PyResult<()> {
        self.call(py, |db| if db.in_transaction()? { db.execute(sql, &[]).map(drop) } else { Ok(()) })
    }
}

impl Native for Local {
    fn style(&self) -> ParamStyle {
        ParamStyle::Qmark
    }

    fn family(&self) -> Family {
        Family::Sqlite
    }

    fn run(&self, py: Python<'_>, sql: &str, params: &[Value]) -> PyResult<Outcome> {
        let begin = self.isolation().begin();
        self.call(py, |db| db.execute_in_transaction(sql, params, begin))
    }

    fn run_many(&self, py: Python<'_>, sql: &str, params: &RowBatch) -> PyResult<Outcome> {
        let begin = self.isolation().begin();
        self.call(py, |db| db.execute_many_in_transaction(sql, params, begin))
    }

    fn run_many_into(&self, py: Python<'_>, sql: &str, params: &RowBatch, rows: &mut RowBatch) -> PyResult<Outcome> {
        let begin = self.isolation().begin();
        self.call(py, |db| db.execute_many_keeping(sql, params, begin, Some(rows)))
    }

    fn lastrowid(&self, outcome: &Outcome) -> Option<i64> {
        Some(outcome.last_insert_id)
    }

    fn fetch(&self, py: Python<'_>, cursor: CursorId, max_rows: usize, into: &mut RowBatch) -> PyResult<bool> {
        self.call(py, |db| db.fetch(cursor, max_rows, into))
    }

    fn close_cursor(&self, py: Python<'_>, cursor: CursorId) {
        py.detach(|| self.db.close_cursor(cursor));
    }

    fn in_transaction(&self, py: Python<'_>) -> PyResult<bool> {
        py.detach(|| self.db.in_transaction()).map_err(|e| dbapi_error(py, &e))
    }

    fn commit(&self, py: Python<'_>) -> PyResult<()> {
        self.end(py, "COMMIT")
    }

    fn rollback(&self, py: Python<'_>) -> PyResult<()> {
        self.end(py, "ROLLBACK")
    }

    /// An open transaction is rolled back by SQLite.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.call(py, |db| db.close())
    }

    fn terminate(&self, py: Python<'_>) -> PyResult<()> {
        self.check_thread(py)?;
        py.detach(|| self.db.close()).map_err(|e| dbapi_error(py, &e))
    }

    fn error(&self, py: Python<'_>, error: &DbError) -> PyErr {
        dbapi_error(py, error)
    }
}

/// `threading.get_ident()`.
fn thread_ident(py: Python<'_>) -> PyResult<u64> {
    py.import("threading")?.call_method0("get_ident")?.extract()
}

/// A driver's error as the PEP 249 exception, with `sqlite_errorcode` and `sqlite_errorname` when SQLite gave a code.
pub fn dbapi_error(py: Python<'_>, error: &DbError) -> PyErr {
    // SQLITE_NOMEM, as Python's sqlite3 reports it.
    if error.code().is_some_and(|c| c & 0xff == 7) {
        return PyMemoryError::new_err(());
    }
    let build = || -> PyResult<PyErr> {
        let class = py.import(MODULE)?.getattr(error.kind().class_name())?;
        let value = class.call1((error.message(),))?;
        if let Some(code) = error.code() {
            value.setattr("sqlite_errorcode", code)?;
            value.setattr("sqlite_errorname", error.code_name())?;
        }
        Ok(PyErr::from_value(value))
    };
    build().unwrap_or_else(|e| e)
}

/// `ProgrammingError`.
pub fn programming_error(py: Python<'_>, message: impl Into<String>) -> PyErr {
    dbapi_error(py, &DbError::new(DbErrorKind::Programming, message))
}

/// `OperationalError` without a code.
pub fn operational_error(py: Python<'_>, message: impl Into<String>) -> PyErr {
    dbapi_error(py, &DbError::new(DbErrorKind::Operational, message))
}
