//! [`PoolBase`]: the Rust half of every `Pool` class.

use crate::py::aio::inside;
use crate::py::gc::{self, Collected, PyVisit, Visited};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use engine::pool::{
    AssertionPool, Counts, Generation, NullPool, Pool, PoolError, QueuePool, SingletonThreadPool, StaticPool, Taken,
};
use parking_lot::Mutex;
use pyo3::exceptions::{PyAssertionError, PyException, PyNotImplementedError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyWeakrefReference};
use rustc_hash::FxHashMap;

use super::checkout;
use super::entry::Entry;
use super::proxied::Proxied;
use crate::py::errors;
use crate::py::stack::deep;

/// How often somebody who waits for a connection asks whether to go on.
const ASK: Duration = Duration::from_millis(100);

/// What the pools of `src/engine` keep.
type Kept = Arc<Py<Entry>>;

/// What happens to a connection's transaction when it comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ResetOnReturn {
    /// Nothing.
    Nothing,
    /// ROLLBACK.
    Rollback,
    /// COMMIT.
    Commit,
}

/// The Rust half of every `Pool` class.
#[pyclass(subclass, frozen, dict, weakref, name = "_PoolBase", module = "oxalchemy.pool.base")]
pub struct PoolBase {
    settings: Mutex<Settings>,
    store: Mutex<Option<Arc<dyn Pool<Kept>>>>,
    /// For pools that give one thread one connection: the proxied connections that are out.
    by_thread: Mutex<FxHashMap<ThreadId, Py<PyWeakrefReference>>>,
    per_thread: AtomicBool,
    overridden: AtomicBool,
    reset: AtomicU8,
    pre_ping: AtomicBool,
    generation: Generation,
    /// Where the holder of an `AssertionPool`'s connection took it.
    taken_at: Mutex<Option<String>>,
}

#[derive(Default)]
struct Settings {
    creator: Option<Py<PyAny>>,
    wants_entry: bool,
    dialect: Option<Py<PyAny>>,
    recycle: Option<Duration>,
    recycle_given: f64,
}

impl PoolBase {
    /// Counts how often everything was invalidated at once.
    pub fn generation(&self) -> &Generation {
        &self.generation
    }

    /// The greatest age of a connection.
    pub fn recycle(&self) -> Option<Duration> {
        self.settings.lock().recycle
    }

    /// Whether connections are tested at checkout.
    pub fn pre_ping(&self) -> bool {
        self.pre_ping.load(Ordering::Relaxed)
    }

    /// What happens to a transaction when a connection comes back.
    pub fn reset_on_return(&self) -> ResetOnReturn {
        match self.reset.load(Ordering::Relaxed) {
            0 => ResetOnReturn::Nothing,
            2 => ResetOnReturn::Commit,
            _ => ResetOnReturn::Rollback,
        }
    }

    /// The dialect, if one was given.
    pub fn dialect<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.settings.lock().dialect.as_ref().map(|d| d.bind(py).clone())
    }

    /// Whether each thread has one connection that it gets again and again.
    pub fn is_per_thread(&self) -> bool {
        self.per_thread.load(Ordering::Relaxed)
    }

    /// Calls the creator.
    pub fn create<'py>(&self, entry: &Bound<'py, Entry>) -> PyResult<Bound<'py, PyAny>> {
        let py = entry.py();
        let (creator, wants_entry) = {
            let settings = self.settings.lock();
            (settings.creator.as_ref().map(|c| c.clone_ref(py)), settings.wants_entry)
        };
        let Some(creator) = creator else {
            return Err(PyNotImplementedError::new_err("the pool was not initialised: Pool.__init__ was not called"));
        };
        deep(|| if wants_entry { creator.bind(py).call1((entry,)) } else { creator.bind(py).call0() })
    }

    fn store(&self) -> PyResult<Arc<dyn Pool<Kept>>> {
        self.store.lock().clone().ok_or_else(|| PyNotImplementedError::new_err(()))
    }

    fn use_store(&self, store: Arc<dyn Pool<Kept>>) {
        let old = self.store.lock().replace(store);
        drop(old);
    }

    fn closed(slf: &Bound<'_, Self>, surplus: impl IntoIterator<Item = Kept>) -> PyResult<()> {
        surplus.into_iter().try_for_each(|entry| Entry::shut(entry.bind(slf.py()), slf, false))
    }

    /// An entry to check out, from what is kept or newly connected.
    pub fn get<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Entry>> {
        let this = slf.get();
        if this.overridden.load(Ordering::Relaxed) {
            return Ok(slf.call_method0("_do_get")?.cast_into()?);
        }
        Self::_do_get(slf)
    }

    /// Takes an entry back.
    pub fn put(slf: &Bound<'_, Self>, entry: &Bound<'_, Entry>) -> PyResult<()> {
        if slf.get().overridden.load(Ordering::Relaxed) {
            return slf.call_method1("_do_return_conn", (entry,)).map(drop);
        }
        Self::_do_return_conn(slf, entry)
    }

    fn pool_error(slf: &Bound<'_, Self>, error: &PoolError) -> PyErr {
        let py = slf.py();
        match error {
            PoolError::Timeout { .. } => {
                let build = || -> PyResult<PyErr> {
                    let kwargs = PyDict::new(py);
                    kwargs.set_item("code", "3o7r")?;
                    let class = crate::py::imports::exc(py, "TimeoutError")?;
                    Ok(PyErr::from_value(class.call((error.to_string(),), Some(&kwargs))?))
                };
                build().unwrap_or_else(|e| e)
            }
            PoolError::CheckedOut => {
                let place = slf.get().taken_at.lock().as_ref().map(|t| format!(" at:\n{t}")).unwrap_or_default();
                PyAssertionError::new_err(format!("{error}{place}"))
            }
        }
    }

    /// Waits for another thread to give one back, for which it needs the GIL. Signals and cancelled tasks end the wait.
    fn wait(py: Python<'_>, store: &dyn Pool<Kept>) -> PyResult<Result<Taken<Kept>, PoolError>> {
        let began = Instant::now();
        let patience = store.timeout();
        loop {
            let left = patience.saturating_sub(began.elapsed());
            match py.detach(|| store.take(Some(left.min(ASK)))) {
                Err(PoolError::Timeout { .. }) if left > ASK => {
                    inside::check(py)?;
                    py.check_signals()?;
                }
                Err(PoolError::Timeout { size, overflow, .. }) => {
                    return Ok(Err(PoolError::Timeout { size, overflow, timeout: patience.as_secs_f64() }));
                }
                taken => return Ok(taken),
            }
        }
    }

    /// Writes a line to the pool's log.
    pub fn log<'py, A>(slf: &Bound<'py, Self>, level: &str, message: &str, args: A) -> PyResult<()>
    where
        A: IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>>,
        PyErr: From<A::Error>,
    {
        let py = slf.py();
        let mut all = vec![message.into_pyobject(py)?.into_any()];
        all.extend(args.into_pyobject(py)?.iter());
        slf.getattr("logger")?.call_method1(level, PyTuple::new(py, all)?).map(drop)
    }

    /// Writes an error and its traceback to the pool's log.
    pub fn log_error<'py, A>(slf: &Bound<'py, Self>, message: &str, args: A, error: &PyErr) -> PyResult<()>
    where
        A: IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>>,
        PyErr: From<A::Error>,
    {
        let py = slf.py();
        let mut all = vec![message.into_pyobject(py)?.into_any()];
        all.extend(args.into_pyobject(py)?.iter());
        let kwargs = PyDict::new(py);
        kwargs.set_item("exc_info", error.value(py))?;
        slf.getattr("logger")?.call_method("error", PyTuple::new(py, all)?, Some(&kwargs)).map(drop)
    }

    /// Whether DEBUG lines are written.
    pub fn logs_debug(slf: &Bound<'_, Self>) -> PyResult<bool> {
        slf.getattr("logger")?.call_method1("isEnabledFor", (10,))?.is_truthy()
    }

    /// Closes a DBAPI connection, by the method that a subclass or a test may replace.
    pub fn close_connection(slf: &Bound<'_, Self>, connection: &Bound<'_, PyAny>, terminate: bool) -> PyResult<()> {
        let kwargs = PyDict::new(slf.py());
        kwargs.set_item("terminate", terminate)?;
        slf.call_method("_close_connection", (connection,), Some(&kwargs)).map(drop).inspect_err(|_| cut(connection))
    }

    fn close_now(slf: &Bound<'_, Self>, connection: &Bound<'_, PyAny>, terminate: bool) -> PyResult<()> {
        let (done, doing, method) = match terminate {
            true => ("Hard-closing", "terminating", "do_terminate"),
            false => ("Closing", "closing", "do_close"),
        };
        Self::log(slf, "debug", "%s connection %r", (done, connection))?;
        let closed = match slf.get().dialect(slf.py()) {
            Some(dialect) => dialect.call_method1(method, (connection,)),
            None => connection.call_method0("close"),
        };
        let Err(error) = closed else { return Ok(()) };
        cut(connection);
        Self::log_error(slf, "Exception %s connection %r", (doing, connection), &error)?;
        if error.is_instance_of::<PyException>(slf.py()) { Ok(()) } else { Err(error) }
    }

    /// The proxied connection that this thread has already, if it is still in use.
    pub fn of_thread<'py>(&self, py: Python<'py>) -> Option<Bound<'py, Proxied>> {
        let weak = self.by_thread.lock().get(&std::thread::current().id()).map(|w| w.clone_ref(py))?;
        let alive = weak.bind(py).call0().ok()?;
        alive.cast_into::<Proxied>().ok().filter(|p| p.get().is_checked_out())
    }

    /// Remembers the proxied connection of this thread.
    pub fn set_of_thread(&self, proxied: &Bound<'_, Proxied>) -> PyResult<()> {
        let weak = PyWeakrefReference::new(proxied)?.unbind();
        let old = self.by_thread.lock().insert(std::thread::current().id(), weak);
        drop(old);
        Ok(())
    }

    /// Forgets the proxied connection of this thread.
    pub fn forget_of_thread(&self) {
        let old = self.by_thread.lock().remove(&std::thread::current().id());
        drop(old);
    }
}

/// Whatever was raised while a connection of ours was being closed, it is closed: the server must not keep what it has locked.
/// Not one that belongs to another thread, which may be using it.
fn cut(connection: &Bound<'_, PyAny>) {
    if let Some(native) = crate::py::dbapi::native(connection) {
        // The exception on its way out says more than a second one would.
        drop(native.terminate(connection.py()));
    }
}

#[pymethods]
impl PoolBase {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> Self {
        PoolBase {
            settings: Mutex::default(),
            store: Mutex::new(None),
            by_thread: Mutex::default(),
            per_thread: AtomicBool::new(false),
            overridden: AtomicBool::new(false),
            reset: AtomicU8::new(ResetOnReturn::Rollback as u8),
            pre_ping: AtomicBool::new(false),
            generation: Generation::default(),
            taken_at: Mutex::new(None),
        }
    }

    /// Takes the settings that all pools have.
    fn _configure(
        slf: &Bound<'_, Self>,
        creator: Py<PyAny>,
        wants_entry: bool,
        recycle: f64,
        pre_ping: bool,
        reset: u8,
        dialect: Option<Py<PyAny>>,
    ) -> PyResult<()> {
        let this = slf.get();
        let native = slf.py().get_type::<PoolBase>();
        let class = slf.get_type();
        let overridden = |name: &str| -> PyResult<bool> { Ok(!class.getattr(name)?.is(&native.getattr(name)?)) };
        let is_overridden = overridden("_do_get")? || overridden("_do_return_conn")?;
        this.overridden.store(is_overridden, Ordering::Relaxed);
        this.pre_ping.store(pre_ping, Ordering::Relaxed);
        this.reset.store(reset, Ordering::Relaxed);
        let age = if recycle < 0.0 { None } else { Duration::try_from_secs_f64(recycle).ok() };
        let new = Settings { creator: Some(creator), wants_entry, dialect, recycle: age, recycle_given: recycle };
        let old = std::mem::replace(&mut *this.settings.lock(), new);
        drop(old);
        Ok(())
    }

    /// Keeps a bounded number of connections. `max_overflow` -1 and `size` 0: no limit.
    fn _keep_queue(&self, size: usize, max_overflow: i64, timeout: Option<f64>, lifo: bool) {
        let timeout = timeout.map_or(Duration::MAX, |t| Duration::try_from_secs_f64(t.max(0.0)).unwrap_or(Duration::MAX));
        self.use_store(Arc::new(QueuePool::new(size, usize::try_from(max_overflow).ok(), timeout, lifo)));
    }

    /// Keeps no connection.
    fn _keep_none(&self) {
        self.use_store(Arc::new(NullPool));
    }

    /// Keeps one connection for each thread.
    fn _keep_per_thread(&self, size: usize) {
        self.per_thread.store(true, Ordering::Relaxed);
        self.use_store(Arc::new(SingletonThreadPool::new(size)));
    }

    /// Keeps one connection for everybody.
    fn _keep_one(&self) {
        self.use_store(Arc::new(StaticPool::default()));
    }

    /// Keeps one connection for one at a time.
    fn _keep_one_exclusive(&self) {
        self.use_store(Arc::new(AssertionPool::default()));
    }

    /// A connection, checked out.
    fn connect<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Proxied>> {
        checkout::connect(slf)
    }

    /// An entry to check out. Subclasses may override it together with `_do_return_conn`.
    fn _do_get<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Entry>> {
        let py = slf.py();
        let store = slf.get().store()?;
        let taken = match store.try_take() {
            Some(taken) => taken,
            None => Self::wait(py, &*store)?,
        };
        match taken.map_err(|e| Self::pool_error(slf, &e))? {
            Taken::Kept(entry) => Ok(entry.bind(py).clone()),
            Taken::Make => {
                let entry = match Self::_create_connection(slf) {
                    Ok(entry) => entry,
                    Err(e) => {
                        store.not_made();
                        return Err(e);
                    }
                };
                Self::closed(slf, store.made(&Arc::new(entry.clone().unbind())))?;
                Ok(entry)
            }
        }
    }

    /// Takes an entry back; closes it when it is one too many.
    fn _do_return_conn(slf: &Bound<'_, Self>, entry: &Bound<'_, Entry>) -> PyResult<()> {
        let surplus = slf.get().store()?.give(Arc::new(entry.clone().unbind()));
        Self::closed(slf, surplus)
    }

    /// As `_do_return_conn`, for callers that hold an entry they did not check out.
    fn _return_conn(slf: &Bound<'_, Self>, entry: &Bound<'_, Entry>) -> PyResult<()> {
        Self::put(slf, entry)
    }

    /// A new, connected entry.
    fn _create_connection<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Entry>> {
        let entry = Bound::new(slf.py(), Entry::new(slf)?)?;
        Entry::connect(&entry, slf)?;
        Ok(entry)
    }

    /// Closes what is kept.
    fn _close_kept(slf: &Bound<'_, Self>) -> PyResult<()> {
        let kept = slf.get().store()?.drain();
        Self::closed(slf, kept)
    }

    /// Makes every connection opened so far be replaced at its next checkout.
    #[pyo3(signature = (connection, exception=None, _checkin=true))]
    fn _invalidate(
        slf: &Bound<'_, Self>,
        connection: &Bound<'_, Proxied>,
        exception: Option<Bound<'_, PyAny>>,
        _checkin: bool,
    ) -> PyResult<()> {
        checkout::invalidate_pool(slf, connection, exception.as_ref(), _checkin)
    }

    /// Where the holder of the only connection took it, for the message of the one who wants it too.
    #[setter(_taken_at)]
    fn set_taken_at(&self, place: Option<String>) {
        *self.taken_at.lock() = place;
    }

    /// `(size, checked in, overflow, checked out)`.
    fn _counts(&self) -> PyResult<(usize, usize, i64, i64)> {
        let Counts { size, checked_in, overflow, checked_out } = self.store()?.counts();
        Ok((size, checked_in, overflow, checked_out))
    }

    /// Close a DBAPI connection. Errors are logged; only what is not an ``Exception`` is raised.
    #[pyo3(signature = (connection, *, terminate=false))]
    fn _close_connection(slf: &Bound<'_, Self>, connection: &Bound<'_, PyAny>, terminate: bool) -> PyResult<()> {
        Self::close_now(slf, connection, terminate)
    }

    #[getter(_creator)]
    fn creator(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.settings.lock().creator.as_ref().map(|c| c.clone_ref(py))
    }

    #[setter(_creator)]
    fn set_creator(slf: &Bound<'_, Self>, creator: Py<PyAny>) -> PyResult<()> {
        let wants = slf.call_method1("_should_wrap_creator", (&creator,))?.is_truthy()?;
        let old = {
            let mut settings = slf.get().settings.lock();
            settings.wants_entry = wants;
            settings.creator.replace(creator)
        };
        drop(old);
        Ok(())
    }

    #[getter(_dialect)]
    fn py_dialect(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.dialect(py).map(Bound::unbind)
    }

    #[setter(_dialect)]
    fn set_dialect(&self, dialect: Option<Py<PyAny>>) {
        let old = std::mem::replace(&mut self.settings.lock().dialect, dialect);
        drop(old);
    }

    #[getter(_recycle)]
    fn py_recycle(&self) -> f64 {
        self.settings.lock().recycle_given
    }

    #[getter(_pre_ping)]
    fn py_pre_ping(&self) -> bool {
        self.pre_ping()
    }

    #[setter(_pre_ping)]
    fn set_pre_ping(&self, on: bool) {
        self.pre_ping.store(on, Ordering::Relaxed);
    }

    #[getter(_reset)]
    fn py_reset(&self) -> u8 {
        self.reset.load(Ordering::Relaxed)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }

    fn __clear__(&self, py: Python<'_>) {
        gc::clear(self, py);
    }
}

impl Collected for PoolBase {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        let Some(settings) = self.settings.try_lock() else { return Ok(()) };
        visit.call(&settings.creator)?;
        visit.call(&settings.dialect)
    }
    fn release(&self, _py: Python<'_>) {
        let old = std::mem::take(&mut *self.settings.lock());
        drop(old);
    }
}

/// `InvalidRequestError`, for closed connections.
pub fn closed_error(py: Python<'_>) -> PyErr {
    errors::invalid_request(py, "This connection is closed")
}
