//! Attributes that come back as the objects that were set, whatever they are: names with their quoting, `conv`, marks.

use super::opt_name;
use crate::py::sql::names;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use sql::Name;

/// Keep `value` under `key`.
pub fn keep(obj: &Bound<'_, PyAny>, key: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
    obj.getattr("__dict__")?.cast::<PyDict>()?.set_item(key, value)
}

/// What was kept under `key`.
pub fn kept<'py>(obj: &Bound<'py, PyAny>, key: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    obj.getattr("__dict__")?.cast::<PyDict>()?.get_item(key)
}

/// Keep a name; gives its text, absent for a mark, and whether a naming convention made it.
pub fn keep_name(obj: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<(Option<Name>, bool)> {
    keep(obj, "@name", value)?;
    if !value.is_instance_of::<PyString>() {
        return Ok((None, false));
    }
    Ok((opt_name(value)?, value.get_type().name()? == "conv"))
}

/// The name that was kept, else the one that Rust has.
pub fn kept_name<'py>(obj: &Bound<'py, PyAny>, stored: Option<Name>) -> PyResult<Bound<'py, PyAny>> {
    match (kept(obj, "@name")?, stored) {
        (Some(name), _) => Ok(name),
        (None, Some(n)) => names::wrap(obj.py(), &n),
        (None, None) => Ok(obj.py().None().into_bound(obj.py())),
    }
}
