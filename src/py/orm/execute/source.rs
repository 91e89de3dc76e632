//! The engine's rows, batch after batch.

use crate::py::engine::connection::Connection;
use crate::py::engine::execute::batches::{self, Batches, Sent};
use crate::py::engine::execute::events::{self, Heard};
use crate::py::engine::execute::params::{self, Params};
use crate::py::engine::execute::{node, options as exec_options};
use crate::py::sql::face;
use crate::py::types::{Family, value_of_any};
use base::RowBatch;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use sql::ast::Node;
use sql::compile::hash::Shape;

pub use batches::GivenColumn;

type Any<'py> = Bound<'py, PyAny>;

/// Rows of a statement.
pub enum Rows {
    /// As the driver decoded them.
    Batches(Batches),
    /// Of a result that somebody else executed.
    Result(Py<PyAny>, RowBatch, bool),
}

/// Run a statement on a connection.
pub fn open<'py>(
    connection: &Any<'py>,
    node: &Node,
    params: Option<&Any<'py>>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Rows> {
    open_heard(connection, node, None, params, options, None)
}

/// The same; what is known of the statement's structure and values, and what listeners made of it.
pub fn open_heard<'py>(
    connection: &Any<'py>,
    node: &Node,
    shape: Option<Shape>,
    params: Option<&Any<'py>>,
    options: Option<&Bound<'py, PyDict>>,
    heard: Option<Heard<'py>>,
) -> PyResult<Rows> {
    let conn = connection.cast::<Connection>()?;
    let opts = all_options(conn, node, options)?;
    let params = match &heard {
        Some(h) => h.params.clone(),
        None => distilled(connection.py(), params)?,
    };
    Ok(Rows::Batches(batches::open(conn, Sent { node, shape, params, heard }, &opts)?))
}

fn distilled<'py>(py: Python<'py>, params: Option<&Any<'py>>) -> PyResult<Params<'py>> {
    match params {
        Some(p) => params::distill(py, Some(p), &PyTuple::empty(py), None),
        None => Ok(Params::None),
    }
}

/// Options of the connection, the statement and the execution in one.
fn all_options<'py>(
    conn: &Bound<'py, Connection>,
    node: &Node,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyDict>> {
    let base = conn.get().options(conn.py());
    let own = node::statement_options(conn.py(), node);
    if own.is_none() && options.is_none() {
        return Ok(base);
    }
    exec_options::merged(&base, own.as_ref(), options.map(|o| o.as_any()))
}

/// Lets the listeners of a connection have an ORM statement as it was written, before the ORM makes anything of it.
pub fn announce<'py>(
    connection: &Any<'py>,
    node: &Node,
    params: Option<&Any<'py>>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Option<Heard<'py>>> {
    if !events::used() {
        return Ok(None);
    }
    let conn = connection.cast::<Connection>()?;
    let Some(listening) = events::listening(conn)? else { return Ok(None) };
    let statement = face::wrap_node(conn.py(), node)?;
    listening.before(&statement, distilled(conn.py(), params)?.or_one(conn.py()), &all_options(conn, node, options)?).map(Some)
}

/// The rows of a result.
pub fn of_result(result: &Any<'_>) -> PyResult<Rows> {
    Ok(Rows::Result(result.clone().unbind(), RowBatch::new(0), false))
}

impl Rows {
    /// The columns, as far as they are known.
    pub fn columns(&self, py: Python<'_>) -> PyResult<Vec<GivenColumn>> {
        match self {
            Self::Batches(b) => Ok(b.columns()),
            Self::Result(r, ..) => {
                let mut out = Vec::new();
                for k in r.bind(py).call_method0("keys")?.try_iter()? {
                    out.push(GivenColumn { name: k?.extract::<String>()?.into(), exprs: Vec::new() });
                }
                Ok(out)
            }
        }
    }
    /// How many rows to ask of the driver at once, at most.
    pub fn at_once(&mut self, n: usize) {
        if let Self::Batches(b) = self {
            b.at_once(n);
        }
    }
    /// The next rows.
    pub fn next(&mut self, py: Python<'_>) -> PyResult<Option<&RowBatch>> {
        match self {
            Self::Batches(b) => b.next(py),
            Self::Result(result, batch, done) => {
                if *done {
                    return Ok(None);
                }
                *done = true;
                let rows: Vec<Any<'_>> = result.bind(py).call_method0("fetchall")?.try_iter()?.collect::<PyResult<_>>()?;
                let Some(first) = rows.first() else { return Ok(None) };
                batch.reset(first.len()?);
                for r in &rows {
                    for v in r.try_iter()? {
                        batch.push_value(&value_of_any(&v?, Family::Other)?);
                    }
                }
                Ok(Some(batch))
            }
        }
    }
}
