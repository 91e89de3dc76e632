//! Execution options of `text()`: kept as an annotation of the expression.

use super::clause::ClauseElement;
use super::face::wrap_expr;
use super::text::TextClause;
use crate::py::host::PyHost;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sql::ast::{Annotations, Node};

const KEY: &str = "execution_options";

/// The options dictionary of any statement node made from `text()`.
pub fn of_node<'py>(py: Python<'py>, node: &Node) -> Option<Bound<'py, PyAny>> {
    let Node::Expr(e) = node else { return None };
    let ann = e.ann.as_ref()?;
    ann.extra.iter().find(|(k, _)| **k == *KEY).and_then(|(_, v)| PyHost::get(py, v))
}

/// Options so far, as a mapping.
pub fn options_of<'py>(slf: &Bound<'py, TextClause>) -> PyResult<Bound<'py, PyAny>> {
    let py = slf.py();
    let face: &Bound<'py, ClauseElement> = slf.as_super();
    let found = face.get().node().and_then(|n| of_node(py, n));
    super::exec_options::immutable(py, found)
}

/// A copy with more options.
pub fn execution_options<'py>(slf: &Bound<'py, TextClause>, kw: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
    let py = slf.py();
    let face: &Bound<'py, ClauseElement> = slf.as_super();
    let Some(Node::Expr(e)) = face.get().node() else { return Ok(slf.clone().into_any()) };
    let merged = super::exec_options::merged(py, face.get().node().and_then(|n| of_node(py, n)), kw)?;
    let mut ann = e.ann.as_deref().cloned().unwrap_or_else(Annotations::default);
    ann.extra.retain(|(k, _)| **k != *KEY);
    ann.extra.push((KEY.into(), PyHost::wrap(&merged)));
    wrap_expr(py, &e.annotated(ann))
}
