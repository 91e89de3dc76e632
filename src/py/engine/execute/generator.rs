//! Default generators as statements. The next value of a sequence is one statement of the dialect's own, without a compiled form.

use super::super::connection::Connection;
use crate::py::compile::DialectBase;
use crate::py::compile::statement::translate_map;
use crate::py::errors::{sql_error, warn};
use crate::py::schema::PySequence;
use pyo3::prelude::*;
use pyo3::types::PyString;
use sql::schema::Sequence;

/// The next value.
pub fn next_value<'py>(conn: &Bound<'py, Connection>, sequence: &Sequence) -> PyResult<Bound<'py, PyAny>> {
    let py = conn.py();
    let map = translate_map(conn.get().options(py).get_item("schema_translate_map")?.as_ref())?;
    let dialect = DialectBase::data(conn.get().dialect(py))?.translating(map.as_ref());
    let text = dialect.rules().next_value(&dialect, sequence).map_err(|e| sql_error(py, e))?;
    let sql = PyString::new(py, &format!("select {text}"));
    super::raw::exec_driver_sql(conn, &sql, None, false, None)?.call_method0("scalar")
}

/// Is it a `Sequence` or a `ColumnDefault`?
pub fn is_generator(statement: &Bound<'_, PyAny>) -> PyResult<bool> {
    if statement.cast::<PySequence>().is_ok() {
        return Ok(true);
    }
    let py = statement.py();
    statement.is_instance(&crate::py::imports::default_generator(py)?)
}

/// The value, when `statement` is a default generator.
pub fn scalar<'py>(conn: &Bound<'py, Connection>, statement: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    if let Ok(sequence) = statement.cast::<PySequence>() {
        return next_value(conn, &*sequence.get().inner()?).map(Some);
    }
    if !is_generator(statement)? {
        return Ok(None);
    }
    let truth = |name: &str| statement.getattr(name)?.is_truthy();
    let arg = statement.getattr("arg")?;
    Ok(Some(if truth("is_callable")? {
        arg.call1((conn.py().None(),))?
    } else if truth("is_clause_element")? {
        conn.call_method1("scalar", (arg,))?
    } else {
        arg
    }))
}

/// As [`scalar`], for `execute()`, which is the old way to ask.
pub fn execute<'py>(conn: &Bound<'py, Connection>, statement: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    if !is_generator(statement)? {
        return Ok(None);
    }
    warn(
        conn.py(),
        "SADeprecationWarning",
        "Using the .execute() method to invoke a DefaultGenerator object is deprecated; please use the .scalar() method.",
    )?;
    scalar(conn, statement)
}
