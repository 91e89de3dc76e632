//! Elements of JSON documents read as text or as another type, subscripts of other containers, ANY and ALL of arrays.

use super::{coerce, wrap_expr};
use crate::py::errors::argument_error;
use crate::py::imports;
use crate::py::types::to_type;
use pyo3::prelude::*;
use sql::ast::build::{self, Other};
use sql::ast::{CustomOp, ExprKind, ExprRef, Op};
use sql::types::{TypeRef, boolean};
use std::sync::Arc;

/// Operands and operator of an element; `None` for an expression that is none.
fn element(e: &ExprRef) -> Option<(&ExprRef, &Op, &ExprRef)> {
    match &e.kind {
        ExprKind::Binary { left, op: op @ (Op::JsonGetItem | Op::JsonPathGetItem), right, .. } => Some((left, op, right)),
        _ => None,
    }
}

/// `col["k"]` as a value of `type_`; `method` is what the user called.
#[pyfunction]
#[pyo3(name = "_json_typed")]
fn json_typed<'py>(expr: &Bound<'py, PyAny>, type_: &Bound<'py, PyAny>, method: &str) -> PyResult<Bound<'py, PyAny>> {
    let py = expr.py();
    let e = coerce::expr(expr)?;
    let Some((left, op, right)) = element(&e) else {
        let message =
            format!("The JSON cast operator JSON.{method}() only works with a JSON index expression e.g. col['q'].{method}()");
        return Err(PyErr::from_value(imports::exc(py, "InvalidRequestError")?.call1((message,))?));
    };
    let ty: TypeRef = to_type(type_)?;
    wrap_expr(py, &build::binary_typed(left, op.clone(), right, ty, None, Vec::new()))
}

/// `col["k"].astext`: the element as text of `type_`.
#[pyfunction]
#[pyo3(name = "_json_astext")]
fn json_astext<'py>(expr: &Bound<'py, PyAny>, type_: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = expr.py();
    let e = coerce::expr(expr)?;
    let Some((left, op, right)) = element(&e) else {
        return Err(argument_error(py, "astext is for elements of JSON, such as col['key'].astext"));
    };
    let text = if *op == Op::JsonPathGetItem { "#>>" } else { "->>" };
    let astext = Op::Custom(Arc::new(CustomOp {
        text: text.into(),
        precedence: Op::JsonGetItem.precedence(),
        is_comparison: false,
        eager_grouping: true,
        natural_self_precedent: true,
    }));
    wrap_expr(py, &build::binary_typed(left, astext, right, to_type(type_)?, None, Vec::new()))
}

/// `col[index]` of a container whose elements are of `type_`.
#[pyfunction]
#[pyo3(name = "_subscript")]
fn subscript<'py>(expr: &Bound<'py, PyAny>, index: &Bound<'py, PyAny>, type_: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = expr.py();
    let e = coerce::expr(expr)?;
    let right = match coerce::other(index)? {
        Other::Expr(right) => right,
        Other::Value(value, own) => build::anon_bind(&build::bind_base(&e), value, own),
    };
    wrap_expr(py, &build::binary_typed(&e, Op::GetItem, &right, to_type(type_)?, None, Vec::new()))
}

/// `other op ANY (array)`; a value takes the type of the elements.
#[pyfunction]
#[pyo3(name = "_array_any_all")]
fn array_any_all<'py>(
    array: &Bound<'py, PyAny>,
    other: &Bound<'py, PyAny>,
    operator: &Bound<'py, PyAny>,
    all: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let e = coerce::expr(array)?;
    let op = super::ops::op_of(operator)?;
    if !op.is_comparison() {
        return Err(argument_error(array.py(), "Only comparison operators may be used with ANY/ALL"));
    }
    let left = match coerce::other(other)? {
        Other::Expr(left) => left,
        Other::Value(value, own) => build::anon_bind(&build::bind_base(&e), value, e.ty.item.clone().unwrap_or(own)),
    };
    let collection = super::operators::any_all(if all { Op::All } else { Op::Any }, &e);
    wrap_expr(array.py(), &build::binary_typed(&left, op, &collection, boolean(), None, Vec::new()))
}

/// Functions of this module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(json_typed, m)?)?;
    m.add_function(wrap_pyfunction!(json_astext, m)?)?;
    m.add_function(wrap_pyfunction!(subscript, m)?)?;
    m.add_function(wrap_pyfunction!(array_any_all, m)?)?;
    Ok(())
}
