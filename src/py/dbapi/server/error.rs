//! A driver's error as the PEP 249 exception.

use base::{DbError, DbErrorKind};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::link::Kind;

/// The exception of the dialect's module. It makes the instance: what `orig` offers differs between the databases.
pub fn dbapi_error(py: Python<'_>, kind: Kind, error: &DbError) -> PyErr {
    let build = || -> PyResult<PyErr> {
        let fields = PyDict::new(py);
        for (name, value) in error.fields() {
            fields.set_item(*name, value)?;
        }
        let make = py.import(kind.module())?.getattr("_error")?;
        let class = error.kind().class_name();
        let value = make.call1((class, error.message(), error.code(), error.sqlstate(), fields, error.is_disconnect()))?;
        Ok(PyErr::from_value(value))
    };
    build().unwrap_or_else(|e| e)
}

/// `ProgrammingError`.
pub fn programming(py: Python<'_>, kind: Kind, message: impl Into<String>) -> PyErr {
    dbapi_error(py, kind, &DbError::new(DbErrorKind::Programming, message))
}

/// `InterfaceError`.
pub fn interface(py: Python<'_>, kind: Kind, message: impl Into<String>) -> PyErr {
    dbapi_error(py, kind, &DbError::new(DbErrorKind::Interface, message))
}
