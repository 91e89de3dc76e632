//! `sessionmaker`.

use super::{Session, functions};
use crate::py::text::Text;
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple, PyType};

type Any<'py> = Bound<'py, PyAny>;

/// Makes sessions with the same arguments.
#[pyclass(name = "sessionmaker", module = "oxalchemy.orm.session", subclass, dict, weakref, frozen)]
pub struct SessionMaker {
    d: Mutex<Option<(Py<PyAny>, Py<PyDict>)>>,
}

impl SessionMaker {
    fn parts<'py>(&self, py: Python<'py>) -> PyResult<(Any<'py>, Bound<'py, PyDict>)> {
        let d = self.d.lock();
        match &*d {
            Some((class, kw)) => Ok((class.bind(py).clone(), kw.bind(py).clone())),
            None => Ok((py.get_type::<Session>().into_any(), PyDict::new(py))),
        }
    }
}

/// `with maker.begin() as session:` a session and its transaction.
#[pyclass(name = "_SessionBegin", module = "oxalchemy.orm.session", frozen)]
pub struct SessionBegin {
    session: Py<PyAny>,
    transaction: Mutex<Option<Py<PyAny>>>,
}

#[pymethods]
impl SessionBegin {
    fn __enter__<'py>(&self, py: Python<'py>) -> PyResult<Any<'py>> {
        let session = self.session.bind(py).clone();
        let tx = session.call_method0("begin")?;
        tx.call_method0("__enter__")?;
        let old = self.transaction.lock().replace(tx.unbind());
        // Without the lock: its end may run Python code.
        drop(old);
        Ok(session)
    }
    fn __exit__(&self, py: Python<'_>, kind: Any<'_>, value: Any<'_>, tb: Any<'_>) -> PyResult<bool> {
        let tx = self.transaction.lock().take();
        let done = match tx {
            Some(tx) => tx.bind(py).call_method1("__exit__", (kind, value, tb)).and_then(|r| r.is_truthy()),
            None => Ok(false),
        };
        self.session.bind(py).call_method0("close")?;
        done
    }
}

#[pymethods]
impl SessionMaker {
    #[classmethod]
    fn __class_getitem__<'py>(cls: &Bound<'py, pyo3::types::PyType>, item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        crate::py::generic::alias(cls, item)
    }
    #[new]
    #[pyo3(signature = (*_args, **_kw))]
    fn new(_args: &Bound<'_, PyTuple>, _kw: Option<Bound<'_, PyDict>>) -> Self {
        Self { d: Mutex::new(None) }
    }
    #[pyo3(signature = (bind=None, *, class_=None, autoflush=true, expire_on_commit=true, info=None, **kw))]
    fn __init__<'py>(
        slf: &Bound<'py, Self>,
        bind: Option<Any<'py>>,
        class_: Option<Any<'py>>,
        autoflush: bool,
        expire_on_commit: bool,
        info: Option<Any<'py>>,
        kw: Option<Bound<'py, PyDict>>,
    ) -> PyResult<()> {
        let py = slf.py();
        let kw = kw.unwrap_or_else(|| PyDict::new(py));
        kw.set_item("bind", bind)?;
        kw.set_item("autoflush", autoflush)?;
        kw.set_item("expire_on_commit", expire_on_commit)?;
        if let Some(info) = info.filter(|i| !i.is_none()) {
            kw.set_item("info", info)?;
        }
        let base = class_.unwrap_or_else(|| py.get_type::<Session>().into_any());
        // A class of this maker's own: events and class attributes may be given to it alone.
        let space = PyDict::new(py);
        space.set_item("__module__", base.getattr("__module__")?)?;
        let class = py.get_type::<PyType>().call1((base.getattr("__name__")?, (base,), space))?;
        let old = slf.get().d.lock().replace((class.unbind(), kw.unbind()));
        // Without the lock: its end may run Python code.
        drop(old);
        Ok(())
    }
    /// A new session; arguments override those of the maker.
    #[pyo3(signature = (**local_kw))]
    fn __call__<'py>(&self, py: Python<'py>, local_kw: Option<Bound<'py, PyDict>>) -> PyResult<Any<'py>> {
        let (class, kw) = self.parts(py)?;
        let Some(local) = local_kw else { return class.call((), Some(&kw)) };
        for (k, v) in crate::py::ffi::pairs(&kw) {
            if k.cast::<PyString>().is_ok_and(|k| k == "info")
                && let Some(mine) = local.get_item("info")?
            {
                let merged = v.call_method0("copy")?;
                merged.call_method1("update", (mine,))?;
                local.set_item("info", merged)?;
            } else if !local.contains(&k)? {
                local.set_item(k, v)?;
            }
        }
        class.call((), Some(&local))
    }
    /// Change the arguments of later sessions.
    #[pyo3(signature = (**new_kw))]
    fn configure(&self, py: Python<'_>, new_kw: Option<Bound<'_, PyDict>>) -> PyResult<()> {
        let (_, kw) = self.parts(py)?;
        match new_kw {
            Some(new) => kw.update(new.as_mapping()),
            None => Ok(()),
        }
    }
    /// A session and its transaction as a context manager.
    fn begin(slf: &Bound<'_, Self>) -> PyResult<SessionBegin> {
        let session = slf.call0()?;
        Ok(SessionBegin { session: session.unbind(), transaction: Mutex::new(None) })
    }
    /// The class of the sessions made.
    #[getter]
    fn get_class_<'py>(&self, py: Python<'py>) -> PyResult<Any<'py>> {
        Ok(self.parts(py)?.0)
    }
    #[setter]
    fn set_class_(&self, py: Python<'_>, class: Any<'_>) -> PyResult<()> {
        let (_, kw) = self.parts(py)?;
        let old = self.d.lock().replace((class.unbind(), kw.unbind()));
        drop(old);
        Ok(())
    }
    /// The arguments of the sessions made.
    #[getter]
    fn kw<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        Ok(self.parts(py)?.1)
    }
    /// The session of an instance.
    #[staticmethod]
    fn object_session<'py>(instance: &Any<'py>) -> PyResult<Option<Bound<'py, Session>>> {
        functions::object_session(instance)
    }
    /// See `Session.identity_key`.
    #[staticmethod]
    #[pyo3(signature = (class_=None, ident=None, *, instance=None, row=None, identity_token=None))]
    fn identity_key<'py>(
        py: Python<'py>,
        class_: Option<Any<'py>>,
        ident: Option<Any<'py>>,
        instance: Option<Any<'py>>,
        row: Option<Any<'py>>,
        identity_token: Option<Any<'py>>,
    ) -> PyResult<Any<'py>> {
        functions::identity_key(py, class_, ident, instance, row, identity_token)
    }
    /// Legacy: close all sessions.
    #[staticmethod]
    fn close_all(py: Python<'_>) -> PyResult<()> {
        functions::close_all(py)
    }
    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let (class, kw) = slf.get().parts(slf.py())?;
        let mut args = Vec::new();
        for (k, v) in crate::py::ffi::pairs(&kw) {
            args.push(format!("{}={}", k.str()?.text(), v.repr()?.text()));
        }
        let name = slf.get_type().name()?.text();
        Ok(format!("{name}(class_='{}', {})", class.getattr("__name__")?.str()?.text(), args.join(", ")))
    }
}

pub(super) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<SessionMaker>()?;
    m.add_class::<SessionBegin>()
}
