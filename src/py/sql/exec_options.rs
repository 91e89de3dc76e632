//! Execution options of statements: immutable dictionaries that ride on the node.

use crate::py::errors::argument_error;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// As `immutabledict`.
pub fn immutable<'py>(py: Python<'py>, found: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
    match found {
        Some(o) => Ok(o),
        None => wrap(py, &PyDict::new(py)),
    }
}

fn wrap<'py>(py: Python<'py>, d: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
    py.import("oxalchemy.util")?.getattr("immutabledict")?.call1((d,))
}

/// The old options with `kw` over them.
pub fn merged<'py>(
    py: Python<'py>,
    old: Option<Bound<'py, PyAny>>,
    kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let d = PyDict::new(py);
    if let Some(o) = old {
        d.update(crate::py::ffi::require_mapping(&o)?)?;
    }
    if let Some(kw) = kw {
        if kw.contains("isolation_level")? {
            return Err(argument_error(
                py,
                "'isolation_level' execution option may only be specified on Connection.execution_options(), or per-engine using the isolation_level argument to create_engine().",
            ));
        }
        if kw.contains("compiled_cache")? {
            return Err(argument_error(
                py,
                "'compiled_cache' execution option may only be specified on Connection.execution_options(), not per statement.",
            ));
        }
        d.update(kw.as_mapping())?;
    }
    wrap(py, &d)
}
