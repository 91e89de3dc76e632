//! [`Link`]: what a server connection is below PEP 249.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base::{DbError, DbResult, RowBatch, Value};
use drivers::mysql::MySql;
use drivers::postgres::Postgres;
use drivers::{Connection, CursorId, Outcome, Watch};
use parking_lot::Mutex;
use pyo3::prelude::*;
use sql::dialects::ParamStyle;

use super::error::dbapi_error;
use crate::py::aio::inside::{self, Gate};
use crate::py::dbapi::native::Native;
use crate::py::types::Family;

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// PostgreSQL.
    Postgres,
    /// MySQL or MariaDB.
    MySql,
}

impl Kind {
    /// The module with the PEP 249 names.
    pub fn module(self) -> &'static str {
        match self {
            Kind::Postgres => "oxalchemy.dialects.postgresql.dbapi",
            Kind::MySql => "oxalchemy.dialects.mysql.dbapi",
        }
    }

    /// How it takes values.
    pub fn family(self) -> Family {
        match self {
            Kind::Postgres => Family::Postgresql,
            Kind::MySql => Family::Mysql,
        }
    }

    /// How it writes placeholders.
    pub fn style(self) -> ParamStyle {
        match self {
            Kind::Postgres => ParamStyle::NumericDollar,
            Kind::MySql => ParamStyle::Qmark,
        }
    }
}

/// The driver's connection.
pub enum Db {
    /// PostgreSQL.
    Postgres(Box<Postgres>),
    /// MySQL or MariaDB.
    MySql(Box<MySql>),
}

impl Db {
    /// As every driver's connection.
    pub fn any(&self) -> &dyn Connection {
        match self {
            Db::Postgres(db) => &**db,
            Db::MySql(db) => &**db,
        }
    }

    fn set_watch(&self, watch: Option<Watch>) {
        match self {
            Db::Postgres(db) => db.set_watch(watch),
            Db::MySql(db) => db.set_watch(watch),
        }
    }

    /// Values whose types the server cannot tell are written into the text.
    pub fn set_client_binding(&self, on: bool) {
        if let Db::Postgres(db) = self {
            db.set_client_binding(on);
        }
    }

    /// Limits how long a statement may run.
    pub fn set_timeout(&self, timeout: Option<Duration>) {
        match self {
            Db::Postgres(db) => db.set_timeout(timeout),
            Db::MySql(db) => db.set_timeout(timeout),
        }
    }
}

/// A connection to a server. Every call that can block releases the GIL.
pub struct Link {
    kind: Kind,
    /// Only taken when it is dropped.
    db: Option<Db>,
    /// Statements outside of transactions commit themselves.
    autocommit: AtomicBool,
    /// What opens a transaction, where the server has to be told.
    begin: Mutex<Arc<str>>,
    /// What Python raised while a statement was running (Ctrl-C).
    raised: Arc<Mutex<Option<PyErr>>>,
    /// It blocks inside of operations of the asyncio API only.
    pub gate: Gate,
}

fn gone() -> DbError {
    DbError::interface("the connection is closed")
}

impl Link {
    /// Takes over a driver's connection. `autocommit`: whether it is in that mode already.
    pub fn new(kind: Kind, db: Db, autocommit: bool) -> Self {
        let raised: Arc<Mutex<Option<PyErr>>> = Arc::default();
        let seen = raised.clone();
        // Python handles signals between its own instructions only: while a statement runs, somebody has to ask. So has somebody
        // whose task was cancelled.
        db.set_watch(Some(Arc::new(move || {
            Python::attach(|py| {
                let stop = match inside::take_cancelled() {
                    true => Err(inside::cancelled(py)),
                    false => py.check_signals(),
                };
                stop.map_err(|e| *seen.lock() = Some(e)).is_err()
            })
        })));
        Link {
            kind,
            db: Some(db),
            autocommit: AtomicBool::new(autocommit),
            begin: Mutex::new("BEGIN".into()),
            raised,
            gate: Gate::default(),
        }
    }

    /// Which database it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The driver's connection.
    pub fn db(&self) -> DbResult<&Db> {
        self.db.as_ref().ok_or_else(gone)
    }

    /// Whether it is closed, or lost.
    pub fn is_closed(&self) -> bool {
        self.db.as_ref().is_none_or(|db| db.any().is_closed())
    }

    /// Statements outside of transactions commit themselves.
    pub fn autocommit(&self) -> bool {
        self.autocommit.load(Ordering::Relaxed)
    }

    /// Changes that; an open transaction must have ended.
    pub fn set_autocommit(&self, py: Python<'_>, on: bool) -> PyResult<()> {
        if self.kind == Kind::MySql {
            let sql = if on { "SET autocommit = 1" } else { "SET autocommit = 0" };
            self.call(py, |db| db.execute(sql, &[]).map(drop))?;
        }
        self.autocommit.store(on, Ordering::Relaxed);
        Ok(())
    }

    /// Changes what opens a transaction.
    pub fn set_begin(&self, sql: &str) {
        *self.begin.lock() = sql.into();
    }

    /// Calls the driver without the GIL.
    pub fn call<R: Send>(&self, py: Python<'_>, call: impl FnOnce(&dyn Connection) -> DbResult<R> + Send) -> PyResult<R> {
        let _running = self.gate.enter(py, || None)?;
        let done = py.detach(|| call(self.db()?.any()));
        // An exception of Python's own that interrupted the call is what is raised, even if the statement came to an end.
        match (self.raised.lock().take(), done) {
            (Some(raised), _) => Err(raised),
            (None, done) => done.map_err(|e| dbapi_error(py, self.kind, &e)),
        }
    }

    /// What opens a transaction before a statement, when that is needed.
    fn opening(&self) -> Option<Arc<str>> {
        (self.kind == Kind::Postgres && !self.autocommit()).then(|| self.begin.lock().clone())
    }

    /// Calls the driver in a transaction.
    fn within<R: Send>(&self, py: Python<'_>, call: impl FnOnce(&dyn Connection) -> DbResult<R> + Send) -> PyResult<R> {
        let begin = self.opening();
        self.call(py, |db| {
            if let Some(begin) = begin
                && !db.in_transaction()?
            {
                db.execute(&begin, &[])?;
            }
            call(db)
        })
    }

    fn end(&self, py: Python<'_>, sql: &str) -> PyResult<()> {
        self.call(py, |db| if db.in_transaction()? { db.execute(sql, &[]).map(drop) } else { Ok(()) })
    }
}

impl Native for Link {
    fn style(&self) -> ParamStyle {
        self.kind.style()
    }

    fn family(&self) -> Family {
        self.kind.family()
    }

    fn run(&self, py: Python<'_>, sql: &str, params: &[Value]) -> PyResult<Outcome> {
        self.within(py, |db| db.execute(sql, params))
    }

    fn run_many(&self, py: Python<'_>, sql: &str, params: &RowBatch) -> PyResult<Outcome> {
        self.within(py, |db| db.execute_many(sql, params))
    }

    fn run_many_into(&self, py: Python<'_>, sql: &str, params: &RowBatch, rows: &mut RowBatch) -> PyResult<Outcome> {
        self.within(py, |db| db.execute_many_into(sql, params, rows))
    }

    fn lastrowid(&self, outcome: &Outcome) -> Option<i64> {
        (self.kind == Kind::MySql).then_some(outcome.last_insert_id)
    }

    fn fetch(&self, py: Python<'_>, cursor: CursorId, max_rows: usize, into: &mut RowBatch) -> PyResult<bool> {
        self.call(py, |db| db.fetch(cursor, max_rows, into))
    }

    fn close_cursor(&self, py: Python<'_>, cursor: CursorId) {
        if let Some(db) = &self.db {
            py.detach(|| db.any().close_cursor(cursor));
        }
    }

    fn in_transaction(&self, py: Python<'_>) -> PyResult<bool> {
        self.call(py, |db| db.in_transaction())
    }

    fn commit(&self, py: Python<'_>) -> PyResult<()> {
        self.end(py, "COMMIT")
    }

    fn rollback(&self, py: Python<'_>) -> PyResult<()> {
        self.end(py, "ROLLBACK")
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.call(py, |db| db.close())
    }

    fn terminate(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| self.db()?.any().close()).map_err(|e| dbapi_error(py, self.kind, &e))
    }

    fn error(&self, py: Python<'_>, error: &DbError) -> PyErr {
        dbapi_error(py, self.kind, error)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // Closing waits for the server, and another thread may be inside the driver, waiting for the GIL.
        let db = self.db.take();
        Python::attach(|py| py.detach(|| drop(db)));
    }
}
