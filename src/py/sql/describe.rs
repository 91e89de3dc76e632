//! `column_descriptions`.

use super::face::{wrap_expr, wrap_from};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use sql::ast::{SelectItem, proxy};

/// How the ORM describes its entities; set by `py::orm`.
pub type DescribeHook = for<'py> fn(&Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyList>>>;
static HOOK: std::sync::OnceLock<DescribeHook> = std::sync::OnceLock::new();
/// Install the ORM's descriptions.
pub fn set_describe_hook(hook: DescribeHook) {
    let _ = HOOK.set(hook);
}

/// Of a SELECT.
pub fn select<'py>(obj: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
    let py = obj.py();
    if let Some(hook) = HOOK.get()
        && let Some(list) = hook(obj)?
    {
        return Ok(list);
    }
    let q = super::select::own(obj)?;
    let out = PyList::empty(py);
    for item in q.as_select().map_or(&[][..], |s| &s.columns) {
        match item {
            SelectItem::Expr(e) => out.append(describe(py, e)?)?,
            SelectItem::From(f) => {
                for (_, c) in proxy::columns(f) {
                    out.append(describe(py, &c)?)?;
                }
                let _ = wrap_from;
            }
            _ => {}
        }
    }
    Ok(out)
}

fn describe<'py>(py: Python<'py>, e: &sql::ast::ExprRef) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    let face = wrap_expr(py, e)?;
    let name = match proxy::result_name(e) {
        sql::Label::Fixed(n) => Some(n.to_string()),
        _ => None,
    };
    d.set_item("name", name)?;
    d.set_item("type", crate::py::types::wrap_type(py, &e.ty)?)?;
    d.set_item("expr", face)?;
    Ok(d)
}
