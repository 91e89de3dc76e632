//! Interned strings of the ORM, so that dictionary look-ups compare addresses.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;

/// `"_sa_instance_state"`.
#[inline]
pub fn state_attr(py: Python<'_>) -> &Py<PyString> {
    static S: PyOnceLock<Py<PyString>> = PyOnceLock::new();
    S.get_or_init(py, || PyString::intern(py, "_sa_instance_state").unbind())
}

/// `"_sa_class_manager"`.
pub fn manager_attr(py: Python<'_>) -> &Py<PyString> {
    static S: PyOnceLock<Py<PyString>> = PyOnceLock::new();
    S.get_or_init(py, || PyString::intern(py, "_sa_class_manager").unbind())
}

/// `"_sa_adapter"`.
pub fn adapter_attr(py: Python<'_>) -> &Py<PyString> {
    static S: PyOnceLock<Py<PyString>> = PyOnceLock::new();
    S.get_or_init(py, || PyString::intern(py, "_sa_adapter").unbind())
}

/// The interned string equal to `s`.
pub fn intern(s: &Bound<'_, PyString>) -> Py<PyString> {
    PyString::intern(s.py(), &s.to_string_lossy()).unbind()
}
