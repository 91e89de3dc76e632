//! [`Connection`]: the PEP 249 connection of the server drivers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use drivers::{mysql, postgres};
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::cursor::Cursor;
use super::error::{dbapi_error, interface};
use super::link::{Db, Kind, Link};
use crate::py::aio::inside;
use crate::py::dbapi::native::Native as _;
use crate::py::types::{Raw, writes_values};

/// A connection to a PostgreSQL, MySQL or MariaDB server.
///
/// `kind`: `postgresql` or `mysql`. `options`: texts by the names that the driver documents. `autocommit`: statements outside of
/// transactions commit themselves.
#[pyclass(subclass, frozen, weakref, dict, name = "ServerConnection", module = "oxalchemy._rs")]
pub struct Connection {
    link: Arc<Link>,
    /// Statements come with the server's own placeholders.
    native_text: AtomicBool,
    /// How values become objects that no type has a say in.
    raw: Mutex<Option<Arc<Raw>>>,
    /// Values whose types the server cannot tell are written into the text.
    writes_values: AtomicBool,
}

impl Connection {
    /// What is below.
    pub fn link(&self) -> &Arc<Link> {
        &self.link
    }

    /// Whether text has the server's own placeholders.
    pub fn is_native_text(&self) -> bool {
        self.native_text.load(Ordering::Relaxed)
    }

    /// How values become objects that no type has a say in.
    pub fn raw(&self, py: Python<'_>) -> PyResult<Arc<Raw>> {
        if let Some(raw) = &*self.raw.lock() {
            return Ok(raw.clone());
        }
        let made = Arc::new(Raw::standard(py)?);
        *self.raw.lock() = Some(made.clone());
        Ok(made)
    }

    /// Whether values are written into the text where the server cannot tell their types.
    pub fn writes_values(&self) -> bool {
        self.writes_values.load(Ordering::Relaxed)
    }

    fn check_open(&self, py: Python<'_>) -> PyResult<()> {
        match self.link.is_closed() {
            true => Err(interface(py, self.link.kind(), "the connection is closed")),
            false => Ok(()),
        }
    }
}

fn open(kind: Kind, options: &[(String, String)], autocommit: bool) -> base::DbResult<Db> {
    match kind {
        Kind::Postgres => {
            let mut o = postgres::Options::default();
            for (name, value) in options {
                o.set(name, value)?;
            }
            Ok(Db::Postgres(Box::new(postgres::Postgres::open(&o)?)))
        }
        Kind::MySql => {
            let mut o = mysql::Options::default();
            o.set("autocommit", if autocommit { "1" } else { "0" })?;
            for (name, value) in options {
                o.set(name, value)?;
            }
            Ok(Db::MySql(Box::new(mysql::MySql::open(&o)?)))
        }
    }
}

#[pymethods]
impl Connection {
    #[new]
    #[pyo3(signature = (kind, options, autocommit=false))]
    fn new(py: Python<'_>, kind: &str, options: &Bound<'_, PyDict>, autocommit: bool) -> PyResult<Self> {
        let kind = if kind == "postgresql" { Kind::Postgres } else { Kind::MySql };
        let options = options.iter().map(|(k, v)| Ok((k.extract()?, v.extract()?))).collect::<PyResult<Vec<_>>>()?;
        let db = py.detach(|| open(kind, &options, autocommit)).map_err(|e| dbapi_error(py, kind, &e))?;
        Ok(Connection {
            link: Arc::new(Link::new(kind, db, autocommit)),
            native_text: AtomicBool::new(false),
            raw: Mutex::default(),
            writes_values: AtomicBool::new(false),
        })
    }

    /// A new cursor. Arguments that ask for other kinds of cursors are accepted: every cursor streams.
    #[pyo3(signature = (*_args, **_kwargs))]
    fn cursor<'py>(
        slf: &Bound<'py, Self>,
        _args: &Bound<'py, PyTuple>,
        _kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, Cursor>> {
        slf.get().check_open(slf.py())?;
        Bound::new(slf.py(), Cursor::new(slf))
    }

    /// Commits the open transaction, if any.
    fn commit(&self, py: Python<'_>) -> PyResult<()> {
        self.check_open(py)?;
        self.link.commit(py)
    }

    /// Rolls the open transaction back, if any.
    fn rollback(&self, py: Python<'_>) -> PyResult<()> {
        self.check_open(py)?;
        self.link.rollback(py)
    }

    /// Closes the connection; an open transaction is rolled back by the server. Closing again does nothing.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.link.close(py)
    }

    /// Block inside of operations of the asyncio API only.
    fn _in_operations(&self, on: bool) {
        self.link.gate.set(on);
    }

    /// The connection itself, where one of an asynchronous driver would be adapted.
    #[getter]
    fn driver_connection<'py>(slf: &Bound<'py, Self>) -> Bound<'py, Self> {
        slf.clone()
    }

    /// Wait for what a function of the connection gives to be awaited, from code that an operation of the asyncio API runs.
    fn run_async<'py>(slf: &Bound<'py, Self>, r#fn: &Bound<'py, PyAny>) -> PyResult<Py<PyAny>> {
        inside::await_only(slf.py(), &r#fn.call1((slf,))?)
    }

    /// Closes the connection from anywhere, without asking whether it may block.
    fn terminate(&self, py: Python<'_>) -> PyResult<()> {
        self.link.terminate(py)
    }

    /// Asks the server to stop the running statement, from any thread.
    fn cancel(&self, py: Python<'_>) -> PyResult<()> {
        let handle = self.link.db().map_err(|e| self.link.error(py, &e))?.any().interrupt_handle();
        py.detach(|| handle.interrupt());
        Ok(())
    }

    fn __enter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Self>> {
        slf.get().check_open(slf.py())?;
        Ok(slf.clone())
    }

    /// Whether it was closed.
    #[getter]
    fn _closed(&self) -> bool {
        self.link.is_closed()
    }

    /// Whether a transaction is open.
    #[getter]
    fn _in_transaction(&self, py: Python<'_>) -> PyResult<bool> {
        self.link.in_transaction(py)
    }

    #[getter(_autocommit)]
    fn autocommit(&self) -> bool {
        self.link.autocommit()
    }

    #[setter(_autocommit)]
    fn set_autocommit(&self, py: Python<'_>, on: bool) -> PyResult<()> {
        self.link.set_autocommit(py, on)
    }

    /// What opens a transaction.
    fn _set_begin(&self, sql: &str) {
        self.link.set_begin(sql);
    }

    /// Limits how long a statement may run, in seconds; `None` is no limit.
    #[pyo3(signature = (seconds))]
    fn _set_timeout(&self, py: Python<'_>, seconds: Option<f64>) -> PyResult<()> {
        let limit = seconds.and_then(|s| Duration::try_from_secs_f64(s).ok()).filter(|d| !d.is_zero());
        self.link.db().map_err(|e| self.link.error(py, &e))?.set_timeout(limit);
        Ok(())
    }

    /// Statements come with the server's own placeholders (`$1`, `?`) rather than `%s`.
    #[getter]
    fn _native_text(&self) -> bool {
        self.is_native_text()
    }

    #[setter(_native_text)]
    fn set_native_text(&self, on: bool) {
        self.native_text.store(on, Ordering::Relaxed);
    }

    /// Values that no type has a say in become what the driver returns that a dialect is named after.
    fn _returns_as(&self, dialect: &Bound<'_, PyAny>) -> PyResult<()> {
        let raw = Arc::new(Raw::of(dialect)?);
        *self.raw.lock() = Some(raw);
        let writes = writes_values(dialect)?;
        self.writes_values.store(writes, Ordering::Relaxed);
        self.link.db().map_err(|e| self.link.error(dialect.py(), &e))?.set_client_binding(writes);
        Ok(())
    }

    /// Executes text as it is, outside of the rules about transactions; the first row, or `None`.
    fn _ask<'py>(&self, py: Python<'py>, sql: &str) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let out = self.link.call(py, |db| {
            let out = db.execute(sql, &[])?;
            if let Some(cursor) = out.cursor {
                db.close_cursor(cursor);
            }
            Ok(out)
        })?;
        if out.rows.is_empty() {
            return Ok(None);
        }
        let cells = out.rows.row(0).map(|c| crate::py::types::cell_to_py(py, c)).collect::<PyResult<Vec<_>>>()?;
        PyTuple::new(py, cells).map(Some)
    }

    /// The server's version as numbers.
    #[getter]
    fn _server_version(&self, py: Python<'_>) -> PyResult<(u32, u32, u32)> {
        Ok(self.link.db().map_err(|e| self.link.error(py, &e))?.any().server_version())
    }

    /// The version as a MySQL or MariaDB server writes it; `None` for PostgreSQL.
    #[getter]
    fn _server_text(&self, py: Python<'_>) -> PyResult<Option<String>> {
        Ok(match self.link.db().map_err(|e| self.link.error(py, &e))? {
            Db::MySql(db) => Some(db.version_text().to_owned()),
            Db::Postgres(_) => None,
        })
    }

    /// The server's number of this connection.
    #[getter]
    fn _server_id(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(match self.link.db().map_err(|e| self.link.error(py, &e))? {
            Db::MySql(db) => db.thread_id(),
            Db::Postgres(db) => u64::try_from(db.backend_pid()).unwrap_or(0),
        })
    }

    fn __reduce__(&self) -> PyResult<Py<PyAny>> {
        Err(pyo3::exceptions::PyTypeError::new_err("cannot pickle 'Connection' object"))
    }
}
