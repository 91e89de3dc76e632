//! `Sequence`.

use super::column::identity_options;
use super::opt_name;
use crate::py::sql::names;
use crate::py::types::to_type;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use sql::FaceSlot;
use sql::schema::Sequence;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// A named sequence.
#[pyclass(name = "Sequence", module = "oxalchemy.sql.schema", subclass, weakref, dict, frozen)]
pub struct PySequence {
    inner: OnceLock<Arc<Sequence>>,
}

impl PySequence {
    /// The sequence.
    pub fn inner(&self) -> PyResult<Arc<Sequence>> {
        self.inner
            .get()
            .cloned()
            .ok_or_else(|| pyo3::exceptions::PyAttributeError::new_err("'Sequence' object is not initialised"))
    }
}
impl Drop for PySequence {
    fn drop(&mut self) {
        if let Some(s) = self.inner.get() {
            crate::py::ffi::forget(&s.face);
        }
    }
}

#[pymethods]
impl PySequence {
    #[new]
    #[pyo3(signature = (*_args, **_kw))]
    fn new(_args: &Bound<'_, PyTuple>, _kw: Option<&Bound<'_, PyDict>>) -> Self {
        Self { inner: OnceLock::new() }
    }
    fn _init(
        slf: &Bound<'_, Self>,
        name: &Bound<'_, PyAny>,
        schema: &Bound<'_, PyAny>,
        options: &Bound<'_, PyAny>,
        optional: bool,
        data_type: Option<Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let sequence = Arc::new(Sequence {
            name: names::name(name)?,
            schema: parking_lot::RwLock::new(opt_name(schema)?),
            options: identity_options(options)?,
            optional,
            data_type: data_type.as_ref().map(to_type).transpose()?,
            of_column: AtomicBool::new(false),
            face: FaceSlot::default(),
        });
        let sequence = slf.get().inner.get_or_init(|| sequence);
        crate::py::ffi::remember(&sequence.face, slf.as_any());
        Ok(())
    }
    /// It is the default of a column: created and dropped with its table.
    fn _set_of_column(&self, value: bool) -> PyResult<()> {
        self.inner()?.of_column.store(value, Ordering::Relaxed);
        Ok(())
    }
}

/// `next_value(sequence)`.
#[pyfunction]
pub fn _next_value<'py>(sequence: &Bound<'py, PySequence>) -> PyResult<Bound<'py, PyAny>> {
    let node = sequence.get().inner()?;
    let ty = node.data_type.clone().unwrap_or_else(sql::types::integer);
    crate::py::sql::wrap_expr(sequence.py(), &sql::ast::Expr::new(sql::ast::ExprKind::Sequence(node), ty))
}
