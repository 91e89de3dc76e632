//! `and_()`, `or_()`, `not_()` and the constants.

use super::coerce::{Role, expr_in};
use super::face::wrap_expr;
use crate::py::errors::warn;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyTuple;
use sql::ast::{ExprRef, Op, build};

/// `AND` or `OR` of the given criteria.
pub fn join<'py>(py: Python<'py>, op: Op, clauses: &[Bound<'py, PyAny>]) -> PyResult<Bound<'py, PyAny>> {
    let exprs = clauses.iter().map(|c| expr_in(c, Role::WhereHaving)).collect::<PyResult<Vec<_>>>()?;
    wrap_expr(py, &join_exprs(py, op, exprs)?)
}

fn join_exprs(py: Python<'_>, op: Op, exprs: Vec<ExprRef>) -> PyResult<ExprRef> {
    let (name, neutral, other) = if op == Op::And { ("and_", "true()", "True") } else { ("or_", "false()", "False") };
    let joined = if op == Op::And { build::and_(exprs) } else { build::or_(exprs) };
    match joined {
        Some(e) => Ok(e),
        None => {
            warn(
                py,
                "SADeprecationWarning",
                &format!(
                    "Invoking {name}() without arguments is deprecated, and will be disallowed in a future release.   For an empty {name}() construct, use '{name}({neutral}, *args)' or '{name}({other}, *args)'."
                ),
            )?;
            Ok(build::empty_list(op))
        }
    }
}

/// Criteria one by one, or as one generator.
fn spread<'py>(clauses: &Bound<'py, PyTuple>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    if clauses.len() == 1 {
        let only = clauses.get_item(0)?;
        if only.get_type().name().is_ok_and(|n| n == "generator") {
            return only.try_iter()?.collect();
        }
    }
    Ok(clauses.iter().collect())
}

/// `and_(*clauses)`.
#[pyfunction]
#[pyo3(signature = (*clauses))]
pub fn and_<'py>(py: Python<'py>, clauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let clauses = spread(clauses)?;
    join(py, Op::And, &clauses)
}
/// `or_(*clauses)`.
#[pyfunction]
#[pyo3(signature = (*clauses))]
pub fn or_<'py>(py: Python<'py>, clauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let clauses = spread(clauses)?;
    join(py, Op::Or, &clauses)
}
/// `not_(clause)`.
#[pyfunction]
pub fn not_<'py>(clause: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = clause.py();
    let e = expr_in(clause, Role::Expression)?;
    if super::operators::has_comparator(&e.ty) {
        return super::operators::unary(py, &e, Op::Not);
    }
    wrap_expr(py, &build::not_(&e))
}
/// `null()`
#[pyfunction]
pub fn null(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    static ONE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    constant(py, &ONE, build::null)
}
/// `true()`
#[pyfunction]
#[pyo3(name = "true")]
pub fn true_(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    static ONE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    constant(py, &ONE, build::true_)
}
/// `false()`
#[pyfunction]
#[pyo3(name = "false")]
pub fn false_(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    static ONE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    constant(py, &ONE, build::false_)
}

/// The constants are singletons, as documented.
fn constant<'py>(py: Python<'py>, cell: &PyOnceLock<Py<PyAny>>, make: fn() -> sql::ast::ExprRef) -> PyResult<Bound<'py, PyAny>> {
    cell.get_or_try_init(py, || Ok(wrap_expr(py, &make())?.unbind())).map(|o| o.bind(py).clone())
}
