//! [`Connection`]: the PEP 249 connection, with the extensions of Python's `sqlite3`.

use crate::py::aio::inside;
use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::text::Text;
use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use drivers::Connection as _;
use drivers::sqlite::{Backup, Options};
use parking_lot::Mutex;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use super::callbacks;
use super::cursor::Cursor;
use super::local::{Isolation, Local, MODULE, dbapi_error, programming_error};
use super::rows::TextFactory;
use crate::py::dbapi::native::Native as _;

/// A connection to an SQLite database.
///
/// Behaves as `sqlite3.Connection`: `isolation_level` `''` begins a transaction before the first INSERT, UPDATE,
/// DELETE or REPLACE, `None` never does.
#[pyclass(subclass, frozen, weakref, dict, module = "oxalchemy.dialects.sqlite.dbapi")]
pub struct Connection {
    native: Arc<Local>,
    detect_types: i32,
    text_factory: Mutex<Arc<TextFactory>>,
    text_factory_object: Mutex<Py<PyAny>>,
    row_factory: Mutex<Py<PyAny>>,
}

impl Connection {
    /// The driver's connection.
    pub fn native(&self) -> &Arc<Local> {
        &self.native
    }

    /// Which converters were asked for.
    pub fn detect_types(&self) -> i32 {
        self.detect_types
    }

    /// What text becomes.
    pub fn text(&self) -> Arc<TextFactory> {
        self.text_factory.lock().clone()
    }

    fn check(&self, py: Python<'_>) -> PyResult<()> {
        self.native.check_thread(py)?;
        self.check_open(py)
    }

    fn check_open(&self, py: Python<'_>) -> PyResult<()> {
        match self.native.db().is_closed() {
            true => Err(programming_error(py, "Cannot operate on a closed database.")),
            false => Ok(()),
        }
    }
}

/// A path given as str, bytes or PathLike.
fn path(py: Python<'_>, database: &Bound<'_, PyAny>) -> PyResult<String> {
    let decoded = py.import("os")?.call_method1("fsdecode", (database,))?;
    if decoded.cast::<PyString>()?.to_str().is_ok_and(|s| s.contains('\0')) {
        return Err(PyValueError::new_err("embedded null byte"));
    }
    let path: OsString = decoded.extract()?;
    path.into_string().map_err(|_| PyValueError::new_err("the path of an SQLite database must be valid Unicode"))
}

#[pymethods]
impl Connection {
    /// Opens a database.
    ///
    /// `database`: path, `:memory:` or, with `uri`, a `file:` URI. `timeout`: seconds to wait for locks.
    /// `detect_types`: `PARSE_DECLTYPES | PARSE_COLNAMES`. `isolation_level`: see the class. `check_same_thread`:
    /// refuse use in other threads. `cached_statements`: prepared statements kept.
    #[new]
    #[pyo3(signature = (database, timeout=5.0, detect_types=0, isolation_level=Some(""), check_same_thread=true,
                        factory=None, cached_statements=128, uri=false))]
    #[allow(clippy::too_many_arguments)]
    fn new(
        py: Python<'_>,
        database: &Bound<'_, PyAny>,
        timeout: f64,
        detect_types: i32,
        isolation_level: Option<&str>,
        check_same_thread: bool,
        factory: Option<Py<PyAny>>,
        cached_statements: i64,
        uri: bool,
    ) -> PyResult<Self> {
        drop(factory);
        let options = Options {
            database: path(py, database)?,
            uri,
            busy_timeout: Duration::try_from_secs_f64(timeout).unwrap_or(Duration::ZERO),
            cached_statements: usize::try_from(cached_statements).unwrap_or(0),
        };
        let isolation = Isolation::parse(isolation_level)?;
        let native = Local::open(py, &options, isolation, check_same_thread)?;
        native.call(py, |db| db.create_function("regexp", 2, true, Some(callbacks::regexp())))?;
        Ok(Connection {
            native: Arc::new(native),
            detect_types,
            text_factory: Mutex::new(Arc::new(TextFactory::Str)),
            text_factory_object: Mutex::new(py.get_type::<PyString>().into_any().unbind()),
            row_factory: Mutex::new(py.None()),
        })
    }

    /// A new cursor; `factory` is called with the connection instead of `Cursor`.
    #[pyo3(signature = (factory=None))]
    fn cursor<'py>(slf: &Bound<'py, Self>, factory: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        slf.get().check(py)?;
        match factory {
            Some(factory) => {
                let cursor = factory.call1((slf,))?;
                if cursor.cast::<Cursor>().is_err() {
                    return Err(PyTypeError::new_err(format!(
                        "factory must return a cursor, not {}",
                        cursor.get_type().name()?.text()
                    )));
                }
                Ok(cursor)
            }
            None => Ok(Bound::new(py, Cursor::new(slf))?.into_any()),
        }
    }

    /// `cursor().execute(…)`.
    #[pyo3(signature = (*args))]
    fn execute<'py>(slf: &Bound<'py, Self>, args: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        slf.call_method0("cursor")?.call_method1("execute", args.clone())
    }

    /// `cursor().executemany(…)`.
    #[pyo3(signature = (*args))]
    fn executemany<'py>(slf: &Bound<'py, Self>, args: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        slf.call_method0("cursor")?.call_method1("executemany", args.clone())
    }

    /// `cursor().executescript(…)`.
    #[pyo3(signature = (*args))]
    fn executescript<'py>(slf: &Bound<'py, Self>, args: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        slf.call_method0("cursor")?.call_method1("executescript", args.clone())
    }

    /// Commits the open transaction, if any.
    fn commit(&self, py: Python<'_>) -> PyResult<()> {
        self.check(py)?;
        self.native.commit(py)
    }

    /// Rolls the open transaction back, if any.
    fn rollback(&self, py: Python<'_>) -> PyResult<()> {
        self.check(py)?;
        self.native.rollback(py)
    }

    /// Closes the connection; an open transaction is lost.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.native.close(py)
    }

    /// Block inside of operations of the asyncio API only.
    fn _in_operations(&self, on: bool) {
        self.native.gate.set(on);
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
        self.native.terminate(py)
    }

    /// Stops the running statement, from any thread.
    fn interrupt(&self, py: Python<'_>) -> PyResult<()> {
        self.check_open(py)?;
        self.native.db().interrupt_handle().interrupt();
        Ok(())
    }

    fn __enter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Self>> {
        slf.get().check(slf.py())?;
        Ok(slf.clone())
    }

    /// Commits, or rolls back after an exception. Does not close.
    #[pyo3(signature = (exc_type, _exc_value, _traceback))]
    fn __exit__(
        slf: &Bound<'_, Self>,
        exc_type: Option<&Bound<'_, PyAny>>,
        _exc_value: Option<&Bound<'_, PyAny>>,
        _traceback: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<bool> {
        if exc_type.is_some() {
            slf.call_method0("rollback")?;
        } else if let Err(e) = slf.call_method0("commit") {
            // A commit that failed leaves the transaction open; nobody else will end it.
            slf.call_method0("rollback")?;
            return Err(e);
        }
        Ok(false)
    }

    /// When transactions begin by themselves: `None`, `''`, `'DEFERRED'`, `'IMMEDIATE'` or `'EXCLUSIVE'`.
    #[getter]
    fn isolation_level(&self, py: Python<'_>) -> PyResult<Option<&'static str>> {
        self.check_open(py)?;
        Ok(self.native.isolation().as_str())
    }

    #[setter]
    fn set_isolation_level(&self, py: Python<'_>, level: &Bound<'_, PyAny>) -> PyResult<()> {
        let level = match level {
            l if l.is_none() => None,
            l => Some(l.extract::<String>().map_err(|_| PyTypeError::new_err("isolation_level must be str or None"))?),
        };
        let isolation = Isolation::parse(level.as_deref())?;
        if isolation == Isolation::Autocommit {
            self.commit(py)?;
        }
        self.native.set_isolation(isolation);
        Ok(())
    }

    /// Whether a transaction is open.
    #[getter]
    fn in_transaction(&self, py: Python<'_>) -> PyResult<bool> {
        self.native.in_transaction(py)
    }

    /// Rows changed since the connection was opened.
    #[getter]
    fn total_changes(&self, py: Python<'_>) -> PyResult<i64> {
        py.detach(|| self.native.db().total_changes()).map_err(|e| dbapi_error(py, &e))
    }

    /// What text becomes: `str`, `bytes`, or a callable given the bytes.
    #[getter]
    fn text_factory(&self, py: Python<'_>) -> Py<PyAny> {
        self.text_factory_object.lock().clone_ref(py)
    }

    #[setter]
    fn set_text_factory(&self, factory: &Bound<'_, PyAny>) {
        let new = Arc::new(TextFactory::new(factory));
        let old = std::mem::replace(&mut *self.text_factory.lock(), new);
        let old_object = std::mem::replace(&mut *self.text_factory_object.lock(), factory.clone().unbind());
        drop((old, old_object));
    }

    /// What makes rows for cursors opened from now on: `None`, or a callable given the cursor and the tuple.
    #[getter]
    pub fn row_factory(&self, py: Python<'_>) -> Py<PyAny> {
        self.row_factory.lock().clone_ref(py)
    }

    #[setter]
    fn set_row_factory(&self, factory: Py<PyAny>) {
        let old = std::mem::replace(&mut *self.row_factory.lock(), factory);
        drop(old);
    }

    /// Makes a Python function callable from SQL. `narg` -1: any number of arguments; `func` `None` removes it.
    #[pyo3(signature = (name, narg, func, *, deterministic=false))]
    fn create_function(
        &self,
        py: Python<'_>,
        name: &str,
        narg: i32,
        func: Option<Py<PyAny>>,
        deterministic: bool,
    ) -> PyResult<()> {
        let function = func.map(callbacks::scalar);
        self.native.call(py, |db| db.create_function(name, narg, deterministic, function))
    }

    /// Makes a class with `step` and `finalize` an SQL aggregate. `aggregate_class` `None` removes it.
    fn create_aggregate(&self, py: Python<'_>, name: &str, n_arg: i32, aggregate_class: Option<Py<PyAny>>) -> PyResult<()> {
        let factory = aggregate_class.map(callbacks::aggregate);
        self.native.call(py, |db| db.create_aggregate(name, n_arg, factory))
    }

    /// Makes a comparison a collation. `callable` `None` removes it.
    fn create_collation(&self, py: Python<'_>, name: &str, callable: Option<Py<PyAny>>) -> PyResult<()> {
        let collation = match callable {
            Some(f) if !f.bind(py).is_callable() => return Err(PyTypeError::new_err("parameter must be callable")),
            f => f.map(callbacks::collation),
        };
        self.native.call(py, |db| db.create_collation(name, collation))
    }

    /// Calls `trace_callback` with the text of every statement that starts; `None` stops that.
    fn set_trace_callback(&self, py: Python<'_>, trace_callback: Option<Py<PyAny>>) -> PyResult<()> {
        let hook = trace_callback.map(callbacks::trace);
        self.native.call(py, |db| db.set_trace(hook))
    }

    /// Calls `progress_handler` every `n` virtual machine steps; true interrupts the statement. `None` stops that.
    fn set_progress_handler(&self, py: Python<'_>, progress_handler: Option<Py<PyAny>>, n: i32) -> PyResult<()> {
        let hook = progress_handler.map(callbacks::progress);
        self.native.call(py, |db| db.set_progress(n, hook))
    }

    /// A run-time limit of SQLite.
    fn getlimit(&self, py: Python<'_>, category: i32) -> PyResult<i32> {
        self.setlimit(py, category, -1)
    }

    /// Sets a run-time limit of SQLite and returns the old one.
    fn setlimit(&self, py: Python<'_>, category: i32, limit: i32) -> PyResult<i32> {
        self.native.call(py, |db| db.limit(category, limit))?.ok_or_else(|| programming_error(py, "'category' is out of bounds"))
    }

    /// Copies the database into `target`. `pages` at a time, -1 for all; after each step `progress(status, remaining,
    /// total)` is called; `sleep`: seconds to wait when a lock is in the way.
    #[pyo3(signature = (target, *, pages=-1, progress=None, name="main", sleep=0.25))]
    fn backup(
        slf: &Bound<'_, Self>,
        target: &Bound<'_, Connection>,
        pages: i32,
        progress: Option<Bound<'_, PyAny>>,
        name: &str,
        sleep: f64,
    ) -> PyResult<()> {
        let py = slf.py();
        if slf.is(target) {
            return Err(PyValueError::new_err("target cannot be the same connection instance"));
        }
        if progress.as_ref().is_some_and(|p| !p.is_callable()) {
            return Err(PyTypeError::new_err("progress argument must be a callable"));
        }
        let (source, target) = (slf.get(), target.get());
        source.check(py)?;
        target.check(py)?;
        let pages = if pages == 0 { -1 } else { pages };
        let sleep = Duration::try_from_secs_f64(sleep).unwrap_or(Duration::ZERO);
        let (from, to) = (source.native.db(), target.native.db());
        let failed = |e| dbapi_error(py, &e);
        let mut backup = py.detach(|| Backup::new(from, name, to)).map_err(failed)?;
        loop {
            let step = py.detach(|| backup.step(pages, sleep)).map_err(failed)?;
            if let Some(progress) = &progress {
                progress.call1((step.status, step.remaining, step.total))?;
            }
            if !Backup::goes_on(step) {
                return py.detach(|| backup.finish(step)).map_err(failed);
            }
        }
    }

    /// SQL text that builds the database again, statement by statement.
    fn iterdump<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        slf.get().check(py)?;
        py.import(MODULE)?.call_method1("_iterdump", (slf,))
    }

    /// PEP 249: the exception classes are attributes of the connection.
    fn __getattr__<'py>(slf: &Bound<'py, Self>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        if name == "Warning" || name == "Error" || name.ends_with("Error") {
            let module = py.import(MODULE)?;
            if module.getattr("__all__")?.contains(name)? {
                return module.getattr(name);
            }
        }
        let class = slf.get_type().name()?.text();
        Err(pyo3::exceptions::PyAttributeError::new_err(format!("'{class}' object has no attribute '{name}'")))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }

    fn __clear__(&self, py: Python<'_>) {
        gc::clear(self, py);
    }

    fn __reduce__(&self) -> PyResult<Py<PyDict>> {
        Err(PyTypeError::new_err("cannot pickle 'Connection' object"))
    }
}

impl Collected for Connection {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        if let Some(factory) = self.row_factory.try_lock() {
            visit.call(&*factory)?;
        }
        if let Some(factory) = self.text_factory_object.try_lock() {
            visit.call(&*factory)?;
        }
        Ok(())
    }
    fn release(&self, py: Python<'_>) {
        self.set_row_factory(py.None());
        self.set_text_factory(py.get_type::<PyString>().as_any());
    }
}
