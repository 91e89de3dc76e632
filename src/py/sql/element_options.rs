//! Execution options of executable expressions (`text()`, functions): kept as an annotation of the expression.

use super::clause::ClauseElement;
use super::face::wrap_expr;
use crate::py::host::PyHost;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sql::ast::{Annotations, ExecOptions, ExprRef, Node};

const KEY: &str = "execution_options";

/// The options as the node keeps them.
pub fn of_expr(e: &ExprRef) -> ExecOptions {
    e.ann.as_ref()?.extra.iter().find(|(k, _)| **k == *KEY).map(|(_, v)| v.clone())
}

/// The options dictionary of a statement node that is an expression.
pub fn of_node<'py>(py: Python<'py>, node: &Node) -> Option<Bound<'py, PyAny>> {
    let Node::Expr(e) = node else { return None };
    of_expr(e).and_then(|v| PyHost::get(py, &v))
}

/// Options so far, as a mapping.
pub fn options_of<'py>(face: &Bound<'py, ClauseElement>) -> PyResult<Bound<'py, PyAny>> {
    let py = face.py();
    let found = face.get().node().and_then(|n| of_node(py, n));
    super::exec_options::immutable(py, found)
}

/// A copy with more options.
pub fn execution_options<'py>(face: &Bound<'py, ClauseElement>, kw: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
    let py = face.py();
    let Some(Node::Expr(e)) = face.get().node() else { return Ok(face.clone().into_any()) };
    let merged = super::exec_options::merged(py, face.get().node().and_then(|n| of_node(py, n)), kw)?;
    let mut ann = e.ann.as_deref().cloned().unwrap_or_else(Annotations::default);
    ann.extra.retain(|(k, _)| **k != *KEY);
    ann.extra.push((KEY.into(), PyHost::wrap(&merged)));
    wrap_expr(py, &e.annotated(ann))
}
