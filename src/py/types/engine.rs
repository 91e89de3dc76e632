//! The base class of all types.

use super::read;
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use sql::types::{SqlType, TypeRef};
use std::sync::{Arc, Weak};

/// Base of all type classes. Holds no arguments of its own: subclasses are plain Python data classes whose attributes are
/// read when the type is first used in a statement.
///
/// The cache is weak and the [`SqlType`] keeps this object alive, so the two never form a cycle.
#[pyclass(name = "TypeEngine", module = "oxalchemy.sql.type_api", subclass, dict, weakref)]
pub struct TypeEngine {
    cached: Mutex<Weak<SqlType>>,
}

#[pymethods]
impl TypeEngine {
    /// Type objects take no part in what they are subscripted with: `TypeDecorator[str]` is for type checkers.
    #[classmethod]
    fn __class_getitem__<'py>(
        cls: &Bound<'py, pyo3::types::PyType>,
        _item: &Bound<'py, PyAny>,
    ) -> Bound<'py, pyo3::types::PyType> {
        cls.clone()
    }
    #[new]
    #[pyo3(signature = (*_args, **_kw))]
    fn new(_args: &Bound<'_, PyTuple>, _kw: Option<&Bound<'_, PyDict>>) -> Self {
        Self { cached: Mutex::new(Weak::new()) }
    }

    /// Arguments may change until the type is used; a change forgets what was read.
    fn __setattr__(slf: &Bound<'_, Self>, name: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        *slf.borrow().cached.lock() = Weak::new();
        crate::py::ffi::generic_setattr(slf.as_any(), name, Some(value))
    }
    fn __delattr__(slf: &Bound<'_, Self>, name: &Bound<'_, PyAny>) -> PyResult<()> {
        *slf.borrow().cached.lock() = Weak::new();
        crate::py::ffi::generic_setattr(slf.as_any(), name, None)
    }
}

impl TypeEngine {
    /// The type this object describes.
    pub fn sql_type(slf: &Bound<'_, Self>) -> PyResult<TypeRef> {
        if let Some(ty) = slf.borrow().cached.lock().upgrade() {
            return Ok(ty);
        }
        let ty = Arc::new(read::read(slf.as_any())?);
        *slf.borrow().cached.lock() = Arc::downgrade(&ty);
        Ok(ty)
    }
}
