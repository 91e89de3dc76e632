//! [`Entry`]: what a pool keeps, a DBAPI connection or the place for one.

use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::text::Text;
use engine::pool::{Freshness, Stale};
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyWeakrefReference};

use super::ManagesConnection;
use super::base::PoolBase;
use super::proxied::Proxied;
use crate::py::engine::events::{Event, fire, listeners};
use crate::py::errors;

/// What a pool keeps: a DBAPI connection or the place for one.
#[pyclass(frozen, weakref, extends = ManagesConnection, name = "ConnectionPoolEntry", module = "oxalchemy.pool.base")]
pub struct Entry {
    /// Weak: the pool keeps its entries, not they it.
    pool: Py<PyWeakrefReference>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    connection: Option<Py<PyAny>>,
    freshness: Option<Freshness>,
    /// Opened by this very checkout: a ping would tell nothing.
    fresh: bool,
    proxied: Option<Py<PyWeakrefReference>>,
    info: Option<Py<PyDict>>,
    record_info: Option<Py<PyDict>>,
    finalize: Option<Py<PyList>>,
}

impl Entry {
    /// An entry without connection.
    pub fn new(pool: &Bound<'_, PoolBase>) -> PyResult<PyClassInitializer<Self>> {
        let entry = Entry { pool: PyWeakrefReference::new(pool)?.unbind(), state: Mutex::default() };
        Ok(PyClassInitializer::from(ManagesConnection).add_subclass(entry))
    }

    /// The pool; an error when it is gone.
    pub fn pool<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PoolBase>> {
        self.pool
            .bind(py)
            .call0()?
            .cast_into()
            .map_err(|_| errors::invalid_request(py, "The pool of this connection no longer exists"))
    }

    /// The DBAPI connection.
    pub fn connection<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.state.lock().connection.as_ref().map(|c| c.bind(py).clone())
    }

    fn take_connection<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        let taken = self.state.lock().connection.take();
        taken.map(|c| c.into_bound(py))
    }

    /// Leaves the connection to whoever detached it.
    pub fn abandon(&self) {
        let mut state = self.state.lock();
        let old = (state.connection.take(), state.proxied.take());
        drop(state);
        drop(old);
    }

    /// The generation to which the connection belongs.
    pub fn generation(&self) -> Option<u64> {
        self.state.lock().freshness.map(|f| f.generation())
    }

    /// Whether this checkout opened the connection; asking ends that.
    pub fn take_fresh(&self) -> bool {
        std::mem::take(&mut self.state.lock().fresh)
    }

    /// Whether it is checked out.
    pub fn is_out(&self) -> bool {
        self.state.lock().proxied.is_some()
    }

    /// Whether it is checked out by somebody who no longer exists.
    pub fn is_lost(&self, py: Python<'_>) -> bool {
        let weak = self.state.lock().proxied.as_ref().map(|w| w.clone_ref(py));
        weak.is_some_and(|w| w.bind(py).call0().is_ok_and(|holder| holder.is_none()))
    }

    /// Remembers who has checked it out.
    pub fn set_proxied(&self, proxied: &Bound<'_, Proxied>) -> PyResult<()> {
        let weak = PyWeakrefReference::new(proxied)?.unbind();
        let old = self.state.lock().proxied.replace(weak);
        drop(old);
        Ok(())
    }

    /// Forgets who had checked it out. `false` when nobody had.
    pub fn clear_proxied(&self) -> bool {
        let old = self.state.lock().proxied.take();
        old.is_some()
    }

    /// Opens the connection.
    pub fn connect(slf: &Bound<'_, Self>, pool: &Bound<'_, PoolBase>) -> PyResult<()> {
        let freshness = Freshness::new(pool.get().generation());
        let connection = match pool.get().create(slf) {
            Ok(connection) => connection,
            Err(e) => {
                PoolBase::log(pool, "debug", "Error on connect(): %s", (e.value(slf.py()),))?;
                return Err(e);
            }
        };
        PoolBase::log(pool, "debug", "Created new connection %r", (&connection,))?;
        {
            let mut state = slf.get().state.lock();
            state.freshness = Some(freshness);
            state.fresh = true;
            let old = state.connection.replace(connection.clone().unbind());
            drop(state);
            drop(old);
        }
        if let Some(first) = listeners(pool, Event::FirstConnect)? {
            first.call_method1("exec_once_unless_exception", (&connection, slf))?;
        }
        fire(pool, Event::Connect, (connection, slf))
    }

    /// The connection, opened again if it was closed, or must not be used any more.
    pub fn usable<'py>(slf: &Bound<'py, Self>, pool: &Bound<'py, PoolBase>) -> PyResult<Bound<'py, PyAny>> {
        let (py, this) = (slf.py(), slf.get());
        if let Some(connection) = this.connection(py) {
            let freshness = this.state.lock().freshness;
            let reason = match freshness.and_then(|f| f.stale(pool.get().recycle(), pool.get().generation())) {
                None => return Ok(connection),
                Some(Stale::Recycled) => "Connection %r exceeded timeout; recycling",
                Some(Stale::Invalidated) => "Connection %r invalidated due to pool invalidation; recycling",
                Some(Stale::SoftInvalidated) => "Connection %r invalidated due to local soft invalidation; recycling",
            };
            PoolBase::log(pool, "info", reason, (connection,))?;
            Self::shut(slf, pool, true)?;
        }
        let info = this.state.lock().info.as_ref().map(|i| i.clone_ref(py));
        if let Some(info) = info {
            info.bind(py).clear();
        }
        Self::connect(slf, pool)?;
        this.connection(py).ok_or_else(|| super::base::closed_error(py))
    }

    /// Closes the connection, if there is one.
    pub fn shut(slf: &Bound<'_, Self>, pool: &Bound<'_, PoolBase>, terminate: bool) -> PyResult<()> {
        let py = slf.py();
        let Some(connection) = slf.get().connection(py) else { return Ok(()) };
        let callbacks = slf.get().state.lock().finalize.take();
        drop(callbacks);
        fire(pool, Event::Close, (&connection, slf))?;
        let closed = PoolBase::close_connection(pool, &connection, terminate);
        drop(slf.get().take_connection(py));
        closed
    }

    /// As [`Self::py_invalidate`], in a known pool.
    pub fn invalidate_in(
        slf: &Bound<'_, Self>,
        pool: &Bound<'_, PoolBase>,
        error: Option<&Bound<'_, PyAny>>,
        soft: bool,
    ) -> PyResult<()> {
        let py = slf.py();
        let Some(connection) = slf.get().connection(py) else { return Ok(()) };
        let event = if soft { Event::SoftInvalidate } else { Event::Invalidate };
        fire(pool, event, (&connection, slf, error))?;
        let prefix = if soft { "Soft " } else { "" };
        match error {
            Some(e) => PoolBase::log(
                pool,
                "info",
                "%sInvalidate connection %r (reason: %s:%s)",
                (prefix, &connection, e.get_type().name()?, e),
            )?,
            None => PoolBase::log(pool, "info", "%sInvalidate connection %r", (prefix, &connection))?,
        }
        if soft {
            if let Some(freshness) = &mut slf.get().state.lock().freshness {
                freshness.invalidate_softly();
            }
            return Ok(());
        }
        Self::shut(slf, pool, true)
    }

    /// Comes back to the pool.
    pub fn check_in(slf: &Bound<'_, Self>, pool: &Bound<'_, PoolBase>, was_out: bool) -> PyResult<()> {
        let (py, this) = (slf.py(), slf.get());
        if !this.clear_proxied() && was_out {
            return errors::warn(py, "SAWarning", &format!("Double checkin attempted on {}", slf.str()?.text()));
        }
        // Whatever a callback or listener raises (or a signal's handler in them), the place in the pool is free again; a connection
        // that was not made ready for the next is not kept.
        if let Err(e) = Self::make_ready(slf, pool) {
            let value = e.value(py).clone().into_any();
            let invalidated = Self::invalidate_in(slf, pool, Some(&value), false);
            PoolBase::put(pool, slf).and(invalidated)?;
            return Err(e);
        }
        PoolBase::put(pool, slf)
    }

    /// What is to be done with a connection before it waits in the pool.
    fn make_ready(slf: &Bound<'_, Self>, pool: &Bound<'_, PoolBase>) -> PyResult<()> {
        let (py, this) = (slf.py(), slf.get());
        let connection = this.connection(py);
        let callbacks = this.state.lock().finalize.as_ref().map(|f| f.clone_ref(py));
        if let Some(callbacks) = callbacks {
            while callbacks.bind(py).len() > 0 {
                let callback = callbacks.bind(py).call_method0("pop")?;
                if let Some(connection) = &connection {
                    callback.call1((connection,))?;
                }
            }
        }
        fire(pool, Event::Checkin, (connection, slf))
    }

    /// A checkout failed: the connection is invalid and the entry comes back.
    pub fn check_in_failed(slf: &Bound<'_, Self>, pool: &Bound<'_, PoolBase>, error: &PyErr, was_out: bool) -> PyResult<()> {
        let value = error.value(slf.py()).clone().into_any();
        Self::invalidate_in(slf, pool, Some(&value), false)?;
        Self::check_in(slf, pool, was_out)
    }

    fn dict(py: Python<'_>, place: &mut Option<Py<PyDict>>) -> Py<PyDict> {
        place.get_or_insert_with(|| PyDict::new(py).unbind()).clone_ref(py)
    }
}

#[pymethods]
impl Entry {
    /// The DBAPI connection, `None` while there is none.
    #[getter]
    fn dbapi_connection(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.connection(py).map(Bound::unbind)
    }

    #[setter]
    fn set_dbapi_connection(&self, connection: Option<Py<PyAny>>) {
        let old = std::mem::replace(&mut self.state.lock().connection, connection);
        drop(old);
    }

    /// The connection of the driver below the DBAPI; the same thing for most drivers.
    #[getter]
    fn driver_connection<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = slf.py();
        let Some(connection) = slf.get().connection(py) else { return Ok(None) };
        driver_connection(&slf.get().pool(py)?, connection).map(Some)
    }

    /// A dictionary that lives as long as the DBAPI connection.
    #[getter]
    pub fn info(&self, py: Python<'_>) -> Py<PyDict> {
        Self::dict(py, &mut self.state.lock().info)
    }

    /// A dictionary that lives as long as the entry.
    #[getter]
    pub fn record_info(&self, py: Python<'_>) -> Option<Py<PyDict>> {
        Some(Self::dict(py, &mut self.state.lock().record_info))
    }

    /// Whether it is checked out.
    #[getter]
    fn in_use(&self) -> bool {
        self.is_out()
    }

    /// Called with the DBAPI connection at the next checkin.
    #[getter]
    fn finalize_callback(&self, py: Python<'_>) -> Py<PyList> {
        self.state.lock().finalize.get_or_insert_with(|| PyList::empty(py).unbind()).clone_ref(py)
    }

    /// Closes the DBAPI connection; with `soft` at the next checkout.
    #[pyo3(name = "invalidate", signature = (e=None, soft=false))]
    fn py_invalidate(slf: &Bound<'_, Self>, e: Option<&Bound<'_, PyAny>>, soft: bool) -> PyResult<()> {
        let pool = slf.get().pool(slf.py())?;
        Self::invalidate_in(slf, &pool, e, soft)
    }

    /// Closes the DBAPI connection.
    fn close(slf: &Bound<'_, Self>) -> PyResult<()> {
        let pool = slf.get().pool(slf.py())?;
        Self::shut(slf, &pool, false)
    }

    /// The DBAPI connection, opened again where needed.
    fn get_connection<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let pool = slf.get().pool(slf.py())?;
        Self::usable(slf, &pool)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }

    fn __clear__(&self, py: Python<'_>) {
        gc::clear(self, py);
    }
}

impl Collected for Entry {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        let Some(state) = self.state.try_lock() else { return Ok(()) };
        visit.call(&state.connection)?;
        visit.call(&state.info)?;
        visit.call(&state.record_info)?;
        visit.call(&state.finalize)
    }
    fn release(&self, _py: Python<'_>) {
        let old = std::mem::take(&mut *self.state.lock());
        drop(old);
    }
}

/// What the dialect takes for the driver's connection.
pub fn driver_connection<'py>(pool: &Bound<'py, PoolBase>, connection: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    match pool.get().dialect(pool.py()) {
        Some(dialect) if dialect.hasattr("get_driver_connection")? => {
            dialect.call_method1("get_driver_connection", (connection,))
        }
        _ => Ok(connection),
    }
}
