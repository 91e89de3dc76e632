//! `ForeignKey`.

use super::column::column_of;
use crate::py::errors::sql_error;
use crate::py::sql::wrap_expr;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use sql::schema::ForeignKey;
use sql::schema::constraint::ForeignKeyData;
use sql::schema::resolve::Tokens;
use std::sync::{Arc, OnceLock};

/// Reference of one column.
#[pyclass(name = "ForeignKey", module = "oxalchemy.sql.schema", subclass, weakref, dict, frozen)]
pub struct PyForeignKey {
    inner: OnceLock<Arc<ForeignKey>>,
}

impl PyForeignKey {
    /// The reference.
    pub fn inner(&self) -> PyResult<Arc<ForeignKey>> {
        self.inner
            .get()
            .cloned()
            .ok_or_else(|| pyo3::exceptions::PyAttributeError::new_err("'ForeignKey' object is not initialised"))
    }
}

impl Drop for PyForeignKey {
    fn drop(&mut self) {
        if let Some(fk) = self.inner.get() {
            crate::py::ffi::forget(&fk.face);
        }
    }
}

#[pymethods]
impl PyForeignKey {
    #[new]
    #[pyo3(signature = (*_args, **_kw))]
    fn new(_args: &Bound<'_, PyTuple>, _kw: Option<&Bound<'_, PyDict>>) -> Self {
        Self { inner: OnceLock::new() }
    }
    /// The target: dotted text, a column, or schema, table and column as they are.
    fn _init(
        slf: &Bound<'_, Self>,
        spec: Option<String>,
        target: Option<Bound<'_, PyAny>>,
        tokens: Option<(Option<String>, String, Option<String>)>,
    ) -> PyResult<()> {
        let target = target.as_ref().map(column_of).transpose()?;
        let tokens = tokens.map(|(schema, table, column)| Tokens { schema, table, column });
        let data = ForeignKeyData { colspec: spec.map(Into::into), tokens, target, ..ForeignKeyData::default() };
        let fk = slf.get().inner.get_or_init(|| ForeignKey::new(data));
        crate::py::ffi::remember(&fk.face, slf.as_any());
        Ok(())
    }
    fn _set_link_to_name(&self, value: bool) -> PyResult<()> {
        self.inner()?.d.write().link_to_name = value;
        Ok(())
    }
    fn _attach(&self, column: &Bound<'_, PyAny>) -> PyResult<()> {
        let column = column_of(column)?;
        self.inner()?.d.write().parent = Some(Arc::downgrade(&column));
        Ok(())
    }
    /// The column referred to, looked up now if need be.
    fn _column<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let column = slf.get().inner()?.column().map_err(|e| sql_error(py, e))?;
        wrap_expr(py, &column.to_expr())
    }
    fn _target_table_key(&self) -> PyResult<Option<String>> {
        Ok(self.inner()?.target_table_key())
    }
}
