//! `Class[item]`, as annotations write it.

use pyo3::prelude::*;
use pyo3::types::{PyGenericAlias, PyType};

/// The subscripted class: it can be called, and `typing.get_args()` finds what is in the brackets.
pub fn alias<'py>(cls: &Bound<'py, PyType>, item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    Ok(PyGenericAlias::new(cls.py(), cls.as_any(), item)?.into_any())
}
