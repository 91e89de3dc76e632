//! `Index`.

use super::{dialect_options, opt_name};
use crate::py::sql::{names, to_expr};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use sql::FaceSlot;
use sql::schema::Index;
use std::sync::Arc;

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
}

#[pymethods]
impl PyIndex {
    #[new]
    #[pyo3(signature = (*_args, **_kw))]
    fn new(_args: &Bound<'_, PyTuple>, _kw: Option<&Bound<'_, PyDict>>) -> Self {
        Self { inner: Arc::new(Index { d: parking_lot::RwLock::default(), face: FaceSlot::default() }) }
    }
    fn _init(&self, unique: bool, implicit: bool) {
        let mut d = self.inner.d.write();
        d.unique = unique;
        d.implicit = implicit;
    }
    fn _set_expressions(&self, expressions: Vec<Bound<'_, PyAny>>) -> PyResult<()> {
        let expressions = expressions.iter().map(to_expr).collect::<PyResult<Vec<_>>>()?;
        self.inner.d.write().expressions = expressions;
        Ok(())
    }
    /// The collection mixin's hook; an index is made of expressions.
    fn _set_columns(&self, _columns: &Bound<'_, PyAny>) {}
    fn _set_dialect_options(&self, list: &Bound<'_, PyAny>) -> PyResult<()> {
        let options = dialect_options(list)?;
        self.inner.d.write().dialect_options = options;
        Ok(())
    }
    #[getter]
    fn name<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        if let Some(name) = slf.as_any().getattr("__dict__")?.cast::<PyDict>()?.get_item("@name")? {
            return Ok(name);
        }
        match &slf.get().inner.d.read().name {
            Some(n) => names::wrap(py, n),
            None => Ok(py.None().into_bound(py)),
        }
    }
    #[setter]
    fn set_name(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        slf.as_any().getattr("__dict__")?.cast::<PyDict>()?.set_item("@name", value)?;
        let name = if value.is_instance_of::<pyo3::types::PyString>() { opt_name(value)? } else { None };
        slf.get().inner.d.write().name = name;
        Ok(())
    }
}
