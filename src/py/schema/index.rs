//! `Index`.

use super::dialect_options;
use super::kept::{keep_name, kept_name};
use super::table::table_of;
use crate::py::errors::sql_error;
use crate::py::sql::{names, to_expr};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use sql::FaceSlot;
use sql::schema::Index;
use sql::schema::naming::Subject;
use std::sync::Arc;

/// A condition: text or an expression.
fn text_or_expr(value: &Bound<'_, PyAny>) -> PyResult<sql::ast::ExprRef> {
    if value.is_instance_of::<pyo3::types::PyString>() {
        return to_expr(&value.py().import("oxalchemy.sql.expression")?.getattr("text")?.call1((value,))?);
    }
    to_expr(value)
}

/// Names of the columns of an INCLUDE.
pub(super) fn included(value: &Bound<'_, PyAny>) -> PyResult<Vec<sql::Name>> {
    value.try_iter()?.map(|c| column_name(&c?)).collect()
}

/// The name of a column given as such or by name.
fn column_name(value: &Bound<'_, PyAny>) -> PyResult<sql::Name> {
    if value.is_instance_of::<pyo3::types::PyString>() { names::name(value) } else { names::name(&value.getattr("name")?) }
}

/// An index.
#[pyclass(name = "Index", module = "oxalchemy.sql.schema", subclass, weakref, dict, frozen)]
pub struct PyIndex {
    inner: Arc<Index>,
}

impl PyIndex {
    /// The index.
    pub fn inner(&self) -> Arc<Index> {
        self.inner.clone()
    }
    /// Let the index remember this object.
    pub fn begin(slf: &Bound<'_, Self>, unique: bool, implicit: bool) {
        let inner = &slf.get().inner;
        crate::py::ffi::remember(&inner.face, slf.as_any());
        let mut d = inner.d.write();
        d.unique = unique;
        d.implicit = implicit;
    }
    /// What it is over.
    pub fn set_expressions<'py>(&self, expressions: impl Iterator<Item = Bound<'py, PyAny>>) -> PyResult<()> {
        let expressions = expressions.map(|e| to_expr(&e)).collect::<PyResult<Vec<_>>>()?;
        self.inner.d.write().expressions = expressions;
        Ok(())
    }
}

impl Drop for PyIndex {
    fn drop(&mut self) {
        crate::py::ffi::forget(&self.inner.face);
    }
}

#[pymethods]
impl PyIndex {
    #[new]
    #[pyo3(signature = (*_args, **_kw))]
    fn new(_args: &Bound<'_, PyTuple>, _kw: Option<&Bound<'_, PyDict>>) -> Self {
        Self { inner: Arc::new(Index { d: parking_lot::RwLock::default(), face: FaceSlot::default() }) }
    }
    /// `Index(name, *expressions, **kw)`.
    #[pyo3(signature = (*args, **kw))]
    fn __init__<'py>(slf: &Bound<'py, Self>, args: &Bound<'py, PyTuple>, kw: Option<&Bound<'py, PyDict>>) -> PyResult<()> {
        super::arguments::init_index(slf, args, kw)
    }
    /// Become part of a table, without events.
    #[pyo3(signature = (table, **_how))]
    fn _enter<'py>(slf: &Bound<'py, Self>, table: &Bound<'py, PyAny>, _how: Option<&Bound<'py, PyDict>>) -> PyResult<()> {
        super::arguments::enter_index(slf, table)
    }
    /// For an object that comes out of a pickle.
    fn _init(slf: &Bound<'_, Self>, unique: bool, implicit: bool) {
        Self::begin(slf, unique, implicit);
    }
    fn _set_expressions(&self, expressions: Vec<Bound<'_, PyAny>>) -> PyResult<()> {
        self.set_expressions(expressions.into_iter())
    }
    /// Text of a token of a naming convention, `None` for an unknown one.
    fn _token(&self, table: &Bound<'_, PyAny>, token: &str) -> PyResult<Option<String>> {
        Subject::Index(&self.inner).token(&*table_of(table)?, token).map_err(|e| sql_error(table.py(), e))
    }
    fn _set_dialect_options(&self, list: &Bound<'_, PyAny>) -> PyResult<()> {
        let options = dialect_options(list)?;
        let (mut where_, mut include) = (Vec::new(), Vec::new());
        for item in list.try_iter()? {
            let (dialect, option, value): (String, String, Bound<'_, PyAny>) = item?.extract()?;
            match option.as_str() {
                _ if value.is_none() => {}
                "where" => where_.push((dialect.as_str().into(), text_or_expr(&value)?)),
                "include" => include.push((dialect.as_str().into(), included(&value)?)),
                _ => {}
            }
        }
        let mut d = self.inner.d.write();
        d.dialect_options = options;
        d.where_ = where_;
        d.include = include;
        Ok(())
    }
    #[getter]
    fn name<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let stored = slf.get().inner.d.read().name.clone();
        kept_name(slf.as_any(), stored)
    }
    #[setter]
    fn set_name(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let (name, is_conv) = keep_name(slf.as_any(), value)?;
        let mut d = slf.get().inner.d.write();
        d.name = name;
        d.name_is_conv = is_conv;
        Ok(())
    }
}
