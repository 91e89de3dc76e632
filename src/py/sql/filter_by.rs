//! `filter_by(**kw)` of SELECT, UPDATE and DELETE. Names are looked up by `py::orm`, which knows what classes offer.

use super::clause::ClauseElement;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use sql::ast::Node;
use std::sync::OnceLock;

/// One criterion per keyword.
pub type CriteriaHook = for<'py> fn(Python<'py>, &Node, &Bound<'py, PyDict>) -> PyResult<Vec<Bound<'py, PyAny>>>;
static HOOK: OnceLock<CriteriaHook> = OnceLock::new();
/// Install the lookup.
pub fn set_criteria_hook(hook: CriteriaHook) {
    let _ = HOOK.set(hook);
}

/// The statement with an equality for each keyword.
pub fn filter_by<'py>(obj: &Bound<'py, PyAny>, kwargs: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
    let (Some(kw), Some(hook)) = (kwargs, HOOK.get()) else { return Ok(obj.clone()) };
    let Some(node) = obj.cast::<ClauseElement>()?.get().node().cloned() else { return Ok(obj.clone()) };
    let criteria = hook(obj.py(), &node, kw)?;
    obj.call_method1("where", PyTuple::new(obj.py(), criteria)?)
}
