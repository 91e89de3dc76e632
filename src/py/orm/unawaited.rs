//! What is said when an attribute of an asyncio session is loaded where nothing can wait for the database.

use super::impls::AttributeImpl;
use super::state::InstanceState;
use crate::py::imports;
use pyo3::prelude::*;

/// The error of a load; the one that says that nothing can wait names the attribute, and what to do.
pub fn named(attribute: &Bound<'_, AttributeImpl>, state: &Bound<'_, InstanceState>, error: PyErr) -> PyErr {
    let py = attribute.py();
    let name = || -> PyResult<Option<PyErr>> {
        if !error.is_instance(py, &imports::exc(py, "MissingGreenlet")?.into_any()) {
            return Ok(None);
        }
        let refused = imports::exc(py, "_UnawaitedLoad")?.into_any();
        if error.is_instance(py, &refused) {
            return Ok(None);
        }
        let class = state.get().manager.get().class_name(py);
        let made = refused.call_method1("of", (error.value(py), class, &attribute.get().key))?;
        Ok(Some(PyErr::from_value(made)))
    };
    match name() {
        Ok(None) => error,
        Ok(Some(named)) => {
            named.set_cause(py, Some(error));
            named
        }
        Err(other) => other,
    }
}
