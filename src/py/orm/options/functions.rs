//! The functions of `oxalchemy.orm` that start an option.

use super::load::{Load, inner, relationship};
use crate::py::errors;
use crate::py::sql::coerce;
use orm::options::Strategy;
use orm::relationship::Lazy;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

type Any<'py> = Bound<'py, PyAny>;
type Keys<'a, 'py> = &'a Bound<'py, PyTuple>;

/// `strategy` at the end of the chain of keys, or (`all`) at every step.
fn chain(keys: Keys<'_, '_>, strategy: &Strategy, all: bool) -> PyResult<Load> {
    let mut load = Load::empty();
    let mut steps: Vec<Any<'_>> = Vec::new();
    for k in keys.iter() {
        match k.cast::<PyString>() {
            Ok(s) if s.to_str()? != "*" => {
                for part in s.to_str()?.split('.') {
                    steps.push(PyString::new(k.py(), part).into_any());
                }
            }
            _ => steps.push(k),
        }
    }
    let last = steps.len().saturating_sub(1);
    for (i, k) in steps.iter().enumerate() {
        let s = if i == last || all { strategy.clone() } else { Strategy::Default };
        load = load.attr(k, s)?;
    }
    Ok(load)
}

fn column_chain(key: &Any<'_>, addl: Keys<'_, '_>, strategy: &Strategy) -> PyResult<Load> {
    // several columns of one entity, or (legacy) a chain that leads to the last one
    let mut load = Load::empty();
    let keys: Vec<Any<'_>> = std::iter::once(key.clone()).chain(addl.iter()).collect();
    let last = keys.len() - 1;
    for (i, k) in keys.iter().enumerate() {
        let related = crate::py::orm::aliased::relationship_attr(k)?.is_some();
        load = if related && i < last { load.attr(k, Strategy::Default)? } else { load.column(k, strategy.clone())? };
    }
    Ok(load)
}

macro_rules! loads {
    ($($(#[$m:meta])* $name:ident $all:ident $pyall:literal = $lazy:expr;)*) => {$(
        $(#[$m])*
        #[pyfunction]
        #[pyo3(signature = (*keys))]
        fn $name(keys: Keys<'_, '_>) -> PyResult<Load> {
            chain(keys, &relationship($lazy), false)
        }
        /// Legacy: the same at every step of the path.
        #[pyfunction]
        #[pyo3(name = $pyall, signature = (*keys))]
        fn $all(keys: Keys<'_, '_>) -> PyResult<Load> {
            chain(keys, &relationship($lazy), true)
        }
    )*};
}

loads! {
    /// A second statement around the parent's.
    subqueryload subqueryload_all "subqueryload_all" = Lazy::Subquery;
    /// On access.
    lazyload lazyload_all "lazyload_all" = Lazy::Select;
    /// Never.
    noload noload_all "noload_all" = Lazy::Noload;
}

/// In the statement of the parent.
#[pyfunction]
#[pyo3(signature = (*keys, innerjoin = None))]
fn joinedload(keys: Keys<'_, '_>, innerjoin: Option<Any<'_>>) -> PyResult<Load> {
    let innerjoin = inner(innerjoin.as_ref())?;
    chain(keys, &Strategy::Relationship { lazy: Lazy::Joined, innerjoin, recursion_depth: None, chunksize: None }, false)
}
/// Legacy: the same at every step of the path.
#[pyfunction]
#[pyo3(signature = (*keys, innerjoin = None))]
fn joinedload_all(keys: Keys<'_, '_>, innerjoin: Option<Any<'_>>) -> PyResult<Load> {
    let innerjoin = inner(innerjoin.as_ref())?;
    chain(keys, &Strategy::Relationship { lazy: Lazy::Joined, innerjoin, recursion_depth: None, chunksize: None }, true)
}
/// A second statement with the parents' keys.
#[pyfunction]
#[pyo3(signature = (*keys, recursion_depth = None, chunksize = None))]
fn selectinload(keys: Keys<'_, '_>, recursion_depth: Option<i64>, chunksize: Option<usize>) -> PyResult<Load> {
    chain(keys, &Strategy::Relationship { lazy: Lazy::Selectin, innerjoin: None, recursion_depth, chunksize }, false)
}
/// Legacy: the same at every step of the path.
#[pyfunction]
#[pyo3(signature = (*keys))]
fn selectinload_all(keys: Keys<'_, '_>) -> PyResult<Load> {
    chain(keys, &relationship(Lazy::Selectin), true)
}
/// Right after the parent.
#[pyfunction]
#[pyo3(signature = (*keys, recursion_depth = None))]
fn immediateload(keys: Keys<'_, '_>, recursion_depth: Option<i64>) -> PyResult<Load> {
    chain(keys, &Strategy::Relationship { lazy: Lazy::Immediate, innerjoin: None, recursion_depth, chunksize: None }, false)
}
/// Access raises.
#[pyfunction]
#[pyo3(signature = (*keys, sql_only = false))]
fn raiseload(keys: Keys<'_, '_>, sql_only: bool) -> PyResult<Load> {
    chain(keys, &relationship(if sql_only { Lazy::RaiseOnSql } else { Lazy::Raise }), false)
}
/// Navigate only.
#[pyfunction]
#[pyo3(signature = (*keys))]
fn defaultload(keys: Keys<'_, '_>) -> PyResult<Load> {
    chain(keys, &Strategy::Default, false)
}
/// Rows of the statement that belong to a relationship.
#[pyfunction]
#[pyo3(signature = (*keys, alias = None))]
fn contains_eager(keys: Keys<'_, '_>, alias: Option<Any<'_>>) -> PyResult<Load> {
    let mut load = Load::empty();
    let last = keys.len().saturating_sub(1);
    for (i, k) in keys.iter().enumerate() {
        load = load.contains(&k, alias.as_ref().filter(|_| i == last))?;
    }
    Ok(load)
}
/// Load the column on access.
#[pyfunction]
#[pyo3(signature = (key, *addl, raiseload = false))]
fn defer(key: &Any<'_>, addl: Keys<'_, '_>, raiseload: bool) -> PyResult<Load> {
    column_chain(key, addl, &Strategy::Defer { raiseload })
}
/// Load the column with the others.
#[pyfunction]
#[pyo3(signature = (key, *addl))]
fn undefer(key: &Any<'_>, addl: Keys<'_, '_>) -> PyResult<Load> {
    column_chain(key, addl, &Strategy::Undefer)
}
/// Load the columns of a group with the others.
#[pyfunction]
fn undefer_group(name: &str) -> Load {
    Load::empty().group(name)
}
/// Load only these columns.
#[pyfunction]
#[pyo3(signature = (*attrs, raiseload = false))]
fn load_only(py: Python<'_>, attrs: Keys<'_, '_>, raiseload: bool) -> PyResult<Load> {
    if attrs.is_empty() {
        return Err(errors::argument_error(py, "load_only() needs at least one attribute"));
    }
    Load::empty().load_only_of(&attrs.iter().collect::<Vec<_>>(), raiseload)
}
/// The SQL of a `query_expression()` in this statement.
#[pyfunction]
fn with_expression(key: &Any<'_>, expression: &Any<'_>) -> PyResult<Load> {
    let e = coerce::expr(expression)?;
    Load::empty().column(key, Strategy::Expression(e))
}
/// Columns of subclasses by second statements.
#[pyfunction]
fn selectin_polymorphic(base_cls: &Any<'_>, classes: &Any<'_>) -> PyResult<Load> {
    let load = Load { entity: crate::py::orm::aliased::entity_of(base_cls)?, ..Load::empty() };
    load.polymorphic(classes)
}

/// Add these functions to `oxalchemy._rs`.
pub(super) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(joinedload, m)?)?;
    m.add_function(wrap_pyfunction!(joinedload_all, m)?)?;
    m.add_function(wrap_pyfunction!(subqueryload, m)?)?;
    m.add_function(wrap_pyfunction!(subqueryload_all, m)?)?;
    m.add_function(wrap_pyfunction!(selectinload, m)?)?;
    m.add_function(wrap_pyfunction!(selectinload_all, m)?)?;
    m.add_function(wrap_pyfunction!(lazyload, m)?)?;
    m.add_function(wrap_pyfunction!(lazyload_all, m)?)?;
    m.add_function(wrap_pyfunction!(noload, m)?)?;
    m.add_function(wrap_pyfunction!(noload_all, m)?)?;
    m.add_function(wrap_pyfunction!(immediateload, m)?)?;
    m.add_function(wrap_pyfunction!(raiseload, m)?)?;
    m.add_function(wrap_pyfunction!(defaultload, m)?)?;
    m.add_function(wrap_pyfunction!(contains_eager, m)?)?;
    m.add_function(wrap_pyfunction!(defer, m)?)?;
    m.add_function(wrap_pyfunction!(undefer, m)?)?;
    m.add_function(wrap_pyfunction!(undefer_group, m)?)?;
    m.add_function(wrap_pyfunction!(load_only, m)?)?;
    m.add_function(wrap_pyfunction!(with_expression, m)?)?;
    m.add_function(wrap_pyfunction!(selectin_polymorphic, m)?)
}
