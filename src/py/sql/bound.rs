//! The engine that a statement carries by itself: `bind=` of the constructors of 1.x, kept among its execution options.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use sql::ast::{ExprKind, FromKind, Node};
use std::sync::atomic::{AtomicBool, Ordering};

/// The execution option that holds it.
const KEY: &str = "_bind";

/// Was a MetaData or a statement ever bound in this process? Where not, no statement is searched for its engine.
static ANY: AtomicBool = AtomicBool::new(false);

/// `statement`, carrying `bind` when one is given.
pub fn carrying<'py>(statement: Bound<'py, PyAny>, bind: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
    let Some(bind) = bind.filter(|b| !b.is_none()) else { return Ok(statement) };
    something_is_bound();
    let options = PyDict::new(statement.py());
    options.set_item(KEY, bind)?;
    statement.call_method("execution_options", (), Some(&options))
}

/// The engine that `statement` carries itself.
fn carried<'py>(statement: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let options = statement.call_method0("get_execution_options")?;
    if options.contains(KEY)? { options.get_item(KEY).map(Some) } else { Ok(None) }
}

/// A MetaData has been given an engine.
#[pyfunction]
#[pyo3(name = "_something_is_bound")]
fn something_is_bound() {
    ANY.store(true, Ordering::Relaxed);
}

/// The engine that `statement` carries itself, or that a MetaData behind one of its tables has.
#[pyfunction]
#[pyo3(name = "_bind_of")]
fn bind_of<'py>(statement: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = statement.py();
    if !ANY.load(Ordering::Relaxed) {
        return Ok(None);
    }
    if let Some(own) = carried(statement)? {
        return Ok(Some(own));
    }
    let mut walk: Vec<Node> = super::clause::node_of(statement)?.into_iter().collect();
    while let Some(node) = walk.pop() {
        let table = match &node {
            Node::From(f) => match &f.kind {
                FromKind::Table(t) => Some(t.clone()),
                _ => None,
            },
            Node::Expr(e) => match &e.kind {
                ExprKind::Column(c) => c.column.table(),
                _ => None,
            },
            _ => None,
        };
        let metadata = table.and_then(|t| t.d.read().metadata.upgrade());
        if let Some(metadata) = metadata.and_then(|m| crate::py::ffi::face(py, &m.face)) {
            let bind = metadata.getattr("bind")?;
            if !bind.is_none() {
                return Ok(Some(bind));
            }
        }
        let mut parts = sql::ast::children::children(&node);
        parts.reverse();
        walk.extend(parts);
    }
    Ok(None)
}

pub(super) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(something_is_bound, m)?)?;
    m.add_function(wrap_pyfunction!(bind_of, m)?)
}
