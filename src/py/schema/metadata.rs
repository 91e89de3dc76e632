//! `MetaData`.

use super::table::table_of;
use super::{PySequence, PyTable, opt_name};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use sql::schema::{MetaData, Table};
use std::sync::Arc;

/// A collection of tables.
#[pyclass(name = "MetaData", module = "oxalchemy.sql.schema", subclass, weakref, dict, frozen)]
pub struct PyMetaData {
    /// The collection.
    pub inner: Arc<MetaData>,
}

impl Drop for PyMetaData {
    fn drop(&mut self) {
        crate::py::ffi::forget(&self.inner.face);
    }
}

impl PyMetaData {
    /// A table is one of this collection.
    pub fn enlist(slf: &Bound<'_, Self>, face: &Bound<'_, PyTable>, table: &Arc<Table>) -> PyResult<()> {
        let key = table.key();
        // past the methods by which users may not change it
        slf.getattr(intern!(slf.py(), "tables"))?.cast::<PyDict>()?.set_item(&key, face)?;
        slf.get().inner.d.write().tables.insert(key.into(), table.clone());
        Ok(())
    }
}

#[pymethods]
impl PyMetaData {
    #[new]
    #[pyo3(signature = (*_args, **_kw))]
    fn new(_args: &Bound<'_, PyTuple>, _kw: Option<&Bound<'_, PyDict>>) -> Self {
        Self { inner: Arc::new(MetaData::default()) }
    }
    /// Let the collection remember this object.
    fn _remember(slf: &Bound<'_, Self>) {
        crate::py::ffi::remember(&slf.get().inner.face, slf.as_any());
    }
    fn _set_schema(&self, schema: &Bound<'_, PyAny>) -> PyResult<()> {
        let schema = opt_name(schema)?;
        self.inner.d.write().schema = schema;
        Ok(())
    }
    /// Schemas of tables and sequences.
    fn _schema_names(&self) -> Vec<String> {
        self.inner.schemas()
    }
    fn _put_table(&self, key: &str, table: &Bound<'_, PyAny>) -> PyResult<()> {
        let table = table_of(table)?;
        self.inner.d.write().tables.insert(key.into(), table);
        Ok(())
    }
    fn _drop_table(&self, key: &str) {
        self.inner.d.write().tables.shift_remove(key);
    }
    fn _drop_all_tables(&self) {
        let mut d = self.inner.d.write();
        d.tables.clear();
        d.sequences.clear();
    }
    fn _put_sequence(&self, key: &str, sequence: &Bound<'_, PySequence>) -> PyResult<()> {
        let sequence = sequence.get().inner()?;
        self.inner.d.write().sequences.insert(key.into(), sequence);
        Ok(())
    }
}
