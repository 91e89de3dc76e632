//! `inspect(obj).attrs`: one [`AttributeState`] a mapped attribute.

use super::flags::*;
use super::impls::AttributeImpl;
use super::state::InstanceState;
use crate::py::ffi;
use crate::py::gc::{self, Collected, PyVisit, Visited};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

/// Value and history of one attribute of one instance.
#[pyclass(frozen, module = "oxalchemy.orm.state")]
pub struct AttributeState {
    state: Py<InstanceState>,
    key: Py<PyString>,
}

#[pymethods]
impl AttributeState {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
    #[getter]
    fn state(&self, py: Python<'_>) -> Py<InstanceState> {
        self.state.clone_ref(py)
    }
    #[getter]
    fn key(&self, py: Python<'_>) -> Py<PyString> {
        self.key.clone_ref(py)
    }
    /// The value as it is loaded, or NO_VALUE.
    #[getter]
    fn loaded_value<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let dict = self.state.get().instance_dict(py);
        ffi::dict_get(&dict, &self.key).map_or_else(|| no_value(py), Ok)
    }
    /// The value, loaded when needed.
    #[getter]
    fn value<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let Some(imp) = self.own_imp(py) else {
            // a composite or a synonym: read through its descriptor
            let Some(obj) = self.state.get().instance(py) else { return no_value(py) };
            return obj.getattr(&self.key);
        };
        let dict = self.state.get().instance_dict(py);
        AttributeImpl::get(&imp, self.state.bind(py), &dict, PASSIVE_OFF)
    }
    /// Changes that are not flushed, without loading.
    #[getter]
    fn history<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.history_with(py, PASSIVE_NO_INITIALIZE)
    }
    /// Changes that are not flushed, loading the present value when needed.
    fn load_history<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.history_with(py, PASSIVE_OFF ^ INIT_OK)
    }
}

impl Collected for AttributeState {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.state)
    }
}

impl AttributeState {
    fn own_imp<'py>(&self, py: Python<'py>) -> Option<Bound<'py, AttributeImpl>> {
        self.state.get().manager.get().get_impl(py, &self.key.bind(py).to_string_lossy())
    }
    fn history_with<'py>(&self, py: Python<'py>, passive: u32) -> PyResult<Bound<'py, PyAny>> {
        let state = self.state.bind(py);
        if let Some(imp) = self.own_imp(py) {
            return super::history::history(&imp, state, passive);
        }
        let attribute = self.state.get().manager.bind(py).as_any().get_item(&self.key)?;
        let dict = self.state.get().instance_dict(py);
        attribute.getattr("impl")?.call_method1("get_history", (state, dict, passive))
    }
}

/// Attribute name to [`AttributeState`].
pub fn attrs<'py>(state: &Bound<'py, InstanceState>) -> PyResult<Bound<'py, PyAny>> {
    let py = state.py();
    let all = PyDict::new(py);
    for key in state.get().manager.get().keys(py) {
        let value = Bound::new(py, AttributeState { state: state.clone().unbind(), key: key.clone_ref(py) })?;
        all.set_item(key, value)?;
    }
    py.import("oxalchemy.util")?.getattr("ReadOnlyProperties")?.call1((all,))
}
