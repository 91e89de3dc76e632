//! The engine's rows, batch after batch.

use crate::py::sql::face;
use base::RowBatch;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use sql::ast::{ExprRef, Node};
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

/// A column of rows that the ORM did not ask for.
pub struct GivenColumn {
    /// Name.
    pub name: Arc<str>,
    /// What it is known to be.
    pub exprs: Vec<ExprRef>,
}

/// Rows of a statement.
pub struct Rows<'py> {
    result: Any<'py>,
    batch: RowBatch,
    done: bool,
}

/// Run a statement on a connection.
pub fn open<'py>(connection: &Any<'py>, node: Node, params: Option<&Any<'py>>, options: Option<&Bound<'py, PyDict>>) -> PyResult<Rows<'py>> {
    let py = connection.py();
    let statement = face::wrap_node(py, &node)?;
    let kw = PyDict::new(py);
    if let Some(o) = options {
        kw.set_item("execution_options", o)?;
    }
    let result = connection.call_method("execute", (statement, params), Some(&kw))?;
    of_result(&result)
}

/// The rows of a result.
pub fn of_result<'py>(result: &Any<'py>) -> PyResult<Rows<'py>> {
    Ok(Rows { result: result.clone(), batch: RowBatch::new(0), done: false })
}

impl<'py> Rows<'py> {
    /// The columns, as far as they are known.
    pub fn columns(&self, py: Python<'py>) -> PyResult<Vec<GivenColumn>> {
        let _ = py;
        let mut out = Vec::new();
        for k in self.result.call_method0("keys")?.try_iter()? {
            out.push(GivenColumn { name: k?.extract::<String>()?.into(), exprs: Vec::new() });
        }
        Ok(out)
    }
    /// The next rows.
    pub fn next(&mut self, py: Python<'py>) -> PyResult<Option<&RowBatch>> {
        if self.done {
            return Ok(None);
        }
        self.done = true;
        let rows = self.result.call_method0("fetchall")?;
        let rows = rows.cast::<PyList>()?;
        let width = match rows.iter().next() {
            Some(r) => r.len()?,
            None => return Ok(None),
        };
        self.batch.reset(width);
        let _ = py;
        for r in rows.iter() {
            for v in r.try_iter()? {
                self.batch.push_value(&crate::py::types::value_of_any(&v?, crate::py::types::Family::Other)?);
            }
        }
        Ok(Some(&self.batch))
    }
}
