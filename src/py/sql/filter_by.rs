//! `filter_by(**kw)`: equality on attributes of the statement's FROM elements.

use crate::py::errors::{exc, invalid_request, sql_error};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use sql::ast::proxy;
use sql::ast::{ExprRef, FromKind, FromRef, Op};

/// The column `name` among FROM elements.
pub fn find(py: Python<'_>, froms: &[FromRef], name: &str) -> PyResult<ExprRef> {
    let mut found: Vec<ExprRef> = Vec::new();
    let mut visit: Vec<FromRef> = froms.to_vec();
    while let Some(f) = visit.pop() {
        match &f.kind {
            FromKind::Join(j) => {
                visit.push(j.left.clone());
                visit.push(j.right.clone());
            }
            FromKind::Grouping(g) => visit.push(g.clone()),
            _ => {
                if let Some((_, c)) = proxy::columns(&f).into_iter().find(|(k, _)| **k == *name) {
                    found.push(c);
                }
            }
        }
    }
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(invalid_request(
            py,
            format!("None of the FROM clause entities have a property \"{name}\". Searched entities: {}", shown(froms)),
        )),
        _ => {
            let owners: Vec<FromRef> = found
                .iter()
                .filter_map(|e| match &e.kind {
                    sql::ast::ExprKind::Column(c) => c.from.clone(),
                    _ => None,
                })
                .collect();
            Err(exc(
                py,
                "AmbiguousColumnError",
                format!(
                    "Attribute name \"{name}\" is ambiguous; it exists in multiple FROM clause entities ({}). Use filter() with explicit column references instead of filter_by().",
                    shown(&owners)
                ),
            ))
        }
    }
}

/// Names of FROM elements for messages: three, and how many there are.
fn shown(froms: &[FromRef]) -> String {
    let names: Vec<String> = froms.iter().filter_map(proxy::from_label).map(|l| proxy::anonymous(&l).to_string()).collect();
    if names.len() > 3 { format!("{}, ... ({} total)", names[..3].join(", "), names.len()) } else { names.join(", ") }
}

/// For a SELECT face.
pub fn select<'py>(obj: &Bound<'py, PyAny>, kwargs: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
    let py = obj.py();
    let Some(kw) = kwargs else { return Ok(obj.clone()) };
    let q = super::select::own(obj)?;
    let froms = match q.as_select() {
        Some(s) => sql::ast::froms::final_froms(s).map_err(|e| sql_error(py, e))?,
        None => Vec::new(),
    };
    let criteria = criteria(obj, &froms, kw)?;
    obj.call_method1("where", PyTuple::new(py, criteria)?)
}

/// One equality per keyword.
pub fn criteria<'py>(obj: &Bound<'py, PyAny>, froms: &[FromRef], kw: &Bound<'py, PyDict>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let py = obj.py();
    kw.iter()
        .map(|(k, v)| {
            let name: String = k.extract()?;
            let column = find(py, froms, &name)?;
            super::operators::operate(py, &column, &Op::Eq, &[v], None)
        })
        .collect()
}
