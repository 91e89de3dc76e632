//! [`Filler`]: a collection being filled from rows, without events.

use crate::py::orm::collections::{self, CollectionAdapter};
use crate::py::orm::impls::AttributeImpl;
use crate::py::orm::state::InstanceState;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyString, PyType};

/// See the module documentation.
pub enum Filler<'py> {
    /// The built-in list: appended to directly.
    List(Bound<'py, PyList>),
    /// Any other container.
    Adapter(Bound<'py, PyAny>, Bound<'py, CollectionAdapter>),
}

fn instrumented_list(py: Python<'_>) -> PyResult<Bound<'_, PyType>> {
    static CELL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    CELL.get_or_try_init(py, || {
        Ok(py.import("oxalchemy.orm.collections")?.getattr("InstrumentedList")?.cast_into::<PyType>()?.unbind())
    })
    .map(|c| c.bind(py).clone())
}

impl<'py> Filler<'py> {
    /// An empty collection of the attribute, put into the instance.
    pub fn new(state: &Bound<'py, InstanceState>, dict: &Bound<'py, PyDict>, key: &Py<PyString>) -> PyResult<Self> {
        let py = state.py();
        let imp = state.get().manager.get().require_impl(py, &key.bind(py).to_string_lossy())?;
        Self::of(&imp, state, dict)
    }
    /// The same, the implementation known.
    pub fn of(imp: &Bound<'py, AttributeImpl>, state: &Bound<'py, InstanceState>, dict: &Bound<'py, PyDict>) -> PyResult<Self> {
        let py = state.py();
        let (data, adapter) = collections::create(imp, state)?;
        dict.set_item(&imp.get().key, &data)?;
        if data.get_type().is(&instrumented_list(py)?) {
            return Ok(Self::List(data.cast_into()?));
        }
        Ok(Self::Adapter(data, adapter))
    }
    /// One more member.
    pub fn append(&self, item: &Bound<'py, PyAny>) -> PyResult<()> {
        match self {
            Self::List(l) => l.append(item),
            Self::Adapter(data, adapter) => adapter.get().put(item.py(), data, item),
        }
    }
}
