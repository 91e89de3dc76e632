//! [`Proxied`]: a connection that is checked out.

use crate::py::gc::{self, Collected, PyVisit, Visited};
use std::sync::Arc;

use parking_lot::Mutex;
use pyo3::exceptions::PyAssertionError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::ManagesConnection;
use super::base::PoolBase;
use super::checkout;
use super::entry::{Entry, driver_connection};
use crate::py::dbapi::{self, NativeConnection};
use crate::py::engine::events::{Event, fire};
use crate::py::errors;

/// A DBAPI connection that is checked out of a pool. Attributes that it has not are the DBAPI connection's.
#[pyclass(frozen, weakref, subclass, dict, extends = ManagesConnection, name = "PoolProxiedConnection",
          module = "oxalchemy.pool.base")]
pub struct Proxied {
    pool: Py<PoolBase>,
    state: Mutex<State>,
}

/// What a proxied connection holds.
pub struct State {
    /// The DBAPI connection, until it is closed or invalidated.
    pub connection: Option<Py<PyAny>>,
    /// The pool's entry, until it is closed or detached.
    pub entry: Option<Py<Entry>>,
    /// How often the thread has checked it out.
    pub uses: usize,
    /// Whether DEBUG lines are written about it.
    pub echo: bool,
    /// The dictionary of a detached connection.
    info: Option<Py<PyDict>>,
}

impl Proxied {
    /// A checked out entry.
    pub fn new(
        pool: &Bound<'_, PoolBase>,
        entry: &Bound<'_, Entry>,
        connection: Py<PyAny>,
        echo: bool,
    ) -> PyClassInitializer<Self> {
        let state = State { connection: Some(connection), entry: Some(entry.clone().unbind()), uses: 1, echo, info: None };
        PyClassInitializer::from(ManagesConnection)
            .add_subclass(Proxied { pool: pool.clone().unbind(), state: Mutex::new(state) })
    }

    /// The pool.
    pub fn pool<'py>(&self, py: Python<'py>) -> &Bound<'py, PoolBase> {
        self.pool.bind(py)
    }

    /// The DBAPI connection; `None` when closed or invalidated.
    pub fn connection<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.state.lock().connection.as_ref().map(|c| c.bind(py).clone())
    }

    /// The built-in driver's connection, if it is one.
    pub fn native(&self, py: Python<'_>) -> Option<Arc<NativeConnection>> {
        dbapi::native(&self.connection(py)?)
    }

    /// The pool's entry; `None` when closed or detached.
    pub fn entry<'py>(&self, py: Python<'py>) -> Option<Bound<'py, Entry>> {
        self.state.lock().entry.as_ref().map(|e| e.bind(py).clone())
    }

    /// Replaces the DBAPI connection after a reconnect.
    pub fn set_connection(&self, connection: Option<Py<PyAny>>) {
        let old = std::mem::replace(&mut self.state.lock().connection, connection);
        drop(old);
    }

    /// Whether DEBUG lines are written about it.
    pub fn echo(&self) -> bool {
        self.state.lock().echo
    }

    /// Whether it holds an entry.
    pub fn is_checked_out(&self) -> bool {
        self.state.lock().entry.is_some()
    }

    /// Counts another checkout of the same thread.
    pub fn use_again(&self) {
        self.state.lock().uses += 1;
    }

    /// Counts a use less; whether that was the last.
    pub fn last_use(&self) -> bool {
        let mut state = self.state.lock();
        state.uses = state.uses.saturating_sub(1);
        state.uses == 0
    }

    /// Ends it: what it held, for the checkin.
    pub fn release(&self) -> (Option<Py<PyAny>>, Option<Py<Entry>>) {
        let mut state = self.state.lock();
        (state.connection.take(), state.entry.take())
    }

    fn required<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.connection(py).ok_or_else(|| PyAssertionError::new_err(()))
    }
}

#[pymethods]
impl Proxied {
    /// The DBAPI connection; `None` when closed or invalidated.
    #[getter]
    fn dbapi_connection(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.connection(py).map(Bound::unbind)
    }

    /// The connection of the driver below the DBAPI.
    #[getter]
    fn driver_connection<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.connection(py).map(|c| driver_connection(self.pool(py), c)).transpose()
    }

    /// The pool's entry.
    #[getter]
    fn _connection_record(&self, py: Python<'_>) -> Option<Py<Entry>> {
        self.entry(py).map(Bound::unbind)
    }

    /// The pool.
    #[getter]
    fn _pool(&self, py: Python<'_>) -> Py<PoolBase> {
        self.pool.clone_ref(py)
    }

    /// Whether there is a DBAPI connection.
    #[getter]
    fn is_valid(&self) -> bool {
        self.state.lock().connection.is_some()
    }

    /// Whether it belongs to no pool (any more).
    #[getter]
    fn is_detached(&self) -> bool {
        !self.is_checked_out()
    }

    /// A dictionary that lives as long as the DBAPI connection.
    #[getter]
    fn info(&self, py: Python<'_>) -> Py<PyDict> {
        match self.entry(py) {
            Some(entry) => entry.get().info(py),
            None => self.state.lock().info.get_or_insert_with(|| PyDict::new(py).unbind()).clone_ref(py),
        }
    }

    /// A dictionary that lives as long as the pool's entry; `None` without one.
    #[getter]
    fn record_info(&self, py: Python<'_>) -> Option<Py<PyDict>> {
        self.entry(py).and_then(|entry| entry.get().record_info(py))
    }

    /// A DBAPI cursor.
    #[pyo3(signature = (*args, **kwargs))]
    fn cursor<'py>(
        &self,
        py: Python<'py>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.required(py)?.call_method("cursor", args, kwargs)
    }

    fn __getattr__<'py>(&self, py: Python<'py>, name: &Bound<'py, pyo3::types::PyString>) -> PyResult<Bound<'py, PyAny>> {
        match self.connection(py) {
            Some(connection) => connection.getattr(name),
            None => py.None().into_bound(py).getattr(name),
        }
    }

    /// Closes the DBAPI connection instead of keeping it; with `soft` it is replaced at its next checkout.
    #[pyo3(signature = (e=None, soft=false))]
    pub fn invalidate(slf: &Bound<'_, Self>, e: Option<&Bound<'_, PyAny>>, soft: bool) -> PyResult<()> {
        let (py, this) = (slf.py(), slf.get());
        if this.connection(py).is_none() {
            return errors::warn(py, "SAWarning", "Can't invalidate an already-closed connection.");
        }
        if let Some(entry) = this.entry(py) {
            Entry::invalidate_in(&entry, this.pool(py), e, soft)?;
        }
        if !soft {
            this.set_connection(None);
            checkout::check_in(slf, false)?;
        }
        Ok(())
    }

    /// Takes the connection out of the pool for good: `close` will then really close it.
    fn detach(slf: &Bound<'_, Self>) -> PyResult<()> {
        let (py, this) = (slf.py(), slf.get());
        let Some(entry) = this.entry(py) else { return Ok(()) };
        let pool = this.pool(py);
        let connection = this.connection(py);
        entry.get().abandon();
        fire(pool, Event::Detach, (connection, &entry))?;
        let info = entry.get().info(py).bind(py).copy()?.unbind();
        PoolBase::put(pool, &entry)?;
        pool.get().forget_of_thread();
        let old = {
            let mut state = this.state.lock();
            (state.info.replace(info), state.entry.take())
        };
        drop(old);
        Ok(())
    }

    /// Gives the connection back to the pool.
    pub fn close(slf: &Bound<'_, Self>) -> PyResult<()> {
        checkout::close_special(slf, false)
    }

    /// As `close`, when the transaction was ended already.
    #[pyo3(signature = (transaction_reset=false))]
    fn _close_special(slf: &Bound<'_, Self>, transaction_reset: bool) -> PyResult<()> {
        checkout::close_special(slf, transaction_reset)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
}

impl Collected for Proxied {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        // Not pool and entry: dropping this object needs both, so they must not be cleared before it as part of one cycle.
        let Some(state) = self.state.try_lock() else { return Ok(()) };
        visit.call(&state.info)
    }
}

impl Drop for Proxied {
    /// Nobody holds it any more: what was not closed goes back to its pool now. A detached connection does not.
    fn drop(&mut self) {
        let State { connection, entry, .. } = self.state.get_mut();
        let (connection, Some(entry)) = (connection.take(), entry.take()) else { return };
        Python::attach(|py| {
            // This may run while an exception is being raised: it must survive, and Python must not be called with it set.
            let pending = PyErr::take(py);
            // Pools that share one connection may have given the entry to somebody else, or it came back already.
            if entry.get().is_lost(py)
                && let Err(e) = checkout::finish(self.pool.bind(py), connection, Some(entry), None, false, false)
            {
                e.write_unraisable(py, None);
            }
            if let Some(pending) = pending {
                pending.restore(py);
            }
        });
    }
}
