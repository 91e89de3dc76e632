//! `scoped_session`: one session a thread (or a scope of the user's), and a registry of anything by scope.

use super::session::Session;
use crate::py::errors;
use parking_lot::Mutex;
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

type Any<'py> = Bound<'py, PyAny>;

/// A value a scope: `scopefunc()` names the scope.
#[pyclass(name = "ScopedRegistry", module = "oxalchemy.util", subclass, dict, weakref, frozen)]
pub struct ScopedRegistry {
    createfunc: Py<PyAny>,
    scopefunc: Option<Py<PyAny>>,
    /// By scope; without `scopefunc` a `threading.local`.
    store: Py<PyAny>,
}

impl ScopedRegistry {
    fn make<'py>(createfunc: Any<'py>, scopefunc: Option<Any<'py>>) -> PyResult<Self> {
        let py = createfunc.py();
        let store = match &scopefunc {
            Some(_) => PyDict::new(py).into_any(),
            None => py.import("threading")?.getattr("local")?.call0()?,
        };
        Ok(Self { createfunc: createfunc.unbind(), scopefunc: scopefunc.map(Bound::unbind), store: store.unbind() })
    }
    fn current<'py>(&self, py: Python<'py>) -> PyResult<Option<Any<'py>>> {
        let store = self.store.bind(py);
        match &self.scopefunc {
            Some(f) => store.cast::<PyDict>()?.get_item(f.bind(py).call0()?),
            None => store.getattr_opt("value"),
        }
    }
    fn put(&self, py: Python<'_>, value: &Any<'_>) -> PyResult<()> {
        let store = self.store.bind(py);
        match &self.scopefunc {
            Some(f) => store.set_item(f.bind(py).call0()?, value),
            None => store.setattr("value", value),
        }
    }
    fn drop_current(&self, py: Python<'_>) -> PyResult<()> {
        if self.current(py)?.is_none() {
            return Ok(());
        }
        let store = self.store.bind(py);
        match &self.scopefunc {
            Some(f) => store.del_item(f.bind(py).call0()?),
            None => store.delattr("value"),
        }
    }
    fn get_or_make<'py>(&self, py: Python<'py>) -> PyResult<Any<'py>> {
        if let Some(found) = self.current(py)? {
            return Ok(found);
        }
        let made = self.createfunc.bind(py).call0()?;
        self.put(py, &made)?;
        Ok(made)
    }
}

#[pymethods]
impl ScopedRegistry {
    #[new]
    #[pyo3(signature = (createfunc, scopefunc=None))]
    fn new(createfunc: Any<'_>, scopefunc: Option<Any<'_>>) -> PyResult<Self> {
        Self::make(createfunc, scopefunc)
    }
    fn __call__<'py>(&self, py: Python<'py>) -> PyResult<Any<'py>> {
        self.get_or_make(py)
    }
    /// Is there a value in the current scope?
    fn has(&self, py: Python<'_>) -> PyResult<bool> {
        Ok(self.current(py)?.is_some())
    }
    /// Set the value of the current scope.
    fn set(&self, py: Python<'_>, obj: &Any<'_>) -> PyResult<()> {
        self.put(py, obj)
    }
    /// Forget the value of the current scope.
    fn clear(&self, py: Python<'_>) -> PyResult<()> {
        self.drop_current(py)
    }
    #[getter]
    fn registry(&self, py: Python<'_>) -> Py<PyAny> {
        self.store.clone_ref(py)
    }
    #[getter]
    fn createfunc(&self, py: Python<'_>) -> Py<PyAny> {
        self.createfunc.clone_ref(py)
    }
    #[getter]
    fn scopefunc(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.scopefunc.as_ref().map(|s| s.clone_ref(py))
    }
}

/// Gives the current session of a registry to whoever asks, and passes everything on to it.
#[pyclass(name = "scoped_session", module = "oxalchemy.orm.scoping", subclass, dict, weakref, frozen)]
pub struct ScopedSession {
    d: Mutex<Option<(Py<PyAny>, Py<ScopedRegistry>)>>,
}

impl ScopedSession {
    fn parts<'py>(&self, py: Python<'py>) -> PyResult<(Any<'py>, Bound<'py, ScopedRegistry>)> {
        let d = self.d.lock();
        match &*d {
            Some((f, r)) => Ok((f.bind(py).clone(), r.bind(py).clone())),
            None => Err(PyAttributeError::new_err("scoped_session is not initialized")),
        }
    }
    fn session<'py>(&self, py: Python<'py>) -> PyResult<Any<'py>> {
        self.parts(py)?.1.get().get_or_make(py)
    }
}

#[pymethods]
impl ScopedSession {
    #[classmethod]
    fn __class_getitem__<'py>(cls: &Bound<'py, pyo3::types::PyType>, item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        crate::py::generic::alias(cls, item)
    }
    #[new]
    #[pyo3(signature = (*_args, **_kw))]
    fn new(_args: &Bound<'_, PyTuple>, _kw: Option<Bound<'_, PyDict>>) -> Self {
        Self { d: Mutex::new(None) }
    }
    #[pyo3(signature = (session_factory, scopefunc=None))]
    fn __init__(&self, py: Python<'_>, session_factory: Any<'_>, scopefunc: Option<Any<'_>>) -> PyResult<()> {
        let registry = Py::new(py, ScopedRegistry::make(session_factory.clone(), scopefunc)?)?;
        let old = self.d.lock().replace((session_factory.unbind(), registry));
        // Without the lock: its end may run Python code.
        drop(old);
        Ok(())
    }
    /// What makes sessions.
    #[getter]
    fn session_factory<'py>(&self, py: Python<'py>) -> PyResult<Any<'py>> {
        Ok(self.parts(py)?.0)
    }
    /// Sessions by scope.
    #[getter]
    fn registry<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, ScopedRegistry>> {
        Ok(self.parts(py)?.1)
    }
    /// The current session, made with `kw` when there is none.
    #[pyo3(signature = (**kw))]
    fn __call__<'py>(&self, py: Python<'py>, kw: Option<Bound<'py, PyDict>>) -> PyResult<Any<'py>> {
        let (factory, registry) = self.parts(py)?;
        let Some(kw) = kw.filter(|k| !k.is_empty()) else { return self.session(py) };
        if registry.get().current(py)?.is_some() {
            return Err(errors::invalid_request(py, "Scoped session is already present; no new arguments may be specified."));
        }
        let made = factory.call((), Some(&kw))?;
        registry.get().put(py, &made)?;
        Ok(made)
    }
    /// Change the arguments of sessions made later.
    #[pyo3(signature = (**kwargs))]
    fn configure(&self, py: Python<'_>, kwargs: Option<Bound<'_, PyDict>>) -> PyResult<()> {
        let (factory, registry) = self.parts(py)?;
        if registry.get().current(py)?.is_some() {
            errors::warn(
                py,
                "SAWarning",
                "At least one scoped session is already present.  configure() can not affect sessions that have already been created.",
            )?;
        }
        factory.call_method("configure", (), kwargs.as_ref()).map(drop)
    }
    /// Close and forget the current session.
    fn remove(&self, py: Python<'_>) -> PyResult<()> {
        let (_, registry) = self.parts(py)?;
        if let Some(session) = registry.get().current(py)? {
            session.call_method0("close")?;
        }
        registry.get().drop_current(py)
    }
    /// A class attribute that gives `session.query(cls)`.
    #[pyo3(signature = (query_cls=None))]
    fn query_property(slf: &Bound<'_, Self>, query_cls: Option<Py<PyAny>>) -> QueryProperty {
        QueryProperty { scoped: slf.clone().unbind(), query_cls }
    }
    fn __contains__(&self, py: Python<'_>, instance: &Any<'_>) -> PyResult<bool> {
        self.session(py)?.contains(instance)
    }
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Any<'py>> {
        Ok(self.session(py)?.try_iter()?.into_any())
    }
    fn __enter__<'py>(slf: &Bound<'py, Self>) -> Bound<'py, Self> {
        slf.clone()
    }
    fn __exit__(&self, py: Python<'_>, _kind: &Any<'_>, _value: &Any<'_>, _tb: &Any<'_>) -> PyResult<()> {
        self.session(py)?.call_method0("close").map(drop)
    }
}

/// See `scoped_session.query_property()`.
#[pyclass(name = "_QueryProperty", module = "oxalchemy.orm.scoping", frozen)]
pub struct QueryProperty {
    scoped: Py<ScopedSession>,
    query_cls: Option<Py<PyAny>>,
}

#[pymethods]
impl QueryProperty {
    fn __get__<'py>(&self, py: Python<'py>, _instance: Any<'py>, owner: Any<'py>) -> PyResult<Any<'py>> {
        let session = self.scoped.get().session(py)?;
        match &self.query_cls {
            Some(class) => {
                let kw = PyDict::new(py);
                kw.set_item("session", session)?;
                class.bind(py).call((owner,), Some(&kw))
            }
            None => session.call_method1("query", (owner,)),
        }
    }
}

/// A method or attribute of `Session`, as `scoped_session` shows it: that of the current session.
#[pyclass(name = "_SessionProxy", module = "oxalchemy.orm.scoping", frozen)]
pub struct Proxy {
    name: String,
    is_static: bool,
}

#[pymethods]
impl Proxy {
    fn __get__<'py>(slf: &Bound<'py, Self>, instance: Option<Any<'py>>, owner: Option<Any<'py>>) -> PyResult<Any<'py>> {
        let py = slf.py();
        let _ = owner;
        let this = slf.get();
        if this.is_static {
            return py.get_type::<Session>().getattr(&*this.name);
        }
        match instance.filter(|i| !i.is_none()) {
            Some(i) => i.cast::<ScopedSession>()?.get().session(py)?.getattr(&*this.name),
            // On the class: the documentation of Session's own.
            None => py.get_type::<Session>().getattr(&*this.name),
        }
    }
    fn __set__(&self, py: Python<'_>, instance: &Any<'_>, value: &Any<'_>) -> PyResult<()> {
        instance.cast::<ScopedSession>()?.get().session(py)?.setattr(&*self.name, value)
    }
    fn __delete__(&self, py: Python<'_>, instance: &Any<'_>) -> PyResult<()> {
        instance.cast::<ScopedSession>()?.get().session(py)?.delattr(&*self.name)
    }
}

/// Public names of `Session` that a scoped session has under its own meaning, or not at all.
const OWN: [&str; 6] = ["configure", "remove", "registry", "session_factory", "query_property", "dispatch"];

/// Add this room's classes to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = m.py();
    m.add_class::<ScopedRegistry>()?;
    m.add_class::<ScopedSession>()?;
    m.add_class::<QueryProperty>()?;
    let scoped: Bound<'_, PyType> = py.get_type::<ScopedSession>();
    let session = py.get_type::<Session>();
    for name in session.dir()? {
        let name: String = name.extract()?;
        if name.starts_with('_') || OWN.contains(&name.as_str()) {
            continue;
        }
        let is_static = matches!(name.as_str(), "object_session" | "identity_key" | "close_all");
        scoped.setattr(&*name, Proxy { name: name.clone(), is_static })?;
    }
    Ok(())
}
