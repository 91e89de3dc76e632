//! Execution options that act when they are set.

use super::super::connection::Connection;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

/// Let options take effect on a connection: the dialect's business, which also resets them at checkin.
pub fn apply(conn: &Bound<'_, Connection>, options: &Bound<'_, PyDict>) -> PyResult<()> {
    conn.get().dialect(conn.py()).call_method1("set_connection_execution_options", (conn, options)).map(drop)
}

/// An option that is a true value.
pub fn flag(options: &Bound<'_, PyDict>, name: &str) -> PyResult<bool> {
    match options.get_item(PyString::intern(options.py(), name))? {
        Some(v) => v.is_truthy(),
        None => Ok(false),
    }
}

/// Options of a statement, a connection and an execution in one; the last wins.
pub fn merged<'py>(
    base: &Bound<'py, PyDict>,
    statement: Option<&Bound<'py, PyAny>>,
    execution: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let filled = |o: &&Bound<'py, PyAny>| o.cast::<PyDict>().is_ok_and(|d| !d.is_empty());
    let (statement, execution) = (statement.filter(filled), execution.filter(filled));
    if statement.is_none() && execution.is_none() && (base.is_empty() || !base.contains("yield_per")?) {
        return Ok(base.clone());
    }
    let out = PyDict::new(base.py());
    for d in [statement, Some(base.as_any()), execution].into_iter().flatten() {
        out.update(d.cast::<PyDict>()?.as_mapping())?;
    }
    if let Some(n) = out.get_item("yield_per")?
        && n.is_truthy()?
    {
        // a fixed batch size is streaming with a buffer of that size
        let wide = PyDict::new(base.py());
        wide.set_item("stream_results", true)?;
        wide.set_item("max_row_buffer", n)?;
        wide.update(out.as_mapping())?;
        return super::super::engine::immutable(&wide);
    }
    super::super::engine::immutable(&out)
}
