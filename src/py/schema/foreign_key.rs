//! `ForeignKey`.

use super::column::column_of;
use crate::py::errors::sql_error;
use crate::py::sql::wrap_expr;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use sql::schema::ForeignKey;
use sql::schema::constraint::ForeignKeyData;
use sql::schema::target::{Reschema, Target};
use std::sync::{Arc, OnceLock};

/// Schema, table and column.
type Parts = (Option<String>, Option<String>, Option<String>);

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
    /// The target: dotted text, a column, or a tuple of names. One whose text is safe is kept as text.
    pub fn begin(slf: &Bound<'_, Self>, target: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = slf.py();
        let mut data = ForeignKeyData::default();
        if let Ok(parts) = target.cast::<PyTuple>() {
            let parts: Vec<Option<String>> = parts.iter().map(|p| p.extract()).collect::<PyResult<_>>()?;
            let names = Target::of_parts(&parts).map_err(|e| sql_error(py, e))?;
            match names.text() {
                Ok(text) => data.colspec = Some(text.into()),
                Err(_) => data.tokens = Some(names),
            }
        } else if let Ok(text) = target.extract::<String>() {
            data.colspec = Some(text.into());
        } else {
            data.target = Some(column_of(target)?);
        }
        let fk = slf.get().inner.get_or_init(|| ForeignKey::new(data));
        crate::py::ffi::remember(&fk.face, slf.as_any());
        Ok(())
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
    /// `ForeignKey(column, …)`.
    #[pyo3(signature = (*args, **kw))]
    fn __init__<'py>(slf: &Bound<'py, Self>, args: &Bound<'py, PyTuple>, kw: Option<&Bound<'py, PyDict>>) -> PyResult<()> {
        super::references::init(slf, args, kw)
    }
    /// Become part of a column, without events.
    #[pyo3(signature = (column, **_how))]
    fn _enter<'py>(slf: &Bound<'py, Self>, column: &Bound<'py, PyAny>, _how: Option<&Bound<'py, PyDict>>) -> PyResult<()> {
        super::references::enter(slf, column)
    }
    /// Its column has a table.
    fn _into_table<'py>(slf: &Bound<'py, Self>, column: &Bound<'py, PyAny>, table: &Bound<'py, PyAny>) -> PyResult<()> {
        super::references::enter_table(slf, column, table)
    }
    /// The target, for an object that comes out of a pickle.
    fn _init(slf: &Bound<'_, Self>, target: &Bound<'_, PyAny>) -> PyResult<()> {
        Self::begin(slf, target)
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
    /// Key of the target table in `MetaData.tables`.
    #[getter]
    fn target_table_key(&self) -> PyResult<Option<String>> {
        Ok(self.inner()?.target_table_key())
    }
    /// `"table.column"` of the target.
    #[getter]
    fn target_fullname(&self, py: Python<'_>) -> PyResult<String> {
        self.inner()?.target().unwrap_or_default().text().map_err(|e| sql_error(py, e))
    }
    /// Was the target named, not given as a column?
    fn _by_name(&self) -> PyResult<bool> {
        Ok(!self.inner()?.by_column())
    }
    /// Schema, table and column of the target.
    fn _target_parts(&self) -> PyResult<Parts> {
        let t = self.inner()?.target().unwrap_or_default();
        Ok((t.schema, t.table, t.column))
    }
    /// The same column in another schema (`keep`, `blank`, `to`) and maybe table: its text if that is safe, and its names.
    fn _moved(&self, mode: &str, schema: Option<String>, table: Option<&str>) -> PyResult<(Option<String>, Parts)> {
        let how = match (mode, schema) {
            ("to", Some(schema)) => Reschema::To(schema),
            ("blank", _) => Reschema::Blank,
            _ => Reschema::Keep,
        };
        let moved = self.inner()?.target().unwrap_or_default().moved(&how, table);
        Ok((moved.text().ok(), (moved.schema, moved.table, moved.column)))
    }
}
