//! Execution options that act when they are set.

use super::super::connection::Connection;
use crate::py::imports;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

/// Let options take effect on a connection. Isolation levels are the dialect's business, and are reset at checkin.
pub fn apply(conn: &Bound<'_, Connection>, options: &Bound<'_, PyDict>) -> PyResult<()> {
    let py = conn.py();
    let dialect = conn.get().dialect(py);
    let level = options.get_item("isolation_level")?.filter(|l| !l.is_none());
    let default = imports::default_dialect(py)?;
    let own = dialect
        .get_type()
        .getattr_opt("set_connection_execution_options")?
        .is_some_and(|m| !default.getattr("set_connection_execution_options").is_ok_and(|d| d.is(&m)));
    if level.is_none() && !own {
        return Ok(());
    }
    dialect.call_method1("set_connection_execution_options", (conn, options))?;
    if level.is_some()
        && let Some(record) = Connection::proxied(conn)?.getattr_opt("_connection_record")?.filter(|r| !r.is_none())
    {
        let callbacks = record.getattr("finalize_callback")?;
        callbacks.call_method1("append", (dialect.getattr("reset_isolation_level")?,))?;
    }
    Ok(())
}

/// An option that is a true value.
pub fn flag(options: &Bound<'_, PyDict>, name: &str) -> PyResult<bool> {
    match options.get_item(PyString::intern(options.py(), name))? {
        Some(v) => v.is_truthy(),
        None => Ok(false),
    }
}

/// Options of a connection, a statement and an execution in one; the last wins.
pub fn merged<'py>(
    base: &Bound<'py, PyDict>,
    statement: Option<&Bound<'py, PyAny>>,
    execution: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let filled = |o: &&Bound<'py, PyAny>| o.cast::<PyDict>().is_ok_and(|d| !d.is_empty());
    let (statement, execution) = (statement.filter(filled), execution.filter(filled));
    if statement.is_none() && execution.is_none() {
        return Ok(base.clone());
    }
    let out = PyDict::new(base.py());
    out.update(base.as_mapping())?;
    for d in [statement, execution].into_iter().flatten() {
        out.update(d.cast::<PyDict>()?.as_mapping())?;
    }
    super::super::engine::immutable(&out)
}
