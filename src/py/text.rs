//! The text of Python objects for Rust.
//!
//! Not through `Display` (`to_string()`, `format!`): it calls `PyObject_Str`, which runs pending signal handlers first, prints what
//! they raise, and answers `<unprintable str object>` instead of, say, the name of a column.

use crate::py::errors::or_park;
use pyo3::prelude::*;
use pyo3::types::{PyAny, PyString, PyType};

/// Objects with a text.
pub trait Text {
    /// A `str` itself (no Python code runs), of another object what `str()` gives; an exception of its code is parked.
    fn text(&self) -> String;
}

impl Text for Bound<'_, PyString> {
    fn text(&self) -> String {
        self.to_string_lossy().into_owned()
    }
}
impl Text for Py<PyString> {
    fn text(&self) -> String {
        Python::attach(|py| self.bind(py).text())
    }
}
impl Text for Bound<'_, PyAny> {
    fn text(&self) -> String {
        match self.cast::<PyString>() {
            Ok(s) => s.text(),
            Err(_) => or_park(self.str().map(|s| s.text()), String::new),
        }
    }
}
impl Text for Bound<'_, PyType> {
    fn text(&self) -> String {
        self.as_any().text()
    }
}
