//! Asking the database for the next value of a sequence: one statement of the dialect's own, without a compiled form.

use super::super::connection::Connection;
use crate::py::compile::DialectBase;
use crate::py::errors::{sql_error, warn};
use crate::py::schema::PySequence;
use pyo3::prelude::*;
use pyo3::types::PyString;
use sql::schema::Sequence;

/// The next value.
pub fn next_value<'py>(conn: &Bound<'py, Connection>, sequence: &Sequence) -> PyResult<Bound<'py, PyAny>> {
    let py = conn.py();
    let dialect = DialectBase::data(conn.get().dialect(py))?;
    let text = dialect.rules().next_value(&dialect, sequence).map_err(|e| sql_error(py, e))?;
    let sql = PyString::new(py, &format!("select {text}"));
    super::raw::exec_driver_sql(conn, &sql, None, false, None)?.call_method0("scalar")
}

/// The next value, when `statement` is a `Sequence`.
pub fn scalar<'py>(conn: &Bound<'py, Connection>, statement: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    match statement.cast::<PySequence>() {
        Ok(sequence) => next_value(conn, &*sequence.get().inner()?).map(Some),
        Err(_) => Ok(None),
    }
}

/// As [`scalar`], for `execute()`, which is the old way to ask.
pub fn execute<'py>(conn: &Bound<'py, Connection>, statement: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    if statement.cast::<PySequence>().is_err() {
        return Ok(None);
    }
    warn(
        conn.py(),
        "SADeprecationWarning",
        "Using the .execute() method to invoke a DefaultGenerator object is deprecated; please use the .scalar() method.",
    )?;
    scalar(conn, statement)
}
