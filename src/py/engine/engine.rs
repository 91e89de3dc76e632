//! [`Engine`]: a dialect, a pool, and the compiled statements that its connections share.

use super::connection::Connection;
use super::events::{Event, fire, listeners};
use super::execute::entry::Entry;
use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::text::Text;
use ::engine::StatementCache;
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use std::any::Any;
use std::sync::Arc;

struct State {
    pool: Py<PyAny>,
    options: Py<PyDict>,
    dispatch: Option<Py<PyAny>>,
}

/// The starting point of every database.
#[pyclass(name = "Engine", module = "oxalchemy.engine.base", subclass, frozen, weakref, dict)]
pub struct Engine {
    s: Mutex<State>,
    dialect: Mutex<Py<PyAny>>,
    url: Py<PyAny>,
    logging_name: Option<Py<PyAny>>,
    /// Keep parameters out of logs and messages.
    pub hide_parameters: bool,
    /// Compiled statements.
    pub cache: Arc<StatementCache<Arc<Entry>>>,
    /// What the ORM made of statements; forgotten together with `cache`.
    pub plans: Arc<StatementCache<Arc<dyn Any + Send + Sync>>>,
    /// The engine that `execution_options()` was called on.
    proxied: Option<Py<Engine>>,
}

/// `util.immutabledict(d)`.
pub fn immutable<'py>(d: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyDict>> {
    let py = d.py();
    Ok(py.import("oxalchemy.util")?.getattr("immutabledict")?.call1((d,))?.cast_into::<PyDict>()?)
}

impl Engine {
    /// The dialect object.
    pub fn dialect<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        self.dialect.lock().bind(py).clone()
    }
    /// The pool; that of the engine underneath for a copy with other options.
    pub fn pool<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        match &self.proxied {
            Some(p) => p.get().pool(py),
            None => self.s.lock().pool.bind(py).clone(),
        }
    }
    /// Execution options of every connection.
    pub fn options<'py>(&self, py: Python<'py>) -> Bound<'py, PyDict> {
        self.s.lock().options.bind(py).clone()
    }
    /// A DBAPI connection out of the pool, with driver errors wrapped.
    pub fn checkout<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        match slf.get().pool(py).call_method0("connect") {
            Ok(c) => Ok(c),
            Err(e) => Err(super::failure::without_connection(slf, e)),
        }
    }
    /// Whether SQL is logged.
    pub fn logs_info(slf: &Bound<'_, Self>) -> PyResult<bool> {
        slf.getattr("logger")?.call_method1("isEnabledFor", (20,))?.is_truthy()
    }
}

#[pymethods]
impl Engine {
    #[new]
    #[pyo3(signature = (pool, dialect, url, logging_name=None, echo=None, query_cache_size=500, execution_options=None, hide_parameters=false))]
    #[allow(clippy::too_many_arguments)]
    fn new(
        py: Python<'_>,
        pool: Py<PyAny>,
        dialect: Py<PyAny>,
        url: Py<PyAny>,
        logging_name: Option<Py<PyAny>>,
        echo: Option<Py<PyAny>>,
        query_cache_size: i64,
        execution_options: Option<Bound<'_, PyDict>>,
        hide_parameters: bool,
    ) -> PyResult<Self> {
        drop(echo);
        drop(execution_options);
        let options = immutable(&PyDict::new(py))?;
        let capacity = usize::try_from(query_cache_size).unwrap_or(0);
        Ok(Self {
            s: Mutex::new(State { pool, options: options.unbind(), dispatch: None }),
            dialect: Mutex::new(dialect),
            url,
            logging_name: match logging_name {
                Some(n) if n.bind(py).is_truthy()? => Some(n),
                _ => None,
            },
            hide_parameters,
            cache: Arc::new(StatementCache::new(capacity)),
            plans: Arc::new(StatementCache::new(capacity)),
            proxied: None,
        })
    }
    #[pyo3(signature = (pool, dialect, url, logging_name=None, echo=None, query_cache_size=500, execution_options=None, hide_parameters=false))]
    #[allow(clippy::too_many_arguments, unused_variables)]
    fn __init__(
        slf: &Bound<'_, Self>,
        pool: Py<PyAny>,
        dialect: Py<PyAny>,
        url: Py<PyAny>,
        logging_name: Option<Py<PyAny>>,
        echo: Option<Py<PyAny>>,
        query_cache_size: i64,
        execution_options: Option<Bound<'_, PyDict>>,
        hide_parameters: bool,
    ) -> PyResult<()> {
        let py = slf.py();
        py.import("oxalchemy.log")?.getattr("instance_logger")?.call1((slf, echo))?;
        match execution_options.filter(|o| !o.is_empty()) {
            Some(o) => slf.call_method("update_execution_options", (), Some(&o)).map(drop),
            None => Ok(()),
        }
    }

    /// The pool.
    #[getter(pool)]
    fn py_pool(&self, py: Python<'_>) -> Py<PyAny> {
        self.pool(py).unbind()
    }
    #[setter]
    fn set_pool(&self, pool: Py<PyAny>) {
        let mut owner = self;
        while let Some(p) = &owner.proxied {
            owner = p.get();
        }
        let old = std::mem::replace(&mut owner.s.lock().pool, pool);
        drop(old);
    }
    /// The dialect.
    #[getter(dialect)]
    fn py_dialect(&self, py: Python<'_>) -> Py<PyAny> {
        self.dialect(py).unbind()
    }
    #[setter]
    fn set_dialect(&self, dialect: Py<PyAny>) {
        let old = std::mem::replace(&mut *self.dialect.lock(), dialect);
        drop(old);
    }
    /// The DSN.
    #[getter]
    fn url(&self, py: Python<'_>) -> Py<PyAny> {
        self.url.clone_ref(py)
    }
    /// Suffix of the logger's name.
    #[getter]
    fn logging_name(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.logging_name.as_ref().map(|n| n.clone_ref(py))
    }
    /// Whether parameters are kept out of logs and messages.
    #[getter]
    fn hide_parameters(&self) -> bool {
        self.hide_parameters
    }
    /// The engine itself.
    #[getter(engine)]
    fn this<'py>(slf: &Bound<'py, Self>) -> Bound<'py, Self> {
        slf.clone()
    }
    /// Name of the dialect.
    #[getter]
    fn name<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.dialect(py).getattr("name")
    }
    /// Name of the driver.
    #[getter]
    fn driver<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.dialect(py).getattr("driver")
    }
    #[getter]
    fn _execution_options(&self, py: Python<'_>) -> Py<PyDict> {
        self.options(py).unbind()
    }
    #[setter(_execution_options)]
    fn set_execution_options(&self, value: &Bound<'_, PyDict>) -> PyResult<()> {
        let new = immutable(value)?.unbind();
        let old = std::mem::replace(&mut self.s.lock().options, new);
        drop(old);
        Ok(())
    }
    #[getter]
    fn _proxied(&self, py: Python<'_>) -> Option<Py<Engine>> {
        self.proxied.as_ref().map(|p| p.clone_ref(py))
    }
    #[getter]
    fn _dispatch(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.s.lock().dispatch.as_ref().map(|d| d.clone_ref(py))
    }
    #[setter(_dispatch)]
    fn set_dispatch(&self, value: Option<Py<PyAny>>) {
        let old = std::mem::replace(&mut self.s.lock().dispatch, value);
        drop(old);
    }
    #[getter]
    fn _dispatch_parent(&self, py: Python<'_>) -> Option<Py<Engine>> {
        self._proxied(py)
    }
    #[getter]
    fn _compiled_cache(&self, py: Python<'_>) -> PyResult<Option<CacheView>> {
        let _ = py;
        Ok((self.cache.capacity() > 0).then(|| CacheView { cache: self.cache.clone(), plans: self.plans.clone() }))
    }
    fn _should_log_info(slf: &Bound<'_, Self>) -> PyResult<bool> {
        Self::logs_info(slf)
    }
    fn _should_log_debug(slf: &Bound<'_, Self>) -> PyResult<bool> {
        slf.getattr("logger")?.call_method1("isEnabledFor", (10,))?.is_truthy()
    }
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("Engine({})", self.url.bind(py).repr()?.text()))
    }

    /// A new connection. Use it in a `with` block, or close it.
    #[pyo3(signature = (close_with_result=false))]
    fn connect<'py>(slf: &Bound<'py, Self>, close_with_result: bool) -> PyResult<Bound<'py, PyAny>> {
        let conn = slf.getattr("_connection_cls")?.call1((slf,))?;
        if close_with_result {
            conn.cast::<Connection>()?.get().close_with_result();
        }
        Ok(conn)
    }
    /// The same (legacy).
    #[pyo3(signature = (close_with_result=false, **_kw))]
    fn contextual_connect<'py>(
        slf: &Bound<'py, Self>,
        close_with_result: bool,
        _kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::connect(slf, close_with_result)
    }
    /// A context manager: a connection with a transaction that commits on success and rolls back on an exception.
    #[pyo3(signature = (close_with_result=false))]
    fn begin(slf: &Bound<'_, Self>, close_with_result: bool) -> EngineBegin {
        let _ = close_with_result;
        EngineBegin { engine: slf.clone().unbind(), held: Mutex::default() }
    }
    /// A proxied DBAPI connection out of the pool.
    #[pyo3(signature = (_connection=None))]
    fn raw_connection<'py>(slf: &Bound<'py, Self>, _connection: Option<Py<PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        // Without the library around it: an error is the driver's own.
        slf.get().pool(slf.py()).call_method0("connect")
    }
    /// Drop the pool and make a fresh one. `close` False leaves its connections open, for use after `fork`.
    #[pyo3(signature = (close=true))]
    fn dispose(slf: &Bound<'_, Self>, close: bool) -> PyResult<()> {
        let py = slf.py();
        let pool = slf.get().pool(py);
        if close {
            pool.call_method0("dispose")?;
        }
        slf.setattr("pool", pool.call_method0("recreate")?)?;
        fire(slf.as_any(), Event::EngineDisposed, (slf,))
    }
    /// An engine with other execution options that shares pool and dialect.
    #[pyo3(signature = (**opt))]
    fn execution_options<'py>(slf: &Bound<'py, Self>, opt: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let me = slf.get();
        let merged = PyDict::new(py);
        merged.update(me.options(py).as_mapping())?;
        let init = Engine {
            s: Mutex::new(State { pool: me.pool(py).unbind(), options: immutable(&merged)?.unbind(), dispatch: None }),
            dialect: Mutex::new(me.dialect(py).unbind()),
            url: me.url.clone_ref(py),
            logging_name: me.logging_name.as_ref().map(|n| n.clone_ref(py)),
            hide_parameters: me.hide_parameters,
            cache: me.cache.clone(),
            plans: me.plans.clone(),
            proxied: Some(slf.clone().unbind()),
        };
        let new = Bound::new(py, PyClassInitializer::from(init).add_subclass(OptionEngine))?;
        new.setattr("_has_events", slf.getattr("_has_events")?)?;
        new.setattr("_echo", slf.getattr_opt("_echo")?)?;
        new.setattr("logger", slf.getattr("logger")?)?;
        let empty = PyDict::new(py);
        new.call_method("update_execution_options", (), Some(opt.unwrap_or(&empty)))?;
        Ok(new.into_any())
    }
    /// Change the execution options of this engine.
    #[pyo3(signature = (**opt))]
    fn update_execution_options(slf: &Bound<'_, Self>, opt: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        let py = slf.py();
        let Some(opt) = opt else { return Ok(()) };
        if let Some(found) = listeners(slf.as_any(), Event::SetEngineExecutionOptions)? {
            found.call1((slf, opt))?;
        }
        let merged = PyDict::new(py);
        merged.update(slf.get().options(py).as_mapping())?;
        merged.update(opt.as_mapping())?;
        slf.get().set_execution_options(&merged)?;
        slf.get().dialect(py).call_method1("set_engine_execution_options", (slf, opt)).map(drop)
    }
    /// The execution options.
    fn get_execution_options(&self, py: Python<'_>) -> Py<PyDict> {
        self.options(py).unbind()
    }
    /// Forget compiled statements.
    fn clear_compiled_cache(&self) {
        drop((self.cache.clear(), self.plans.clear()));
    }

    /// Execute on a connection of its own, committing what changes data (legacy).
    #[pyo3(signature = (statement, *multiparams, **params))]
    fn execute<'py>(
        slf: &Bound<'py, Self>,
        statement: &Bound<'py, PyAny>,
        multiparams: &Bound<'py, PyTuple>,
        params: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let conn = slf.call_method1("connect", (true,))?.cast_into::<Connection>()?;
        Connection::connectionless(&conn, statement, multiparams, params)
    }
    /// First column of the first row (legacy).
    #[pyo3(signature = (statement, *multiparams, **params))]
    fn scalar<'py>(
        slf: &Bound<'py, Self>,
        statement: &Bound<'py, PyAny>,
        multiparams: &Bound<'py, PyTuple>,
        params: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::execute(slf, statement, multiparams, params)?.call_method0("scalar")
    }
    /// `callable_(connection, …)` in a transaction (legacy).
    #[pyo3(signature = (callable_, *args, **kwargs))]
    fn transaction<'py>(
        slf: &Bound<'py, Self>,
        callable_: &Bound<'py, PyAny>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let conn = slf.call_method0("connect")?;
        let result = super::connection::transactional(&conn, callable_, args, kwargs);
        let closed = conn.call_method0("close");
        let result = result?;
        closed.map(|_| result)
    }
    /// `callable_(connection, …)` (legacy).
    #[pyo3(signature = (callable_, *args, **kwargs))]
    fn run_callable<'py>(
        slf: &Bound<'py, Self>,
        callable_: &Bound<'py, PyAny>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let conn = slf.call_method0("connect")?;
        let result = callable_.call(super::connection::with_first(&conn, args)?, kwargs);
        let closed = conn.call_method0("close");
        let result = result?;
        closed.map(|_| result)
    }
    /// Let a schema visitor create or drop in a transaction of its own.
    #[pyo3(signature = (visitor, element, **kwargs))]
    fn _run_ddl_visitor(
        slf: &Bound<'_, Self>,
        visitor: &Bound<'_, PyAny>,
        element: &Bound<'_, PyAny>,
        kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        let begin = slf.call_method0("begin")?;
        let conn = begin.call_method0("__enter__")?;
        let ran = conn.call_method("_run_ddl_visitor", (visitor, element), kwargs);
        let py = slf.py();
        match ran {
            Ok(_) => begin.call_method1("__exit__", (py.None(), py.None(), py.None())).map(|_| ()),
            Err(e) => {
                begin.call_method1("__exit__", (e.get_type(py), e.value(py), e.traceback(py)))?;
                Err(e)
            }
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }

    /// A listener that mentions its engine makes a cycle.
    fn __clear__(&self, py: Python<'_>) {
        gc::clear(self, py);
    }
}

impl Collected for Engine {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.url)?;
        visit.call(&self.proxied)?;
        if let Some(dialect) = self.dialect.try_lock() {
            visit.call(&*dialect)?;
        }
        let Some(s) = self.s.try_lock() else { return Ok(()) };
        visit.call(&s.pool)?;
        visit.call(&s.options)?;
        visit.call(&s.dispatch)
    }
    fn release(&self, _py: Python<'_>) {
        let old = self.s.lock().dispatch.take();
        drop(old);
    }
}

/// An engine with other execution options.
#[pyclass(name = "OptionEngine", module = "oxalchemy.engine.base", extends = Engine, subclass, frozen)]
pub struct OptionEngine;

/// `engine.begin()`.
#[pyclass(name = "_EngineBegin", module = "oxalchemy.engine.base", frozen)]
pub struct EngineBegin {
    engine: Py<Engine>,
    held: Mutex<Option<(Py<PyAny>, Py<PyAny>)>>,
}

#[pymethods]
impl EngineBegin {
    fn __enter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let conn = self.engine.bind(py).call_method0("connect")?;
        let transaction = conn
            .call_method0("begin")
            .and_then(|t| t.call_method0("__enter__").map(|_| t))
            .map_err(|e| crate::py::errors::after_cleanup(py, e, conn.call_method0("close").map(drop)))?;
        let old = self.held.lock().replace((conn.clone().unbind(), transaction.unbind()));
        // Without the lock: its end may run Python code.
        drop(old);
        Ok(conn)
    }
    fn __exit__(&self, py: Python<'_>, kind: Py<PyAny>, value: Py<PyAny>, traceback: Py<PyAny>) -> PyResult<()> {
        let Some((conn, transaction)) = self.held.lock().take() else { return Ok(()) };
        let done = transaction.bind(py).call_method1("__exit__", (kind, value, traceback));
        let closed = conn.bind(py).call_method0("close");
        done?;
        closed.map(drop)
    }
}

/// `engine._compiled_cache`: to look at.
#[pyclass(name = "_CompiledCache", module = "oxalchemy.engine.base", frozen)]
pub struct CacheView {
    cache: Arc<StatementCache<Arc<Entry>>>,
    plans: Arc<StatementCache<Arc<dyn Any + Send + Sync>>>,
}

#[pymethods]
impl CacheView {
    fn __len__(&self) -> usize {
        self.cache.len()
    }
    #[getter]
    fn capacity(&self) -> usize {
        self.cache.capacity()
    }
    fn clear(&self) {
        drop((self.cache.clear(), self.plans.clear()));
    }
    fn __repr__<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, &format!("<{} compiled statements>", self.cache.len()))
    }
}
